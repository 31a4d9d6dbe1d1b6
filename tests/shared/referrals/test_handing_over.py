"""One officer passes a referral to a colleague of her office."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import flask
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from shared.bus import announce
from shared.bus.models import LoggedEvent
from shared.events.envelope import event, read
from shared.events.referrals import ReferralReassigned, ReferralReassignedV1
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.privacy import sealed as seals
from shared.referrals import api, commands, handed_on, handing_over, leaving, pages, words
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
    assert (told.referral_id, told.handed_by, told.handed_from, told.handed_to) == (one, her.id, her.id, colleague.id)
    assert clock.now() - timedelta(minutes=1) < told.handed_at <= clock.now()


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
    assert (told.handed_by, told.handed_from, told.handed_to) == (colleague.id, her.id, colleague.id)


def passed(base: Database, journey: UUID) -> list[dict[str, Any]]:
    with base.reading() as session:
        return handed_on.of_journey(session, journey)


def journey_of(base: Database, referral: UUID) -> UUID:
    with base.reading() as session:
        return session.get_one(Referral, referral).journey_id


def test_the_office_keeps_by_whom_from_whom_and_to_whom_in_order(training_db: Database) -> None:
    first, second, third = officer(name="Rahmah"), officer(name="Dewi"), officer(name="Sari")
    come_by(training_db, first, second, third)
    (one,) = accepted(training_db, first)
    hand_over(training_db, first, one, second.id)  # she gives it away
    hand_over(training_db, first, one, third.id)  # she takes it from one and gives it to another
    with training_db.transaction() as session:
        commands.take_over_referrals(session, second, [one])
        commands.take_over_referrals(session, second, [one])  # it is hers: nothing more to tell
    told = passed(training_db, journey_of(training_db, one))
    assert [(each["by_name"], each["from_name"], each["to_name"]) for each in told] == [
        ("Rahmah", "Rahmah", "Dewi"),
        ("Rahmah", "Dewi", "Sari"),
        ("Dewi", "Sari", "Dewi"),
    ]
    assert [(each["by"], each["from"], each["to"]) for each in told] == [
        (first.id, first.id, second.id),
        (first.id, second.id, third.id),
        (second.id, third.id, second.id),
    ]


def test_what_was_left_by_one_who_has_gone_keeps_her_name_and_no_officer(training_db: Database) -> None:
    gone, her = officer(name="Rahmah"), officer(name="Dewi")
    (one,) = accepted(training_db, gone)
    with training_db.transaction() as session:
        leaving.let_go(session, [gone.id])
        commands.take_over_referrals(session, her, [one])
    (told,) = passed(training_db, journey_of(training_db, one))
    assert (told["from"], told["from_name"], told["to_name"]) == (None, "Rahmah", "Dewi")


def test_names_ride_in_sealed_parts_for_the_services_that_show_the_journey(training_db: Database) -> None:
    her, colleague = officer(name="Rahmah"), officer(name="Dewi")
    come_by(training_db, colleague)
    (one,) = accepted(training_db, her)
    hand_over(training_db, her, one, colleague.id)
    with training_db.reading() as session:
        row = session.scalars(select(LoggedEvent).order_by(LoggedEvent.seq.desc()).limit(1)).one()
        assert row.type == "training.referral-reassigned.v2"
        assert not any(name in row.body for name in ("Rahmah", "Dewi"))
        for service in ("intake", "monitoring"):
            told = seals.unseal("training", service, row.sealed[service], row.id)
            assert told == {"names": {"by": "Rahmah", "from": "Rahmah", "to": "Dewi"}}


NAMES = {"by": "Rahmah", "from": "Rahmah", "to": "Dewi"}
SAID = [
    ({"by": 1, "from": 1, "to": 2}, NAMES, "Rahmah passed it on to Dewi"),
    ({"by": 2, "from": 1, "to": 2}, NAMES | {"by": "Dewi"}, "Dewi took it over from Rahmah"),
    ({"by": 3, "from": 1, "to": 2}, NAMES | {"by": "Sari"}, "Sari passed it from Rahmah to Dewi"),
    ({"by": 2, "from": None, "to": 2}, NAMES | {"by": "Dewi"}, "Dewi took it over from Rahmah"),
    (
        {"by": 3, "from": None, "to": 2},
        {"by": "Sari", "from": None, "to": "Dewi"},
        "Sari passed it from a colleague to Dewi",
    ),
    ({"by": None, "from": None, "to": 2}, {"by": None, "from": None, "to": None}, "Passed on to a colleague"),
]


@pytest.mark.parametrize(("who", "names", "said"), SAID)
def test_each_way_of_passing_on_is_said_in_its_own_words(app: Flask, who: Any, names: Any, said: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert words.handed(who | {f"{part}_name": name for part, name in names.items()}) == said


def test_the_first_version_of_the_event_is_read_in_the_words_of_the_second() -> None:
    about = {"journey_id": new_id(), "referral_id": new_id(), "stage": "s", "agency": "dinsos", "office": "o"}
    earlier = ReferralReassignedV1(**about, handled_by=new_id())
    at = clock.now()
    envelope = {"type": "grants.referral-reassigned.v1", "time": at.isoformat(), "data": earlier.to_data()}
    told = read(envelope)
    assert told == ReferralReassigned(**about, handed_to=earlier.handled_by, handed_at=at)


def test_the_first_version_is_announced_no_more(training_db: Database) -> None:
    about = {"journey_id": new_id(), "referral_id": new_id(), "stage": "s", "agency": "dinsos", "office": "o"}
    with pytest.raises(TypeError, match="later version"), training_db.transaction() as session:
        announce(session, ReferralReassignedV1(**about, handled_by=new_id()))


def test_a_version_that_skips_one_is_no_event() -> None:
    class Late(ReferralReassigned):
        """Too late."""

    for version, follows in ((3, ReferralReassignedV1), (2, None), (1, ReferralReassigned)):
        with pytest.raises(TypeError, match="does not follow"):
            event("referral-reassigned", by="intake", version=version, follows=follows)(Late)


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
    page = browser.get(f"{LIST}/{one}").text
    assert "Take over" in page
    assert f"{her.name} passed it on to {colleague.name}" in page
    client = app.test_client()
    (found,) = client.get(f"{API}/{other}/colleagues", headers=bearer(her)).json
    answer = client.post(f"{API}/{other}/hand-over", json={"colleague": found["id"]}, headers=bearer(her))
    assert (answer.status_code, answer.json["handled_by"]) == (200, str(colleague.id))
    (told,) = client.get(f"{API}/{other}", headers=bearer(her)).json["handed_on"]
    assert (told["by"], told["from"], told["to"]) == (str(her.id), str(her.id), str(colleague.id))


def test_a_page_without_colleagues_says_what_to_do(training_db: Database, app: Flask) -> None:
    her = an_officer(Role.OFFICER, office="dinsos-kaltim")
    (one,) = accepted(training_db, her)
    assert "take it over herself" in Browser(app, her).get(f"{LIST}/{one}/hand-over").text
