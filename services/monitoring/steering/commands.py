"""What a coordinator can do about a journey of her areas, and how an office answers her."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.monitoring.flow import queries as flow
from services.monitoring.flow.models import JourneyFigure
from services.monitoring.flow.rules import StageTurn
from services.monitoring.meetings import commands as meetings
from services.monitoring.meetings.models import Meeting
from services.monitoring.steering import queries, rules
from services.monitoring.steering.models import CoordinatorAsk, JourneyFlag
from services.monitoring.steering.rules import Wants
from shared import calendars
from shared.bus import announce, announce_all
from shared.calendars import Calendars
from shared.events.intake import CalendarChanged
from shared.events.monitoring import (
    ExplanationAsked,
    ExplanationGiven,
    ExplanationLate,
    FlagLifted,
    JourneyFlagged,
    OfficeNudged,
    PutOnAgenda,
)
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.web import access

AT_ONCE = 200


def nudge_office(session: Session, officer: Officer, journey_id: UUID, *, referral_id: UUID, words: str) -> None:
    """Remind the office that owes a stage, with the reason; raises NothingWaits or NudgedToday."""
    found, turn = _open_turn(session, officer, journey_id, referral_id)
    today = clock.today()
    known = queries.of_journey(session, journey_id)
    if any(each.referral_id == referral_id and each.asked_on == today and each.due_at is None for each in known):
        raise rules.NudgedToday
    ask = _asked(session, officer, found, turn, Wants.ATTENTION, words)
    announce(session, OfficeNudged(**_about(ask), ask_id=ask.id))


def ask_for_explanation(
    session: Session, officer: Officer, journey_id: UUID, *, referral_id: UUID, words: str
) -> CoordinatorAsk:
    """Ask the office that owes a stage why it does not move; raises NothingWaits or AskedAlready."""
    found, turn = _open_turn(session, officer, journey_id, referral_id)
    known = queries.of_journey(session, journey_id)
    if any(each.referral_id == referral_id and each.due_at and not each.answered_at for each in known):
        raise rules.AskedAlready
    ask = _asked(session, officer, found, turn, Wants.EXPLANATION, words)
    assert ask.due_at is not None
    announce(session, ExplanationAsked(**_about(ask), ask_id=ask.id, due_at=ask.due_at))
    return ask


def explain(session: Session, officer: Officer, ask_id: UUID, answer: str) -> CoordinatorAsk:
    """Answer for the office that was asked; raises NotFound or AnsweredAlready."""
    access.require(officer, Permission.TASKS_DO)
    ask = queries.ask(session, officer, ask_id, lock=True)
    if ask.answered_at is not None or ask.due_at is None:
        raise rules.AnsweredAlready
    ask.answer, ask.answered_by, ask.answered_as = answer.strip(), officer.id, officer.signs
    ask.answered_at = clock.now()
    session.flush()
    announce(session, ExplanationGiven(**_about(ask), ask_id=ask.id))
    return ask


def escalate_late(session: Session) -> int:
    """Note that explanations are late, once of each, and announce it; says how many there were."""
    late = select(CoordinatorAsk).where(queries.past()).order_by(CoordinatorAsk.due_at).limit(AT_ONCE)
    found = session.scalars(late.with_for_update(of=CoordinatorAsk, skip_locked=True)).all()
    for each in found:
        each.escalated_at = clock.now()
    session.flush()
    announce_all(session, [ExplanationLate(**_about(each), ask_id=each.id) for each in found])
    return len(found)


def flag_journey(session: Session, officer: Officer, journey_id: UUID, *, words: str) -> JourneyFlag:
    """Keep an eye on a journey; raises JourneyIsOver or FlaggedAlready."""
    found = _open_journey(session, officer, journey_id)
    if queries.flag(session, journey_id) is not None:
        raise rules.FlaggedAlready
    flag = JourneyFlag(
        id=ids.new_id(),
        journey_id=found.id,
        programme=found.programme,
        version=found.version,
        area=found.area,
        words=words.strip(),
        flagged_by=officer.id,
        signed=officer.signs,
        coordinating_office=officer.office,
        flagged_at=clock.now(),
    )
    session.add(flag)
    session.flush()
    announce(session, JourneyFlagged(journey_id=found.id, office=officer.office, agency=officer.agency))
    return flag


def lift_flag(session: Session, officer: Officer, journey_id: UUID) -> None:
    """Let a flag go; raises NotFlagged."""
    access.require(officer, Permission.JOURNEYS_COORDINATE)
    found = queries.journey(session, officer, journey_id)
    if (flag := queries.flag(session, journey_id, lock=True)) is None:
        raise rules.NotFlagged
    flag.lifted_at, flag.lifted_by, flag.lifted_as = clock.now(), officer.id, officer.signs
    session.flush()
    announce(session, FlagLifted(journey_id=found.id, office=officer.office, agency=officer.agency))


def put_on_agenda(session: Session, officer: Officer, journey_id: UUID, *, words: str) -> Meeting | None:
    """Have a journey discussed at the next meeting about its area and programme; gives it where one is planned.

    Raises JourneyIsOver, or OnAgendaAlready.
    """
    found = _open_journey(session, officer, journey_id)
    meeting = meetings.put_on_agenda(session, officer, found, words.strip())
    announce(session, PutOnAgenda(journey_id=found.id, office=officer.office, agency=officer.agency))
    return meeting


def _open_journey(session: Session, officer: Officer, journey_id: UUID) -> JourneyFigure:
    access.require(officer, Permission.JOURNEYS_COORDINATE)
    found = queries.journey(session, officer, journey_id)
    if found.ended_at is not None:
        raise rules.JourneyIsOver
    return found


def _open_turn(
    session: Session, officer: Officer, journey_id: UUID, referral_id: UUID
) -> tuple[JourneyFigure, StageTurn]:
    found = _open_journey(session, officer, journey_id)
    for turn in queries.waiting(flow.story(session, officer, journey_id)):
        if turn.referral_id == referral_id:
            return found, turn
    raise rules.NothingWaits().at("referral_id")


def _asked(
    session: Session, officer: Officer, found: JourneyFigure, turn: StageTurn, wants: Wants, words: str
) -> CoordinatorAsk:
    now, days = clock.now(), calendars.counting(session).of(found.area)
    ask = CoordinatorAsk(
        id=ids.new_id(),
        journey_id=found.id,
        referral_id=turn.referral_id,
        programme=found.programme,
        version=found.version,
        stage=turn.stage,
        area=found.area,
        agency=turn.agency,
        office=turn.office,
        wants=wants,
        words=words.strip(),
        asked_by=officer.id,
        signed=officer.signs,
        coordinating_office=officer.office,
        asked_at=now,
        asked_on=clock.today(),
        due_at=rules.explain_by(now, days) if wants is Wants.EXPLANATION else None,
    )
    session.add(ask)
    session.flush()
    return ask


def recount(
    session: Session, told: Sequence[CalendarChanged], before: Calendars, after: Calendars, now: datetime
) -> int:
    """Count anew until when offices explain, where these decrees change it; says how many there were."""
    owed = select(CoordinatorAsk).where(
        CoordinatorAsk.due_at.is_not(None),
        CoordinatorAsk.answered_at.is_(None),
        calendars.inside(CoordinatorAsk.area, [each.region for each in told]),
    )
    counted = 0
    for ask in session.scalars(owed.order_by(CoordinatorAsk.id).with_for_update()):
        was, due_at = (rules.explain_by(ask.asked_at, each.of(ask.area)) for each in (before, after))
        assert ask.due_at is not None
        new = None if was == due_at else calendars.anew(ask.due_at, due_at, now, after.of(ask.area))
        if new is None:
            continue
        ask.rescheduled = calendars.why_anew(told, ask.area, ask.due_at, now)
        ask.due_at = new
        if new > now:
            ask.escalated_at = None  # told on anew when the new day has passed
        counted += 1
    session.flush()
    return counted


def _about(ask: CoordinatorAsk) -> dict[str, Any]:
    return {
        "journey_id": ask.journey_id,
        "referral_id": ask.referral_id,
        "stage": ask.stage,
        "agency": ask.agency,
        "office": ask.office,
    }
