"""One transaction a request, committed only with a good answer; the same request twice is done once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from werkzeug.test import TestResponse

from shared.identity.officer import Officer
from shared.storage import Database
from shared.web import idempotency
from tests.browsing import Browser, an_officer, bearer
from tests.shared.web.conftest import how_many, notes

SARI, DEWI = an_officer(), an_officer()


def note(app: Flask, words: Any, key: str | None = None, officer: Officer = SARI) -> TestResponse:
    headers = {**bearer(officer), **({idempotency.HEADER: key} if key else {})}
    return app.test_client().post("/intake/v1/dinsos/notes", json={"words": words}, headers=headers)


def post(app: Flask, address: str) -> TestResponse:
    return app.test_client().post(address, headers=bearer(SARI))


@pytest.fixture(autouse=True)
def nothing_left_open(intake_db: Database) -> Iterator[None]:
    """Every connection that a request took has been given back."""
    yield
    assert intake_db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_what_was_answered_well_is_committed(app: Flask, intake_db: Database) -> None:
    answer = note(app, "hello")
    assert (answer.status_code, answer.json) == (201, {"id": 1, "words": "hello"})
    assert notes(intake_db) == ["hello"]


def test_what_was_refused_is_undone(app: Flask, intake_db: Database) -> None:
    assert note(app, "LOUD").status_code == 409
    assert notes(intake_db) == []


def test_what_breaks_after_its_work_leaves_nothing_behind(app: Flask, intake_db: Database) -> None:
    app.testing = False
    assert post(app, "/intake/v1/broken").status_code == 500
    assert notes(intake_db) == []


@pytest.mark.parametrize(("when", "status"), [("reading", 200), ("refusing", 409), ("committing", 503)])
def test_a_connection_lost_at_the_very_end_spoils_no_answer_and_no_commit_passes_for_one(
    app: Flask, intake_db: Database, when: str, status: int
) -> None:
    app.testing = False
    assert post(app, f"/intake/v1/cut-off/{when}").status_code == status
    assert notes(intake_db) == []


def test_what_can_be_done_once_is_refused_to_whoever_does_it_a_second_time_at_the_same_moment(
    app: Flask, intake_db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with intake_db.transaction() as session, ThreadPoolExecutor(1) as somebody_else:
        session.execute(text("INSERT INTO test_note (words) VALUES ('hello')"))
        asked = somebody_else.submit(note, app, "hello")
        session.commit()
        answer = asked.result()
    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    page = Browser(app, SARI).submit("/intake/dinsos/notes", {"words": "hello"})
    assert (page.status_code, 'value="hello"' in page.text) == (409, True)
    assert notes(intake_db) == ["hello"]
    assert "hello" not in caplog.text


def test_another_rule_of_the_database_that_is_broken_stays_a_fault_of_ours(app: Flask, intake_db: Database) -> None:
    app.testing = False
    with intake_db.transaction() as session:
        session.execute(text("ALTER TABLE test_note ADD CONSTRAINT no_hello CHECK (words <> 'hello')"))
    try:
        assert note(app, "hello").status_code == 500
    finally:
        with intake_db.transaction() as session:
            session.execute(text("ALTER TABLE test_note DROP CONSTRAINT no_hello"))


def test_a_refusal_that_a_view_catches_undoes_its_own_block(app: Flask, intake_db: Database) -> None:
    assert post(app, "/intake/v1/caught").status_code == 200
    assert notes(intake_db) == ["kept"]


def test_a_session_that_may_only_look_cannot_write(app: Flask) -> None:
    with pytest.raises(InternalError, match="read-only"):
        post(app, "/intake/v1/write-while-reading")


def test_the_same_request_twice_is_done_once_and_answered_alike(app: Flask, intake_db: Database) -> None:
    first, second = note(app, "hello", "key-1"), note(app, "hello", "key-1")
    assert notes(intake_db) == ["hello"]
    assert (second.status_code, second.json, second.mimetype) == (first.status_code, first.json, first.mimetype)
    assert idempotency.REPLAYED not in first.headers
    assert second.headers[idempotency.REPLAYED] == "true"


def test_another_request_under_the_same_key_is_refused(app: Flask, intake_db: Database) -> None:
    note(app, "hello", "key-1")
    answer = note(app, "something else", "key-1")
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key-reused")
    assert notes(intake_db) == ["hello"]


def test_two_officers_may_choose_the_same_key(app: Flask, intake_db: Database) -> None:
    note(app, "of Sari", "key-1", SARI)
    note(app, "of Dewi", "key-1", DEWI)
    assert notes(intake_db) == ["of Sari", "of Dewi"]


def test_a_refused_request_does_not_use_its_key_up(app: Flask, intake_db: Database) -> None:
    assert note(app, "LOUD", "key-1").status_code == 409
    assert note(app, "quiet", "key-1").status_code == 201
    assert how_many(intake_db, "idempotency") == 1


def test_a_request_that_undid_a_part_of_its_work_is_still_done_once(app: Flask, intake_db: Database) -> None:
    headers = {**bearer(SARI), idempotency.HEADER: "key-1"}
    answers = [app.test_client().post("/intake/v1/caught", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers[idempotency.REPLAYED] == "true"
    assert notes(intake_db) == ["kept"]


def test_the_same_request_many_times_at_once_is_done_once(app: Flask, intake_db: Database) -> None:
    start = Barrier(6)

    def send() -> TestResponse:
        start.wait()
        return note(app, "hello", "key-1")

    with ThreadPoolExecutor(6) as pool:
        answers = [each.result() for each in [pool.submit(send) for _ in range(6)]]
    assert {answer.status_code for answer in answers} == {201}
    assert sum(idempotency.REPLAYED in answer.headers for answer in answers) == 5
    assert notes(intake_db) == ["hello"]


def test_a_double_click_on_a_page_is_one_request(app: Flask, intake_db: Database) -> None:
    page = Browser(app, SARI)
    form = {"words": "clicked", "_once": "1f0c"}
    first, second = page.submit("/intake/dinsos/notes", form), page.submit("/intake/dinsos/notes", form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert notes(intake_db) == ["clicked"]


def test_answers_are_kept_encrypted(app: Flask, intake_db: Database) -> None:
    note(app, "a name", "key-1")
    with intake_db.reading() as session:
        row = session.execute(text("SELECT body, fingerprint FROM idempotency")).one()
    assert b"a name" not in bytes(row.body) + bytes(row.fingerprint)


def test_old_answers_are_forgotten(app: Flask, intake_db: Database) -> None:
    note(app, "hello", "key-1")
    with intake_db.transaction() as session:
        idempotency.forget(session)
    assert how_many(intake_db, "idempotency") == 1
    with intake_db.transaction() as session:
        idempotency.forget(session, timedelta())
    assert how_many(intake_db, "idempotency") == 0


def test_a_key_that_is_too_long_is_refused(app: Flask) -> None:
    assert note(app, "hello", "k" * 201).json["code"] == "idempotency-key-too-long"
