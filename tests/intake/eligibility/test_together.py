"""Many verifications reported together: each ends as the registries say of her."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from services.intake.eligibility.models import Verification
from services.intake.worker import WORKS
from shared.referrals import commands as referrals
from shared.referrals import handlers
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer
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
    assert "Done for 12 referrals" in browser.submit(f"{LIST}/together/do", told).text
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
    assert "Done for 2 referrals" in browser.submit(f"{LIST}/together/do", told).text
