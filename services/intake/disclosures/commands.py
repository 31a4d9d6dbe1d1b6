"""Noting that somebody asks to see what is held of her, and that she was told."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.intake.disclosures.models import Disclosure
from services.intake.disclosures.rules import AnsweredAlready, AskedAlready, Given
from services.intake.registry.models import Person
from services.intake.rights.rules import Identified, require_herself, require_registering
from services.intake.rights.terms import terms
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.web import access


def note_request(
    session: Session, officer: Officer, person_id: UUID, *, identified: Identified, seen: str
) -> Disclosure:
    """Somebody asks to see what is held of her; the clock runs from now. Raises NotHerself, AskedAlready."""
    require_registering(officer.office)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(what="person")
    access.require(officer, Permission.DISCLOSURES_SERVE, area=person.area)
    require_herself(person.merged_into, person.died_on)
    now = clock.now()
    noted = Disclosure(
        person_id=person_id,
        area=person.area,
        agency=officer.agency,
        office=officer.office,
        asked_at=now,
        due_at=terms().disclosure.after(now),
        identified=identified,
        seen=seen,
        taken_by=officer.id,
    )
    if session.scalar(select(Disclosure.id).filter_by(person_id=person_id, answered_at=None)) is not None:
        raise AskedAlready
    try:
        with session.begin_nested():
            session.add(noted)
    except IntegrityError as meanwhile:
        raise AskedAlready from meanwhile
    return noted


def note_answer(session: Session, officer: Officer, disclosure_id: UUID, *, given: Given) -> Disclosure:
    """She was told, in this way; raises AnsweredAlready."""
    found = session.get(Disclosure, disclosure_id, with_for_update=True)
    if found is None:
        raise NotFound(what="request")
    access.require(officer, Permission.DISCLOSURES_SERVE, agency=found.agency, area=found.area)
    if found.answered_at is not None:
        raise AnsweredAlready
    found.answered_at, found.answered_by, found.given = clock.now(), officer.id, given
    session.flush()
    return found
