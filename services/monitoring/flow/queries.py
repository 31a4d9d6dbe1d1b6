"""What the read model can tell: counts for the process map, lists behind the counts, one journey's story.

Whoever asks sees the journeys of her own areas: every number on the map is the length of a list that she may open.
Numbers are read from the tallies and lists from the standings, so that neither takes longer with more journeys.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select
from sqlalchemy.orm import Session

from services.monitoring.flow import rules, tallies
from services.monitoring.flow.models import (
    JourneyFigure,
    ReferralFigure,
    SkippedStage,
    StageFigure,
    StageStanding,
    TallyJourney,
    TallyPromise,
    TallyStage,
    TimelineEntry,
)
from services.monitoring.flow.rules import COMPLETED, OPEN, OWED, At, Ended, Owed, StageCounts, StageTurn, Standing
from services.monitoring.flow.tallies import Condition
from shared.identity.areas import meet, within
from shared.identity.officer import Officer
from shared.kernel.calendar import add_months
from shared.kernel.errors import NotFound
from shared.privacy import cells
from shared.programmes import library
from shared.programmes.definition import Programme
from shared.referrals import handed_on
from shared.referrals.rules import NEAR_WITHIN
from shared.storage.arrays import among
from shared.storage.numbers import numbered
from shared.web import paging

NO_STAGE = "-"
"""What is asked for in the place of a stage: journeys that none decided."""
IS_OPEN = StageStanding.standing.in_(OPEN)
STANDS: dict[At, Condition] = {
    At.OPEN: IS_OPEN,
    At.WAITING: StageStanding.standing == Standing.WAITING,
    At.ACTIVE: StageStanding.standing == Standing.ACTIVE,
    At.DUE_SOON: and_(
        StageStanding.standing.in_(OWED),
        StageStanding.remind_on <= tallies.today(),
        StageStanding.due_at >= tallies.start_of_today(),
        StageStanding.due_on <= tallies.today() + NEAR_WITHIN.days,
    ),
    At.OVERDUE: StageStanding.due_at < tallies.start_of_today(),
    At.STUCK: StageStanding.standing == Standing.STUCK,
    At.DONE: StageStanding.standing.in_(COMPLETED),
    At.SKIPPED: StageStanding.standing == Standing.SKIPPED,
}
STANDS[At.PRESSING] = or_(STANDS[At.OVERDUE], STANDS[At.STUCK])
"""The turns of stages behind each number. The due date stands there for what is owed only."""


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
class Reached:
    """How many journeys a list has over all its pages, and how many people they carry; None where too few to show."""

    journeys: int
    people: int | None


@dataclass(frozen=True)
class Story:
    """One journey over all agencies: every turn of every stage, what is owed now, and all that was announced."""

    journey: JourneyFigure
    turns: Sequence[StageTurn]
    owed: Sequence[Owed]
    timeline: Sequence[TimelineEntry]
    handed_on: Sequence[Mapping[str, Any]]
    """Who passed a referral to whom; each has the identifier of the line that tells of it."""


@dataclass(frozen=True)
class Waiting:
    """How many open stages one office waits for from another."""

    sender_office: str
    office: str
    stage: str
    waiting: int
    overdue: int


def programmes_of(officer: Officer) -> list[Programme]:
    """The published programmes that run where an officer works, each in every version, by identifier."""
    return [
        each
        for _, each in sorted(library.published().items())
        if any(is_around(officer, region) for region in each.region)
    ]


def is_around(officer: Officer, region: str) -> bool:
    """Whether an officer works in a region, or somewhere inside it."""
    return meet([region], officer.areas)


def stage_counts(session: Session, officer: Officer, programme: str, version: int) -> dict[str, StageCounts]:
    """The numbers of every stage that a journey of this version ever reached."""
    counts: dict[str, StageCounts] = {}
    told = tallies.counted(TallyStage, officer, programme, version)
    for row in session.execute(
        select(
            told.c.stage,
            *(func.coalesce(func.sum(told.c.journeys).filter(_stands(told, name)), 0).label(name) for name in COUNTED),
        ).group_by(told.c.stage)
    ):
        numbers: dict[str, Any] = {name: int(row._mapping[name]) for name in COUNTED}
        counts[row.stage] = StageCounts(stage=row.stage, **numbers)
    for stage, outcome, journeys in session.execute(
        select(told.c.stage, told.c.outcome, func.sum(told.c.journeys))
        .where(told.c.standing.in_(COMPLETED))
        .group_by(told.c.stage, told.c.outcome)
        .order_by(told.c.outcome)
    ):
        counts[stage].outcomes[outcome] = int(journeys)
    for stage, days in _median_days(session, officer, programme, version).items():
        counts[stage].median_working_days = days
    return counts


def headlines(session: Session, officer: Officer) -> list[Headline]:
    """Every version of every programme that carries or carried somebody in the officer's areas."""
    return _headlines(session, tallies.counted(TallyJourney, officer))


def headlines_of(session: Session, officer: Officer, programme: str, version: int) -> list[Headline]:
    """Each version of a programme, or the one that is named; noughts when nobody has set out on it."""
    found = _headlines(session, tallies.counted(TallyJourney, officer, programme, version))
    return found or [Headline(programme, version, 0, {})]


def headline(session: Session, officer: Officer, programme: str, version: int) -> Headline:
    """One version of a programme, or all of them together; noughts when nobody has set out on it."""
    found = _headlines(session, tallies.counted(TallyJourney, officer, programme, version))
    ended: Counter[str] = Counter()
    for each in found:
        ended.update(each.ended)
    return Headline(programme, version, sum(each.open for each in found), ended)


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
    because: str | None = None,
    number: str | None = None,
    journey_id: Collection[UUID] = (),
    after: str | None = None,
    limit: int = paging.USUAL,
) -> paging.Page[JourneyLine]:
    """Journeys in the officer's areas, the latest first: all, those at a stage, or those that ended in some way.

    A cohort is the month in which they were opened, named by any of its days.
    """
    listed = select(JourneyFigure).where(*ours(officer, programme, version))
    if area is not None:
        listed = listed.where(within(JourneyFigure.area, [area]))
    if cohort is not None:
        first = cohort.replace(day=1)
        listed = listed.where(JourneyFigure.opened_on >= first, JourneyFigure.opened_on < add_months(first, 1))
    if because is not None:
        listed = listed.where(
            JourneyFigure.because == because if because != NO_STAGE else JourneyFigure.because.is_(None)
        )
    if number is not None:
        listed = listed.where(numbered(JourneyFigure.id, number))
    if journey_id:
        listed = listed.where(among(JourneyFigure.id, list(journey_id)))
    if isinstance(state, Ended):
        listed = listed.where(JourneyFigure.outcome == state)
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


def reached(
    session: Session,
    officer: Officer,
    *,
    programme: str | None = None,
    version: int | None = None,
    state: At | Ended | None = None,
    area: str | None = None,
    cohort: date | None = None,
    **narrower: Any,
) -> Reached | None:
    """How much the list of the same name has, from the tallies; None where no tally counts what was asked for.

    None counts the journeys in a kelurahan that stand in some way, nor those at a stage: the list alone does.
    """
    at_a_stage = (
        narrower.get("number")
        or narrower.get("journey_id")
        or narrower.get("because")
        or narrower.get("stage")
        or narrower.get("outcome")
        or (state and state not in (At.OPEN, *Ended))
    )
    if at_a_stage or (area and area.count(".") >= tallies.VILLAGE_DOTS):
        return None
    told = tallies.counted(TallyJourney, officer)

    def asked(lines: FromClause) -> list[ColumnElement[bool]]:
        wanted = {"programme": programme, "version": version, "standing": state and state.value}
        found = [lines.c[name] == value for name, value in wanted.items() if value is not None]
        if area is not None:
            found.append(within(lines.c.area, [area]))
        if cohort is not None:
            found.append(lines.c.cohort == cohort.replace(day=1))
        return found

    counted = select(func.coalesce(func.sum(told.c.journeys), 0)).where(*asked(told))
    listed = int(session.scalars(counted).one())
    people = tallies.women(session, officer, where=asked).get((), 0)
    return Reached(listed, people if rules.sees_small_figures(officer) or not cells.suppressed(people) else None)


def story(session: Session, officer: Officer, journey_id: UUID) -> Story:
    """One journey's whole story; raises NotFound outside the officer's areas."""
    journey = session.scalar(select(JourneyFigure).where(JourneyFigure.id == journey_id, *ours(officer, None, None)))
    if journey is None:
        raise NotFound(what="journey")
    told = select(TimelineEntry).where(TimelineEntry.journey_id == journey_id)
    timeline = session.scalars(told.order_by(TimelineEntry.happened_at, TimelineEntry.id)).all()
    passed = handed_on.of_journey(session, journey_id)
    turns = _turns(session, [journey_id]).get(journey_id, [])
    skipped = _skipped(session, [journey_id]).get(journey_id, {})
    return Story(journey, turns, _line(journey, turns, skipped).owed, timeline, passed)


def who_waits_for_whom(session: Session, officer: Officer, programme: str, version: int) -> list[Waiting]:
    """Which office waits for which, with how many stages or decisions: the longest queue first."""
    told = tallies.counted(TallyStage, officer, programme, version)
    waiting = func.sum(told.c.journeys)
    overdue = func.coalesce(waiting.filter(_stands(told, "overdue")), 0)
    rows = session.execute(
        select(told.c.sender_office, told.c.office, told.c.stage, waiting, overdue)
        .where(told.c.standing.in_(OWED))
        .group_by(told.c.sender_office, told.c.office, told.c.stage)
        .order_by(overdue.desc(), waiting.desc(), told.c.office, told.c.stage)
    )
    return [Waiting(sender, office, stage, int(open_), int(late)) for sender, office, stage, open_, late in rows]


COUNTED = ("entered", "late_decisions", *(at.value.replace("-", "_") for at in At if at not in (At.OPEN, At.PRESSING)))
"""The numbers of a stage: where journeys stand, who ever came to it, and those whose decision is late."""


def _stands(told: FromClause, counted: str) -> Condition:
    """Which lines of the stages' tally make up a number: the counterpart of `STANDS`."""
    is_owed, is_late = told.c.standing.in_(OWED), told.c.due_on < tallies.today()
    match counted:
        case "due_soon":
            in_sight = told.c.due_on.between(tallies.today(), tallies.today() + NEAR_WITHIN.days)
            return and_(is_owed, told.c.remind_on <= tallies.today(), in_sight)
        case "overdue":
            return and_(is_owed, is_late)
        case "late_decisions":
            return and_(told.c.standing == Standing.DECIDING, is_late)
    return told.c.standing == counted


def _headlines(session: Session, told: FromClause) -> list[Headline]:
    found: dict[tuple[str, int], dict[str, int]] = {}
    for programme, version, standing, journeys in session.execute(
        select(told.c.programme, told.c.version, told.c.standing, func.sum(told.c.journeys)).group_by(
            told.c.programme, told.c.version, told.c.standing
        )
    ):
        found.setdefault((programme, version), {})[standing] = int(journeys)
    return [Headline(*key, ended.pop("open", 0), ended) for key, ended in sorted(found.items())]


def ours(officer: Officer, programme: str | None, version: int | None) -> list[Condition]:
    """What a journey must fulfil to be seen by this officer: her areas and, where given, a programme's version."""
    conditions = [within(JourneyFigure.area, officer.areas)]
    if programme is not None:
        conditions.append(JourneyFigure.programme == programme)
    if version is not None:
        conditions.append(JourneyFigure.version == version)
    return conditions


def _stands_at(stage: str | None, state: At | None, outcome: str | None) -> Condition:
    there = (
        select(StageStanding.turn)
        .where(
            StageStanding.journey_id == JourneyFigure.id,
            StageStanding.programme == JourneyFigure.programme,
            StageStanding.version == JourneyFigure.version,
            STANDS[state] if state else StageStanding.standing != Standing.SKIPPED,
        )
        .correlate(JourneyFigure)
    )
    if stage is not None:
        there = there.where(StageStanding.stage == stage)
    if outcome is not None:
        there = there.where(StageStanding.outcome == outcome, STANDS[At.DONE])
    return there.exists()


def _median_days(session: Session, officer: Officer, programme: str, version: int) -> dict[str, int]:
    told = tallies.counted(TallyPromise, officer, programme, version)
    spans: dict[str, list[tuple[int, int]]] = {}
    for stage, days, referrals in session.execute(
        select(told.c.stage, told.c.working_days, func.sum(told.c.referrals))
        .where(told.c.closed_as == "completed")
        .group_by(told.c.stage, told.c.working_days)
    ):
        spans.setdefault(stage, []).append((days, int(referrals)))
    return {stage: rules.median(found) or 0 for stage, found in spans.items()}


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
        decides=stage.decides,
        on_paper=stage.on_paper,
    )


def _skipped(session: Session, journey_ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    found: dict[UUID, dict[str, datetime]] = {}
    for each in session.scalars(select(SkippedStage).where(SkippedStage.journey_id.in_(journey_ids))):
        found.setdefault(each.journey_id, {})[each.stage] = each.skipped_at
    return found


def _line(journey: JourneyFigure, turns: Sequence[StageTurn], skipped: Mapping[str, datetime]) -> JourneyLine:
    return JourneyLine(journey, [] if journey.ended_at else rules.owed(turns, skipped))
