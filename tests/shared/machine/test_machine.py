"""The machine room of a service tells how it stands, and lets an administrator set right what is held or halted."""

import threading
import time
import uuid

import pytest
from sqlalchemy import select, text

from shared.bus import broker, presence, runtime
from shared.bus.models import HeldEvent, HeldState, Subscription, SubscriptionState
from shared.identity.rules import Role
from shared.machine import queries
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.bus.harness import Pair

ADMIN = an_officer(Role.ADMINISTRATOR)
AUDITOR = an_officer(Role.AUDITOR)
ROOM = "/grants/dinsos/machine"
API = "/grants/v1/dinsos/machine"


@pytest.fixture
def pair(databases) -> Pair:
    return Pair(databases)


@pytest.fixture
def ill(pair: Pair) -> uuid.UUID:
    """A journey of whose three events the first cannot be applied by the harness; grants itself passes them by."""
    journey = uuid.uuid4()
    pair.announce(journey, "poison", "second", "third")
    pair.announce(uuid.uuid4(), "other")
    pair.settle()
    return journey


def told(pair: Pair, service: str = "grants"):
    app = web_app(service, pair.databases[service])
    return app.test_client().get(f"/{service}/v1/dinsos/machine", headers=bearer(AUDITOR)).json


def test_what_is_not_confirmed_is_told_with_its_number_and_its_age(pair: Pair) -> None:
    pair.announce(uuid.uuid4(), "first", "second")
    assert told(pair, "intake")["unnumbered"] == 2
    pair.relay.step()
    time.sleep(0.05)
    (route,) = told(pair, "intake")["routes"]
    assert (route["subscriber"], route["behind"]) == ("grants", 2)
    assert 0.05 <= route["seconds"] < 60
    pair.pump()
    (route,) = told(pair, "intake")["routes"]
    assert (route["behind"], route["seconds"]) == (0, 0.0)


def test_a_stream_that_is_held_is_one_line_with_what_waits_behind_it(pair: Pair, ill: uuid.UUID) -> None:
    standing = told(pair)
    (held,) = standing["held"]
    assert (held["stream"], held["waiting"], held["type"]) == (str(ill), 3, "intake.stage-skipped.v1")
    assert held["error"] == "Poison: this event cannot be applied"
    assert standing["hearings"][0]["held"] == 3
    page = Browser(web_app("grants", pair.target), AUDITOR).get(f"{ROOM}/part").text
    assert str(ill) in page
    assert "Try again" not in page  # an auditor reads


def test_an_error_is_told_without_the_lines_in_which_a_value_may_stand(pair: Pair, ill: uuid.UUID) -> None:
    with pair.target.transaction() as session:
        first = session.scalars(select(HeldEvent).order_by(HeldEvent.position)).first()
        first.error = "IntegrityError: duplicate key\nDETAIL: Key (name)=(Ibu Contoh) already exists."
    assert "Ibu Contoh" not in str(told(pair))


def test_trying_again_applies_a_stream_in_order_and_signs_for_it(pair: Pair, ill: uuid.UUID) -> None:
    browser = Browser(web_app("grants", pair.target), ADMIN)
    stream = {"subscriber": "grants", "source": "intake", "stream": str(ill)}
    assert browser.submit(f"{ROOM}/held/retry", stream).status_code == 303
    assert "3 events applied." in browser.get(ROOM).text
    with pair.target.reading() as session:
        assert {(each.state, each.settled_by) for each in session.scalars(select(HeldEvent))} == {
            (HeldState.APPLIED, "Petugas Uji (dinsos-kaltim)")
        }
    assert told(pair)["held"] == []
    again = browser.app.test_client().post(f"{API}/held/retry", json=stream, headers=bearer(ADMIN))
    assert (again.status_code, again.json["code"]) == (409, "not-held")


def test_leaving_out_needs_a_reason_that_is_kept_with_who_gave_it(pair: Pair, ill: uuid.UUID) -> None:
    browser = Browser(web_app("grants", pair.target), ADMIN)
    first = told(pair)["held"][0]["first"]
    assert "Leave out for good" in browser.get(f"{ROOM}/held/{first}/skip").text
    assert browser.submit(f"{ROOM}/held/{first}/skip", {"reason": " "}).status_code == 422
    assert browser.submit(f"{ROOM}/held/{first}/skip", {"reason": "announced by mistake"}).status_code == 303
    standing = told(pair)
    assert standing["held"][0]["waiting"] == 2
    (settled,) = standing["settled"]
    assert settled["reason"] == "announced by mistake"
    assert settled["by"] == "Petugas Uji (dinsos-kaltim)"
    again = browser.submit(f"{ROOM}/held/{first}/skip", {"reason": "twice"}, follow_redirects=True)
    assert "not held any more" in again.text


def test_a_halted_subscriber_is_resumed_once(pair: Pair, ill: uuid.UUID) -> None:
    with pair.source.transaction() as session:
        for each in session.scalars(select(Subscription)):
            each.state, each.alarm = SubscriptionState.HALTED, "its history differs"
    app = web_app("intake", pair.source)
    assert told(pair, "intake")["routes"][0]["alarm"] == "its history differs"
    browser = Browser(app, ADMIN)
    assert "its history differs" in browser.get("/intake/dinsos/machine/part").text
    resume = "/intake/v1/dinsos/machine/subscribers/grants/resume"
    assert app.test_client().post(resume, headers=bearer(ADMIN)).json["partitions"] > 0
    assert app.test_client().post(resume, headers=bearer(ADMIN)).status_code == 409
    assert told(pair, "intake")["routes"][0]["halted"] == []


def test_whoever_only_reads_sets_nothing_right(pair: Pair, ill: uuid.UUID) -> None:
    stream = {"subscriber": "grants", "source": "intake", "stream": str(ill)}
    app = web_app("grants", pair.target)
    answer = app.test_client().post(f"{API}/held/retry", json=stream, headers=bearer(AUDITOR))
    assert answer.status_code == 403


def test_a_relay_is_seen_while_it_leads_and_gone_when_it_ends(pair: Pair) -> None:
    assert not told(pair, "training")["relay_leads"]
    ending = threading.Event()
    base = pair.databases["training"]
    relay = threading.Thread(target=runtime.relay_while_leading, args=(base, ending.is_set))
    relay.start()
    try:
        seen = _until(lambda: [part for part in told(pair, "training")["parts"] if part["leads"]])
        assert seen[0]["part"] == "relay"
    finally:
        ending.set()
        relay.join(10)
    assert _until(lambda: not told(pair, "training")["relay_leads"])


def test_a_worker_is_seen_and_with_it_the_last_bell_that_it_heard(pair: Pair) -> None:
    rung_at = time.time() - 5
    ending = presence.stay(pair.target, "worker", lambda: rung_at)
    try:
        standing = _until(lambda: (now := told(pair)) and now["worker_works"] and now)
    finally:
        ending.set()
    assert standing["bells_ring"]
    assert [part["part"] for part in standing["parts"] if part["bell_at"]] == ["worker"]
    assert _until(lambda: not told(pair)["worker_works"])


def test_what_waits_in_a_queue_is_counted_and_an_empty_queue_is_nought(home) -> None:
    def waiting() -> int | None:
        return {each.queue: each.waiting for each in broker.depths("training")}["training.slow"]

    before = waiting()
    assert before is not None
    broker.publish("training.slow", "training.nothing", {})
    assert waiting() == before + 1
    with broker.make_app("training").connection_for_write() as connection:
        connection.default_channel.queue_purge("training.slow")
    assert waiting() == 0


def test_a_database_that_is_behind_its_release_is_told(pair: Pair) -> None:
    standing = told(pair)
    assert standing["release"]["is_current"]
    with pair.target.reading() as session:
        assert standing["release"]["schema"] == session.scalar(text("SELECT version_num FROM schema_version"))
    assert not queries.Release("0.1.0", "3.11", "18", "0001", "0002").is_current


def _until(asked):
    for _ in range(100):
        if found := asked():
            return found
        time.sleep(0.1)
    pytest.fail("it was never so")
