"""A page hears of a change while its stream is open, on a real database; the number of streams is bounded."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.storage import Database
from shared.web import live
from shared.web.live import Stream, TooManyStreams, Watch
from tests.waiting import PATIENCE

CHANNEL = "kail_test_watch"


@pytest.fixture
def watch(intake_db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """What is watched is the clock's offset: the one row that every service has."""
    monkeypatch.setattr(live, "LINGER", 0.05)
    monkeypatch.setattr(live, "TICK", 0.1)
    made = Watch(intake_db, CHANNEL, state)
    yield made
    listener = made._listener
    if listener is not None:
        listener.join(timeout=PATIENCE)
    assert made.streams == 0


def state(session: Session) -> str:
    return str(session.scalar(text("SELECT extract(epoch FROM ahead)::int FROM domain_clock")))


def change(base: Database, seconds: int) -> None:
    with base.transaction() as session:
        session.execute(text("UPDATE domain_clock SET ahead = make_interval(secs => :seconds)"), {"seconds": seconds})
        session.execute(text(f"NOTIFY {CHANNEL}"))


def test_a_stream_tells_of_a_change_once_it_is_committed(watch: Watch, intake_db: Database) -> None:
    stream = Stream(watch, "0")
    assert next(stream).startswith(":")
    threading.Timer(0.3, change, [intake_db, 60]).start()
    assert next(stream) == "event: changed\nid: 60\ndata: 60\n\n"
    stream.close()


def test_a_stream_whose_page_is_behind_tells_at_once(watch: Watch) -> None:
    stream = Stream(watch, "what the page was made of")
    next(stream)
    assert next(stream).startswith("event: changed\nid: 0\n")
    stream.close()


def test_a_silent_stream_says_that_it_is_there_and_ends_in_time(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.1)
    monkeypatch.setattr(live, "LONGEST", 0.5)
    messages = list(Stream(watch, "0"))
    assert 2 <= len(messages) <= 7
    assert all(each.startswith(":") for each in messages)
    assert watch.streams == 0


def test_whoever_comes_too_late_is_refused_until_a_place_is_free(watch: Watch) -> None:
    streams = [Stream(watch, "0") for _ in range(live.MOST_STREAMS)]
    with pytest.raises(TooManyStreams):
        Stream(watch, "0")
    streams[0].close()
    streams[0].close()
    Stream(watch, "0").close()
    for each in streams:
        each.close()
    assert watch.streams == 0


def test_what_the_browser_heard_last_counts_more_than_its_page(watch: Watch) -> None:
    app = Flask(__name__)
    with app.test_request_context(headers={"Last-Event-ID": "old"}):
        answer = watch.stream("0")
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    told = iter(answer.response)
    next(told)
    assert "id: 0" in str(next(told))
    answer.close()


def test_the_listener_goes_when_nobody_watches_and_comes_back(watch: Watch, intake_db: Database) -> None:
    first = Stream(watch, "0")
    listener = watch._listener
    assert listener is not None
    first.close()
    listener.join(timeout=PATIENCE)
    assert not listener.is_alive()
    second = Stream(watch, "0")
    next(second)
    threading.Timer(0.3, change, [intake_db, 90]).start()
    assert "id: 90" in next(second)
    second.close()
