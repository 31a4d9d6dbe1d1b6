"""What the registry remembers: persons, where they live and with whom, the lists they stand on, and the files that
told us so.

Whatever names a person is encrypted; she is found by blind indexes. What changes with time (household, residence,
listing) is a dated row of its own, so that a decision of last year can still be explained.
"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.registry.rules import MaritalStatus, Occupation, Registry, Relation, Sex, plain_name
from shared.bus import InPieces
from shared.privacy.fields import BlindIndex, EncryptedJSON, EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class Person(Base):
    """Somebody we know of. Without a NIK she is provisional, and is never taken for somebody of the same name."""

    __tablename__ = "person"
    __table_args__ = (
        # An empty NIK is NULL and so equals no other.
        Index("uq_person_nik_index", "nik_index", unique=True),
        # A row without a NIK is known again only when all of it is the same.
        Index("uq_person_row_index", "row_index", unique=True, postgresql_where=text("nik_index IS NULL")),
        # Officers page through an area; areas are prefixes.
        Index("ix_person_area", "area", "id", postgresql_ops={"area": "text_pattern_ops"}),
        CheckConstraint("(nik IS NULL) = (nik_index IS NULL)", name="nik_is_indexed"),
        CheckConstraint("merged_into <> id", name="merged_into_another"),
        # A person's page shows what was known of her under other records.
        Index("ix_person_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )

    id: Mapped[Id]
    nik: Mapped[str | None] = mapped_column(EncryptedText)
    nik_index: Mapped[bytes | None] = mapped_column(BlindIndex("nik", "nik"))
    name: Mapped[str] = mapped_column(EncryptedText)
    name_index: Mapped[bytes] = mapped_column(BlindIndex("name", "name", plain=plain_name))
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    sex: Mapped[Sex | None] = mapped_column(enum_text(Sex))
    birth_date: Mapped[date | None]
    marital_status: Mapped[MaritalStatus | None] = mapped_column(enum_text(MaritalStatus))
    occupation: Mapped[Occupation | None] = mapped_column(enum_text(Occupation))
    pre_prosperous: Mapped[bool | None]
    has_business: Mapped[bool | None]
    area: Mapped[str]
    cautions: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    row_index: Mapped[bytes] = mapped_column(BlindIndex(None, "registry-row", needed="nik_index IS NULL"))
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # the one that lives, through all merges
    merge_revision: Mapped[int] = mapped_column(default=0, server_default="0")  # grows with each word on merged_into
    died_on: Mapped[date | None]
    created_at: Mapped[Timestamp]
    changed_at: Mapped[Timestamp]


class Residence(Base):
    """Where a person lives, or lived."""

    __tablename__ = "residence"
    __table_args__ = (
        Index("uq_residence_current", "person_id", unique=True, postgresql_where=text("until IS NULL")),
        CheckConstraint("since <= until", name="in_order"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    area: Mapped[str]
    address: Mapped[str | None] = mapped_column(EncryptedText)
    since: Mapped[date]
    until: Mapped[date | None]


class ContactWish(Base):
    """How a person wishes to be reached: which way, when, never by a call, and a word by which she knows who it is.

    Everybody is asked, and whoever has just been registered has the one that says nothing: having one tells nothing.
    """

    __tablename__ = "contact_wish"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    wish: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    noted_at: Mapped[Timestamp]


class Household(Base):
    """A family card (KK)."""

    __tablename__ = "household"
    __table_args__ = (Index("uq_household_kk_index", "kk_index", unique=True),)

    id: Mapped[Id]
    kk: Mapped[str] = mapped_column(EncryptedText)
    kk_index: Mapped[bytes] = mapped_column(BlindIndex("kk", "kk"))


class HouseholdMember(Base):
    """A person stands, or stood, on a family card: it changes with marriage, divorce and a move."""

    __tablename__ = "household_member"
    __table_args__ = (
        Index("uq_household_member_current", "person_id", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_household_member_household_id", "household_id"),
        Index("ix_household_member_person_id", "person_id"),  # the cards that somebody has left, too
        CheckConstraint("since <= until", name="in_order"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    relation: Mapped[Relation | None] = mapped_column(enum_text(Relation))
    since: Mapped[date]
    until: Mapped[date | None]


class Listing(Base):
    """A person stands, or stood, on a registry; `snapshot_id` is the import that said so last."""

    __tablename__ = "listing"
    __table_args__ = (
        Index("uq_listing_current", "person_id", "registry_name", unique=True, postgresql_where=text("until IS NULL")),
        CheckConstraint("since <= until", name="in_order"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    registry_name: Mapped[Registry] = mapped_column(enum_text(Registry))
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"))
    since: Mapped[date]
    until: Mapped[date | None]


class ImportState(StrEnum):
    """How far an import has come."""

    WAITING = "waiting"  # stored, not begun
    RUNNING = "running"  # some chunks are committed
    DONE = "done"
    FAILED = "failed"  # it was taken up several times without getting on


class ImportRun(InPieces, Base):
    """One registry file on its way in. `rows_done` is where a run that was interrupted goes on."""

    __tablename__ = "import_run"
    __table_args__ = (
        Index("uq_import_run_digest", "office", "digest", unique=True),
        Index("ix_import_run_agency", "agency", "id"),
        Index("ix_import_run_unfinished", "moved_at", postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[Id]
    agency: Mapped[str]
    office: Mapped[str]
    officer_id: Mapped[UUID]
    areas: Mapped[list[str]] = mapped_column(JSONB)
    file_name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[ImportState] = mapped_column(enum_text(ImportState), default=ImportState.WAITING)
    rows: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Timestamp]
    moved_at: Mapped[Timestamp]
    finished_at: Mapped[Timestamp | None]

    @property
    def is_under_way(self) -> bool:
        """Whether there is anything left to do."""
        return self.state in (ImportState.WAITING, ImportState.RUNNING)


class ImportFile(Base):
    """The file's text, encrypted, for as long as its import is not finished."""

    __tablename__ = "import_file"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    content: Mapped[str] = mapped_column(EncryptedText)


class ImportRefusal(Base):
    """A row that did not come in: which, which column, and why. The value itself is not kept."""

    __tablename__ = "import_refusal"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    column: Mapped[str]
    reason: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class DuplicateState(StrEnum):
    """What became of a NIK that two records claim."""

    OPEN = "open"
    SETTLED = "settled"


class DuplicateReview(Base):
    """A second record claims a NIK that somebody else bears: it stays outside until an officer has looked at both.

    A writing of her (name and birth date: `name_index`, `birth_date`) is decided on once: what a later file says under
    it goes to the record that it became, `entered_id`.

    It came out of a file (`run_id`, `row`), or somebody who is registered already (`record_id`) has asked to have her
    NIK corrected to it.
    """

    __tablename__ = "duplicate_review"
    __table_args__ = (
        Index("uq_duplicate_review_row_index", "person_id", "row_index", unique=True),
        # One open review of one writing, and how a writing was decided before.
        Index(
            "uq_duplicate_review_writing",
            *("person_id", "name_index", "birth_date"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'open' AND name_index IS NOT NULL"),
        ),
        Index("ix_duplicate_review_writing", "person_id", "name_index", postgresql_where=text("state = 'settled'")),
        CheckConstraint("num_nonnulls(run_id, record_id) = 1", name="from_a_file_or_a_record"),
        CheckConstraint('(run_id IS NULL) = ("row" IS NULL)', name="a_row_of_its_file"),
        CheckConstraint("record_id <> person_id", name="claims_anothers"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_run.id"))
    row: Mapped[int | None]
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    row_index: Mapped[bytes] = mapped_column(BlindIndex(None, "registry-row", needed="state = 'open'"))
    claim: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    name_index: Mapped[bytes | None] = mapped_column(
        BlindIndex("claim.name", "name", plain=plain_name, needed="name_index IS NOT NULL")
    )
    birth_date: Mapped[date | None]
    state: Mapped[DuplicateState] = mapped_column(enum_text(DuplicateState), default=DuplicateState.OPEN)
    opened_at: Mapped[Timestamp]
    entered_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # the record that it became
    same: Mapped[bool | None]
    evidence: Mapped[str | None] = mapped_column(EncryptedText)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[Timestamp | None]
