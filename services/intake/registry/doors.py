"""What both doors of the registry do alike: take an uploaded file in, and log the look at whoever is shown."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from services.intake.registry import commands, jobs, queries, rules
from services.intake.registry.models import ImportRun, Person
from services.intake.registry.rules import parse_nik
from shared.kernel import storable
from shared.kernel.errors import NotFound
from shared.privacy.looks import log_looks
from shared.web import door

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes: some 300,000 rows."""


def allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a registry file be larger than what any other request may bring; called before the form is read."""
    if endpoint is not None and endpoint.endswith(".begin_import") and request.method == "POST":
        request.max_content_length = LARGEST_FILE


def take_in(agency: str, file: FileStorage) -> ImportRun:
    """Store an uploaded registry file and ask for its import."""
    with door.transaction() as session:
        name, content = storable.plain_name(file.filename), file.stream.read()
        run = commands.begin_import(session, door.current_officer(), agency, name, content)
        jobs.run_import.enqueue_after_commit(session, import_id=str(run.id))
        return run


def start_again(import_id: UUID) -> ImportRun:
    """Go on with an import that has failed."""
    with door.transaction() as session:
        run = queries.import_run(session, door.current_officer(), import_id)
        commands.start_again(session, door.current_officer(), run)
        jobs.run_import.enqueue_after_commit(session, import_id=str(run.id))
        return run


def look_up(session: Session, nik: str) -> list[Person]:
    """The bearer of a NIK in the officer's areas, if there is one; raises Unreadable. The look is logged."""
    parse_nik(nik)
    try:
        found = queries.person_by_nik(session, door.current_officer(), nik)
    except NotFound:
        return []
    return looked_at(session, [found], "search by NIK")


def look_at(session: Session, person_id: UUID) -> dict[str, Any]:
    """Everything about one person; the look is logged."""
    found = queries.person(session, door.current_officer(), person_id)
    looked_at(session, [found], "person's page")
    return queries.described(session, found)


def look_at_living(session: Session, person_id: UUID) -> dict[str, Any]:
    """The same for a form in which something is done to her; raises RecordMerged on a record that was merged away."""
    person = look_at(session, person_id)
    rules.require_unmerged(person["merged_into"])
    return person


def note_wish(session: Session, person_id: UUID, wish: dict[str, Any]) -> None:
    """Keep how a person of the officer's areas wishes to be reached; through an office means through the officer's."""
    officer = door.current_officer()
    found = queries.person(session, officer, person_id)
    rules.require_unmerged(found.merged_into)
    commands.note_contact_wishes(session, {found.id: rules.as_said_to(officer.office, wish)})


def looked_at(session: Session, people: Iterable[Person], why: str) -> list[Person]:
    """Log that the officer sees these people."""
    seen = list(people)
    log_looks(session, door.current_officer(), "person", [each.id for each in seen], why)
    return seen
