"""What a permission leaves open: whose record it is. Another area's, another office's and a record that is no more."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from services.intake.registry.models import Person
from services.training.worker import WORKS
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.privacy.fields import blind_index
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web import access, guard
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.intake.journeys.roads import Road
from tests.shared.referrals.offers import heard, offer, withdrawal

ANOTHER_AREA = an_officer(Role.OFFICER, office="dinsos-mataram")
NIK = "6402055204880017"
SHOWN = {"identified": "id-card", "seen": "KTP"}
TODAY = clock.today().isoformat()
OF_A_PERSON: dict[str, dict[str, Any]] = {
    "PUT contact-wish": {"channel": "phone", "never_call": False},
    "POST death": {"died_on": TODAY, "evidence": "Akta kematian 1/2023"},
    "POST merge": {"nik": NIK, "evidence": "KTP dan KK dilihat"},
    "POST corrections": {**SHOWN, "evidence": "Akta kelahiran", "wanted": {"name": "Nama Lain"}},
    "POST disclosures": SHOWN,
}
"""What is done to a person, as whoever may do it would ask for it."""


@pytest.fixture
def intake(intake_db: Database) -> Flask:
    app: Flask = web_app("intake", intake_db)
    app.testing = True
    return app


@pytest.fixture
def hers(intake_db: Database) -> dict[str, UUID]:
    """A woman of Kutai Kartanegara, her journey and a group there, by the name that addresses give to each."""
    road = Road(intake_db)
    (woman,) = road.women()
    return {
        "person_id": woman,
        "journey_id": road.open([woman]).opened[woman],
        "group_id": road.groups()[0],
    }


def looks_at_one(app: Flask, known: dict[str, UUID]) -> Iterator[tuple[str, guard.Guard]]:
    """Every address of the API that shows one of these."""
    for rule in app.url_map.iter_rules():
        others = rule.arguments - {"agency", *known}
        if "/v1/" not in rule.rule or "GET" not in (rule.methods or ()) or others or not rule.arguments & known.keys():
            continue
        mark = guard.guard_of(app, rule.endpoint, "GET")
        assert mark is not None
        parts = {name: known[name] for name in rule.arguments & known.keys()}
        yield rule.build({"agency": "dinsos", **parts})[1], mark  # type: ignore[index]


def ask(app: Flask, method: str, address: str, officer: Officer, body: Any = None) -> int:
    return app.test_client().open(address, method=method, json=body, headers=bearer(officer)).status_code


def test_a_record_of_another_area_is_shown_to_nobody(intake: Flask, hers: dict[str, UUID]) -> None:
    seen = list(looks_at_one(intake, hers))
    assert len(seen) >= 3
    at_home = an_officer(Role.OFFICER, office="dinsos-kukar")
    for address, mark in seen:
        assert mark.permission is not None
        assert access.holds(ANOTHER_AREA, mark.permission), f"{address} is refused for another reason"
        assert ask(intake, "GET", address, at_home) == 200, address
        assert ask(intake, "GET", address, ANOTHER_AREA) in (403, 404), address


@pytest.mark.parametrize("what", OF_A_PERSON)
def test_a_record_of_another_area_is_changed_by_nobody(
    intake: Flask, intake_db: Database, hers: dict[str, UUID], what: str
) -> None:
    Road(intake_db).women(nik=NIK, nik_index=blind_index(NIK, "nik"), area="52.71.01.1001")  # where they work
    method, _, last = what.partition(" ")
    address = f"/intake/v1/dinsos/persons/{hers['person_id']}/{last}"
    body = OF_A_PERSON[what]
    assert ask(intake, method, address, ANOTHER_AREA, body) in (403, 404)
    assert ask(intake, method, address, an_officer(Role.OFFICER), body) not in (403, 404)


@pytest.mark.parametrize("kept", [{"merged_into": "person_id"}, {"died_on": clock.today()}], ids=["merged", "died"])
@pytest.mark.parametrize("what", ["POST corrections", "POST disclosures"])
def test_nothing_is_asked_on_a_record_that_is_no_more(
    intake: Flask, intake_db: Database, hers: dict[str, UUID], kept: dict[str, Any], what: str
) -> None:
    (other,) = Road(intake_db).women()
    values = {name: hers["person_id"] if value == "person_id" else value for name, value in kept.items()}
    with intake_db.transaction() as session:
        session.execute(update(Person).where(Person.id == other).values(**values))
    method, _, last = what.partition(" ")
    address = f"/intake/v1/dinsos/persons/{other}/{last}"
    assert ask(intake, method, address, an_officer(Role.OFFICER), OF_A_PERSON[what]) in (409, 422)


@pytest.fixture
def training(training_db: Database) -> Flask:
    app: Flask = web_app("training", training_db)
    app.testing = True
    return app


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (an_officer(Role.OFFICER), True),
        (an_officer(Role.OFFICER, areas=("64.07",)), False),  # her office's, and not her area's
        (an_officer(Role.OFFICER, office="dinsos-kukar"), False),
        (an_officer(Role.OFFICER, office="dp3a-kukar"), False),
        (an_officer(Role.HEAD, office="koperasi-kaltim"), False),
        (an_officer(Role.COORDINATOR, office="bappeda-kaltim"), False),  # she sees the lists, and nobody's name
    ],
    ids=lambda each: each.office if isinstance(each, Officer) else None,
)
@pytest.mark.parametrize("ended", [False, True], ids=["open", "withdrawn"])
def test_a_referral_is_known_to_its_own_office_and_its_particulars_only_while_it_is_open(
    training: Flask, training_db: Database, who: Officer, sees: bool, ended: bool
) -> None:
    given = offer(area="64.02.05.2001")
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(given, {"name": "Siti Uji"})], works=by_kind(WORKS))
        if ended:
            hear_stages_withdrawn(session, [heard(withdrawal(given))], works=by_kind(WORKS))
    one = f"/training/v1/{who.agency}/referrals/{given.referral_id}"
    answer = training.test_client().get(one, headers=bearer(who))
    if not sees:
        assert answer.status_code in (403, 404)
        for act in ("accept", "take-over", "decline", "complete"):
            assert ask(training, "POST", f"{one}/{act}", who, {}) in (403, 404, 422)
        return
    assert answer.status_code == 200
    assert answer.get_json()["particulars"] == (None if ended else {"name": "Siti Uji"})
    if ended:
        assert ask(training, "POST", f"{one}/accept", who, {}) == 409


def test_in_lists_a_nik_is_masked_and_on_her_own_page_it_is_not(intake: Flask, intake_db: Database) -> None:
    (woman,) = Road(intake_db).women(nik=NIK, nik_index=blind_index(NIK, "nik"))
    who = an_officer(Role.OFFICER)
    (listed,) = intake.test_client().get("/intake/v1/dinsos/persons", headers=bearer(who)).get_json()["items"]
    assert listed["nik"] == "••••••••••••••17"
    alone = intake.test_client().get(f"/intake/v1/dinsos/persons/{woman}", headers=bearer(who)).get_json()
    assert alone["nik"] == NIK
