"""An error is one sentence for a person and one document for a program, and never tells what it should not."""

import json
import logging
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shared.kernel import errors
from shared.kernel.errors import DomainError
from shared.storage import Database
from shared.web import problem
from shared.web.factory import create_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.web.conftest import notebook_api

OFFICER = an_officer()


def post(app: Flask, body: Any, language: str = "en") -> TestResponse:
    client = app.test_client()
    client.set_cookie("language", language)
    return client.post("/intake/v1/dinsos/notes", json=body, headers=bearer(OFFICER))


@pytest.mark.parametrize(
    ("family", "status"),
    [
        (errors.Invalid, 422),
        (errors.Unauthenticated, 401),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.Stale, 412),
        (errors.TooMany, 429),
        (errors.Unavailable, 503),
        (errors.Misaddressed, 400),
    ],
)
def test_a_family_of_errors_has_one_status(family: type[DomainError], status: int) -> None:
    class Special(family):  # type: ignore[misc,valid-type]
        """A special case of {what}."""

    assert problem.status_of(Special(what="it")) == status


def test_every_family_of_the_kernel_has_a_status() -> None:
    families = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DomainError)}
    assert families == set(problem.STATUS)


def test_a_program_gets_a_document_with_a_stable_code(app: Flask) -> None:
    answer = post(app, {"words": "LOUD"})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json == {
        "type": "urn:problem-type:kail:note-too-loud",
        "title": "Note too loud",
        "status": 409,
        "detail": '"LOUD" is too loud for us.',
        "code": "note-too-loud",
    }


def test_the_sentence_is_in_the_language_that_is_asked_for(app: Flask) -> None:
    answer = post(app, {"words": "LOUD"}, language="id")
    assert answer.json["detail"] == '"LOUD" terlalu keras untuk us.'
    assert answer.headers["Content-Language"] == "id"


def test_the_fields_at_fault_are_named_by_their_path(app: Flask) -> None:
    answer = post(app, {"words": "x" * 41, "lines": [{"item": "rice", "quantity": 0}, {"quantity": "many"}]})
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "words": ["Longer than maximum length 40."],
        "lines.0.quantity": ["Must be greater than or equal to 1."],
        "lines.1.item": ["Missing data for required field."],
        "lines.1.quantity": ["Not a valid integer."],
    }


def test_the_fields_at_fault_are_said_in_indonesian(app: Flask) -> None:
    answer = post(app, {"lines": [{"item": "beras", "quantity": 0}]}, language="id")
    assert answer.json["errors"] == {"words": ["Wajib diisi."], "lines.0.quantity": ["Paling sedikit 1."]}


def test_a_command_may_put_its_own_error_at_a_field(app: Flask) -> None:
    answer = post(app, {"words": "empty"}, language="id")
    assert answer.json["errors"] == {"words": ['"empty" terlalu keras untuk the field.']}


def test_a_row_that_is_not_there_is_not_found(app: Flask) -> None:
    answer = app.test_client().get("/intake/v1/notes/7", headers=bearer(OFFICER))
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("GET", "/intake/v1/nothing", None, 404),
        ("DELETE", "/intake/v1/dinsos/notes", None, 405),
        ("POST", "/intake/v1/dinsos/notes", b"{not json", 400),
        ("GET", "/intake/v1/dinsos/notes?limit=9999", None, 422),
    ],
)
def test_errors_of_http_are_problems_too(
    app: Flask, method: str, address: str, body: bytes | None, status: int
) -> None:
    answer = app.test_client().open(
        address, method=method, data=body, content_type="application/json", headers=bearer(OFFICER)
    )
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (status, problem.MEDIA_TYPE, status)


def test_a_wrong_method_says_which_ones_are_right(app: Flask) -> None:
    answer = app.test_client().delete("/intake/v1/dinsos/notes", headers=bearer(OFFICER))
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_person_gets_a_page_with_the_sentence(app: Flask) -> None:
    page = Browser(app, OFFICER)
    answer = page.submit("/intake/dinsos/notes", {"words": "LOUD"})
    assert (answer.status_code, answer.mimetype) == (409, "text/html")
    assert "&#34;LOUD&#34; is too loud for us." in answer.text
    assert page.get("/intake/nothing").status_code == 404


def test_a_form_shows_the_error_beside_its_field(app: Flask) -> None:
    answer = Browser(app, OFFICER).submit("/intake/dinsos/notes", {"words": " "})
    assert answer.status_code == 422
    assert 'aria-describedby="words-error" aria-invalid="true"' in answer.text
    assert "Missing data for required field." in answer.text


def test_an_unforeseen_error_is_logged_without_its_text(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.testing = False
    with caplog.at_level(logging.INFO):
        answer = app.test_client().post("/intake/v1/broken", headers=bearer(OFFICER))
    assert (answer.status_code, answer.json["code"]) == (500, "internal-server-error")
    logged = json.dumps([str(record.msg) for record in caplog.records])
    assert "6402015501900001" not in answer.text + logged + caplog.text


def test_an_absent_database_is_unavailable_rather_than_broken(home: Any) -> None:
    nowhere = Database("intake", "postgresql+psycopg://nobody@127.0.0.1:9/nothing?connect_timeout=1")
    app = create_app("intake", blueprints=[notebook_api()], database=nowhere)
    app.testing = True
    answer = app.test_client().get("/intake/v1/notes/1", headers=bearer(OFFICER))
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert app.test_client().get("/intake/health").status_code == 503
