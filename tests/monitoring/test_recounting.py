"""What monitoring counts in working days follows the calendar of its area, also when a decree comes late."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from services.monitoring.flow import summing
from services.monitoring.flow.models import StageStanding, TallyPromise, TouchedJourney
from services.monitoring.meetings.models import Task
from services.monitoring.meetings.rules import due_anew
from services.monitoring.steering.models import CoordinatorAsk
from services.monitoring.worker import MONITORING
from shared.bus import Heard
from shared.events.intake import CalendarChanged, CalendarDay, DayKind
from shared.kernel import calendar, clock
from shared.kernel.calendar import Days
from shared.kernel.ids import new_id
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.monitoring import stories
from tests.monitoring.meetings.test_meetings import BAPPEDA, DP3A, call, convene, decide, hold, told
from tests.monitoring.steering.test_steering import COORDINATOR, OFFICE, Waiting

MONDAY = date(2026, 11, 30)
"""Of a week without a day off."""
HERE, PROVINCE, ELSEWHERE = "64.02", "64", "52.71"
DAY = timedelta(days=1)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.zone())


@pytest.fixture(autouse=True)
def on_a_monday() -> Iterator[None]:
    with clock.frozen(at(MONDAY)):
        yield


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = web_app("monitoring", monitoring_db)
    made.testing = True
    return made


def decree(*days: date, region: str = HERE, kind: DayKind = DayKind.HOLIDAY, **more: Any) -> CalendarChanged:
    given: dict[str, Any] = {"decree_id": new_id(), "revision": 1, "number": "100/1/2026", "decreed_on": MONDAY}
    told = [CalendarDay(day=day, kind=kind) for day in days]
    return CalendarChanged(**given | {"region": region, "days": told, "withdrawn": False} | more)


def hear(base: Database, *events: CalendarChanged) -> None:
    hearing = MONITORING.hearing_of(CalendarChanged.type_by("intake"))
    assert hearing is not None
    heard = [Heard(each, "intake", MONITORING.name, 1, {"time": clock.now().isoformat()}) for each in events]
    with base.transaction() as session:
        hearing.run(session, heard)
    summing.sum_up(base)


def withdrawn(event: CalendarChanged) -> CalendarChanged:
    return replace(event, revision=event.revision + 1, withdrawn=True)


def a_task(app: Flask, due_on: date) -> str:
    meeting = convene(app)
    task = told(decide(app, meeting, due_on=due_on.isoformat()))
    told(hold(app, meeting))
    return str(task["id"])


def task_of(base: Database, task: str) -> Task:
    with base.reading() as session:
        return session.get_one(Task, UUID(task))


FRIDAY = MONDAY + 4 * DAY
NEXT_MONDAY = MONDAY + 7 * DAY


@pytest.mark.parametrize(
    ("given", "days", "region", "becomes"),
    [
        (FRIDAY, [MONDAY + DAY], HERE, NEXT_MONDAY),
        (FRIDAY, [MONDAY + DAY, MONDAY + 2 * DAY], HERE, NEXT_MONDAY + DAY),
        (FRIDAY, [FRIDAY], HERE, NEXT_MONDAY),
        (FRIDAY, [MONDAY + DAY], PROVINCE, NEXT_MONDAY),
        (FRIDAY, [MONDAY + DAY], ELSEWHERE, FRIDAY),
        (FRIDAY, [NEXT_MONDAY], HERE, FRIDAY),  # after it
        (FRIDAY, [MONDAY], HERE, FRIDAY),  # the day on which it was given
        (FRIDAY, [MONDAY + 5 * DAY], HERE, FRIDAY),  # a Saturday
        (MONDAY, [MONDAY + DAY], HERE, MONDAY),  # due on the very day
    ],
)
def test_a_task_keeps_its_working_days(
    app: Flask, monitoring_db: Database, given: date, days: list[date], region: str, becomes: date
) -> None:
    task = a_task(app, given)
    event = decree(*days, region=region)
    for _ in range(2):  # heard twice it counts once
        hear(monitoring_db, event)
        found = task_of(monitoring_db, task)
        assert found.due_on == becomes
        assert (found.rescheduled is not None) is (becomes != given)


def test_a_decree_that_is_withdrawn_gives_the_meetings_own_day_back_and_never_an_earlier_one(
    app: Flask, monitoring_db: Database
) -> None:
    task = a_task(app, FRIDAY)
    event = decree(MONDAY + DAY)
    hear(monitoring_db, event)
    hear(monitoring_db, decree(MONDAY + 2 * DAY, number="100/2/2026"))
    assert task_of(monitoring_db, task).due_on == NEXT_MONDAY + DAY
    hear(monitoring_db, withdrawn(event))
    assert task_of(monitoring_db, task).due_on == NEXT_MONDAY
    with clock.frozen(at(NEXT_MONDAY)):
        other = a_task(app, date(2026, 12, 31))
        hear(monitoring_db, decree(date(2026, 12, 24), kind=DayKind.WORKING, number="100/3/2026"))
    assert task_of(monitoring_db, other).due_on == date(2026, 12, 31)


def test_what_is_late_either_way_stays_late_and_what_is_done_keeps_its_day(app: Flask, monitoring_db: Database) -> None:
    late, done = a_task(app, MONDAY + 2 * DAY), a_task(app, FRIDAY)
    told(call(app, DP3A, "POST", f"tasks/{done}/finish", note="Sudah."))
    with clock.frozen(at(MONDAY + 10 * DAY)):
        hear(monitoring_db, decree(MONDAY + DAY))
    assert task_of(monitoring_db, late).due_on == MONDAY + 2 * DAY
    assert task_of(monitoring_db, done).due_on == FRIDAY


def test_nobody_gets_less_than_the_next_working_day(app: Flask, monitoring_db: Database) -> None:
    task = a_task(app, MONDAY + 2 * DAY)
    with clock.frozen(at(MONDAY + 3 * DAY)):
        hear(monitoring_db, decree(MONDAY + DAY))
    assert task_of(monitoring_db, task).due_on == FRIDAY


def test_a_task_that_is_passed_on_counts_from_its_new_day(app: Flask, monitoring_db: Database) -> None:
    task = a_task(app, FRIDAY)
    told(call(app, DP3A, "POST", f"tasks/{task}/return", reason="Bukan kewenangan kami."))
    hear(monitoring_db, decree(MONDAY + DAY))
    assert task_of(monitoring_db, task).due_on == FRIDAY  # nobody owes it now
    with clock.frozen(at(MONDAY + 2 * DAY)):
        given = {"office": "dp3a-kukar", "due_on": FRIDAY.isoformat()}
        told(call(app, BAPPEDA, "POST", f"tasks/{task}/pass-on", **given))
        hear(monitoring_db, decree(MONDAY + 3 * DAY, number="100/2/2026"))
    assert task_of(monitoring_db, task).due_on == NEXT_MONDAY


def test_a_task_from_before_it_was_kept_is_counted_from_its_meeting(app: Flask, monitoring_db: Database) -> None:
    task = a_task(app, FRIDAY)
    with monitoring_db.transaction() as session:
        found = session.get_one(Task, UUID(task))
        found.chosen_on = found.counted_from = found.working_days = None
    hear(monitoring_db, decree(MONDAY + DAY))
    assert task_of(monitoring_db, task).due_on == NEXT_MONDAY


def test_the_task_says_why_by_page_and_to_programs(app: Flask, monitoring_db: Database) -> None:
    a_task(app, FRIDAY)
    hear(monitoring_db, decree(MONDAY + DAY))
    assert "decree 100/1/2026" in Browser(app, DP3A).get("/monitoring/dp3a/tasks").text
    (line,) = told(call(app, DP3A, "GET", "tasks"))["items"]
    assert (line["due_on"], line["rescheduled"]["decree_number"]) == (NEXT_MONDAY.isoformat(), "100/1/2026")


@pytest.mark.parametrize(("start", "number", "chosen"), [(MONDAY, 0, MONDAY + 5 * DAY), (MONDAY, 4, FRIDAY)])
def test_without_days_of_its_own_the_chosen_day_stays(start: date, number: int, chosen: date) -> None:
    assert due_anew(chosen, start, number, Days()) == chosen


def ask_of(base: Database) -> CoordinatorAsk:
    with base.reading() as session:
        return session.scalars(select(CoordinatorAsk)).one()


def due_on(ask: CoordinatorAsk) -> date:
    assert ask.due_at is not None
    return ask.due_at.astimezone(clock.zone()).date()


def test_an_explanation_is_owed_in_working_days_of_the_journeys_area(monitoring_db: Database) -> None:
    hear(monitoring_db, decree(MONDAY + DAY), decree(MONDAY + 2 * DAY, region=ELSEWHERE, number="100/2/2026"))
    Waiting(monitoring_db).ask()
    assert due_on(ask_of(monitoring_db)) == FRIDAY


def test_an_explanation_that_is_owed_is_counted_anew_and_says_why(monitoring_db: Database) -> None:
    waiting = Waiting(monitoring_db)
    waiting.ask()
    assert due_on(ask_of(monitoring_db)) == MONDAY + 3 * DAY
    hear(monitoring_db, decree(MONDAY + DAY, region=ELSEWHERE))
    assert due_on(ask_of(monitoring_db)) == MONDAY + 3 * DAY
    event = decree(MONDAY + DAY)
    for _ in range(2):
        hear(monitoring_db, event)
        assert due_on(ask_of(monitoring_db)) == FRIDAY
    app = web_app("monitoring", monitoring_db)
    page = Browser(app, COORDINATOR).get(f"/monitoring/bappeda/journeys/{waiting.journey}/steer").text
    assert "decree 100/1/2026" in page
    asked = app.test_client().get("/monitoring/v1/dinsos/asks", headers=bearer(OFFICE)).json["items"]
    assert asked[0]["rescheduled"]["decree_number"] == "100/1/2026"


def test_an_answered_explanation_keeps_its_day(monitoring_db: Database) -> None:
    Waiting(monitoring_db).ask()
    with monitoring_db.transaction() as session:
        ask = session.scalars(select(CoordinatorAsk)).one()
        ask.answer, ask.answered_by, ask.answered_as, ask.answered_at = "Menunggu RAB.", new_id(), "Ani", clock.now()
    hear(monitoring_db, decree(MONDAY + DAY))
    assert due_on(ask_of(monitoring_db)) == MONDAY + 3 * DAY


def taken(base: Database, area: str, number: int) -> UUID:
    """A journey of which a stage was done after so many days."""
    story = stories.Story()
    journey = stories.journey(story, at=at(MONDAY), area=area)
    about = stories.offer(story, journey, "proposal", at(MONDAY))
    stories.complete(story, "grants", about, "submitted", at(MONDAY + number * DAY))
    stories.hear(base, story.heard)
    return journey


def days_of(base: Database) -> dict[UUID, int | None]:
    with base.reading() as session:
        assert summing.differences(session) == []
        rows = select(StageStanding.journey_id, StageStanding.working_days).where(StageStanding.closed_as.is_not(None))
        return {journey: days for journey, days in session.execute(rows)}  # noqa: C416


VILLAGE, NEIGHBOUR, FAR = "64.02.05.2001", "64.07.01.2001", "52.71.01.1004"


@pytest.mark.parametrize("first", ["decree", "journeys"])
def test_how_long_an_office_took_is_counted_by_its_areas_calendar(monitoring_db: Database, first: str) -> None:
    events = [
        decree(MONDAY + DAY, MONDAY + 2 * DAY),
        decree(MONDAY + DAY, region=PROVINCE, number="100/2/2026"),
        decree(MONDAY + 5 * DAY, kind=DayKind.HOLIDAY, region=PROVINCE, number="100/3/2026"),  # a Saturday
        decree(MONDAY - 3 * DAY, region=PROVINCE, number="100/4/2026"),  # before it was offered
        decree(MONDAY, region=PROVINCE, number="100/5/2026"),  # on that very day
        decree(MONDAY + 8 * DAY, region=PROVINCE, number="100/6/2026"),  # after it was done
    ]
    if first == "decree":
        hear(monitoring_db, *events)
    journeys = [taken(monitoring_db, area, 7) for area in (VILLAGE, NEIGHBOUR, FAR)]
    if first == "journeys":
        assert list(days_of(monitoring_db).values()) == [5, 5, 5]
        hear(monitoring_db, *events)
    assert [days_of(monitoring_db)[each] for each in journeys] == [3, 4, 5]
    with monitoring_db.reading() as session:
        told = session.scalars(select(TallyPromise.working_days).where(TallyPromise.referrals > 0)).all()
    assert sorted(told) == [3, 4, 5]


def test_a_day_on_which_only_they_open_counts_as_one(monitoring_db: Database) -> None:
    closed = next(day for day in (date(2026, 12, 24), date(2026, 12, 25)) if not calendar.is_working_day(day))
    begin = calendar.add_working_days(closed, -1)
    story = stories.Story()
    journey = stories.journey(story, at=at(begin))
    about = stories.offer(story, journey, "proposal", at(begin))
    stories.complete(story, "grants", about, "submitted", at(closed))
    stories.hear(monitoring_db, story.heard)
    assert days_of(monitoring_db) == {journey: 0}
    hear(monitoring_db, decree(closed, kind=DayKind.WORKING))
    assert days_of(monitoring_db) == {journey: 1}


def test_only_journeys_with_a_promise_on_a_changed_day_are_summed_anew(monitoring_db: Database) -> None:
    touched, *_ = (taken(monitoring_db, area, number) for area, number in ((VILLAGE, 7), (VILLAGE, 1), (FAR, 7)))
    hearing = MONITORING.hearing_of(CalendarChanged.type_by("intake"))
    assert hearing is not None
    event = Heard(decree(MONDAY + 3 * DAY), "intake", MONITORING.name, 1, {"time": clock.now().isoformat()})
    with monitoring_db.transaction() as session:
        hearing.run(session, [event])
        assert session.scalars(select(TouchedJourney.journey_id)).all() == [touched]
