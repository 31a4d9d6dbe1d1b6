"""What the read model can tell: counts for the process map, lists behind the counts, one journey's story.

Whoever asks sees the journeys of her own areas: every number on the map is the length of a list that she may open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.monitoring.flow import rules
from services.monitoring.flow.models import JourneyFigure, ReferralFigure, SkippedStage, StageFigure, TimelineEntry
from services.monitoring.flow.rules import At, Ended, Owed, StageCounts, StageTurn
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.calendar import add_months
from shared.kernel.errors import NotFound
from shared.web import paging

Condition = ColumnElement[bool]

NOW = func.kail_now()
IS_OPEN = and_(
    ReferralFigure.closed_at.is_(None), StageFigure.called_off_at.is_(None), JourneyFigure.ended_at.is_(None)
)
LATER = aliased(StageFigure)
OFFERED_AGAIN = exists().where(
    LATER.journey_id == StageFigure.journey_id,
    LATER.stage == StageFigure.stage,
    LATER.offered_at > StageFigure.offered_at,
)
SKIPPED_SINCE = exists().where(
    SkippedStage.journey_id == StageFigure.journey_id,
    SkippedStage.stage == StageFigure.stage,
    SkippedStage.skipped_at >= StageFigure.stuck_at,
)
STANDS: dict[At, Condition] = {
    At.OPEN: IS_OPEN,
    At.WAITING: and_(IS_OPEN, ReferralFigure.accepted_at.is_(None)),
    At.ACTIVE: and_(IS_OPEN, ReferralFigure.accepted_at.is_not(None)),
    At.DUE_SOON: and_(IS_OPEN, StageFigure.remind_at <= NOW, StageFigure.due_at >= NOW),
    At.OVERDUE: and_(IS_OPEN, StageFigure.due_at < NOW),
    At.STUCK: and_(StageFigure.stuck_at.is_not(None), JourneyFigure.ended_at.is_(None), ~OFFERED_AGAIN, ~SKIPPED_SINCE),
    At.DONE: ReferralFigure.closed_as == "completed",
}


@dataclass(frozen=True)
class Headline:
    """How many journeys of a programme's version are open, and how the others ended."""

    programme: str
    version: int
    open: int
    ended: dict[str, int]


@dataclass(frozen=True)
class JourneyLine:
    """A journey in a list, with what it waits for."""

    journey: JourneyFigure
    owed: Sequence[Owed]


@dataclass(frozen=True)
class Story:
    """One journey over all agencies: every turn of every stage, what is owed now, and all that was announced."""

    journey: JourneyFigure
    turns: Sequence[StageTurn]
    owed: Sequence[Owed]
    timeline: Sequence[TimelineEntry]


@dataclass(frozen=True)
class Waiting:
    """How many open stages one office waits for from another."""

    sender_office: str
    office: str
    stage: str
    waiting: int
    overdue: int


def stage_counts(session: Session, officer: Officer, programme: str, version: int) -> dict[str, StageCounts]:
    """The numbers of every stage that a journey of this version ever reached."""
    seen = ours(officer, programme, version)
    counts = {
        row.stage: StageCounts(**row._mapping)
        for row in session.execute(
            _stages(
                StageFigure.stage,
                func.count(distinct(StageFigure.journey_id)).label("entered"),
                *(
                    func.count(distinct(StageFigure.journey_id)).filter(STANDS[at]).label(at.value.replace("-", "_"))
                    for at in (At.WAITING, At.ACTIVE, At.DUE_SOON, At.OVERDUE, At.STUCK, At.DONE)
                ),
            )
            .where(*seen)
            .group_by(StageFigure.stage)
        )
    }
    for stage, outcome, times in session.execute(
        _stages(StageFigure.stage, ReferralFigure.outcome, func.count(distinct(StageFigure.journey_id)))
        .where(*seen, STANDS[At.DONE])
        .group_by(StageFigure.stage, ReferralFigure.outcome)
        .order_by(ReferralFigure.outcome)
    ):
        counts[stage].outcomes[outcome] = times
    for stage, skipped in session.execute(
        select(SkippedStage.stage, func.count())
        .join(JourneyFigure, JourneyFigure.id == SkippedStage.journey_id)
        .where(*seen)
        .group_by(SkippedStage.stage)
    ):
        counts.setdefault(stage, StageCounts(stage=stage)).skipped = skipped
    for stage, days in _median_days(session, seen).items():
        counts[stage].median_working_days = days
    return counts


def headlines(session: Session, officer: Officer) -> list[Headline]:
    """Every version of every programme that carries or carried somebody in the officer's areas."""
    return _headlines(session, ours(officer, None, None))


def headline(session: Session, officer: Officer, programme: str, version: int) -> Headline:
    """One version of a programme; noughts when nobody has set out on it."""
    found = _headlines(session, ours(officer, programme, version))
    return found[0] if found else Headline(programme, version, 0, {})


def journeys(
    session: Session,
    officer: Officer,
    *,
    programme: str | None = None,
    version: int | None = None,
    stage: str | None = None,
    state: At | Ended | None = None,
    outcome: str | None = None,
    area: str | None = None,
    cohort: date | None = None,
    after: str | None = None,
    limit: int = paging.USUAL,
) -> paging.Page[JourneyLine]:
    """Journeys in the officer's areas, the latest first: all, those at a stage, or those that ended in some way.

    A cohort is the month in which they were opened, named by any of its days.
    """
    listed = select(JourneyFigure).where(*ours(officer, programme, version))
    if area is not None:
        listed = listed.where(in_areas([area]))
    if cohort is not None:
        first = cohort.replace(day=1)
        listed = listed.where(JourneyFigure.opened_on >= first, JourneyFigure.opened_on < add_months(first, 1))
    if isinstance(state, Ended):
        listed = listed.where(JourneyFigure.outcome == state)
    elif state is At.SKIPPED:
        skipped = exists().where(SkippedStage.journey_id == JourneyFigure.id)
        listed = listed.where(skipped.where(SkippedStage.stage == stage) if stage else skipped)
    elif state is At.OPEN and stage is None:
        listed = listed.where(JourneyFigure.ended_at.is_(None))
    elif stage or state:
        listed = listed.where(_stands_at(stage, state, outcome))
    page = paging.page(
        session, listed, JourneyFigure.opened_at, JourneyFigure.id, after=after, limit=limit, newest_first=True
    )
    shown = [each.id for each in page.items]
    turns, left_out = _turns(session, shown), _skipped(session, shown)
    lines = [_line(each, turns.get(each.id, []), left_out.get(each.id, {})) for each in page.items]
    return paging.Page(lines, page.next)


def story(session: Session, officer: Officer, journey_id: UUID) -> Story:
    """One journey's whole story; raises NotFound outside the officer's areas."""
    journey = session.scalar(select(JourneyFigure).where(JourneyFigure.id == journey_id, in_areas(officer.areas)))
    if journey is None:
        raise NotFound(what="journey")
    told = select(TimelineEntry).where(TimelineEntry.journey_id == journey_id)
    timeline = session.scalars(told.order_by(TimelineEntry.happened_at, TimelineEntry.id)).all()
    turns = _turns(session, [journey_id]).get(journey_id, [])
    skipped = _skipped(session, [journey_id]).get(journey_id, {})
    return Story(journey, turns, _line(journey, turns, skipped).owed, timeline)


def who_waits_for_whom(session: Session, officer: Officer, programme: str, version: int) -> list[Waiting]:
    """Which office waits for which, with how many stages: the longest queue first."""
    overdue = func.count().filter(StageFigure.due_at < NOW)
    rows = session.execute(
        _stages(StageFigure.sender_office, StageFigure.office, StageFigure.stage, func.count(), overdue)
        .where(*ours(officer, programme, version), IS_OPEN)
        .group_by(StageFigure.sender_office, StageFigure.office, StageFigure.stage)
        .order_by(overdue.desc(), func.count().desc(), StageFigure.office, StageFigure.stage)
    )
    return [Waiting(*row) for row in rows]


def _headlines(session: Session, seen: Sequence[Condition]) -> list[Headline]:
    found: dict[tuple[str, int], dict[str, int]] = {}
    standing = case((JourneyFigure.ended_at.is_(None), "open"), else_=JourneyFigure.outcome)
    for programme, version, stands, journeys in session.execute(
        select(JourneyFigure.programme, JourneyFigure.version, standing, func.count())
        .where(*seen)
        .group_by(JourneyFigure.programme, JourneyFigure.version, standing)
    ):
        found.setdefault((programme, version), {})[stands] = journeys
    return [Headline(*key, ended.pop("open", 0), ended) for key, ended in sorted(found.items())]


def _stages(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(StageFigure)
        .join(JourneyFigure, JourneyFigure.id == StageFigure.journey_id)
        .outerjoin(ReferralFigure, ReferralFigure.id == StageFigure.id)
    )


def ours(officer: Officer, programme: str | None, version: int | None) -> list[Condition]:
    """What a journey must fulfil to be seen by this officer: her areas and, where given, a programme's version."""
    conditions = [in_areas(officer.areas)]
    if programme is not None:
        conditions.append(JourneyFigure.programme == programme)
    if version is not None:
        conditions.append(JourneyFigure.version == version)
    return conditions


def in_areas(areas: Iterable[str]) -> Condition:
    """A journey that belongs to one of these areas, or to a part of one."""
    return or_(
        *(or_(JourneyFigure.area == area, JourneyFigure.area.startswith(f"{area}.", autoescape=True)) for area in areas)
    )


def _stands_at(stage: str | None, state: At | None, outcome: str | None) -> Condition:
    there = (
        select(StageFigure.id)
        .outerjoin(ReferralFigure, ReferralFigure.id == StageFigure.id)
        .where(StageFigure.journey_id == JourneyFigure.id)
        .correlate(JourneyFigure)
    )
    if stage is not None:
        there = there.where(StageFigure.stage == stage)
    if state is not None:
        there = there.where(STANDS[state])
    if outcome is not None:
        there = there.where(ReferralFigure.outcome == outcome)
    return there.exists()


def _median_days(session: Session, seen: Sequence[Condition]) -> dict[str, int]:
    offered, closed = (
        cast(func.timezone(clock.zone().key, moment), Date)
        for moment in (StageFigure.offered_at, ReferralFigure.closed_at)
    )
    spans: dict[str, list[tuple[date, date, int]]] = {}
    for stage, start, end, times in session.execute(
        _stages(StageFigure.stage, offered, closed, func.count())
        .where(*seen, STANDS[At.DONE])
        .group_by(StageFigure.stage, offered, closed)
    ):
        spans.setdefault(stage, []).append((start, end, times))
    return {stage: rules.median_working_days(found) or 0 for stage, found in spans.items()}


def _turns(session: Session, journey_ids: Sequence[UUID]) -> dict[UUID, list[StageTurn]]:
    found: dict[UUID, list[StageTurn]] = {}
    for stage, referral in session.execute(
        select(StageFigure, ReferralFigure)
        .outerjoin(ReferralFigure, ReferralFigure.id == StageFigure.id)
        .where(StageFigure.journey_id.in_(journey_ids))
        .order_by(StageFigure.offered_at, StageFigure.id)
    ):
        found.setdefault(stage.journey_id, []).append(_turn(stage, referral))
    return found


def _turn(stage: StageFigure, referral: ReferralFigure | None) -> StageTurn:
    return StageTurn(
        referral_id=stage.id,
        stage=stage.stage,
        attempt=stage.attempt,
        agency=stage.agency,
        office=stage.office,
        state=referral.state if referral else stage.stuck_because or "offered",
        offered_at=stage.offered_at,
        due_at=stage.due_at,
        accepted_at=referral.accepted_at if referral else None,
        closed_at=(referral.closed_at if referral else None) or stage.called_off_at,
        outcome=referral.outcome if referral else None,
        reason=referral.reason if referral else None,
        stuck_at=stage.stuck_at,
        accountable_office=stage.accountable_office,
    )


def _skipped(session: Session, journey_ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    found: dict[UUID, dict[str, datetime]] = {}
    for each in session.scalars(select(SkippedStage).where(SkippedStage.journey_id.in_(journey_ids))):
        found.setdefault(each.journey_id, {})[each.stage] = each.skipped_at
    return found


def _line(journey: JourneyFigure, turns: Sequence[StageTurn], skipped: Mapping[str, datetime]) -> JourneyLine:
    return JourneyLine(journey, [] if journey.ended_at else rules.owed(turns, skipped))
