"""What waits for one officer: which rows, in which order, and that the list behind them says the same."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import flask
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shared.desk import api as desk_api
from shared.desk import pages as desk_pages
from shared.desk import referrals as desk_referrals
from shared.desk import rows
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals import api, commands, pages
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

DESK, LIST = "/training/v1/dinsos/desk", "/training/v1/dinsos/referrals"


class SignedSessions(CountedSessions):
    """A stage that an officer prepares and an approver signs."""

    roles = (Role.OFFICER, Role.APPROVER, Role.HEAD)
    signed_by = (Role.APPROVER, Role.HEAD)


def undated(session: Session, who: Officer) -> rows.Part:
    return rows.listed([rows.Row("duplicates", "Decide", "2 pairs", "", "/intake/dinsos/duplicates")])


def made(base: Database, works: tuple[CountedSessions, ...], *more: rows.Source) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).parents[1] / "referrals/templates"))
    sources = (desk_referrals.source("training", works), *more)
    app = create_app(
        "training",
        blueprints=[api.blueprint("training", works), desk_api.blueprint("training", sources)],
        pages=[pages.blueprint("training", works), desk_pages.blueprint("training", sources), forms],
        database=base,
    )
    app.testing = True
    return app


@pytest.fixture
def app(training_db: Database) -> Flask:
    return made(training_db, (CountedSessions(),), undated)


@pytest.fixture
def her() -> Officer:
    return an_officer(Role.OFFICER, office="dinsos-kaltim")


def offers(base: Database, number: int = 1, *, due: int = 30, **changes: object) -> list[UUID]:
    at = clock.now() + timedelta(days=due)
    given = [offer(due_at=at, remind_at=at - timedelta(days=5), **changes) for _ in range(number)]
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=by_kind([CountedSessions()]))
    return [each.referral_id for each in given]


def accept(base: Database, her: Officer, ids: list[UUID]) -> None:
    with base.transaction() as session:
        commands.accept_referrals(session, her, ids)


def asked(app: Flask, her: Officer, address: str = DESK) -> list[str]:
    """The referrals that are named, by number."""
    answer = app.test_client().get(address, headers=bearer(her)).json
    if "items" in answer:
        return sorted(each["id"] for each in answer["items"])
    found = [each["address"] for each in answer["rows"] if each["kind"] == "referral"]
    return sorted(each.split("/")[-1].split("?")[0] for each in found)


def test_what_she_can_do_now_waits_for_her_and_nothing_else(training_db: Database, app: Flask, her: Officer) -> None:
    colleague = officer(areas=("64",))
    unanswered, mine, hers, nobodys, done = (offers(training_db) for _ in range(5))
    offers(training_db, office="dinsos-kukar")
    accept(training_db, her, mine)
    accept(training_db, colleague, [*hers, *nobodys, *done])
    with training_db.transaction() as session:
        session.get_one(Referral, nobodys[0]).handled_by = None
        commands.complete_referrals(session, her, by_kind([CountedSessions()]), {done[0]: {"sessions_attended": 1}})
    expected = sorted(str(each) for each in (*unanswered, *mine, *nobodys))
    assert asked(app, her) == expected
    assert asked(app, her, f"{LIST}?tray=for-me") == expected, "the list behind the rows says the same"
    counts = app.test_client().get(f"{LIST}/counts", headers=bearer(her)).json
    assert counts["for_me"] == len(expected)


@pytest.mark.parametrize(
    ("roles", "signed", "seen"),
    [
        ({Role.OFFICER}, False, {"waiting"}),
        ({Role.APPROVER}, False, set()),
        ({Role.HEAD}, False, set()),
        ({Role.OFFICER}, True, {"waiting"}),
        ({Role.APPROVER}, True, {"waiting", "taken on"}),
        ({Role.HEAD}, True, {"waiting", "taken on"}),
        ({Role.COORDINATOR}, True, set()),
        ({Role.ADMINISTRATOR}, True, set()),
    ],
)
def test_whom_it_waits_for_follows_from_the_roles_of_the_work(
    training_db: Database, roles: set[Role], signed: bool, seen: set[str]
) -> None:
    known = {"waiting": offers(training_db)[0], "taken on": offers(training_db)[0]}
    accept(training_db, officer(areas=("64",)), [known["taken on"]])
    app = made(training_db, (SignedSessions() if signed else CountedSessions(),))
    who = an_officer(*roles, office="dinsos-kaltim")
    assert asked(app, who) == sorted(str(known[each]) for each in seen)


def test_the_most_urgent_stands_first_and_what_has_no_date_before_what_has_time(
    training_db: Database, app: Flask, her: Officer
) -> None:
    safe, later, near, late = (offers(training_db, due=days)[0] for days in (30, 60, 2, -3))
    answer = app.test_client().get(DESK, headers=bearer(her)).json
    order = [each["address"].split("/")[-1].split("?")[0] for each in answer["rows"]]
    assert order == [str(late), str(near), "duplicates", str(safe), str(later)]
    assert [each["lateness"] for each in answer["rows"]] == ["late", "near", None, "safe", "safe"]
    assert (answer["total"], answer["late"], answer["near"]) == (5, 1, 1)


def test_a_row_leads_to_the_act_with_its_tray_and_names_nobody(training_db: Database, app: Flask, her: Officer) -> None:
    (one,), (two,) = offers(training_db), offers(training_db)
    accept(training_db, her, [two])
    answer = app.test_client().get(DESK, headers=bearer(her))
    found = {each["address"]: each["act"] for each in answer.json["rows"] if each["kind"] == "referral"}
    assert found == {
        f"/training/dinsos/referrals/{one}?tray=for-me#answer": "Answer",
        f"/training/dinsos/referrals/{two}?tray=for-me#work": "Do the work",
    }
    browser = Browser(app, her)
    for address, act in found.items():
        part = {"Answer": 'id="answer"', "Do the work": 'id="work"'}[act]
        assert part in browser.get(address.split("#")[0]).text, "the part it leads to is on the page"
    assert PARTICULARS["name"] not in answer.text


def test_without_scripts_it_is_a_page_which_says_when_nothing_is_urgent(
    training_db: Database, app: Flask, her: Officer
) -> None:
    browser = Browser(app, her)
    part = browser.get("/training/dinsos/desk", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    page = browser.get("/training/dinsos/desk").text
    assert "<h1>What waits for you</h1>" in page
    assert "Nothing is urgent." in page
    offers(training_db, due=-3)
    assert "1 late, 0 nearly due" in browser.get("/training/dinsos/desk").text
    empty = made(training_db, ())
    assert (
        "Nothing waits for you here." in Browser(empty, an_officer(Role.COORDINATOR)).get("/training/dinsos/desk").text
    )


def test_more_than_a_page_of_rows_is_counted_and_said(training_db: Database, app: Flask, her: Officer) -> None:
    offers(training_db, rows.MOST + 3)
    answer = app.test_client().get(DESK, headers=bearer(her)).json
    assert (len(answer["rows"]), answer["total"]) == (rows.MOST, rows.MOST + 4)
    assert "4 more wait for you in the lists." in Browser(app, her).get("/training/dinsos/desk").text
