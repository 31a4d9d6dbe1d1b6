"""The notes on journeys: everybody who works on one sees what the others who do noted on it.

Whatever an office notes on a journey that it has no part in stays its own: that it wrote something could tell more than
it says.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from services.intake.journeys import consenting, publishing, queries
from services.intake.journeys.models import Journey
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.notes.kinds import Kind, Noted
from shared.notes.models import Note
from shared.notes.queries import of_offices, on
from shared.notes.rules import About, whose
from shared.programmes.definition import Basis
from shared.programmes.engine import Answer
from shared.programmes.state import OUT, JourneyState, Standing

TOLD = OUT | {Standing.DONE, Standing.AGAIN}
"""Where a stage stands whose office was told of her and still holds it."""


def find(session: Session, officer: Officer, journey_id: UUID) -> Noted:
    """A journey of her areas, with those notes on it that her office may see; raises NotFound."""
    return noted(session, officer, queries.journey(session, officer, journey_id))


def noted(session: Session, officer: Officer, found: Journey) -> Noted:
    """A journey that she sees, as what notes are about."""
    return Noted(
        About.JOURNEY,
        found.id,
        subject_kind=found.subject_kind,
        subject_id=found.subject_id,
        seen=on(About.JOURNEY, [found.id]) & of_offices(whose(officer.office, _parties(session, found))),
    )


KIND = Kind(About.JOURNEY, "journeys", Permission.JOURNEYS_NOTE, find)


def of_agency(journey_ids: Collection[UUID], agency: str) -> ColumnElement[bool]:
    """What an agency noted on these journeys."""
    return on(About.JOURNEY, journey_ids) & (Note.agency == agency)


def _parties(session: Session, found: Journey) -> frozenset[str]:
    """The offices that lead a journey, or were told of her for a stage of it and may still know."""
    programme = publishing.newest(session, found.programme, found.version)
    told = [
        (programme.stages[name], each.office)
        for name, each in JourneyState.from_json(found.state).stages.items()
        if each.standing in TOLD and each.office and name in programme.stages
    ]
    said = consenting.answers(session, [found]) if any(stage.basis is Basis.CONSENT for stage, _ in told) else {}
    answers = said.get((found.programme, found.subject_id), {})
    allowed = {
        office
        for stage, office in told
        if stage.basis is not Basis.CONSENT or answers.get(stage.agency) is Answer.GIVEN
    }
    return frozenset({found.lead_office, *allowed})
