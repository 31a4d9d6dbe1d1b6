"""Reads back what a service announced, so that a test can say what must have been said."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bus.models import LoggedEvent
from shared.events.envelope import Event, class_of
from shared.storage import Database


def announced(base: Database) -> list[Event]:
    """Every event in this service's log, oldest first."""
    with base.reading() as session:
        return announced_in(session)


def announced_in(session: Session) -> list[Event]:
    """The same inside a transaction that is still open."""
    rows = session.execute(select(LoggedEvent.type, LoggedEvent.body).order_by(LoggedEvent.seq)).all()
    return [class_of(kind).from_data(json.loads(body)["data"]) for kind, body in rows]
