"""Limits of the law never move, and what passed one while Kail stood still is named until it is done."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from services.intake.breaches.models import Breach
from services.intake.corrections.models import Correction
from services.intake.disclosures.models import Disclosure
from services.intake.groups import commands as groups
from services.intake.groups.models import BusinessGroup
from services.intake.limits.register import Unit, legal_limits
from services.intake.papers import retention
from services.intake.protection.models import ProtectionCase, TalkRequest
from services.intake.worker import PARTICIPANT
from services.operate.audit import audit
from services.operate.commands import audit as audit_command
from shared.bus import routes
from shared.bus.models import LoggedEvent, Subscription
from shared.identity.rules import Role
from shared.kernel import clock
from shared.outages.jobs import note_rings
from shared.programmes.definition import Text
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.breaches.test_breaches import of_area, tell, tell_authority
from tests.intake.corrections.test_corrections import note, refuse
from tests.intake.disclosures.test_disclosures import answer, ask
from tests.intake.groups.test_groups import choose, founded
from tests.intake.people import register
from tests.intake.sharing.roads import STUDENTS, Road
from tests.shared.outages.test_outages import stand_still

ADMIN = an_officer(Role.ADMINISTRATOR)
MINUTE = timedelta(minutes=1)
Made = tuple[str, datetime, Callable[[], object]]
"""What is named of something, when it is due, and how it is done."""


def disclosure(road: Road) -> Made:
    found = ask(road, road.women()[0])
    return str(found.id), found.due_at, lambda: answer(road, found)


def correction(road: Road) -> Made:
    found = note(road, road.women()[0], name="Siti Aminah")
    return str(found.id), found.due_at, lambda: refuse(road, found)


def breach(road: Road) -> Made:
    woman = road.women()[0]
    found = of_area(road)

    def done() -> None:
        tell(road, found, woman)
        tell_authority(road, found)

    return str(found.id), found.due_at, done


def group(road: Road) -> Made:
    with road.database.transaction() as session:
        people = register(session, 6)
        found = choose(session, founded(session), people[:5])
        groups.replace_member(session, an_officer(), found.id, people[4], None)
    assert found.mend_by is not None

    def done() -> None:
        with road.database.transaction() as session:
            choose(session, session.get_one(BusinessGroup, found.id), [*people[:4], people[5]])

    return str(found.id), found.mend_by, done


def withdrawal(road: Road) -> Made:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    back = road.take_back(STUDENTS, woman)
    return str(journey), back.effective_by, lambda: heard_by_all(road)


MADE = [disclosure, correction, breach, group, withdrawal]


def heard_by_all(road: Road, *, but: str = "") -> None:
    """As if every subscriber, or all but one, had confirmed all that intake has announced."""
    with road.database.transaction() as session:
        for seq, row in enumerate(session.scalars(select(LoggedEvent).order_by(LoggedEvent.seq)), 1):
            row.position = seq
        session.add_all(
            Subscription(subscriber=each, partition=number, confirmed=0 if each == but else 10_000)
            for each in routes.subscribers_of("intake")
            for number in range(64)
        )


def ring(road: Road, by: timedelta = timedelta()) -> None:
    """Let so much time pass, and then ring every bell of intake."""
    stand_still(road.database, by)
    for each in PARTICIPANT.bells:
        each.ring(road.database)


def until(moment: datetime) -> timedelta:
    return moment - clock.now()


def passed(databases: dict[str, Database]) -> list[str]:
    return [each.what for each in audit(databases) if each.where == "limits"]


@pytest.mark.parametrize("make", MADE)
def test_what_passed_while_kail_stood_still_is_named_until_it_is_done(databases, road: Road, make) -> None:
    name, due_at, done = make(road)
    ring(road)
    stand_still(road.database, until(due_at) + timedelta(days=1))
    (lasting,) = passed(databases)  # nothing has rung yet
    assert name in lasting
    ring(road)
    (over,) = passed(databases)
    assert name in over
    assert "passed while intake stood still" in over
    assert due_at.isoformat(timespec="minutes") in over
    ring(road, timedelta(days=3))
    assert passed(databases) == [over]  # it is owed still, whatever came later
    done()
    assert passed(databases) == []


@pytest.mark.parametrize("make", MADE)
def test_what_passed_while_kail_ran_is_not_named_by_it(databases, road: Road, make) -> None:
    _, due_at, _ = make(road)
    ring(road)
    ring(road, until(due_at) - 5 * MINUTE)  # an outage that is over before the date
    ring(road, 10 * MINUTE)
    assert clock.now() > due_at
    ring(road, timedelta(days=4))  # and one after it
    assert passed(databases) == []


@pytest.mark.parametrize("make", MADE)
def test_what_was_done_in_time_is_not_named(databases, road: Road, make) -> None:
    _, due_at, done = make(road)
    done()
    ring(road)
    ring(road, until(due_at) + timedelta(days=1))
    assert passed(databases) == []


def test_a_withdrawal_is_owed_while_one_subscriber_has_not_heard_it(databases, road: Road) -> None:
    name, due_at, _ = withdrawal(road)
    heard_by_all(road, but=routes.subscribers_of("intake")[0])
    ring(road)
    ring(road, until(due_at) + timedelta(days=1))
    (over,) = passed(databases)
    assert name in over


def moments(road: Road) -> dict[str, list[Any]]:
    """Every date that the law sets, as the tables have it."""
    with road.database.reading() as session:
        return {
            str(column): sorted(session.scalars(select(column)), key=str)
            for column in (
                Disclosure.due_at,
                Correction.due_at,
                Breach.due_at,
                BusinessGroup.mend_by,
                TalkRequest.due_at,
                ProtectionCase.follow_up_due_at,
                ProtectionCase.report_due_at,
            )
        }


def test_no_limit_of_the_law_moves_after_an_outage(road: Road, compartment) -> None:
    for make in (disclosure, correction, breach, group):
        make(road)
    (woman,) = compartment.women()
    compartment.case(woman, under_tpks=True)
    before = moments(road)
    assert all(
        any(each is not None for each in values)
        for name, values in before.items()
        if not name.startswith("TalkRequest")
    )
    ring(road)
    ring(road, timedelta(days=10))
    ring(road, timedelta(days=60))
    compartment.take_over()
    assert moments(road) == before


def test_of_the_compartment_only_a_number_is_told_and_no_small_one(databases, compartment) -> None:
    base = databases["intake"]
    women = compartment.women(6)
    compartment.case(women[0])
    note_rings("intake").ring(base)
    stand_still(base, timedelta(days=10))
    note_rings("intake").ring(base)
    (few,) = passed(databases)
    assert few.startswith("fewer than 5 dates of the protection compartment passed")
    for each in (str(women[0]), "dp3a", "violence"):
        assert each not in few
    for woman in women[1:]:
        compartment.case(woman)
    stand_still(base, timedelta(days=10))
    note_rings("intake").ring(base)
    (many,) = passed(databases)
    assert many.startswith("6 dates of the protection compartment passed")


def test_a_case_that_was_looked_at_before_is_not_counted(databases, compartment) -> None:
    base = databases["intake"]
    (woman,) = compartment.women()
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
    (request,) = compartment.due()["requests"]
    case = compartment.case(woman, request_id=request["id"], person_id=None)
    note_rings("intake").ring(base)
    answer = compartment.ask(
        compartment.counsellor,
        "POST",
        f"cases/{case['id']}/close",
        {"reason": "safe", "words": "Ia aman bersama keluarganya."},
    )
    assert answer.status_code < 300, answer.text
    stand_still(base, timedelta(days=10))
    note_rings("intake").ring(base)
    assert passed(databases) == []


def test_a_wish_that_was_answered_before_is_not_counted(databases, compartment) -> None:
    base = databases["intake"]
    (woman,) = compartment.women()
    compartment.ask(compartment.officer, "POST", "requests", {"person_id": str(woman)})
    (wish,) = compartment.due()["requests"]
    note_rings("intake").ring(base)
    settled = {"reason": "Sudah dijawab dalam percakapan."}
    answer = compartment.ask(compartment.counsellor, "POST", f"requests/{wish['id']}/settle", settled)
    assert answer.status_code == 204
    stand_still(base, timedelta(days=10))
    note_rings("intake").ring(base)
    assert passed(databases) == []


def test_every_limit_says_where_it_stands() -> None:
    known = {each.id: each for each in legal_limits()}
    assert {name: (each.count, each.unit) for name, each in known.items()} == {
        "disclosure": (72, Unit.HOURS),
        "correction": (72, Unit.HOURS),
        "breach-notice": (72, Unit.HOURS),
        "withdrawal": (72, Unit.HOURS),
        "group-mending": (30, Unit.WORKING_DAYS),
        "follow-up": (3, Unit.WORKING_DAYS),
        "police-report": (72, Unit.HOURS),
    }
    assert all(each.source and isinstance(each.title, Text) for each in known.values())
    assert [each.id for each in retention.limits()] == ["disclosure", "correction", "breach-notice", "withdrawal"]


def test_the_register_is_read_by_page_and_by_programs_with_what_is_past(road: Road) -> None:
    name, due_at, _ = disclosure(road)
    ring(road)
    ring(road, until(due_at) + timedelta(hours=1))
    browser = Browser(web_app("intake", road.database), ADMIN)
    assert "/intake/dinsos/limits" in browser.get("/intake/dinsos/audits/last").text
    page = browser.get("/intake/dinsos/limits").text
    assert "Answering who asks to see her data" in page
    assert "No bell rang from" in page
    assert name not in page
    told = browser.app.test_client().get("/intake/v1/dinsos/limits", headers=bearer(ADMIN)).json["items"]
    found = {each["id"]: (each["overdue"], each["missed"]) for each in told}
    assert found["disclosure"] == (1, 1)
    assert found["correction"] == (0, 0)
    assert found["follow-up"] == (None, None)


def test_only_who_sees_audits_sees_the_register(road: Road) -> None:
    client = web_app("intake", road.database).test_client()
    for role, status in ((Role.AUDITOR, 200), (Role.OFFICER, 403), (Role.COUNSELLOR, 403)):
        assert client.get("/intake/v1/dinsos/limits", headers=bearer(an_officer(role))).status_code == status


def test_the_command_says_it_and_fails(road: Road) -> None:
    _, due_at, _ = disclosure(road)
    ring(road)
    ring(road, until(due_at) + timedelta(hours=1))
    said = CliRunner().invoke(audit_command, ["--wait", "0", "--by", "operator", "--json"])
    assert said.exit_code == 1
    assert "Answering who asks to see her data (72 hours)" in said.output
