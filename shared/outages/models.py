"""When the bells last rang, and the times in which they did not."""

from datetime import timedelta

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Timestamp


class LastRing(Base):
    """The one row that says when a bell last rang here, and how far the domain's clock was ahead then."""

    __tablename__ = "last_ring"
    __table_args__ = (CheckConstraint("one", name="only_one_row"),)

    one: Mapped[bool] = mapped_column(primary_key=True, default=True)
    at: Mapped[Timestamp]
    ahead: Mapped[timedelta]


class Outage(Base):
    """No bell rang from one moment to another; `put_ahead` is how much of that the clock was moved forward by hand."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("began_at < ended_at", name="times_in_order"),)

    began_at: Mapped[Timestamp] = mapped_column(primary_key=True)
    ended_at: Mapped[Timestamp]
    put_ahead: Mapped[timedelta]
