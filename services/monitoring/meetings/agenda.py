"""How an agenda is made: what waits for the meeting, and the exceptions that the read model knows of.

One statement for each reason, whatever the number of journeys. Confidential conversations never come on an agenda:
they are not talked about among agencies, late or not.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, insert, or_, select, true
from sqlalchemy.orm import Session, aliased

from services.monitoring.flow.models import JourneyFigure, StageFigure, StageStanding, VisitFigure
from services.monitoring.flow.queries import STANDS
from services.monitoring.flow.rules import At
from services.monitoring.meetings import rules
from services.monitoring.meetings.models import AgendaItem, AgendaWish, Meeting, Task
from services.monitoring.meetings.rules import Reason
from services.monitoring.money import queries as money
from shared.identity.areas import meet, within
from shared.kernel import ids
from shared.programmes import library
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN
from shared.storage.arrays import among

KIND = "monitoring.meeting"
CONFIDENTIAL = "intake.protection"
Row = dict[str, Any]


def renew(session: Session, meeting: Meeting) -> int:
    """Make the agenda of a locked meeting anew; what was decided on already stays. Gives the number of items."""
    decided = exists().where(Task.item_id == AgendaItem.id)
    session.execute(delete(AgendaItem).where(AgendaItem.meeting_id == meeting.id, ~decided))
    kept = list(session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)))
    known = {(each.reason, each.subject) for each in kept}
    first = max((each.number for each in kept), default=0) + 1
    rows = [each for each in _items(session, meeting) if (each["reason"], each["subject"]) not in known]
    if rows:
        session.execute(
            insert(AgendaItem),
            [
                {"id": ids.new_id(), "meeting_id": meeting.id, "number": number, **row}
                for number, row in enumerate(rows, start=first)
            ],
        )
    return len(kept) + len(rows)


def _items(session: Session, meeting: Meeting) -> Iterator[Row]:
    waiting = list(_waiting(session, meeting))
    yield from waiting
    yield from wishes(session, meeting)
    here = {row["referral_id"] for row in waiting}
    unanswered = StageFigure.stuck_because == "unanswered"
    for reason, standing, since in (
        (Reason.OVERDUE, and_(STANDS[At.OVERDUE], STANDS[At.OPEN]), StageFigure.due_at),
        (Reason.UNANSWERED, and_(STANDS[At.STUCK], unanswered), StageFigure.stuck_at),
        (Reason.STUCK, and_(STANDS[At.STUCK], ~unanswered), StageFigure.stuck_at),
    ):
        found = _stages(session, meeting, reason, standing, since)
        yield from (row for row in found if row["referral_id"] not in here)
    yield from _stalled(session, meeting)
    yield from _funds(session, meeting)


def _waiting(session: Session, meeting: Meeting) -> Iterator[Row]:
    """The stages that wait for a meeting of this very office."""
    for each in session.execute(
        select(Referral.id, Referral.journey_id, Referral.programme, Referral.area, Referral.stage, Referral.offered_at)
        .where(
            Referral.kind == KIND,
            Referral.agency == meeting.agency,
            Referral.office == meeting.office,
            Referral.state.in_(OPEN),
            within(Referral.area, [meeting.area]),
            among(Referral.programme, meeting.programmes) if meeting.programmes else true(),
        )
        .order_by(Referral.offered_at, Referral.id)
    ):
        yield {
            **_row(Reason.WAITING, str(each.id), each.offered_at),
            "programme": each.programme,
            "area": each.area,
            "journey_id": each.journey_id,
            "referral_id": each.id,
            "stage": each.stage,
            "office": meeting.office,
        }


def wishes(session: Session, meeting: Meeting) -> Iterator[Row]:
    """The open journeys that a coordinator wants discussed and no meeting was held about since."""
    for each in session.execute(
        select(AgendaWish.asked_at, AgendaWish.coordinating_office, JourneyFigure)
        .join(JourneyFigure, JourneyFigure.id == AgendaWish.journey_id)
        .where(_about(meeting), AgendaWish.meeting_id.is_(None), JourneyFigure.ended_at.is_(None))
        .order_by(AgendaWish.asked_at, AgendaWish.id)
        .limit(rules.MOST_OF_A_REASON)
    ):
        journey = each.JourneyFigure
        yield {
            **_row(Reason.ASKED, str(journey.id), each.asked_at),
            "programme": journey.programme,
            "area": journey.area,
            "journey_id": journey.id,
            "office": each.coordinating_office,
        }


def add_wished(session: Session, meeting: Meeting, journey: UUID) -> None:
    """Put a journey that a coordinator wants discussed at the end of the agenda of a locked meeting to come."""
    last = session.scalar(select(func.max(AgendaItem.number)).where(AgendaItem.meeting_id == meeting.id)) or 0
    rows = [row for row in wishes(session, meeting) if row["journey_id"] == journey]
    for number, row in enumerate(rows, start=last + 1):
        session.execute(insert(AgendaItem), {"id": ids.new_id(), "meeting_id": meeting.id, "number": number, **row})


def _stages(
    session: Session, meeting: Meeting, reason: Reason, standing: ColumnElement[bool], since: Any
) -> Iterator[Row]:
    """Stages that stand so, the longest waiting first."""
    owes = func.coalesce(StageFigure.accountable_office, StageFigure.office)
    for each in session.execute(
        select(
            StageFigure.id,
            StageFigure.journey_id,
            StageFigure.stage,
            owes.label("office"),
            since.label("since"),
            JourneyFigure.programme,
            JourneyFigure.area,
        )
        .join(JourneyFigure, JourneyFigure.id == StageFigure.journey_id)
        .join(
            StageStanding,
            and_(
                StageStanding.journey_id == StageFigure.journey_id,
                StageStanding.stage == StageFigure.stage,
                StageStanding.turn == StageFigure.id,
            ),
        )
        .where(_about(meeting), standing, ~_confidential())
        .order_by(since, StageFigure.id)
        .limit(rules.MOST_OF_A_REASON)
    ):
        yield {
            **_row(reason, str(each.id), each.since),
            "programme": each.programme,
            "area": each.area,
            "journey_id": each.journey_id,
            "referral_id": each.id,
            "stage": each.stage,
            "office": each.office,
        }


def _stalled(session: Session, meeting: Meeting) -> Iterator[Row]:
    """Open journeys whose business did not run at the last visit."""
    later = aliased(VisitFigure)
    seen_since = exists().where(later.journey_id == VisitFigure.journey_id, later.recorded_at > VisitFigure.recorded_at)
    for each in session.execute(
        select(VisitFigure, JourneyFigure.programme, JourneyFigure.area)
        .join(JourneyFigure, JourneyFigure.id == VisitFigure.journey_id)
        .where(_about(meeting), JourneyFigure.ended_at.is_(None), VisitFigure.condition == "stalled", ~seen_since)
        .order_by(VisitFigure.recorded_at, VisitFigure.referral_id)
        .limit(rules.MOST_OF_A_REASON)
    ):
        visit = each.VisitFigure
        yield {
            **_row(Reason.STALLED, str(visit.journey_id), visit.recorded_at),
            "programme": each.programme,
            "area": each.area,
            "journey_id": visit.journey_id,
            "referral_id": visit.referral_id,
            "stage": visit.stage,
            "office": visit.office,
        }


def _funds(session: Session, meeting: Meeting) -> Iterator[Row]:
    """Funds of the meeting's programmes that are nearly used."""
    asked = [
        each
        for each in library.published().values()
        if (each.id in meeting.programmes if meeting.programmes else _touches(each.region, meeting.area))
    ]
    of_fund = {fund: each.id for each in asked for fund in money.fund_ids(each)}
    for fund in money.funds(session, of_fund):
        if not fund.closed and rules.is_nearly_used(fund.ceiling, fund.free):
            yield {
                **_row(Reason.FUND, fund.id, fund.moved_at),
                "programme": of_fund[fund.id],
                "fund_id": fund.id,
                "office": fund.owner_office,
            }


def _row(reason: Reason, subject: str, since: Any) -> Row:
    empty = dict.fromkeys(("programme", "area", "journey_id", "referral_id", "stage", "office", "fund_id"))
    return {**empty, "reason": reason, "subject": subject, "since": since}


def _about(meeting: Meeting) -> ColumnElement[bool]:
    about = within(JourneyFigure.area, [meeting.area])
    return and_(about, among(JourneyFigure.programme, meeting.programmes)) if meeting.programmes else about


def _confidential() -> ColumnElement[bool]:
    stages = [
        (programme.id, stage.name)
        for programme in library.published().values()
        for stage in programme.stages.values()
        if stage.does == CONFIDENTIAL
    ]
    return or_(false(), *(and_(JourneyFigure.programme == one, StageFigure.stage == stage) for one, stage in stages))


def _touches(regions: Sequence[str], area: str) -> bool:
    return meet(regions, [area])
