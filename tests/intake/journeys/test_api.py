from typing import Any

import pytest

from shared.events.referrals import ReferralUnanswered
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.ids import new_id
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.intake.journeys.roads import OFFICER, WRSE, Road

JOURNEYS = "/intake/v1/dinsos/journeys"


class Program:
    """An agency's own system, asking on behalf of an officer."""

    def __init__(self, road: Road) -> None:
        self.client = web_app("intake", road.database).test_client()

    def get(self, address: str, officer: Officer = OFFICER, **query: Any) -> Any:
        return self.client.get(address, headers=bearer(officer), query_string=query)

    def post(self, address: str, body: Any, officer: Officer = OFFICER, **headers: str) -> Any:
        return self.client.post(address, headers={**bearer(officer), **headers}, json=body)


@pytest.fixture
def program(road: Road) -> Program:
    return Program(road)


def stuck(road: Road) -> Any:
    (journey,) = road.set_out()
    road.hear(road.of(ReferralUnanswered, journey, "verification"))
    return journey


def test_many_set_out_at_once_and_each_refusal_has_its_reason(road: Road, program: Program) -> None:
    known, stranger = road.women(2), new_id()
    answer = program.post(JOURNEYS, {"programme": WRSE, "subject_ids": [str(each) for each in [*known, stranger]]})
    assert answer.status_code == 200, answer.json
    assert {each["subject_id"] for each in answer.json["opened"]} == {str(each) for each in known}
    (refusal,) = answer.json["refused"]
    assert (refusal["subject_id"], refusal["code"]) == (str(stranger), "subject-unknown")
    assert refusal["detail"]


def test_the_same_request_under_one_key_opens_once(road: Road, program: Program) -> None:
    body = {"programme": WRSE, "subject_ids": [str(road.women()[0])]}
    first, again = (program.post(JOURNEYS, body, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.json == again.json
    assert len(again.json["opened"]) == 1


def test_stuck_journeys_come_first_and_can_be_listed_alone(road: Road, program: Program) -> None:
    journey = stuck(road)
    road.set_out(2)
    everything = program.get(JOURNEYS).json["items"]
    assert len(everything) == 3
    assert everything[0]["id"] == str(journey)
    assert [each["id"] for each in program.get(JOURNEYS, state="stuck").json["items"]] == [str(journey)]


def test_pages_of_the_list_skip_nobody(road: Road, program: Program) -> None:
    stuck(road)
    road.set_out(4)
    seen, after = [], None
    while True:
        page = program.get(JOURNEYS, limit=2, **({"after": after} if after else {})).json
        seen += [each["id"] for each in page["items"]]
        if (after := page["next"]) is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_journey_is_shown_stage_by_stage_and_what_came_back(road: Road, program: Program) -> None:
    found = program.get(f"{JOURNEYS}/{stuck(road)}").json
    assert len(found["stages"]) == 10
    first, second = found["stages"][:2]
    assert (first["standing"], first["came_back"][0]["why"]) == ("stuck", "unanswered")
    assert second["standing"] == "waiting"


def test_a_stuck_stage_is_offered_again(road: Road, program: Program) -> None:
    journey = stuck(road)
    road.staff("dinsos-kaltim")
    answer = program.post(f"{JOURNEYS}/{journey}/reoffer", {"stage": "verification", "office": "dinsos-kaltim"})
    assert answer.status_code == 200, answer.json
    first = answer.json["stages"][0]
    assert (first["standing"], first["attempt"], first["office"]) == ("offered", 2, "dinsos-kaltim")


@pytest.mark.parametrize(("move", "outcome"), [("end", "stopped"), ("withdraw", "withdrawn")])
def test_a_journey_ends_once_and_only_with_a_reason(road: Road, program: Program, move: str, outcome: str) -> None:
    (journey,) = road.set_out()
    assert program.post(f"{JOURNEYS}/{journey}/{move}", {}).status_code == 422
    answer = program.post(f"{JOURNEYS}/{journey}/{move}", {"reason": "pindah ke luar provinsi"})
    assert (answer.json["status"], answer.json["outcome"]) == ("ended", outcome)
    assert program.post(f"{JOURNEYS}/{journey}/{move}", {"reason": "sekali lagi"}).status_code == 409


def test_a_journey_outside_her_areas_is_not_there_for_an_officer(road: Road, program: Program) -> None:
    (journey,) = road.set_out()
    elsewhere = an_officer(Role.OFFICER, office="dinsos-samarinda")
    assert program.get(f"{JOURNEYS}/{journey}", elsewhere).status_code == 404
    assert program.get(JOURNEYS, elsewhere).json["items"] == []


def test_a_coordinator_sees_everything_and_changes_nothing(road: Road, program: Program) -> None:
    (journey,) = road.set_out()
    coordinator = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
    assert program.get(f"{JOURNEYS}/{journey}", coordinator).status_code == 200
    assert program.post(f"{JOURNEYS}/{journey}/end", {"reason": "selesai"}, coordinator).status_code == 403


def test_ending_what_nobody_opened_is_not_found(program: Program) -> None:
    assert program.post(f"{JOURNEYS}/{new_id()}/end", {"reason": "tidak ada"}).status_code == 404
