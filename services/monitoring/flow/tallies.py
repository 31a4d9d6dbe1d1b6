"""What every journey, turn of a stage and visit counts as: the one classification behind every number and every list.

The figures say what happened; the classification says what follows from it, for some journeys at a time; the tallies
count. `summing` brings the tallies up to date, the audit counts afresh, and both take their definitions from here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    SmallInteger,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import Grouping

from services.monitoring.flow.models import (
    JourneyFigure,
    JourneyStanding,
    ReferralFigure,
    SkippedStage,
    StageFigure,
    StageStanding,
    Tally,
    TallyJourney,
    TallyPassage,
    TallyPlace,
    TallyPromise,
    TallyReached,
    TallyRepeated,
    TallyStage,
    TallyVisit,
    VisitFigure,
    VisitStanding,
)
from services.monitoring.flow.rules import OPEN, Standing
from shared.identity.areas import covering, covers, within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.persons.models import PersonRecord
from shared.storage import Base
from shared.storage.arrays import among

Condition = ColumnElement[bool]

KECAMATAN = 8
"""Characters of a kecamatan's code, "64.02.05". Source: Kemendagri's area codes."""
VILLAGE_DOTS = 3
"""An area code with so many dots is a kelurahan's or desa's. Source: Kemendagri's area codes."""
PROMISED = ("completed", "declined", "returned", "unanswered")
"""How a referral can have been closed that its office had promised an answer to."""


def zone() -> ColumnElement[str]:
    """The deployment's zone, as a parameter of the statement."""
    return bindparam("zone", callable_=lambda: clock.zone().key, type_=String)


def local(moment: Any) -> ColumnElement[Any]:
    """The day of a moment in the deployment's zone."""
    return cast(func.timezone(zone(), moment), Date)


def today() -> ColumnElement[Any]:
    """The domain's day in the deployment's zone."""
    return select(local(func.kail_now())).scalar_subquery()


def month_of(day: Any) -> ColumnElement[Any]:
    """The first day of a day's month."""
    return cast(func.date_trunc("month", day), Date)


def start_of_today() -> ColumnElement[Any]:
    """The moment at which today began."""
    midnight = func.timezone(zone(), func.date_trunc("day", func.timezone(zone(), func.kail_now())))
    return select(midnight).scalar_subquery()


def kecamatan(area: Any) -> ColumnElement[str]:
    """The kecamatan of an area, or the area itself where it is no smaller."""
    return func.left(area, KECAMATAN)


def is_village(area: Any) -> Condition:
    """Whether an area is a kelurahan or desa."""
    return func.length(area) - func.length(func.replace(area, ".", "")) == VILLAGE_DOTS


CHOSEN = bindparam("chosen", type_=ARRAY(Uuid))
"""The journeys that are classified, or null for all."""
FIRST_DAY = bindparam("first_day", type_=Date)
DAY_NUMBERS = bindparam("day_numbers", type_=ARRAY(Integer))
"""How many working days there are up to each day from the first one on: working days between two are a difference."""
OWN_DAYS = bindparam("own_days", type_=JSONB)
"""What calendars of regions add: `more` is 1 for a day on which only they open, -1 for one on which only they close.

Of two regions that cover an area the narrower one says all days, also those of the other."""
HAS_OWN_DAYS = bindparam("has_own_days", type_=Boolean)


@dataclass(frozen=True)
class Counting:
    """A kind of standing, how it follows from the figures, and which tallies count it."""

    standing: type[Base]
    classified: Callable[[Callable[[Any], Condition]], Select[Any]]
    tallies: tuple[tuple[type[Tally], Callable[[FromClause, ColumnElement[int]], Select[Any]]], ...]


def some(column: Any) -> Condition:
    """Of the journeys that are asked for."""
    return column == any_(CHOSEN)


def every(_column: Any) -> Condition:
    """Of all journeys."""
    return true()


def journeys(of: Callable[[Any], Condition]) -> Select[Any]:
    """What each journey counts as."""
    descent = _generations(of)
    standing = case((JourneyFigure.ended_at.is_(None), "open"), else_=JourneyFigure.outcome)
    # Whoever says some journeys names all those of the same person or group with them.
    whose = func.coalesce(PersonRecord.person_id, JourneyFigure.subject_id)
    return (
        select(
            JourneyFigure.id.label("journey_id"),
            JourneyFigure.programme,
            JourneyFigure.version,
            JourneyFigure.area,
            JourneyFigure.subject_kind,
            month_of(JourneyFigure.opened_on).label("cohort"),
            descent.c.generation,
            standing.label("standing"),
            JourneyFigure.because,
            JourneyFigure.members,
            case((func.count(whose).over(partition_by=whose) > 1, whose)).label("subject"),
        )
        .join(descent, descent.c.id == JourneyFigure.id)
        .outerjoin(PersonRecord, PersonRecord.record_id == JourneyFigure.subject_id)
        .where(of(JourneyFigure.id))
    )


def _generations(of: Callable[[Any], Condition]) -> FromClause:
    """How many journeys of the programme stand between each and one that nobody recruited, itself included."""
    parent = aliased(JourneyFigure)
    up = (
        select(JourneyFigure.id, JourneyFigure.programme, JourneyFigure.parent_journey_id, literal(1).label("number"))
        .where(of(JourneyFigure.id))
        .cte("ancestry", recursive=True)
    )
    up = up.union_all(
        select(up.c.id, up.c.programme, parent.parent_journey_id, up.c.number + 1).join(
            parent, and_(parent.id == up.c.parent_journey_id, parent.programme == up.c.programme)
        )
    )
    return select(up.c.id, func.max(up.c.number).label("generation")).group_by(up.c.id).subquery("descent")


def stages(of: Callable[[Any], Condition]) -> Select[Any]:
    """What each turn of each stage counts as, and each stage that a journey went on without."""
    turn = _turns(of)
    is_open = turn.c.standing.in_(OPEN)
    entered = and_(turn.c.number == 1) | (turn.c.before == "completed")
    days = _working_days(turn.c.offered_at, turn.c.closed_at, turn.c.area)
    # What a delivery commits after the days were numbered may lie outside of them; its journey is touched once more.
    was_promised = and_(turn.c.closed_as.in_(PROMISED), days.is_not(None), turn.c.on_paper.is_(None))
    closed_on, offered_on = local(turn.c.closed_at), local(turn.c.offered_at)
    left = turn.c.standing.in_((Standing.STUCK, Standing.DECLINED, Standing.RETURNED, Standing.UNANSWERED))
    offered = select(
        turn.c.journey_id,
        turn.c.stage,
        turn.c.id.label("turn"),
        turn.c.programme,
        turn.c.version,
        turn.c.area,
        turn.c.opened_at,
        month_of(turn.c.opened_on).label("cohort"),
        turn.c.agency,
        turn.c.office,
        turn.c.sender_office,
        turn.c.standing,
        case(
            (turn.c.standing == Standing.STUCK, turn.c.stuck_because),
            (turn.c.standing.in_((Standing.DONE, Standing.DONE_BEFORE)), turn.c.outcome),
        ).label("outcome"),
        case((left, turn.c.reason)).label("reason"),
        (turn.c.number == 1).label("is_first"),
        case((is_open, local(turn.c.remind_at))).label("remind_on"),
        case((is_open, local(turn.c.due_at))).label("due_on"),
        case((is_open, offered_on)).label("offered_on"),
        case((is_open, turn.c.due_at)).label("due_at"),
        case((entered, offered_on)).label("entered_on"),
        case((and_(entered, turn.c.number > 1), _sent_back(turn))).label("via"),
        case((was_promised, month_of(closed_on))).label("closed_in"),
        case((was_promised, turn.c.closed_as)).label("closed_as"),
        case((was_promised, turn.c.closed_at <= turn.c.due_at)).label("kept"),
        case((was_promised, cast(days, SmallInteger))).label("working_days"),
    )
    absent: dict[str, Any] = {"standing": literal(Standing.SKIPPED.value), "is_first": literal(False, Boolean)}
    told = {
        "journey_id": JourneyFigure.id,
        "turn": JourneyFigure.id,
        "stage": SkippedStage.stage,
        "cohort": month_of(JourneyFigure.opened_on),
    }
    shared = {name: getattr(JourneyFigure, name) for name in ("programme", "version", "area", "opened_at")}
    known = absent | told | shared
    skipped = (
        select(
            *(
                known.get(each.name, cast(null(), each.type)).label(each.name)
                for each in StageStanding.__table__.columns
            )
        )
        .select_from(SkippedStage)
        .join(JourneyFigure, JourneyFigure.id == SkippedStage.journey_id)
        .where(of(SkippedStage.journey_id))
    )
    return select(union_all(offered, skipped, _decisions(of)).subquery("standing"))


def _decisions(of: Callable[[Any], Condition]) -> Select[Any]:
    """What each decision that a leading office owed on a stage counts as: a promise of its own, with a due date."""
    stage, referral, journey = StageFigure, ReferralFigure, JourneyFigure
    is_owed = and_(referral.closed_at.is_(None), journey.ended_at.is_(None))
    days = _working_days(stage.offered_at, referral.closed_at, journey.area)
    was_taken = and_(referral.closed_as == "completed", days.is_not(None))
    standing = case(
        (is_owed, Standing.DECIDING), (referral.closed_as == "completed", Standing.DECIDED), else_=Standing.CALLED_OFF
    )
    said: dict[str, Any] = {
        "turn": stage.id,
        "cohort": month_of(journey.opened_on),
        "standing": cast(standing, String),
        "outcome": case((referral.closed_as == "completed", referral.outcome)),
        "is_first": literal(False, Boolean),
        "remind_on": case((is_owed, local(stage.remind_at))),
        "due_on": case((is_owed, local(stage.due_at))),
        "offered_on": case((is_owed, local(stage.offered_at))),
        "due_at": case((is_owed, stage.due_at)),
        "closed_in": case((was_taken, month_of(local(referral.closed_at)))),
        "closed_as": case((was_taken, referral.closed_as)),
        "kept": case((was_taken, referral.closed_at <= stage.due_at)),
        "working_days": case((was_taken, cast(days, SmallInteger))),
    }
    told = {name: getattr(stage, name) for name in ("journey_id", "stage", "agency", "office", "sender_office")}
    shared = {name: getattr(journey, name) for name in ("programme", "version", "area", "opened_at")}
    known: dict[str, Any] = said | told | shared
    columns = StageStanding.__table__.columns
    return (
        select(*(known.get(each.name, cast(null(), each.type)).label(each.name) for each in columns))
        .select_from(stage)
        .join(journey, journey.id == stage.journey_id)
        .outerjoin(referral, referral.id == stage.id)
        .where(of(stage.journey_id), stage.decides.is_not(None))
    )


def _turns(of: Callable[[Any], Condition]) -> FromClause:
    """The turns of stages with their referrals and journeys, numbered, and what each stands as."""
    stage, referral, journey = StageFigure, ReferralFigure, JourneyFigure
    is_open = and_(
        referral.closed_at.is_(None),
        stage.called_off_at.is_(None),
        stage.stuck_at.is_(None),
        journey.ended_at.is_(None),
    )
    within: dict[str, Any] = {"partition_by": (stage.journey_id, stage.stage)}
    told = (
        select(
            stage.id,
            stage.journey_id,
            stage.stage,
            *(stage.agency, stage.office, stage.sender_office, stage.offered_at, stage.remind_at, stage.due_at),
            *(stage.called_off_at, stage.stuck_at, stage.stuck_because, stage.on_paper),
            *(referral.accepted_at, referral.closed_at, referral.closed_as, referral.outcome, referral.reason),
            *(journey.programme, journey.version, journey.area, journey.opened_on, journey.opened_at, journey.ended_at),
            is_open.label("is_open"),
            func.row_number().over(order_by=(stage.offered_at, stage.id), **within).label("number"),
            func.lag(referral.closed_as).over(order_by=(stage.offered_at, stage.id), **within).label("before"),
            func.max(stage.offered_at).over(**within).label("last_offered_at"),
            _latest(is_open).label("latest_as_open"),
            _latest(referral.closed_as).label("latest_as_closed"),
            _latest(referral.closed_as, referral.outcome).label("latest_of_outcome"),
        )
        .select_from(stage)
        .join(journey, journey.id == stage.journey_id)
        .outerjoin(referral, referral.id == stage.id)
        .where(of(stage.journey_id), stage.decides.is_(None))
        .cte("told")
    )
    skipped_since = (
        select(SkippedStage.stage)
        .where(
            SkippedStage.journey_id == told.c.journey_id,
            SkippedStage.stage == told.c.stage,
            SkippedStage.skipped_at >= told.c.stuck_at,
        )
        .exists()
    )
    is_stuck = and_(
        told.c.stuck_at.is_not(None),
        told.c.ended_at.is_(None),
        told.c.offered_at == told.c.last_offered_at,
        ~skipped_since,
    )
    is_done = told.c.closed_as == "completed"
    standing = case(
        (is_stuck, Standing.STUCK),
        (and_(told.c.is_open, told.c.latest_as_open > 1), Standing.REPEATED),
        (and_(told.c.is_open, told.c.accepted_at.is_(None)), Standing.WAITING),
        (told.c.is_open, Standing.ACTIVE),
        (and_(is_done, told.c.latest_as_closed == 1), Standing.DONE),
        (and_(is_done, told.c.latest_of_outcome == 1), Standing.DONE_BEFORE),
        (is_done, Standing.REPEATED),
        (told.c.closed_as.in_(PROMISED), told.c.closed_as),
        (told.c.stuck_because == Standing.CONSENT_MISSING, Standing.CONSENT_MISSING),
        ((told.c.closed_as == "withdrawn") | told.c.called_off_at.is_not(None), Standing.CALLED_OFF),
        else_=func.coalesce(told.c.stuck_because, Standing.OVER),
    )
    return select(told, cast(standing, String).label("standing")).cte("turn")


def _latest(*alike: Any) -> ColumnElement[int]:
    """1 for the latest turn of a stage among those that are alike, 2 for the one before it."""
    together = (StageFigure.journey_id, StageFigure.stage, *alike)
    return func.row_number().over(
        partition_by=together, order_by=(StageFigure.offered_at.desc(), StageFigure.id.desc())
    )


def _sent_back(turn: FromClause) -> ColumnElement[Any]:
    """The outcome that a journey had just met when it came to a stage again."""
    ahead = aliased(ReferralFigure)
    return (
        select(ahead.outcome)
        .where(
            ahead.journey_id == turn.c.journey_id,
            ahead.closed_as == "completed",
            ahead.closed_at <= turn.c.offered_at,
        )
        .order_by(ahead.closed_at.desc(), ahead.id)
        .limit(1)
        .scalar_subquery()
    )


def _working_days(offered_at: Any, closed_at: Any, area: Any) -> ColumnElement[int]:
    """The working days after a stage was offered, up to the day on which it was closed, by its area's calendar."""
    offered_on, closed_on = local(offered_at), local(closed_at)
    own = (
        func.jsonb_to_recordset(OWN_DAYS)
        .table_valued(column("region", String), column("day", Date), column("more", Integer), name="own")
        .render_derived(with_types=True)
    )
    followed = (
        func.jsonb_to_recordset(OWN_DAYS)
        .table_valued(column("region", String), column("day", Date), column("more", Integer), name="followed")
        .render_derived(with_types=True)
    )
    narrowest = (
        select(followed.c.region)
        .where(covering(followed.c.region, area))
        .order_by(func.length(followed.c.region).desc())
        .limit(1)
        .correlate_except(followed)
        .scalar_subquery()
    )
    more = (
        select(func.coalesce(func.sum(own.c.more), 0))
        .where(own.c.region == narrowest, own.c.day > offered_on, own.c.day <= closed_on)
        .correlate_except(own)
        .scalar_subquery()
    )
    return _number(closed_on) - _number(offered_on) + case((HAS_OWN_DAYS, more), else_=0)


def _number(day: ColumnElement[Any]) -> ColumnElement[int]:
    return Grouping(DAY_NUMBERS)[day - FIRST_DAY + 1]  # the cast of the parameter and the index need brackets between


def visits(of: Callable[[Any], Condition]) -> Select[Any]:
    """How each business did in each month: a later visit of the same month counts instead of an earlier."""
    latest: Select[*tuple[Any, ...]] = (
        select(
            VisitFigure.journey_id,
            VisitFigure.month,
            JourneyFigure.programme,
            JourneyFigure.version,
            JourneyFigure.area,
            VisitFigure.condition,
        )
        .join(JourneyFigure, JourneyFigure.id == VisitFigure.journey_id)
        .where(of(VisitFigure.journey_id))
        .ext(distinct_on(VisitFigure.journey_id, VisitFigure.month))
        .order_by(
            VisitFigure.journey_id, VisitFigure.month, VisitFigure.recorded_at.desc(), VisitFigure.referral_id.desc()
        )
    )
    return latest


def _counted(rows: FromClause, tally: type[Tally], sign: ColumnElement[int], **named: Any) -> Select[Any]:
    """Rows as the lines of a tally: each column of its key by its own name unless another is named."""
    known = {"area": kecamatan(rows.c.area), **named}
    counts = {"members": sign * rows.c.members} if "members" in tally.COUNTS else {}
    return select(
        *((known[name] if name in known else rows.c[name]).label(name) for name in tally.key()),
        *(counts.get(name, sign).label(name) for name in tally.COUNTS),
    )


def _journey_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyJourney, sign)


def _repeated_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyRepeated, sign, carried=rows.c.members).where(rows.c.subject.is_not(None))


def _place_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyPlace, sign, area=rows.c.area).where(is_village(rows.c.area))


def _stage_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    stands = _counted(rows, TallyStage, sign).where(rows.c.standing != Standing.REPEATED)
    absent = ("outcome", "reason", "remind_on", "due_on", "offered_on")
    nothing = {name: cast(null(), rows.c[name].type) for name in absent}
    entered = _counted(rows, TallyStage, sign, standing=literal(Standing.ENTERED.value), **nothing)
    return select(union_all(stands, entered.where(rows.c.is_first)).subquery())


def _reached_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyReached, sign).where(rows.c.standing == Standing.DONE)


def _passage_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyPassage, sign, day=rows.c.entered_on).where(rows.c.entered_on.is_not(None))


def _promise_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyPromise, sign, month=rows.c.closed_in).where(rows.c.closed_in.is_not(None))


def _visit_lines(rows: FromClause, sign: ColumnElement[int]) -> Select[Any]:
    return _counted(rows, TallyVisit, sign)


COUNTINGS = (
    Counting(
        JourneyStanding,
        journeys,
        ((TallyJourney, _journey_lines), (TallyRepeated, _repeated_lines), (TallyPlace, _place_lines)),
    ),
    Counting(
        StageStanding,
        stages,
        (
            (TallyStage, _stage_lines),
            (TallyReached, _reached_lines),
            (TallyPassage, _passage_lines),
            (TallyPromise, _promise_lines),
        ),
    ),
    Counting(VisitStanding, visits, ((TallyVisit, _visit_lines),)),
)


def added_up(tally: type[Tally], lines: FromClause) -> Select[Any]:
    """Lines of a tally, one for each key, without those that come to nothing."""
    key = [lines.c[name] for name in tally.key()]
    counts = [func.sum(lines.c[name]).label(name) for name in tally.COUNTS]
    return select(*key, *counts).group_by(*key).having(or_(*(func.sum(lines.c[name]) != 0 for name in tally.COUNTS)))


def counted(tally: type[Tally], officer: Officer, *of_programme: Any) -> FromClause:
    """A tally's lines in the officer's areas, of one programme and version where given; no version means all of them.

    An area below the kecamatan has no line of its own: it is counted from the standings of its journeys, which are
    few. One that lies in another of her areas is counted there already.
    """
    table = tally.__table__  # type: ignore[attr-defined]
    asked = {name: value for name, value in zip(("programme", "version"), of_programme, strict=False) if value}
    wanted = [table.c[name] == value for name, value in asked.items()]
    wide = [area for area in officer.areas if tally is TallyPlace or area.count(".") < VILLAGE_DOTS]
    narrow = [area for area in officer.areas if area not in wide and not any(covers(each, area) for each in wide)]
    counts = table.c[tally.COUNTS[0]] != 0
    found: Select[Any] = select(table).where(*wanted, counts, within(table.c.area, wide))
    if narrow:
        standing, lines = next(
            (each.standing, how) for each in COUNTINGS for kind, how in each.tallies if kind is tally
        )
        there = select(JourneyFigure.id).where(
            among(JourneyFigure.area, narrow),
            *(getattr(JourneyFigure, name) == value for name, value in asked.items()),
        )
        rows = select(standing).where(standing.journey_id.in_(there)).subquery("there")  # type: ignore[attr-defined]
        found = select(union_all(found, added_up(tally, lines(rows, literal(1)).subquery("lines"))).subquery("both"))
    return found.subquery(f"our_{table.name}")


def women(
    session: Session,
    officer: Officer,
    *of_programme: Any,
    by: Callable[[FromClause], Sequence[ColumnElement[Any]]] = lambda _: (),
    where: Callable[[FromClause], Sequence[Condition]] = lambda _: (),
) -> dict[tuple[Any, ...], int]:
    """How many women the journeys of a part of the figures carry, each once, by what `by` says.

    It is the members of these journeys without those that a person, or a group, has on a second journey of the same
    part; of a group that was counted differently on two of them, the larger number stays.
    """
    told, twice = counted(TallyJourney, officer, *of_programme), counted(TallyRepeated, officer, *of_programme)
    key = [each.label(f"by_{number}") for number, each in enumerate(by(told))]
    carried = select(*key, func.sum(told.c.members)).where(*where(told)).group_by(*key)
    whole = {tuple(row[:-1]): int(row[-1] or 0) for row in session.execute(carried)}
    key = [each.label(f"by_{number}") for number, each in enumerate(by(twice))]
    once = func.max(twice.c.carried)
    again = (
        select(*key, (func.sum(twice.c.carried * twice.c.journeys) - once).label("again"))
        .where(*where(twice))
        .group_by(*key, twice.c.subject)
        .subquery("again")
    )
    names = [again.c[each.name] for each in key]
    for row in session.execute(select(*names, func.sum(again.c.again)).group_by(*names)):
        if row[-1] is not None:
            whole[tuple(row[:-1])] -= int(row[-1])
    return whole
