from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.intake.protection import rules
from services.intake.protection.rules import GlassState
from services.intake.protection.terms import terms
from shared.identity.rules import OtherOffice, Role, RoleMissing
from shared.kernel import clock
from shared.kernel.calendar import NATIONAL
from shared.kernel.settings import load
from tests.browsing import an_officer

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
        (False, None, GlassState.REFUSED),
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
    with pytest.raises(rules.InThePast):
        rules.next_follow_up(WEDNESDAY, date(2024, 5, 28), terms(), NATIONAL)


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
        with pytest.raises(rules.InThePast):
            rules.next_follow_up(NIGHT, today - timedelta(1), terms(), NATIONAL)
        with clock.frozen(NIGHT):
            assert rules.done_on(today, clock.today()) == today
            with pytest.raises(rules.InTheFuture):
                rules.done_on(today + timedelta(1), clock.today())
    finally:
        monkeypatch.undo()
        load()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNSELLOR}))
def test_no_other_role_reads_the_compartment(role: Role) -> None:
    with pytest.raises(RoleMissing):
        rules.may_read(an_officer(role, office="dp3a-kukar"))


def test_a_counsellor_elsewhere_would_read_nothing() -> None:
    with pytest.raises(OtherOffice):
        rules.may_read(an_officer(Role.COUNSELLOR, office="dinsos-kukar"))
