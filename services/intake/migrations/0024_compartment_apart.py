"""The protection compartment leaves for a database of its own; what passes on to it remains.

Its rows are copied there before they are dropped here. Whoever is killed in between copies nothing twice at the next
try: a row's new identifier is made of its old one, under the compartment's own key.

A migration is written once and never edited after release.
"""

import hmac
import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import insert

from shared.kernel import clock
from shared.kernel.settings import settings
from shared.privacy.fields import Purpose, decrypt, encrypt, protected_index
from shared.storage import Database

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passed_on",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_on")),
    )
    op.create_index("ix_passed_on_waiting", "passed_on", ["id"], unique=False, postgresql_where=sa.text("waits"))
    moved = {table: [take(row) for row in rows_of(table)] for table, take in MOVES.items()}
    if any(moved.values()):
        into = Database("protection", settings().owner_url("protection"))
        with into.engine.begin() as there:
            for table, rows in moved.items():
                for row in rows:
                    put(there, table, row)
        into.dispose()
    for table in reversed(MOVES):
        op.drop_table(f"protection_{table}")


def rows_of(table: str) -> list[Any]:
    found = sa.table(f"protection_{table}", schema=None)
    return list(op.get_bind().execute(sa.select(sa.text("*")).select_from(found)).mappings())


def put(there: sa.Connection, table: str, row: dict[str, Any]) -> None:
    into = sa.table(f"protection_{table}", *(sa.column(name) for name in row))
    there.execute(insert(into).values(row).on_conflict_do_nothing())


def case(row: Any) -> dict[str, Any]:
    due = [each for each in (row["follow_up_due_at"], row["report_due_at"]) if each]
    return {
        **same(row, "office", "person_index", "person_id", "kind", "notes", "safe_contact", "closing"),
        **times(row, "opened_at", "follow_up_due_at", "report_due_at", "closed_at"),
        "id": anew(row["id"]),
        "alias": close(""),
        "opened_by": close(str(row["opened_by"])),
        "look_on": None if row["closed_at"] else day(min(due)),
    }


def request(row: Any) -> dict[str, Any]:
    return {
        **same(row, "office", "person_index", "content", "settling"),
        **times(row, "asked_at", "due_at", "settled_at"),
        "id": anew(row["id"]),
        "look_on": day(row["due_at"]),
    }


def step(row: Any) -> dict[str, Any]:
    return {
        **times(row, "recorded_at"),
        "id": anew(row["id"]),
        "case_id": anew(row["case_id"]),
        "content": row["content"] if row["once"] is None else more(row["content"], once=row["once"]),
        "once": None if row["once"] is None else protected_index(row["once"]),
        "recorded_by": close(str(row["recorded_by"])),
    }


def glass(row: Any) -> dict[str, Any]:
    asked, decided = str(row["asked_by"]), None if row["decided_by"] is None else str(row["decided_by"])
    return {
        **same(row, "office", "person_index", "granted"),
        **times(row, "asked_at", "decided_at", "open_until"),
        "id": anew(row["id"]),
        "content": more(row["content"], asked_by_id=asked),
        "asked_by": protected_index(asked),
        "decision": None if decided is None else more(row["decision"], decided_by_id=decided),
        "decided_by": None if decided is None else protected_index(decided),
    }


def line(row: Any) -> dict[str, Any]:
    return same(row, "seq", "office", "line", "hash")


def same(row: Any, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def times(row: Any, *names: str) -> dict[str, Any]:
    return {name: None if row[name] is None else moment(row[name]) for name in names}


def moment(at: datetime) -> bytes:
    return close(at.astimezone(UTC).isoformat(timespec="microseconds"))


def day(at: datetime) -> date:
    return at.astimezone(clock.zone()).date()


def close(said: str) -> bytes:
    return encrypt(said, Purpose.PROTECTION)


def more(closed: bytes, **said: str) -> bytes:
    """What was closed, with something added to it."""
    return close(json.dumps(json.loads(decrypt(closed, Purpose.PROTECTION)) | said, ensure_ascii=False))


def anew(old: UUID) -> UUID:
    """An identifier that is always the same for this one, tells no moment, and that nobody makes without the key."""
    return UUID(bytes=hmac.digest(protected_index("moved"), old.bytes, "sha256")[:16], version=4)


# Steps point to their cases.
MOVES = {"case": case, "request": request, "step": step, "glass": glass, "log": line}


def downgrade() -> None:
    op.create_table(
        "protection_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.LargeBinary(), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("safe_contact", sa.LargeBinary(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name=op.f("ck_protection_case_closed_says_why")),
        sa.CheckConstraint(
            "closed_at IS NOT NULL OR follow_up_due_at IS NOT NULL", name=op.f("ck_protection_case_open_is_owed_a_talk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_case")),
    )
    op.create_index(
        "ix_protection_case_due",
        "protection_case",
        ["office", "follow_up_due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_protection_case_office", "protection_case", ["office", "id"], unique=False)
    op.create_index(
        "uq_protection_case_open",
        "protection_case",
        ["office", "person_index"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "protection_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL)", name=op.f("ck_protection_glass_decided_says_why")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_protection_glass_a_second_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_glass")),
    )
    op.create_index(
        "ix_protection_glass_waiting",
        "protection_glass",
        ["office", "asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "uq_protection_glass_open",
        "protection_glass",
        ["asked_by", "person_index"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "protection_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_protection_log")),
    )
    op.create_index("ix_protection_log_office", "protection_log", ["office", "seq"], unique=False)
    op.create_table(
        "protection_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settling", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_request")),
    )
    op.create_index(
        "ix_protection_request_due",
        "protection_request",
        ["office", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "uq_protection_request_open",
        "protection_request",
        ["office", "person_index"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "protection_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["protection_case.id"], name=op.f("fk_protection_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_step")),
    )
    op.create_index("uq_protection_step_once", "protection_step", ["case_id", "once"], unique=True)
    op.drop_index("ix_passed_on_waiting", table_name="passed_on", postgresql_where=sa.text("waits"))
    op.drop_table("passed_on")
