"""In which capacity somebody signed: what a service remembers of those who act for a post.

What is decided stands in a hundred tables with who decided and when. So the capacity is kept once, beside them: an
acting official is noted by her token before anything that she asks for is done, and what she signed at a moment is read
from that. A row is never changed but for its end, and outlives her account: a decision names her so for good.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Text, and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.identity.officer import Officer
from shared.kernel import clock
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp

KNOWN = "acting_terms"


class ActingTerm(Base):
    """An appointment as its holder came by with it; over with `until`, or at `ended_at` when it was ended before."""

    __tablename__ = "acting_term"
    __table_args__ = (Index("ix_acting_term_officer", "officer_id"),)

    id: Mapped[Id]
    officer_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(EncryptedText)
    post: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    since: Mapped[Timestamp]
    until: Mapped[date]
    ended_at: Mapped[Timestamp | None]

    def covers(self, at: datetime | date) -> bool:
        """Whether what was signed then was signed in this capacity."""
        if isinstance(at, datetime):
            day = at.astimezone(clock.zone()).date()
            return self.since <= at and day <= self.until and (self.ended_at is None or at < self.ended_at)
        last = self.until if self.ended_at is None else min(self.until, _day(self.ended_at))
        return _day(self.since) <= at <= last

    @property
    def signs(self) -> str:
        """Her name with the capacity."""
        return f"{self.name}, {self.title}"


def note(session: Session, officer: Officer) -> None:
    """Remember in which capacity an officer comes by; one that she comes by without is over."""
    acting = officer.acting
    still = () if acting is None else (ActingTerm.id != acting.id,)
    session.execute(
        update(ActingTerm)
        .where(ActingTerm.officer_id == officer.id, ActingTerm.ended_at.is_(None), *still)
        .values(ended_at=clock.now())
    )
    if acting is not None:
        told = {"id": acting.id, "officer_id": officer.id, "name": officer.name, "post": acting.post.value}
        told |= {"title": acting.title, "since": acting.since, "until": acting.until}
        session.execute(insert(ActingTerm).values(told).on_conflict_do_nothing())


def current() -> ColumnElement[bool]:
    """The terms that run now."""
    return and_(ActingTerm.ended_at.is_(None), ActingTerm.until >= clock.today())


def signature(session: Session, who: UUID | None, at: datetime | date | None) -> str:
    """How an acting official is named who signed then; nothing for whoever signed as herself.

    At a moment, or on a day where no more is kept. The terms are few, and are read once for each session.
    """
    if who is None or at is None:
        return ""
    if KNOWN not in session.info:
        session.info[KNOWN] = session.scalars(select(ActingTerm).order_by(ActingTerm.since)).all()
    terms: Sequence[ActingTerm] = session.info[KNOWN]
    return next((each.signs for each in terms if each.officer_id == who and each.covers(at)), "")


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.zone()).date()
