"""A long list in pages: everything once, in order, while it grows."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from shared.kernel.clock import now
from shared.kernel.ids import new_id
from shared.storage import Database
from shared.web import paging
from tests.browsing import an_officer, bearer
from tests.shared.web.conftest import NOTES, Note


def fill(database: Database, count: int) -> None:
    with database.transaction() as session:
        session.execute(insert(NOTES), [{"words": f"note {number:03}"} for number in range(count)])


def test_pages_give_everything_once_and_in_order(app: Flask, intake_db: Database) -> None:
    fill(intake_db, 23)
    client, seen, after = app.test_client(), [], ""
    for _ in range(3):
        query = {"limit": 10, **({"after": after} if after else {})}
        page = client.get("/intake/v1/dinsos/notes", query_string=query, headers=bearer(an_officer())).json
        seen += [each["words"] for each in page["items"]]
        after = page["next"]
    assert after is None
    assert seen == [f"note {number:03}" for number in range(23)]


def test_newest_first_goes_the_other_way(app: Flask, intake_db: Database) -> None:
    fill(intake_db, 5)
    with intake_db.reading() as session:
        first = paging.page(session, select(Note), Note.words, Note.id, limit=3, newest_first=True)
        rest = paging.page(session, select(Note), Note.words, Note.id, limit=3, newest_first=True, after=first.next)
    assert [note.id for note in [*first.items, *rest.items]] == [5, 4, 3, 2, 1]
    assert rest.next is None


@pytest.mark.parametrize("after", ["nonsense", "W10", "WyJ0ZXh0Il0", "bnVsbA", "é"])
def test_a_cursor_that_is_none_is_refused(app: Flask, after: str) -> None:
    answer = app.test_client().get(
        "/intake/v1/dinsos/notes", query_string={"after": after}, headers=bearer(an_officer())
    )
    assert (answer.status_code, answer.json["code"]) == (422, "cursor-unreadable")


@given(st.integers(-(2**63), 2**63 - 1), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_cursor_says_where_it_was_made(number: int, words: str) -> None:
    assert paging._read(paging._write([number, words]), [Note.id, Note.words]) == [number, words]


def test_a_cursor_carries_ids_and_moments() -> None:
    for value in (new_id(), now(), now().date()):
        cursor = paging._write([value])
        plain = paging.json.loads(paging.urlsafe_b64decode(cursor + "=="))[0]
        assert paging._as(type(value), plain) == value
