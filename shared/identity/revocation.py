"""Ends of access: whose tokens are good no longer, although they have not run out.

Intake writes them with whatever ended the access, and tells the other services; each keeps its own, so that none has to
ask intake. A row is about an officer (every token issued to her until then) or about one session of hers (all of its
tokens), and is dropped when no token issued before can still be alive. Times are real, never the domain's.
"""

import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.identity import tokens
from shared.identity.rules import TokenRefused
from shared.identity.tokens import Token
from shared.storage import Base, Database
from shared.storage.columns import Timestamp

OUTLIVED = timedelta(seconds=tokens.LIFETIME + 2 * tokens.LEEWAY)
"""How long after its end a token may still be alive by what it says itself."""
REMEMBERED = timedelta(days=100)
"""How long it is known that an officer has left; whoever names colleagues has forgotten her before."""
GOOD_FOR = 1.0
"""Seconds for which a process need not ask again whether a token is good."""
MOST_KNOWN = 10_000


class Revocation(Base):
    """No token of this officer issued until `not_before`, or of this session, is good; both in real time.

    `closed_at` is when her account was closed or she left her office, `back_at` when a token issued later was seen:
    each only grows, so that ends may be heard in any order and twice.
    """

    __tablename__ = "revocation"

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    not_before: Mapped[Timestamp]
    closed_at: Mapped[Timestamp | None]
    back_at: Mapped[Timestamp | None]
    until: Mapped[Timestamp] = mapped_column(index=True)


_good: dict[tuple[str, UUID, float], float] = {}
"""When a service last found a token good, by its session and the moment of its issue."""


def real_now() -> datetime:
    """The real moment it is, in UTC: what ends access never asks the domain's clock."""
    return datetime.fromtimestamp(time.time(), UTC)


def revoke(session: Session, subject: UUID, ended_at: datetime, *, closed: bool = False) -> None:
    """Refuse an officer's tokens issued until then, or all of a session; `closed` also says that she has left."""
    revoke_all(session, [subject], ended_at, closed=closed)


def revoke_all(session: Session, subjects: Collection[UUID], ended_at: datetime, *, closed: bool = False) -> None:
    """Refuse the tokens of several officers or sessions at once."""
    if not subjects:
        return
    said = {
        "not_before": ended_at,
        "closed_at": ended_at if closed else None,
        "until": ended_at + (REMEMBERED if closed else OUTLIVED),
    }
    row = insert(Revocation).values([{"subject": each, **said} for each in sorted(set(subjects))])
    later = {name: func.greatest(getattr(Revocation, name), row.excluded[name]) for name in GROWING}
    session.execute(row.on_conflict_do_update(index_elements=["subject"], set_=later))
    _good.clear()


GROWING = ("not_before", "closed_at", "until")


def hold(database: Database, token: Token) -> None:
    """Let a token pass that no end is known of; raises TokenRefused. It costs one query a second for each session."""
    known = (database.service, token.session_id, token.issued_at)
    asked_at = time.monotonic()
    if asked_at - _good.get(known, -GOOD_FOR) < GOOD_FOR:
        return
    with database.reading() as session:
        if session.scalar(ends_of(token)) is not None:
            raise TokenRefused
    if len(_good) >= MOST_KNOWN:
        _good.clear()
    _good[known] = asked_at


def ends_of(token: Token) -> Select[UUID]:
    """The ends that concern a token."""
    issued_at = datetime.fromtimestamp(token.issued_at, UTC)
    return (
        select(Revocation.subject)
        .where(
            Revocation.subject.in_([token.officer.id, token.session_id]),
            or_(Revocation.subject == token.session_id, Revocation.not_before >= issued_at),
        )
        .limit(1)
    )


def came_back(session: Session, officer_id: UUID, issued_at: float) -> None:
    """Note that an officer who had left was given a token since: she works somewhere again."""
    moment = datetime.fromtimestamp(issued_at, UTC)
    session.execute(
        update(Revocation)
        .where(Revocation.subject == officer_id, Revocation.closed_at < moment)
        .values(back_at=func.greatest(Revocation.back_at, moment))
    )


def has_left() -> ColumnElement[bool]:
    """The rows of officers who have left and not come back."""
    return and_(
        Revocation.closed_at.is_not(None),
        or_(Revocation.back_at.is_(None), Revocation.back_at <= Revocation.closed_at),
    )


def who_left(session: Session, officers: Collection[UUID]) -> set[UUID]:
    """Those of these officers who have left."""
    return set(session.scalars(select(Revocation.subject).where(Revocation.subject.in_(officers), has_left())))


def forget(session: Session) -> None:
    """Drop the ends that no living token can meet any more."""
    session.execute(delete(Revocation).where(Revocation.until < real_now()))
