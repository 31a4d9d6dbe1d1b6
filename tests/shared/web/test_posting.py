"""A page's form is done and one goes on, or the page comes again with what was typed and why."""

import pytest
from flask import Flask

from shared.storage import Database
from shared.web import posting
from tests.browsing import Browser, an_officer
from tests.shared.web.conftest import how_many, notes

NOTES = "/intake/dinsos/notes"
SARI = an_officer()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app, SARI)


def test_what_is_done_goes_on_and_says_so(browser: Browser, intake_db: Database) -> None:
    answer = browser.submit(NOTES, {"words": "hello"})
    assert (answer.status_code, answer.location) == (303, NOTES)
    assert "The note is written." in browser.get(NOTES).text
    assert notes(intake_db) == ["hello"]


def test_what_is_wrong_with_a_field_stands_beside_it(browser: Browser) -> None:
    answer = browser.submit(NOTES, {"words": "far too long to be written down " * 2})
    assert answer.status_code == 422
    assert 'id="words-error"' in answer.text
    assert 'value="far too long' in answer.text
    assert "notice-error" not in answer.text


def test_a_conflict_shows_the_page_again_with_what_was_typed(browser: Browser, intake_db: Database) -> None:
    answer = browser.submit(NOTES, {"words": "LOUD"})
    assert answer.status_code == 409
    assert 'value="LOUD"' in answer.text
    assert "is too loud for us" in answer.text
    assert "too loud" not in browser.get(NOTES).text, "it is said once"
    assert notes(intake_db) == []


def test_a_refusal_is_not_kept_for_a_repetition(browser: Browser, intake_db: Database) -> None:
    assert browser.submit(NOTES, {"words": "LOUD", "_once": "1f0c"}).status_code == 409
    assert how_many(intake_db, "idempotency") == 0


def test_a_page_is_given_only_what_it_names(browser: Browser) -> None:
    answer = browser.submit(f"{NOTES}/refuse/0", {"words": "typed"})
    assert (answer.status_code, 'value="typed"' in answer.text) == (409, True)


def test_who_may_not_do_it_stays_on_the_page_that_she_may_see(browser: Browser) -> None:
    answer = browser.submit(f"{NOTES}/refuse/1", {"words": "typed"})
    assert (answer.status_code, 'value="typed"' in answer.text) == (403, True)


def test_what_is_wrong_with_no_field_is_said_on_top(browser: Browser) -> None:
    answer = browser.submit(f"{NOTES}/refuse/3", {"words": "typed"})
    assert (answer.status_code, 'value="typed"' in answer.text) == (422, True)
    assert "notice-error" in answer.text


def test_who_must_sign_in_again_is_sent_there(browser: Browser) -> None:
    answer = browser.submit(f"{NOTES}/refuse/2", {"words": "typed"})
    assert (answer.status_code, "/intake/signin" in answer.text) == (401, True)


def test_the_language_of_a_page_that_came_again_is_changed_where_the_page_can_be_opened(browser: Browser) -> None:
    from_the_page = {"Referer": f"http://localhost{NOTES}?after=x"}
    answer = browser.submit(f"{NOTES}/refuse/0", {"words": "typed"}, headers=from_the_page)
    assert f'name="_next" value="{NOTES}?after=x"' in answer.text


def test_a_page_that_cannot_be_shown_says_only_its_own_reason(browser: Browser) -> None:
    answer = browser.submit(f"{NOTES}/refuse/0/gone")
    assert answer.status_code == 404
    assert "notice-error" not in answer.text


def test_a_page_that_needs_what_the_address_does_not_say_is_found_at_the_start() -> None:
    def page(agency: str, fund_id: str) -> str:
        return f"{agency} {fund_id}"

    def view(agency: str) -> str:
        return agency

    with pytest.raises(TypeError, match="fund_id"):
        posting.sent_from(page)(view)


def test_the_first_press_says_what_will_happen_and_keeps_nothing(browser: Browser, intake_db: Database) -> None:
    asked = browser.submit(f"{NOTES}/for-good?revision=3", {"words": "<b>hello"})
    assert asked.status_code == 200
    for expected in (
        "You are about to write it for good",
        "Nothing has been done yet.",
        "“&lt;b&gt;hello” stays.",
        'name="words" value="&lt;b&gt;hello"',
        f'action="{NOTES}/for-good?revision=3"',
        "Yes, write it",
    ):
        assert expected in asked.text, expected
    assert notes(intake_db) == []
    assert "The note is written." not in browser.get(NOTES).text


def test_the_second_press_does_it(browser: Browser, intake_db: Database) -> None:
    assert browser.submit_twice(f"{NOTES}/for-good", {"words": "hello", "_once": "1f0c"}).status_code == 303
    assert notes(intake_db) == ["hello"]
    assert "The note is written." in browser.get(NOTES).text


@pytest.mark.parametrize("confirmed", ["", "yes", "0123456789abcdef"])
def test_what_is_confirmed_is_what_was_shown(browser: Browser, intake_db: Database, confirmed: str) -> None:
    asked = browser.submit(f"{NOTES}/for-good", {"words": "hello"})
    shown = asked.text.partition('name="_confirmed" value="')[2][:16]
    for changed in ({"words": "hello", "_confirmed": confirmed}, {"words": "something else", "_confirmed": shown}):
        assert "Nothing has been done yet." in browser.submit(f"{NOTES}/for-good", changed).text
    elsewhere = browser.submit(f"{NOTES}/for-good?revision=4", {"words": "hello", "_confirmed": shown})
    assert "Nothing has been done yet." in elsewhere.text
    assert notes(intake_db) == []


def test_going_back_shows_the_form_as_it_was_typed(browser: Browser, intake_db: Database) -> None:
    shown = browser.submit(f"{NOTES}/for-good", {"words": "hello"}).text.partition('name="_confirmed" value="')[2][:16]
    back = browser.submit(f"{NOTES}/for-good", {"words": "hello", "_confirmed": shown, "_back": "1"})
    assert (back.status_code, 'value="hello"' in back.text) == (200, True)
    assert "What will happen" not in back.text
    assert notes(intake_db) == []


@pytest.mark.parametrize(("words", "status"), [("LOUD", 409), ("far too long to be written down " * 2, 422)])
def test_nobody_is_asked_about_what_is_refused(browser: Browser, words: str, status: int) -> None:
    assert browser.submit(f"{NOTES}/for-good", {"words": words}).status_code == status


def test_what_cannot_be_tried_is_done_at_the_second_press_alone(browser: Browser, intake_db: Database) -> None:
    assert browser.submit(f"{NOTES}/untried", {"words": "LOUD"}).status_code == 200
    assert browser.submit_twice(f"{NOTES}/untried", {"words": "LOUD"}).status_code == 409
    assert browser.submit_twice(f"{NOTES}/untried", {"words": "hello"}).status_code == 303
    assert notes(intake_db) == ["hello"]
