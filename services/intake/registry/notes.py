"""The notes on persons: whoever may open her record sees them.

What the agency noted that holds the protection compartment is its own office's alone, whatever it says: that it wrote
something would tell that it deals with her.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.registry import queries
from services.intake.registry.rules import RecordMerged
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.notes.kinds import Kind, Noted
from shared.notes.queries import not_kept_apart, on
from shared.notes.rules import About


def find(session: Session, officer: Officer, person_id: UUID) -> Noted:
    """A person of her areas, with the notes on all her records, written on the one that lives.

    Raises NotFound or OutsideArea.
    """
    found = queries.person(session, officer, person_id)
    return Noted(
        About.PERSON,
        found.id,
        subject_kind="person",
        subject_id=found.id,
        seen=on(About.PERSON, queries.records_of(session, found.id)) & not_kept_apart(officer),
        closed=RecordMerged(found.merged_into) if found.merged_into else None,
    )


KIND = Kind(About.PERSON, "persons", Permission.REGISTRY_NOTE, find)
