from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from services.intake.protection import rules
from services.intake.protection.rules import GlassState
from services.intake.protection.terms import terms
from shared.identity.acting import Acting
from shared.identity.rules import OtherOffice, Role, RoleMissing
from shared.kernel import clock
from shared.kernel.calendar import NATIONAL, Days
from shared.kernel.settings import load
from tests.browsing import an_officer
from tests.refusals import refused

WEDNESDAY = datetime(2024, 5, 29, 2, tzinfo=UTC)


def test_follow_up_is_due_within_three_working_days() -> None:
    # Thursday, Friday; the weekend does not count, nor Pancasila day on Saturday; Monday
    assert rules.follow_up_by(WEDNESDAY, terms(), NATIONAL).astimezone(UTC).date() == date(2024, 6, 3)


def test_a_report_to_the_police_is_due_within_three_times_24_hours_and_weekends_count() -> None:
    assert rules.report_by(WEDNESDAY, terms()) == datetime(2024, 6, 1, 2, tzinfo=UTC)


def test_every_deadline_names_its_source_and_says_that_nobody_has_verified_it() -> None:
    for each in (terms().follow_up, terms().police_report, terms().break_glass):
        assert each.source
        assert each.verified is False


@pytest.mark.parametrize(
    ("granted", "until", "state"),
    [
        (None, None, GlassState.WAITING),
        (None, WEDNESDAY, GlassState.WAITING),
        (False, None, GlassState.REFUSED),
        (False, WEDNESDAY, GlassState.REFUSED),
        (True, None, GlassState.REFUSED),
        (True, datetime(2024, 5, 30, 2, tzinfo=UTC), GlassState.GRANTED),
        (True, datetime(2024, 5, 29, 1, tzinfo=UTC), GlassState.OVER),
        (True, WEDNESDAY, GlassState.GRANTED),
        (True, WEDNESDAY - timedelta(seconds=1), GlassState.OVER),
    ],
)
def test_what_became_of_a_wish_to_read(granted: bool | None, until: datetime | None, state: GlassState) -> None:
    assert rules.glass_state(granted, until, WEDNESDAY) is state


def test_she_is_spoken_to_on_the_day_agreed_with_her_but_never_on_one_that_is_over() -> None:
    chosen = rules.next_follow_up(WEDNESDAY, date(2024, 6, 20), terms(), NATIONAL)
    assert chosen.astimezone(UTC).date() == date(2024, 6, 20)
    with refused(rules.InThePast, at="next_on"):
        rules.next_follow_up(WEDNESDAY, date(2024, 5, 28), terms(), NATIONAL)


def test_without_a_day_agreed_she_is_spoken_to_within_the_usual_time_of_that_office() -> None:
    strict = replace(terms(), follow_up=replace(terms().follow_up, count=1))
    closed = Days(off=frozenset({date(2024, 5, 30)}))
    for chosen_terms, days, by in (
        (terms(), NATIONAL, date(2024, 6, 3)),
        (strict, NATIONAL, date(2024, 5, 30)),
        (terms(), closed, date(2024, 6, 4)),
    ):
        due = rules.next_follow_up(WEDNESDAY, None, chosen_terms, days)
        assert due == datetime.combine(by, time(23, 59, 59), clock.zone())
        assert due == rules.follow_up_by(WEDNESDAY, chosen_terms, days)


def test_a_granted_look_lasts_twenty_four_hours() -> None:
    assert rules.glass_until(WEDNESDAY, terms()) == datetime(2024, 5, 30, 2, tzinfo=UTC)


LATE = datetime(2024, 5, 29, 17, tzinfo=UTC)
"""One at night of 30 May in Makassar."""


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ([WEDNESDAY], date(2024, 5, 29)),
        ([LATE], date(2024, 5, 30)),
        ([LATE, None], date(2024, 5, 30)),
        ([None, LATE, WEDNESDAY], date(2024, 5, 29)),
        ([LATE + timedelta(9), LATE], date(2024, 5, 30)),
    ],
)
def test_somebody_looks_on_the_day_of_whatever_is_due_first(due: list[datetime | None], day: date) -> None:
    assert rules.look_on(*due) == day


# Half past one at night in Makassar, half past midnight in Jakarta, and still the evening before in UTC.
NIGHT = datetime(2024, 5, 28, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC"])
def test_today_is_the_deployments_day(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIL_ZONE", zone)
    load()
    try:
        today = date(2024, 5, 28 if zone == "UTC" else 29)
        assert rules.next_follow_up(NIGHT, today, terms(), NATIONAL) == datetime.combine(
            today, time(23, 59, 59), clock.zone()
        )
        with refused(rules.InThePast, at="next_on"):
            rules.next_follow_up(NIGHT, today - timedelta(1), terms(), NATIONAL)
        with clock.frozen(NIGHT):
            assert rules.done_on(today, clock.today()) == today
            with refused(rules.InTheFuture, at="done_on"):
                rules.done_on(today + timedelta(1), clock.today())
    finally:
        monkeypatch.undo()
        load()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNSELLOR}))
def test_no_other_role_reads_the_compartment(role: Role) -> None:
    with refused(RoleMissing, needed="counsellor"):
        rules.may_read(an_officer(role, office="dp3a-kukar"))


def test_a_counsellor_reads_the_compartment_and_elsewhere_would_read_nothing() -> None:
    rules.may_read(an_officer(Role.COUNSELLOR, office="dp3a-kukar"))
    with refused(OtherOffice):
        rules.may_read(an_officer(Role.COUNSELLOR, office="dinsos-kukar"))


@pytest.mark.parametrize("role", Role)
def test_the_head_of_dp3a_alone_asks_to_read(role: Role) -> None:
    with refused(OtherOffice) if role is Role.HEAD else refused(RoleMissing, needed="head"):
        rules.may_ask_to_read(an_officer(role, office="dinsos-kukar"))
    with nullcontext() if role is Role.HEAD else refused(RoleMissing, needed="head"):
        rules.may_ask_to_read(an_officer(role, office="dp3a-kukar"))


def test_nobody_asks_to_read_by_acting_for_the_head() -> None:
    acting = Acting(
        id=UUID(int=1),
        post=Role.HEAD,
        title="Plt. Kepala",
        since=WEDNESDAY,
        until=date(2024, 6, 30),
        areas=("64.02",),
    )
    with refused(RoleMissing, needed="head"):
        rules.may_ask_to_read(an_officer(Role.OFFICER, office="dp3a-kukar").acts(acting))


@pytest.mark.parametrize("role", Role)
def test_whoever_works_for_dp3a_may_write_into_the_compartment(role: Role) -> None:
    rules.of_dp3a(an_officer(role, office="dp3a-kukar"))
    with refused(OtherOffice):
        rules.of_dp3a(an_officer(role, office="dinsos-kukar"))
