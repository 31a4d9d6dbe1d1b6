"""What is known of the ends of access: which tokens they meet, and who has left."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.identity import revocation, tokens
from shared.identity.revocation import Revocation, hold, real_now, revoke, revoke_all
from shared.identity.rules import TokenRefused
from shared.identity.tokens import Token
from shared.kernel.ids import new_id
from shared.storage import Database
from tests.browsing import an_officer

HER = an_officer()


def a_token(monkeypatch: pytest.MonkeyPatch, *, session_id: UUID | None = None, age: float = 0) -> Token:
    with monkeypatch.context() as patch:
        then = time.time() - age
        patch.setattr(tokens.time, "time", lambda: then)
        text = tokens.issue(HER, session_id=session_id)
    return tokens.read(text)


def is_good(database: Database, token: Token) -> bool:
    try:
        hold(database, token)
    except TokenRefused:
        return False
    return True


def test_a_session_that_is_good_says_nothing_of_another(intake_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation.time, "time", lambda: 1_800_000_000.0)
    one, other = tokens.read(tokens.issue(HER)), tokens.read(tokens.issue(HER))
    assert one.issued_at == other.issued_at
    with intake_db.transaction() as session:
        revoke(session, other.session_id, real_now())
    assert (is_good(intake_db, one), is_good(intake_db, other)) == (True, False)


def test_a_fresh_token_of_a_session_says_nothing_of_an_older_one(
    intake_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = new_id()
    old, fresh = (a_token(monkeypatch, session_id=known, age=age) for age in (60, 0))
    with intake_db.transaction() as session:
        revoke(session, HER.id, real_now() - timedelta(seconds=30))
    assert (is_good(intake_db, fresh), is_good(intake_db, old)) == (True, False)


def test_what_one_service_has_heard_another_asks_for_itself(
    intake_db: Database, training_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = a_token(monkeypatch)
    with training_db.transaction() as session:
        revoke(session, HER.id, real_now())
    assert (is_good(intake_db, token), is_good(training_db, token)) == (True, False)


def test_a_process_remembers_only_so_many(intake_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "MOST_KNOWN", 3)
    for _ in range(5):
        assert is_good(intake_db, a_token(monkeypatch))
    assert 0 < len(revocation._good) <= 3


def test_nobody_is_no_end(intake_db: Database) -> None:
    with intake_db.transaction() as session:
        revoke_all(session, [], real_now(), closed=True)
        assert session.scalars(select(Revocation)).all() == []


NOON = datetime.fromtimestamp(1_800_000_000, UTC)
CLOSED, SEEN = "closed", "seen"


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("heard", "has_left"),
    [
        ([(CLOSED, 0)], True),
        ([(CLOSED, 0), (SEEN, -5)], True),  # issued before, heard after: she is not back
        ([(CLOSED, 0), (SEEN, 0)], True),
        ([(CLOSED, 0), (SEEN, 1)], False),
        ([(CLOSED, 0), (SEEN, 20), (SEEN, 10), (CLOSED, 15)], False),  # the later of two that were seen counts
        ([(CLOSED, 0), (SEEN, 20), (SEEN, 10), (CLOSED, 20)], True),
        ([(CLOSED, 10), (SEEN, 20), (CLOSED, 5)], False),
        ([(SEEN, 5), (CLOSED, 0)], True),  # nothing was closed when it was seen: the next request says it again
    ],
)
def test_who_has_left_in_whatever_order_it_is_heard(
    grants_db: Database, heard: list[tuple[str, int]], has_left: bool
) -> None:
    colleague = new_id()
    with grants_db.transaction() as session:
        revoke(session, colleague, NOON, closed=True)
        for what, minutes in heard:
            if what == CLOSED:
                revoke(session, HER.id, at(minutes), closed=True)
            else:
                revocation.came_back(session, HER.id, at(minutes).timestamp())
        assert (revocation.who_left(session, [HER.id]) == {HER.id}) is has_left
        assert revocation.who_left(session, [HER.id, colleague]) >= {colleague}
        assert revocation.who_left(session, [new_id()]) == set()


def test_an_end_that_is_no_closing_makes_nobody_leave(grants_db: Database) -> None:
    with grants_db.transaction() as session:
        revoke(session, HER.id, real_now())
        assert revocation.who_left(session, [HER.id]) == set()
