"""What no column can keep is refused in one place for each way in, and refusing it never fails itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from shared.kernel import storable
from shared.kernel.errors import DomainError
from shared.storage import Database
from shared.web import forms, problem
from tests.browsing import Browser, an_officer, bearer
from tests.shared.web.conftest import notes

OFFICER = an_officer()
NOTES = "/intake/v1/dinsos/notes"
DEEP = 100_000
BODIES: dict[str, str | bytes] = {
    "lists without end": "[" * DEEP,
    "lists that end": "[" * DEEP + "]" * DEEP,
    "lists deeper than any of ours": '{"lines":' + "[" * 40 + "]" * 40 + "}",
    "objects without end": '{"a":' * DEEP,
    "a number of 5,000 digits": '{"words": "a", "n": ' + "9" * 5_000 + "}",
    "a number beyond 64 bits": '{"words": "a", "n": 9223372036854775808}',
    "a number below 64 bits": '{"words": "a", "n": -9223372036854775809}',
    "a number that is none": '{"words": "a", "n": NaN}',
    "an endless number": '{"words": "a", "n": -Infinity}',
    "a power that is endless": '{"words": "a", "n": 1e400}',
    "a zero byte": '{"words": "a\\u0000b"}',
    "half a pair": '{"words": "\\ud800"}',
    "the other half": '{"words": "a\\udfffb"}',
    "a zero byte in a name": '{"words": "a", "b\\u0000": 1}',
    "half a pair in a name": '{"words": "a", "\\udc00": 1}',
    "half a pair in a list": '{"words": "a", "lines": [{"item": "\\ud800", "quantity": 1}]}',
    "half a pair alone": '"\\ud800"',
    "nothing but a number": "9" * 5_000,
    "broken": '{"words": ',
    "not UTF-8": b'{"words": "\xff\xfe"}',
    "half a pair in bytes": b'{"words": "\xed\xa0\x80"}',
    "UTF-16": '{"words": "a"}'.encode("utf-16"),
}
ADDRESSES = (
    f"{NOTES}?after=%00",
    f"{NOTES}?a%00b=1",
    f"{NOTES}?limit=9999999999999999999999",
    f"{NOTES}?limit={'9' * 5_000}",
    f"{NOTES}?limit=1.5",
    f"{NOTES}?limit=1_0",
    f"{NOTES}?limit=NaN",
    "/intake/v1/din%00sos/notes",
    "/intake/v1/notes/9223372036854775808",
    "/intake/v1/notes/4294967296",
    f"/intake/v1/notes/{'9' * 5_000}",
    "/intake/v1/notes/%00",
    "/intake/v1/notes/-1",
    "/intake/din%00sos/notes",
    "/intake/%ed%a0%80/notes",
    "/intake/dinsos/notes?x=%00",
    "/%00",
    "/intake/v1/%0d%0a",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW")
NO_WHOLE_NUMBERS: tuple[Any, ...] = (
    1.5, 1e300, True, False, "1.5", "1e3", "1_000", "٣", "", " ", "0x10", [1], {"a": 1}, 2**31, -(2**31) - 1,
    str(2**31), 2**63 - 1,
)  # fmt: skip
WHOLE_NUMBERS: tuple[Any, ...] = (1, 7.0, "7", " 7 ", "+7", 2**31 - 1)
HEADERS = ("Idempotency-Key", "If-Match", "Accept-Language", "Accept", "Content-Type", "Cookie")
HEADER_VALUES = ("\0", "a\0b", "\xff" * 300, "9" * 5_000, '"', ";;q=;=,", "*;q=nan", "language=\\000")
ORIGINS = ("http://[", "http://[::1", "\xff", "http://localhost/\0", "//", "http://localhost:x")
CURSORS = (
    "W" * 9, "%00", "WyJcdWQ4MDAiXQ", "WzFlOTk5XQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "\xff", "W1tb" * 40_000,
)  # fmt: skip
KINDS = (
    "text/plain", "application/xml", "application/json; charset=utf-7", "x" * 3_000, "multipart/form-data",
    "multipart/form-data; boundary=\0", "application/x-www-form-urlencoded",
)  # fmt: skip
FORMS: dict[str, dict[str, str]] = {
    "a zero byte": {"words": "a\0b"},
    "a zero byte in a name": {"words": "a", "b\0": "c"},
    "a name of many parts": {"words": "a", "a." * 100_000 + "b": "c"},
    "a name of parts without a word": {"words": "a", "." * 200_000: "c"},
    "a row of 5,000 digits": {"words": "a", f"lines.{'9' * 5_000}.item": "rice"},
    "a row in other digits": {"words": "a", "lines.٣.item": "rice"},
}
SAID = {"id": "tidak dapat disimpan", "en": "cannot be kept"}


def post(app: Flask, body: Any, kind: str = "application/json", **headers: str) -> TestResponse:
    """What the notebook answers a program that sends this."""
    return app.test_client().post(NOTES, data=body, headers={**bearer(OFFICER), **headers}, content_type=kind)


def refused(answer: TestResponse) -> dict[str, Any]:
    """What an answer says that is an error of the request, with a sentence and a code that can be read."""
    told: dict[str, Any] = json.loads(answer.get_data().decode())
    assert 400 <= answer.status_code < 500
    assert (told["status"], bool(told["detail"]), bool(told["code"])) == (answer.status_code, True, True)
    return told


def test_a_body_that_cannot_be_kept_is_refused(app: Flask, intake_db: Database) -> None:
    for name, body in BODIES.items():
        assert refused(post(app, body))["status"] in (400, 422), name
    assert notes(intake_db) == []


def test_the_field_that_cannot_be_kept_is_named(app: Flask) -> None:
    told = refused(post(app, '{"words": "a", "lines": [{"item": "\\ud800", "quantity": 1e999}]}'))
    assert (told["status"], told["code"]) == (422, "not-storable")
    assert set(told["errors"]) == {"lines.0.item", "lines.0.quantity"}
    told = refused(post(app, '{"words\\ud800": NaN}', **bearer(an_officer(language="id"))))
    assert told["errors"] == {"words\N{REPLACEMENT CHARACTER}": [storable.CharacterUnkept.indonesian]}


def numbers(app: Flask, given: tuple[Any, ...]) -> Iterator[tuple[Any, TestResponse]]:
    """What is answered to each of these as a quantity."""
    for each in given:
        yield each, post(app, json.dumps({"words": repr(each), "lines": [{"item": "rice", "quantity": each}]}))


def test_only_a_whole_number_that_can_be_kept_is_one(app: Flask) -> None:
    for odd, answer in numbers(app, NO_WHOLE_NUMBERS):
        assert answer.status_code == 422, odd
        assert set(answer.json["errors"]) == {"lines.0.quantity"}, odd
    for usual, answer in numbers(app, WHOLE_NUMBERS):
        assert answer.status_code == 201, usual


def test_an_address_that_cannot_be_kept_is_refused(app: Flask) -> None:
    for address in ADDRESSES:
        for method in METHODS:
            answer = app.test_client().open(address, method=method, headers=bearer(OFFICER))
            assert answer.status_code < 500, f"{method} {address}"
            if "/v1/" in address and method == "GET":
                refused(answer)


def test_no_header_breaks_anything(app: Flask) -> None:
    browser = Browser(app, OFFICER)
    for name in HEADERS:
        for value in HEADER_VALUES:
            for address in (NOTES, "/intake/dinsos/notes"):
                for method in ("GET", "POST"):
                    sent = {**bearer(OFFICER), name: value}
                    answer = browser.client.open(address, method=method, headers=sent, data="{}")
                    assert answer.status_code < 500, f"{method} {address} with {name}: {value[:20]!r}"


def test_an_origin_that_is_no_address_breaks_nothing(app: Flask) -> None:
    for origin in ORIGINS:
        answer = Browser(app).submit("/intake/dinsos/notes", {"words": "a"}, headers={"Referer": origin})
        assert answer.status_code < 500, origin


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_form_that_cannot_be_kept_gets_a_page_that_says_so(app: Flask, intake_db: Database, language: str) -> None:
    browser = Browser(app, an_officer(language=language))
    for name, form in FORMS.items():
        answer = browser.submit("/intake/dinsos/notes", form)
        assert answer.status_code == 422, name
        assert f'<html lang="{language}"' in answer.text, name
        if "zero" in name:
            assert SAID[language] in answer.text, name
    assert notes(intake_db) == []


@pytest.mark.parametrize("deep", [11, 1_000, 200_000])
def test_a_form_nested_without_end_is_refused_before_it_is_a_tree(deep: int) -> None:
    with pytest.raises(forms.NamedTooDeep):
        forms.nested({"a." * deep + "b": "c"})


def test_a_cursor_of_ones_own_making_is_refused(app: Flask) -> None:
    for cursor in CURSORS:
        answer = app.test_client().get(NOTES, query_string={"after": cursor}, headers=bearer(OFFICER))
        assert refused(answer)["status"] == 422, cursor[:20]


def test_what_is_too_large_is_refused_with_a_page_and_with_a_document(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    assert refused(post(app, json.dumps({"words": "a" * 2_000})))["status"] == 413
    page = Browser(app, OFFICER).submit("/intake/dinsos/notes", {"words": "a" * 2_000})
    assert (page.status_code, page.mimetype) == (413, "text/html")


def test_another_kind_of_body_is_refused(app: Flask) -> None:
    for kind in KINDS:
        refused(post(app, b"\xff{'words'", kind))


class NobodyKnows(DomainError):
    """Nobody knows {what}."""

    indonesian = "{what} tidak dikenal."


def test_a_sentence_with_half_a_pair_in_it_can_still_be_said(app: Flask) -> None:
    error = NobodyKnows(what="\ud800")
    with app.test_request_context("/intake/v1/x"):
        assert json.loads(problem.refuse(error).get_data().decode())["detail"] == "\ud800 tidak dikenal."
    with app.test_request_context("/intake/x"):
        assert "tidak dikenal" in problem.refuse(error).get_data().decode()


def test_what_only_the_database_refuses_is_an_error_of_the_request_and_is_noted(
    app: Flask, intake_db: Database
) -> None:
    app.testing = False
    with capture_logs() as said:
        answer = app.test_client().post(f"/intake/v1/unchecked?number={2**40}", headers=bearer(OFFICER))
    assert refused(answer)["status"] == 422
    assert notes(intake_db) == []
    (noted,) = [each for each in said if each["log_level"] == "error"]
    assert (noted["event"], noted["route"]) == ("refused-by-database", "/intake/v1/unchecked")
    assert str(2**40) not in str(noted)


@pytest.mark.parametrize(("words", "status"), [("broken", 500), ("data", 422)])
def test_an_error_where_no_trace_may_be_left_is_noted_without_its_address(app: Flask, words: str, status: int) -> None:
    app.testing = False
    with capture_logs() as said:
        answer = app.test_client().post(f"/intake/v1/unseen/{words}", headers=bearer(OFFICER))
    assert answer.status_code == status
    (noted,) = said
    assert set(noted) == {"event", "log_level", "error"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../../etc/cron.d/x\0.csv", "x.csv"),
        ("C:\\Users\\ani\\dtks.csv", "dtks.csv"),
        ("dtks\r\n.csv", "dtks.csv"),
        ("a" * 300, "a" * 200),
        ("/", ""),
        ("data \u202efdp.csv", "data fdp.csv"),
        ("Dinas Sosial é.csv", "Dinas Sosial é.csv"),
        ("\ud800.csv", ".csv"),
        (None, ""),
    ],
)
def test_an_uploaded_file_keeps_its_plain_name(sent: str | None, kept: str) -> None:
    assert storable.plain_name(sent) == kept
