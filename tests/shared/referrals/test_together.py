"""One act for many referrals: whoever it is refused for hinders nobody else, and pressing again does nothing twice."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import flask
import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select, update

from shared.events.referrals import ReferralAccepted, ReferralCompleted, ReferralReassigned
from shared.identity.officer import Officer
from shared.identity.rules import OutsideArea, Role, RoleMissing
from shared.kernel.errors import DomainError, Invalid, NotFound
from shared.kernel.ids import new_id
from shared.referrals import api, commands, pages, schemas, together
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import AlreadyAccepted, AlreadyClosed, NotAColleague, NotYetAccepted, ReferralState
from shared.referrals.together import Act, NobodyChosen, OneByOne, OtherStage, Result
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.factory import create_app
from shared.web.roster import Roster
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer, token_of
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

LIST, API = "/training/dinsos/referrals", "/training/v1/dinsos/referrals"
ATTENDED = {"sessions_attended": 2}


class Alike(CountedSessions):
    """A stage whose result can be the same for many."""

    together = "counted_sessions.html"


class Confidential(CountedSessions):
    """One whose result cannot."""

    kind = "training.mentoring"


GIVEN_WORKS = (Alike(), Confidential())
WORKS = by_kind(GIVEN_WORKS)


@pytest.fixture
def app(training_db: Database) -> Flask:
    forms = flask.Blueprint("forms", __name__, template_folder=str(Path(__file__).with_name("templates")))
    made = create_app(
        "training",
        blueprints=[api.blueprint("training", GIVEN_WORKS)],
        pages=[pages.blueprint("training", GIVEN_WORKS), forms],
        database=training_db,
    )
    made.testing = True
    return made


def offers(base: Database, number: int = 1, **changes: Any) -> list[UUID]:
    given = [offer(**changes) for _ in range(number)]
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)
    return [each.referral_id for each in given]


def in_work(base: Database, number: int = 1, her: Officer | None = None, **changes: Any) -> list[UUID]:
    ids = offers(base, number, **changes)
    with base.transaction() as session:
        commands.accept_referrals(session, her or officer(areas=("64",)), ids)
    return ids


def do(base: Database, act: Act, ids: list[UUID], her: Officer | None = None, **given: Any) -> Result:
    if act is Act.REPORT:
        given = {"done": ATTENDED} | given
    with base.transaction() as session:
        return together.do(session, her or officer(), WORKS, act, ids, **given)


def states(base: Database) -> dict[UUID, ReferralState]:
    with base.reading() as session:
        return {row.id: row.state for row in session.execute(select(Referral.id, Referral.state))}


def done_already(base: Database) -> UUID:
    (one,) = in_work(base)
    do(base, Act.REPORT, [one])
    return one


def elsewhere(base: Database) -> UUID:
    there = officer(office="dinsos-kubar", areas=("64.07", "64.02"))
    return in_work(base, her=there, office="dinsos-kubar")[0]


MIXED: dict[str, tuple[Any, type[DomainError]]] = {
    "already done": (done_already, AlreadyClosed),
    "not hers": (elsewhere, NotFound),
    "unknown": (lambda base: new_id(), NotFound),
    "outside her areas": (lambda base: in_work(base, area="64.07.01.2001")[0], OutsideArea),
    "confidential": (lambda base: in_work(base, does="training.mentoring")[0], OneByOne),
    "another stage": (lambda base: in_work(base, stage="business_course")[0], OtherStage),
    "not taken on": (lambda base: offers(base)[0], NotYetAccepted),
}


@pytest.mark.parametrize("case", MIXED)
def test_what_cannot_be_reported_hinders_none_of_the_others(training_db: Database, case: str) -> None:
    make, expected = MIXED[case]
    stranger, three = make(training_db), in_work(training_db, 3)
    before = len(announced(training_db))
    result = do(training_db, Act.REPORT, [three[0], stranger, *three])
    assert result.done == sorted(three)
    assert {each: type(error) for each, error in result.refused.items()} == {stranger: expected}
    told = announced(training_db)[before:]
    assert [type(each) for each in told] == [ReferralCompleted] * 3, "each as if it had been done singly, and once"
    assert {each.referral_id for each in told} == set(three)
    assert result.outcomes == [("attended", 3)]


def test_a_slice_that_refuses_some_refuses_these_alone(training_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = in_work(training_db, 9)
    bad, finish = {ids[2], ids[7]}, CountedSessions.finish

    class NotThisOne(Invalid):
        """Not this one."""

        indonesian = "Bukan yang ini."

    def picky(self: CountedSessions, session: Any, her: Officer, pairs: Any) -> Any:
        tried = update(Referral).where(Referral.id.in_([referral.id for referral, _ in pairs]))
        session.execute(tried.values(attempt=Referral.attempt + 1))
        if bad & {referral.id for referral, _ in pairs}:
            raise NotThisOne
        return finish(self, session, her, pairs)

    monkeypatch.setattr(Alike, "finish", picky)
    result = do(training_db, Act.REPORT, ids)
    assert result.refused.keys() == bad
    assert set(result.done) == set(ids) - bad
    found = states(training_db)
    assert all(found[each] is ReferralState.ACCEPTED for each in bad)
    assert all(found[each] is ReferralState.COMPLETED for each in result.done)
    with training_db.reading() as session:
        tried = {row.id: row.attempt for row in session.execute(select(Referral.id, Referral.attempt))}
    assert tried == {each: 1 if each in bad else 2 for each in ids}, "what was tried in vain has left nothing"


def test_pressed_again_it_is_done_for_nobody_twice(training_db: Database) -> None:
    ids = in_work(training_db, 2)
    do(training_db, Act.REPORT, ids)
    before = len(announced(training_db))
    again = do(training_db, Act.REPORT, ids)
    assert (again.done, {type(each) for each in again.refused.values()}) == ([], {AlreadyClosed})
    assert len(announced(training_db)) == before


def test_what_is_told_wrong_is_wrong_for_everybody_and_changes_nothing(training_db: Database) -> None:
    ids = in_work(training_db, 2)
    for wrong in ({}, {"sessions_attended": "two"}, {"sessions_attended": 1, "more": 2}):
        with pytest.raises(Invalid):
            do(training_db, Act.REPORT, ids, done=wrong)
    with pytest.raises(NobodyChosen):
        do(training_db, Act.REPORT, [])
    with pytest.raises(RoleMissing):
        do(training_db, Act.REPORT, ids, officer(roles=frozenset({Role.APPROVER})))
    assert set(states(training_db).values()) == {ReferralState.ACCEPTED}


def test_a_mixed_lot_is_taken_on_as_far_as_it_goes(training_db: Database) -> None:
    waiting, taken = offers(training_db, 2), in_work(training_db)
    result = do(training_db, Act.ACCEPT, [*waiting, *taken])
    assert (result.done, {type(each) for each in result.refused.values()}) == (sorted(waiting), {AlreadyAccepted})
    assert [type(each) for each in announced(training_db)[-2:]] == [ReferralAccepted] * 2


def test_many_are_handed_to_one_colleague_and_to_nobody_else(training_db: Database) -> None:
    her, colleague = officer(), officer(name="Dewi")
    Roster().note(training_db, token_of(colleague))
    ids, waiting = in_work(training_db, 2, her), offers(training_db)
    result = do(training_db, Act.HAND_OVER, [*ids, *waiting], her, colleague=colleague.id)
    assert (result.done, {type(each) for each in result.refused.values()}) == (sorted(ids), {NotYetAccepted})
    assert [type(each) for each in announced(training_db)[-2:]] == [ReferralReassigned] * 2
    for nobody in (new_id(), her.id):
        refused = do(training_db, Act.HAND_OVER, ids, her, colleague=nobody)
        assert {type(each) for each in refused.refused.values()} == {NotAColleague}
    with pytest.raises(NotAColleague):
        do(training_db, Act.HAND_OVER, ids, her)


def test_the_page_says_what_will_happen_before_it_does_it_once(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    ids, done = in_work(training_db, 3), done_already(training_db)
    assert f"{LIST}/together?act=report" in browser.get(f"{LIST}?chosen=all").text
    chosen = {"ids[]": [str(each) for each in (*ids, done)], "act": "report"}
    asked = browser.submit(f"{LIST}/together?act=report", chosen)
    assert 'name="sessions_attended"' in asked.text
    wrong = browser.submit(f"{LIST}/together/look", {**chosen, "sessions_attended": "two"})
    assert (wrong.status_code, 'value="two"' in wrong.text) == (422, True)
    before, told = len(announced(training_db)), {**chosen, "sessions_attended": "2"}
    look = browser.submit(f"{LIST}/together/look", told)
    assert "Done for 3 referrals" in look.text
    assert "This referral is closed" in look.text
    assert 'name="sessions_attended" value="2"' in look.text
    assert len(announced(training_db)) == before
    assert set(states(training_db).values()) == {ReferralState.ACCEPTED, ReferralState.COMPLETED}, "only looked at"
    unseen = browser.submit(f"{LIST}/together/do", told).text
    assert ("Nothing has been done yet." in unseen, len(announced(training_db))) == (True, before)
    said = {**browser.shown_together(LIST, told), "_once": "x"}
    pressed = [browser.submit(f"{LIST}/together/do", said) for _ in range(2)]
    assert "Done for 3 referrals" in pressed[0].text
    assert pressed[1].text == pressed[0].text, "pressed twice, the first answer is given again"
    assert set(states(training_db).values()) == {ReferralState.COMPLETED}
    assert len(announced(training_db)) == before + 3


def test_a_result_that_goes_against_many_is_shown_before_needs_its_reason_and_is_done_by_the_second_press(
    training_db: Database, app: Flask
) -> None:
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    ids = in_work(training_db, 3)
    told = {"ids[]": [str(each) for each in ids], "act": "report", "sessions_attended": "0"}
    form = browser.submit(f"{LIST}/together?act=report", told).text
    assert f'action="{LIST}/together/look"' in form
    assert f'action="{LIST}/together/do' not in form, "nothing leads past the page that says what will happen"
    before = len(announced(training_db))
    for silent in ("look", "do"):
        refused = browser.submit(f"{LIST}/together/{silent}", told).text
        assert ("Say why, in words" in refused, "Absent" in refused) == (True, False)
    told |= {"because": "Tidak datang sama sekali."}
    look = browser.submit(f"{LIST}/together/look", told).text
    for expected in ("Nothing has been done yet.", "<strong>3</strong>: Absent", "Your office is asked for this stage"):
        assert expected in look
    assert (len(announced(training_db)), set(states(training_db).values())) == (before, {ReferralState.ACCEPTED})
    assert "<strong>3</strong>: Absent" in browser.do_together(LIST, told).text
    assert set(states(training_db).values()) == {ReferralState.COMPLETED}


def test_who_would_end_otherwise_than_was_shown_is_looked_at_once_more(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    one, other, new = (str(each) for each in in_work(training_db, 3))
    told = {"ids[]": [one, other], "act": "report", "sessions_attended": "2"}
    look = browser.submit(f"{LIST}/together/look", told).text
    shown = re.findall(r'name="shown\[\]" value="([^"]+)"', look)
    assert sorted(shown) == sorted(f"{each} attended" for each in (one, other))
    before = len(announced(training_db))
    otherwise = {**told, "sessions_attended": "0", "because": "Tidak datang."}
    for changed in (otherwise, {**told, "ids[]": [one, new]}, {**told, "ids[]": [one, other, new]}):
        asked = browser.submit(f"{LIST}/together/do", {**changed, "shown[]": shown}).text
        assert "Something has changed since you looked." in asked
        assert "Nothing has been done yet." in asked
        assert len(announced(training_db)) == before
    left = browser.submit(f"{LIST}/together/do", {**told, "ids[]": [one], "shown[]": shown}).text
    assert "Done for 1 referral" in left, "whoever drops out hinders nobody"


def test_every_answer_leads_back_to_the_list_as_it_was_narrowed(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    told = {"ids[]": [str(each) for each in in_work(training_db, 2)], "act": "report", "sessions_attended": "2"}
    narrowed = "tray=open&stage=course"
    form = browser.submit(f"{LIST}/together?act=report&{narrowed}", told).text
    for part in ("look", "do"):
        assert f'action="{LIST}/together/{part}?{escape(narrowed)}"' in form
        shown = re.findall(r'name="shown\[\]" value="([^"]+)"', form)
        form = browser.submit(f"{LIST}/together/{part}?{narrowed}", {**told, "shown[]": shown}).text
        assert form.count(f'href="{LIST}?{escape(narrowed)}"') >= 1
        assert f'href="{LIST}"' not in form.partition("<main")[2]


TOO_MANY = [str(new_id()) for _ in range(schemas.most_together() + 1)]


@pytest.mark.parametrize("ids", [[], ["x"], [str(new_id())], TOO_MANY])
def test_nobody_chosen_nobody_known_or_too_many_is_said(training_db: Database, app: Flask, ids: list[str]) -> None:
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    chosen = {"ids[]": ids, "act": "report", "sessions_attended": "2"}
    assert browser.submit(f"{LIST}/together?act=report", chosen).status_code == 200
    expected = 200 if len(ids) == 1 and ids != ["x"] else 422
    for part in ("look", "do"):
        assert browser.submit(f"{LIST}/together/{part}", chosen).status_code == expected
    assert browser.submit(f"{LIST}/together/do", {**chosen, "act": "jump"}).status_code == 422


def test_a_program_looks_first_and_then_does_it(training_db: Database, app: Flask) -> None:
    client, her = app.test_client(), bearer(an_officer(Role.OFFICER, office="dinsos-kaltim"))
    ids, done = in_work(training_db, 2), done_already(training_db)
    given = {"act": "report", "ids": [str(each) for each in (*ids, done)], "done": ATTENDED}
    looked = client.post(f"{API}/together", json={**given, "look": True}, headers=her).json
    assert (looked["looked"], set(states(training_db).values())) == (
        True,
        {ReferralState.ACCEPTED, ReferralState.COMPLETED},
    )
    told = client.post(f"{API}/together", json=given, headers=her).json
    assert told == {**looked, "looked": False}
    assert [each["outcome"] for each in told["done"]] == ["attended"] * 2
    assert [each["code"] for each in told["refused"]] == ["already-closed"]
    for wrong in (
        {**given, "ids": []},
        {**given, "act": "jump"},
        {**given, "ids": TOO_MANY},
    ):
        assert client.post(f"{API}/together", json=wrong, headers=her).status_code == 422
