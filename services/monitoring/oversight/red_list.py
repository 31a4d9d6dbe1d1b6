"""The red list: stages, and decisions on those that came back, that are late or nearly so; on request all open ones."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, extract, func, or_, select
from sqlalchemy.orm import Session

from services.monitoring.flow.models import StageFigure, StageStanding
from services.monitoring.flow.rules import Standing
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals.rules import NEAR_WITHIN, Lateness, lateness
from shared.storage.clock import now
from shared.web import paging

DAY = 86_400
ALL = 100


@dataclass(frozen=True)
class OpenStage:
    """A stage, or the decision on one, that somebody waits for; how much of its time limit is used, in per cent."""

    referral_id: UUID
    journey_id: UUID
    programme: str
    version: int
    area: str
    stage: str
    agency: str
    office: str
    sender_office: str
    offered_at: datetime
    due_at: datetime
    remind_at: datetime
    is_decision: bool
    is_accepted: bool
    is_overdue: bool
    is_due_soon: bool
    used: int
    days: int


def red_list(
    session: Session,
    officer: Officer,
    *,
    programme: str | None = None,
    version: int | None = None,
    stage: str | None = None,
    agency: str | None = None,
    office: str | None = None,
    sender_office: str | None = None,
    area: str | None = None,
    used: int | None = None,
    every: bool = False,
    after: str | None = None,
    limit: int = paging.USUAL,
) -> paging.Page[OpenStage]:
    """Stages in the officer's areas that are late or nearly due, the earliest due first.

    With `used`, those of whose time limit more than so many per cent are gone; with `every`, all that are open. The
    order is that of the due dates, which an index keeps: a page costs the same however many stages are open.
    """
    turn = StageStanding
    listed = select(turn).where(turn.due_at.is_not(None), within(turn.area, officer.areas))
    narrowed = {
        turn.programme: programme,
        turn.version: version,
        turn.stage: stage,
        turn.agency: agency,
        turn.office: office,
        turn.sender_office: sender_office,
    }
    listed = listed.where(*(column == value for column, value in narrowed.items() if value is not None))
    if area is not None:
        listed = listed.where(within(turn.area, [area]))
    if used is not None:
        listed = listed.where(_is_used(used))
    elif not every:
        listed = listed.where(_is_late_or_near())
    page = paging.page(session, listed, turn.due_at, turn.turn, after=after, limit=limit)
    turns = [each.turn for each in page.items]
    figures = {each.id: each for each in session.scalars(select(StageFigure).where(StageFigure.id.in_(turns)))}
    moment = clock.now()
    return paging.Page([_told(each, figures[each.turn], moment) for each in page.items], page.next)


@dataclass(frozen=True)
class How:
    """How many stages are late, and how many nearly so."""

    late: int
    near: int


def standing(session: Session, officer: Officer) -> How:
    """How many open stages in the officer's areas are late, and how many nearly due."""
    late = StageStanding.due_at < now()
    asked = select(func.count().filter(late), func.count().filter(~late)).where(
        StageStanding.due_at.is_not(None), within(StageStanding.area, officer.areas), _is_late_or_near()
    )
    return How(*session.execute(asked).one())


def _is_late_or_near() -> ColumnElement[bool]:
    """As `lateness` says of what is open; the index of due dates leaves out what is further away."""
    reminded = select(StageFigure.remind_at).where(StageFigure.id == StageStanding.turn).scalar_subquery()
    return and_(StageStanding.due_at <= now() + NEAR_WITHIN, or_(StageStanding.due_at < now(), reminded <= now()))


def _is_used(percent: int) -> ColumnElement[bool]:
    """Whether more than this part of the time between offer and due date has passed."""
    if percent >= ALL:
        return StageStanding.due_at < now()
    begin = select(StageFigure.offered_at).where(StageFigure.id == StageStanding.turn).scalar_subquery()
    passed, given = extract("epoch", now() - begin), extract("epoch", StageStanding.due_at - begin)
    return passed * ALL > given * percent


def _told(turn: StageStanding, figure: StageFigure, moment: datetime) -> OpenStage:
    assert turn.due_at is not None
    given = max((turn.due_at - figure.offered_at).total_seconds(), 1)
    passed = (moment - figure.offered_at).total_seconds()
    return OpenStage(
        referral_id=turn.turn,
        journey_id=turn.journey_id,
        programme=turn.programme,
        version=turn.version,
        area=turn.area,
        stage=turn.stage,
        agency=turn.agency or "",
        office=turn.office or "",
        sender_office=turn.sender_office or "",
        offered_at=figure.offered_at,
        due_at=turn.due_at,
        remind_at=figure.remind_at,
        is_decision=turn.standing == Standing.DECIDING,
        is_accepted=turn.standing == Standing.ACTIVE,
        is_overdue=turn.due_at < moment,
        is_due_soon=lateness(moment, figure.remind_at, turn.due_at) is Lateness.NEAR,
        used=int(passed / given * ALL),
        days=int(passed // DAY),
    )
