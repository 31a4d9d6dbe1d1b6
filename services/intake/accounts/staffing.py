"""Which offices have somebody who can open the work: an active account of theirs with the role, in the area.

Whoever is made accountable is asked here first: an office that nobody works at, or whose officers work elsewhere, would
have it in a list that nobody sees.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts.models import OfficerAccount
from shared.identity import offices
from shared.identity.areas import covers
from shared.identity.rules import Role
from shared.programmes.definition import Programme
from shared.referrals.commands import WORKERS


@dataclass(frozen=True)
class Staffing:
    """The areas in which officers of some agencies work, by office and role."""

    areas: Mapping[str, Mapping[Role, Collection[str]]] = field(default_factory=dict)

    def has(self, office: str, area: str, roles: Iterable[Role] = WORKERS) -> bool:
        """Whether somebody at an office holds one of these roles where this area is."""
        held = self.areas.get(office, {})
        return any(covers(one, area) for role in roles for one in held.get(role, ()))

    def able(self, agency: str, area: str) -> list[offices.Office]:
        """The open offices of an agency at which somebody could take on what concerns this area, by name."""
        here = [each for each in offices.open_offices() if each.agency == agency and self.has(each.id, area)]
        return sorted(here, key=lambda each: each.name)


def of_agencies(session: Session, agencies: Collection[str] | None = None) -> Staffing:
    """Who works at the offices of these agencies, or of all."""
    asked = select(OfficerAccount.office, OfficerAccount.roles, OfficerAccount.areas).where(OfficerAccount.active)
    if agencies is not None:
        asked = asked.where(OfficerAccount.agency.in_(agencies))
    found: dict[str, dict[Role, set[str]]] = {}
    for office, roles, areas in session.execute(asked.distinct()):
        for role in roles:
            found.setdefault(office, {}).setdefault(Role(role), set()).update(areas)
    return Staffing(found)


def of_programmes(session: Session, programmes: Iterable[Programme]) -> Staffing:
    """Who works at the offices that these programmes ask for their stages, and that lead them."""
    asked = {name for each in programmes for name in (each.lead, *(stage.agency for stage in each.stages.values()))}
    return of_agencies(session, asked)
