"""The officer as every command sees her: a plain value that came out of a verified token."""

from dataclasses import dataclass
from uuid import UUID

from shared.identity import rules
from shared.identity.rules import Role
from shared.places import covers


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Somebody who has signed in; `agency` is the role that her office holds.

    `scopes` are the only permissions of a program that signed in with a key of hers; nothing limits herself.
    """

    id: UUID
    name: str
    office: str
    agency: str
    roles: frozenset[Role]
    areas: tuple[str, ...]
    language: str | None = None
    scopes: frozenset[str] | None = None

    def has(self, *roles: Role) -> bool:
        """Whether she holds one of these roles."""
        return not self.roles.isdisjoint(roles)

    def works_in(self, area: str) -> bool:
        """Whether an area code lies in one of the areas that she works in."""
        return any(covers(own, area) for own in self.areas)

    def require(
        self, *roles: Role, agency: str | None = None, office: str | None = None, area: str | None = None
    ) -> None:
        """Hold her to one of the roles, and to the agency, office and area where given; raises Forbidden."""
        if roles and not self.has(*roles):
            raise rules.RoleMissing(needed=" / ".join(role.value for role in roles))
        if (agency is not None and agency != self.agency) or (office is not None and office != self.office):
            raise rules.OtherOffice
        if area is not None and not self.works_in(area):
            raise rules.OutsideArea

    @property
    def reads_everywhere(self) -> bool:
        """Whether she may look at what other agencies do (coordinators and auditors)."""
        return not self.roles.isdisjoint(rules.READS_EVERYWHERE)
