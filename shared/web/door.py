"""Door 1: where a request's transaction is opened, and the only place where it is committed.

A request has one transaction. It is committed when the answer has been made and is no error: an answer that could not
be rendered has changed nothing. What the request asked for and its answer under an Idempotency-Key share that
transaction.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.kernel.errors import Conflict
from shared.storage import Database
from shared.web import idempotency, problem
from shared.web.sessions import current_officer

__all__ = ["current_officer", "database", "looking", "reading", "transaction", "trying", "undo"]


class Undone(Exception):
    """Thrown into a transaction to undo it."""


@dataclass
class Work:
    """The transaction of a request while it is open."""

    manager: AbstractContextManager[Session]
    session: Session

    def commit(self) -> None:
        self.manager.__exit__(None, None, None)

    def undo(self) -> None:
        with suppress(DBAPIError):  # a connection that broke meanwhile has undone it already
            self.manager.__exit__(Undone, Undone(), None)


def database() -> Database:
    """The database of the service that answers this request."""
    return cast("Database", current_app.extensions["kail"].database())


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's transaction; an exception that leaves the block undoes it at once.

    Whoever does at the same moment as somebody else what can be done once is told so: raises Conflict where an index
    finds it only as the row is written.
    """
    session = _work().session
    try:
        yield session
        session.flush()
    except IntegrityError as broken:
        undo()
        if not isinstance(broken.orig, UniqueViolation):
            raise
        problem.log_failure("done-twice-at-once", broken)
        raise Conflict from broken
    except BaseException:
        undo()
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """A session that can only look; it stays open until the answer has been rendered."""
    if "reading" not in g:
        g.reading = ExitStack()
        g.looking = g.reading.enter_context(database().reading())
    yield g.looking


@contextmanager
def trying() -> Iterator[Session]:
    """A transaction of its own that is taken back in any case: what would be done is only looked at."""
    with suppress(Undone), database().transaction() as session:
        yield session
        raise Undone


@contextmanager
def looking() -> Iterator[Session]:
    """A transaction of its own for a page that writes down who looked.

    Where the page is shown again with what was wrong, the answer is an error and the request's transaction is undone;
    the look has happened all the same.
    """
    with database().transaction() as session:
        yield session


def answer_again() -> Response | None:
    """The first answer, if this very request was answered before under its Idempotency-Key."""
    key = idempotency.key_of_request()
    if key is None:
        return None
    officer = current_officer()
    known = idempotency.claim(_work().session, officer.id, key)
    if known is None:
        g.claimed = (officer.id, key)
        return None
    answer = known.replay()
    undo()
    return answer


def close(response: Response) -> Response:
    """Commit what the request did if its answer is no error, else undo it."""
    if response.status_code >= 400:
        undo()
        return response
    work: Work | None = g.pop("work", None)
    if work is None:
        return response
    try:
        if "claimed" in g:
            officer_id, key = g.claimed
            idempotency.remember(work.session, officer_id, key, response)
    except BaseException:
        work.undo()
        raise
    work.commit()
    return response


def leave(_error: BaseException | None = None) -> None:
    """Let go of whatever is still open when the request is over."""
    undo()
    looking: ExitStack | None = g.pop("reading", None)
    if looking is not None:
        with suppress(DBAPIError):  # it broke meanwhile: what was read is read, and the answer made
            looking.close()


def install(app: Flask) -> None:
    """Give an app its door; called first, because what is registered first answers last."""
    app.after_request(close)
    app.teardown_request(leave)


def _work() -> Work:
    if "work" not in g:
        manager = database().transaction()
        g.work = Work(manager, manager.__enter__())
    work: Work = g.work
    return work


def undo() -> None:
    """Take back all that this request has done so far."""
    work: Work | None = g.pop("work", None)
    if work is not None:
        work.undo()
