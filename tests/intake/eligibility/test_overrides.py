"""Deciding otherwise than the registries say needs evidence and a second person, by page and by API."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from services.intake import app as intake
from services.intake.eligibility import overrides
from services.intake.eligibility.work import VerificationWork
from shared.events.intake import OverrideAsked, OverrideDecided
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.privacy.looks import Look
from shared.referrals import commands, handlers
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer
from tests.intake.people import register, staff
from tests.shared.referrals.offers import heard, offer

ONE, OTHER = an_officer(), an_officer()
ELSEWHERE = an_officer(Role.APPROVER, office="dinsos-kukar")
WORKS = by_kind([VerificationWork()])
API, PAGES = "/intake/v1/dinsos", "/intake/dinsos"
EVIDENCE = {"evidence": "Surat Dukcapil 12/2023"}
YES = {"agreed": True, "reason": "Surat sudah dilihat."}


def taken_on(base: Database, by: Officer = ONE, **facts: object) -> UUID:
    """A woman whom the registries leave out, unless they say otherwise; her verification is in work."""
    with base.transaction() as session:
        (person,) = register(session, **({"lists": ()} | facts))
        given = offer(
            does="intake.verification",
            subject_id=person,
            programme="wrse-kaltim-2023",
            stage="verification",
            settings={"check": "registry"},
        )
        handlers.subscriber_hears(WORKS.values())[type(given)].run(session, [heard(given, by="intake")])
        commands.accept_referrals(session, by, [given.referral_id])
    return given.referral_id


def ask(app: Flask, officer: Officer, path: str, body: object = None, agency: str = "dinsos"):
    return app.test_client().post(f"/intake/v1/{agency}{path}", json=body or {}, headers=bearer(officer))


@pytest.fixture
def app(intake_db: Database) -> Flask:
    return intake.create(intake_db)


def complete(app: Flask, referral: UUID, officer: Officer = ONE, **registry: str):
    return ask(app, officer, f"/referrals/{referral}/complete", {"registry": registry, "because": "Tidak terdaftar."})


def asked_for(app: Flask, referral: UUID) -> str:
    answer = ask(app, ONE, f"/referrals/{referral}/override", EVIDENCE)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def test_evidence_alone_decides_nothing(intake_db: Database, app: Flask) -> None:
    referral = taken_on(intake_db)
    refused = complete(app, referral, evidence="Surat Dukcapil 12/2023")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "second-person-needed")
    assert list(refused.get_json()["errors"]) == ["registry.evidence"]
    asked_for(app, referral)
    assert complete(app, referral).get_json()["outcome"] == "not-eligible"


def test_with_a_second_persons_consent_it_counts_and_both_are_told(intake_db: Database, app: Flask) -> None:
    referral = taken_on(intake_db)
    override = asked_for(app, referral)
    listed = app.test_client().get(f"{API}/overrides", headers=bearer(OTHER)).get_json()["items"]
    assert [(each["id"], each["evidence"], each["conditions"]) for each in listed] == [
        (override, EVIDENCE["evidence"], ["listed"])
    ]
    assert ask(app, OTHER, f"/overrides/{override}/decide", YES).status_code == 200
    assert complete(app, referral).get_json()["outcome"] == "eligible"
    shown = app.test_client().get(f"{API}/referrals/{referral}", headers=bearer(ONE)).get_json()
    assert shown["findings"]["evidence"] == EVIDENCE["evidence"]
    assert OTHER.name in shown["findings"]["second_person"]
    said = [each for each in announced(intake_db) if isinstance(each, OverrideAsked | OverrideDecided)]
    assert [type(each) for each in said] == [OverrideAsked, OverrideDecided]
    assert "Dukcapil" not in str([each.to_data() for each in said])


@pytest.mark.parametrize("answer", [{"agreed": False, "reason": "Surat tidak asli."}, None])
def test_without_consent_the_registries_stand(intake_db: Database, app: Flask, answer: dict | None) -> None:
    referral = taken_on(intake_db)
    override = asked_for(app, referral)
    if answer:
        assert ask(app, OTHER, f"/overrides/{override}/decide", answer).status_code == 200
    assert complete(app, referral).get_json()["outcome"] == "not-eligible"


def test_nobody_agrees_with_herself(intake_db: Database, app: Flask) -> None:
    override = asked_for(app, taken_on(intake_db))
    refused = ask(app, ONE, f"/overrides/{override}/decide", YES)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "own-override")
    assert app.test_client().get(f"{API}/overrides", headers=bearer(ONE)).get_json()["items"] == []


def test_another_office_decides_only_where_there_is_nobody_else(intake_db: Database, app: Flask) -> None:
    override = asked_for(app, taken_on(intake_db))
    theirs = f"{API}/overrides"
    assert [each["id"] for each in app.test_client().get(theirs, headers=bearer(ELSEWHERE)).get_json()["items"]] == [
        override
    ]
    with intake_db.transaction() as session:
        staff(session, "dinsos-kaltim")
    assert app.test_client().get(theirs, headers=bearer(ELSEWHERE)).get_json()["items"] == []
    refused = ask(app, ELSEWHERE, f"/overrides/{override}/decide", YES)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "second-person-of-that-office")


def test_an_approver_of_another_office_decides_for_an_office_of_one(intake_db: Database, app: Flask) -> None:
    override = asked_for(app, taken_on(intake_db))
    mere_officer = an_officer(office="dinsos-kukar")
    assert ask(app, mere_officer, f"/overrides/{override}/decide", YES).status_code == 403
    assert ask(app, ELSEWHERE, f"/overrides/{override}/decide", YES).status_code == 200
    again = ask(app, ELSEWHERE, f"/overrides/{override}/decide", YES)
    assert (again.status_code, again.get_json()["code"]) == (409, "already-answered")


@pytest.mark.parametrize("body", [{"reason": "Ya."}, {"agreed": True}, {}])
def test_the_answer_has_no_default(intake_db: Database, app: Flask, body: dict) -> None:
    override = asked_for(app, taken_on(intake_db))
    assert ask(app, OTHER, f"/overrides/{override}/decide", body).status_code == 422


def test_what_the_registries_allow_needs_no_second_person(intake_db: Database, app: Flask) -> None:
    from services.intake.registry.rules import Registry

    referral = taken_on(intake_db, lists=(Registry.DTKS,))
    refused = ask(app, ONE, f"/referrals/{referral}/override", EVIDENCE)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "nothing-to-override")


def test_the_same_by_page(intake_db: Database, app: Flask) -> None:
    referral = taken_on(intake_db)
    hers, colleagues = Browser(app, ONE), Browser(app, OTHER)
    assert f"{PAGES}/referrals/{referral}/override" in hers.get(f"{PAGES}/referrals/{referral}").text
    assert hers.get(f"{PAGES}/referrals/{referral}/override").status_code == 200
    assert hers.submit(f"{PAGES}/referrals/{referral}/override", {}).status_code == 422
    assert hers.submit(f"{PAGES}/referrals/{referral}/override", EVIDENCE).status_code == 303
    assert "A second person is being asked." in hers.get(f"{PAGES}/referrals/{referral}").text
    page = colleagues.get(f"{PAGES}/overrides")
    assert EVIDENCE["evidence"] in page.text
    assert "checked" not in page.text.split("Do you agree?")[1].split("</fieldset>")[0]
    (override,) = app.test_client().get(f"{API}/overrides", headers=bearer(OTHER)).get_json()["items"]
    decide = f"{PAGES}/overrides/{override['id']}/decide"
    assert colleagues.submit(decide, {"reason": "Surat sudah dilihat."}).status_code == 422
    assert colleagues.submit(decide, {"agreed": "true", "reason": "Surat sudah dilihat."}).status_code == 303
    assert "A second person has agreed." in hers.get(f"{PAGES}/referrals/{referral}").text
    assert hers.submit(f"{PAGES}/referrals/{referral}/complete", {}).status_code == 303


def test_whoever_opens_the_list_as_second_person_stands_in_the_log_of_looks(intake_db: Database, app: Flask) -> None:
    referral = taken_on(intake_db)
    override = asked_for(app, referral)
    with intake_db.reading() as session:
        subject = session.get_one(Referral, referral).subject_id

    def looks_of(officer: Officer) -> list[str]:
        with intake_db.reading() as session:
            return list(
                session.scalars(
                    select(Look.why).where(Look.officer_id == officer.id, Look.subject_id == subject).order_by(Look.seq)
                )
            )

    assert Browser(app, OTHER).get(f"{PAGES}/overrides").status_code == 200
    assert app.test_client().get(f"{API}/overrides", headers=bearer(OTHER)).status_code == 200
    assert looks_of(OTHER) == ["overrides"] * 2
    before = looks_of(ONE)
    assert Browser(app, ONE).get(f"{PAGES}/overrides").status_code == 200
    assert looks_of(ONE) == before, "nothing waits for whoever asked, so she has seen nothing"
    wrong = Browser(app, OTHER).submit(f"{PAGES}/overrides/{override}/decide", {})
    assert (wrong.status_code, looks_of(OTHER)) == (422, ["overrides"] * 3)
    assert ask(app, OTHER, f"/overrides/{override}/decide", YES).status_code == 200
    assert looks_of(OTHER)[-1] == f"override {override}"


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE verification SET override_id = NULL",
        "UPDATE eligibility_override SET agreed = false",
    ],
)
def test_the_audit_names_what_nobody_agreed_to(intake_db: Database, app: Flask, forged: str) -> None:
    referral = taken_on(intake_db)
    ask(app, OTHER, f"/overrides/{asked_for(app, referral)}/decide", YES)
    assert complete(app, referral).status_code == 200
    with intake_db.transaction() as session:
        assert list(overrides.audit(session)) == []
        session.execute(text(forged))
        (found,) = overrides.audit(session)
    assert str(referral) in found
