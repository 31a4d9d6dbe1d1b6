"""One officer passes a referral to a colleague of her office."""

from pathlib import Path
from uuid import UUID

import flask
import pytest
from flask import Flask

from shared.events.referrals import ReferralReassigned
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.referrals import api, commands, handing_over, pages
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import NotAColleague, NotYetAccepted
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from shared.web.roster import Roster
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer, token_of
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

WORKS = by_kind([CountedSessions()])
API, LIST = "/training/v1/dinsos/referrals", "/training/dinsos/referrals"


def offers(base: Database, number: int = 1) -> list[UUID]:
    given = [offer() for _ in range(number)]
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)
    return [each.referral_id for each in given]


def accepted(base: Database, her: Officer, number: int = 1) -> list[UUID]:
    ids = offers(base, number)
    with base.transaction() as session:
        commands.accept_referrals(session, her, ids)
    return ids


def hand_over(base: Database, her: Officer, referral: UUID, to: UUID) -> Referral:
    with base.transaction() as session:
        return handing_over.hand_over_referral(session, her, WORKS, referral, colleague=to)


@pytest.fixture
def app(training_db: Database) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).with_name("templates")))
    works = [CountedSessions()]
    made = create_app(
        "training",
        blueprints=[api.blueprint("training", works)],
        pages=[pages.blueprint("training", works), forms],
        database=training_db,
    )
    made.testing = True
    return made


def come_by(base: Database, *officers: Officer) -> None:
    for each in officers:
        Roster().note(base, token_of(each))


def test_a_colleague_who_has_come_by_gets_it_and_it_is_told(training_db: Database) -> None:
    her, colleague = officer(), officer(name="Dewi")
    come_by(training_db, her, colleague)
    (one,) = accepted(training_db, her)
    accepted(training_db, colleague, 2)
    with training_db.reading() as session:
        (found,) = handing_over.colleagues(session, her, WORKS, one)
    assert (found.id, found.name, found.handles) == (colleague.id, "Dewi", 2)
    changed = hand_over(training_db, her, one, colleague.id)
    assert (changed.handled_by, changed.handler_name, changed.accepted_by) == (colleague.id, "Dewi", her.id)
    told = announced(training_db)[-1]
    assert isinstance(told, ReferralReassigned)
    assert (told.referral_id, told.handled_by) == (one, colleague.id)


def test_nobody_else_is_a_colleague(training_db: Database) -> None:
    her, elsewhere = officer(), officer(office="dinsos-kubar")
    other_role, other_area = officer(roles=frozenset({Role.AUDITOR})), officer(areas=("64.72",))
    come_by(training_db, her, elsewhere, other_role, other_area)
    (one,) = accepted(training_db, her)
    for stranger in (new_id(), her.id, elsewhere.id, other_role.id, other_area.id):
        with pytest.raises(NotAColleague):
            hand_over(training_db, her, one, stranger)
    with pytest.raises(NotFound):
        hand_over(training_db, elsewhere, one, her.id)


def test_what_nobody_took_on_is_handed_to_nobody(training_db: Database) -> None:
    her, colleague = officer(), officer(name="Dewi")
    come_by(training_db, colleague)
    (waiting,) = offers(training_db)
    with pytest.raises(NotYetAccepted):
        hand_over(training_db, her, waiting, colleague.id)


def test_who_takes_a_referral_over_is_told_of_too(training_db: Database) -> None:
    her, colleague = officer(), officer(name="Dewi")
    (one,) = accepted(training_db, her)
    with training_db.transaction() as session:
        commands.take_over_referrals(session, colleague, [one])
    told = announced(training_db)[-1]
    assert isinstance(told, ReferralReassigned)
    assert told.handled_by == colleague.id


def test_page_and_api_hand_over_alike(training_db: Database, app: Flask) -> None:
    her, colleague = (an_officer(Role.OFFICER, office="dinsos-kaltim") for _ in range(2))
    one, other = accepted(training_db, her, 2)
    assert Browser(app, colleague).get(LIST).status_code == 200
    browser = Browser(app, her)
    assert str(colleague.id) in browser.get(f"{LIST}/{one}/hand-over").text
    wrong = browser.submit(f"{LIST}/{one}/hand-over", {"colleague": str(new_id())})
    assert wrong.status_code == 422
    assert "Choose a colleague" in wrong.text
    assert browser.submit(f"{LIST}/{one}/hand-over", {"colleague": str(colleague.id)}).status_code == 303
    assert "Take over" in browser.get(f"{LIST}/{one}").text
    client = app.test_client()
    (found,) = client.get(f"{API}/{other}/colleagues", headers=bearer(her)).json
    answer = client.post(f"{API}/{other}/hand-over", json={"colleague": found["id"]}, headers=bearer(her))
    assert (answer.status_code, answer.json["handled_by"]) == (200, str(colleague.id))


def test_a_page_without_colleagues_says_what_to_do(training_db: Database, app: Flask) -> None:
    her = an_officer(Role.OFFICER, office="dinsos-kaltim")
    (one,) = accepted(training_db, her)
    assert "take it over herself" in Browser(app, her).get(f"{LIST}/{one}/hand-over").text
