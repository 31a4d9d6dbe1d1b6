from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text

from services.intake.calendars import commands as calendars
from services.intake.calendars import recount
from services.intake.protection import commands, log, queries
from services.intake.protection.models import LogLine, ProtectionCase, TalkRequest
from services.intake.protection.rules import CaseKind
from services.intake.registry.models import Person
from shared.events.intake import DayKind
from shared.identity.rules import OtherOffice, Role
from shared.kernel import clock, ids
from shared.privacy.looks import Look
from shared.storage import database
from tests.browsing import Browser, an_officer
from tests.intake.protection.conftest import Compartment


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_follow_up_is_owed_in_working_days_of_the_office_and_does_not_move_afterwards(
    compartment: Compartment,
) -> None:
    monday = datetime(2026, 11, 30, 10, tzinfo=clock.zone())  # of a week without a day off

    def note(day: int, region: str) -> None:
        given = {
            "region": region,
            "source": {"number": f"100/{day}", "date": monday.date(), "issuer": "Bupati"},
            "days": [{"day": date(2026, 12, day), "kind": DayKind.HOLIDAY, "name": "Hari jadi"}],
        }
        with compartment.base.transaction() as session:
            calendars.add(session, None, given)

    def due(case: dict[str, Any]) -> date:
        return datetime.fromisoformat(case["follow_up_due_at"]).astimezone(clock.zone()).date()

    with clock.frozen(monday):
        note(1, "64.02")
        note(2, "52.71")
        case = compartment.case(compartment.women()[0])
        assert due(case) == date(2026, 12, 4)
        note(3, "64.02")
        recount.recount_all(compartment.base)
        assert due(compartment.read(case)) == date(2026, 12, 4)


def test_asking_twice_makes_one_request_and_only_counsellors_read_it(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    for _ in range(2):
        answer = compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
        assert (answer.status_code, answer.data) == (204, b"")
    (request,) = compartment.due()["requests"]
    assert UUID(request["person_id"]) == woman
    assert compartment.ask(compartment.officer, "GET", "due").status_code == 403


def test_two_officers_who_hear_the_same_wish_at_once_write_one_request(compartment: Compartment) -> None:
    (woman,) = compartment.women()

    def ask(_: int) -> None:
        with compartment.base.transaction() as session:
            commands.ask_for_talk(session, compartment.officer, woman)

    with ThreadPoolExecutor(4) as officers:
        list(officers.map(ask, range(4)))
    with compartment.base.reading() as session:
        assert session.scalar(select(func.count()).select_from(TalkRequest)) == 1


def test_two_counsellors_at_once_open_one_case(compartment: Compartment) -> None:
    (woman,) = compartment.women()

    def open_one(_: int) -> UUID:
        with compartment.base.transaction() as session:
            return commands.open_case(session, compartment.counsellor, person_id=woman, kind=CaseKind.OTHER).id

    with ThreadPoolExecutor(4) as counsellors:
        assert len(set(counsellors.map(open_one, range(4)))) == 1


def test_whoever_does_not_work_for_dp3a_cannot_even_write(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    with compartment.base.transaction() as session, pytest.raises(OtherOffice):
        commands.ask_for_talk(session, an_officer(Role.OFFICER), woman)


def test_a_wish_becomes_a_case_with_follow_up_within_three_working_days(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
    (request,) = compartment.due()["requests"]
    given = {"request_id": request["id"], "kind": "discrimination", "under_tpks": False}
    case = compartment.ask(compartment.counsellor, "POST", "cases", given).get_json()
    due = compartment.due()
    assert due["requests"] == []
    assert [each["id"] for each in due["cases"]] == [case["id"]]
    assert case["follow_up_due_at"] is not None
    assert case["report_due_at"] is None


def test_a_wish_that_needs_no_case_is_laid_aside_with_a_reason(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
    (request,) = compartment.due()["requests"]
    path = f"requests/{request['id']}/settle"
    assert compartment.ask(compartment.counsellor, "POST", path, {"reason": "pendek"}).status_code == 422
    reason = {"reason": "Sudah dijawab dalam percakapan."}
    assert compartment.ask(compartment.counsellor, "POST", path, reason).status_code == 204
    assert compartment.due()["requests"] == []
    assert compartment.ask(compartment.counsellor, "POST", path, reason).status_code == 404


def test_legal_aid_and_social_assistance_are_noted_once_however_often_the_form_is_sent(
    compartment: Compartment,
) -> None:
    case = compartment.case(*compartment.women())
    for kind in ("legal-aid", "social-assistance"):
        step = {"kind": kind, "note": "Didampingi.", "done_on": clock.today().isoformat()}
        for _ in range(2):
            path = f"cases/{case['id']}/steps"
            answer = compartment.ask(compartment.counsellor, "POST", path, step, **{"Idempotency-Key": f"once-{kind}"})
            assert answer.status_code == 204
    assert [each["kind"] for each in compartment.read(case)["steps"]] == ["legal-aid", "social-assistance"]


def test_a_step_of_tomorrow_or_a_talk_of_yesterday_is_refused(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    path, today = f"cases/{case['id']}/steps", clock.today()
    good = {"kind": "conversation", "note": "Bicara.", "done_on": today.isoformat()}
    wrong = [
        (good | {"done_on": (today + timedelta(1)).isoformat()}, "in-the-future"),
        (good | {"next_on": (today - timedelta(1)).isoformat()}, "in-the-past"),
        (good | {"kind": "police-report"}, "has-its-own-form"),
    ]
    for given, code in wrong:
        assert codes(compartment.ask(compartment.counsellor, "POST", path, given)) == (422, code)


def test_a_report_to_the_police_runs_on_a_clock_of_three_times_24_hours(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women(), under_tpks=True)
    row = compartment.read(case)
    assert row["report_due_at"][:10] == (clock.now() + timedelta(hours=72)).isoformat()[:10]
    path = f"cases/{case['id']}/report"
    assert codes(compartment.ask(compartment.counsellor, "POST", path, {})) == (422, "number-or-reason")
    told = {"number": "LP/B/12/2024"}
    for _ in range(2):
        answer = compartment.ask(compartment.counsellor, "POST", path, told, **{"Idempotency-Key": "a"})
        assert answer.status_code == 204
    assert codes(compartment.ask(compartment.counsellor, "POST", path, told)) == (409, "no-report-owed")
    (step,) = compartment.read(case)["steps"]
    assert (step["number"], step["in_time"]) == ("LP/B/12/2024", True)
    assert codes(compartment.ask(compartment.counsellor, "POST", f"cases/{case['id']}/report-clock")) == (
        409,
        "clock-ran-before",
    )
    assert compartment.read(case)["report_due_at"] is None


def test_a_closed_case_is_changed_no_more_and_she_may_come_again(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    case = compartment.case(woman)
    path = f"cases/{case['id']}/close"
    given = {"reason": "safe", "words": "Ia aman dan bekerja."}
    assert compartment.ask(compartment.counsellor, "POST", path, given).status_code == 204
    assert codes(compartment.ask(compartment.counsellor, "POST", path, given)) == (409, "case-closed")
    assert compartment.due()["cases"] == []
    assert compartment.case(woman)["id"] != case["id"]
    listed = compartment.ask(compartment.counsellor, "GET", "cases?state=closed").get_json()["items"]
    assert [each["id"] for each in listed] == [case["id"]]


def test_safe_contact_says_which_channel_when_never_to_call_and_a_code_word(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    contact = {"channel": "message", "hours": "pagi", "never_call": True, "code_word": "melati"}
    path = f"cases/{case['id']}/safe-contact"
    assert compartment.ask(compartment.counsellor, "PUT", path, contact).status_code == 204
    assert compartment.read(case)["safe_contact"] == contact


def test_an_open_case_is_the_answer_when_it_is_opened_again(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    assert compartment.case(woman)["id"] == compartment.case(woman, kind="other")["id"]


def test_another_dp3a_office_has_no_such_case(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    elsewhere = an_officer(Role.COUNSELLOR, office="dpmp3akb-tangsel")
    there = compartment.ask(elsewhere, "GET", f"cases/{case['id']}")
    nowhere = compartment.ask(elsewhere, "GET", f"cases/{ids.new_id()}")
    assert there.status_code == nowhere.status_code == 404
    assert there.get_json() == nowhere.get_json()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNSELLOR}))
def test_somebody_without_the_role_gets_the_same_answer_whether_a_case_exists_or_not(
    compartment: Compartment, role: Role
) -> None:
    case = compartment.case(*compartment.women())
    asking = an_officer(role, office="dp3a-kukar")
    for method, path, body in (
        ("GET", "cases/{}", None),
        ("POST", "cases/{}/steps", {"kind": "other"}),
        ("POST", "cases/{}/close", {}),
    ):
        there = compartment.ask(asking, method, path.format(case["id"]), body)
        nowhere = compartment.ask(asking, method, path.format(ids.new_id()), body)
        assert there.status_code == nowhere.status_code == 403
        assert there.get_json() == nowhere.get_json()


def test_break_glass_needs_a_second_person_and_a_reason_and_is_logged(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    compartment.case(woman)
    reason = "Polisi menunggu di kantor malam ini."
    assert compartment.ask(compartment.head, "POST", "glass", {"person_id": str(woman)}).status_code == 422
    asked = compartment.ask(compartment.head, "POST", "glass", {"person_id": str(woman), "reason": reason}).get_json()
    path = f"glass/{asked['id']}"
    assert codes(compartment.ask(compartment.head, "GET", path)) == (403, "not-open-to-you")
    (waiting,) = compartment.due()["glasses"]
    assert (waiting["reason"], waiting["may_decide"]) == (reason, True)
    both = an_officer(Role.HEAD, Role.COUNSELLOR, office="dp3a-kukar", officer_id=compartment.head.id)
    decision = {"granted": True, "reason": "Keadaan darurat."}
    assert codes(compartment.ask(both, "POST", f"{path}/decide", decision)) == (403, "second-person")
    assert compartment.ask(compartment.counsellor, "POST", f"{path}/decide", decision).status_code == 204
    assert codes(compartment.ask(compartment.counsellor, "POST", f"{path}/decide", decision)) == (
        409,
        "already-decided",
    )
    (case,) = compartment.ask(compartment.head, "GET", path).get_json()
    assert case["notes"] == "RAHASIA-42"
    said = compartment.ask(compartment.counsellor, "GET", "log").get_json()
    whys = {each["what"]: each["why"] for each in said}
    assert whys["asked to read"] == whys["read through the glass"] == reason
    assert whys["let somebody read"] == "Keadaan darurat."
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert codes(compartment.ask(compartment.head, "GET", path)) == (403, "not-open-to-you")


def test_a_head_who_asks_learns_nothing_before_the_second_person_allows_it(compartment: Compartment) -> None:
    helped, other = compartment.women(2)
    compartment.case(helped)
    answers = []
    for woman in (helped, other):
        given = {"person_id": str(woman), "reason": "Alasan yang cukup panjang."}
        asked = compartment.ask(compartment.head, "POST", "glass", given)
        refused = compartment.ask(compartment.head, "GET", f"glass/{asked.get_json()['id']}")
        plain = {name: value for name, value in asked.get_json().items() if name not in ("id", "person_id", "asked_at")}
        answers.append((asked.status_code, plain, refused.status_code, refused.get_json()))
    assert answers[0] == answers[1]


def test_every_look_stands_in_the_compartments_own_log_and_in_no_other(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    compartment.read(case)
    steps = f"/intake/dp3a/protection/cases/{case['id']}/steps"
    assert Browser(compartment.app, compartment.counsellor).submit(steps, {"kind": "legal-aid"}).status_code == 422
    with compartment.base.reading() as session:
        assert [each.what for each in log.lines(session, "dp3a-kukar")] == ["read", "read", "opened"]
        assert session.scalar(select(func.count()).select_from(Look)) == 0


def test_a_line_taken_out_of_the_log_is_found_without_the_key(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    for _ in range(3):
        compartment.read(case)
    with compartment.base.transaction() as session:
        assert queries.audit(session) == []
        session.execute(delete(LogLine).where(LogLine.seq == 2))
        assert queries.audit(session) == ["the log of the protection compartment was changed"]


def test_the_database_shows_neither_who_nor_what(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    case = compartment.case(woman, safe_contact={"channel": "message", "never_call": True, "code_word": "melati"})
    step = {"kind": "legal-aid", "note": "RAHASIA-43", "done_on": clock.today().isoformat()}
    compartment.ask(compartment.counsellor, "POST", f"cases/{case['id']}/steps", step)
    with compartment.base.reading() as session, database("protection").engine.connect() as apart:
        stored = " ".join(
            str(row)
            for table in ("request", "case", "step", "glass", "log")
            for row in apart.execute(text(f"SELECT * FROM protection_{table}"))
        )
        index = session.scalar(select(ProtectionCase.person_index))
    for secret in (str(woman), "RAHASIA", "melati", "domestic-violence", "legal-aid"):
        assert secret not in stored
    assert index is not None


def test_a_counsellor_works_on_pages(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    root, today = "/intake/dp3a/protection", clock.today().isoformat()
    officer = Browser(compartment.app, compartment.officer)
    assert officer.get(f"{root}/ask?person={woman}").status_code == 200
    assert officer.submit(f"{root}/requests", {}).status_code == 422
    assert officer.submit(f"{root}/requests", {"person_id": str(woman)}).status_code == 303
    counsellor = Browser(compartment.app, compartment.counsellor)
    page = counsellor.get(root).text
    assert "Perempuan Uji" in page
    (request,) = compartment.due()["requests"]
    assert counsellor.get(f"{root}/cases/new?request={request['id']}").status_code == 200
    assert counsellor.submit(f"{root}/cases", {"request_id": request["id"]}).status_code == 422
    given = {"request_id": request["id"], "kind": "domestic-violence", "under_tpks": "true"}
    made = counsellor.submit(f"{root}/cases", given)
    assert made.status_code == 303
    case = made.headers["Location"]
    assert counsellor.get(case).status_code == 200
    for path, form, status in (
        ("steps", {"kind": "legal-aid", "note": "Didampingi.", "done_on": today}, 303),
        ("steps", {"kind": "legal-aid"}, 422),
        ("report", {"number": "LP/1"}, 303),
        ("report-clock", {}, 409),
        ("safe-contact", {"channel": "message", "never_call": "true"}, 303),
        ("onward", {"programme": "unknown"}, 404),
        ("close", {"reason": "safe", "words": "Ia aman."}, 422),
        ("close", {"reason": "safe", "words": "Ia aman dan bekerja."}, 303),
    ):
        send = counsellor.submit_twice if path == "close" else counsellor.submit
        assert send(f"{case}/{path}", form).status_code == status, path
    assert "LP/1" in counsellor.get(case).text
    assert counsellor.get(f"{root}/cases?state=closed").status_code == 200
    assert counsellor.get(f"{root}/log").status_code == 200
    head = Browser(compartment.app, compartment.head)
    assert head.submit(f"{root}/glass", {"person_id": str(woman), "reason": "pendek"}).status_code == 422
    form = {"person_id": str(woman), "reason": "Alasan yang cukup panjang."}
    assert head.submit(f"{root}/glass", form).status_code == 303
    (waiting,) = compartment.due()["glasses"]
    assert "Alasan yang cukup panjang." in counsellor.get(root).text
    assert head.get(f"{root}/glass/{waiting['id']}").status_code == 403
    form = {"granted": "true", "reason": "Keadaan darurat."}
    assert counsellor.submit(f"{root}/glass/{waiting['id']}/decide", form).status_code == 303
    assert f"/glass/{waiting['id']}" in head.get(f"{root}/glass").text
    assert "Didampingi." in head.get(f"{root}/glass/{waiting['id']}").text


def test_a_woman_without_papers_or_name_has_a_case_under_an_alias_and_stands_in_no_registry(
    compartment: Compartment,
) -> None:
    def persons() -> int:
        with compartment.base.reading() as session:
            return session.scalar(select(func.count()).select_from(Person)) or 0

    before = persons()
    given = {"alias": " Mawar ", "kind": "trafficking", "under_tpks": False}
    given |= {"safe_contact": {"channel": "visit", "never_call": False}}
    made = compartment.ask(compartment.counsellor, "POST", "cases", given)
    assert made.status_code == 201, made.text
    case = made.get_json()
    assert (case["name"], case["is_registered"], case["particulars"]) == ("Mawar", False, {})
    again = compartment.ask(compartment.counsellor, "POST", "cases", given).get_json()
    assert again["id"] != case["id"]  # another woman may be called so, too
    assert [each["name"] for each in compartment.due()["cases"]] == ["Mawar", "Mawar"]
    onward = compartment.ask(compartment.counsellor, "POST", f"cases/{case['id']}/onward", {"programme": "any"})
    assert codes(onward) == (409, "not-registered")
    counsellor, root = Browser(compartment.app, compartment.counsellor), "/intake/dp3a/protection"
    assert 'name="alias"' in counsellor.get(f"{root}/cases/new").text
    made = counsellor.submit(f"{root}/cases", {"alias": "Melati", "kind": "other", "nik": "", "under_tpks": "false"})
    assert made.status_code == 303
    page = counsellor.get(made.location).text
    assert "Melati" in page
    assert "/onward" not in page
    other = {"kind": "other", "under_tpks": "false"}
    for wrong in (other | {"alias": "   "}, other | {"alias": ""}, other):
        assert counsellor.submit(f"{root}/cases", wrong).status_code == 422
    assert persons() == before
    today = clock.today().isoformat()
    step = {"kind": "shelter", "note": "Diantar.", "done_on": today}
    assert counsellor.submit(f"{made.location}/steps", step).status_code == 303
    assert "Melati" in counsellor.get(f"{root}/cases").text


def test_a_name_in_the_registry_goes_before_an_alias(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    case = compartment.case(woman, alias="Mawar")
    assert (case["is_registered"], case["person_id"]) == (True, str(woman))
    assert case["name"] != "Mawar"


def test_one_forms_mistake_leaves_the_wish_in_the_form_beside_it(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    counsellor, page = Browser(compartment.app, compartment.counsellor), f"/intake/dp3a/protection/cases/{case['id']}"
    assert counsellor.submit(f"{page}/safe-contact", {"channel": "message", "never_call": "true"}).status_code == 303
    wrong = counsellor.submit(f"{page}/steps", {"kind": "legal-aid"})
    assert (wrong.status_code, '<option value="message" selected>' in wrong.text) == (422, True)


def test_a_counsellor_begins_in_the_compartment_and_nobody_else_is_shown_the_way(compartment: Compartment) -> None:
    home = Browser(compartment.app, compartment.counsellor).get("/").text
    assert 'href="/intake/dp3a/protection"' in home
    assert 'href="/training' not in home
    menu = Browser(compartment.app, compartment.officer).get("/intake/dp3a/referrals").text
    assert 'href="/intake/dp3a/protection/ask"' in menu
    assert 'href="/intake/dp3a/protection"' not in menu
