"""Two records that are one person: her case is found under each of them, and nothing outside shows that it is there."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.intake.protection.models import ProtectionCase, TalkRequest
from services.intake.registry.models import Person
from shared.storage import database
from shared.storage.base import tables_of
from tests.intake.protection.conftest import Compartment

REASON = "Diminta hadir di sidang besok pagi."


@pytest.fixture
def records(compartment: Compartment) -> tuple[UUID, UUID]:
    """Two records of one woman that nobody has found to be one yet."""
    one, other = compartment.women(2)
    with compartment.base.transaction() as session:
        session.get_one(Person, one).name = "Ibu Lama"
        session.get_one(Person, other).name = "Ibu Baru"
    return one, other


def merge(compartment: Compartment, record: UUID, person: UUID | None) -> None:
    with compartment.base.transaction() as session:
        found = session.get_one(Person, record)
        found.merged_into, found.merge_revision = person, found.merge_revision + 1


def count(compartment: Compartment, table: Any) -> int:
    with compartment.base.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def read(compartment: Compartment, woman: UUID) -> Any:
    """What the head reads of her, once a counsellor has let her."""
    asked = compartment.ask(compartment.head, "POST", "glass", {"person_id": str(woman), "reason": REASON}).get_json()
    granted = {"granted": True, "reason": "Hakim memintanya."}
    answer = compartment.ask(compartment.counsellor, "POST", f"glass/{asked['id']}/decide", granted)
    assert answer.status_code < 300, answer.text
    return compartment.ask(compartment.head, "GET", f"glass/{asked['id']}").get_json()


@pytest.mark.parametrize("opened_under", [0, 1])
@pytest.mark.parametrize("asked_under", [0, 1])
def test_a_case_is_found_under_every_record_of_hers(
    compartment: Compartment, records: tuple[UUID, UUID], opened_under: int, asked_under: int
) -> None:
    case = compartment.case(records[opened_under])
    merge(compartment, *records)
    again = compartment.case(records[asked_under])
    assert again["id"] == case["id"]
    assert count(compartment, ProtectionCase) == 1
    (seen,) = read(compartment, records[asked_under])
    assert seen["id"] == case["id"]


def test_a_case_is_read_with_the_name_and_the_record_under_which_she_lives_on(
    compartment: Compartment, records: tuple[UUID, UUID]
) -> None:
    case = compartment.case(records[0])
    merge(compartment, *records)
    assert (compartment.read(case)["name"], compartment.read(case)["person_id"]) == ("Ibu Baru", str(records[1]))
    assert [each["name"] for each in compartment.due()["cases"]] == ["Ibu Baru"]
    listed = compartment.ask(compartment.counsellor, "GET", "cases").get_json()["items"]
    assert [each["name"] for each in listed] == ["Ibu Baru"]


def test_asking_under_two_records_is_asking_once_and_one_case_answers_it(
    compartment: Compartment, records: tuple[UUID, UUID]
) -> None:
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(records[0])})
    merge(compartment, *records)
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(records[1])})
    assert count(compartment, TalkRequest) == 1
    (request,) = compartment.due()["requests"]
    compartment.case(records[1], request_id=request["id"], person_id=None)
    assert compartment.due()["requests"] == []


def test_another_womans_case_is_not_hers_and_what_is_parted_is_two_again(
    compartment: Compartment, records: tuple[UUID, UUID]
) -> None:
    (stranger,) = compartment.women()
    case = compartment.case(records[0])
    merge(compartment, *records)
    assert compartment.case(stranger)["id"] != case["id"]
    assert read(compartment, stranger)[0]["id"] != case["id"]
    merge(compartment, records[0], None)
    assert compartment.case(records[1])["id"] != case["id"]
    assert compartment.case(records[0])["id"] == case["id"]


def test_a_merge_writes_nothing_into_the_compartment(compartment: Compartment, records: tuple[UUID, UUID]) -> None:
    compartment.case(records[0])

    def kept() -> dict[str, list[Any]]:
        with database("protection").reading() as session:
            return {
                table.name: sorted(map(str, session.execute(select(table)).all())) for table in tables_of("protection")
            }

    before = kept()
    merge(compartment, *records)
    assert kept() == before
