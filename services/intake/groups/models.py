"""Groups and their dated memberships: a member who leaves stays on record."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.groups.rules import MemberRole
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class BusinessGroup(Base):
    """A business group; aid belongs to the group, not to its members."""

    __tablename__ = "business_group"
    __table_args__ = (
        Index("ix_business_group_area", "area", "id", postgresql_ops={"area": "text_pattern_ops"}),
        # A group's page names those that left it; hardly any group did.
        Index("ix_business_group_split_from", "split_from", postgresql_where=text("split_from IS NOT NULL")),
    )

    id: Mapped[Id]
    name: Mapped[str]
    area: Mapped[str]
    line_of_business: Mapped[str]
    office: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[Timestamp]
    berita_acara: Mapped[str | None]
    deliberated_on: Mapped[date | None]
    least_members: Mapped[int | None]
    frozen_at: Mapped[Timestamp | None]
    mend_by: Mapped[Timestamp | None]
    dissolved_on: Mapped[date | None]
    dissolved_by: Mapped[str | None]  # the minutes (berita acara) of the deliberation that ended it
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("business_group.id"))
    split_from: Mapped[UUID | None] = mapped_column(ForeignKey("business_group.id"))


class GroupMember(Base):
    """A person belongs, or belonged, to a group; she belongs to one at a time."""

    __tablename__ = "group_member"
    __table_args__ = (
        Index("uq_group_member_current", "person_id", unique=True, postgresql_where=text("left_on IS NULL")),
        Index("ix_group_member_group_id", "group_id"),
        CheckConstraint("joined_on <= left_on", name="in_order"),
    )

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("business_group.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[MemberRole] = mapped_column(enum_text(MemberRole))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
