"""While keys are rotated, everybody is found, nobody is entered twice, and a process that is killed loses nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, func, select, type_coerce

from services.intake import worker
from services.intake.registry import queries
from services.intake.registry.models import DuplicateReview, DuplicateState, Household, Person
from services.intake.registry.rules import plain_name
from shared.identity.rules import Role
from shared.machine import bells
from shared.machine import queries as machine
from shared.privacy import fields, renewal
from shared.privacy.keys import Kind, keyring
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.intake.people import register
from tests.intake.registry.conftest import line, officer, sheet
from tests.keyfiles import KeyFile, own_keys

NIK = "6402064512909001"
FILE = sheet(
    line(), line(nik="", name="Tanpa Nomor", no_kk="6402060101109001"), line(name="Orang Lain", born="01-01-1980")
)
"""Somebody with a NIK, somebody without, and somebody who claims the first one's."""

KILLED = """
from services.together import participant
from shared.privacy import renewal
from shared.storage import database
participant("intake")
renewal.CHUNK = 10
renewal.renew(database("intake"))
"""


@pytest.fixture
def keyfile(databases: dict[str, Database], tmp_path: Path) -> Iterator[KeyFile]:
    with own_keys(tmp_path) as made:
        bells._done.clear()
        machine._counted.clear()
        yield made


def known(base: Database) -> list[int]:
    """How many persons, households and open reviews there are."""
    with base.reading() as session:
        return [
            session.scalar(select(func.count()).select_from(each)) or 0 for each in (Person, Household, DuplicateReview)
        ]


def under(base: Database, column: Any, kind: Kind) -> list[str]:
    """Under which key each value of a column stands."""
    with base.reading() as session:
        values = session.scalars(select(type_coerce(column, LargeBinary)).where(column.is_not(None))).all()
    marks = {
        key_id: fields.mark_of(kind, key_id) if kind is Kind.BLIND_INDEX else fields.header_of(key_id)
        for key_id in reversed(keyring().of(kind).keys)
    }
    return [next(key_id for key_id, mark in marks.items() if value.startswith(mark)) for value in values]


def found(base: Database) -> str:
    with base.reading() as session:
        return queries.person_by_nik(session, officer("64.02"), NIK).name


def test_a_list_that_comes_in_again_during_the_rotation_enters_nobody_twice(
    keyfile: KeyFile, intake_db: Database, bring_in: Any
) -> None:
    bring_in(FILE)
    before = known(intake_db)
    assert before == [2, 2, 1]
    keyfile.kail("rotate", "blind_index")
    again = bring_in(FILE + b"\n")
    assert known(intake_db) == before
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert set(under(intake_db, Person.nik_index, Kind.BLIND_INDEX)) == {"blind_index-2"}
    assert found(intake_db) == "Siti Aminah"
    keyfile.kail("renew", "intake")
    keyfile.kail("retire", "blind_index", "blind_index-1")
    bring_in(FILE + b"\n\n")
    assert known(intake_db) == before


@pytest.mark.parametrize("kind", ["field", "blind_index"])
def test_who_was_registered_under_the_old_key_is_found_before_during_and_after(
    keyfile: KeyFile, intake_db: Database, bring_in: Any, kind: str
) -> None:
    bring_in(FILE)
    for _ in range(2):
        keyfile.kail("rotate", kind)
        assert found(intake_db) == "Siti Aminah"
        keyfile.kail("renew", "intake")
        assert found(intake_db) == "Siti Aminah"
    column = Person.name if kind == "field" else Person.name_index
    assert set(under(intake_db, column, Kind(kind))) == {f"{kind}-3"}
    with intake_db.reading() as session:
        for person in session.scalars(select(Person)):
            assert person.name_index == fields.blind_index(plain_name(person.name), "name")


def test_a_key_is_not_retired_while_somebody_is_known_by_it_alone(
    keyfile: KeyFile, intake_db: Database, bring_in: Any
) -> None:
    bring_in(FILE)
    keyfile.kail("rotate", "blind_index")
    early = keyfile.run("retire", "blind_index", "blind_index-1")
    assert "1 values of person.nik_index" in early.output
    keyfile.kail("renew", "intake")
    late = keyfile.run("retire", "blind_index", "blind_index-1")
    assert late.exit_code == 1
    assert "intake: 1 values of person.row_index" in late.output
    assert "1 values of duplicate_review.row_index" in late.output
    assert "nik_index" not in late.output
    assert keyfile.ids["blind_index"] == ["blind_index-1", "blind_index-2"]
    assert "person.row_index under blind_index-1, needed as it stands" in keyfile.kail("status", "intake")
    with intake_db.transaction() as session:
        session.scalars(select(DuplicateReview)).one().state = DuplicateState.SETTLED
    bring_in(sheet(FILE.decode().splitlines()[2]))
    keyfile.kail("retire", "blind_index", "blind_index-1")


def test_a_field_key_is_not_retired_while_a_single_value_stands_under_it(
    keyfile: KeyFile, intake_db: Database, bring_in: Any
) -> None:
    bring_in(FILE)
    keyfile.kail("rotate", "field")
    refused = keyfile.run("retire", "field", "field-1")
    assert refused.exit_code == 1
    for told in ("2 values of person.name", "2 values of household.kk", "1 values of duplicate_review.claim"):
        assert told in refused.output
    keyfile.kail("renew", "intake")
    keyfile.kail("retire", "field", "field-1")
    assert found(intake_db) == "Siti Aminah"


@pytest.mark.slow
@pytest.mark.parametrize("at", ["renewal.before-commit:3", "renewal.after-commit:3"])
def test_a_re_encryption_whose_process_is_killed_is_finished_by_another(
    keyfile: KeyFile, intake_db: Database, at: str
) -> None:
    with intake_db.transaction() as session:
        register(session, 45, phone="+6281200009001")
        names = set(session.scalars(select(Person.name)))
    keyfile.kail("rotate", "field")
    killed = subprocess.run([sys.executable, "-c", KILLED], env={**os.environ, "KAIL_FAILPOINT": at}, check=False)
    assert killed.returncode == -signal.SIGKILL
    ids = under(intake_db, Person.name, Kind.FIELD)
    assert ids.count("field-2") == (20 if "before" in at else 30)
    assert ids == under(intake_db, Person.phone, Kind.FIELD)
    assert "under the current keys" in keyfile.kail("renew", "intake")
    assert set(under(intake_db, Person.name, Kind.FIELD)) == {"field-2"}
    with intake_db.reading() as session:
        assert set(session.scalars(select(Person.name))) == names
    keyfile.kail("retire", "field", "field-1")


def test_the_workers_clock_goes_on_with_it_and_the_machine_room_shows_what_is_left(
    keyfile: KeyFile, intake_db: Database, bring_in: Any
) -> None:
    bring_in(FILE)
    client = web_app("intake", intake_db).test_client()

    def left() -> dict[str, int]:
        machine._counted.clear()
        told = client.get("/intake/v1/dinsos/machine", headers=bearer(an_officer(Role.AUDITOR))).json["keys"]
        return {f"{each['column']} {each['key_id']}": each["values"] for each in told}

    (ring,) = (each for each in worker.PARTICIPANT.bells if each.name == "renew-keys")
    ring.ring(intake_db)
    assert left() == {}
    keyfile.kail("rotate", "field")
    assert left().items() >= {"person.name field-1": 2, "household.kk field-1": 2}.items()
    ring.ring(intake_db)
    assert left() == {}
    assert set(under(intake_db, Person.name, Kind.FIELD)) == {"field-2"}


def test_what_cannot_be_opened_is_said_and_stops_nobody_else(
    keyfile: KeyFile, intake_db: Database, bring_in: Any
) -> None:
    bring_in(FILE)
    with intake_db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET name = overlay(name PLACING 'xx' FROM 30) WHERE nik IS NOT NULL")
    keyfile.kail("rotate", "field")
    said = keyfile.run("renew", "intake")
    assert said.exit_code == 1
    assert "0 values stand under a key that is not here, 1 are damaged" in said.output
    assert sorted(under(intake_db, Person.name, Kind.FIELD)) == ["field-1", "field-2"]
    assert renewal.is_pending("intake")
