"""A row of what waits for an officer, and how a service gathers its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.calendar import half_way
from shared.referrals.rules import Lateness, lateness

MOST = 30
"""Rows that one source gives; the rest is counted."""
RANKS = {Lateness.LATE: 0, Lateness.NEAR: 1, None: 2, Lateness.SAFE: 3}
"""What comes first: what has no date stands between what is urgent and what is not."""


@dataclass(frozen=True, slots=True)
class Row:
    """One act that waits for an officer: what, about whom, until when, and where it is done."""

    kind: str
    """What it is, for programs: `referral`, `task`."""
    act: str
    what: str
    about: str
    address: str
    due_at: datetime | None = None
    remind_at: datetime | None = None

    @property
    def lateness(self) -> Lateness | None:
        """How it stands against its date; None without one."""
        if self.due_at is None:
            return None
        return lateness(clock.now(), self.remind_at or self.due_at, self.due_at)

    @property
    def rank(self) -> int:
        """Where it stands among the others: late, nearly due, without a date, on time."""
        return RANKS[self.lateness]


@dataclass(frozen=True, slots=True)
class Part:
    """What waits for an officer in one place, the most urgent first, and how much there is of it in all."""

    rows: Sequence[Row] = ()
    total: int = 0
    late: int = 0
    near: int = 0


Source = Callable[[Session, Officer], Part]


def dated(since: datetime, due_at: datetime) -> dict[str, datetime]:
    """The dates of a row that is nearly due once half of its working days are gone, as a referral is."""
    return {"due_at": due_at, "remind_at": half_way(since, due_at)}


def listed(rows: Sequence[Row], total: int | None = None) -> Part:
    """A part that gives all its rows, or those that it was asked for of so many."""
    return Part(
        rows,
        len(rows) if total is None else total,
        late=sum(each.lateness is Lateness.LATE for each in rows),
        near=sum(each.lateness is Lateness.NEAR for each in rows),
    )


def gathered(session: Session, officer: Officer, sources: Iterable[Source]) -> Part:
    """What waits for an officer in one service."""
    parts = [source(session, officer) for source in sources]
    rows = sorted(chain.from_iterable(each.rows for each in parts), key=_order)
    total, late, near = (sum(getattr(each, name) for each in parts) for name in ("total", "late", "near"))
    return Part(rows[:MOST], total, late, near)


def _order(row: Row) -> tuple[int, datetime, str]:
    return row.rank, row.due_at or datetime.max.replace(tzinfo=clock.now().tzinfo), row.address
