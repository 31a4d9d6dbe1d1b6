"""What grants remembers of groups, by identifier."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.grants.groups import rules
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
