"""What stands under which key in a service's database, and how it comes under the current one.

Nothing here is listed by hand: the columns are those whose types encrypt or index, so that a new one is not forgotten.
The work is done in small transactions, in the order of the tables' keys, and finds by the values themselves what is
left to do: whenever it is interrupted, the next one goes on.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, LargeBinary, Table, and_, func, literal, or_, select, text, tuple_, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.failpoints import failpoint
from shared.kernel.logging import get_logger
from shared.kernel.settings import APART
from shared.privacy import fields
from shared.privacy.fields import BlindIndex, EncryptedJSON, EncryptedText, KeptClosed, Purpose
from shared.privacy.keys import KeyNotHeld, Kind, UnknownKey, keyring
from shared.storage.base import tables_of
from shared.storage.database import Database

log = get_logger(__name__)
CHUNK = 500
"""Rows of one transaction."""
Primary = tuple[Any, ...]


@dataclass(frozen=True)
class Closed:
    """A column whose values stand under keys of one kind."""

    table: Table
    column: Column[Any]
    kind: Kind
    renewable: bool = True
    """Whether its values can be brought under another key: what a chain of hashes covers, and what can be told only
    from a file that comes in again, cannot."""

    @property
    def name(self) -> str:
        """Table and column, as one says it."""
        return f"{self.table.name}.{self.column.name}"

    def under(self, key_id: str) -> ColumnElement[bool]:
        """Whether a value stands under this key."""
        value, begins = _raw(self.column), self._beginning(key_id)
        if not begins:  # fingerprints of the first key have no mark: they are the shortest
            return func.octet_length(value) == FINGERPRINT_BYTES
        return func.substring(value, 1, len(begins)) == literal(begins, LargeBinary)

    def left(self, current: str) -> ColumnElement[bool]:
        """Whether a value stands under another key than this one, and can be brought under it."""
        return and_(self.column.is_not(None), ~self.under(current))

    def _beginning(self, key_id: str) -> bytes:
        indexed = isinstance(self.column.type, BlindIndex)
        return fields.mark_of(self.kind, key_id) if indexed else fields.header_of(key_id)


FINGERPRINT_BYTES = 32


SEALED = {
    "event_log.sealed": """
        SELECT count(*) FROM event_log WHERE sealed IS NOT NULL
        AND EXISTS (SELECT FROM jsonb_each(sealed) part WHERE part.value->>'key' = :key)
    """,
    "held_event.sealed": "SELECT count(*) FROM held_event WHERE sealed->>'key' = :key",
}
"""Where parts of events wait that are sealed until their addressee has heard them."""


@dataclass(frozen=True)
class Use:
    """How many values of a column need a key."""

    column: str
    kind: Kind
    key_id: str
    values: int
    renewable: bool


@dataclass
class Renewed:
    """What one round came to; what cannot be opened is told apart by why."""

    values: int = 0
    without_key: int = 0
    damaged: int = 0
    finished: bool = True

    def __add__(self, other: "Renewed") -> "Renewed":
        return Renewed(
            self.values + other.values,
            self.without_key + other.without_key,
            self.damaged + other.damaged,
            self.finished and other.finished,
        )


def columns_of(service: str) -> list[Closed]:
    """Every column of a service's database whose values stand under a key, from the types of its models."""
    return [found for table in tables_of(service) for column in table.columns if (found := _closed(table, column))]


def _closed(table: Table, column: Column[Any]) -> Closed | None:
    kind = column.type
    if isinstance(kind, EncryptedText | EncryptedJSON):
        return Closed(table, column, kind.purpose.kind)
    if isinstance(kind, KeptClosed):
        return Closed(table, column, kind.purpose.kind, renewable=False)
    if isinstance(kind, BlindIndex):
        return Closed(table, column, kind.kind, renewable=kind.of is not None)
    return None


def held_columns(service: str) -> list[Closed]:
    """Those of them whose keys this process holds."""
    return [each for each in columns_of(service) if each.kind in keyring().held]


def is_pending(service: str) -> bool:
    """Whether any key has been followed by another, so that there may be something to do; asks no database."""
    return any(keyring().of(kind).previous for kind in {each.kind for each in held_columns(service)})


def uses(session: Session, service: str, kind: Kind, key_id: str) -> Iterator[Use]:
    """What of a service's database still needs a key, column by column; of what it needs in its log, sealed parts."""
    for each in columns_of(service):
        if each.kind is not kind:
            continue
        statement = select(func.count()).select_from(each.table).where(each.under(key_id))
        if isinstance(each.column.type, BlindIndex) and each.column.type.needed:
            statement = statement.where(text(each.column.type.needed))
        if found := session.scalar(statement):
            yield Use(each.name, kind, key_id, found, each.renewable)
    if kind is Kind.SEAL and service not in APART.values():
        for name, query in SEALED.items():
            if found := session.scalar(text(query), {"key": key_id}):
                yield Use(name, kind, key_id, found, renewable=False)


def left(session: Session, service: str) -> list[Use]:
    """What still stands under keys that were followed by others, as far as this process holds them."""
    return [
        use
        for kind in {each.kind: None for each in held_columns(service)}
        for key_id in keyring().of(kind).previous
        for use in uses(session, service, kind, key_id)
    ]


def renew(base: Database, *, seconds: float = float("inf"), told: Callable[[Renewed], None] | None = None) -> Renewed:
    """Bring what this process can open under the current keys, for so many seconds at the most."""
    end, done = time.monotonic() + seconds, Renewed()
    by_table: dict[str, list[Closed]] = {}
    for each in held_columns(base.service):
        if each.renewable and keyring().of(each.kind).previous:
            by_table.setdefault(each.table.name, []).append(each)
    for columns in by_table.values():
        after: Primary | None = None
        while time.monotonic() < end:
            with base.transaction() as session:
                came, after = _renew_chunk(session, columns, after)
                if came.values:
                    failpoint("renewal.before-commit")
            if came.values:
                failpoint("renewal.after-commit")
            done += came
            if told:
                told(done)
            if after is None:
                break
        else:
            return done + Renewed(finished=False)
    return done


def _renew_chunk(session: Session, columns: Sequence[Closed], after: Primary | None) -> tuple[Renewed, Primary | None]:
    """Renew the next rows of one table; says where it came to, or None at the end."""
    table, done = columns[0].table, Renewed()
    primary = list(table.primary_key.columns)
    wanted = {name: table.c[name] for name in _needed_by(columns)}
    statement = (
        select(*primary, *(_raw(each).label(f"raw_{name}") for name, each in wanted.items()))
        .add_columns(*(text(f"({within}) AS within_{name}") for name, within in _scopes(columns)))
        .where(or_(*(each.left(keyring().of(each.kind).current) for each in columns)))
        .order_by(*primary)
        .limit(CHUNK)
        .with_for_update(skip_locked=True, of=table)
    )
    if after is not None:
        statement = statement.where(tuple_(*primary) > tuple_(*after))
    rows = session.execute(statement).mappings().all()
    for row in rows:
        changes = {}
        for each in columns:
            raw = row[f"raw_{each.column.name}"]
            if raw is None:
                continue
            try:
                new = _renewed(each, raw, row)
            except (UnknownKey, KeyNotHeld):
                done.without_key += 1
            except (InvalidTag, ValueError, KeyError, TypeError):
                done.damaged += 1
                log.warning("value-does-not-open", column=each.name)
            else:
                if new is not None:
                    changes[each.column.name] = new
        if changes:
            where = [each == row[each.name] for each in primary]
            raws = {table.c[name]: literal(value, LargeBinary) for name, value in changes.items()}
            session.execute(update(table).where(*where).values(raws))
            done.values += len(changes)
    return done, tuple(rows[-1][each.name] for each in primary) if len(rows) == CHUNK else None


def _renewed(each: Closed, raw: bytes, row: Any) -> bytes | None:
    """A value under the current key; None where it stands there already."""
    known, kind = keyring().of(each.kind), each.column.type
    if isinstance(kind, BlindIndex):
        assert kind.of is not None
        mark = fields.mark_of(each.kind, known.current)
        if len(raw) == len(mark) + FINGERPRINT_BYTES and raw.startswith(mark):
            return None
        column, _, key = kind.of.partition(".")
        closed, purpose = row[f"raw_{column}"], Purpose(kind.opens)
        said = fields.decrypt(closed, purpose)
        plain = orjson.loads(said)[key] if key else said
        return kind.fingerprint(plain, row.get(f"within_{each.column.name}"))
    assert isinstance(kind, EncryptedText | EncryptedJSON)
    if raw.startswith(fields.header_of(known.current)):
        return None
    return fields.encrypt(fields.decrypt(raw, kind.purpose), kind.purpose)


def take_over(
    session: Session, columns: Iterable[InstrumentedAttribute[Any]], pairs: Collection[tuple[bytes, bytes]]
) -> None:
    """Bring fingerprints that are about to be looked for or written from older keys to the current one.

    `pairs` are the fingerprint under an older key and that under the current one. Whoever must not enter a value twice
    does this first; it costs nothing while there is one key alone.
    """
    if not pairs:
        return
    given = {"old": [old for old, _ in pairs], "new": [new for _, new in pairs]}
    for each in columns:
        column = each.property.columns[0]
        session.execute(
            text(
                f'UPDATE "{column.table.name}" t SET "{column.name}" = r.new '  # noqa: S608 (names of our own tables)
                f"FROM unnest(CAST(:old AS bytea[]), CAST(:new AS bytea[])) AS r(old, new) "
                f'WHERE t."{column.name}" = r.old'
            ),
            given,
            bind_arguments={"mapper": each.class_},
        )


def pairs_of(fingerprints: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """What `take_over` wants, from the fingerprints of one value under every key, the current one first."""
    return [(old, fingerprints[0]) for old in fingerprints[1:]]


def _needed_by(columns: Iterable[Closed]) -> list[str]:
    """The columns themselves, and those that an index is made of."""
    names: dict[str, None] = {}
    for each in columns:
        names[each.column.name] = None
        if isinstance(each.column.type, BlindIndex) and each.column.type.of:
            names[each.column.type.of.partition(".")[0]] = None
    return list(names)


def _scopes(columns: Iterable[Closed]) -> Iterator[tuple[str, str]]:
    for each in columns:
        if isinstance(each.column.type, BlindIndex) and each.column.type.within:
            yield each.column.name, each.column.type.within


def _raw(column: Column[Any]) -> ColumnElement[bytes]:
    return type_coerce(column, LargeBinary)
