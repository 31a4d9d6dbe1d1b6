"""A service keeps when its bells last rang, and every long time in which none did; the machine room shows it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from services import catalogue
from shared.identity.rules import Role
from shared.kernel import clock
from shared.outages import commands, queries, rules
from shared.outages.jobs import note_rings
from shared.outages.models import LastRing, Outage
from shared.outages.rules import OUTAGE_AFTER, Gap
from shared.storage import Database
from shared.storage.clock import advance
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

ADMIN = an_officer(Role.ADMINISTRATOR)
NOON = datetime(2026, 11, 30, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def ring(base: Database) -> None:
    note_rings(base.service).ring(base)


def stood_still(base: Database, by: timedelta) -> None:
    """As if the last bell had rung so long before, and nothing since."""
    with base.transaction() as session:
        session.execute(update(LastRing).values(at=LastRing.at - by))


def stand_still(base: Database, by: timedelta) -> None:
    """Let so much time go by for the domain without a bell, and not by a clock that was moved."""
    advance([base], by)
    with base.transaction() as session:
        session.execute(update(LastRing).values(ahead=LastRing.ahead + by))


def known(base: Database) -> list[Gap]:
    with base.reading() as session:
        return queries.gaps(session)


@pytest.mark.parametrize("name", ["intake", "grants", "training", "monitoring"])
def test_every_service_rings_it(name: str) -> None:
    bells = {each.task: each for each in catalogue.participants()[name].bells}
    assert bells[f"{name}.note-ring"].every == rules.RINGS_EVERY


@pytest.mark.parametrize(
    ("pause", "is_kept"),
    [
        (rules.RINGS_EVERY, False),
        (OUTAGE_AFTER, False),
        (OUTAGE_AFTER + SECOND, True),
        (timedelta(days=4), True),
        (-timedelta(days=4), False),
    ],
)
def test_only_a_long_time_without_bells_is_kept(pause: timedelta, is_kept: bool) -> None:
    assert rules.is_outage(NOON, NOON + pause) is is_kept


@pytest.mark.parametrize(
    ("moment", "lies_in_it"),
    [(-SECOND, False), (timedelta(), False), (SECOND, True), (timedelta(hours=2), True), (3 * OUTAGE_AFTER * 4, False)],
)
def test_a_moment_lies_in_it_after_the_last_bell_and_up_to_the_next(moment: timedelta, lies_in_it: bool) -> None:
    over, lasting = Gap(NOON, NOON + timedelta(hours=2)), Gap(NOON, None)
    assert over.has(NOON + moment) is lies_in_it
    assert lasting.has(NOON + moment) is (moment > timedelta())


def test_bells_that_ring_leave_one_row_and_no_outage(grants_db: Database) -> None:
    for _ in range(3):
        ring(grants_db)
        stood_still(grants_db, OUTAGE_AFTER - timedelta(minutes=1))
    with grants_db.reading() as session:
        assert len(session.scalars(select(LastRing)).all()) == 1
    assert known(grants_db) == []


def test_an_outage_is_known_while_it_lasts_and_kept_once_when_it_is_over(grants_db: Database) -> None:
    ring(grants_db)
    stood_still(grants_db, timedelta(days=4))
    (lasting,) = known(grants_db)
    assert lasting.ended_at is None
    ring(grants_db)
    ring(grants_db)
    (over,) = known(grants_db)
    assert over.began_at == lasting.began_at
    assert over.ended_at is not None
    assert timedelta(days=4) < over.ended_at - over.began_at < timedelta(days=4, minutes=5)
    assert over.put_ahead == timedelta()


def test_a_clock_that_was_moved_forward_is_told_apart(grants_db: Database) -> None:
    ring(grants_db)
    advance([grants_db], timedelta(days=3))
    stood_still(grants_db, timedelta(days=2))
    assert known(grants_db)[0].put_ahead == timedelta(days=3)
    ring(grants_db)
    (over,) = known(grants_db)
    assert over.put_ahead == timedelta(days=3)
    assert over.ended_at is not None
    assert timedelta(days=5) < over.ended_at - over.began_at < timedelta(days=5, minutes=5)


def test_moving_the_clock_is_no_outage(grants_db: Database) -> None:
    ring(grants_db)
    advance([grants_db], timedelta(days=3))
    assert known(grants_db) == []
    ring(grants_db)
    assert known(grants_db) == []


def test_a_clock_that_went_back_begins_anew(grants_db: Database) -> None:
    ring(grants_db)
    stood_still(grants_db, -timedelta(days=300))
    ring(grants_db)
    assert known(grants_db) == []
    stood_still(grants_db, timedelta(days=1))
    ring(grants_db)
    assert len(known(grants_db)) == 1


def test_two_workers_that_ring_at_once_keep_one_outage(grants_db: Database) -> None:
    ring(grants_db)
    stood_still(grants_db, timedelta(days=1))
    both = [threading.Thread(target=ring, args=(grants_db,)) for _ in range(2)]
    with grants_db.transaction() as session:
        session.execute(text("LOCK TABLE outage"))
        for each in both:
            each.start()
    for each in both:
        each.join()
    with grants_db.reading() as session:
        assert len(session.scalars(select(Outage)).all()) == 1


def test_a_backup_that_is_put_back_shows_the_time_since_it_was_made(grants_db: Database) -> None:
    ring(grants_db)
    with grants_db.reading() as session:
        backup = session.scalars(select(LastRing.at)).one() - timedelta(days=2)
    with grants_db.transaction() as session:
        session.execute(update(LastRing).values(at=backup))
        commands.note_ring(session)
    assert known(grants_db)[0].began_at == backup


def test_the_machine_room_shows_it_by_page_and_to_programs(grants_db: Database) -> None:
    browser = Browser(web_app("grants", grants_db), ADMIN)
    ring(grants_db)
    assert "No bell rang" not in browser.get("/grants/dinsos/machine/part").text
    stood_still(grants_db, timedelta(days=4))
    assert "Stands still" in browser.get("/grants/dinsos/machine/part").text
    ring(grants_db)
    page = browser.get("/grants/dinsos/machine/part").text
    assert "No bell rang from" in page
    assert "(4 days)" in page
    client = browser.app.test_client()
    told = client.get("/grants/v1/dinsos/machine", headers=bearer(ADMIN)).json
    (outage,) = told["outages"]
    assert told["rang_at"] is not None
    assert outage["put_ahead"] == 0
    assert datetime.fromisoformat(outage["ended_at"]) <= clock.now()
