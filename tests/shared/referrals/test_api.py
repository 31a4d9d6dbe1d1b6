from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.events.intake import StageOffered
from shared.events.referrals import (
    ReferralAccepted,
    ReferralCompleted,
    ReferralDeclined,
    ReferralOpened,
    ReferralReturned,
)
from shared.identity.rules import Role
from shared.kernel import clock
from shared.privacy.looks import Look
from shared.referrals import api
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from tests.announcements import announced
from tests.browsing import an_officer, bearer
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer

LIST = "/training/v1/dinsos/referrals"
NO = {"reason": "no-places", "explanation": "Semua kelas penuh sampai Maret.", "suggestion": "offer-again-later"}


@pytest.fixture
def app(training_db: Database) -> Iterator[Flask]:
    made = create_app("training", blueprints=[api.blueprint("training", [CountedSessions()])], database=training_db)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def hers() -> dict[str, str]:
    return bearer(an_officer(Role.OFFICER, office="dinsos-kaltim"))


def offers(base: Database, *given: StageOffered) -> list[str]:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=by_kind([CountedSessions()]))
    return [f"{LIST}/{each.referral_id}" for each in given]


def test_the_worklist_shows_the_most_late_first_page_by_page_and_no_particulars(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    now = clock.now()
    given = [offer(remind_at=now, due_at=now + timedelta(days=days)) for days in (3, 1, 2)]
    offers(training_db, *given)
    first = client.get(f"{LIST}?limit=2", headers=hers).get_json()
    rest = client.get(f"{LIST}?limit=2&after={first['next']}", headers=hers).get_json()
    found = [each["id"] for each in first["items"] + rest["items"]]
    assert found == [str(given[index].referral_id) for index in (1, 2, 0)]
    assert rest["next"] is None
    assert "Siti" not in str(first)
    with training_db.reading() as session:
        assert session.scalars(select(Look)).all() == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 3),
        ("?programme=kube-kaltim-2023", 1),
        ("?stage=another", 1),
        ("?overdue=true", 1),
        ("?state=accepted", 0),
        ("?mine=true", 0),
    ],
)
def test_the_worklist_can_be_narrowed(
    training_db: Database, client: FlaskClient, hers: dict[str, str], query: str, expected: int
) -> None:
    past = clock.now() - timedelta(days=1)
    offers(
        training_db,
        offer(programme="kube-kaltim-2023"),
        offer(stage="another"),
        offer(remind_at=past, due_at=past),
    )
    assert len(client.get(LIST + query, headers=hers).get_json()["items"]) == expected
    counted = client.get(f"{LIST}/counts", headers=hers).get_json()
    none = dict.fromkeys(("near", "mine", "to_give", "closed"), 0)
    assert counted == {"by_state": {"offered": 3}, "overdue": 1, "for_me": 3, **none}


def test_looking_opens_the_referral_once_and_logs_every_look(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    (one,) = offers(training_db, offer())
    answers = [client.get(one, headers=hers) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].get_json()["particulars"] == PARTICULARS
    assert answers[0].get_json()["moves"] == ["accept", "decline"]
    assert answers[0].headers["ETag"] == f'"{answers[0].get_json()["revision"]}"'
    assert [type(each) for each in announced(training_db)] == [ReferralOpened]
    with training_db.reading() as session:
        assert len(session.scalars(select(Look)).all()) == 2


def test_a_referral_is_accepted_worked_on_and_completed_with_outcome_and_facts(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    (one,) = offers(training_db, offer())
    assert client.post(f"{one}/accept", headers=hers).get_json()["state"] == "accepted"
    assert client.put(f"{one}/work", json={"sessions_attended": 1}, headers=hers).status_code == 200
    done = client.post(f"{one}/complete", json={"sessions_attended": 2}, headers=hers).get_json()
    assert (done["state"], done["outcome"]) == ("completed", "attended")
    kept = client.get(one, headers=hers).get_json()
    assert (kept["facts"], kept["moves"]) == ({"sessions_attended": 2}, [])
    said = announced(training_db)
    assert [type(each) for each in said] == [ReferralAccepted, ReferralCompleted]
    assert (said[-1].outcome, said[-1].facts) == ("attended", {"sessions_attended": 2})  # type: ignore[attr-defined]


def test_work_that_is_not_done_is_refused_beside_its_field_and_changes_nothing(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    (one,) = offers(training_db, offer())
    client.post(f"{one}/accept", headers=hers)
    for body in ({}, {"sessions_attended": "two"}, {"sessions_attended": -1}):
        answer = client.post(f"{one}/complete", json=body, headers=hers)
        assert (answer.status_code, [*answer.get_json()["errors"]]) == (422, ["sessions_attended"])
    assert client.post(f"{one}/complete", json={"sesions": 1}, headers=hers).status_code == 422
    assert client.post(f"{one}/complete", json=[1], headers=hers).status_code == 422
    assert client.get(one, headers=hers).get_json()["state"] == "accepted"


def test_a_stage_that_nobody_accepted_cannot_be_completed_or_worked_on(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    (one,) = offers(training_db, offer())
    for answer in (
        client.post(f"{one}/complete", json={"sessions_attended": 2}, headers=hers),
        client.put(f"{one}/work", json={"sessions_attended": 2}, headers=hers),
        client.post(f"{one}/return", json=NO, headers=hers),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "not-yet-accepted")


@pytest.mark.parametrize("missing", ["reason", "explanation", "suggestion"])
def test_a_no_without_its_grounds_is_refused(
    training_db: Database, client: FlaskClient, hers: dict[str, str], missing: str
) -> None:
    (one,) = offers(training_db, offer())
    for body in ({**NO, missing: ""}, {name: NO[name] for name in NO if name != missing}, {**NO, "explanation": "  "}):
        answer = client.post(f"{one}/decline", json=body, headers=hers)
        assert answer.status_code == 422
    assert announced(training_db) == []


@pytest.mark.parametrize(("move", "event"), [("decline", ReferralDeclined), ("return", ReferralReturned)])
def test_agency_refuses_with_its_reason_in_the_open_and_its_explanation_sealed(
    training_db: Database, client: FlaskClient, hers: dict[str, str], move: str, event: type
) -> None:
    (one,) = offers(training_db, offer())
    if move == "return":
        client.post(f"{one}/accept", headers=hers)
    assert client.post(f"{one}/{move}", json=NO, headers=hers).status_code == 200
    said = announced(training_db)[-1]
    assert isinstance(said, event)
    assert (said.reason, said.suggestion) == ("no-places", "offer-again-later")  # type: ignore[attr-defined]
    assert "Maret" not in str(said)
    kept = client.get(one, headers=hers).get_json()
    assert (kept["explanation"], kept["particulars"]) == (NO["explanation"], None)


def test_what_another_office_or_area_holds_does_not_exist(training_db: Database, client: FlaskClient) -> None:
    mine, elsewhere = offers(training_db, offer(), offer(area="64.72.01.1001", office="dinsos-kaltim"))
    narrow = bearer(an_officer(Role.OFFICER, office="dinsos-kaltim", areas=("64.02",)))
    assert [each["area"] for each in client.get(LIST, headers=narrow).get_json()["items"]] == ["64.02.05.2001"]
    assert client.get(elsewhere, headers=narrow).status_code == 403
    assert client.post(f"{elsewhere}/accept", headers=narrow).status_code == 403
    assert client.get(mine, headers=bearer(an_officer(office="bappeda-kaltim"))).status_code == 403


def test_a_coordinator_lists_every_agencys_referrals_and_changes_none(
    training_db: Database, client: FlaskClient
) -> None:
    (one,) = offers(training_db, offer())
    coordinator = bearer(an_officer(Role.COORDINATOR, office="bappeda-kaltim"))
    assert len(client.get(LIST, headers=coordinator).get_json()["items"]) == 1
    assert client.get(one, headers=coordinator).status_code == 403
    assert client.post(f"{one}/accept", headers=coordinator).status_code == 403


def test_an_answer_made_for_an_older_revision_is_refused(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    (one,) = offers(training_db, offer())
    seen = client.get(one, headers=hers).headers["ETag"]
    assert client.post(f"{one}/accept", headers={**hers, "If-Match": seen}).status_code == 200
    late = client.put(f"{one}/work", json={"sessions_attended": 1}, headers={**hers, "If-Match": seen})
    assert late.status_code == 412
    assert client.post(f"{one}/take-over", headers={**hers, "If-Match": '"other"'}).status_code == 412


def test_many_are_accepted_and_completed_at_once_or_not_at_all(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    given = [offer() for _ in range(30)]
    offers(training_db, *given)
    ids = [str(each.referral_id) for each in given]
    unknown = str(offer().referral_id)
    assert client.post(f"{LIST}/accept", json={"ids": [*ids, unknown]}, headers=hers).status_code == 404
    assert announced(training_db) == []
    assert client.post(f"{LIST}/accept", json={"ids": ids}, headers=hers).status_code == 200

    done: list[dict[str, Any]] = [{"id": each, "done": {"sessions_attended": 2}} for each in ids]
    wrong = [*done[:-1], {"id": ids[-1], "done": {}}]
    refused = client.post(f"{LIST}/complete", json={"referrals": wrong}, headers=hers)
    assert [*refused.get_json()["errors"]] == ["referrals.29.done.sessions_attended"]
    assert client.post(f"{LIST}/complete", json={"referrals": done}, headers=hers).status_code == 200
    with training_db.reading() as session:
        assert {each.state for each in session.scalars(select(Referral))} == {"completed"}
    assert len(announced(training_db)) == 60


def test_the_description_of_the_api_names_what_each_kind_asks_for(client: FlaskClient) -> None:
    described = client.get("/training/v1/openapi.json").get_json()
    path = "/training/v1/{agency}/referrals/{referral_id}/complete"
    body = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/AttendedReported"}


def test_a_referral_says_on_which_legal_basis_the_office_is_told(
    training_db: Database, client: FlaskClient, hers: dict[str, str]
) -> None:
    (address,) = offers(training_db, offer())
    assert client.get(address, headers=hers).get_json()["basis"] == "public-task"
