"""The domain's clock as the databases know it.

`kail_now()` is PostgreSQL's own clock plus the offset in `domain_clock`, a table of exactly one row. Bells ask it what
is due, so that hosts whose clocks differ agree. Only an operator (or a demonstration) moves the offset.
"""

from collections.abc import Iterable
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


def ahead_of(session: Session) -> timedelta:
    """How far this database's domain time is ahead of real time."""
    return session.scalar(text("SELECT ahead FROM domain_clock")) or timedelta()


def advance(databases: Iterable[Database], by: timedelta) -> None:
    """Move the domain's time forward in all databases; time never goes back, so `by` must not be negative.

    Each is told the same moment, so that a try that reached only some of them can be repeated.
    """
    if by < timedelta():
        raise ValueError("the domain's clock only goes forward")
    ahead = clock.offset() + by
    for each in databases:
        with each.engine.begin() as connection:
            connection.execute(text("UPDATE domain_clock SET ahead = GREATEST(ahead, :ahead)"), {"ahead": ahead})
    clock.set_offset(ahead)
