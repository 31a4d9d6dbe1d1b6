"""One act for hundreds: looked at before, done piece by piece, each once, whatever befalls the worker."""

import csv
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import flask
import pytest
from flask import Flask
from sqlalchemy import select, update

from shared.events.referrals import ReferralAccepted, ReferralCompleted, ReferralReassigned
from shared.identity import revocation
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import Role, RoleMissing
from shared.kernel import clock
from shared.kernel.errors import DomainError, Invalid
from shared.kernel.ids import new_id
from shared.referrals import api, jobs, pages, together
from shared.referrals.bulk import commands as bulk
from shared.referrals.bulk import queries
from shared.referrals.bulk.models import BulkItem, BulkRun, BulkState, ItemState
from shared.referrals.models import Referral
from shared.referrals.rules import NotAColleague
from shared.referrals.together import Act, NobodyChosen, OneByOne
from shared.storage import Database
from shared.storage.clock import advance
from shared.web.factory import create_app
from shared.web.roster import Roster
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer, token_of
from tests.dying import die
from tests.shared.referrals.offers import officer
from tests.shared.referrals.test_together import ATTENDED, GIVEN_WORKS, WORKS, in_work, offers

RUNS, PAGES = "/training/v1/dinsos/referrals/together/runs", "/training/dinsos/referrals/together"
HER = officer(areas=("64",))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PIECE", 4)


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


def begin(base: Database, act: Act, her: Officer = HER, **given: Any) -> UUID:
    if act is Act.REPORT:
        given = {"done": ATTENDED} | given
    with base.transaction() as session:
        return bulk.begin(session, her, WORKS, act, **given).id


def work(base: Database) -> int:
    pieces = 0
    while found := jobs.work_in_bulk(base, WORKS):
        pieces += found
    return pieces


def confirm(base: Database, run_id: UUID, her: Officer = HER) -> None:
    with base.transaction() as session:
        bulk.confirm(session, her, queries.run(session, her, run_id, lock=True))


def looked(base: Database, ids: list[UUID], act: Act = Act.REPORT, **given: Any) -> UUID:
    run_id = begin(base, act, ids=ids, **given)
    work(base)
    return run_id


def standing(base: Database, run_id: UUID) -> tuple[BulkState, queries.Progress]:
    with base.reading() as session:
        return session.get_one(BulkRun, run_id).state, queries.progress(session, run_id)


def reported(base: Database) -> Counter[UUID]:
    return Counter(each.referral_id for each in announced(base) if isinstance(each, ReferralCompleted))


def test_it_is_looked_at_then_done_piece_by_piece_each_once_and_the_rest_says_why(training_db: Database) -> None:
    (closed,), ids = in_work(training_db, her=HER), in_work(training_db, 10, HER)
    with training_db.transaction() as session:
        together.do(session, HER, WORKS, Act.REPORT, [closed], done=ATTENDED)
    stranger, before = new_id(), len(announced(training_db))
    run_id = looked(training_db, [*ids, closed, stranger, ids[0]])
    state, progress = standing(training_db, run_id)
    assert (state, progress.able, progress.refused, progress.outcomes) == (BulkState.LOOKED, 10, 2, {"attended": 10})
    assert len(announced(training_db)) == before, "only looked at"
    assert work(training_db) == 0, "it waits for the second press"
    confirm(training_db, run_id)
    assert work(training_db) == 3, "ten in pieces of four"
    state, progress = standing(training_db, run_id)
    assert (state, progress.done, progress.refused, progress.waiting) == (BulkState.DONE, 10, 2, 0)
    assert reported(training_db) == Counter([closed, *ids])
    with training_db.reading() as session:
        why = {each.referral_id: each.error for each in session.scalars(queries.items(run_id, ItemState.REFUSED))}
    assert {each: error["code"] for each, error in why.items() if error} == {
        closed: "already-closed",
        stranger: "not-found",
    }
    with pytest.raises(bulk.NotWaitingForYou):
        confirm(training_db, run_id)
    assert work(training_db) == 0
    assert reported(training_db) == Counter([closed, *ids])


@pytest.mark.parametrize(
    ("at", "done"),
    [
        ("bulk.piece-done:1", 0),
        ("bulk.piece-done:2", 4),
        ("transaction.before-commit:3", 4),
        ("transaction.after-commit:4", 8),
        ("bulk.piece-done:3", 8),
    ],
)
def test_a_worker_that_is_killed_in_the_midst_has_done_no_piece_by_half_and_another_goes_on(
    training_db: Database, at: str, done: int
) -> None:
    ids = in_work(training_db, 10, HER)
    run_id = looked(training_db, ids)
    confirm(training_db, run_id)
    assert die(at, lambda: work(training_db), training_db)
    state, progress = standing(training_db, run_id)
    assert (state, progress.done, progress.waiting) == (BulkState.RUNNING, done, 10 - done)
    assert len(reported(training_db)) == done
    work(training_db)
    assert standing(training_db, run_id)[0] is BulkState.DONE
    assert reported(training_db) == Counter(ids)


def test_workers_that_are_asked_at_the_same_moment_do_nothing_twice(training_db: Database) -> None:
    ids = in_work(training_db, 24, HER)
    run_id = looked(training_db, ids)
    confirm(training_db, run_id)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: [bulk.go_on(training_db, WORKS, run_id) for _ in range(8)], range(4)))
    work(training_db)
    assert standing(training_db, run_id)[1].done == 24
    assert reported(training_db) == Counter(ids)


def test_what_has_changed_since_it_was_looked_at_is_refused_then(training_db: Database) -> None:
    ids = in_work(training_db, 3, HER)
    run_id = looked(training_db, ids)
    with training_db.transaction() as session:
        together.do(session, HER, WORKS, Act.REPORT, ids[:1], done=ATTENDED)
    confirm(training_db, run_id)
    work(training_db)
    state, progress = standing(training_db, run_id)
    assert (state, progress.done, progress.refused) == (BulkState.DONE, 2, 1)
    assert reported(training_db) == Counter(ids)


def test_a_whole_stage_is_what_her_office_has_in_work_within_her_areas_and_one_stage_in_every_piece(
    training_db: Database,
) -> None:
    ids = in_work(training_db, 5, HER)
    in_work(training_db, 1, officer(office="dinsos-kubar", areas=("64",)), office="dinsos-kubar")
    in_work(training_db, 6, HER, stage="business_course")
    in_work(training_db, 1, HER, area="64.07.01.2001")
    offers(training_db, 2)
    with training_db.reading() as session:
        one = session.get_one(Referral, ids[0])
        stage = (one.programme, one.version, one.stage, one.kind)
        near = officer(areas=("64.02",))
        assert queries.number_of(session, near, Act.REPORT, stage) == 5
        assert queries.number_of(session, near, Act.ACCEPT, stage) == 2
    run_id = begin(training_db, Act.REPORT, near, whole=stage)
    work(training_db)
    with training_db.reading() as session:
        found = {each.referral_id: each.state for each in session.scalars(queries.items(run_id))}
    assert found == dict.fromkeys(ids, ItemState.ABLE)


def test_one_stage_counts_in_every_piece_however_the_others_lie(training_db: Database) -> None:
    ids, others = in_work(training_db, 6, HER), in_work(training_db, 5, HER, stage="business_course")
    run_id = looked(training_db, [*ids, *others])
    assert standing(training_db, run_id)[1].able == 6


def test_many_are_taken_on_and_handed_over_in_the_background(training_db: Database) -> None:
    waiting = offers(training_db, 6)
    confirm(training_db, taken := looked(training_db, waiting, Act.ACCEPT))
    work(training_db)
    assert standing(training_db, taken)[1].done == 6
    colleague = officer(name="Dewi")
    Roster().note(training_db, token_of(colleague))
    confirm(training_db, looked(training_db, waiting, Act.HAND_OVER, colleague=colleague.id))
    work(training_db)
    said = Counter(type(each) for each in announced(training_db))
    assert (said[ReferralAccepted], said[ReferralReassigned]) == (6, 6)


def left(base: Database, run_id: UUID) -> None:
    with base.transaction() as session:
        revocation.revoke(session, HER.id, datetime.now(UTC), closed=True)


def a_day_over(base: Database, run_id: UUID) -> None:
    advance([base], bulk.AUTHORITY + timedelta(hours=1))


def stopped(base: Database, run_id: UUID) -> None:
    with base.transaction() as session:
        bulk.stop(session, queries.run(session, HER, run_id, lock=True))


def stuck(base: Database, run_id: UUID) -> None:
    with base.transaction() as session:
        session.execute(update(BulkRun).values(tries=bulk.MOST_TRIES))


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (left, BulkState.STOPPED),
        (a_day_over, BulkState.STOPPED),
        (stopped, BulkState.STOPPED),
        (stuck, BulkState.FAILED),
    ],
)
def test_it_goes_no_further_than_her_right_and_nobody_wants_it(
    training_db: Database, happens: Any, expected: BulkState
) -> None:
    ids = in_work(training_db, 8, HER)
    run_id = looked(training_db, ids)
    confirm(training_db, run_id)
    bulk.go_on(training_db, WORKS, run_id)
    happens(training_db, run_id)
    work(training_db)
    state, progress = standing(training_db, run_id)
    assert (state, progress.done, len(reported(training_db))) == (expected, 4, 4)
    with training_db.transaction() as session, pytest.raises(bulk.NotWaitingForYou):
        bulk.stop(session, queries.run(session, HER, run_id, lock=True))


def test_a_post_that_she_acts_in_counts_until_its_last_day_is_over(training_db: Database) -> None:
    post = Acting(
        id=new_id(),
        post=Role.HEAD,
        title="Plh. Kepala",
        since=clock.now(),
        until=clock.today(),
        areas=("64",),
    )
    here = officer(areas=("64.07",), roles=frozenset({Role.OFFICER}))
    acts = here.acts(post)
    assert Officer.from_claims(acts.to_claims()) == acts
    ended = here.acts(replace(post, until=clock.today() - timedelta(days=1)))
    assert Officer.from_claims(ended.to_claims()) == here


WRONG: dict[str, tuple[Any, type[DomainError]]] = {
    "nobody": ({"ids": []}, NobodyChosen),
    "what is told": ({"done": {"sessions_attended": "two"}}, Invalid),
    "too many": ({"ids": [new_id() for _ in range(9)]}, bulk.TooManyChosen),
    "her role": ({"her": officer(roles=frozenset({Role.APPROVER}), areas=("64",))}, RoleMissing),
    "no colleague": ({"act": Act.HAND_OVER}, NotAColleague),
    "one by one": ({"act": Act.SAVE, "whole": ("kube-kaltim-2023", 1, "course", "training.course")}, OneByOne),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_for_everybody_is_said_before_anything_is_looked_at(
    training_db: Database, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(bulk, "MOST", 8)
    given, expected = WRONG[case]
    ids = in_work(training_db, 2, HER)
    asked = {"ids": ids, "act": Act.REPORT, **given}
    if "whole" in given:
        with training_db.reading() as session:
            one = session.get_one(Referral, ids[0])
        asked["whole"] = (one.programme, one.version, one.stage, one.kind)
    with pytest.raises(expected):
        begin(training_db, asked.pop("act"), **asked)
    with training_db.reading() as session:
        assert session.scalars(select(BulkRun)).all() == []


def test_what_was_done_long_ago_is_forgotten_and_what_is_under_way_is_not(training_db: Database) -> None:
    ids = in_work(training_db, 2, HER)
    old, running = looked(training_db, ids), begin(training_db, Act.REPORT, ids=ids)
    advance([training_db], bulk.KEPT_FOR + timedelta(days=1))
    with training_db.transaction() as session:
        bulk.forget(session)
    with training_db.reading() as session:
        assert list(session.scalars(select(BulkRun.id))) == [running]
        assert {each.run_id for each in session.scalars(select(BulkItem))} == {running}
    assert old != running


def test_a_program_begins_follows_and_confirms_it(training_db: Database, app: Flask) -> None:
    client, her = app.test_client(), an_officer(Role.OFFICER, office="dinsos-kaltim")
    ids = in_work(training_db, 5, her)
    headers, others = bearer(her), bearer(an_officer(Role.OFFICER, office="dinsos-kubar"))
    colleague = bearer(an_officer(Role.OFFICER, office="dinsos-kaltim"))
    begun = client.post(
        RUNS,
        json={"act": "report", "ids": [str(each) for each in (*ids, new_id())], "done": ATTENDED},
        headers=headers,
    )
    assert (begun.status_code, begun.json["state"]) == (202, "looking")
    one = f"{RUNS}/{begun.json['id']}"
    assert client.post(f"{one}/confirm", headers=headers).status_code == 409, "it is not looked at yet"
    work(training_db)
    told = client.get(one, headers=headers).json
    assert (told["state"], told["progress"]["able"], told["progress"]["refused"]) == ("looked", 5, 1)
    refused = client.get(f"{one}/items?state=refused", headers=headers).json["items"]
    assert [each["code"] for each in refused] == ["not-found"]
    assert client.get(one, headers=others).status_code == 404
    assert client.post(f"{one}/confirm", headers=colleague).status_code == 409, "what is done counts as hers"
    assert client.post(f"{one}/confirm", headers=headers).json["state"] == "running"
    work(training_db)
    assert client.get(one, headers=headers).json["state"] == "done"
    assert [each["id"] for each in client.get(RUNS, headers=colleague).json["items"]] == [begun.json["id"]]
    assert client.post(f"{one}/stop", headers=headers).status_code == 409
    with training_db.reading() as session:
        row = session.get_one(Referral, ids[0])
        whole = {"programme": row.programme, "version": row.version, "stage": row.stage, "kind": row.kind}
    assert (
        client.post(RUNS, json={"act": "report", "whole": whole, "done": ATTENDED}, headers=headers).status_code == 422
    )


def test_the_pages_lead_from_the_chosen_to_the_whole_stage_its_progress_and_its_list(
    training_db: Database, app: Flask
) -> None:
    her = an_officer(Role.OFFICER, office="dinsos-kaltim")
    browser, ids = Browser(app, her), in_work(training_db, 6, her)
    chosen = {"ids[]": [str(each) for each in ids[:2]], "act": "report"}
    asked = browser.submit(f"{PAGES}?act=report", chosen).text
    assert "For all 6 of this stage" in asked
    assert f'href="{PAGES}/runs"' in asked
    wrong = browser.submit(f"{PAGES}/look", {**chosen, "whole": "true", "sessions_attended": "two"})
    assert (wrong.status_code, 'value="two"' in wrong.text) == (422, True)
    sent = browser.submit(f"{PAGES}/look", {**chosen, "whole": "true", "sessions_attended": "2"})
    assert sent.status_code == 303
    one = sent.headers["Location"]
    looking = browser.get(one).text
    assert ("0 of 6" in looking, '<meta http-equiv="refresh"' in looking) == (True, True)
    with training_db.transaction() as session:
        together.do(session, her, WORKS, Act.REPORT, ids[5:], done=ATTENDED)
    work(training_db)
    page = browser.get(one).text
    assert "It can be done for 5 referrals" in page
    assert "This referral is closed" in page
    assert '<meta http-equiv="refresh"' not in page
    assert browser.submit(f"{one}/confirm", {}).status_code == 303
    assert browser.submit(f"{one}/confirm", {}).status_code == 409
    work(training_db)
    assert "It is done." in browser.get(one).text
    rows = list(csv.reader(io.StringIO(browser.get(f"{one}/list.csv").text)))
    assert (len(rows), Counter(row[3] for row in rows[1:])) == (7, Counter({"done": 5, "not done": 1}))
    assert f'href="{PAGES}/runs"' in browser.get("/training/dinsos/referrals").text
    assert browser.get(f"{PAGES}/runs").text.count("/together/runs/") == 1
    stranger = Browser(app, an_officer(Role.OFFICER, office="dinsos-kubar"))
    for address in (one, f"{one}/list.csv"):
        assert stranger.get(address).status_code == 404


def test_a_whole_stage_that_waits_is_taken_on_from_the_page(training_db: Database, app: Flask) -> None:
    her = an_officer(Role.OFFICER, office="dinsos-kaltim")
    browser, ids = Browser(app, her), offers(training_db, 6)
    offers(training_db, 1, stage="business_course")
    in_work(training_db, 1, her)
    page = browser.get(f"{PAGES}/runs").text
    assert page.count("Take on all") == 2
    with training_db.reading() as session:
        one = session.get_one(Referral, ids[0])
        assert [each.number for each in queries.waiting(session, her)] == [6, 1]
        assert queries.waiting(session, officer(office="dinsos-kubar")) == []
    stage = {"programme": one.programme, "version": str(one.version), "stage": one.stage, "kind": one.kind}
    sent = browser.submit(f"{PAGES}/runs", stage)
    assert sent.status_code == 303
    work(training_db)
    assert "It can be done for 6 referrals" in browser.get(sent.headers["Location"]).text
    assert browser.submit(f"{sent.headers['Location']}/confirm", {}).status_code == 303
    work(training_db)
    taken = [each.referral_id for each in announced(training_db) if isinstance(each, ReferralAccepted)]
    assert set(ids) <= set(taken)
    assert len(taken) == 7, "six, and the one from before"
    for wrong in ({**stage, "stage": "nowhere"}, {}):
        assert browser.submit(f"{PAGES}/runs", wrong).status_code == 422
