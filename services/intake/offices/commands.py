"""Changing the offices of the deployment: their files are written, and what an office held goes to its successor.

The files are written last: where that fails nothing has happened. Should the database fail after it, the closed office
still holds what it held; audit and machine room say so, and it is handed over once more.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.intake.accounts.commands import move_all
from services.intake.accounts.models import OfficerAccount
from services.intake.journeys.handing_over import had_a_stage
from services.intake.journeys.models import Journey
from services.intake.offices import rules
from services.intake.offices.models import OfficeChange
from services.intake.offices.rules import Change
from shared import places
from shared.bus import announce
from shared.events.intake import OfficeHandedOver
from shared.identity import office_files, offices
from shared.identity.officer import Officer
from shared.identity.offices import Office
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.web import access


@dataclass(frozen=True, slots=True)
class By:
    """Who changes offices: an administrator, or whoever gives a command on the machine."""

    id: UUID | None
    name: str
    officer: Officer | None = None

    def require_area(self, area: str) -> None:
        """Hold an administrator to her areas; the machine's operator has all. Raises OutsideArea."""
        if self.officer is not None:
            self.officer.require(area=area)


def by(officer: Officer) -> By:
    """An administrator who changes offices; raises RoleMissing for anybody else."""
    access.require(officer, Permission.OFFICES_CHANGE)
    return By(officer.id, officer.signs, officer)


def add_office(
    session: Session, who: By, *, identifier: str, agency: str, name: str, region: str, registers: bool = False
) -> Office:
    """Add an office that holds an agency role in a region; raises OfficeKnown, RoleHeld, UnknownArea."""
    known = offices.all_offices()
    if identifier in known:
        raise rules.OfficeKnown(office=identifier).at("id")
    _require_area(region)
    rules.require_free(known, identifier, agency, region)
    given = {"id": identifier, "agency": agency, "name": name, "region": region, "registers": registers}
    _note(session, who, identifier, Change.ADDED, given)
    with office_files.changing() as draft:
        draft.add({**given, "source": "assumption"})
    return offices.office(identifier)


def change_office(
    session: Session,
    who: By,
    office: str,
    *,
    name: str | None = None,
    region: str | None = None,
    registers: bool | None = None,
) -> Office:
    """Change what an open office is called, where it works, or whether it registers persons; its old name is kept.

    Raises OfficeClosed, RoleHeld, UnknownArea.
    """
    before = _open_office(office)
    changed: dict[str, Any] = {}
    if name is not None and name != before.name:
        changed |= {"name": name, "formerly": [*before.formerly, before.name]}
    if region is not None and region != before.region:
        _require_area(region)
        rules.require_free(offices.all_offices(), office, before.agency, region)
        changed["region"] = region
    if registers is not None and registers != before.registers:
        changed["registers"] = registers
    if changed:
        _note(session, who, office, Change.CHANGED, changed)
        with office_files.changing() as draft:
            draft.change(office, **changed)
    return offices.office(office)


def close_office(session: Session, who: By, office: str) -> Office:
    """Close an office that never had an officer nor any work; raises SuccessorNeeded for every other."""
    closed = _open_office(office)
    if _has_worked(session, office):
        raise rules.SuccessorNeeded(office=closed.name).at("successor")
    _note(session, who, office, Change.CLOSED, {})
    with office_files.changing() as draft:
        draft.change(office, closed_on=clock.today(), registers=False)
    return offices.office(office)


def hand_over_office(session: Session, who: By, office: str, successor: str) -> Office:
    """Give all that an office holds, in every service, to its successor, and close it where it is open.

    Its officers move at once and sign in again. It may be done again, also for an office that no file names any more.
    An administrator does it in her areas alone, as she moves officers in no others. Raises NotASuccessor,
    RoleStaysBehind, OutsideArea.
    """
    known = offices.all_offices()
    before = known.get(office)
    after = rules.require_successor(known, office, before.agency if before else _agency(session, office), successor)
    for each in (before, after):
        if each is not None:
            who.require_area(each.region)
    move_all(session, who.id, office, after)
    was_open = before is not None and before.is_open
    announce(session, OfficeHandedOver(office=office, successor=after.id, handed_over_on=clock.today()))
    _note(session, who, office, Change.CLOSED if was_open else Change.HANDED_OVER, {"successor": after.id})
    if before is not None:
        with office_files.changing() as draft:
            draft.change(office, closed_on=before.closed_on or clock.today(), successor=after.id, registers=False)
            if before.registers:
                draft.change(after.id, registers=True)
    return offices.office(after.id)


def _open_office(identifier: str) -> Office:
    found = offices.office(identifier)
    if not found.is_open:
        raise rules.OfficeClosed(office=found.name)
    return found


def _require_area(area: str) -> None:
    if not places.is_known(area):
        raise places.UnknownArea(code=area).at("region")


def _has_worked(session: Session, office: str) -> bool:
    officers = select(OfficerAccount.id).where(OfficerAccount.office == office).limit(1)
    journeys = select(Journey.id).where(or_(Journey.lead_office == office, had_a_stage(office))).limit(1)
    return any(session.scalar(each) is not None for each in (officers, journeys))


def _agency(session: Session, office: str) -> str | None:
    """Which agency role an office held that no file names any more, as far as its officers tell."""
    return session.scalar(select(OfficerAccount.agency).where(OfficerAccount.office == office).limit(1))


def _note(session: Session, who: By, office: str, what: Change, said: dict[str, Any]) -> None:
    session.add(
        OfficeChange(office=office, what=what, said=said, by_id=who.id, by_name=who.name, changed_at=clock.now())
    )
    session.flush()
