"""What stands outside the compartment is the same for a woman with a case and for one without: every table of all four
databases, what was announced, what was logged and counted."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.intake.app import create
from services.intake.worker import WORKS
from shared.events.intake import StageOffered
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.work import by_kind
from shared.storage import Database, database
from shared.storage.base import tables_of
from tests.browsing import Browser, an_officer
from tests.intake.people import register
from tests.intake.protection.conftest import OFFICE, Compartment, listening
from tests.shared.referrals.offers import heard, offer

pytestmark = pytest.mark.slow

JOURNEY = ids.new_id()
"""The same for both, because the partition of an event hangs on it."""
INSIDE = ("protection_request", "protection_case", "protection_step", "protection_glass", "protection_log")
"""What fills when a woman is helped; it stands in a database apart."""
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+\d\d(:?\d\d)?|Z)?")
HIDDEN = re.compile(r"\\\\x[0-9a-f]+|[A-Za-z0-9+/]{24,}={0,2}")


def outside(databases: dict[str, Database]) -> dict[str, list[str]]:
    """Every row of every table outside, without what differs by itself: identifiers, moments and ciphertext."""
    found = {}
    for service, base in databases.items():
        with base.reading() as session:
            for table in tables_of(service):
                rows = session.scalars(text(f'SELECT to_jsonb(t) FROM "{table.name}" t')).all()
                found[f"{service}.{table.name}"] = sorted(_plain(json.dumps(row, sort_keys=True)) for row in rows)
    return found


def _plain(row: str) -> str:
    for pattern in (IDENTIFIER, MOMENT, HIDDEN):
        row = pattern.sub("~", row)
    return re.sub(r"Perempuan Uji \d+", "Perempuan Uji", row)


def empty(databases: dict[str, Database]) -> None:
    for service, base in databases.items():
        names = ", ".join(f'"{table.name}"' for table in tables_of(service) if table.name != "domain_clock")
        with base.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    with database("protection").engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(INSIDE)} CASCADE"))


def talk(woman: UUID, **changes: Any) -> StageOffered:
    return offer(
        **changes,
        does="intake.protection",
        stage="talk",
        agency="dp3a",
        office=OFFICE,
        settings={},
        earlier={},
        subject_id=woman,
    )


def offered(base: Database, woman: UUID, **changes: Any) -> str:
    given = talk(woman, **changes)
    with base.transaction() as session:
        hear_stages_offered(session, [heard(given, {}, by="intake")], works=by_kind(WORKS))
    return f"/intake/v1/dp3a/referrals/{given.referral_id}"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    with listening() as written:
        yield written


def story(databases: dict[str, Database], logs: io.StringIO, *, helped: bool) -> dict[str, Any]:
    """A woman is offered the talk; one who is helped asks, and her case is worked on by API and page."""
    empty(databases)
    base = databases["intake"]
    app = create(base)
    app.testing = True
    compartment = Compartment(
        app,
        base,
        *(an_officer(role, office=OFFICE) for role in (Role.COUNSELLOR, Role.OFFICER, Role.HEAD)),
    )
    with base.transaction() as session:
        (woman,) = register(session)
    path, officer = offered(base, woman, journey_id=JOURNEY), compartment.officer
    began = logs.tell()
    answers = [
        compartment.ask(officer, "GET", path),
        compartment.ask(officer, "POST", f"{path}/accept", {}, **{"Idempotency-Key": "a"}),
        compartment.ask(officer, "POST", f"{path}/complete", {"asks": helped}, **{"Idempotency-Key": "b"}),
    ]
    compartment.take_over()
    if helped:
        help_her(compartment, woman)
    answers += [
        compartment.ask(officer, "GET", path),
        compartment.ask(officer, "GET", "/intake/v1/dp3a/referrals"),
        compartment.ask(officer, "GET", "/intake/v1/dp3a/referrals/counts"),
        compartment.ask(officer, "GET", f"/intake/v1/dp3a/persons/{woman}"),
        compartment.ask(officer, "GET", "/intake/v1/dp3a/persons"),
        compartment.ask(officer, "GET", f"/intake/v1/dp3a/journeys?subject_id={woman}"),
        Browser(app, officer).get(f"/intake/dp3a/persons/{woman}"),
        *all_that_is_held(compartment, woman),
        app.test_client().get("/intake/metrics"),
    ]
    return {
        "tables": outside(databases),
        "answers": [(each.status_code, _said(each.text)) for each in answers],
        "log": [_line(each) for each in logs.getvalue()[began:].splitlines()],
    }


def all_that_is_held(compartment: Compartment, woman: UUID) -> list[Any]:
    """She asks what is held of her: the request, and both doors' answer."""
    card = {"identified": "id-card", "seen": "KTP", "_once": "d"}
    browser = Browser(compartment.app, compartment.officer)
    noted = browser.submit(f"/intake/dp3a/persons/{woman}/disclosures", card)
    assert noted.status_code == 303
    number = noted.location.rpartition("/")[2]
    told = compartment.ask(compartment.officer, "GET", f"/intake/v1/dp3a/disclosures/{number}/dossier")
    assert (told.status_code, told.get_json()["person"]["id"]) == (200, str(woman))
    return [told, browser.get(f"{noted.location}/dossier"), browser.get("/intake/dp3a/disclosures")]


def help_her(compartment: Compartment, woman: UUID) -> None:
    (request,) = compartment.due()["requests"]
    case = compartment.case(woman, under_tpks=True, safe_contact={"channel": "message", "never_call": False})
    step = {"kind": "legal-aid", "note": "Didampingi.", "done_on": clock.today().isoformat()}
    key = {"Idempotency-Key": str(ids.new_id())}
    assert compartment.ask(compartment.counsellor, "POST", f"cases/{case['id']}/steps", step, **key).status_code == 204
    assert request["id"]
    browser = Browser(compartment.app, compartment.counsellor)
    form = {"number": "LP/1", "_once": str(ids.new_id())}
    assert browser.submit(f"/intake/dp3a/protection/cases/{case['id']}/report", form).status_code == 303
    asked = {"person_id": str(woman), "reason": "Alasan yang cukup panjang."}
    glass = compartment.ask(compartment.head, "POST", "glass", asked, **{"Idempotency-Key": "c"}).get_json()
    decision = {"granted": True, "reason": "Keadaan darurat."}
    compartment.ask(compartment.counsellor, "POST", f"glass/{glass['id']}/decide", decision)
    assert len(compartment.ask(compartment.head, "GET", f"glass/{glass['id']}").get_json()) == 1
    assert compartment.ask(compartment.officer, "GET", f"cases/{case['id']}").status_code == 403


def _said(answer: str) -> str:
    kept = [line for line in answer.splitlines() if "_seconds" not in line and "_created" not in line]
    return re.sub(r'name="(csrf_token|_once)" value="[^"]*"', "~", _plain("\n".join(kept)))


def _line(line: str) -> dict[str, Any]:
    return {
        name: value
        for name, value in json.loads(line).items()
        if name not in ("timestamp", "request_id", "milliseconds")
    }


def test_nothing_outside_the_compartment_shows_that_a_case_exists(
    databases: dict[str, Database], logs: io.StringIO
) -> None:
    without = story(databases, logs, helped=False)
    helped = story(databases, logs, helped=True)
    with database("protection").engine.connect() as apart:
        inside = {name: apart.scalar(text(f"SELECT count(*) FROM {name}")) for name in INSIDE}
    assert all(inside.values()), inside
    assert helped["tables"] == without["tables"]
    assert helped["answers"] == without["answers"]
    assert helped["log"] == without["log"]
    assert without["tables"]["intake.idempotency"]


def test_the_talk_ends_alike_for_every_woman(intake_db: Database) -> None:
    app = create(intake_db)
    compartment = Compartment(app, intake_db, *(an_officer(Role.OFFICER, office=OFFICE),) * 3)
    shown = []
    for asks in (True, False):
        (woman,) = compartment.women()
        path = offered(intake_db, woman)
        compartment.ask(compartment.officer, "POST", f"{path}/accept")
        assert compartment.ask(compartment.officer, "POST", f"{path}/complete", {"asks": asks}).status_code == 200
        seen = compartment.ask(compartment.officer, "GET", path).get_json()
        shown.append((seen["outcome"], seen["facts"], seen["work"], seen["revision"]))
    assert shown[0] == shown[1] == ("offered", {}, {}, shown[0][3])
