"""The domain's clock as the databases know it.

`kail_now()` is PostgreSQL's own clock plus the offset in `domain_clock`, a table of exactly one row. Bells ask it what
is due, so that hosts whose clocks differ agree. Only an operator (or a demonstration) moves the offset.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ScalarSelect, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.kernel import clock
from shared.storage.base import Base
from shared.storage.database import Database

NOW_FUNCTION = """
CREATE OR REPLACE FUNCTION kail_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT clock_timestamp() + (SELECT ahead FROM domain_clock) $$
"""
PUT_AHEAD = text("UPDATE domain_clock SET ahead = GREATEST(ahead, :ahead)")
FIRST_ROW = "INSERT INTO domain_clock (one, ahead) VALUES (true, interval '0') ON CONFLICT DO NOTHING"


class DomainClock(Base):
    """How far this database's domain time is ahead of real time."""

    __tablename__ = "domain_clock"
    __table_args__ = (CheckConstraint("one", name="only_one_row"),)

    one: Mapped[bool] = mapped_column(primary_key=True, default=True)
    ahead: Mapped[timedelta]


def now() -> ScalarSelect[datetime]:
    """The moment it is for the domain, for a statement that compares many rows with it.

    PostgreSQL asks a subquery once, but calls `kail_now()` for every row that a condition looks at.
    """
    return select(func.kail_now()).scalar_subquery()


def now_of(session: Session) -> datetime:
    """The moment it is for the domain by this database's own clock, whatever other databases say."""
    return session.execute(select(func.kail_now())).scalar_one()


def ahead_of(session: Session) -> timedelta:
    """How far this database's domain time is ahead of real time."""
    return session.scalar(text("SELECT ahead FROM domain_clock")) or timedelta()


def advance(databases: Iterable[Database], by: timedelta) -> None:
    """Move the domain's time forward in all databases, from where it stands; time never goes back.

    All are held while they are read and moved, so that two who advance it at once both count. Where one of them was
    behind the others (a try that reached only some), it catches up.
    """
    if by < timedelta():
        raise ValueError("the domain's clock only goes forward")
    with ExitStack() as held:
        connections = [held.enter_context(each.engine.begin()) for each in databases]
        stood = [each.scalar(text("SELECT ahead FROM domain_clock FOR UPDATE")) for each in connections]
        ahead = max(stood, default=timedelta()) + by
        for each in connections:
            each.execute(PUT_AHEAD, {"ahead": ahead})
    clock.set_offset(ahead)


def put_ahead(databases: Iterable[Database], ahead: timedelta) -> None:
    """Let the domain's time be at least so far ahead of real time in all databases; doing it again changes nothing."""
    for each in databases:
        with each.engine.begin() as connection:
            connection.execute(PUT_AHEAD, {"ahead": ahead})
    clock.set_offset(ahead)
