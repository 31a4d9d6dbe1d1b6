"""Cohorts, mentors and the cash books they help to keep, through both doors."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.training.mentoring.work import WORKS
from services.training.worker import TRAINING
from shared.events.intake import AccessEnded, StageOffered, SubjectKind
from shared.events.referrals import ReferralCompleted
from shared.identity import revocation
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.calendar import add_months
from shared.privacy.looks import Look
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.clock import advance
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import heard, offer, withdrawal

ROOT = "/training/v1/dinsos"
LIST, COHORTS, BOOKS = f"{ROOT}/referrals", f"{ROOT}/cohorts", f"{ROOT}/cash-books"
NIK = "6402054107850001"
PARTICULARS = {"name": "Siti Aminah", "nik": NIK}
MENTOR = ids.new_id()


@pytest.fixture
def app(training_db: Database) -> Flask:
    made = web_app("training", training_db)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, Role.OFFICER)


@pytest.fixture
def later() -> Iterator[None]:
    """Lets a test move the clock; this process's is put back afterwards."""
    yield
    clock.set_offset(timedelta())


def signed_in(app: Flask, role: Role, officer_id: UUID | None = None, office: str = "dinsos-kaltim") -> FlaskClient:
    client = app.test_client()
    officer = an_officer(role, office=office, officer_id=officer_id)
    client.environ_base["HTTP_AUTHORIZATION"] = bearer(officer)["Authorization"]
    return client


def mentoring(**changes: Any) -> StageOffered:
    given = {"does": "training.mentoring", "stage": "mentoring", "settings": {"months": 2, "entries": 2}}
    return offer(**given | changes)


def offered(base: Database, *given: StageOffered) -> list[str]:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=by_kind(WORKS))
    return [str(each.referral_id) for each in given]


def cohort(client: FlaskClient, months: int = 6, **mentor: Any) -> tuple[str, str]:
    """A cohort that begins today, and its one mentor."""
    today = clock.today()
    student = {"name": "Rina Mahasiswi", "student_number": "H1A020001", "account_id": str(MENTOR)} | mentor
    plan = {
        "title": "KKN Ampenan",
        "begins_on": today.isoformat(),
        "ends_on": add_months(today, months).isoformat(),
        "mentors": [student],
    }
    answer = client.post(COHORTS, json=plan)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"], answer.get_json()["mentors"][0]["id"]


def begun(base: Database, client: FlaskClient, *given: StageOffered, months: int = 6) -> list[str]:
    """Accepted referrals whose cash books begin today with the mentor."""
    found = offered(base, *(given or (mentoring(),)))
    client.post(f"{LIST}/accept", json={"ids": found})
    _, mentor = cohort(client, months)
    for each in found:
        assert client.put(f"{LIST}/{each}/work", json={"mentor_id": mentor}).status_code == 200
    return found


def entry(amount: int = 50_000, direction: str = "in", on: date | None = None, what: str = "Kerupuk") -> dict[str, Any]:
    return {"happened_on": (on or clock.today()).isoformat(), "direction": direction, "amount": amount, "what": what}


def write(client: FlaskClient, book: str, *entries: dict[str, Any]) -> Any:
    return client.post(f"{BOOKS}/{book}/entries", json={"entries": list(entries)})


def ahead(base: Database, days: int) -> None:
    advance([base], timedelta(days=days))


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_cash_book_carries_its_running_balance(training_db: Database, client: FlaskClient) -> None:
    (book,) = begun(training_db, client)
    write(client, book, entry(200_000), entry(75_000, "out", what="Ikan dan tepung"))
    answer = write(client, book, entry(100_000))
    found = answer.get_json()
    assert [each["balance"] for each in found["entries"]] == [200_000, 125_000, 225_000]
    assert [each["number"] for each in found["entries"]] == [1, 2, 3]
    assert (found["balance"], found["months"][0]["entries"]) == (225_000, 3)


def test_a_wrong_entry_is_undone_by_a_counter_entry_and_never_edited(
    training_db: Database, client: FlaskClient
) -> None:
    (book,) = begun(training_db, client)
    write(client, book, entry(500_000), entry(20_000))
    corrected = client.post(f"{BOOKS}/{book}/entries/1/correction", json={"why": "Salah tulis nol"}).get_json()
    assert corrected["balance"] == 20_000
    assert [(each["corrects"], each["corrected_by"]) for each in corrected["entries"]] == [
        (None, 3),
        (None, None),
        (1, None),
    ]
    assert corrected["months"][0]["entries"] == 1
    again = client.post(f"{BOOKS}/{book}/entries/1/correction", json={"why": "Sekali lagi"})
    assert codes(again) == (409, "corrected-already")
    counter = client.post(f"{BOOKS}/{book}/entries/3/correction", json={"why": "Batal"})
    assert codes(counter) == (409, "counter-entry-stands")
    assert codes(client.post(f"{BOOKS}/{book}/entries/9/correction", json={"why": "Tidak ada"})) == (
        422,
        "no-such-entry",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cash_entry SET amount = 1",
        "UPDATE cash_entry SET direction = 'out'",
        "UPDATE cash_entry SET happened_on = happened_on - 1",
        "DELETE FROM cash_entry",
    ],
)
def test_the_database_itself_refuses_to_change_or_take_out_a_line(
    training_db: Database, client: FlaskClient, statement: str
) -> None:
    (book,) = begun(training_db, client)
    write(client, book, entry())
    with pytest.raises(DBAPIError, match="only added to"), training_db.transaction() as session:
        session.execute(text(statement))


def test_officers_who_write_at_the_same_time_get_numbers_one_after_the_other(training_db: Database, app: Flask) -> None:
    (book,) = begun(training_db, signed_in(app, Role.OFFICER))

    def one(number: int) -> int:
        return int(write(signed_in(app, Role.OFFICER), book, entry(number)).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, range(1, 9))) == {200}
    found = signed_in(app, Role.OFFICER).get(f"{BOOKS}/{book}").get_json()
    assert [each["number"] for each in found["entries"]] == list(range(1, 9))
    assert found["balance"] == 36


def test_two_corrections_at_once_undo_an_entry_once(training_db: Database, app: Flask) -> None:
    (book,) = begun(training_db, signed_in(app, Role.OFFICER))
    write(signed_in(app, Role.OFFICER), book, entry())

    def one(_: int) -> int:
        told = {"why": "Salah tulis"}
        answer = signed_in(app, Role.OFFICER).post(f"{BOOKS}/{book}/entries/1/correction", json=told)
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [200, 409, 409, 409]


def test_entries_outside_the_book_are_refused_together_and_by_their_row(
    training_db: Database, client: FlaskClient
) -> None:
    (book,) = begun(training_db, client)
    yesterday, tomorrow = clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)
    early = write(client, book, entry(), entry(on=yesterday))
    assert codes(early) == (422, "before-the-book")
    assert list(early.get_json()["errors"]) == ["entries.1.happened_on"]
    assert codes(write(client, book, entry(on=tomorrow))) == (422, "not-happened-yet")
    assert write(client, book, entry(0)).status_code == 422
    assert client.get(f"{BOOKS}/{book}").get_json()["entries"] == []


def test_at_the_end_of_the_term_a_kept_book_and_a_neglected_one_are_told_apart(
    training_db: Database, client: FlaskClient, later: None
) -> None:
    kept, neglected = begun(training_db, client, mentoring(), mentoring(subject_kind=SubjectKind.GROUP))
    assert codes(client.post(f"{LIST}/{kept}/complete", json={})) == (422, "term-under-way")
    for book in (kept, neglected):
        write(client, book, entry(100_000), entry(40_000, "out"))
    ahead(training_db, 40)
    write(client, kept, entry(90_000), entry(30_000, "out"))
    write(client, neglected, entry(90_000))
    ahead(training_db, 23)
    why = {"because": "Catatan bulan pertama tidak lengkap."}
    done = {"referrals": [{"id": kept, "done": {}}, {"id": neglected, "done": why}]}
    assert client.post(f"{LIST}/complete", json=done).status_code == 200
    said = {str(each.referral_id): each for each in announced(training_db) if isinstance(each, ReferralCompleted)}
    assert said[kept].outcome == "kept"
    assert said[kept].facts == {"entries": 4, "income": 190_000, "expense": 70_000, "months": 2}
    assert said[neglected].outcome == "not-kept"
    assert said[neglected].facts == {"entries": 3, "income": 190_000, "expense": 40_000, "months": 1}
    assert write(client, kept, entry()).status_code == 409


def test_student_mentors_serve_a_term_they_see_the_cash_book_never_a_nik_or_a_protection_case(
    training_db: Database, app: Flask, client: FlaskClient, later: None
) -> None:
    (book,) = begun(training_db, client, months=2)
    student = signed_in(app, Role.MENTOR, MENTOR)
    assert [each["referral_id"] for each in student.get(BOOKS).get_json()["items"]] == [book]
    seen = write(student, book, entry(30_000))
    assert seen.status_code == 200
    shown = json.dumps([seen.get_json(), student.get(f"{BOOKS}/{book}").get_json(), student.get(BOOKS).get_json()])
    page = Browser(app, an_officer(Role.MENTOR, officer_id=MENTOR)).get(f"/training/dinsos/cash-books/{book}")
    for told in (shown, page.text):
        assert "30" in told
        assert not [secret for secret in (NIK, "Siti Aminah", "Rina Mahasiswi") if secret in told]
    for address in (LIST, f"{LIST}/{book}", COHORTS, f"{ROOT}/courses", "/training/dinsos/referrals"):
        assert student.get(address).status_code in (303, 403), address
    ahead(training_db, 70)  # her term is over
    assert codes(student.get(f"{BOOKS}/{book}")) == (403, "term-ended")
    assert codes(write(student, book, entry())) == (403, "term-ended")
    assert codes(student.post(f"{BOOKS}/{book}/entries/1/correction", json={"why": "Salah"})) == (403, "term-ended")
    assert codes(student.get(BOOKS)) == (403, "term-ended")
    assert client.get(f"{BOOKS}/{book}").status_code == 200  # the office goes on


def test_a_mentor_sees_her_own_books_only_and_only_while_they_are_kept(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    given = mentoring()
    (book,) = begun(training_db, client, given)
    stranger = signed_in(app, Role.MENTOR)
    assert (stranger.get(BOOKS).get_json()["items"], stranger.get(f"{BOOKS}/{book}").status_code) == ([], 404)
    student = signed_in(app, Role.MENTOR, MENTOR)
    assert student.get(f"{BOOKS}/{book}").status_code == 200
    for _ in range(2):
        with training_db.transaction() as session:
            hear_stages_withdrawn(session, [heard(withdrawal(given))], works=by_kind(WORKS))
    assert student.get(f"{BOOKS}/{book}").status_code == 404
    assert student.get(BOOKS).get_json()["items"] == []


def test_an_offer_heard_twice_or_after_its_withdrawal_lays_out_one_book(
    training_db: Database, client: FlaskClient
) -> None:
    given, early = mentoring(), mentoring()
    offered(training_db, given)
    offered(training_db, given)
    with training_db.transaction() as session:
        hear_stages_withdrawn(session, [heard(withdrawal(early))], works=by_kind(WORKS))
    offered(training_db, early)
    client.post(f"{LIST}/{given.referral_id}/accept")
    assert client.get(f"{LIST}/{given.referral_id}").get_json()["work"]["entries"] == 0
    assert client.post(f"{LIST}/{early.referral_id}/accept").status_code == 409


def test_a_book_goes_on_with_another_mentor_when_a_term_is_over(
    training_db: Database, client: FlaskClient, later: None
) -> None:
    (book,) = begun(training_db, client, months=1)
    first_day = client.get(f"{BOOKS}/{book}").get_json()["book"]["begins_on"]
    ahead(training_db, 40)
    _, next_one = cohort(client, student_number="H1A020002", account_id=None)
    assert client.put(f"{LIST}/{book}/work", json={"mentor_id": next_one}).status_code == 200
    assert client.get(f"{BOOKS}/{book}").get_json()["book"]["begins_on"] == first_day


def test_whoever_served_and_went_cannot_be_chosen_nor_another_universitys_student(
    training_db: Database, app: Flask, client: FlaskClient, later: None
) -> None:
    elsewhere = signed_in(app, Role.OFFICER, office="dinsos-kukar")
    _, theirs = cohort(elsewhere)
    _, gone = cohort(client, months=1)
    (one,) = offered(training_db, mentoring())
    client.post(f"{LIST}/{one}/accept")
    assert codes(client.post(f"{LIST}/{one}/complete", json={})) == (422, "mentor-missing")
    assert codes(client.put(f"{LIST}/{one}/work", json={"mentor_id": theirs})) == (422, "unknown-mentor")
    ahead(training_db, 40)
    assert codes(client.put(f"{LIST}/{one}/work", json={"mentor_id": gone})) == (422, "cohort-over")


def test_students_stand_encrypted_and_once_in_a_cohort(training_db: Database, client: FlaskClient) -> None:
    location, _ = cohort(client)
    twice = client.post(f"{location}/mentors", json={"mentors": [{"name": "R", "student_number": "h1a020001"}]})
    assert codes(twice) == (422, "mentor-twice")
    more = client.post(f"{location}/mentors", json={"mentors": [{"name": "Dewi", "student_number": "H1A020009"}]})
    assert [each["name"] for each in more.get_json()["mentors"]] == ["Rina Mahasiswi", "Dewi"]
    with training_db.reading() as session:
        stored = session.execute(text("SELECT name, student_number FROM mentor")).all()
    assert not any(b"Rina" in bytes(name) or b"H1A02" in bytes(number) for name, number in stored)


def test_a_mentor_is_given_her_account_later_and_it_can_be_taken_from_her(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    (book,) = begun(training_db, client)
    location, mentor = cohort(client, account_id=None)
    client.put(f"{LIST}/{book}/work", json={"mentor_id": mentor})
    student = signed_in(app, Role.MENTOR, MENTOR)
    address = f"{location}/mentors/{mentor}/account"
    for account, status in ((str(MENTOR), 200), (None, 404)):
        assert client.put(address, json={"account_id": account}).status_code == 200
        assert student.get(f"{BOOKS}/{book}").status_code == status
    assert client.put(f"{location}/mentors/{ids.new_id()}/account", json={}).status_code == 404
    browser = Browser(app, an_officer(Role.OFFICER))
    page = location.replace("/v1", "")
    assert browser.submit(f"{page}/mentors/{mentor}/account", {"account_id": "x"}).status_code == 422
    assert browser.submit(f"{page}/mentors/{mentor}/account", {"account_id": str(MENTOR)}).status_code == 303
    assert student.get(f"{BOOKS}/{book}").status_code == 200


def test_a_mentor_who_has_come_by_is_chosen_by_name_at_her_own_office(app: Flask, client: FlaskClient) -> None:
    location, mentor = cohort(client, account_id=None)
    account = ids.new_id()
    page = location.replace("/v1", "")
    browser, new = Browser(app, an_officer(Role.OFFICER)), f"{page.rpartition('/')[0]}/new"
    option = f'<option value="{account}">Petugas Uji</option>'
    assert option not in browser.get(page).text
    hers = Browser(app, an_officer(Role.MENTOR, officer_id=account))
    assert hers.get("/training/dinsos/cash-books").status_code == 200
    assert browser.get(page).text.count(option) == 2  # for the mentor who is there, and for one more
    assert browser.get(new).text.count(option) == 4
    assert client.get("/training/v1/dinsos/mentor-accounts").get_json() == {
        "items": [{"id": str(account), "name": "Petugas Uji"}]
    }
    elsewhere = Browser(app, an_officer(Role.OFFICER, office="dinsos-kukar"))
    assert option not in elsewhere.get(new).text
    assert browser.submit(f"{page}/mentors/{mentor}/account", {"account_id": str(account)}).status_code == 303
    chosen = browser.get(page).text
    assert f'<option value="{account}" selected>Petugas Uji</option>' in chosen
    assert option not in chosen


def test_a_mentor_who_signs_in_finds_her_cash_books_and_no_other_menu(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.MENTOR, officer_id=MENTOR))
    page = browser.get("/training/dinsos/cash-books").text
    assert str(MENTOR) not in page
    assert "it finds you there as Petugas Uji" in page
    for address in ("/training/dinsos/referrals", "/training/dinsos/cohorts", "/monitoring/", "/intake/dinsos"):
        assert f'href="{address}' not in page


def test_the_wording_of_a_cash_book_goes_when_consent_is_taken_back_and_its_figures_stay(
    training_db: Database, client: FlaskClient
) -> None:
    (book,) = begun(training_db, client)
    write(client, book, entry(30_000, what="Pesanan Bu Aminah"))
    with training_db.transaction() as session:
        for _ in range(2):
            by_kind(WORKS)["training.mentoring"].erased(session, [session.get_one(Referral, UUID(book))])
    shown = client.get(f"{BOOKS}/{book}").get_json()
    assert (shown["balance"], [each["what"] for each in shown["entries"]]) == (30_000, ["–"])


def test_an_officer_lists_the_cash_books_of_her_areas_only(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    (book,) = begun(training_db, client)
    elsewhere = app.test_client()
    kubar = bearer(an_officer(Role.OFFICER, areas=("64.07",)))
    assert elsewhere.get(BOOKS, headers=kubar).get_json()["items"] == []
    assert elsewhere.get(f"{BOOKS}/{book}", headers=kubar).status_code == 403


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_term_ends_after_it_begins_and_within_a_year(client: FlaskClient, days: int) -> None:
    today = clock.today()
    plan = {"title": "KKN", "begins_on": today.isoformat(), "ends_on": (today + timedelta(days=days)).isoformat()}
    assert codes(client.post(COHORTS, json=plan)) == (422, "term-invalid")


def test_every_look_into_a_cash_book_is_logged(training_db: Database, app: Flask, client: FlaskClient) -> None:
    given = mentoring()
    (book,) = begun(training_db, client, given)
    signed_in(app, Role.MENTOR, MENTOR).get(f"{BOOKS}/{book}")
    with training_db.reading() as session:
        looks = session.query(Look.officer_id, Look.subject_id).filter(Look.why == f"cash book {book}").all()
    assert looks == [(MENTOR, given.subject_id)]


def test_cohort_and_cash_book_are_kept_on_pages(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.OFFICER))
    cohorts, books = "/training/dinsos/cohorts", "/training/dinsos/cash-books"
    (one,) = offered(training_db, mentoring())
    referral = f"/training/dinsos/referrals/{one}"
    browser.submit(f"{referral}/accept")
    assert "Take in a cohort" in browser.get(referral).text
    assert browser.get(f"{cohorts}/new").status_code == 200
    today = clock.today()
    form = {"title": "KKN Ampenan", "begins_on": today.isoformat(), "mentors.0.name": "Rina"}
    assert browser.submit(cohorts, form).status_code == 422
    form |= {"ends_on": add_months(today, 3).isoformat(), "mentors.0.student_number": "H1A020001"}
    made = browser.submit(cohorts, form)
    assert made.status_code == 303
    assert "Rina" in browser.get(made.headers["Location"]).text
    assert "KKN Ampenan" in browser.get(cohorts).text
    second = {"mentors.0.name": "Dewi", "mentors.0.student_number": "H1A020001"}
    assert browser.submit(f"{made.headers['Location']}/mentors", second).status_code == 422
    second["mentors.0.student_number"] = "H1A020002"
    assert browser.submit(f"{made.headers['Location']}/mentors", second).status_code == 303
    shown = browser.get(referral).text
    mentor = shown.split('<option value="')[2].split('"')[0]
    assert browser.submit(f"{referral}/work", {"mentor_id": mentor}).status_code == 303
    assert f"{books}/{one}" in browser.get(referral).text
    line = {"entries.0.happened_on": today.isoformat(), "entries.0.direction": "in", "entries.0.amount": "Rp25.000,-"}
    wrong = browser.submit(f"{books}/{one}/entries", line)
    assert (wrong.status_code, "Rp25.000,-" in wrong.text) == (422, True)
    assert browser.submit(f"{books}/{one}/entries", line | {"entries.0.what": "Jajan basah"}).status_code == 303
    assert "Jajan basah" in browser.get(f"{books}/{one}").text
    assert browser.submit(f"{books}/{one}/entries/1/correction", {}).status_code == 422
    assert browser.submit(f"{books}/{one}/entries/1/correction", {"why": "Salah"}).status_code == 303
    once_more = browser.submit(f"{books}/{one}/entries/1/correction", {"why": "Salah"})
    assert (once_more.status_code, "undone by entry 2" in once_more.text) == (409, True)
    assert "undone by entry 2" in browser.get(f"{books}/{one}").text
    assert one[-6:] in browser.get(books).text
    assert browser.submit(f"{referral}/complete", {}).status_code == 422


def test_the_books_of_a_mentor_who_has_left_are_her_offices_again(
    training_db: Database, client: FlaskClient, app: Flask
) -> None:
    (book,) = begun(training_db, client)
    hearing = TRAINING.hears[AccessEnded]

    def end(officer_id: UUID, *, closed: bool) -> None:
        told = AccessEnded(officer_id=officer_id, ended_at=revocation.real_now(), closed=closed)
        for _ in range(2):
            with training_db.transaction() as session:
                hearing.run(session, [heard(told)])

    def keeps(who: FlaskClient) -> int:
        return int(write(who, book, entry()).status_code)

    end(MENTOR, closed=False)
    end(ids.new_id(), closed=True)
    assert keeps(signed_in(app, Role.MENTOR, MENTOR)) == 200
    end(MENTOR, closed=True)
    assert keeps(signed_in(app, Role.MENTOR, MENTOR)) == 404
    assert keeps(client) == 200
