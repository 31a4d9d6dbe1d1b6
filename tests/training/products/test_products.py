"""A product climbs its ladder, through both doors."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from services.training.products import requirements
from services.training.products.work import WORKS
from shared.events.intake import PersonsMerged, StageOffered, SubjectKind
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.persons.handlers import hear_persons_merged
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import heard, offer, withdrawal

LIST = "/training/v1/dinsos/referrals"
CHECKLIST = list(requirements.read(requirements.OWN).checklist.value)
KERUPUK = {"kind": "food", "name": "Kerupuk ikan", "shelf_days": 60}


@pytest.fixture
def app(training_db: Database) -> Flask:
    made = web_app("training", training_db)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app)


def signed_in(app: Flask, office: str = "dinsos-kaltim") -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = bearer(an_officer(Role.OFFICER, office=office))["Authorization"]
    return client


def ladder(rung: str = "licence", **changes: Any) -> StageOffered:
    return offer(**{"does": "training.products", "stage": "product", "settings": {"rung": rung}} | changes)


def offered(base: Database, *given: StageOffered) -> list[str]:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, {}) for each in given], works=by_kind(WORKS))
    return [str(each.referral_id) for each in given]


def accepted(base: Database, client: FlaskClient, *given: StageOffered) -> list[str]:
    found = offered(base, *given)
    assert client.post(f"{LIST}/accept", json={"ids": found}).status_code == 200
    return found


def seen(rung: str, **more: Any) -> dict[str, Any]:
    return {"rung": rung, "what": f"Bukti {rung}", "seen_on": clock.today().isoformat(), **more}


def weeks(count: int, kept: bool = True) -> list[dict[str, Any]]:
    days = [(clock.today() - timedelta(weeks=week)).isoformat() for week in range(count)]
    return [{"made_on": day, "quantity": 20, "unit": "toples", "quality_kept": kept} for day in days]


def licence(**changes: Any) -> dict[str, Any]:
    given = {
        "licence": "p-irt",
        "nib": "1234567890123",
        "course_score": 72,
        "premises_checked_on": clock.today().isoformat(),
        "document_number": "2063674010001-31",
    }
    return seen("licence", **given | changes)


def climb() -> dict[str, Any]:
    """The work of a product that climbs all the way."""
    return {
        "product": KERUPUK,
        "production": weeks(4),
        "evidence": [
            seen("made-to-order"),
            seen("steady-production"),
            seen("brand", brand="Kerupuk Ampenan", label_seen=True),
            seen("packaging-and-standard", checked=CHECKLIST),
            licence(),
        ],
    }


def save(client: FlaskClient, referral: str, **work: Any) -> Any:
    return client.put(f"{LIST}/{referral}/work", json=work)


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def facts(base: Database) -> list[tuple[str, dict[str, Any]]]:
    return [(each.outcome, each.facts) for each in announced(base) if isinstance(each, ReferralCompleted)]


def test_a_product_climbs_from_made_to_order_to_its_licence(training_db: Database, client: FlaskClient) -> None:
    (one,) = accepted(training_db, client, ladder())
    assert client.get(f"{LIST}/{one}").get_json()["work"]["rung"] is None
    assert save(client, one, **climb()).status_code == 200
    work = client.get(f"{LIST}/{one}").get_json()["work"]
    assert (work["rung"], work["licence"], work["steady_weeks"]) == ("licence", "p-irt", 4)
    assert work["requirements"]["pass_mark"]["verified"] is False
    assert client.post(f"{LIST}/{one}/complete", json={}).status_code == 200
    assert facts(training_db) == [("reached", {"rung": "licence", "licence": "p-irt"})]


def test_a_rung_without_those_below_it_is_not_reached_and_what_is_missing_is_said(
    training_db: Database, client: FlaskClient
) -> None:
    (one,) = accepted(training_db, client, ladder("brand"))
    brand = seen("brand", brand="Kerupuk Ampenan", label_seen=True)
    save(client, one, product=KERUPUK, evidence=[seen("made-to-order"), brand])
    refused = client.post(f"{LIST}/{one}/complete", json={})
    assert codes(refused) == (422, "what-is-missing")
    assert list(refused.get_json()["errors"]) == ["missing"]
    done = client.post(f"{LIST}/{one}/complete", json={"missing": "Produksi hanya bila ada pesanan."})
    assert done.status_code == 200
    assert facts(training_db) == [("not-yet", {"rung": "made-to-order", "licence": "none"})]
    with training_db.reading() as session:
        stored = bytes(session.scalar(text("SELECT missing FROM product_stage")))
    assert b"pesanan" not in stored


def test_the_product_stays_hers_and_the_next_stage_goes_on_where_it_stands(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    subject = ids.new_id()
    (first,) = accepted(training_db, client, ladder("brand", subject_id=subject))
    work = climb()
    assert client.post(f"{LIST}/{first}/complete", json=work | {"evidence": work["evidence"][:3]}).status_code == 200
    kukar = signed_in(app, "dinsos-kukar")
    later = ladder("licence", subject_id=subject, office="dinsos-kukar", sender_office="dinsos-kukar")
    (second,) = accepted(training_db, kukar, later)
    stands = kukar.get(f"{LIST}/{second}").get_json()["work"]
    assert (stands["rung"], stands["product"], len(stands["log"])) == ("brand", KERUPUK, 4)
    assert stands["ladder"][2]["evidence"]["office"] == "dinsos-kaltim"
    rest = work["evidence"][3:]
    assert kukar.post(f"{LIST}/{second}/complete", json={"evidence": rest}).status_code == 200
    assert facts(training_db)[-1] == ("reached", {"rung": "licence", "licence": "p-irt"})


@pytest.mark.parametrize(
    ("work", "code", "field"),
    [
        ({"evidence": [seen("made-to-order")]}, "product-missing", "product.name"),
        ({"product": {"kind": "food", "name": "Keripik"}}, "shelf-life-missing", "product.shelf_days"),
        ({"product": KERUPUK, "evidence": [seen("steady-production")]}, "not-steady", "evidence.0.rung"),
        (
            {"product": KERUPUK, "evidence": [seen("made-to-order"), seen("brand", brand="A")]},
            "not-answered",
            "evidence.1.label_seen",
        ),
        (
            {"product": KERUPUK, "evidence": [seen("made-to-order"), seen("brand", brand="A", label_seen=False)]},
            "brand-missing",
            "evidence.1.label_seen",
        ),
        ({"product": KERUPUK, "evidence": [licence(course_score=59)]}, "below-pass-mark", "evidence.0.course_score"),
        ({"product": KERUPUK, "evidence": [licence(licence="slhs")]}, "other-licence", "evidence.0.licence"),
        (
            {"product": KERUPUK, "evidence": [seen("made-to-order") | {"seen_on": "2999-01-01"}]},
            "seen-later",
            "evidence.0.seen_on",
        ),
        (
            {"product": KERUPUK, "evidence": [seen("made-to-order"), licence(premises_checked_on="2999-01-01")]},
            "seen-later",
            "evidence.1.premises_checked_on",
        ),
        (
            {"product": KERUPUK, "production": [*weeks(1), weeks(1)[0] | {"made_on": "2999-01-01"}]},
            "seen-later",
            "production.1.made_on",
        ),
    ],
)
def test_work_that_does_not_show_it_is_refused_at_its_field_and_nothing_of_it_is_kept(
    training_db: Database, client: FlaskClient, work: dict[str, Any], code: str, field: str
) -> None:
    (one,) = accepted(training_db, client, ladder())
    answer = save(client, one, **work)
    assert codes(answer) == (422, code)
    assert list(answer.get_json()["errors"]) == [field]
    with training_db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM product")) == 0


def test_two_records_of_one_woman_have_one_product(training_db: Database, client: FlaskClient) -> None:
    record, person = ids.new_id(), ids.new_id()
    with training_db.transaction() as session:
        hear_persons_merged(session, [heard(PersonsMerged(record_id=record, person_id=person, revision=1))])
    first, second = accepted(training_db, client, ladder(subject_id=record), ladder(subject_id=person))
    assert save(client, first, product=KERUPUK).status_code == 200
    assert client.get(f"{LIST}/{second}").get_json()["work"]["product"]["name"] == KERUPUK["name"]
    assert save(client, second, product={**KERUPUK, "name": "Amplang"}).status_code == 200
    assert client.get(f"{LIST}/{first}").get_json()["work"]["product"]["name"] == "Amplang"


def test_quality_that_was_lost_in_one_week_breaks_the_steady_run(training_db: Database, client: FlaskClient) -> None:
    (one,) = accepted(training_db, client, ladder("steady-production"))
    made = weeks(4)
    save(client, one, product=KERUPUK, production=[*made[:2], made[2] | {"quality_kept": False}, made[3]])
    assert codes(save(client, one, evidence=[seen("steady-production")])) == (422, "not-steady")
    save(client, one, production=[made[2]])  # told again for the same day, it is put right
    assert save(client, one, evidence=[seen("steady-production")]).status_code == 200


def test_a_brand_whose_production_has_lapsed_fails_the_availability_test_until_it_is_made_again(
    training_db: Database, client: FlaskClient
) -> None:
    subject = ids.new_id()
    first, second = accepted(training_db, client, *(ladder("brand", subject_id=subject) for _ in range(2)))
    work = climb()
    assert client.post(f"{LIST}/{first}/complete", json=work | {"evidence": work["evidence"][:3]}).status_code == 200
    advance([training_db], timedelta(days=90))
    try:
        client.environ_base["HTTP_AUTHORIZATION"] = bearer(an_officer(Role.OFFICER))["Authorization"]
        assert client.get(f"{LIST}/{second}").get_json()["work"]["rung"] == "made-to-order"
        assert codes(client.post(f"{LIST}/{second}/complete", json={})) == (422, "what-is-missing")
        assert client.post(f"{LIST}/{second}/complete", json={"production": weeks(4)}).status_code == 200
    finally:
        clock.set_offset(timedelta())
    assert [outcome for outcome, _ in facts(training_db)] == ["reached", "reached"]


def test_a_licence_is_optional_and_craft_needs_none(training_db: Database, client: FlaskClient) -> None:
    food, craft = accepted(training_db, client, ladder("packaging-and-standard"), ladder())
    work = climb()
    client.post(f"{LIST}/{food}/complete", json=work | {"evidence": work["evidence"][:4]})
    points = list(requirements.read(requirements.OWN).checklist_other.value)
    evidence = [*work["evidence"][:3], seen("packaging-and-standard", checked=points)]
    nib = seen("licence", licence="none", nib="1234567890123")
    told = work | {"product": {"kind": "craft", "name": "Tas rajut"}, "evidence": [*evidence, nib]}
    assert client.post(f"{LIST}/{craft}/complete", json=told).status_code == 200
    assert facts(training_db) == [
        ("reached", {"rung": "packaging-and-standard", "licence": "none"}),
        ("reached", {"rung": "licence", "licence": "none"}),
    ]


def test_two_agencies_that_describe_the_same_product_at_once_meet_on_one_ladder(
    training_db: Database, app: Flask
) -> None:
    subject = ids.new_id()
    found = accepted(training_db, signed_in(app), *(ladder(subject_id=subject) for _ in range(4)))

    def one(referral: str) -> int:
        return int(save(signed_in(app), referral, product=KERUPUK, production=weeks(3)).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, found)) == {200}
    with training_db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM product")) == 1
        assert session.scalar(text("SELECT count(*) FROM production")) == 3


def test_a_product_heard_of_twice_or_withdrawn_first_opens_one_stage(
    training_db: Database, client: FlaskClient
) -> None:
    given, early = ladder(subject_kind=SubjectKind.GROUP), ladder()
    offered(training_db, given)
    offered(training_db, given)
    for _ in range(2):
        with training_db.transaction() as session:
            hear_stages_withdrawn(session, [heard(withdrawal(early))], works=by_kind(WORKS))
    offered(training_db, early)
    client.post(f"{LIST}/{given.referral_id}/accept")
    save(client, str(given.referral_id), product=KERUPUK)
    for _ in range(2):
        with training_db.transaction() as session:
            hear_stages_withdrawn(session, [heard(withdrawal(given))], works=by_kind(WORKS))
    with training_db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM product")) == 1


def test_an_officer_lifts_a_product_on_pages(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.OFFICER))
    (one,) = offered(training_db, ladder("packaging-and-standard"))
    referral, today = f"/training/dinsos/referrals/{one}", clock.today().isoformat()
    browser.submit(f"{referral}/accept")
    assert "made-to-order" in browser.get(referral).text
    product = {"product.kind": "food", "product.name": "Kerupuk ikan"}
    assert "product-shelf_days-error" in browser.submit(f"{referral}/work", product).text
    product["product.shelf_days"] = "60"
    assert browser.submit(f"{referral}/work", product).status_code == 303
    made = {
        f"production.{row}.{name}": str(value).lower() if name == "quality_kept" else str(value)
        for row, day in enumerate(weeks(4))
        for name, value in day.items()
    }
    assert browser.submit(f"{referral}/work", product | made).status_code == 303
    for rung, more in (
        ("made-to-order", {}),
        ("steady-production", {}),
        ("brand", {"brand": "Kerupuk Ampenan", "label_seen": "true"}),
        ("packaging-and-standard", {"checked[]": CHECKLIST}),
    ):
        told = {"rung": rung, "what": f"Terlihat {rung}", "seen_on": today, **more}
        form = product | {f"evidence.0.{name}": value for name, value in told.items()}
        if rung == "packaging-and-standard":
            short = browser.submit(f"{referral}/work", form | {"evidence.0.checked[]": ["sealed"]})
            assert (short.status_code, 'value="sealed" checked' in short.text) == (422, True)
        assert browser.submit(f"{referral}/work", form).status_code == 303, rung
    assert "Kerupuk Ampenan" in browser.get(referral).text
    assert browser.submit(f"{referral}/complete", product).status_code == 303
    assert facts(training_db) == [("reached", {"rung": "packaging-and-standard", "licence": "none"})]
    listed = browser.get("/training/dinsos/products").text
    assert "Kerupuk ikan" in listed
    assert "Packaging and standard" in listed


def test_the_list_of_products_says_how_high_each_stands(training_db: Database, client: FlaskClient) -> None:
    first, second = accepted(training_db, client, ladder(), ladder())
    save(client, first, product=KERUPUK, evidence=[seen("made-to-order")])
    found = {each["referral_id"]: each for each in client.get("/training/v1/dinsos/products").get_json()["items"]}
    assert (found[first]["name"], found[first]["rung"]) == ("Kerupuk ikan", "made-to-order")
    assert (found[second]["name"], found[second]["rung"]) == (None, None)
