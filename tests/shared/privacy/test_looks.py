from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from shared.privacy.looks import Look, log_look, log_looks, verify_looks


@dataclass(frozen=True)
class SomeOfficer:
    id: UUID
    office: str


OFFICER = SomeOfficer(uuid4(), "dinsos-kaltim")


@pytest.fixture
def looked(intake_db):
    with intake_db.transaction() as session:
        log_look(session, OFFICER, "person", uuid4(), "verification")
        log_looks(session, OFFICER, "person", [uuid4() for _ in range(4)], "search")
        log_looks(session, OFFICER, "person", [], "search that found nobody")
    return intake_db


def test_the_chain_of_looks_holds(looked):
    with looked.reading() as session:
        verified = verify_looks(session)
    assert (verified.count, verified.broken_at) == (5, None)


def test_a_changed_look_is_found(looked):
    with looked.transaction() as session:
        session.execute(update(Look).where(Look.seq == 3).values(why="something else"))
    with looked.reading() as session:
        assert verify_looks(session).broken_at == 3


def test_a_look_taken_out_is_found(looked):
    with looked.transaction() as session:
        session.execute(delete(Look).where(Look.seq == 2))
    with looked.reading() as session:
        assert verify_looks(session).broken_at == 3


def test_officers_who_look_at_the_same_time_write_one_chain(looked):
    def look_ten_times(_: int) -> None:
        for _ in range(10):
            with looked.transaction() as session:
                log_look(session, OFFICER, "group", uuid4(), "worklist")

    with ThreadPoolExecutor(4) as officers:
        list(officers.map(look_ten_times, range(4)))
    with looked.reading() as session:
        verified = verify_looks(session)
    assert (verified.count, verified.broken_at) == (45, None)
