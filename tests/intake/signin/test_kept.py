"""What an officer had typed when her sign-in ended comes back to her, and to nobody else."""

import html
import re
import time

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from services.intake.accounts.commands import create_officer
from services.intake.accounts.queries import officer_of
from shared.identity import tokens
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.storage import Database
from shared.web import kept
from tests.apps import web_app
from tests.browsing import Browser, an_officer

TYPED = {"name": "KUBE Etam Maju", "area": "64.02.05.2001", "line_of_business": "", "members[]": ["a", "b"]}
FORM_PAGE = "/intake/dinsos/groups/new?from=list"
ACTION = "/intake/dinsos/groups/new"


@pytest.fixture
def app(intake_db: Database) -> Flask:
    made = web_app("intake", intake_db)
    made.testing = True
    return made


@pytest.fixture
def officer(intake_db: Database) -> Officer:
    with intake_db.transaction() as session:
        account = create_officer(
            session, username="sari", password="kail bukan ikan", name="Sari", office="dinsos-kukar", roles=["officer"]
        )
        return officer_of(account)


def outlived(app: Flask, officer: Officer) -> Browser:
    """A browser in which an officer's token has run out."""
    page = Browser(app)
    with page.client.session_transaction() as session:
        session["token"] = tokens.issue(officer, lifetime=-2 * tokens.LEEWAY)
    return page


def send(page: Browser, action: str = ACTION, came_from: str = FORM_PAGE, **also: str) -> TestResponse:
    """Send the form too late."""
    return page.submit(action, {**TYPED, **also}, headers={"Referer": f"http://localhost{came_from}"})


def closed_in(answer: TestResponse) -> str:
    """What the page gives the browser to keep; nothing if there is nothing."""
    found = re.search(r'data-kept="([^"]*)"', answer.text)
    return html.unescape(found[1]) if found else ""


def test_a_form_sent_too_late_asks_to_sign_in_and_leads_back_to_its_page(app: Flask, officer: Officer) -> None:
    answer = send(outlived(app, officer))
    assert answer.status_code == 401
    assert 'href="/intake/signin?next=%2Fintake%2Fdinsos%2Fgroups%2Fnew%3Ffrom%3Dlist"' in answer.text
    assert f'data-action="{ACTION}"' in answer.text
    assert closed_in(answer)


def test_what_was_typed_comes_back_to_the_officer_who_typed_it(app: Flask, officer: Officer) -> None:
    closed = closed_in(send(outlived(app, officer)))
    answer = Browser(app, officer).submit("/intake/kept", {"closed": closed})
    assert answer.status_code == 200
    assert answer.json["fields"] == [
        ["name", "KUBE Etam Maju"],
        ["area", "64.02.05.2001"],
        ["line_of_business", ""],
        ["members[]", "a"],
        ["members[]", "b"],
    ]
    assert "belum terkirim" in answer.json["sentence"]


def test_nobody_else_can_open_it_nor_read_it_in_the_page(app: Flask, officer: Officer) -> None:
    answer = send(outlived(app, officer))
    assert "Etam" not in answer.text
    assert "Etam" not in str(answer.headers)
    assert Browser(app, an_officer()).submit("/intake/kept", {"closed": closed_in(answer)}).status_code == 422
    assert Browser(app).submit("/intake/kept", {"closed": closed_in(answer)}).status_code == 401


@pytest.mark.parametrize("closed", ["", "field.", "field.AAAA", "nothing.AAAA", "field.%%%", "protection.é"])
def test_what_was_not_closed_by_us_is_refused(app: Flask, officer: Officer, closed: str) -> None:
    assert Browser(app, officer).submit("/intake/kept", {"closed": closed}).status_code == 422


def test_a_changed_one_is_refused(app: Flask, officer: Officer) -> None:
    closed = closed_in(send(outlived(app, officer)))
    middle = len(closed) // 2
    changed = closed[:middle] + ("A" if closed[middle] != "A" else "B") + closed[middle + 1 :]
    assert Browser(app, officer).submit("/intake/kept", {"closed": changed}).status_code == 422


def test_it_cannot_be_opened_for_ever(app: Flask, officer: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = closed_in(send(outlived(app, officer)))
    later = time.time() + kept.LONGEST + 1
    with app.test_request_context(), monkeypatch.context() as patch:
        assert kept.opened(closed, officer.id)
        patch.setattr(kept.time, "time", lambda: later)
        with pytest.raises(kept.NotKept):
            kept.opened(closed, officer.id)


def test_a_page_opened_in_the_meantime_does_not_forget_whose_it_was(app: Flask, officer: Officer) -> None:
    page = outlived(app, officer)
    assert page.get("/intake/dinsos/groups").status_code == 303
    assert closed_in(send(page))


def test_after_signing_out_nothing_is_kept(app: Flask, officer: Officer) -> None:
    page = Browser(app, officer)
    page.submit("/intake/signout")
    answer = send(page)
    assert answer.status_code == 401
    assert not closed_in(answer)


def test_a_page_from_before_the_last_sign_in_keeps_what_was_typed(app: Flask, officer: Officer) -> None:
    page = Browser(app, officer)
    stale = {**TYPED, "csrf_token": "of another session"}
    answer = page.client.post(ACTION, data=stale, headers={"Referer": f"http://localhost{FORM_PAGE}"})
    assert answer.status_code == 400
    assert 'href="/intake/dinsos/groups/new?from=list"' in answer.text
    back = page.submit("/intake/kept", {"closed": closed_in(answer)}).json["fields"]
    assert ["name", "KUBE Etam Maju"] in back
    assert "csrf_token" not in dict(back)


def test_a_password_and_a_huge_form_are_never_kept(app: Flask, officer: Officer) -> None:
    with_password = closed_in(send(outlived(app, officer), password="kail bukan ikan"))
    with app.test_request_context():
        assert "password" not in dict(kept.opened(with_password, officer.id))
    assert not closed_in(send(outlived(app, officer), remarks="x" * kept.LARGEST))
    assert not closed_in(send(outlived(app, officer), action="/intake/signin"))


@pytest.mark.parametrize(
    "came_from", ["/intake/dinsos/nowhere", "/intake/signout", "http://example.org/intake/dinsos/groups", ""]
)
def test_a_page_that_cannot_be_opened_again_leads_to_the_start(app: Flask, officer: Officer, came_from: str) -> None:
    page = outlived(app, officer)
    referer = came_from if came_from.startswith("http") or not came_from else f"http://localhost{came_from}"
    answer = page.submit(ACTION, TYPED, headers={"Referer": referer})
    assert 'href="/intake/signin?next=%2F"' in answer.text


def test_what_a_counsellor_typed_is_closed_with_the_compartments_key(app: Flask) -> None:
    counsellor = an_officer(Role.COUNSELLOR, office="dp3a-kukar")
    answer = send(
        outlived(app, counsellor), action="/intake/dp3a/protection/cases", came_from="/intake/dp3a/protection"
    )
    closed = closed_in(answer)
    assert closed.startswith("protection.")
    with app.test_request_context():
        assert kept.opened(closed, counsellor.id)
