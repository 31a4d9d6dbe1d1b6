"""Who recruited whom, in which programme, and which new group came of it: kept for good, as cumulative coverage."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Id, Timestamp


class Recruit(Base):
    """A candidate whom a member has named. Once the recruitment is closed she waits for, or has, a group of her own."""

    __tablename__ = "recruit"
    __table_args__ = (
        # Nobody is recruited twice in a programme, also not by two officers at the same moment.
        Index("uq_recruit_person", "programme", "person_id", unique=True),
        # How many a member has recruited, and who brought her in: from recruit to recruiter the first index leads.
        Index("ix_recruit_recruiter", "programme", "recruiter_id"),
        Index("ix_recruit_referral_id", "referral_id"),
        # Those who wait for a group; as small as their number.
        Index(
            "ix_recruit_waiting",
            *("programme", "id"),
            postgresql_where=text("concluded_at IS NOT NULL AND new_group_id IS NULL"),
        ),
        CheckConstraint("recruiter_id <> person_id", name="brings_another"),
        CheckConstraint("new_group_id IS NULL OR concluded_at IS NOT NULL", name="grouped_when_concluded"),
    )

    id: Mapped[Id]
    programme: Mapped[str]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    journey_id: Mapped[UUID]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("business_group.id"))
    recruiter_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    named_by: Mapped[UUID]
    named_at: Mapped[Timestamp]
    concluded_at: Mapped[Timestamp | None]
    new_group_id: Mapped[UUID | None] = mapped_column(ForeignKey("business_group.id"))
