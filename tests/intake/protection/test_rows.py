"""Which rows each person of the compartment reaches, what of it is logged, and which clocks cannot be turned back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.identity.rules import Role
from shared.kernel import clock
from tests.browsing import Browser, an_officer
from tests.intake.protection.conftest import OFFICE, Compartment

REASON = "Alasan yang cukup panjang."
ELSEWHERE = "dpmp3akb-tangsel"
NIGHT = datetime(2024, 5, 28, 17, 30, tzinfo=UTC)
"""Half past one at night of the 29th in Makassar."""


def glass(compartment: Compartment, *, granted: bool = True) -> str:
    """A head's leave to read about a woman with a case; the identifier of the request."""
    (woman,) = compartment.women()
    compartment.case(woman)
    given = {"person_id": str(woman), "reason": REASON}
    asked = compartment.ask(compartment.head, "POST", "glass", given).get_json()["id"]
    if granted:
        decision = {"granted": True, "reason": REASON}
        assert compartment.ask(compartment.counsellor, "POST", f"glass/{asked}/decide", decision).status_code == 204
    return str(asked)


def said(compartment: Compartment) -> list[str]:
    """What the compartment's log says, the latest first."""
    return [each["what"] for each in compartment.ask(compartment.counsellor, "GET", "log").get_json()]


@pytest.mark.parametrize("office", [OFFICE, ELSEWHERE])
def test_a_head_reads_through_her_own_leave_only(compartment: Compartment, office: str) -> None:
    asked = glass(compartment)
    another = an_officer(Role.HEAD, office=office)
    for method, path in (("GET", f"glass/{asked}"), ("GET", "glass")):
        answer = compartment.ask(another, method, path)
        assert (answer.status_code, answer.get_json()) == (200, []) if path == "glass" else answer.status_code == 404
    assert Browser(compartment.app, another).get(f"/intake/dp3a/protection/glass/{asked}").status_code == 404
    assert "read through the glass" not in said(compartment)
    assert compartment.ask(compartment.head, "GET", f"glass/{asked}").status_code == 200


def test_a_leave_to_read_does_not_follow_a_head_to_another_office(compartment: Compartment) -> None:
    asked = glass(compartment)
    moved = an_officer(Role.HEAD, office=ELSEWHERE, officer_id=compartment.head.id)
    assert compartment.ask(moved, "GET", f"glass/{asked}").status_code == 404


def test_another_dp3a_office_decides_nothing_here(compartment: Compartment) -> None:
    asked = glass(compartment, granted=False)
    (woman,) = compartment.women()
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
    (wish,) = compartment.due()["requests"]
    (case,) = compartment.due()["cases"]
    today = clock.today().isoformat()
    elsewhere = an_officer(Role.COUNSELLOR, office=ELSEWHERE)
    for method, path, body in (
        ("POST", f"glass/{asked}/decide", {"granted": True, "reason": REASON}),
        ("POST", f"requests/{wish['id']}/settle", {"reason": REASON}),
        ("POST", "cases", {"request_id": wish["id"], "kind": "other", "under_tpks": False}),
        ("GET", f"cases/{case['id']}", None),
        ("PUT", f"cases/{case['id']}/safe-contact", {"channel": "visit", "never_call": False}),
        ("POST", f"cases/{case['id']}/steps", {"kind": "other", "note": "Bicara.", "done_on": today}),
        ("POST", f"cases/{case['id']}/report-clock", None),
        ("POST", f"cases/{case['id']}/report", {"number": "LP/1"}),
        ("POST", f"cases/{case['id']}/close", {"reason": "safe", "words": REASON}),
        ("POST", f"cases/{case['id']}/onward", {"programme": "pemberdayaan-kukar"}),
    ):
        assert compartment.ask(elsewhere, method, path, body).status_code == 404, path
    seen = compartment.ask(elsewhere, "GET", "due").get_json()
    assert seen == {"requests": [], "cases": [], "glasses": []}
    assert [each["what"] for each in compartment.ask(elsewhere, "GET", "log").get_json()] == ["read what is due"]
    due = compartment.due()
    assert [len(due[each]) for each in ("requests", "cases", "glasses")] == [1, 1, 1]
    assert compartment.read(case)["steps"] == []


Act = Callable[[Compartment, dict[str, Any], str, str], Any]
ACTS: dict[str, Act] = {
    "read": lambda c, case, _wish, _glass: c.ask(c.counsellor, "GET", f"cases/{case['id']}"),
    "read what is due": lambda c, _case, _wish, _glass: c.ask(c.counsellor, "GET", "due"),
    "read the list of cases": lambda c, _case, _wish, _glass: c.ask(c.counsellor, "GET", "cases"),
    "read the log": lambda c, _case, _wish, _glass: c.ask(c.counsellor, "GET", "log"),
    "read the requests to read": lambda c, _case, _wish, _glass: c.ask(c.head, "GET", "glass"),
    "read through the glass": lambda c, _case, _wish, glass: c.ask(c.head, "GET", f"glass/{glass}"),
    "laid a wish aside": lambda c, _case, wish, _glass: c.ask(
        c.counsellor, "POST", f"requests/{wish}/settle", {"reason": REASON}
    ),
    "answered a wish with a case": lambda c, _case, wish, _glass: c.ask(
        c.counsellor, "POST", "cases", {"request_id": wish, "kind": "other", "under_tpks": False}
    ),
    "changed the safe contact": lambda c, case, _wish, _glass: c.ask(
        c.counsellor, "PUT", f"cases/{case['id']}/safe-contact", {"channel": "visit", "never_call": False}
    ),
    "started the clock of the report to the police": lambda c, case, _wish, _glass: c.ask(
        c.counsellor, "POST", f"cases/{case['id']}/report-clock"
    ),
    "noted a step: health": lambda c, case, _wish, _glass: c.ask(
        c.counsellor,
        "POST",
        f"cases/{case['id']}/steps",
        {"kind": "health", "note": "Diperiksa.", "done_on": clock.today().isoformat()},
    ),
    "closed": lambda c, case, _wish, _glass: c.ask(
        c.counsellor, "POST", f"cases/{case['id']}/close", {"reason": "safe", "words": REASON}
    ),
}


def test_every_look_and_every_step_is_logged(compartment: Compartment) -> None:
    leave = glass(compartment)
    (woman,) = compartment.women()
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
    assert said(compartment)[0] == "wrote down a wish for a talk"
    due = compartment.due()
    (case,), (wish,) = due["cases"], due["requests"]
    for what, act in ACTS.items():
        if what == "answered a wish with a case":
            compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
            wish = compartment.due()["requests"][0]
        said(compartment)
        assert act(compartment, case, wish["id"], leave).status_code < 300, what
        # from the act on, back to where the log was read before it
        since = said(compartment)
        assert (
            what in since[: since.index("read the log", 1) if what == "read the log" else since.index("read the log")]
        )


def test_a_refused_look_or_step_leaves_no_line(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women())
    before = said(compartment)
    refused = {"kind": "police-report", "note": "x", "done_on": clock.today().isoformat()}
    assert compartment.ask(compartment.counsellor, "POST", f"cases/{case['id']}/steps", refused).status_code == 422
    assert said(compartment) == ["read the log", *before]


def test_the_72_hours_are_not_restarted(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women(), under_tpks=True)
    due, path = compartment.read(case)["report_due_at"], f"cases/{case['id']}"
    with clock.frozen(clock.now() + timedelta(hours=71)):
        assert compartment.ask(compartment.counsellor, "POST", f"{path}/report-clock").status_code == 204
        assert compartment.read(case)["report_due_at"] == due
        assert compartment.case(*_woman_of(compartment, case), under_tpks=True)["report_due_at"] == due
        given = {"reason": "Ia belum menghendakinya."}
        assert compartment.ask(compartment.counsellor, "POST", f"{path}/report", given).status_code == 204
        again = compartment.ask(compartment.counsellor, "POST", f"{path}/report-clock")
        assert (again.status_code, again.get_json()["code"]) == (409, "clock-ran-before")
        assert compartment.read(case)["report_due_at"] is None
        assert (
            "clock-ran-before"
            not in Browser(compartment.app, compartment.counsellor).get(f"/intake/dp3a/protection/{path}").text
        )


def _woman_of(compartment: Compartment, case: dict[str, Any]) -> tuple[Any, ...]:
    return (compartment.read(case)["person_id"],)


@pytest.mark.parametrize(("late", "in_time"), [(-1, True), (0, True), (1, False), (24 * 3600, False)])
def test_a_report_is_in_time_until_its_clock_has_run_out(compartment: Compartment, late: int, in_time: bool) -> None:
    case = compartment.case(*compartment.women(), under_tpks=True)
    due = datetime.fromisoformat(compartment.read(case)["report_due_at"])
    with clock.frozen(due + timedelta(seconds=late)):
        path = f"cases/{case['id']}/report"
        assert compartment.ask(compartment.counsellor, "POST", path, {"number": "LP/1"}).status_code == 204
        (step,) = compartment.read(case)["steps"]
    assert step["in_time"] is in_time


@pytest.mark.parametrize(("ahead", "status"), [(-1, 422), (0, 204), (1, 204)])
def test_the_next_talk_may_be_today_as_the_deployment_reckons_it(
    compartment: Compartment, ahead: int, status: int
) -> None:
    with clock.frozen(NIGHT):
        case = compartment.case(*compartment.women())
        day = (clock.today() + timedelta(ahead)).isoformat()
        step = {"kind": "other", "note": "Bicara.", "done_on": "2024-05-29", "next_on": day}
        path = f"cases/{case['id']}/steps"
        assert compartment.ask(compartment.counsellor, "POST", path, step).status_code == status
        due = datetime.fromisoformat(compartment.read(case)["follow_up_due_at"]).astimezone(clock.zone()).date()
        assert due == (clock.today() + timedelta(ahead) if status == 204 else datetime(2024, 6, 3, tzinfo=UTC).date())


def test_closing_clears_what_is_due(compartment: Compartment) -> None:
    case = compartment.case(*compartment.women(), under_tpks=True)
    given = {"reason": "safe", "words": REASON}
    assert compartment.ask(compartment.counsellor, "POST", f"cases/{case['id']}/close", given).status_code == 204
    read = compartment.read(case)
    assert (read["follow_up_due_at"], read["report_due_at"], read["is_overdue"]) == (None, None, False)
    assert compartment.due()["cases"] == []
