"""`kail audit` holds what each service knows of the records of a person against intake's registry."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from services.intake.registry.models import Person
from services.operate import audit
from shared.bus.audit import Finding, Gravity
from shared.kernel import ids
from shared.kernel.settings import SERVICES
from shared.persons.models import PersonRecord
from shared.storage import Database
from tests.intake.people import register

Fault = Callable[[UUID], object]
FAULTS: dict[str, Fault] = {
    "knows record {0} not at all, the registry under {1} (word 3)": lambda record: delete(PersonRecord).where(
        PersonRecord.record_id == record
    ),
    "knows record {0} under {0} (word 3), the registry under {1} (word 3)": lambda record: (
        update(PersonRecord).where(PersonRecord.record_id == record).values(person_id=record)
    ),
    "knows record {0} under {1} (word 2), the registry under {1} (word 3)": lambda record: (
        update(PersonRecord).where(PersonRecord.record_id == record).values(revision=2)
    ),
}


@pytest.fixture
def merged(databases: dict[str, Database]) -> tuple[UUID, UUID]:
    """A record that lives on under another one, and one that was parted again; every service was told of both."""
    with databases["intake"].transaction() as session:
        record, person, parted, _ = register(session, 4)
        told = {record: (person, 3), parted: (parted, 2)}
        for each, (lives, revision) in told.items():
            found = session.get_one(Person, each)
            found.merged_into, found.merge_revision = None if lives == each else lives, revision
    for base in databases.values():
        with base.transaction() as session:
            session.add_all(
                PersonRecord(record_id=each, person_id=lives, revision=revision)
                for each, (lives, revision) in told.items()
            )
    return record, person


def found(databases: dict[str, Database]) -> list[Finding]:
    return [each for each in audit.audit(databases) if each.where == "records"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("says", "fault"), FAULTS.items())
def test_a_service_that_knows_a_person_otherwise_is_named(
    databases: dict[str, Database], merged: tuple[UUID, UUID], service: str, says: str, fault: Fault
) -> None:
    assert found(databases) == []
    with databases[service].transaction() as session:
        session.execute(fault(merged[0]))  # type: ignore[call-overload]
    (named,) = found(databases)
    assert (named.gravity, named.what) == (Gravity.BROKEN, f"{service} {says.format(*merged)}")


def test_a_record_of_which_the_registry_has_told_nothing_is_named(
    databases: dict[str, Database], merged: tuple[UUID, UUID]
) -> None:
    stray = ids.new_id()
    with databases["grants"].transaction() as session:
        session.add(PersonRecord(record_id=stray, person_id=merged[1], revision=1))
    (named,) = found(databases)
    assert named.what == f"grants knows record {stray} under {merged[1]} (word 1), the registry not at all"
