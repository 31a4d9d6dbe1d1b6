"""Bringing the tallies up to date with what journeys went through since they were summed.

One summing works at a time, under a lock that nobody waits for. It takes the journeys that deliveries have touched,
classifies them anew, compares with what each stood as before, and moves the tallies by the difference. So neither the
order between the sources nor an event that is heard twice can count anybody twice, and a replay ends with the same.
"""

import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Executable,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    except_,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session, aliased

from services.monitoring.flow import last_words, tallies
from services.monitoring.flow.models import JourneyFigure, JourneyStanding, ReferralFigure, StageFigure, TouchedJourney
from services.monitoring.flow.tallies import COUNTINGS, Counting
from services.monitoring.heard import CHANGED
from shared import calendars
from shared.kernel import calendar, clock
from shared.persons import queries as persons
from shared.storage import Database
from shared.storage.arrays import among
from shared.storage.rows import columns_of, core

AT_ONCE = 2_000
"""Journeys in one transaction."""
LOCK = 0x4B61_5375
AFTER = 0.5
"""Seconds between two summings of one process: under load many deliveries are summed together."""

_summed_at = float("-inf")


def sum_soon(database: Database) -> None:
    """Sum what a delivery has touched, unless this process did so a moment ago: then the bell does it."""
    global _summed_at
    if time.monotonic() - _summed_at >= AFTER:
        _summed_at = time.monotonic()
        sum_up(database)


def sum_up(database: Database) -> int:
    """Sum every touched journey; returns how many there were, or 0 while another process sums."""
    summed = 0
    while True:
        with database.transaction() as session:
            found = sum_some(session)
        summed += found
        if not found:
            return summed


def sum_some(session: Session) -> int:
    """Sum some touched journeys, if nobody else does so now; returns how many."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return 0
    seen = select(TouchedJourney.seq).order_by(TouchedJourney.seq).limit(AT_ONCE)
    taken = delete(TouchedJourney).where(TouchedJourney.seq.in_(seen)).returning(TouchedJourney.journey_id)
    touched = set(session.scalars(taken, execution_options={"synchronize_session": False}))
    if touched:
        classify(session, touched)
        session.execute(CHANGED)
    return len(touched)


def classify(session: Session, touched: Collection[UUID]) -> None:
    """Say anew what these journeys count as, and move the tallies by what has changed. Whoever calls holds the lock."""
    chosen = sorted(_with_others(session, {*touched, *_recruited_by(session, touched)}))
    asked = {"chosen": chosen, **day_numbers(session, chosen), **own_days(session)}
    for statement in STATEMENTS:
        session.execute(statement, asked)
    session.execute(last_words.HEARD, {"chosen": chosen})


def day_numbers(session: Session, journeys: Collection[UUID] | None) -> dict[str, Any]:
    """The parameters by which working days are counted: a number for each day on which these journeys did anything."""
    offered = select(func.min(StageFigure.offered_at), func.max(StageFigure.offered_at))
    closed = select(func.min(ReferralFigure.closed_at), func.max(ReferralFigure.closed_at))
    if journeys is not None:
        offered = offered.where(among(StageFigure.journey_id, journeys))
        closed = closed.where(among(ReferralFigure.journey_id, journeys))
    found: Sequence[Any] = session.execute(union_all(offered, closed)).all()
    moments = [each for row in found for each in row if each is not None]
    days = [each.astimezone(clock.zone()).date() for each in moments] or [clock.today()]
    begin, end, numbers, number = min(days), max(days), [], 0
    for day in range((end - begin).days + 1):
        number += calendar.is_working_day(begin + timedelta(days=day))
        numbers.append(number)
    return {"first_day": begin, "day_numbers": numbers}


def own_days(session: Session) -> dict[str, Any]:
    """The parameters that say what the calendars of regions add to the national one, or take away, day by day."""
    cities = calendars.current(session)
    own = [
        {"region": region, "day": day.isoformat(), "more": more}
        for region, days in ((each, cities.of(each)) for each in cities.regions)
        for day in sorted(days.off | days.on)
        if (more := calendar.is_working_day(day, days) - calendar.is_working_day(day))
    ]
    return {"own_days": own, "has_own_days": bool(own)}


def wait_for_the_others(session: Session) -> None:
    """Hold the lock until the transaction ends: nobody sums meanwhile."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def recount(session: Session) -> None:
    """Say of every journey anew what it counts as, and count them all: for very many, or a mended definition."""
    wait_for_the_others(session)
    asked = {**day_numbers(session, None), **own_days(session)}
    session.execute(delete(core(TouchedJourney)))
    for counting in COUNTINGS:
        table, names = core(counting.standing), columns_of(counting.standing)
        session.execute(delete(table))
        classified = counting.classified(tallies.every).subquery("stands")
        session.execute(insert(table).from_select(names, _all(classified, names)), asked)
        for tally, lines in counting.tallies:
            counts = core(tally)  # type: ignore[arg-type]
            session.execute(delete(counts))
            counted = tallies.added_up(tally, lines(table, literal(1)).subquery("lines"))
            session.execute(insert(counts).from_select([*tally.key(), *tally.COUNTS], counted))
    last_words.recount(session)


def sweep(session: Session) -> int:
    """Remove the lines that count nobody any more; returns how many there were."""
    wait_for_the_others(session)
    swept = 0
    for counting in COUNTINGS:
        for tally, _ in counting.tallies:
            counts = core(tally)  # type: ignore[arg-type]
            nobody = delete(counts).where(and_(*(counts.c[name] == 0 for name in tally.COUNTS)))
            swept += session.connection().execute(nobody).rowcount
    return swept


def differences(session: Session) -> list[str]:
    """Where the tallies differ from a count of every figure, in words; nothing when all is well."""
    asked = {**day_numbers(session, None), **own_days(session)}
    found = []
    for counting in COUNTINGS:
        classified = counting.classified(tallies.every).cte("stands")
        for tally, lines in counting.tallies:
            table = tally.__table__  # type: ignore[attr-defined]
            fresh = tallies.added_up(tally, lines(classified, literal(1)).subquery("lines"))
            stored = select(*(table.c[name] for name in (*tally.key(), *tally.COUNTS))).where(
                table.c[tally.COUNTS[0]] != 0
            )
            missing = session.execute(except_(fresh, stored), asked).all()
            surplus = session.execute(except_(stored, fresh), asked).all()
            if missing or surplus:
                line = dict((missing or surplus)[0]._mapping)
                said = ", ".join(f"{name} {value}" for name, value in line.items() if value is not None)
                found.append(f"{table.name} has {len(missing)} lines too few and {len(surplus)} too many: {said}")
    return found + last_words.differences(session)


def is_behind(session: Session) -> bool:
    """Whether journeys wait to be summed."""
    return session.scalar(select(TouchedJourney.seq).limit(1)) is not None


def _recruited_by(session: Session, touched: Collection[UUID]) -> Collection[UUID]:
    """Journeys that were heard of before the one that recruited them: only now is their generation known."""
    return session.scalars(RECRUITED, {"chosen": list(touched)}).all()


def _with_others(session: Session, journeys: set[UUID]) -> set[UUID]:
    """These journeys and all others of the same persons and groups: who is on two of them counts once."""
    subjects = {each for each in session.scalars(SUBJECTS, {"chosen": list(journeys)}) if each is not None}
    records = persons.records_of(session, subjects)
    return journeys | set(session.scalars(OF_SUBJECTS, {"subjects": list(records)}))


def _recruited() -> Select[Any]:
    begin = (
        select(JourneyFigure.id)
        .where(
            tallies.some(JourneyFigure.id),
            ~select(JourneyStanding.journey_id).where(JourneyStanding.journey_id == JourneyFigure.id).exists(),
        )
        .cte("descent", recursive=True)
    )
    child = aliased(JourneyFigure)
    descent = begin.union_all(select(child.id).where(child.parent_journey_id == begin.c.id))
    return select(descent.c.id)


def _statement(counting: Counting) -> Executable:
    """Store what the journeys count as now, and move the tallies by the difference, all at one moment."""
    table = core(counting.standing)
    names = columns_of(counting.standing)
    stands = counting.classified(tallies.some).cte("stands")
    stood = select(table).where(tallies.some(table.c.journey_id)).cte("stood")
    fresh = except_(_all(stands, names), _all(stood, names)).cte("fresh")
    gone = except_(_all(stood, names), _all(stands, names)).cte("gone")
    storing = insert(table).from_select(names, _all(fresh, names))
    key = [each.name for each in table.primary_key]
    stored = storing.on_conflict_do_update(
        index_elements=key, set_={name: storing.excluded[name] for name in names if name not in key}
    )
    moves = [stored.cte(f"stored_{table.name}")]
    for tally, lines in counting.tallies:
        counts = core(tally)  # type: ignore[arg-type]
        moved = tallies.added_up(
            tally, union_all(lines(fresh, literal(1)), lines(gone, literal(-1))).subquery(f"moved_{counts.name}")
        )
        adding = insert(counts).from_select([*tally.key(), *tally.COUNTS], moved)
        added = adding.on_conflict_do_update(
            index_elements=tally.key(),
            set_={name: counts.c[name] + adding.excluded[name] for name in tally.COUNTS},
        )
        moves.append(added.cte(f"added_{counts.name}"))
    return select(literal(1)).add_cte(*moves)


def _all(rows: Any, names: Sequence[str]) -> Select[Any]:
    return select(*(rows.c[name] for name in names))


RECRUITED = _recruited()
SUBJECTS = select(JourneyFigure.subject_id).where(tallies.some(JourneyFigure.id), JourneyFigure.subject_id.is_not(None))
OF_SUBJECTS = select(JourneyFigure.id).where(JourneyFigure.subject_id == any_(bindparam("subjects", type_=ARRAY(Uuid))))
STATEMENTS = [_statement(counting) for counting in COUNTINGS]
