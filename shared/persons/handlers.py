"""What every service hears of the records of a person: that they were merged, and parted again."""

from collections.abc import Mapping, Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.bus import Heard, batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.intake import PersonsMerged, PersonsParted
from shared.persons.models import PersonRecord


def hear_persons_merged(session: Session, heard: Sequence[Heard[PersonsMerged]]) -> None:
    """Note under which record each of these persons lives on."""
    _keep(session, [(each.event.record_id, each.event.person_id, each.event.revision) for each in heard])


def hear_persons_parted(session: Session, heard: Sequence[Heard[PersonsParted]]) -> None:
    """Note that these records stand alone again."""
    _keep(session, [(each.event.record_id, each.event.record_id, each.event.revision) for each in heard])


HEARS: Mapping[type[Event], Hearing] = {
    PersonsMerged: batch(hear_persons_merged),
    PersonsParted: batch(hear_persons_parted),
}


def _keep(session: Session, told: Sequence[tuple[object, object, int]]) -> None:
    if not told:
        return
    latest = {record: (person, revision) for record, person, revision in sorted(told, key=lambda each: each[2])}
    rows = [
        {"record_id": record, "person_id": person, "revision": revision}
        for record, (person, revision) in sorted(latest.items(), key=lambda each: str(each[0]))
    ]
    keeping = insert(PersonRecord)
    anew = {name: keeping.excluded[name] for name in ("person_id", "revision")}
    session.execute(
        keeping.on_conflict_do_update(
            index_elements=["record_id"], set_=anew, where=PersonRecord.revision < keeping.excluded.revision
        ),
        rows,
    )
