"""Which records were found to be one person, as intake has told it."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base


class PersonRecord(Base):
    """A record of the registry that is, or was, one of the records of a person who lives on under another one.

    Where it stands alone again `person_id` is its own. What was last told of it counts, in whatever order it is heard:
    `revision` grows with each word.
    """

    __tablename__ = "person_record"
    # All records of a person.
    __table_args__ = (Index("ix_person_record_person_id", "person_id"),)

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    revision: Mapped[int]
