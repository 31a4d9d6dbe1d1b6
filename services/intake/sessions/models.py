"""An officer's sessions as intake keeps them: the one place that says whether a token may be renewed."""

from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage.base import Base
from shared.storage.columns import Id, Timestamp


class OfficerSession(Base):
    """What one sign-in began, by page or by a program; its times are real, never the domain's.

    `place` is a keyed hash of the network that it was opened from, `browser` names a family and no version.
    """

    __tablename__ = "officer_session"

    id: Mapped[Id]
    officer_id: Mapped[UUID] = mapped_column(index=True)
    program: Mapped[bool]
    key_id: Mapped[UUID | None] = mapped_column(index=True)  # of the key by which a program signed in
    browser: Mapped[str] = mapped_column(Text)
    place: Mapped[bytes] = mapped_column(LargeBinary)
    signed_in_at: Mapped[Timestamp]
    seen_at: Mapped[Timestamp] = mapped_column(index=True)
    ended_at: Mapped[Timestamp | None]
