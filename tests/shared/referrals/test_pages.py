from pathlib import Path

import flask
import pytest
from flask import Flask
from sqlalchemy import select

from shared.events.intake import StageOffered
from shared.events.referrals import ReferralAccepted, ReferralCompleted, ReferralDeclined, ReferralOpened
from shared.identity.rules import Role
from shared.privacy.looks import Look
from shared.referrals import pages
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests.announcements import announced
from tests.browsing import Browser, an_officer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer

LIST = "/training/dinsos/referrals"


@pytest.fixture
def app(training_db: Database) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).with_name("templates")))
    made = create_app("training", pages=[pages.blueprint("training", [CountedSessions()]), forms], database=training_db)
    made.testing = True
    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))


def offers(base: Database, *given: StageOffered) -> list[str]:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=by_kind([CountedSessions()]))
    return [f"{LIST}/{each.referral_id}" for each in given]


def state_of(base: Database) -> ReferralState:
    with base.reading() as session:
        return session.scalars(select(Referral)).one().state


def test_the_worklist_says_whom_stage_place_state_and_days_and_the_look_is_written_down(
    training_db: Database, browser: Browser
) -> None:
    (one,) = offers(training_db, offer())
    page = browser.get(LIST)
    assert page.status_code == 200
    for expected in (PARTICULARS["name"], "Technical briefing", "Muara Badak", "New", "working days left", one):
        assert expected in page.text
    with training_db.reading() as session:
        assert [each.why for each in session.scalars(select(Look))] == ["worklist"]
    assert browser.get(f"{LIST}?state=completed").text.count(one) == 0
    assert browser.get(f"{LIST}?overdue=true&mine=true&stage=briefing&programme=x").status_code == 200


def test_a_referral_is_answered_worked_on_and_completed_on_its_page(training_db: Database, browser: Browser) -> None:
    (one,) = offers(training_db, offer())
    seen = browser.get(one)
    assert PARTICULARS["name"] in seen.text
    assert "Rp3.000.000" in seen.text, "what earlier stages reported is on the page"
    assert browser.submit(f"{one}/accept?revision=2").status_code == 303
    assert 'name="sessions_attended"' in browser.get(one).text
    assert browser.submit(f"{one}/work", {"sessions_attended": "1"}).status_code == 303
    wrong = browser.submit(f"{one}/complete", {"sessions_attended": "two"})
    assert wrong.status_code == 422
    assert 'value="two"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text
    assert browser.submit(f"{one}/complete", {"sessions_attended": "2"}).status_code == 303
    assert "attended" in browser.get(one).text
    assert [type(each) for each in announced(training_db)] == [ReferralOpened, ReferralAccepted, ReferralCompleted]
    with training_db.reading() as session:
        assert len(session.scalars(select(Look)).all()) == 4, "a page with an error shows her data, too"


def test_a_no_is_said_on_a_page_of_its_own(training_db: Database, browser: Browser) -> None:
    (one,) = offers(training_db, offer())
    assert "No places left" in browser.get(f"{one}/decline").text
    wrong = browser.submit(f"{one}/decline", {"reason": "no-places", "explanation": " "})
    assert (wrong.status_code, state_of(training_db)) == (422, ReferralState.OFFERED)
    given = {"reason": "no-places", "explanation": "Penuh sampai Maret.", "suggestion": "offer-again-later"}
    asked = browser.submit(f"{one}/decline", given)
    assert (asked.status_code, "Nothing has been done yet." in asked.text) == (200, True)
    assert "You suggest: Offer it again later" in asked.text
    assert state_of(training_db) is ReferralState.OFFERED
    assert browser.submit_twice(f"{one}/decline", given).status_code == 303
    assert isinstance(announced(training_db)[-1], ReferralDeclined)
    assert "Penuh sampai Maret." in browser.get(one).text
    assert PARTICULARS["name"] not in browser.get(one).text


def test_the_chosen_ones_are_taken_on_together_and_none_chosen_is_said(training_db: Database, browser: Browser) -> None:
    given = [offer() for _ in range(3)]
    offers(training_db, *given)
    browser.submit(f"{LIST}/accept", {})
    assert announced(training_db) == []
    browser.submit(f"{LIST}/accept", {"ids[]": [str(each.referral_id) for each in given]})
    assert [type(each) for each in announced(training_db)] == [ReferralAccepted] * 3


def test_two_officers_with_the_same_page_open_do_not_undo_each_other(training_db: Database, app: Flask) -> None:
    (one,) = offers(training_db, offer())
    first, second = (Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim")) for _ in range(2))
    assert first.submit(f"{one}/accept?revision=1").status_code == 303
    late = second.submit(f"{one}/accept?revision=1")
    assert late.status_code == 412
    assert "open it again" in late.text
    assert "Take over" in late.text
    second.submit(f"{one}/take-over")
    assert "Take over" not in second.get(one).text


def test_what_was_typed_for_another_revision_is_shown_again_and_cannot_be_saved_over_it(
    training_db: Database, app: Flask
) -> None:
    (one,) = offers(training_db, offer())
    first, second = (Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim")) for _ in range(2))
    assert first.submit(f"{one}/accept").status_code == 303
    assert first.submit(f"{one}/work", {"sessions_attended": "1"}).status_code == 303
    late = second.submit(f"{one}/work?revision=1", {"sessions_attended": "77"})
    assert late.status_code == 412
    assert 'value="77"' in late.text
    assert "Open it again" in late.text
    assert "formaction=" not in late.text
    assert "formaction=" in second.get(one).text


def test_a_no_that_comes_too_late_keeps_its_words(training_db: Database, browser: Browser) -> None:
    (one,) = offers(training_db, offer())
    assert browser.submit(f"{one}/accept").status_code == 303
    given = {"reason": "no-places", "explanation": "Penuh sampai Maret.", "suggestion": "offer-again-later"}
    late = browser.submit(f"{one}/decline", given)
    assert late.status_code == 409
    assert "already taken this referral on" in late.text
    assert "Penuh sampai Maret." in late.text


def test_a_coordinator_sees_the_list_without_ways_in(training_db: Database, app: Flask) -> None:
    (one,) = offers(training_db, offer())
    page = Browser(app, an_officer(Role.COORDINATOR, office="bappeda-kaltim")).get(LIST)
    assert "briefing" in page.text
    assert PARTICULARS["name"] not in page.text
    assert one not in page.text
    assert 'type="checkbox" name="ids[]"' not in page.text


def test_the_page_says_on_which_legal_basis_the_office_is_told(training_db: Database, browser: Browser) -> None:
    (address,) = offers(training_db, offer())
    page = browser.get(address).text
    assert "Legal basis" in page
    assert "Public task of the government" in page
