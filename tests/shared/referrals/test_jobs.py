from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import DateTime, literal, select, update
from sqlalchemy.orm import Session

from shared.events.intake import StageOffered
from shared.events.referrals import ReferralEscalated, ReferralReminded, ReferralUnanswered
from shared.kernel import calendar, clock
from shared.referrals import commands, jobs
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

WORKS = by_kind([CountedSessions()])


def offers(base: Database, *given: StageOffered) -> None:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)


def said(base: Database) -> Counter[str]:
    return Counter(type(each).__name__ for each in announced(base))


def test_agency_is_silent_and_is_reminded_then_escalated_then_loses_the_referral_each_once(
    training_db: Database,
) -> None:
    offers(training_db, offer())
    told = []
    for _ in range(4):
        jobs.ring_deadlines(training_db, WORKS)
        jobs.ring_deadlines(training_db, WORKS)
        told.append([type(each) for each in announced(training_db)])
        advance([training_db], timedelta(days=6))
    assert told == [
        [],
        [ReferralReminded],
        [ReferralReminded, ReferralEscalated],
        [ReferralReminded, ReferralEscalated],
    ]
    jobs.ring_deadlines(training_db, WORKS)
    assert [type(each) for each in announced(training_db)][2:] == [ReferralUnanswered]
    with training_db.reading() as session:
        row = session.scalars(select(Referral)).one()
        assert (row.state, row.particulars) == (ReferralState.UNANSWERED, None)


def test_what_an_office_took_on_is_escalated_but_never_taken_away(training_db: Database) -> None:
    given = offer()
    offers(training_db, given)
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), [given.referral_id])
    for _ in range(3):
        advance([training_db], timedelta(days=60))
        jobs.ring_deadlines(training_db, WORKS)
        jobs.ring_deadlines(training_db, WORKS)
    assert said(training_db) == {"ReferralAccepted": 1, "ReferralReminded": 1, "ReferralEscalated": 1}


def rung(base: Database, day: date) -> list[str]:
    """What rings at noon of a day, however often it is asked."""
    noon = datetime.combine(day, time(12), clock.zone())
    advance([base], noon - clock.now())
    before = len(announced(base))
    for _ in range(3):
        jobs.ring_deadlines(base, WORKS)
    return [type(each).__name__.removeprefix("Referral") for each in announced(base)[before:]]


MONDAY = date(2027, 2, 1)


def given_on_monday(base: Database) -> StageOffered:
    """An offer of ten working days and five of grace, as a programme would make it."""
    advance([base], datetime.combine(MONDAY, time(9), clock.zone()) - clock.now())
    due = calendar.deadline(clock.now(), 10)
    grace = calendar.deadline(due, 5)
    given = offer(remind_at=calendar.half_way(clock.now(), due), due_at=due, expires_at=grace)
    offers(base, given)
    return given


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((9, 10, 16, 17, 23, 24), ([], ["Reminded"], [], ["Escalated"], [], ["Unanswered"])),
        ((12, 15, 17, 24), (["Reminded"], [], ["Escalated"], ["Unanswered"])),
        ((17, 18, 25, 26), (["Reminded"], ["Escalated"], [], ["Unanswered"])),
        ((60, 61, 68, 69), (["Reminded"], ["Escalated"], [], ["Unanswered"])),
        ((13, 14, 16, 17), (["Reminded"], [], [], ["Escalated"])),
        ((10, 60, 67, 68), (["Reminded"], ["Escalated"], [], ["Unanswered"])),
        ((20, 21, 22, 23), (["Reminded"], [], ["Escalated"], [])),
    ],
    ids=[
        *("never", "over the reminder", "over the due date", "over all of it", "until a Saturday, before its due date"),
        *("between reminder and taking away", "until a Saturday, after its due date"),
    ],
)
def test_after_standing_still_each_step_counts_from_the_one_that_rang(
    training_db: Database, asked: tuple[int, ...], expected: tuple[list[str], ...]
) -> None:
    given_on_monday(training_db)
    assert tuple(rung(training_db, MONDAY + timedelta(days=day - 1)) for day in asked) == expected


def test_the_due_date_stays_however_late_the_bells_ring(training_db: Database) -> None:
    given = given_on_monday(training_db)
    for day in (45, 46):
        rung(training_db, MONDAY + timedelta(days=day))
    with training_db.reading() as session:
        row = session.scalars(select(Referral)).one()
    assert row.due_at == given.due_at
    assert given.expires_at is not None
    assert row.expires_at is not None
    assert row.expires_at > given.expires_at


@pytest.mark.parametrize(
    ("name", "before", "rings"),
    [
        ("remind_at", {}, ReferralReminded),
        ("due_at", {"reminded_at": timedelta(days=-30)}, ReferralEscalated),
        ("expires_at", {"reminded_at": timedelta(days=-30), "escalated_at": timedelta(days=-20)}, ReferralUnanswered),
    ],
)
def test_a_bell_rings_at_the_very_moment_and_not_before(
    training_db: Database, monkeypatch: pytest.MonkeyPatch, name: str, before: dict[str, timedelta], rings: type
) -> None:
    offers(training_db, offer())
    now = clock.now()
    far = now + timedelta(days=900)
    standing_still = SimpleNamespace(kail_now=lambda: literal(now, DateTime(timezone=True)))
    monkeypatch.setattr(jobs, "func", standing_still)

    def rang(session: Session, moment: datetime) -> int:
        times = {"remind_at": now - timedelta(days=99), "due_at": far, "expires_at": far, name: moment}
        session.execute(update(Referral).values(**times, **{each: now + ago for each, ago in before.items()}))
        bells = (jobs.remind_halfway, jobs.escalate_overdue, lambda each: jobs.expire_unanswered(each, WORKS))
        return sum(ring(session) for ring in bells)

    with training_db.transaction() as session:
        assert rang(session, now + timedelta(microseconds=1)) == 0
        assert rang(session, now) == 1
    assert [type(each) for each in announced(training_db)] == [rings]


def test_of_many_the_longest_due_ring_first(training_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    past = [clock.now() - timedelta(days=days) for days in (3, 9, 1, 7, 5)]
    given = [offer(remind_at=each, due_at=each, expires_at=None) for each in past]
    offers(training_db, *given)
    jobs.ring_deadlines(training_db, WORKS)
    ordered = [each.referral_id for _, each in sorted(zip(past, given, strict=True), key=lambda pair: pair[0])]
    rang = [each.referral_id for each in announced(training_db)]  # type: ignore[attr-defined]
    assert [set(rang[at : at + 2]) for at in (0, 2, 4)] == [set(ordered[at : at + 2]) for at in (0, 2, 4)]


def test_a_closed_referral_rings_no_bell(training_db: Database) -> None:
    given = offer()
    offers(training_db, given)
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), [given.referral_id])
        commands.complete_referrals(session, officer(), WORKS, {given.referral_id: {"sessions_attended": 1}})
    advance([training_db], timedelta(days=60))
    assert jobs.ring_deadlines(training_db, WORKS) == 0


def test_a_reminder_does_not_make_an_officers_open_form_stale(training_db: Database) -> None:
    given = offer()
    offers(training_db, given)
    advance([training_db], timedelta(days=6))
    jobs.ring_deadlines(training_db, WORKS)
    with training_db.transaction() as session:
        commands.require_revision(session, given.referral_id, 1)


def test_four_workers_ringing_at_once_ring_each_of_a_thousand_referrals_once(
    training_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 100)
    past = clock.now() - timedelta(days=1)
    offers(training_db, *(offer(remind_at=past, due_at=past, expires_at=past) for _ in range(1_000)))
    for _ in range(3):
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(lambda _: jobs.ring_deadlines(training_db, WORKS), range(4)))
        advance([training_db], timedelta(days=7))
    assert said(training_db) == {"ReferralReminded": 1_000, "ReferralEscalated": 1_000, "ReferralUnanswered": 1_000}
    assert len({each.referral_id for each in announced(training_db)}) == 1_000  # type: ignore[attr-defined]


def test_the_bells_are_declared_for_their_service() -> None:
    rung = [bell.task for bell in jobs.bells("training", [CountedSessions()])]
    assert rung == [
        "training.ring-deadlines",
        "training.forget-ends",
        "training.work-in-bulk",
        "training.forget-bulk",
    ]
