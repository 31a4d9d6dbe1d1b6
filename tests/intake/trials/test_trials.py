"""A programme is tried on the registry in the background: counted exactly once, ended, resumed, and told with care."""

import io
from datetime import timedelta
from threading import BoundedSemaphore
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from services.intake.journeys import publishing
from services.intake.trials import commands, jobs, rules
from services.intake.trials.models import ProgrammeTrial
from services.intake.trials.rules import TrialState
from shared.bus import broker
from shared.bus.pieces import MOST_TRIES
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes import apart, library, load
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.people import register

KUBE = "kube-kaltim-2023"
TRIALS = "/intake/dinsos/trials"
API = "/intake/v1/dinsos/trials"
HEAD = an_officer(Role.HEAD)
COORDINATOR = an_officer(Role.COORDINATOR)
LOA_KULU, MUARA_MUNTAI = "64.02.02.2001", "64.02.01.2003"


@pytest.fixture
def app(intake_db: Database) -> Flask:
    with intake_db.transaction() as session:
        publishing.publish(session, library.programme(KUBE))
        register(session, 11, area=MUARA_MUNTAI)
        register(session, 6, area=MUARA_MUNTAI, lists=())
        register(session, 3, area=LOA_KULU)
        register(session, 4, area=MUARA_MUNTAI, died_on=clock.today())
        register(session, 7, area="64.72.01.1001")  # Samarinda is not of the region
    return web_app("intake", intake_db)


def begin(app: Flask, officer=HEAD, **asked) -> str:
    answer = app.test_client().post(API, json=asked or {"programme": KUBE}, headers=bearer(officer))
    assert answer.status_code == 202, answer.json
    return str(answer.json["id"])


def told(app: Flask, trial_id: str, officer=HEAD) -> dict:
    return app.test_client().get(f"{API}/{trial_id}", headers=bearer(officer)).json


def changed_file() -> str:
    return library.programme(KUBE).text.replace("version: 1\n", "version: 2\n", 1)


def test_a_trial_counts_who_qualifies_where_and_why_the_others_do_not(app: Flask, intake_db: Database) -> None:
    trial_id = begin(app)
    assert told(app, trial_id)["run"]["persons"] == 20
    jobs.try_programme.run(intake_db, trial_id=trial_id)
    found = told(app, trial_id)
    assert (found["run"]["state"], found["run"]["persons_done"]) == ("done", 20)
    report = found["report"]
    assert (report["eligible"], report["subjects"]) == (14, 2)
    assert (report["cost"], report["budget"]) == (30_000_000, 600_000_000)
    assert report["failing"] == [{"clause": "poor-and-listed", "persons": 6}]
    assert {each["area"]: (each["persons"], each["eligible"], each["subjects"]) for each in report["kecamatan"]} == {
        "64.02.01": (17, 11, 2),
        "64.02.02": (3, 3, 0),
    }


def test_a_coordinator_is_not_told_small_cells_nor_what_would_give_them_away(app: Flask, intake_db: Database) -> None:
    trial_id = begin(app, COORDINATOR)
    jobs.try_programme.run(intake_db, trial_id=trial_id)
    report = told(app, trial_id, COORDINATOR)["report"]
    assert report["hides"]
    assert report["eligible"] == 14
    assert all(each["eligible"] is None for each in report["kecamatan"])  # one alone would follow from the whole
    assert "hidden" in Browser(app, COORDINATOR).get(f"{TRIALS}/{trial_id}").text


def test_a_condition_at_which_all_but_a_few_fail_is_hidden_like_one_at_which_few_do() -> None:
    assert rules.told({"few": 4, "most": 16, "some": 10}, 20) == {"few": None, "most": None, "some": 10}


def test_a_trial_that_is_interrupted_goes_on_where_it_stopped(app: Flask, intake_db: Database, monkeypatch) -> None:
    monkeypatch.setattr(commands, "CHUNK", 6)
    trial_id = begin(app)
    programme = load.read(library.programme(KUBE).text)
    for _ in range(2):
        with intake_db.transaction() as session:
            assert commands.try_next_chunk(session, UUID(trial_id), programme)

    def die_before_the_commit() -> None:
        with intake_db.transaction() as session:
            commands.try_next_chunk(session, UUID(trial_id), programme)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_before_the_commit()
    assert told(app, trial_id)["run"]["persons_done"] == 12
    jobs.try_programme.run(intake_db, trial_id=trial_id)
    jobs.try_programme.run(intake_db, trial_id=trial_id)  # a second message counts nobody again
    found = told(app, trial_id)
    assert (found["run"]["persons_done"], found["report"]["eligible"]) == (20, 14)


def test_a_trial_that_stands_still_is_asked_for_again(app: Flask, intake_db: Database) -> None:
    def waiting() -> int:
        return {each.queue: each.waiting or 0 for each in broker.depths("intake")}["intake.slow"]

    trial_id = begin(app)
    before = waiting()
    jobs.resume_trials.ring(intake_db)
    assert waiting() == before
    with intake_db.transaction() as session:
        session.execute(
            update(ProgrammeTrial)
            .where(ProgrammeTrial.id == UUID(trial_id))
            .values(moved_at=clock.now() - timedelta(minutes=2))
        )
    jobs.resume_trials.ring(intake_db)
    assert waiting() == before + 1


def test_a_cancelled_trial_stops_and_lets_the_office_try_another(app: Flask, intake_db: Database) -> None:
    trial_id = begin(app)
    refused = app.test_client().post(API, json={"programme": KUBE}, headers=bearer(HEAD))
    assert (refused.status_code, refused.json["code"]) == (409, "trial-under-way")
    browser = Browser(app, HEAD)
    assert browser.submit(f"{TRIALS}/{trial_id}/cancel").status_code == 303
    jobs.try_programme.run(intake_db, trial_id=trial_id)
    assert told(app, trial_id)["run"]["state"] == "cancelled"
    assert told(app, trial_id)["run"]["persons_done"] == 0
    assert app.test_client().post(f"{API}/{trial_id}/cancel", headers=bearer(HEAD)).status_code == 409
    begin(app)


def test_a_file_is_tried_as_it_is_and_nothing_is_published(app: Flask, intake_db: Database) -> None:
    file = (io.BytesIO(changed_file().encode()), "kube-baru.yaml")
    answer = Browser(app, HEAD).submit(TRIALS, {"file": file}, content_type="multipart/form-data")
    assert answer.status_code == 303
    with intake_db.reading() as session:
        (run,) = session.scalars(select(ProgrammeTrial))
        assert (run.version, run.file_name, run.state) == (2, "kube-baru.yaml", TrialState.WAITING)
        assert list(publishing.versions_on(session)[KUBE]) == [1]
    assert Browser(app, HEAD).get(answer.headers["Location"]).status_code == 200


@pytest.mark.slow
def test_what_is_wrong_in_a_file_is_told_line_by_line_at_both_doors(app: Flask, intake_db: Database) -> None:
    text = changed_file().replace("needs: [proposal]", "needs: [nowhere]", 1)
    line = text[: text.index("[nowhere]")].count("\n") + 1
    sent = {"file": (io.BytesIO(text.encode()), "x.yaml")}
    page = Browser(app, HEAD).submit(TRIALS, sent, content_type="multipart/form-data")
    assert page.status_code == 422
    assert f"line {line}" in page.text
    client = app.test_client()
    checked = client.post(f"{API}/check", json={"text": text}, headers=bearer(HEAD)).json
    assert not checked["sound"]
    assert checked["findings"][0]["line"] == line
    refused = client.post(API, json={"text": text}, headers=bearer(HEAD))
    assert refused.status_code == 422
    assert refused.json["errors"]["file"][0].startswith(f"line {line}:")
    assert client.post(f"{API}/check", json={"text": changed_file()}, headers=bearer(HEAD)).json["sound"]
    with intake_db.reading() as session:
        assert session.scalars(select(ProgrammeTrial)).all() == []


HOSTILE = {
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(9)),
    "macros": "person.registries.all(a, person.registries.all(b, person.registries.all(c, true)))",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_would_hold_up_whoever_reads_it_is_refused_at_both_doors(
    app: Flask, intake_db: Database, kind: str
) -> None:
    text = HOSTILE[kind]
    if kind == "macros":
        first = next(line for line in changed_file().splitlines() if line.strip().startswith("when:"))
        text = changed_file().replace(first, f"{first.partition('when:')[0]}when: {text}", 1)
    client = app.test_client()
    checked = client.post(f"{API}/check", json={"text": text}, headers=bearer(HEAD))
    assert (checked.status_code, checked.json["sound"], len(checked.json["findings"])) == (200, False, 1)
    assert client.post(API, json={"text": text}, headers=bearer(HEAD)).status_code == 422
    sent = {"file": (io.BytesIO(text.encode()), "x.yaml"), "only": "check"}
    page = Browser(app, HEAD).submit(TRIALS, sent, content_type="multipart/form-data")
    assert page.status_code == 422
    assert checked.json["findings"][0]["remedy"] in page.text.replace("&#39;", "'").replace("&#34;", '"')
    with intake_db.reading() as session:
        assert session.scalars(select(ProgrammeTrial)).all() == []


def test_whoever_sends_a_file_while_others_are_checked_is_asked_to_wait(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(apart, "_places", BoundedSemaphore(1))
    with apart._places:
        answer = app.test_client().post(f"{API}/check", json={"text": "a: 1"}, headers=bearer(HEAD))
        sent = {"file": (io.BytesIO(b"a: 1"), "x.yaml")}
        page = Browser(app, HEAD).submit(TRIALS, sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"], page.status_code) == (429, "others-are-checked", 429)


def test_a_page_refuses_what_is_no_text_and_what_names_nothing(app: Flask) -> None:
    browser = Browser(app, HEAD)
    binary = {"file": (io.BytesIO(b"\xff\xfe\x00"), "x.yaml")}
    assert "no text" in browser.submit(TRIALS, binary, content_type="multipart/form-data").text
    assert browser.submit(TRIALS, {}).status_code == 422


def test_only_a_file_that_is_to_be_checked_is_not_tried(app: Flask, intake_db: Database) -> None:
    sent = {"file": (io.BytesIO(changed_file().encode()), "kube.yaml"), "only": "check"}
    page = Browser(app, HEAD).submit(TRIALS, sent, content_type="multipart/form-data", follow_redirects=True)
    assert "kube.yaml is sound." in page.text
    with intake_db.reading() as session:
        assert session.scalars(select(ProgrammeTrial)).all() == []


def test_a_programme_of_another_region_is_not_for_her_to_try(app: Flask) -> None:
    elsewhere = an_officer(Role.HEAD, office="dinsos-mataram")
    answer = app.test_client().post(API, json={"programme": KUBE}, headers=bearer(elsewhere))
    assert (answer.status_code, answer.json["code"]) == (403, "region-elsewhere")
    assert rules.areas_in_common(("64.02", "64.07"), ("64",)) == ("64.02", "64.07")
    assert rules.areas_in_common(("64",), ("64.02.05",)) == ("64.02.05",)


def test_another_office_does_not_see_it(app: Flask) -> None:
    trial_id = begin(app)
    elsewhere = an_officer(Role.HEAD, office="dinsos-kukar")
    assert app.test_client().get(f"{API}/{trial_id}", headers=bearer(elsewhere)).status_code == 404


def test_a_trial_that_never_gets_on_fails_and_can_be_started_again(
    app: Flask, intake_db: Database, monkeypatch
) -> None:
    trial_id = begin(app)

    def die(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(commands, "try_next_chunk", die)
        for _ in range(MOST_TRIES):
            with pytest.raises(MemoryError):
                jobs.try_programme.run(intake_db, trial_id=trial_id)
        jobs.try_programme.run(intake_db, trial_id=trial_id)  # tries no more
    assert told(app, trial_id)["run"]["state"] == "failed"
    browser = Browser(app, HEAD)
    assert "did not get on" in browser.get(f"{TRIALS}/{trial_id}").text
    another = begin(app)
    busy = app.test_client().post(f"{API}/{trial_id}/again", headers=bearer(HEAD))
    assert (busy.status_code, busy.json["code"]) == (409, "trial-under-way")
    app.test_client().post(f"{API}/{another}/cancel", headers=bearer(HEAD))
    assert browser.submit(f"{TRIALS}/{trial_id}/again").status_code == 303
    again = app.test_client().post(f"{API}/{trial_id}/again", headers=bearer(HEAD))
    assert (again.status_code, again.json["code"]) == (409, "trial-has-not-failed")
    elsewhere = bearer(an_officer(Role.HEAD, office="dinsos-kukar"))
    assert app.test_client().post(f"{API}/{trial_id}/again", headers=elsewhere).status_code == 404
    jobs.try_programme.run(intake_db, trial_id=trial_id)
    assert told(app, trial_id)["run"]["state"] == "done"
