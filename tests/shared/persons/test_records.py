"""Which records are one person, whatever is heard first, and however often."""

from itertools import permutations
from uuid import UUID

import pytest

from shared.bus import Heard
from shared.events.intake import PersonsMerged, PersonsParted
from shared.kernel import ids
from shared.persons.handlers import HEARS
from shared.persons.queries import records_of
from shared.storage import Database

A, B, C, D = (ids.new_id() for _ in range(4))


def merged(record: UUID, person: UUID, revision: int) -> PersonsMerged:
    return PersonsMerged(record_id=record, person_id=person, revision=revision)


def parted(record: UUID, revision: int) -> PersonsParted:
    return PersonsParted(record_id=record, revision=revision)


STORIES = {
    "nothing was told": ([], {A: A}),
    "A is B's": ([merged(A, B, 1)], {A: B, B: B}),
    "A is B's, then both are C's": ([merged(A, B, 1), merged(B, C, 1), merged(A, C, 2)], {A: C, B: C, C: C}),
    "A is B's no longer": ([merged(A, B, 1), parted(A, 2)], {A: A}),
    "A is B's once more": ([merged(A, B, 1), parted(A, 2), merged(A, B, 3)], {A: B, B: B}),
    "C is left with B, and A with B": (
        [merged(B, C, 1), merged(A, C, 2), parted(B, 2), merged(A, B, 3)],
        {A: B, B: B},
    ),
    "A and D are both B's": ([merged(A, B, 1), merged(D, B, 1)], {A: B, B: B, D: B}),
}


@pytest.mark.parametrize(("told", "known"), STORIES.values(), ids=STORIES.keys())
def test_in_every_order_and_twice_the_records_of_a_person_are_the_same(training_db: Database, told, known) -> None:
    with training_db.transaction() as session:
        for order in permutations([*told, *told[:1]]):
            session.connection().exec_driver_sql("DELETE FROM person_record")
            for event in order:
                HEARS[type(event)].run(
                    session, [Heard(event=event, source="intake", subscriber="training", position=1, envelope={})]
                )
            for record in known:
                assert records_of(session, [record]) == known
    with training_db.reading() as session:
        assert records_of(session, []) == {}


def test_one_batch_that_tells_of_a_record_twice_keeps_the_last_word(training_db: Database) -> None:
    both = [merged(A, C, 2), merged(A, B, 1)]
    with training_db.transaction() as session:
        heard = [Heard(event=each, source="intake", subscriber="training", position=1, envelope={}) for each in both]
        HEARS[PersonsMerged].run(session, heard)
        assert records_of(session, [A]) == {A: C, C: C}
