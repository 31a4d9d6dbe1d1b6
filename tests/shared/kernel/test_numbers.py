from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from shared.kernel import numbers
from shared.kernel.ids import new_id

KNOWN = UUID(int=482_109_355)


@pytest.mark.parametrize(
    "typed",
    [
        "482-109-355",
        "482109355",
        " 482 109 355 ",
        "482.109.355",
        "482/109/355",
        "482\u2011109\u2011355",
        "482 - 109 - 355",
        "No. 482-109-355",
        "no 482109355",
        "NOMOR 482-109-355",
        "Nomor: 482 109 355",
        "#482-109-355",
        str(KNOWN),
        str(KNOWN).upper(),
    ],
)
def test_a_number_is_read_however_it_is_written(typed):
    assert numbers.read(typed) == "482109355"


@pytest.mark.parametrize(("typed", "digits"), [("9355", "9355"), ("09-355", "09355"), ("no. 109 355", "109355")])
def test_its_last_digits_are_read_too(typed, digits):
    assert numbers.read(typed) == digits


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "355",
        "Siti",
        "3f2a91bc",
        "6402055501900001",
        "0812-3456-7890",
        "482-109-35x",
        "٤٨٢١٠٩٣٥٥",
        "no",
        "nomor",
        "64.02.05.2001x",
    ],
)
def test_what_is_no_number_is_not_taken_for_one(typed):
    assert numbers.read(typed) is None


def test_it_is_shown_in_threes_and_what_is_not_whole_says_so():
    assert numbers.of(KNOWN) == "482-109-355"
    assert numbers.of(UUID(int=7)) == "000-000-007"
    assert numbers.shown("482109355") == "482-109-355"
    assert numbers.shown("09355") == "…09-355"


@given(st.uuids())
def test_what_is_shown_is_found_again(identifier):
    assert numbers.read(numbers.of(identifier)) == numbers.plain(identifier)


def test_every_database_says_the_same_number(intake_db, grants_db, training_db, monitoring_db):
    drawn = [KNOWN, UUID(int=0), UUID(int=2**128 - 1), *(new_id() for _ in range(50))]
    for base in (intake_db, grants_db, training_db, monitoring_db):
        with base.reading() as session:
            for each in drawn:
                said = session.scalar(text("SELECT kail_journey_number(:id)"), {"id": each})
                assert said == numbers.plain(each)
