"""The officer as every command sees her: a plain value that came out of a verified token."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from shared.identity import rules
from shared.identity.acting import Acting
from shared.identity.rules import Role
from shared.kernel import clock
from shared.places import covers


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Somebody who has signed in; `agency` is the role that her office holds.

    `scopes` are the only permissions of a program that signed in with a key of hers; nothing limits herself.
    `roles` and `areas` hold what she has by `acting`, too, where she acts for a post.
    """

    id: UUID
    name: str
    office: str
    agency: str
    roles: frozenset[Role]
    areas: tuple[str, ...]
    language: str | None = None
    scopes: frozenset[str] | None = None
    acting: Acting | None = None

    def acts(self, acting: Acting | None) -> Self:
        """The same officer with what she may do by acting for a post besides."""
        if acting is None:
            return self
        more = tuple(each for each in acting.areas if each not in self.areas)
        return replace(
            self,
            roles=self.roles | {acting.post},
            areas=(*self.areas, *more),
            acting=replace(acting, areas=more),
        )

    @property
    def own_roles(self) -> frozenset[Role]:
        """The roles that she holds herself, without the post that she acts in; nobody acts in a post of her own."""
        return self.roles - {self.acting.post} if self.acting else self.roles

    @property
    def own_areas(self) -> tuple[str, ...]:
        """The areas that she works in herself, without those of the post that she acts in."""
        more = self.acting.areas if self.acting else ()
        return tuple(each for each in self.areas if each not in more)

    @property
    def in_person(self) -> Self:
        """The same officer without the post that she acts in."""
        return replace(self, roles=self.own_roles, areas=self.own_areas, acting=None)

    @property
    def signs(self) -> str:
        """Her name as a decision keeps it: with the capacity in which she acts, where she does."""
        return self.signs_as or self.name

    @property
    def signs_as(self) -> str | None:
        """Her name with the capacity in which she acts; None where she signs as herself."""
        return f"{self.name}, {self.acting.title}" if self.acting else None

    def to_claims(self) -> dict[str, Any]:
        """As a token carries her, and whatever else has to know her again later: with what is her own, and apart from
        it the post that she acts in."""
        claims: dict[str, Any] = {
            "sub": str(self.id),
            "name": self.name,
            "office": self.office,
            "agency": self.agency,
            "roles": sorted(self.own_roles),
            "areas": list(self.own_areas),
            "locale": self.language,
        }
        if self.acting is not None:
            claims["acting"] = self.acting.to_claim()
        if self.scopes is not None:
            claims["scope"] = sorted(self.scopes)
        return claims

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Self:
        """The officer of these claims, without the post that she acted in once its last day is over.

        Raises ValueError, KeyError or TypeError for anything else.
        """
        acting = Acting.from_claim(claims["acting"]) if "acting" in claims else None
        return cls(
            id=UUID(claims["sub"]),
            name=claims["name"],
            office=claims["office"],
            agency=claims["agency"],
            roles=frozenset(Role(role) for role in claims["roles"]),
            areas=tuple(claims["areas"]),
            language=claims["locale"],
            scopes=frozenset(claims["scope"]) if "scope" in claims else None,
        ).acts(acting if acting is not None and clock.today() <= acting.until else None)

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
