"""Who is away on which days, as every service knows it: intake notes leave and tells of it.

A row is one leave as it was told last; a leave that was taken back stays, marked so, lest an older word of it be heard
later. Nothing happens when a leave begins or ends: whoever asks compares its days with the domain's own day.
"""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Select, false, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from shared.events.intake import LeaveNoted
from shared.kernel import clock
from shared.storage import Base
from shared.storage.columns import Id


class Absence(Base):
    """An officer's leave, from its first to its last day in the deployment's zone, and who stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        # who is away today
        Index("ix_absence_days", "to_on", "from_on"),
    )

    id: Mapped[Id]
    officer_id: Mapped[UUID]
    revision: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    stand_in_id: Mapped[UUID | None]
    withdrawn: Mapped[bool] = mapped_column(server_default=false())


KEPT = ("officer_id", "revision", "from_on", "to_on", "stand_in_id", "withdrawn")


def note(session: Session, told: Collection[dict[str, object]]) -> None:
    """Keep leaves as they are told; an older word of one changes nothing, nor does the same word twice."""
    newest: dict[object, dict[str, object]] = {}
    for each in told:
        known = newest.get(each["id"])
        if known is None or int(str(each["revision"])) >= int(str(known["revision"])):
            newest[each["id"]] = each
    if not newest:
        return
    row = insert(Absence).values(sorted(newest.values(), key=lambda each: str(each["id"])))
    session.execute(
        row.on_conflict_do_update(
            index_elements=["id"],
            set_={name: getattr(row.excluded, name) for name in KEPT},
            where=Absence.revision < row.excluded.revision,
        )
    )


def note_told(session: Session, told: Iterable[LeaveNoted]) -> None:
    """Keep leaves as events tell of them."""
    note(
        session,
        [
            {
                "id": each.leave_id,
                "officer_id": each.officer_id,
                "revision": each.revision,
                "from_on": each.from_on,
                "to_on": each.to_on,
                "stand_in_id": each.stand_in_id,
                "withdrawn": each.withdrawn,
            }
            for each in told
        ],
    )


def of_today(day: date | None = None) -> ColumnElement[bool]:
    """The leaves that a day lies in, today by default."""
    asked = day or clock.today()
    return ~Absence.withdrawn & (Absence.from_on <= asked) & (Absence.to_on >= asked)


def who_is_away() -> Select[UUID]:
    """The officers who are on leave today."""
    return select(Absence.officer_id).where(of_today())


def stood_in_for_by(officer_id: UUID) -> Select[UUID]:
    """Those on leave today for whom an officer stands in."""
    return select(Absence.officer_id).where(of_today(), Absence.stand_in_id == officer_id)


def nobody_stands_in_for() -> Select[UUID]:
    """Those on leave today for whom nobody stands in who is there herself."""
    other = aliased(Absence)
    today = clock.today()
    there = ~(
        select(other.id)
        .where(other.officer_id == Absence.stand_in_id, ~other.withdrawn, other.from_on <= today, other.to_on >= today)
        .exists()
    )
    return select(Absence.officer_id).where(of_today(), Absence.stand_in_id.is_(None) | ~there)


def leave_of(session: Session, officer_id: UUID, day: date | None = None) -> Absence | None:
    """The leave that an officer is on, today by default."""
    return session.scalar(select(Absence).where(Absence.officer_id == officer_id, of_today(day)).limit(1))


def among(session: Session, officers: Collection[UUID]) -> dict[UUID, Absence]:
    """The leave of those of these officers who are away today."""
    found = session.scalars(select(Absence).where(Absence.officer_id.in_(officers), of_today()))
    return {each.officer_id: each for each in found}
