"""What a merge of two records of one person brings about, and what undoing it takes back.

Nothing is lost of either record, and no history moves. What goes on is the living record's: her open journeys and her
place in a group, each noted with the merge, so that it goes back where it came from.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from services.intake.changes import rules
from services.intake.changes.models import PersonMerge
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from services.intake.registry import filling, households
from services.intake.registry.models import Person
from services.intake.registry.rules import require_unmerged
from services.intake.sharing import commands as sharing
from shared.bus import announce_all
from shared.events.intake import PersonsMerged, PersonsParted
from shared.identity.officer import Officer
from shared.kernel import clock, numbers
from shared.referrals.models import Referral


def merge(session: Session, officer: Officer, merged: Person, kept: Person, evidence: str) -> PersonMerge:
    """Say that one locked record is another one's person, who goes on under the other.

    Raises SameRecord, RecordMerged, NikStays, OneHasDied, JourneysCollide and BothInGroups.
    """
    if merged.id == kept.id:
        raise rules.SameRecord().at("nik")
    for each in (merged, kept):
        require_unmerged(each.merged_into)
    if merged.nik is not None and kept.nik is None:
        raise rules.NikStays
    if (merged.died_on is None) != (kept.died_on is None):
        raise rules.OneHasDied
    journeys = _going_on(session, merged.id, kept.id)
    places = _belonging(session, merged.id, kept.id)
    filled = filling.fill(session, merged, kept)
    done = PersonMerge(
        kept_id=kept.id,
        merged_id=merged.id,
        evidence=evidence,
        merged_by=officer.id,
        merged_at=clock.now(),
        journeys=[str(each) for each in journeys],
        places=[str(each) for each in places],
        filled=filled,
    )
    session.add(done)
    session.flush()
    _move(session, journeys, places, merged.id, kept.id)
    _live_on(session, [merged, *_below(session, merged.id)], kept.id)
    _look_at_cards(session, merged, kept)
    sharing.let_last_word_count(session, officer, kept.id, journeys)
    return done


def undo(session: Session, officer: Officer, done: PersonMerge, merged: Person, because: str) -> None:
    """Let a record that was merged stand alone again, with all that had been merged into it before."""
    lives = session.get_one(Person, merged.merged_into)
    done.undone_by, done.undone_at, done.undone_because = officer.id, clock.now(), because
    session.flush()
    journeys, places = ([UUID(each) for each in ids] for ids in (done.journeys, done.places))
    _move(session, journeys, places, lives.id, merged.id)
    filling.unfill(session, merged, lives, done.filled)
    _stand_alone(session, merged)
    _live_on(session, _below(session, merged.id), merged.id)
    _look_at_cards(session, merged, lives)


def tell_untold(session: Session, most: int) -> int:
    """Tell of records that were merged before merges were announced; gives how many there were."""
    untold = select(Person).where(Person.merged_into.is_not(None), Person.merge_revision == 0)
    found = session.scalars(untold.order_by(Person.id).limit(most).with_for_update(skip_locked=True)).all()
    by_person: dict[UUID, list[Person]] = {}
    for each in found:
        by_person.setdefault(each.merged_into or each.id, []).append(each)
    for person_id, records in by_person.items():
        _live_on(session, records, person_id)
    return len(found)


def _going_on(session: Session, merged_id: UUID, kept_id: UUID) -> list[UUID]:
    """The open journeys of the merged record; raises JourneysCollide where the other is on the same programme's way."""
    found = session.execute(
        select(Journey.id, Journey.programme, Journey.subject_id)
        .where(Journey.subject_id.in_([merged_id, kept_id]), Journey.status == JourneyStatus.OPEN)
        .order_by(Journey.id)
        .with_for_update()
    ).all()
    hers = {row.programme: row.id for row in found if row.subject_id == kept_id}
    theirs = [row for row in found if row.subject_id == merged_id]
    for row in theirs:
        if row.programme in hers:
            raise rules.JourneysCollide(
                programme=row.programme, one=numbers.of(row.id), other=numbers.of(hers[row.programme])
            )
    return [row.id for row in theirs]


def _belonging(session: Session, merged_id: UUID, kept_id: UUID) -> list[UUID]:
    """The merged record's place in a group; raises BothInGroups where the other one has one, too."""
    found = session.execute(
        select(GroupMember.id, GroupMember.person_id, BusinessGroup.name)
        .join(BusinessGroup, BusinessGroup.id == GroupMember.group_id)
        .where(GroupMember.person_id.in_([merged_id, kept_id]), GroupMember.left_on.is_(None))
        .order_by(GroupMember.person_id == kept_id)
    ).all()
    if len(found) > 1:
        raise rules.BothInGroups(one=found[0].name, other=found[1].name)
    return [row.id for row in found if row.person_id == merged_id]


def _move(session: Session, journeys: Collection[UUID], places: Collection[UUID], of: UUID, to: UUID) -> None:
    """Let these journeys, intake's own stages of them, and these places in groups go on under another record."""
    for table, of_whom, named in (
        (Journey, Journey.subject_id, Journey.id.in_(journeys)),
        (Referral, Referral.subject_id, Referral.journey_id.in_(journeys)),
        (GroupMember, GroupMember.person_id, GroupMember.id.in_(places)),
    ):
        session.execute(
            update(table).where(named, of_whom == of).values({of_whom.key: to}),
            execution_options={"synchronize_session": "fetch"},
        )


def _below(session: Session, person_id: UUID) -> list[Person]:
    """The records that were merged into this one, and those that were merged into these before; locked."""
    down = select(PersonMerge.merged_id).where(PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None))
    below = down.cte("below", recursive=True)
    further = aliased(PersonMerge)
    below = below.union(
        select(further.merged_id).where(further.kept_id == below.c.merged_id, further.undone_at.is_(None))
    )
    named = select(Person).where(Person.id.in_(select(below.c.merged_id))).order_by(Person.id)
    return list(session.scalars(named.with_for_update(), execution_options={"populate_existing": True}))


def _live_on(session: Session, records: Iterable[Person], person_id: UUID) -> None:
    said = []
    for each in records:
        each.merged_into, each.merge_revision = person_id, each.merge_revision + 1
        said.append(PersonsMerged(record_id=each.id, person_id=person_id, revision=each.merge_revision))
    session.flush()
    announce_all(session, said)


def _look_at_cards(session: Session, *records: Person) -> None:
    """Say anew what is improbable of their family cards: a merged record stands on none beside herself."""
    households.mark(session, [each.id for each in records], clock.today())
    for each in records:
        session.refresh(each)


def _stand_alone(session: Session, record: Person) -> None:
    record.merged_into, record.merge_revision = None, record.merge_revision + 1
    session.flush()
    announce_all(session, [PersonsParted(record_id=record.id, revision=record.merge_revision)])
