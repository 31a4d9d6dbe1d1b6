"""The worklist as officers use it: its trays, what it is narrowed to, its search, and its parts at the start."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import flask
import pytest
from flask import Flask

from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, numbers
from shared.kernel.ids import new_id
from shared.referrals import api, commands, pages, promises, queries, reach
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import Reason, Suggestion, Tray
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

LIST = "/training/dinsos/referrals"
WORKS = by_kind([CountedSessions()])
LATE = {"remind_at": timedelta(days=-9), "due_at": timedelta(days=-2)}


def offers(base: Database, number: int = 1, **changes: object) -> list[UUID]:
    given = [offer(**changes) for _ in range(number)]
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)
    return [each.referral_id for each in given]


def late_offers(base: Database, number: int = 1) -> list[UUID]:
    now = clock.now()
    return offers(base, number, **{name: now + span for name, span in LATE.items()})


def accept(base: Database, her: Officer, ids: list[UUID]) -> None:
    with base.transaction() as session:
        commands.accept_referrals(session, her, ids)


def number_of(base: Database, referral_id: UUID) -> str:
    with base.reading() as session:
        return session.get_one(Referral, referral_id).number


def complete(base: Database, her: Officer, ids: list[UUID]) -> None:
    with base.transaction() as session:
        commands.complete_referrals(session, her, WORKS, {each: {"sessions_attended": 2} for each in ids})


@pytest.fixture
def app(training_db: Database) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).with_name("templates")))
    works = [CountedSessions()]
    made = create_app(
        "training",
        blueprints=[api.blueprint("training", works)],
        pages=[pages.blueprint("training", works), forms],
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


def test_every_tray_holds_as_many_as_it_says(training_db: Database, app: Flask, her: Officer) -> None:
    colleague = officer(areas=("64",))
    mine, hers, done = offers(training_db, 2), offers(training_db), offers(training_db, 3)
    offers(training_db, 4)
    late_offers(training_db)
    accept(training_db, her, [*mine, *done])
    accept(training_db, colleague, hers)
    complete(training_db, her, done)
    with training_db.reading() as session:
        trays = queries.counts(session, her, "dinsos", reach.of(her, WORKS)).trays
    assert trays == {
        Tray.FOR_ME: 7,
        Tray.OPEN: 8,
        Tray.WAITING: 5,
        Tray.IN_WORK: 3,
        Tray.MINE: 2,
        Tray.TO_GIVE: 0,
        Tray.OVERDUE: 1,
        Tray.CLOSED: 3,
    }
    client = app.test_client()
    for tray, number in trays.items():
        answer = client.get(f"/training/v1/dinsos/referrals?tray={tray.value}", headers=bearer(her))
        assert len(answer.json["items"]) == number, tray


def test_closed_referrals_come_the_latest_first_and_page_on(training_db: Database, app: Flask, her: Officer) -> None:
    ids = offers(training_db, 3)
    accept(training_db, her, ids)
    for each in ids:
        complete(training_db, her, [each])
    client, found, after = app.test_client(), [], ""
    while after is not None:
        address = f"/training/v1/dinsos/referrals?tray=closed&limit=2&after={after}"
        answer = client.get(address, headers=bearer(her)).json
        found += [UUID(each["id"]) for each in answer["items"]]
        after = answer["next"]
    assert found == ids[::-1]


def test_what_the_list_is_narrowed_to_is_kept_until_it_is_cleared(training_db: Database, browser: Browser) -> None:
    offers(training_db)
    assert browser.get(LIST).status_code == 200, "nothing is kept yet"
    browser.get(f"{LIST}?tray=waiting&stage=briefing")
    again = browser.get(LIST)
    assert (again.status_code, again.location) == (303, f"{LIST}?tray=waiting&stage=briefing")
    page = browser.get(again.location).text
    assert "Narrowed to:" in page
    assert f'href="{LIST}?tray=waiting">Clear all' in page
    browser.get(f"{LIST}?tray=waiting")
    assert browser.get(LIST).location == f"{LIST}?tray=waiting"


def test_pages_keep_the_filter_and_a_number_is_not_remembered(training_db: Database, browser: Browser) -> None:
    offers(training_db, 3)
    page = browser.get(f"{LIST}?tray=waiting&area=64.02&limit=2").text
    assert "tray=waiting" in page.split('rel="next" href="')[1].split('"')[0]
    assert "area=64.02" in page.split('rel="next" href="')[1].split('"')[0]
    browser.get(f"{LIST}?tray=open&number=4711")
    assert browser.get(LIST).location == f"{LIST}?tray=open"


@pytest.mark.parametrize(
    ("typed", "parameter"),
    [
        ("Muara Badak", "area=64.02.05"),
        ("kecamatan muara badak", "area=64.02.05"),
        ("briefing", "stage=briefing"),
        ("WRSE", "programme=wrse-kaltim-2023"),
    ],
)
def test_what_is_typed_becomes_a_code_in_the_address(
    training_db: Database, browser: Browser, typed: str, parameter: str
) -> None:
    offers(training_db)
    answer = browser.submit(f"{LIST}/search", {"words": typed})
    assert answer.status_code == 303
    assert parameter in answer.location
    assert "Technical briefing" in browser.get(answer.location).text


@pytest.mark.parametrize("typed", ["{0}", " no. {0} ", "{1}", "{2}"])
def test_a_number_leads_to_the_referral_itself_however_it_is_typed(
    training_db: Database, browser: Browser, typed: str
) -> None:
    (one, *_others) = offers(training_db, 3)
    shown = number_of(training_db, one)
    asked = typed.format(shown, shown.replace("-", " "), shown[-6:])
    assert browser.submit(f"{LIST}/search", {"words": asked}).location == f"{LIST}/{one}"


def test_a_number_that_nobody_has_finds_nothing_and_a_part_of_one_is_no_number(
    training_db: Database, browser: Browser
) -> None:
    offers(training_db, 2)
    assert "number=" not in browser.submit(f"{LIST}/search", {"words": "3f2a91bc"}).location
    answer = browser.submit(f"{LIST}/search", {"words": "999-999-999"})
    assert "No referral lies here." in browser.get(answer.location).text


def test_the_same_number_stands_on_every_row_of_a_journey(training_db: Database, browser: Browser) -> None:
    journey = new_id()
    ids = offers(training_db, 2, journey_id=journey)
    page = browser.get(f"{LIST}?tray=open").text
    assert page.count(numbers.of(journey)) == 2
    answer = browser.submit(f"{LIST}/search", {"words": numbers.of(journey)})
    assert answer.location == f"{LIST}?tray=open&number={numbers.plain(journey)}"
    assert all(f"{LIST}/{each}" in browser.get(answer.location).text for each in ids)


def test_a_name_that_somebody_types_is_in_no_address(training_db: Database, browser: Browser) -> None:
    offers(training_db)
    answer = browser.submit(f"{LIST}/search", {"words": PARTICULARS["name"], "tray": "waiting"})
    assert answer.location == f"{LIST}?tray=waiting"
    assert "Nothing here" in browser.get(answer.location).text


def test_an_area_that_is_not_hers_is_not_found(training_db: Database, app: Flask) -> None:
    offers(training_db)
    kubar = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim", areas=("64.07",)))
    assert "area=" not in kubar.submit(f"{LIST}/search", {"words": "Muara Badak"}).location


def test_the_start_page_gets_how_much_waits(training_db: Database, browser: Browser) -> None:
    offers(training_db, 6)
    late_offers(training_db)
    counts = browser.get(f"{LIST}/waiting").text
    assert f'{LIST}?tray=overdue"' in counts
    assert "nothing was due yet" in counts


def test_promises_kept_late_and_unanswered_are_told_apart(training_db: Database, her: Officer) -> None:
    kept, late, declined = offers(training_db, 2), late_offers(training_db), offers(training_db)
    accept(training_db, her, [*kept, *late])
    complete(training_db, her, [*kept, *late])
    with training_db.transaction() as session:
        commands.decline_referral(
            session,
            her,
            WORKS,
            declined[0],
            reason=Reason.NO_PLACES,
            explanation="Penuh.",
            suggestion=Suggestion.OFFER_AGAIN_LATER,
        )
    with training_db.reading() as session:
        found = promises.kept_this_month(session, her, "dinsos")
    assert (found.in_time, found.late, found.unanswered, found.total) == (3, 1, 0, 4)
