"""The heads of logs that were told or heard, and what the last look at the own log found."""

from datetime import date

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Timestamp


class Anchor(Base):
    """A log had so many lines, and this was the hash of the last: told by ourselves, or heard from another service.

    Of a sealed log no number is told (0), and the hash is the seal of the day.
    """

    __tablename__ = "anchor"
    __table_args__ = ({"info": {"append_only": ()}},)

    log: Mapped[str] = mapped_column(primary_key=True)  # `grants.look`
    lines: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[date]
    noted_at: Mapped[Timestamp]


class LogCheck(Base):
    """What the last look at an own log found: up to which line it was walked, and the first that does not fit."""

    __tablename__ = "log_check"

    log: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
    checked_at: Mapped[Timestamp]
    lines: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    broken_at: Mapped[int | None] = mapped_column(BigInteger)
