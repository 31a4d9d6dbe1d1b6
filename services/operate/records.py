"""Whether every service knows the same records as one person as intake's registry does, which has told it of them."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.registry.models import Person
from shared.persons.models import PersonRecord
from shared.storage import Database

Told = Mapping[UUID, tuple[UUID, int]]
"""Under which record each lives on, and how many words there were of it."""


def findings(databases: Mapping[str, Database]) -> Iterator[str]:
    """Where a service asks for a person under other records than the registry knows as hers."""
    with databases["intake"].reading() as session:
        told = _of_registry(session)
    for service, base in databases.items():
        with base.reading() as session:
            known = _known(session)
        for record in sorted(told.keys() | known.keys()):
            here, there = known.get(record), told.get(record)
            if here != there:
                yield f"{service} knows record {record} {_words(here)}, the registry {_words(there)}"


def _of_registry(session: Session) -> Told:
    """All records of which anything was ever told; one that was never merged has had no word."""
    rows = session.execute(
        select(Person.id, Person.merged_into, Person.merge_revision).where(Person.merge_revision > 0)
    )
    return {row.id: (row.merged_into or row.id, row.merge_revision) for row in rows}


def _known(session: Session) -> Told:
    rows = session.execute(select(PersonRecord.record_id, PersonRecord.person_id, PersonRecord.revision))
    return {row.record_id: (row.person_id, row.revision) for row in rows}


def _words(said: tuple[UUID, int] | None) -> str:
    return "not at all" if said is None else f"under {said[0]} (word {said[1]})"
