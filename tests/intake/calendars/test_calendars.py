"""A city's own calendar: added by file with its source, counted by in its region alone, and open dates counted anew."""

import threading
import time as time_module
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from services.cli import main
from services.intake.calendars import commands, recount, rules
from services.intake.calendars.models import NotedDecree
from services.intake.journeys import commands as journeys
from shared import calendars
from shared.events.intake import CalendarChanged, CalendarDay, DayKind, StageOffered, StageRescheduled
from shared.events.referrals import ReferralDeclined
from shared.identity.rules import Role
from shared.kernel import calendar, clock
from shared.kernel.errors import Forbidden
from shared.kernel.ids import new_id
from shared.programmes.kinds import DECISION
from shared.referrals.handlers import hear_stages_rescheduled
from shared.referrals.models import Referral
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import OFFICER, WRSE, Road, heard

MONDAY = date(2026, 11, 30)
"""Of a week without a day off; verification has seven working days."""
HERE, ELSEWHERE = "64.02", "52.71"
DAY = timedelta(days=1)
PAGE, API = "/intake/dinsos/calendars", "/intake/v1/dinsos/calendars"


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.zone())


@pytest.fixture(autouse=True)
def on_a_monday() -> Iterator[None]:
    with clock.frozen(at(MONDAY)):
        yield


def decree(*days: Any, region: str = HERE, number: str = "100/1/2026", on: date = MONDAY) -> dict[str, Any]:
    given = [each if isinstance(each, tuple) else (each, DayKind.HOLIDAY) for each in days]
    return {
        "region": region,
        "source": {"number": number, "date": on, "issuer": "Bupati"},
        "days": [{"day": day, "kind": kind, "name": "Hari jadi"} for day, kind in given],
    }


def add(base: Database, given: dict[str, Any]) -> UUID:
    with base.transaction() as session:
        return commands.add(session, None, given).id


def due_of(road: Road, journey: UUID) -> date:
    found = road.journey(journey).state["stages"]["verification"]["due_at"]
    return datetime.fromisoformat(found).astimezone(clock.zone()).date()


def counted(road: Road) -> list[StageRescheduled]:
    before = len(road.said(StageRescheduled))
    recount.recount_all(road.database)
    return road.said(StageRescheduled)[before:]


def limit(road: Road) -> int:
    offer = road.said(StageOffered)[0]
    return calendar.working_days_between(MONDAY, offer.due_at.astimezone(clock.zone()).date())


def test_a_new_offer_counts_by_the_calendar_of_its_region_alone(road: Road) -> None:
    usual = due_of(road, road.set_out()[0])
    add(road.database, decree(MONDAY + timedelta(days=2), MONDAY + timedelta(days=3), region=ELSEWHERE))
    assert due_of(road, road.set_out()[0]) == usual
    add(road.database, decree(MONDAY + timedelta(days=2), number="2"))
    assert due_of(road, road.set_out()[0]) == calendar.add_working_days(usual, 1)


def days_from(usual: date) -> dict[str, Any]:
    """By what the city decrees: the days, and by how many working days the open due date moves."""
    first = MONDAY + timedelta(days=2)
    return {
        "a holiday on the way": ([first], 1),
        "a holiday on the due date": ([usual], 1),
        "two in a row": ([first, first + timedelta(days=1)], 2),
        "on the day of the offer": ([MONDAY], 0),
        "on a Saturday": ([MONDAY + timedelta(days=5)], 0),
        "after the due date": ([usual + timedelta(days=1)], 0),
        "joint leave": ([(first, DayKind.JOINT_LEAVE)], 1),
        "a day on which offices open anyhow": ([(first, DayKind.WORKING)], 0),
    }


@pytest.mark.parametrize("case", days_from(MONDAY))
def test_open_dates_are_counted_anew_once_and_said_with_the_decree(road: Road, case: str) -> None:
    (journey,) = road.set_out()
    usual = due_of(road, journey)
    days, moves = days_from(usual)[case]
    add(road.database, decree(*days))
    told = counted(road)
    assert due_of(road, journey) == calendar.add_working_days(usual, moves) if moves else usual
    assert [each.journey_id for each in told] == ([journey] if moves else [])
    for each in told:
        assert (each.decree_number, each.decreed_on, each.does) == ("100/1/2026", MONDAY, "intake.verification")
        assert each.due_at.astimezone(clock.zone()).date() == due_of(road, journey)
        assert each.due_before.astimezone(clock.zone()).date() == usual
        assert each.remind_at <= each.due_at
    assert counted(road) == []


def test_of_two_regions_only_the_decrees_own_is_counted_anew(road: Road) -> None:
    (journey,) = road.set_out()
    usual = due_of(road, journey)
    add(road.database, decree(usual, region=ELSEWHERE))
    assert counted(road) == []
    assert due_of(road, journey) == usual
    add(road.database, decree(usual, region="64", number="gubernur"))  # the province's holds in each of its cities
    assert len(counted(road)) == 1


def test_a_decree_that_is_taken_out_gives_back_the_dates_as_they_were(road: Road) -> None:
    (journey,) = road.set_out()
    usual = due_of(road, journey)
    known = add(road.database, decree(usual))
    counted(road)
    assert due_of(road, journey) == calendar.add_working_days(usual, 1)
    with road.database.transaction() as session:
        commands.remove(session, None, known, reason="dicabut")
    assert len(counted(road)) == 1
    assert due_of(road, journey) == usual
    with pytest.raises(rules.DecreeRemoved), road.database.transaction() as session:
        commands.remove(session, None, known, reason="sekali lagi")


def test_one_that_is_taken_out_before_anything_was_counted_changes_nothing(road: Road) -> None:
    (journey,) = road.set_out()
    usual = due_of(road, journey)
    known = add(road.database, decree(usual))
    with road.database.transaction() as session:
        commands.remove(session, None, known, reason="keliru")
    assert counted(road) == []
    assert due_of(road, journey) == usual


def test_no_date_becomes_earlier_than_the_end_of_the_next_working_day(road: Road) -> None:
    usual = due_of(road, road.set_out()[0])
    known = add(road.database, decree(usual, usual + timedelta(days=1)))
    (journey,) = road.set_out()
    later = due_of(road, journey)
    assert later > usual + timedelta(days=1)
    with clock.frozen(at(usual + timedelta(days=1))), road.database.transaction() as session:
        commands.remove(session, None, known, reason="dicabut")
    with clock.frozen(at(usual + timedelta(days=1))):
        counted(road)
        assert due_of(road, journey) == calendar.add_working_days(clock.today(), 1)


def test_a_decree_that_comes_late_for_yesterday_moves_what_it_can_and_leaves_late_what_was_late_either_way(
    road: Road,
) -> None:
    (journey,) = road.set_out()
    usual = due_of(road, journey)
    the_day_after = calendar.add_working_days(usual, 1)
    with clock.frozen(at(the_day_after)):
        add(road.database, decree(usual, on=the_day_after))
        assert len(counted(road)) == 1
        assert due_of(road, journey) == calendar.add_working_days(the_day_after, 1)
    (other,) = road.set_out()
    long_after = calendar.add_working_days(usual, 20)
    with clock.frozen(at(long_after)):
        before = due_of(road, other)
        add(road.database, decree(MONDAY + timedelta(days=1), on=long_after, number="2"))
        counted(road)
        assert due_of(road, other) == before


def test_many_are_counted_in_batches_and_each_once_also_when_one_batch_is_undone(road: Road) -> None:
    journeys = road.set_out(7)
    usual = due_of(road, journeys[0])
    add(road.database, decree(usual))
    with road.database.transaction() as session:
        assert recount.recount_some(session, most=3) == 3
    with road.database.transaction() as session:
        recount.recount_some(session, most=3)
        session.rollback()  # as when the worker is killed
    statements: list[int] = []
    for _ in range(3):
        with road.database.transaction() as session:
            statements.append(recount.recount_some(session, most=3) or 0)
    assert statements[:2] == [3, 1]
    assert sorted(each.journey_id for each in road.said(StageRescheduled)) == sorted(journeys)
    with road.database.reading() as session:
        noted = session.scalars(select(NotedDecree)).one()
        assert (noted.counted, noted.counted_at is not None) == (7, True)


def test_a_decision_that_is_owed_is_counted_anew_too_and_its_note_stands_on_it(road: Road) -> None:
    (journey,) = road.set_out()
    declined = road.of(ReferralDeclined, journey, "verification", reason="no-budget", suggestion="offer-elsewhere")
    road.hear(declined, sealed={"explanation": "Kuota habis"})
    with road.database.reading() as session:
        owed = session.scalars(select(Referral)).one()
        before = owed.due_at
    add(road.database, decree(before.astimezone(clock.zone()).date()))
    (told,) = counted(road)
    assert (told.referral_id, told.does, told.expires_at) == (owed.id, DECISION.name, None)
    for _ in range(2):
        with road.database.transaction() as session:
            hear_stages_rescheduled(session, [heard(told, "intake")])
    with road.database.reading() as session:
        row = session.scalars(select(Referral)).one()
        assert (row.due_at, row.remind_at) == (told.due_at, told.remind_at)
        assert row.rescheduled is not None
        assert row.rescheduled["decree_number"] == "100/1/2026"


def test_what_is_told_twice_and_in_any_order_is_kept_once(training_db: Database) -> None:
    known = new_id()
    words = [
        CalendarChanged(
            decree_id=known,
            revision=revision,
            region=HERE,
            number="1",
            decreed_on=MONDAY,
            days=[CalendarDay(day=MONDAY, kind=DayKind.HOLIDAY)],
            withdrawn=revision == 2,
        )
        for revision in (1, 2)
    ]
    for told in (words, words[::-1], [words[0]], [words[1], words[0], words[1]]):
        with training_db.transaction() as session:
            calendars.note(session, told)
        with training_db.reading() as session:
            assert not calendar.is_working_day(MONDAY + timedelta(days=5), calendars.current(session).of(HERE))
            assert calendars.current(session).of(HERE) == calendar.NATIONAL  # taken out, whatever came last


def test_where_two_disagree_the_later_decree_is_followed_and_the_narrower_region_adds(intake_db: Database) -> None:
    day = MONDAY + timedelta(days=2)
    add(intake_db, decree(day, region="64", number="a", on=MONDAY - timedelta(days=9)))
    add(intake_db, decree((day, DayKind.WORKING), day + timedelta(days=1), number="b"))
    with intake_db.reading() as session:
        cities = calendars.current(session)
        assert [calendar.is_working_day(day, cities.of(area)) for area in ("64.02.05.2001", "64.72", "52.71")] == [
            True,
            False,
            True,
        ]
        assert not calendar.is_working_day(day + timedelta(days=1), cities.of("64.02.05.2001"))


GOOD = """region: "64.02"
source: {number: "1/2026", date: 2026-11-30, issuer: Bupati Kutai Kartanegara}
days:
  - {day: 2026-12-02, kind: holiday, name: Hari jadi}
"""
BAD = {
    "nothing": ("", "This is no calendar"),
    "only words": ("libur besok", "This is no calendar"),
    "a list": ("- 2026-12-02", "This is no calendar"),
    "damaged": (GOOD[:-4], "not YAML"),
    "a name twice": (GOOD + "days: []\n", "stands twice"),
    "without source": (GOOD.replace("source:", "sources:"), "source"),
    "without number": (GOOD.replace('number: "1/2026", ', ""), "number"),
    "without date": (GOOD.replace("date: 2026-11-30, ", ""), "date"),
    "without days": (GOOD.replace("  - {day: 2026-12-02, kind: holiday, name: Hari jadi}\n", "  []\n"), "days"),
    "an unknown kind": (GOOD.replace("kind: holiday", "kind: party"), "kind"),
    "no day": (GOOD.replace("day: 2026-12-02", "day: 2026-02-30"), "day"),
    "a day twice": (GOOD + "  - {day: 2026-12-02, kind: joint-leave, name: Dua kali}\n", "twice"),
    "a day of long ago": (GOOD.replace("day: 2026-12-02", "day: 2019-12-02"), "too far away"),
    "a day far ahead": (GOOD.replace("day: 2026-12-02", "day: 2099-12-02"), "too far away"),
    "a working Sunday": (GOOD.replace("2026-12-02, kind: holiday", "2026-12-06, kind: working"), "Saturday or Sunday"),
    "a decree of tomorrow": (GOOD.replace("date: 2026-11-30", "date: 2026-12-01"), "not been signed"),
    "an unknown region": (GOOD.replace("64.02", "64.99"), "64.99"),
}


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


@pytest.fixture
def admin(app: Flask) -> Browser:
    return Browser(app, an_officer(Role.ADMINISTRATOR))


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_says_what_is_to_be_mended_and_adds_nothing(road: Road, admin: Browser, case: str) -> None:
    text, says = BAD[case]
    answer = admin.submit(PAGE, {"text": text, "add": "true"})
    assert answer.status_code == 422
    assert says in answer.text
    with road.database.reading() as session:
        assert session.scalars(select(NotedDecree)).all() == []
    assert road.said(CalendarChanged) == []


def test_an_administrator_looks_adds_and_takes_out_by_page(road: Road, admin: Browser) -> None:
    (journey,) = road.set_out()
    seen = admin.submit(PAGE, {"text": GOOD})
    assert "Nothing is added yet" in seen.text
    assert "1 journey is open in this region" in seen.text
    assert road.said(CalendarChanged) == []
    assert admin.submit(PAGE, {"text": GOOD, "add": "true"}).status_code == 303
    counted(road)
    page = admin.get(PAGE).text
    assert "1 date counted anew" in page
    again = admin.submit(PAGE, {"text": GOOD, "add": "true"})
    assert again.status_code == 409
    assert "already" in again.text
    with road.database.reading() as session:
        known = session.scalars(select(NotedDecree.id)).one()
    assert admin.submit(f"{PAGE}/{known}/remove", {"reason": "dicabut"}).status_code == 303
    assert "dicabut" in admin.get(PAGE).text
    assert [each.withdrawn for each in road.said(CalendarChanged)] == [False, True]
    assert road.journey(journey) is not None


def test_a_program_does_the_same(road: Road, app: Flask) -> None:
    client, she = app.test_client(), bearer(an_officer(Role.ADMINISTRATOR))
    given: dict[str, Any] = {
        "region": HERE,
        "source": {"number": "1/2026", "date": "2026-11-30", "issuer": "Bupati"},
        "days": [{"day": "2026-12-02", "kind": "holiday", "name": "Hari jadi"}],
    }
    looked = client.post(f"{API}/look", json=given, headers=she)
    assert (looked.status_code, looked.json["changes"]) == (200, ["2026-12-02"])
    added = client.post(API, json=given, headers=she)
    assert added.status_code == 201
    (listed,) = client.get(API, headers=she).json["items"]
    assert listed["id"] == added.json["id"]
    ahead = {**given, "source": {**given["source"], "date": "2026-12-01"}}
    assert list(client.post(API, json=ahead, headers=she).json["errors"]) == ["source.date"]
    wrong = client.post(API, json={**given, "days": []}, headers=she)
    assert (wrong.status_code, wrong.mimetype) == (422, "application/problem+json")
    removed = client.post(f"{API}/{listed['id']}/remove", json={"reason": "dicabut"}, headers=she)
    assert removed.json["removed_because"] == "dicabut"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.COORDINATOR, Role.AUDITOR])
def test_nobody_else_changes_a_calendar(app: Flask, role: Role) -> None:
    answer = Browser(app, an_officer(role)).submit(PAGE, {"text": GOOD, "add": "true"})
    assert answer.status_code == 403


def test_an_administrator_adds_to_the_calendar_of_her_own_areas_alone(road: Road) -> None:
    other = an_officer(Role.ADMINISTRATOR, areas=("52.71",))
    with pytest.raises(Forbidden), road.database.transaction() as session:
        commands.add(session, other, decree(MONDAY))
    known = add(road.database, decree(MONDAY))
    with pytest.raises(Forbidden), road.database.transaction() as session:
        commands.remove(session, other, known, reason="bukan wilayahnya")


def test_the_machines_operator_does_it_by_command(road: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(GOOD, encoding="utf-8")
    from contextlib import contextmanager

    @contextmanager
    def changing() -> Iterator[Any]:
        with road.database.transaction() as session:
            yield session

    monkeypatch.setattr("services.intake.calendars.cli.changing", changing)
    run = CliRunner()
    looked = run.invoke(main, ["calendar", "add", str(file), "--look"])
    assert (looked.exit_code, road.said(CalendarChanged)) == (0, [])
    assert run.invoke(main, ["calendar", "add", str(file)]).exit_code == 0
    listed = run.invoke(main, ["calendar", "list"]).output
    assert "1/2026" in listed
    assert run.invoke(main, ["calendar", "remove", listed.split()[0], "--reason", "dicabut"]).exit_code == 0
    assert [each.withdrawn for each in road.said(CalendarChanged)] == [False, True]


def test_limits_in_days_months_and_hours_never_move() -> None:
    off = calendar.Days(frozenset(MONDAY + timedelta(days=each) for each in range(1, 30)))
    for limit_said in ("3 days", "1 month", "30 days"):
        within = calendar.parse_within(limit_said)
        assert within.after(at(MONDAY), off) == within.after(at(MONDAY))


def waits_for_a_lock(base: Database) -> bool:
    """Whether somebody waits for whoever counts dates, or for a decree, to be done."""
    waiting = text("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
    with base.engine.connect() as looking:
        return bool(looking.scalar(waiting))


def test_an_offer_under_way_while_a_decree_is_noted_is_counted_anew_afterwards(road: Road) -> None:
    usual = due_of(road, road.set_out()[0])
    people = road.women()

    def note() -> None:
        add(road.database, decree(MONDAY + DAY))
        recount.recount_all(road.database)

    noting = threading.Thread(target=note)
    with road.database.transaction() as session:
        (journey,) = journeys.open_journeys(session, OFFICER, WRSE, people).opened.values()
        noting.start()
        while noting.is_alive() and not waits_for_a_lock(road.database):
            time_module.sleep(0.01)
    noting.join()
    assert due_of(road, journey) == calendar.add_working_days(usual, 1)


def test_an_offer_that_comes_after_a_decree_counts_by_it_whatever_was_read_before(road: Road) -> None:
    usual = due_of(road, road.set_out()[0])
    people = road.women()
    with road.database.transaction() as session:
        assert calendars.current(session).regions == []
        add(road.database, decree(MONDAY + DAY))
        (journey,) = journeys.open_journeys(session, OFFICER, WRSE, people).opened.values()
    assert due_of(road, journey) == calendar.add_working_days(usual, 1)


def test_hearing_what_is_known_waits_for_nobody(road: Road) -> None:
    add(road.database, decree(MONDAY + DAY))
    (event,) = road.said(CalendarChanged)
    with road.database.transaction() as counting:
        calendars.counting(counting)
        with road.database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            calendars.note(session, [event])
