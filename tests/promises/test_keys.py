"""Every kind of key has a rotation, and every value that stands under a key is found by it."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, session
from sqlalchemy import ARRAY, Column, Enum, LargeBinary, Table, select, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from services import catalogue
from shared.identity import tokens
from shared.kernel.settings import SERVICES
from shared.privacy import fields, renewal, sealed
from shared.privacy.fields import BlindIndex, EncryptedJSON, EncryptedText, KeptClosed, Purpose
from shared.privacy.keys import Kind, UnknownKey, keyring
from shared.storage import Database
from shared.storage.base import tables_of
from shared.web.factory import create_app
from tests.browsing import an_officer
from tests.keyfiles import KeyFile, own_keys

ROOT = Path(__file__).parents[2]
EVENT = uuid4()


@pytest.fixture
def keyfile(home: Path, tmp_path: Path) -> Iterator[KeyFile]:
    with own_keys(tmp_path) as made:
        yield made


def closed_and_opened(kind: Kind) -> tuple[Any, Any]:
    """Something that a key of this kind has made, and how it is told afterwards whether it still counts."""

    def page() -> Flask:
        return create_app("grants")

    match kind:
        case Kind.FIELD | Kind.PROTECTION:
            value = fields.encrypt("Siti", Purpose(kind.value))
            return value, lambda: fields.decrypt(value, Purpose(kind.value)) == "Siti"
        case Kind.BLIND_INDEX:
            value = fields.blind_index("Siti", "name")
            return value, lambda: value in fields.blind_indexes("Siti", "name")
        case Kind.PROTECTION_INDEX:
            value = fields.protected_index("Siti")
            return value, lambda: value in fields.protected_indexes("Siti")
        case Kind.SEAL:
            part = sealed.seal("intake", "grants", {"name": "Siti"}, EVENT)
            return part["key"], lambda: sealed.unseal("intake", "grants", part, EVENT) == {"name": "Siti"}
        case Kind.BUS:
            said = keyring().sign("grants", b"said")
            return said, lambda: keyring().verify("grants", b"said", said)
        case Kind.WEB:
            with page().test_request_context():
                signing = page().session_interface.get_signing_serializer(page())
                cookie = signing.dumps({"whose": "hers"})

            def reads() -> bool:
                with page().test_request_context(headers={"Cookie": f"kail={cookie}"}):
                    return session.get("whose") == "hers"

            return cookie, reads
        case Kind.TOKEN:
            officer = an_officer()
            token = tokens.issue(officer)
            return token, lambda: tokens.holder(token) == officer.id


def counts(check: Any) -> bool:
    try:
        return bool(check())
    except UnknownKey:
        return False


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_key_is_rotated_what_the_old_one_made_counts_until_it_is_retired(
    keyfile: KeyFile, databases: dict[str, Database], kind: Kind
) -> None:
    before, still_counts = closed_and_opened(kind)
    assert "is current" in keyfile.kail("rotate", kind.value)
    assert keyfile.ids[kind] == [f"{kind}-1", f"{kind}-2"]
    after, new_counts = closed_and_opened(kind)
    assert before != after
    assert counts(still_counts)
    assert counts(new_counts)
    others = {other: ids for other, ids in keyfile.ids.items() if other != kind}
    assert set(map(len, others.values())) == {1}
    refused = keyfile.run("retire", kind.value, f"{kind}-2")
    assert refused.exit_code == 1
    assert "is the current key" in refused.output
    assert "is retired" in keyfile.kail("retire", kind.value, f"{kind}-1")
    assert keyfile.ids[kind] == [f"{kind}-2"]
    assert not counts(still_counts)
    assert counts(new_counts)


def tables() -> list[Any]:
    catalogue.participants()
    return [
        pytest.param(service, table, id=f"{service}.{table.name}")
        for service in SERVICES
        for table in tables_of(service)
        if any(each.renewable for each in renewal.columns_of(service) if each.table is table)
    ]


SAMPLES = {UUID: uuid4(), date: date(2026, 1, 1), datetime: datetime(2026, 1, 1).astimezone(), int: 1, bool: False}


def sample(column: Column[Any]) -> Any:
    """Something that a column takes."""
    kind = column.type
    if isinstance(kind, EncryptedJSON):
        return {"person_id": "Siti", "name": "Siti", "said": "all"}
    if isinstance(kind, EncryptedText):
        return "Siti"
    if isinstance(kind, BlindIndex):
        return kind.fingerprint("Siti", "None")
    if isinstance(kind, KeptClosed):
        return fields.encrypt("Siti", kind.purpose)
    return plain_sample(column)


def plain_sample(column: Column[Any]) -> Any:
    """Something that a column takes that stands under no key."""
    if isinstance(column.type, ARRAY):
        return []
    if isinstance(column.type, JSONB):
        return {}
    if isinstance(column.type, LargeBinary):
        return b"x"
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class or column.type.enums))
    return SAMPLES.get(column.type.python_type, "x")


@pytest.mark.parametrize(("service", "table"), tables())
def test_every_encrypted_column_of_every_table_is_written_anew(
    keyfile: KeyFile, databases: dict[str, Database], service: str, table: Table
) -> None:
    """One row in which every column has a value, whatever the table's rules; it is taken back at the end."""
    columns = [each for each in renewal.columns_of(service) if each.table is table and each.renewable]
    plain = {each.name: sample(each) for each in table.columns if each.computed is None}
    with databases[service].transaction() as doing:
        for (name,) in doing.execute(
            text(
                "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype IN ('c', 'f')"
            ),
            {"table": table.name},
        ).all():
            doing.execute(text(f'ALTER TABLE "{table.name}" DROP CONSTRAINT "{name}"'))
        doing.execute(table.insert().values(plain))
        for kind in {each.kind for each in columns}:
            keyfile.kail("rotate", kind.value)
        done, _ = renewal._renew_chunk(doing, columns, None)
        assert (done.values, done.without_key, done.damaged) == (len(columns), 0, 0)
        raw = doing.execute(select(*(type_coerce(each.column, LargeBinary) for each in columns))).one()
        for each, value in zip(columns, raw, strict=True):
            key_id = keyring().id_of(each.kind)
            indexed = isinstance(each.column.type, BlindIndex)
            assert value.startswith(fields.mark_of(each.kind, key_id) if indexed else fields.header_of(key_id))
        now = doing.execute(select(table)).mappings().one()
        for each in table.columns:
            if isinstance(each.type, BlindIndex) and each.type.of:
                assert now[each.name] == each.type.fingerprint("Siti", None if each.type.within is None else "None")
            elif not isinstance(each.type, BlindIndex) and each.computed is None:
                assert now[each.name] == plain[each.name]
        again, _ = renewal._renew_chunk(doing, columns, None)
        assert again.values == 0
        doing.rollback()


ENCRYPTS = {
    "shared/privacy/fields.py",
    "shared/privacy/renewal.py",
    "shared/privacy/sealed.py",  # a part of an event, which says its key itself, until its addressee has heard it
    "shared/web/kept.py",  # a form that its browser holds until it is sent
    "shared/web/sessions.py",  # where to go after signing in, which its browser holds meanwhile
    "services/intake/registry/arrivals.py",  # into the columns of `person`, by COPY
    "services/training/products/commands.py",  # into `missing`, by JSON
    "services/intake/protection/log.py",  # a line of a chain, in a column that is kept closed
}
"""Where something is encrypted by hand: what is stored stands in a column whose type says so, too."""


def test_nothing_is_stored_encrypted_but_in_a_column_whose_type_says_so() -> None:
    found = {
        str(path.relative_to(ROOT))
        for room in ("shared", "services")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"(?<!def )(?<![a-z_])encrypt\(", path.read_text()) and "migrations" not in path.parts
    }
    assert found == ENCRYPTS


def test_every_stored_fingerprint_is_a_column_that_a_rotation_finds() -> None:
    catalogue.participants()
    unmarked = [
        f"{table.name}.{column.name}"
        for service in SERVICES
        for table in tables_of(service)
        for column in table.columns
        if column.name.endswith("_index") and not isinstance(column.type, BlindIndex)
    ]
    assert unmarked == []
