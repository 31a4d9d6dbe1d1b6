"""What grants remembers of groups, by identifier."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.groups import rules
from shared.privacy.fields import EncryptedJSON, EncryptedText
from shared.storage import Base
from shared.storage.columns import Timestamp


class GroupFreeze(Base):
    """The latest freeze of a group of which this service was told, and the latest that is over.

    Both only ever grow, so that it does not matter in which order and how often they are heard.
    """

    __tablename__ = "group_freeze"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    frozen_at: Mapped[Timestamp | None]
    mend_by: Mapped[Timestamp | None]
    mended: Mapped[Timestamp | None]  # when the latest freeze that is over had begun

    @property
    def standing(self) -> datetime | None:
        """Until when the group has to mend; None where it is not frozen."""
        return self.mend_by if rules.is_frozen(self.frozen_at, self.mended) else None


class GroupSplit(Base):
    """Members of a group went apart, so that the goods of its grants wait to be divided."""

    __tablename__ = "group_split"
    # Which splits of a group leave its goods to be divided.
    __table_args__ = (Index("ix_group_split_group_id", "group_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    parts: Mapped[list[str]] = mapped_column(JSONB)
    split_on: Mapped[date]
    berita_acara: Mapped[str | None] = mapped_column(EncryptedText)
    names: Mapped[dict[str, str] | None] = mapped_column(EncryptedJSON)

    @property
    def groups(self) -> list[UUID]:
        """The group as it was, then those that left it."""
        return [self.group_id, *(UUID(each) for each in self.parts)]
