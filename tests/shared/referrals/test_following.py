"""What is offered next when a referral is done: the next row of the tray that the officer came from."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import flask
import pytest
from flask import Flask

from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.referrals import api, commands, pages
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests import counting
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer

LIST = "/training/dinsos/referrals"
API = "/training/v1/dinsos/referrals"
WORKS = [CountedSessions()]
NO = {"reason": "no-places", "explanation": "Penuh sampai Maret.", "suggestion": "offer-again-later"}


@pytest.fixture
def app(training_db: Database) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).with_name("templates")))
    made = create_app(
        "training",
        blueprints=[api.blueprint("training", WORKS)],
        pages=[pages.blueprint("training", WORKS), forms],
        database=training_db,
    )
    made.testing = True
    return made


@pytest.fixture
def her() -> Officer:
    return an_officer(Role.OFFICER, office="dinsos-kaltim")


@pytest.fixture
def browser(app: Flask, her: Officer) -> Browser:
    return Browser(app, her)


def due_in(base: Database, *days: int, **changes: object) -> list[UUID]:
    """Referrals that are due so many days from now."""
    now, ids = clock.now(), []
    for each in days:
        at = now + timedelta(days=each)
        given = offer(due_at=at, remind_at=at - timedelta(days=1), **changes)
        with base.transaction() as session:
            hear_stages_offered(session, [heard(given, PARTICULARS)], works=by_kind(WORKS))
        ids.append(given.referral_id)
    return ids


def take_on(base: Database, her: Officer, *ids: UUID) -> None:
    with base.transaction() as session:
        commands.accept_referrals(session, her, ids)


def next_link(page: str) -> str | None:
    """The referral that a page offers as the next one."""
    part = page.split('class="desk-next', 1)[1].split("</nav>", maxsplit=1)[0] if 'class="desk-next' in page else ""
    found = [each.split('"')[0] for each in part.split('href="')[1:]]
    return next((each.split("?")[0].removeprefix(f"{LIST}/") for each in found if f"{LIST}/" in each), None)


def test_what_is_reported_is_followed_by_the_next_row_of_the_tray(
    training_db: Database, browser: Browser, her: Officer
) -> None:
    first, second, third = due_in(training_db, 3, 4, 5)
    take_on(training_db, her, second, first)
    opened = browser.get(f"{LIST}?tray=mine").text.split(f'href="{LIST}/{first}')[1].split('"')[0]
    assert opened == "?tray=mine", "the list's own links carry it"
    reported = browser.submit(f"{LIST}/{first}/complete?revision=2&tray=mine", {"sessions_attended": "2"})
    assert reported.location == f"{LIST}/{first}?tray=mine"
    page = browser.get(reported.location).text
    assert "The stage is done and has been reported." in page
    assert next_link(page) == str(second), "the third is not hers"
    assert "In “Mine”: 1" in page
    counted = counting.Page(page).counted
    assert [(each.number, each.address) for each in counted] == [(1, f"{LIST}?tray=mine")]
    still_there = counting.Page(browser.get(f"{LIST}/{second}?tray=mine&limit=1").text).counted
    assert counting.disagreements(lambda address: browser.get(address).text, [*counted, *still_there]) == []
    last = browser.submit(f"{LIST}/{second}/complete?tray=mine", {"sessions_attended": "2"})
    assert "Nothing more lies in “Mine”" in browser.get(last.location).text
    assert str(third) not in browser.get(last.location).text


@pytest.mark.parametrize("move", ["decline", "return"])
def test_a_no_is_followed_by_the_next_row_as_well(
    training_db: Database, browser: Browser, her: Officer, move: str
) -> None:
    first, second = due_in(training_db, 3, 4)
    if move == "return":
        take_on(training_db, her, first)
    assert f"/{move}?tray=open" in browser.get(f"{LIST}/{first}/{move}?tray=open").text
    said = browser.submit_twice(f"{LIST}/{first}/{move}?tray=open", NO)
    page = browser.get(said.location).text
    assert "has gone back to its sender" in page
    assert next_link(page) == str(second)


def test_what_was_left_out_comes_at_the_end_of_the_tray(training_db: Database, browser: Browser, her: Officer) -> None:
    early, middle, late = due_in(training_db, 2, 4, 6)
    order = [next_link(browser.get(f"{LIST}/{each}?tray=open").text) for each in (early, middle, late)]
    assert order == [str(middle), str(late), str(early)]


@pytest.mark.parametrize(
    ("carried", "expected"),
    [
        ("tray=open", "same-stage"),
        ("tray=waiting", "same-stage"),
        ("tray=open&stage=hand-over", "other-stage"),
        ("tray=open&area=64.02.06", "other-area"),
        ("tray=overdue", "late"),
        ("tray=mine", None),
        ("state=opened", None),
    ],
)
def test_the_next_one_lies_in_what_the_list_was_narrowed_to(
    training_db: Database, her: Officer, app: Flask, carried: str, expected: str | None
) -> None:
    (done,) = due_in(training_db, 1)
    known: dict[str, UUID] = {}
    (known["late"],) = due_in(training_db, -2)
    (known["same-stage"],) = due_in(training_db, 3)
    (known["other-stage"],) = due_in(training_db, 4, stage="hand-over")
    (known["other-area"],) = due_in(training_db, 5, area="64.02.06.2001")
    take_on(training_db, her, done)
    answer = app.test_client().get(f"{API}/{done}/next?{carried}", headers=bearer(her))
    found = answer.json["referral"]
    assert (found and found["id"]) == (str(known[expected]) if expected else None)


@pytest.mark.parametrize(
    "carried", ["", "tray=closed", "state=completed", "tray=nonsense", "area=xx", "number=zz", "overdue=perhaps"]
)
def test_nothing_is_offered_where_nothing_is_to_be_done_or_nothing_can_be_read(
    training_db: Database, browser: Browser, her: Officer, carried: str
) -> None:
    first, second = due_in(training_db, 3, 4)
    take_on(training_db, her, first)
    said = browser.submit(f"{LIST}/{first}/complete?{carried}", {"sessions_attended": "2"})
    assert said.status_code == 303
    page = browser.get(said.location).text
    assert next_link(page) is None
    assert str(second) not in page


def test_a_form_with_an_error_keeps_where_she_came_from(training_db: Database, browser: Browser, her: Officer) -> None:
    first, second = due_in(training_db, 3, 4)
    take_on(training_db, her, first)
    wrong = browser.submit(f"{LIST}/{first}/complete?revision=2&tray=open&stage=briefing", {"sessions_attended": "x"})
    assert wrong.status_code == 422
    for form in ("complete", "work"):
        assert f"{LIST}/{first}/{form}?revision=2&amp;tray=open&amp;stage=briefing" in wrong.text
    assert next_link(wrong.text) == str(second)


def test_a_result_that_is_asked_about_first_keeps_where_she_came_from(
    training_db: Database, browser: Browser, her: Officer
) -> None:
    first, second = due_in(training_db, 3, 4)
    take_on(training_db, her, first)
    asked = browser.submit(f"{LIST}/{first}/complete?tray=open", {"sessions_attended": "0"})
    assert "Nothing has been reported yet." in asked.text
    assert f"{LIST}/{first}/complete?revision=2&amp;tray=open" in asked.text
    given = {"sessions_attended": "0", "_confirmed": "absent", "because": "Tidak datang dua kali."}
    said = browser.submit(f"{LIST}/{first}/complete?tray=open", given)
    assert next_link(browser.get(said.location).text) == str(second)


def test_programs_are_told_how_much_lies_there_and_nothing_of_other_offices(
    training_db: Database, her: Officer, app: Flask
) -> None:
    first, second, _third = due_in(training_db, 3, 4, 5)
    due_in(training_db, 3, office="dinsos-kukar")
    client = app.test_client()
    answer = client.get(f"{API}/{first}/next", headers=bearer(her)).json
    assert (answer["tray"], answer["left"], answer["referral"]["id"]) == ("open", 2, str(second))
    stranger = an_officer(Role.OFFICER, office="dinsos-kukar")
    assert client.get(f"{API}/{first}/next", headers=bearer(stranger)).status_code == 404
    assert client.get(f"{API}/{new_id()}/next", headers=bearer(her)).status_code == 404
