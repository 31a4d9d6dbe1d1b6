"""Many verifications reported together: each ends as the registries say of her."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from services.intake.eligibility.models import Verification
from services.intake.worker import WORKS
from shared.kernel import clock
from shared.referrals import commands as referrals
from shared.referrals import handlers
from shared.referrals.models import Referral
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.people import register
from tests.shared.referrals.offers import heard, offer

OFFICER = an_officer()
LIST = "/intake/dinsos/referrals"


def offered(base: Database, women: int, check: str = "registry", does: str = "intake.verification") -> list[UUID]:
    """So many women of whom the last stands on no list, each with this stage taken on."""
    with base.transaction() as session:
        people = [*register(session, women - 1), *register(session, 1, lists=())]
        given = [
            offer(does=does, subject_id=each, programme="wrse-kaltim-2023", settings={"check": check})
            for each in people
        ]
        hears = handlers.subscriber_hears(WORKS)
        hears[type(given[0])].run(session, [heard(each, by="intake") for each in given])
        ids = [each.referral_id for each in given]
        referrals.accept_referrals(session, OFFICER, ids)
        return ids


def app_of(base: Database) -> Flask:
    made = web_app("intake", base)
    made.testing = True
    return made


def test_many_are_decided_as_the_registries_say_after_one_look(intake_db: Database) -> None:
    ids, (talk, _) = offered(intake_db, 12), offered(intake_db, 2, does="intake.protection")
    browser = Browser(app_of(intake_db), OFFICER)
    chosen = {"ids[]": [str(each) for each in (*ids, talk)], "act": "report"}
    assert "as the registries say" in browser.submit(f"{LIST}/together?act=report", chosen).text
    look = browser.submit(f"{LIST}/together/look", chosen).text
    for expected in ("<strong>11</strong>: Eligible", "Say why, in words", "report them one by one"):
        assert expected in look, "whoever would be refused is left out without a reason"
    told = {**chosen, "because": "Tidak ada di DTKS maupun P3KE."}
    assert "<strong>1</strong>: Not eligible" in browser.submit(f"{LIST}/together/look", told).text
    assert "Done for 12 referrals" in browser.do_together(LIST, told).text
    with intake_db.reading() as session:
        kept = session.scalars(select(Verification.outcome)).all()
    assert sorted(each.value for each in kept) == ["eligible"] * 11 + ["not-eligible"]


def test_papers_that_all_are_there_are_reported_once_for_all(intake_db: Database) -> None:
    ids = offered(intake_db, 3, "file")  # the last of whom stands on no list
    browser = Browser(app_of(intake_db), OFFICER)
    papers = ("identity_cards", "family_cards", "proposal_signed", "budget_complete")
    chosen = {"ids[]": [str(each) for each in ids], "act": "report"}
    form = browser.submit(f"{LIST}/together?act=report", chosen).text
    assert all(f'name="file.{each}"' in form for each in papers)
    told = {**chosen, **{f"file.{each}": "true" for each in papers}}
    assert "Done for 2 referrals" in browser.do_together(LIST, told).text


def test_the_day_of_the_check_is_said_by_page_and_by_api_for_one_and_for_many(intake_db: Database) -> None:
    one, *many = offered(intake_db, 3)
    app, today = app_of(intake_db), clock.today()
    browser, ahead = Browser(app, OFFICER), (today + timedelta(days=1)).isoformat()
    assert 'name="checked_on"' in browser.get(f"{LIST}/{one}").text
    page = browser.submit(f"{LIST}/{one}/complete", {"checked_on": ahead})
    assert (page.status_code, "It cannot have been checked on a day to come" in page.text) == (422, True)
    api = f"/intake/v1/dinsos/referrals/{one}/complete"
    program = app.test_client().post(api, json={"checked_on": ahead}, headers=bearer(OFFICER))
    assert (program.status_code, program.json["code"], list(program.json["errors"])) == (
        422,
        "checked-later",
        ["checked_on"],
    )
    assert browser.submit(f"{LIST}/{one}/complete", {"checked_on": today.isoformat()}).status_code == 303
    chosen = {"ids[]": [str(each) for each in many], "act": "report", "because": "Tidak ada di DTKS."}
    assert 'name="checked_on"' in browser.submit(f"{LIST}/together?act=report", chosen).text
    refused = browser.submit(f"{LIST}/together/look", {**chosen, "checked_on": ahead}).text
    assert "It cannot have been checked on a day to come" in refused
    assert "Done for 2 referrals" in browser.do_together(LIST, {**chosen, "checked_on": today}).text
    with intake_db.reading() as session:
        said = {each.facts["checked_on"] for each in session.scalars(select(Referral))}
    assert said == {today.isoformat()}
