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
from tests import counting
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
        trays = queries.counts(session, her, "dinsos", queries.Wanted(reach=reach.of(her, WORKS))).trays
    assert trays == {
        Tray.FOR_ME: 7,
        Tray.OPEN: 8,
        Tray.WAITING: 5,
        Tray.IN_WORK: 3,
        Tray.MINE: 2,
        Tray.TO_GIVE: 0,
        Tray.NEAR: 0,
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


NARROWED = [
    "",
    "tray=waiting",
    "tray=closed",
    "tray=open&area=64.02.05",
    "tray=open&area=64.02.05,64.02.06&stage=briefing",
    "tray=mine&stage=hand-over",
    "tray=closed&programme=wrse-kaltim-2023&area=64.02.06",
    "tray=overdue&programme=nothing-of-ours",
    "mine=true",
    "overdue=true&tray=waiting",
    "state=completed&area=64.02.05",
    "tray=open&number={number}",
    "tray=closed&number={ends}",
    "tray=open&limit=2",
]


@pytest.mark.parametrize("asked", NARROWED)
def test_each_number_on_the_page_is_that_of_the_rows_behind_its_link(
    training_db: Database, app: Flask, browser: Browser, her: Officer, asked: str
) -> None:
    colleague, elsewhere = officer(areas=("64",)), {"area": "64.02.06.2001"}
    mine, hers, done = offers(training_db, 3), offers(training_db), offers(training_db, 2)
    done += offers(training_db, 2, **elsewhere)
    accept(training_db, her, [*mine, *done, *offers(training_db, stage="hand-over"), *late_offers(training_db)])
    accept(training_db, colleague, hers)
    complete(training_db, her, done)
    offers(training_db, 3, **elsewhere)
    offers(training_db, 2, stage="hand-over", **elsewhere)
    late_offers(training_db)
    now = clock.now()
    offers(training_db, remind_at=now - timedelta(hours=1), due_at=now + timedelta(days=2))
    plain = number_of(training_db, done[0]).replace("-", "")
    page = counting.Page(browser.get(f"{LIST}?{asked.format(number=plain, ends=plain[-6:])}").text)
    assert len(page.counted) >= 7
    assert counting.disagreements(lambda address: browser.get(address).text, page.counted) == []
    start = counting.Page(browser.get(f"{LIST}/waiting").text)
    assert len(start.counted) == 5
    assert counting.disagreements(lambda address: browser.get(address).text, start.counted) == []


def test_programs_count_what_they_list(training_db: Database, app: Flask, her: Officer) -> None:
    offers(training_db, 2)
    offers(training_db, 3, area="64.02.06.2001")
    client, asked = app.test_client(), "area=64.02.06&stage=briefing"
    counts = client.get(f"/training/v1/dinsos/referrals/counts?{asked}", headers=bearer(her)).json
    assert (counts["for_me"], counts["by_state"], counts["closed"]) == (3, {"offered": 3}, 0)
    assert client.get("/training/v1/dinsos/referrals/counts?area=nowhere", headers=bearer(her)).status_code == 422


def test_two_tabs_do_not_disturb_each_other(training_db: Database, browser: Browser, her: Officer) -> None:
    one, other, *more = offers(training_db, 4)
    accept(training_db, her, more)
    complete(training_db, her, more)
    first, second = f"{LIST}?tray=waiting&area=64.02.05", f"{LIST}?tray=closed"
    escaped = first.replace("&", "&amp;")

    def second_tab() -> None:
        assert f"{LIST}/{more[0]}?tray=closed" in browser.get(second).text

    browser.get(first)
    second_tab()
    inside = browser.get(f"{LIST}/{one}?tray=waiting&area=64.02.05").text
    assert f'href="{escaped}"' in inside.split('class="govuk-back-link"')[1].split(">")[0]
    second_tab()
    taken = browser.submit(f"{LIST}/accept?tray=waiting&area=64.02.05", {"ids[]": [str(one)]})
    assert taken.location == first
    second_tab()
    nothing = browser.submit(f"{LIST}/accept?tray=waiting&area=64.02.05", {})
    assert nothing.location == first
    searched = browser.submit(f"{LIST}/search?tray=waiting&area=64.02.05", {"words": "no such thing"})
    assert searched.location == first
    assert f"{LIST}/{other}?{first.partition('?')[2].replace('&', '&amp;')}" in browser.get(first).text
    bare = counting.Page(browser.get(LIST).text)
    assert bare.rows == 2, "a list that is opened by its menu shows what is open, whatever else was looked at"


def test_the_page_of_a_list_is_carried_to_its_forms_and_back(training_db: Database, browser: Browser) -> None:
    offers(training_db, 5)
    first = counting.Page(browser.get(f"{LIST}?tray=waiting&area=64.02&limit=2").text)
    assert first.next
    assert "tray=waiting" in first.next
    assert "area=64.02" in first.next
    second = browser.get(f"{first.next}&limit=2").text
    after = first.next.partition("after=")[2]
    assert f"{LIST}/accept?tray=waiting&amp;area=64.02&amp;after={after}&amp;limit=2" in second
    answer = browser.submit(f"{LIST}/accept?tray=waiting&area=64.02&after={after}&limit=2", {})
    assert answer.location == f"{LIST}?tray=waiting&area=64.02&after={after}&limit=2"
    counted = counting.Page(second).counted
    assert counting.disagreements(lambda address: browser.get(address).text, counted) == []


def test_nothing_of_what_was_looked_at_is_kept_in_the_session(training_db: Database, browser: Browser) -> None:
    offers(training_db)
    browser.get(LIST)
    with browser.client.session_transaction() as session:
        before = set(session)
    browser.get(f"{LIST}?tray=closed&stage=briefing&area=64.02.05&mine=true")
    browser.submit(f"{LIST}/search?tray=closed", {"words": "briefing"})
    with browser.client.session_transaction() as session:
        assert set(session) - before <= {"_flashes", "csrf_token"}


@pytest.mark.parametrize(
    ("typed", "shown", "leads", "said"),
    [
        ("briefing", "tray=closed", "tray=closed&stage=briefing", ""),
        ("WRSE", "tray=closed", "tray=closed&programme=wrse-kaltim-2023", ""),
        ("Muara Badak", "tray=closed", "tray=closed&area=64.02.05", ""),
        ("{number}", "tray=open", "tray=closed&number={number}", "Closed"),
        ("{number}", "tray=mine", "tray=closed&number={number}", "Closed"),
        ("{number}", "tray=closed", "tray=closed&number={number}", ""),
        ("{number}", "tray=closed&stage=hand-over", "tray=closed&number={number}", "Closed"),
        ("briefing", "tray=open", "tray=closed&stage=briefing", "Closed"),
        ("hand-over", "tray=closed", "tray=open&stage=hand-over", "All open"),
        ("hand-over", "tray=waiting&area=64.02.05", "tray=waiting&area=64.02.05&stage=hand-over", ""),
        ("hand-over", "tray=waiting&area=64.02.06", "tray=waiting&stage=hand-over", "Waiting"),
        ("hand-over", "state=offered", "state=offered&stage=hand-over", ""),
        ("hand-over", "state=offered&area=64.02.06", "state=offered&stage=hand-over", "New"),
    ],
)
def test_the_search_looks_in_what_is_shown_and_says_so_where_it_finds_it_elsewhere(
    training_db: Database, browser: Browser, her: Officer, typed: str, shown: str, leads: str, said: str
) -> None:
    journey = new_id()
    done = offers(training_db, 2, journey_id=journey)
    accept(training_db, her, done)
    complete(training_db, her, done)
    offers(training_db, stage="hand-over")
    number = numbers.plain(journey)
    answer = browser.submit(f"{LIST}/search?{shown}", {"words": typed.format(number=number)})
    assert answer.location == f"{LIST}?{leads.format(number=number)}"
    page = browser.get(answer.location).text
    assert counting.Page(page).rows > 0
    assert (f"but here: {said}" in page) if said else ("but here:" not in page)


def test_the_list_is_narrowed_by_the_stages_of_what_is_shown(
    training_db: Database, browser: Browser, her: Officer
) -> None:
    done = offers(training_db)
    accept(training_db, her, done)
    complete(training_db, her, done)
    offers(training_db, stage="hand-over")
    for shown, expected, other in [
        ("tray=closed", "briefing", "hand-over"),
        ("tray=open", "hand-over", "briefing"),
        ("tray=closed&stage=briefing", "briefing", "hand-over"),
    ]:
        page = browser.get(f"{LIST}?{shown}").text
        assert f'<option value="{expected}"' in page
        assert f'<option value="{other}"' not in page


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
    answer = browser.submit(f"{LIST}/search?tray=waiting", {"words": PARTICULARS["name"]})
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
