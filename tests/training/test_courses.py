from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from services.training.courses.models import Attendance, CourseSession, Enrolment
from services.training.courses.work import WORKS
from shared.events.intake import PersonsMerged, StageOffered, SubjectKind
from shared.events.referrals import ReferralAccepted, ReferralCompleted
from shared.identity.rules import Role
from shared.kernel import clock, ids, numbers
from shared.persons.handlers import hear_persons_merged
from shared.privacy.looks import Look
from shared.referrals.handlers import hear_stages_offered, hear_stages_withdrawn
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals.offers import heard, offer, withdrawal

LIST, COURSES = "/training/v1/dinsos/referrals", "/training/v1/dinsos/courses"


@pytest.fixture
def app(training_db: Database) -> Flask:
    made = web_app("training", training_db)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = bearer(an_officer(Role.OFFICER, office="dinsos-kaltim"))[
        "Authorization"
    ]
    return client


def plan(**changes: Any) -> dict[str, Any]:
    days = [(clock.today() - timedelta(days=days)).isoformat() for days in (2, 1)]
    given = {
        "type": "technical-briefing",
        "title": "Bimbingan teknis KUBE",
        "area": "64.02",
        "places": 20,
        "sessions": [{"held_on": day, "place": "Balai Desa"} for day in days],
    }
    return given | changes


def group(**changes: Any) -> StageOffered:
    earlier = {"formation": {"outcome": "formed", "facts": {"members": 5, "berita_acara": "BA-1"}}}
    return offer(**{"subject_kind": SubjectKind.GROUP, "earlier": earlier} | changes)


def offers(base: Database, *given: StageOffered) -> list[str]:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, {}) for each in given], works=by_kind(WORKS))
    return [str(each.referral_id) for each in given]


def accepted(base: Database, client: FlaskClient, *given: StageOffered) -> list[str]:
    ids = offers(base, *given)
    assert client.post(f"{LIST}/accept", json={"ids": ids}).status_code == 200
    return ids


def planned(client: FlaskClient, **changes: Any) -> str:
    answer = client.post(COURSES, json=plan(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_room_of_people_is_enrolled_marked_and_completed_in_a_few_requests(
    training_db: Database, client: FlaskClient
) -> None:
    ids = accepted(training_db, client, *(offer() for _ in range(4)))
    course = planned(client)
    assert len(client.post(f"{course}/enrolments", json={"ids": ids}).get_json()) == 4
    for number in (1, 2):
        came = [{"id": each, "present": each != ids[0] or number == 1} for each in ids]
        answer = client.put(f"{course}/sessions/{number}/attendance", json={"attendance": came})
        assert answer.status_code == 204
    silent = client.post(f"{LIST}/complete", json={"referrals": [{"id": each, "done": {}} for each in ids]})
    assert codes(silent) == (422, "reason-missing")
    told = {ids[0]: {"because": "Anaknya sakit."}}
    rows = [{"id": each, "done": told.get(each, {})} for each in ids]
    done = client.post(f"{LIST}/complete", json={"referrals": rows})
    assert done.status_code == 200, done.text
    said = {str(each.referral_id): each for each in announced(training_db) if isinstance(each, ReferralCompleted)}
    assert (said[ids[0]].outcome, said[ids[0]].facts) == ("absent", {"sessions_attended": 1})
    assert {said[each].outcome for each in ids[1:]} == {"attended"}
    seats = client.get(f"{course}/enrolments").get_json()
    assert {each["sessions_attended"] for each in seats} == {1, 2}


def test_a_group_takes_a_place_for_each_member_and_attends_by_majority(
    training_db: Database, client: FlaskClient
) -> None:
    (one,) = accepted(training_db, client, group())
    course = planned(client, places=5)
    assert client.post(f"{course}/enrolments", json={"ids": [one]}).get_json()[0]["seats"] == 5
    marks = [{"number": 1, "members": 5}, {"number": 2, "members": 3}]
    assert client.put(f"{LIST}/{one}/work", json={"attendance": marks}).status_code == 200
    shown = client.get(f"{LIST}/{one}").get_json()["work"]
    assert [(each["members"], each["present"]) for each in shown["attendance"]] == [(5, "true"), (3, "true")]
    assert client.post(f"{LIST}/{one}/complete", json={}).get_json()["outcome"] == "attended"


def test_a_full_course_refuses_and_names_the_places_that_are_left(training_db: Database, client: FlaskClient) -> None:
    first, second = accepted(training_db, client, group(), group())
    course = planned(client, places=8)
    assert client.post(f"{course}/enrolments", json={"ids": [first]}).status_code == 200
    full = client.post(f"{course}/enrolments", json={"ids": [second]})
    assert codes(full) == (422, "no-places-left")
    assert "3 tempat" in full.get_json()["detail"] or "3 places" in full.get_json()["detail"]


def test_a_withdrawn_referral_frees_its_places(training_db: Database, client: FlaskClient) -> None:
    leaving, staying = group(), group()
    ids = accepted(training_db, client, leaving, staying)
    course = planned(client, places=5)
    client.post(f"{course}/enrolments", json={"ids": ids[:1]})
    for _ in range(2):
        with training_db.transaction() as session:
            hear_stages_withdrawn(session, [heard(withdrawal(leaving))], works=by_kind(WORKS))
    assert client.post(f"{course}/enrolments", json={"ids": ids[1:]}).status_code == 200
    assert [each["referral_id"] for each in client.get(f"{course}/enrolments").get_json()] == ids[1:]


def test_what_is_not_complete_cannot_be_reported(training_db: Database, client: FlaskClient) -> None:
    (one,) = accepted(training_db, client, offer())
    assert codes(client.post(f"{LIST}/{one}/complete", json={})) == (422, "not-enrolled")
    assert codes(client.put(f"{LIST}/{one}/work", json={"attendance": [{"number": 1, "present": True}]})) == (
        422,
        "not-enrolled",
    )
    course = planned(client)
    told = {"course_id": course.rsplit("/", 1)[1], "attendance": [{"number": 1, "present": True}]}
    assert client.put(f"{LIST}/{one}/work", json=told).status_code == 200
    assert codes(client.post(f"{LIST}/{one}/complete", json={})) == (422, "attendance-missing")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "sewing"}, "other-course"),
        ({"sessions": [{"held_on": "2023-05-02", "place": "Balai Desa"}]}, "too-few-sessions"),
    ],
)
def test_a_course_that_is_not_what_the_programme_asks_for_is_refused(
    training_db: Database, client: FlaskClient, changes: dict[str, Any], code: str
) -> None:
    ids = accepted(training_db, client, offer())
    assert codes(client.post(f"{planned(client, **changes)}/enrolments", json={"ids": ids})) == (422, code)


def test_nobody_was_present_at_a_session_that_is_still_to_come(training_db: Database, client: FlaskClient) -> None:
    ids = accepted(training_db, client, offer())
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    course = planned(
        client, sessions=[{"held_on": clock.today().isoformat(), "place": "A"}, {"held_on": tomorrow, "place": "A"}]
    )
    client.post(f"{course}/enrolments", json={"ids": ids})
    came = {"attendance": [{"id": ids[0], "present": True}]}
    assert client.put(f"{course}/sessions/1/attendance", json=came).status_code == 204
    assert codes(client.put(f"{course}/sessions/2/attendance", json=came)) == (422, "not-held-yet")
    assert codes(client.put(f"{course}/sessions/3/attendance", json=came)) == (422, "no-such-session")
    other = planned(client)
    assert codes(client.post(f"{other}/enrolments", json={"ids": ids})) == (409, "course-under-way")


def test_everybody_else_came_is_one_press_and_leaves_who_is_marked_as_she_is(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    one, two, three, whole = accepted(training_db, client, offer(), offer(), offer(), group())
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    today = clock.today().isoformat()
    held = [{"held_on": today, "place": "A"}, {"held_on": today, "place": "A"}, {"held_on": tomorrow, "place": "A"}]
    course = planned(client, sessions=held)
    client.post(f"{course}/enrolments", json={"ids": [one, two, three, whole]})
    absent = {"attendance": [{"id": one, "number": 1, "present": False}]}
    assert client.put(f"{course}/attendance", json=absent).status_code == 204
    now = {"attendance": [{"id": two, "number": 2, "present": False}], "others_present": [1, 2]}
    for _ in range(2):
        assert client.put(f"{course}/attendance", json=now).status_code == 204
        assert came_to(training_db) == {
            (one, 1): False, (two, 1): True, (three, 1): True, (whole, 1): True,
            (one, 2): True, (two, 2): False, (three, 2): True, (whole, 2): True,
        }  # fmt: skip
    with training_db.reading() as session:
        assert set(session.scalars(select(Attendance.members_present))) >= {None, 5}
    assert codes(client.put(f"{course}/attendance", json={"others_present": [3]})) == (422, "not-held-yet")
    assert codes(client.put(f"{course}/attendance", json={"others_present": [9]})) == (422, "no-such-session")
    assert client.put(f"{course}/attendance", json={}).status_code == 422
    page = course.replace("/v1/", "/")
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    assert browser.get(page).text.count('name="others_present[]"') == 2
    assert browser.submit(f"{page}/attendance", {"others_present[]": ["1"]}).status_code == 303
    refused = browser.submit(f"{page}/attendance", {"others_present[]": ["3"]})
    assert refused.status_code == 422
    assert len(came_to(training_db)) == 8


def test_whoever_has_done_with_the_course_is_not_among_everybody_else(
    training_db: Database, client: FlaskClient
) -> None:
    one, two = accepted(training_db, client, offer(), offer())
    course = planned(client)
    client.post(f"{course}/enrolments", json={"ids": [one, two]})
    no = {"reason": "not-reached", "explanation": "Tiga kali dikunjungi.", "suggestion": "offer-again-later"}
    assert client.post(f"{LIST}/{two}/return", json=no).status_code == 200
    assert client.put(f"{course}/attendance", json={"others_present": [1]}).status_code == 204
    assert came_to(training_db) == {(one, 1): True}


def came_to(base: Database) -> dict[tuple[str, int], bool]:
    with base.reading() as session:
        rows = session.execute(
            select(Attendance.referral_id, CourseSession.number, Attendance.present).join(
                CourseSession, CourseSession.id == Attendance.session_id
            )
        )
        return {(str(referral), number): present for referral, number, present in rows}


@pytest.mark.parametrize(
    "changes",
    [
        {"places": 0},
        {"area": "99.99"},
        {"sessions": []},
        {"type": "Not a code"},
        {"sessions": [{"held_on": "2023-05-03", "place": "A"}, {"held_on": "2023-05-02", "place": "A"}]},
    ],
)
def test_a_plan_that_cannot_be_held_is_refused(client: FlaskClient, changes: dict[str, Any]) -> None:
    answer = client.post(COURSES, json=plan(**changes))
    assert answer.status_code == 422
    assert [each.split(".")[0] for each in answer.get_json()["errors"]] == [*changes]


def test_another_offices_course_does_not_exist(app: Flask, client: FlaskClient) -> None:
    course = planned(client)
    other_office = bearer(an_officer(Role.OFFICER, office="dinsos-kukar"))
    other_role = bearer(an_officer(Role.APPROVER, office="dinsos-kaltim"))
    assert app.test_client().get(course, headers=other_office).status_code == 404
    assert app.test_client().get(course, headers=other_role).status_code == 403


def test_a_second_referral_shows_what_she_was_taught_before(training_db: Database, client: FlaskClient) -> None:
    subject = ids.new_id()
    (first,) = accepted(training_db, client, offer(subject_id=subject))
    course = planned(client)
    marks = [{"number": number, "present": True} for number in (1, 2)]
    told = {"course_id": course.rsplit("/", 1)[1], "attendance": marks}
    assert client.post(f"{LIST}/{first}/complete", json=told).get_json()["outcome"] == "attended"
    (second,) = offers(training_db, offer(subject_id=subject))
    before = client.get(f"{LIST}/{second}").get_json()["work"]["taught_before"]
    assert [(each["type"], each["outcome"]) for each in before] == [("technical-briefing", "attended")]


def test_what_she_was_taught_under_another_record_is_shown_too(training_db: Database, client: FlaskClient) -> None:
    record, person = ids.new_id(), ids.new_id()
    (first,) = accepted(training_db, client, offer(subject_id=record))
    marks = [{"number": number, "present": True} for number in (1, 2)]
    told = {"course_id": planned(client).rsplit("/", 1)[1], "attendance": marks}
    assert client.post(f"{LIST}/{first}/complete", json=told).get_json()["outcome"] == "attended"
    (second,) = offers(training_db, offer(subject_id=person))
    assert client.get(f"{LIST}/{second}").get_json()["work"]["taught_before"] == []
    with training_db.transaction() as session:
        hear_persons_merged(session, [heard(PersonsMerged(record_id=record, person_id=person, revision=1))])
    before = client.get(f"{LIST}/{second}").get_json()["work"]["taught_before"]
    assert [each["outcome"] for each in before] == ["attended"]


MEMBERS = [{"id": str(ids.new_id()), "name": "Siti Aminah", "role": "chair"} for _ in range(5)]


def taught(base: Database, client: FlaskClient, given: StageOffered, particulars: dict[str, Any] | None = None) -> None:
    """Let somebody attend the technical briefing of Dinas Sosial."""
    with base.transaction() as session:
        hear_stages_offered(session, [heard(given, particulars or {})], works=by_kind(WORKS))
    one = f"{LIST}/{given.referral_id}"
    assert client.post(f"{one}/accept").status_code == 200
    course = planned(client, places=100).rsplit("/", 1)[1]
    came = {"members": 5} if given.subject_kind is SubjectKind.GROUP else {"present": True}
    told = {"course_id": course, "attendance": [{"number": number, **came} for number in (1, 2)]}
    assert client.post(f"{one}/complete", json=told).get_json()["outcome"] == "attended"


def test_the_same_course_is_not_given_twice_without_the_officer_seeing_it(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    """DP3A Kukar's complaint (dp3a-kukar.txt): agencies train the same women and do not know of each other."""
    subject = ids.new_id()
    taught(training_db, client, offer(subject_id=subject))
    kukar = bearer(an_officer(Role.OFFICER, office="dinsos-kukar"))  # another office, another journey
    again = offer(subject_id=subject, office="dinsos-kukar", sender_office="dinsos-kukar")
    other = offer(office="dinsos-kukar", sender_office="dinsos-kukar")
    referrals = offers(training_db, again, other)
    assert client.post(f"{LIST}/accept", json={"ids": referrals}, headers=kukar).status_code == 200
    seen = client.get(f"{LIST}/{referrals[0]}", headers=kukar).get_json()["work"]
    assert seen["same_course_before"]
    assert [each["office"] for each in seen["taught_before"]] == ["dinsos-kaltim"]
    course = client.post(COURSES, json=plan(), headers=kukar).headers["Location"]
    refused = client.post(f"{course}/enrolments", json={"ids": referrals}, headers=kukar)
    assert codes(refused) == (422, "taught-before")
    assert list(refused.get_json()["errors"]) == ["taught_before_reason"]
    assert client.get(f"{course}/enrolments", headers=kukar).get_json() == []
    told = {"ids": referrals, "taught_before_reason": "Materi baru tentang pemasaran digital."}
    enrolled = client.post(f"{course}/enrolments", json=told, headers=kukar).get_json()
    reasons = {each["referral_id"]: each["taught_before_reason"] for each in enrolled}
    assert reasons == {referrals[0]: told["taught_before_reason"], referrals[1]: None}


def test_the_form_offers_the_types_that_programmes_ask_the_office_for(app: Flask) -> None:
    page = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim")).get("/training/dinsos/courses/new").text
    assert '<option value="bimtek-kube">Bimtek kube (' in page
    assert 'value="pelatihan-bisnis"' in page
    assert (
        "olahan-makanan"
        not in Browser(app, an_officer(Role.OFFICER, office="koperasi-kaltim"))
        .get("/training/koperasi/courses/new")
        .text
    )


def test_a_page_asks_for_the_reason_and_keeps_it(training_db: Database, app: Flask, client: FlaskClient) -> None:
    subject = ids.new_id()
    taught(training_db, client, offer(subject_id=subject))
    (again,) = accepted(training_db, client, offer(subject_id=subject))
    course = planned(client).rsplit("/", 1)[1]
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    referral = f"/training/dinsos/referrals/{again}"
    assert 'name="taught_before_reason"' in browser.get(referral).text
    refused = browser.submit(f"{referral}/work", {"course_id": course})
    assert refused.status_code == 422
    assert 'id="taught_before_reason-error"' in refused.text
    form = {"course_id": course, "taught_before_reason": "Materi baru tentang pemasaran."}
    assert browser.submit(f"{referral}/work", form).status_code == 303
    assert form["taught_before_reason"] in browser.get(referral).text


@pytest.mark.parametrize("first_as_group", [True, False])
def test_what_a_member_was_taught_alone_or_with_her_group_counts_as_far_as_it_is_known(
    training_db: Database, client: FlaskClient, first_as_group: bool
) -> None:
    person = offer(subject_id=MEMBERS[0]["id"])
    first, second = (group(), person) if first_as_group else (person, group())
    shared = {first.referral_id: None, second.referral_id: None} | {
        each.referral_id: {"members": MEMBERS} for each in (first, second) if each.subject_kind is SubjectKind.GROUP
    }
    taught(training_db, client, first, shared[first.referral_id])
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(second, shared[second.referral_id] or {})], works=by_kind(WORKS))
    one = str(second.referral_id)
    client.post(f"{LIST}/{one}/accept")
    assert codes(client.post(f"{planned(client)}/enrolments", json={"ids": [one]})) == (422, "taught-before")


def test_who_the_members_are_is_forgotten_when_consent_is_taken_back(training_db: Database) -> None:
    given = group()
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(given, {"members": MEMBERS})], works=by_kind(WORKS))
    with training_db.transaction() as session:
        assert len(session.get_one(Enrolment, given.referral_id).member_ids or ()) == 5
        for _ in range(2):
            by_kind(WORKS)["training.course"].erased(session, [session.get_one(Referral, given.referral_id)])
    with training_db.reading() as session:
        assert session.get_one(Enrolment, given.referral_id).member_ids is None


def test_who_was_absent_or_took_another_course_is_enrolled_without_a_reason(
    training_db: Database, client: FlaskClient
) -> None:
    absent, sewing = ids.new_id(), ids.new_id()
    (first,) = accepted(training_db, client, offer(subject_id=absent))
    course = planned(client).rsplit("/", 1)[1]
    marks = [{"number": number, "present": False} for number in (1, 2)]
    told = {"course_id": course, "attendance": marks, "because": "Anaknya sakit."}
    assert client.post(f"{LIST}/{first}/complete", json=told).get_json()["outcome"] == "absent"
    taught(training_db, client, offer(subject_id=sewing))
    again = accepted(
        training_db,
        client,
        offer(subject_id=absent),
        offer(subject_id=sewing, settings={"course": "sewing", "sessions": 1}),
    )
    assert client.post(f"{planned(client)}/enrolments", json={"ids": again[:1]}).status_code == 200
    assert client.post(f"{planned(client, type='sewing')}/enrolments", json={"ids": again[1:]}).status_code == 200


def test_an_officer_plans_enrols_marks_and_reports_on_pages(training_db: Database, app: Flask) -> None:
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    (one,) = offers(training_db, offer(settings={"course": "technical-briefing", "sessions": 1}))
    referral, courses = f"/training/dinsos/referrals/{one}", "/training/dinsos/courses"
    browser.submit(f"{referral}/accept")
    assert "Plan a course" in browser.get(referral).text
    assert browser.get(f"{courses}/new").status_code == 200
    form = {"title": "Bimtek", "type": "technical-briefing", "area": "64.02", "places": "10"}
    assert browser.submit(courses, form).status_code == 422
    today = clock.today().isoformat()
    made = browser.submit(courses, form | {"sessions.0.held_on": today, "sessions.0.place": "Balai Desa"})
    assert made.status_code == 303
    course_id = made.headers["Location"].rsplit("/", 1)[1]
    assert "Bimtek" in browser.get(courses).text
    assert course_id in browser.get(referral).text
    assert browser.submit(f"{referral}/complete", {}).status_code == 422
    assert browser.submit(f"{referral}/work", {"course_id": course_id}).status_code == 303
    assert 'name="attendance.0.present"' in browser.get(referral).text
    assert one in browser.get(f"{courses}/{course_id}").text
    came = {f"attendance.{one}_1.present": "true"}
    assert browser.submit(f"{courses}/{course_id}/attendance", came).status_code == 303
    assert browser.submit(f"{referral}/complete", {"attendance.0.number": "1"}).status_code == 303
    said = announced(training_db)
    assert isinstance(said[0], ReferralAccepted)
    assert said[-1].outcome == "attended"  # type: ignore[attr-defined]
    assert "attended" in browser.get(referral).text
    assert browser.get(f"{courses}/{course_id}").status_code == 200


def test_whoever_marks_the_attendance_sees_names_and_each_is_a_look(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    given = offer(settings={"course": "technical-briefing", "sessions": 1})
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(given, {"name": "Siti Aminah"})], works=by_kind(WORKS))
    one = str(given.referral_id)
    assert client.post(f"{LIST}/accept", json={"ids": [one]}).status_code == 200
    course = planned(client)
    assert client.post(f"{course}/enrolments", json={"ids": [one]}).status_code == 200
    (line,) = client.get(f"{course}/enrolments").get_json()
    assert (line["name"], line["number"]) == ("Siti Aminah", numbers.of(given.journey_id))
    page = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim")).get(course.replace("/v1", "")).text
    assert "Siti Aminah" in page
    assert numbers.of(given.journey_id) in page
    with training_db.reading() as session:
        assert len(session.scalars(select(Look.why).where(Look.why.startswith("course"))).all()) == 3
    elsewhere = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim", areas=("64.07",)))
    page = elsewhere.get(course.replace("/v1", "")).text
    assert "Siti Aminah" not in page
    assert numbers.of(given.journey_id) in page


def test_thirty_women_and_a_group_are_marked_for_all_sessions_with_one_press(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    women = accepted(training_db, client, *(offer() for _ in range(30)))
    (together,) = accepted(training_db, client, group())
    course = planned(client, places=40)
    assert client.post(f"{course}/enrolments", json={"ids": [*women, together]}).status_code == 200
    browser, page = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim")), course.replace("/v1", "")
    shown = browser.get(page).text
    assert shown.count('type="radio"') == 30 * 2 * 2
    assert shown.count("Save the attendance") == 1
    came = {f"attendance.{each}_{number}.present": "true" for each in women for number in (1, 2)}
    came |= {f"attendance.{together}_1.members": "5", f"attendance.{together}_2.members": "1"}
    assert browser.submit(f"{page}/attendance", came).status_code == 303
    with training_db.reading() as session:
        marked = session.execute(select(Attendance.referral_id, Attendance.present)).all()
    assert sum(row.present for row in marked) == 61
    assert len(marked) == 62
    assert browser.get(page).text.count("checked") == 60


def test_what_is_wrong_stands_at_its_row_what_was_typed_stays_and_nothing_is_half_saved(
    training_db: Database, app: Flask, client: FlaskClient
) -> None:
    one, left = accepted(training_db, client, offer(), gone := offer())
    (together,) = accepted(training_db, client, group())
    course = planned(client)
    assert client.post(f"{course}/enrolments", json={"ids": [one, left, together]}).status_code == 200
    with training_db.transaction() as session:
        hear_stages_withdrawn(session, [heard(withdrawal(gone))], works=by_kind(WORKS))
    browser, page = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim")), course.replace("/v1", "")
    came = {
        f"attendance.{one}_1.present": "true",
        f"attendance.{left}_1.present": "true",
        f"attendance.{together}_1.members": "6",
        f"attendance.{together}_2.members": "viele",
    }
    answer = browser.submit(f"{page}/attendance", came)
    assert answer.status_code == 422
    assert f'id="attendance-{together}_2-members-error"' in answer.text
    came[f"attendance.{together}_2.members"] = "4"
    answer = browser.submit(f"{page}/attendance", came)
    assert answer.status_code == 422
    assert f'id="attendance-{together}_1-members-error"' in answer.text
    assert "6 cannot have been present" in answer.text
    assert f"#attendance-{left}_1-id" in answer.text
    row = answer.text.split(f'name="attendance.{one}_1.present" value="true"')[1]
    assert row.startswith(" checked")
    with training_db.reading() as session:
        assert session.scalars(select(Attendance.referral_id)).all() == []
    refused = client.put(f"{course}/attendance", json={"attendance": [{"id": together, "number": 1, "members": 6}]})
    assert codes(refused)[0] == 422
    assert list(refused.get_json()["errors"]) == ["attendance.0.members"]
    told = [{"id": together, "number": 1, "members": 5}, {"id": one, "number": 2, "present": False}]
    assert client.put(f"{course}/attendance", json={"attendance": told}).status_code == 204


@pytest.mark.parametrize(
    ("number", "field"), [("3", "attendance.0.id"), ("0", "attendance.0.number"), ("x", "attendance.0.number")]
)
def test_a_session_that_is_not_there_is_said_at_the_row(
    training_db: Database, client: FlaskClient, number: str, field: str
) -> None:
    (one,) = accepted(training_db, client, offer())
    course = planned(client)
    client.post(f"{course}/enrolments", json={"ids": [one]})
    refused = client.put(f"{course}/attendance", json={"attendance": [{"id": one, "number": number, "present": True}]})
    assert list(refused.get_json()["errors"]) == [field]


def test_nothing_marked_is_said_and_not_taken_for_done(training_db: Database, app: Flask, client: FlaskClient) -> None:
    course = planned(client)
    browser = Browser(app, an_officer(Role.OFFICER, office="dinsos-kaltim"))
    assert browser.submit(f"{course.replace('/v1', '')}/attendance", {}).status_code == 422
