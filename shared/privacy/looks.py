"""Every look at a person's data is written down, in a chain that shows when a line was changed or taken out (UU PDP).

Each row's hash covers the row before it. Looks are chained one after the other under an advisory lock that lasts until
the door commits; a look that is undone with its transaction has shown nobody anything.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.kernel import clock
from shared.privacy import chain
from shared.storage import Base
from shared.storage.columns import Timestamp

CHAIN_LOCK = 0x6B61696C_6C6F6F6B  # "kaillook"


class Looker(Protocol):
    """Who looks: an officer."""

    @property
    def id(self) -> UUID:
        """The officer's own id."""

    @property
    def office(self) -> str:
        """The office she works for."""


class Look(Base):
    """One officer saw one subject's personal data, for a stated reason."""

    __tablename__ = "look"
    __table_args__ = (Index("ix_look_subject_id", "subject_id"), {"info": {"append_only": ()}})

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Timestamp]
    officer_id: Mapped[UUID]
    office: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    why: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


def log_look(session: Session, officer: Looker, subject_kind: str, subject_id: UUID, why: str) -> None:
    """Write down that the officer saw this subject's data."""
    log_looks(session, officer, subject_kind, [subject_id], why)


def log_looks(session: Session, officer: Looker, subject_kind: str, subject_ids: Iterable[UUID], why: str) -> None:
    """Write down that the officer saw the data of all these subjects at once."""
    subjects = list(subject_ids)
    if not subjects:
        return
    seq, running = chain.end(session, CHAIN_LOCK, Look.seq, Look.hash)
    at = clock.now()
    rows = []
    for subject_id in subjects:
        seq += 1
        running = chain.link(running, _content(seq, at, officer.id, officer.office, subject_kind, subject_id, why))
        rows.append(
            {
                "seq": seq,
                "at": at,
                "officer_id": officer.id,
                "office": officer.office,
                "subject_kind": subject_kind,
                "subject_id": subject_id,
                "why": why,
                "hash": running,
            }
        )
    session.execute(insert(Look), rows)


@dataclass(frozen=True)
class Seen:
    """How often one officer saw a subject's data on one day for one reason."""

    day: date
    office: str
    officer_id: UUID
    subject_id: UUID
    why: str
    times: int


def looks_at(session: Session, subject_kind: str, subject_ids: Collection[UUID]) -> list[Seen]:
    """Who looked at these subjects' data, day by day in the deployment's zone, the latest first."""
    day = func.date(func.timezone(str(clock.zone()), Look.at)).label("day")
    told = (day, Look.office, Look.officer_id, Look.subject_id, Look.why)
    rows = session.execute(
        select(*told, func.count())
        .where(Look.subject_kind == subject_kind, Look.subject_id.in_(subject_ids))
        .group_by(*told)
        .order_by(day.desc(), Look.office, Look.why, Look.officer_id)
    )
    return [Seen(*row) for row in rows]


def verify_looks(session: Session, since: chain.End = chain.BEGINNING) -> chain.Walked:
    """Walk the chain, and name the first row that was changed, or that follows one taken out.

    All of it, or, where so many lines with this last hash are known to be sound, what came after them.
    """
    said = (Look.seq, Look.at, Look.officer_id, Look.office, Look.subject_kind, Look.subject_id, Look.why)
    after = select(Look.hash, *said).where(Look.seq > since[0]).order_by(Look.seq)
    with session.execute(after.execution_options(yield_per=2_000)) as looks:
        return chain.walk(((row.seq, row.hash, _content(*row[1:])) for row in looks), since)


def _content(seq: int, at: datetime, officer: UUID, office: str, kind: str, subject: UUID, why: str) -> bytes:
    return json.dumps([seq, at.astimezone(UTC).isoformat(), str(officer), office, kind, str(subject), why]).encode()
