"""When an officer's access ends, every service refuses her tokens; once she has left, what she handled is given on."""

from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import flask
import pytest
from flask import Flask
from sqlalchemy import select

from shared.events.intake import AccessEnded
from shared.identity import revocation, tokens
from shared.identity.officer import Officer
from shared.identity.revocation import Revocation, real_now
from shared.identity.rules import Role, TokenRefused
from shared.identity.tokens import Token
from shared.kernel.ids import new_id
from shared.referrals import api, commands, handing_over, handlers, jobs, pages
from shared.referrals.leaving import hear_access_ended
from shared.referrals.models import Referral
from shared.referrals.rules import NotAColleague, Tray
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web import roster
from shared.web.factory import create_app
from shared.web.roster import KnownOfficer, Roster
from tests.browsing import Browser, an_officer, bearer, token_of
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

WORKS = by_kind([CountedSessions()])
API, LIST = "/training/v1/dinsos/referrals", "/training/dinsos/referrals"


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


def ended(officer_id: UUID, at: datetime | None = None, **more: Any) -> AccessEnded:
    return AccessEnded(officer_id=officer_id, ended_at=at or real_now(), **more)


def hear(base: Database, *events: AccessEnded) -> None:
    with base.transaction() as session:
        hear_access_ended(session, [heard(each) for each in events])


def accepted(base: Database, her: Officer, number: int = 1) -> list[UUID]:
    given = [offer() for _ in range(number)]
    with base.transaction() as session:
        handlers.hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)
        commands.accept_referrals(session, her, [each.referral_id for each in given])
    return [each.referral_id for each in given]


def handlers_of(base: Database) -> list[UUID | None]:
    with base.reading() as session:
        return list(session.scalars(select(Referral.handled_by).order_by(Referral.id)))


def named(base: Database, her: Officer) -> list[UUID]:
    with base.reading() as session:
        return [each.id for each in roster.of_office(session, her.office, list(Role))]


def passes(base: Database, token: Token) -> bool:
    try:
        revocation.hold(base, token)
    except TokenRefused:
        return False
    return True


@pytest.fixture(params=["intake", "grants", "training", "monitoring"])
def base(request: pytest.FixtureRequest) -> Database:
    """The database of each service in turn: every one of them hears it."""
    found: Database = request.getfixturevalue(f"{request.param}_db")
    return found


def test_every_service_hears_of_it_and_refuses_the_tokens(base: Database) -> None:
    hearing = handlers.subscriber_hears([CountedSessions()])[AccessEnded]
    before, other = token_of(an_officer()), token_of(an_officer())
    with base.transaction() as session:
        hearing.run(session, [heard(ended(before.officer.id))])
    assert not passes(base, before)
    assert passes(base, token_of(before.officer))
    assert passes(base, other)


def test_the_end_of_one_session_leaves_the_others(training_db: Database) -> None:
    one, other = token_of(her := an_officer()), token_of(her)
    hear(training_db, ended(her.id, session_id=one.session_id))
    assert (passes(training_db, one), passes(training_db, other)) == (False, True)
    later = tokens.read(tokens.issue(her, session_id=one.session_id))
    assert not passes(training_db, later)


def test_ends_heard_in_any_order_and_twice_come_to_the_same(training_db: Database) -> None:
    her, now = officer(), real_now()
    referral = accepted(training_db, her)
    told = [
        ended(her.id, now - timedelta(minutes=2)),
        ended(her.id, now - timedelta(minutes=1), closed=True),
        ended(her.id, now),
    ]
    stood = set()
    for order in permutations(told):
        with training_db.transaction() as session:
            session.execute(Revocation.__table__.delete())
            session.get_one(Referral, referral[0]).handled_by = her.id
        for each in order:
            hear(training_db, each, each)
        with training_db.reading() as session:
            row = session.get_one(Revocation, her.id)
            stood.add((row.not_before, row.closed_at, row.until, handlers_of(training_db)[0]))
    assert stood == {(now, now - timedelta(minutes=1), told[1].ended_at + revocation.REMEMBERED, None)}


def test_who_has_left_is_no_colleague_any_more_not_even_after_a_late_request(training_db: Database) -> None:
    her, gone = officer(), officer(name="Dewi")
    (referral,) = accepted(training_db, her)
    late = token_of(gone)
    Roster().note(training_db, late)
    assert named(training_db, her) == [gone.id]
    hear(training_db, ended(gone.id, closed=True))
    with training_db.reading() as session:
        assert session.get(KnownOfficer, gone.id) is None
    Roster().note(training_db, late)
    assert named(training_db, her) == []
    with pytest.raises(NotAColleague), training_db.transaction() as session:
        handing_over.hand_over_referral(session, her, WORKS, referral, colleague=gone.id)
    back = token_of(gone)
    Roster().note(training_db, back)
    assert named(training_db, her) == [gone.id]
    hear(training_db, ended(gone.id, closed=True))
    Roster().note(training_db, back)
    assert named(training_db, her) == []


def test_who_is_only_signed_out_keeps_what_she_handles(training_db: Database) -> None:
    her = officer()
    accepted(training_db, her)
    Roster().note(training_db, token_of(her))
    hear(training_db, ended(her.id), ended(her.id, session_id=new_id()))
    assert handlers_of(training_db) == [her.id]
    assert named(training_db, her) == [her.id]


def test_what_comes_to_her_late_is_given_on_too(training_db: Database) -> None:
    gone, stays = officer(), officer()
    hear(training_db, ended(gone.id, closed=True))
    accepted(training_db, gone)
    accepted(training_db, stays)
    for _ in range(2):
        jobs.forget_ends(training_db)
    assert sorted(handlers_of(training_db), key=str) == sorted([None, stays.id], key=str)


def test_her_office_sees_what_is_to_be_given_and_gives_it(app: Flask, training_db: Database) -> None:
    gone, head = officer(name="Dewi"), officer(roles=frozenset({Role.HEAD}), name="Ibu Kepala", language="en")
    colleague = officer(name="Wati")
    first, second = accepted(training_db, gone, 2)
    page, asking = Browser(app, head), bearer(head)
    assert "tray=to-give" not in page.get(LIST).text
    hear(training_db, ended(gone.id, closed=True))
    Roster().note(training_db, token_of(colleague))

    assert page.get(f"{LIST}?tray={Tray.TO_GIVE}").text.count("has left: give it to somebody") == 2
    assert f"tray={Tray.TO_GIVE}" in page.get(f"{LIST}/waiting").text
    assert "She has left the office" in page.get(f"{LIST}/{first}").text
    client = app.test_client()
    assert client.get(f"{API}/counts", headers=asking).json["to_give"] == 2
    listed = client.get(f"{API}?tray=to-give", headers=asking).json["items"]
    assert {(each["id"], each["handled_by"], each["handler_name"]) for each in listed} == {
        (str(first), None, "Dewi"),
        (str(second), None, "Dewi"),
    }
    assert page.submit(f"{LIST}/{first}/hand-over", {"colleague": str(colleague.id)}).status_code == 303
    assert client.post(f"{API}/{second}/take-over", headers=asking).status_code == 200
    assert set(handlers_of(training_db)) == {colleague.id, head.id}
    assert client.get(f"{API}/counts", headers=asking).json["to_give"] == 0
    assert page.get(f"{LIST}?tray=to-give").text.count("has left") == 0
