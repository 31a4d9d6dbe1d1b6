"""Who somebody is, under whichever of her records she is asked for."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.persons.models import PersonRecord
from shared.storage.arrays import among


def records_of(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Every record of these persons, with the one under which she lives on; one query, whatever the number.

    An identifier of which nothing was told is a record of its own, and so is a group's.
    """
    if not ids:
        return {}
    named = select(PersonRecord.person_id).where(among(PersonRecord.record_id, ids))
    rows = session.execute(
        select(PersonRecord.record_id, PersonRecord.person_id).where(
            or_(PersonRecord.person_id.in_(named), among(PersonRecord.person_id, ids))
        )
    )
    told = {row.record_id: row.person_id for row in rows}
    found = {each: told.get(each, each) for each in ids}
    return {**{person: person for person in found.values()}, **found, **told}
