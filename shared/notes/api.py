"""Door 1 for programs: the notes on one thing."""

from typing import Any
from uuid import UUID

from shared.notes import commands, queries, schemas
from shared.notes.kinds import Kind
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard


def add(api: Blueprint, kind: Kind) -> None:
    """Give a slice's API the notes on its things."""
    notes = f"/<agency>/{kind.part}/<uuid:about_id>/notes"

    @api.get(notes, endpoint=f"list_{kind.about}_notes")
    @guard(kind.permission)
    @api.arguments(paging.PageQuery, location="query")
    @api.response(200, paging.page_of(schemas.NoteSchema))
    def list_notes(query: dict[str, Any], agency: str, about_id: UUID) -> paging.Page[queries.Line]:
        """The notes on it that the officer sees, the latest first; the look is logged."""
        officer = door.current_officer()
        with door.transaction() as session:
            return queries.notes(session, officer, kind.find(session, officer, about_id), **query)

    @api.post(notes, endpoint=f"write_{kind.about}_note")
    @guard(kind.permission)
    @api.arguments(schemas.NoteWritten)
    @api.response(201, schemas.NoteSchema)
    def write_note(given: dict[str, Any], agency: str, about_id: UUID) -> queries.Line:
        """Note something on it; a note is never changed afterwards."""
        officer = door.current_officer()
        with door.transaction() as session:
            noted = kind.find(session, officer, about_id)
            return queries.line(officer, commands.write_note(session, officer, noted, **given))

    @api.post(f"{notes}/<uuid:note_id>/strike", endpoint=f"strike_{kind.about}_note")
    @guard(kind.permission)
    @api.arguments(schemas.NoteStruck)
    @api.response(200, schemas.NoteSchema)
    def strike_note(given: dict[str, Any], agency: str, about_id: UUID, note_id: UUID) -> queries.Line:
        """Strike a note out; it stays to be read, with the reason."""
        officer = door.current_officer()
        with door.transaction() as session:
            noted = kind.find(session, officer, about_id)
            return queries.line(officer, commands.strike_note(session, officer, noted, note_id, **given))
