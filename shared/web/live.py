"""How a page hears that what it shows has changed: a stream of server-sent events (WHATWG HTML, section 9.2).

One thread per process listens to PostgreSQL (LISTEN) and wakes every open stream; a stream only says *that* something
changed, under an identifier, and the page asks for its part again. Each stream keeps a thread of the web server, so
their number is bounded: whoever comes too late is refused and asks now and then instead. A stream ends after some
minutes, so that a closed account, a sign-out and a restart take effect.
"""

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
from flask import Response, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.kernel.errors import Unavailable
from shared.kernel.logging import get_logger
from shared.storage import Database

log = get_logger(__name__)

MOST_STREAMS = 12
"""Open streams in one process at most; `services.supervise.parts` gives the web server so many threads more."""
HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it is there: shorter than the patience of any proxy."""
LONGEST = 5 * 60.0
"""Seconds after which a stream ends; the page opens another one, and is asked anew who it belongs to."""
LINGER = 2.0
"""Seconds in which several changes are told as one."""
LOOK_ANYWAY = 30.0
"""Seconds after which it is asked for a change that nobody announced: a new day, or a connection that broke."""
TICK = 1.0
"""Seconds after which the listener looks whether it is still wanted."""


class TooManyStreams(Unavailable):
    """Too many pages are open at the moment; this one asks for news now and then instead."""

    indonesian = "Terlalu banyak halaman sedang terbuka; halaman ini menanyakan kabar baru secara berkala."


class Watch:
    """What the streams of one process wait for: the state of something in a database, named by a short text."""

    def __init__(self, database: Database, channel: str, state: Callable[[Session], str]) -> None:
        self.database, self.channel, self.state = database, channel, state
        self.known = ""
        self.streams = 0
        self._changed = threading.Condition()
        self._listener: threading.Thread | None = None

    def stream(self, known: str) -> Response:
        """An answer that tells whenever the state is another than `known`; raises TooManyStreams.

        What the browser heard last (`Last-Event-ID`) counts more than what its page was made of.
        """
        messages = Stream(self, request.headers.get("Last-Event-ID") or known)
        response = Response(messages, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # nginx would keep back what it has until its buffer is full
        return response

    def enter(self) -> None:
        """Count a stream in and see to it that somebody listens; raises TooManyStreams."""
        with self._changed:
            if self.streams >= MOST_STREAMS:
                raise TooManyStreams
            self.streams += 1
            if self._listener is None:
                self._listener = threading.Thread(target=self._listen, name=f"watch-{self.channel}", daemon=True)
                self._listener.start()

    def leave(self) -> None:
        """Count a stream out."""
        with self._changed:
            self.streams -= 1

    def other_than(self, known: str, seconds: float) -> str | None:
        """The state as soon as it is another one; None when it stays the same for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self.known not in ("", known), seconds)
            return self.known if self.known not in ("", known) else None

    def _listen(self) -> None:
        while self._is_wanted():
            try:
                self._follow()
            except (psycopg.Error, DBAPIError) as error:
                log.warning("watch-lost-database", channel=self.channel, error=type(error).__name__)
                time.sleep(TICK)

    def _is_wanted(self) -> bool:
        with self._changed:
            if self.streams == 0:
                self._listener, self.known = None, ""
            return self.streams > 0

    def _follow(self) -> None:
        """Listen on a connection of our own until it breaks or nobody watches any more."""
        with psycopg.connect(self.database.dsn, autocommit=True) as connection:
            connection.execute(f"LISTEN {self.channel}".encode())
            self._look()
            looked = time.monotonic()
            while self.streams:
                told = any(connection.notifies(timeout=TICK, stop_after=1))
                if told:
                    time.sleep(LINGER)
                    list(connection.notifies(timeout=0))
                if told or time.monotonic() - looked > LOOK_ANYWAY:
                    self._look()
                    looked = time.monotonic()

    def _look(self) -> None:
        with self.database.reading() as session:
            state = self.state(session)
        with self._changed:
            self.known = state
            self._changed.notify_all()


class Stream:
    """The body of one open answer; it gives its place back when it ends, however it ends."""

    def __init__(self, watch: Watch, known: str) -> None:
        self.watch = watch
        self._open = False
        watch.enter()
        self._open = True
        self._messages = self._tell(known)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._messages)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place back; whoever serves the answer calls it when the browser has gone."""
        if self._open:
            self._open = False
            self.watch.leave()

    def __del__(self) -> None:
        self.close()

    def _tell(self, known: str) -> Iterator[str]:
        ends = time.monotonic() + LONGEST
        yield ": open\n\n"
        while time.monotonic() < ends:
            state = self.watch.other_than(known, HEARTBEAT)
            if state is None:
                yield ": still here\n\n"
                continue
            known = state
            yield f"event: changed\nid: {state}\ndata: {state}\n\n"
