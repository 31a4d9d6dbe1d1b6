"""The compartment stands apart: what one database or one role can read joins to nothing in another, and nothing that
passes between a referral and a case is lost or done twice, whoever is killed in between."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import column, func, insert, select, text
from sqlalchemy import table as sa_table

from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from services.intake.passing.models import PassedOn
from services.intake.protection import commands, jobs, log, queries
from services.intake.protection.models import Onward, ProtectionCase, Step, TalkRequest
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.privacy import chain
from shared.privacy.fields import Purpose, encrypt, protected_index
from shared.programmes import library
from shared.storage import Database, database, migrate
from shared.storage.base import tables_of
from tests.browsing import an_officer
from tests.dying import die
from tests.intake.protection.conftest import OFFICE, Compartment
from tests.intake.protection.test_outside import offered
from tests.servers import own_postgresql

PROGRAMME = "pemberdayaan-kukar"


def apart() -> Database:
    return database("protection")


def talks(compartment: Compartment, *, ask: bool) -> UUID:
    """A woman is offered the talk, and asks for a conversation or not."""
    (woman,) = compartment.women()
    path = offered(compartment.base, woman)
    compartment.ask(compartment.officer, "POST", f"{path}/accept")
    assert compartment.ask(compartment.officer, "POST", f"{path}/complete", {"asks": ask}).status_code == 200
    return woman


def worked_on(compartment: Compartment) -> list[UUID]:
    """Two talks, of which one leads to a case on which everything is done that can be; gives the women."""
    with compartment.base.transaction() as session:
        publishing.publish(session, library.programme(PROGRAMME))
    helped, other = talks(compartment, ask=True), talks(compartment, ask=False)
    compartment.take_over()
    (wish,) = compartment.due()["requests"]
    given = {"request_id": wish["id"], "kind": "other", "under_tpks": False}
    given |= {"safe_contact": {"channel": "visit", "never_call": False}}
    case = compartment.ask(compartment.counsellor, "POST", "cases", given).get_json()
    step = {"kind": "health", "note": "Diperiksa.", "done_on": clock.today().isoformat()}
    for path, body in ((f"cases/{case['id']}/steps", step), (f"cases/{case['id']}/onward", {"programme": PROGRAMME})):
        answer = compartment.ask(compartment.counsellor, "POST", path, body, **{"Idempotency-Key": path})
        assert answer.status_code < 300, answer.text
    asked = {"person_id": str(helped), "reason": "Alasan yang cukup panjang."}
    leave = compartment.ask(compartment.head, "POST", "glass", asked).get_json()
    decision = {"granted": True, "reason": "Keadaan darurat."}
    compartment.ask(compartment.counsellor, "POST", f"glass/{leave['id']}/decide", decision)
    return [helped, other]


def everything(base: Database) -> str:
    """All that a dump of a database says."""
    with base.engine.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return "\n".join(
            str(row) for name in names for row in connection.scalars(text(f'SELECT to_jsonb(t) FROM "{name}" t'))
        )


IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_a_dump_of_the_compartment_joins_to_nothing_in_a_dump_of_intake(compartment: Compartment) -> None:
    worked_on(compartment)
    inside, outside = everything(apart()), everything(compartment.base)
    assert set(IDENTIFIER.findall(inside)) & set(IDENTIFIER.findall(outside)) == set()
    people = [compartment.counsellor, compartment.officer, compartment.head]
    assert not any(str(each.id) in inside for each in people)
    assert {UUID(each).version for each in IDENTIFIER.findall(inside)} == {4}  # a version 7 tells its moment
    with apart().engine.connect() as connection:
        kinds = dict(
            connection.execute(
                text(
                    "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns "
                    "WHERE table_schema = 'public'"
                )
            ).all()
        )
    assert not [name for name, kind in kinds.items() if "time" in kind or kind == "interval"]
    assert {name for name, kind in kinds.items() if kind == "date"} == {
        "protection_case.look_on",
        "protection_head.day",  # a row for every day, whatever happened
        "protection_request.look_on",
    }
    words = {name for name, kind in kinds.items() if kind in ("character varying", "text")}
    assert {name.partition(".")[2] for name in words} == {"office", "version_num"}


def test_what_the_talks_pass_on_is_alike_for_every_woman_before_and_after_it_was_taken_over(
    compartment: Compartment,
) -> None:
    for ask in (True, False):
        talks(compartment, ask=ask)
    seen = []
    for _ in range(2):
        with compartment.base.reading() as session:
            rows = session.execute(
                text(
                    "SELECT p.waits, octet_length(p.content) AS size, "
                    "(SELECT count(*) FROM referral r WHERE r.xmin = p.xmin) AS together FROM passed_on p"
                )
            ).all()
            columns = session.scalars(
                text("SELECT column_name FROM information_schema.columns WHERE table_name = 'passed_on'")
            ).all()
        assert len(rows) == 2
        assert rows[0] == rows[1]
        assert sorted(columns) == ["content", "id", "waits"]
        seen.append(rows[0].size)
        compartment.take_over()
    assert seen[0] == seen[1]
    with compartment.base.reading() as session:
        assert session.scalars(select(PassedOn.content)).all() == [{}, {}]
        assert {each.version for each in session.scalars(select(PassedOn.id))} == {4}


def test_no_row_of_intake_is_written_together_with_one_of_the_compartment(compartment: Compartment) -> None:
    worked_on(compartment)
    with compartment.base.engine.connect() as outside, apart().engine.connect() as inside:
        tables = outside.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        assert not [name for name in tables if name.startswith("protection")]
        written = {x for name in tables for x in outside.scalars(text(f'SELECT DISTINCT xmin::text FROM "{name}"'))}
        theirs = {
            x
            for table in tables_of("protection")
            for x in inside.scalars(text(f'SELECT DISTINCT xmin::text FROM "{table.name}"'))
        }
    assert theirs
    assert written & theirs == set()


def before_the_move(base: Database) -> Any:
    """Intake's database as it was with the compartment inside."""
    line = migrate.config("intake", base)
    script = ScriptDirectory.from_config(line)
    (apart_from,) = [each for each in script.walk_revisions() if each.path.endswith("_compartment_apart.py")]
    return line, apart_from


def rows_as_before(case: UUID, woman: UUID, officer: Officer, head: Officer) -> list[tuple[str, dict[str, Any]]]:
    """A closed and an open case, a wish, a step, a leave to read and two lines of the log, as they were kept."""

    def shut(said: Any) -> bytes:
        return encrypt(said if isinstance(said, str) else json.dumps(said), Purpose.PROTECTION)

    now = clock.now()
    common = {"office": OFFICE, "person_index": protected_index(str(woman)), "person_id": shut(str(woman))}
    opened = {**common, "kind": shut("other"), "opened_by": officer.id, "opened_at": now - timedelta(2)}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("case", {**opened, "id": case, "follow_up_due_at": now, "report_due_at": now - timedelta(1)}),
        ("case", {**opened, "id": new_id(), "closed_at": now, "closing": shut({"reason": "safe"})}),
        (
            "step",
            {
                "id": new_id(),
                "case_id": case,
                "once": "a",
                "content": shut({"kind": "health", "note": "Diperiksa.", "done_on": "2024-01-01", "by": "Ratna"}),
                "recorded_by": officer.id,
                "recorded_at": now,
            },
        ),
        (
            "request",
            {
                "id": new_id(),
                "office": OFFICE,
                "person_index": protected_index(str(new_id())),
                "content": shut({"person_id": str(woman), "asked_by": "Sari", "asked_by_id": str(officer.id)}),
                "asked_at": now,
                "due_at": now,
            },
        ),
        (
            "glass",
            {
                "id": new_id(),
                "office": OFFICE,
                "person_index": protected_index(str(woman)),
                "content": shut({"person_id": str(woman), "reason": "Alasan.", "asked_by": "Kepala"}),
                "asked_by": head.id,
                "asked_at": now,
                "decided_by": officer.id,
                "decided_at": now,
                "decision": shut({"reason": "Darurat.", "decided_by": "Ratna"}),
                "granted": True,
                "open_until": now + timedelta(1),
            },
        ),
    ]
    running = chain.GENESIS
    for seq in (1, 2):
        said = {"at": now.isoformat(), "officer_id": str(officer.id), "officer": "Ratna", "what": "read"}
        line = shut(said | {"about": str(case), "why": None})
        running = chain.link(running, log.content(seq, OFFICE, line))
        rows.append(("log", {"seq": seq, "office": OFFICE, "line": line, "hash": running}))
    return rows


def fill(base: Database, rows: list[tuple[str, dict[str, Any]]]) -> None:
    with base.engine.begin() as connection:
        for table, row in rows:
            into = sa_table(f"protection_{table}", *(column(name) for name in row))
            connection.execute(insert(into).values(row))


@pytest.mark.slow
@own_postgresql
def test_what_was_in_intakes_database_moves_over_once_and_reads_as_before(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    case = new_id()
    rows = rows_as_before(case, woman, compartment.counsellor, compartment.head)
    own = compartment.base
    with own.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE kail_moving"))
    old = Database("intake", own.engine.url.set(database="kail_moving").render_as_string(hide_password=False))
    try:
        line, moving = before_the_move(old)
        command.upgrade(line, moving.down_revision)
        for again in (False, True):  # the second time as after a crash between the copy and the end
            fill(old, rows)
            command.upgrade(line, moving.revision)
            with old.engine.begin() as connection:
                left = connection.scalars(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'protection%'"))
                assert left.all() == []
            if again:
                break
            command.downgrade(line, moving.down_revision)
    finally:
        old.dispose()
        with own.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE kail_moving WITH (FORCE)"))
    due = compartment.due()
    (found,) = due["cases"]
    assert found["id"] != str(case)
    read = compartment.read(found)
    assert [each["note"] for each in read["steps"]] == ["Diperiksa."]
    assert (read["person_id"], read["is_overdue"]) == (str(woman), True)
    (leave,) = compartment.ask(compartment.head, "GET", "glass").get_json()
    assert compartment.ask(compartment.head, "GET", f"glass/{leave['id']}").status_code == 200
    step = {"kind": "health", "note": "Lagi.", "done_on": clock.today().isoformat()}
    sent = compartment.ask(
        compartment.counsellor, "POST", f"cases/{found['id']}/steps", step, **{"Idempotency-Key": "a"}
    )
    assert sent.status_code == 204
    assert len(compartment.read(found)["steps"]) == 1  # the form had been sent before
    with compartment.base.reading() as session:
        assert queries.audit(session) == []
        for model, many in ((ProtectionCase, 2), (TalkRequest, 1), (Step, 1)):
            assert len(session.scalars(select(model)).all()) == many
    everywhere = everything(apart())
    assert str(case) not in everywhere
    assert {UUID(each).version for each in IDENTIFIER.findall(everywhere)} == {4}


TAKING = [
    "protection.taken-over",
    *(f"transaction.{side}-commit:{nth}" for nth in (1, 2) for side in ("before", "after")),
]


@pytest.mark.parametrize("failpoint", TAKING)
def test_whoever_is_killed_while_taking_over_loses_and_doubles_no_wish(
    compartment: Compartment, failpoint: str
) -> None:
    woman = talks(compartment, ask=True)
    talks(compartment, ask=False)
    assert die(failpoint, lambda: commands.take_over(compartment.base), compartment.base, apart())
    for _ in range(2):
        compartment.take_over()
    (wish,) = compartment.due()["requests"]
    assert UUID(wish["person_id"]) == woman
    said = [each["what"] for each in compartment.ask(compartment.counsellor, "GET", "log").get_json()]
    assert said.count("wrote down a wish for a talk") == 1
    with compartment.base.reading() as session:
        assert session.execute(select(PassedOn.waits, PassedOn.content)).all() == [(False, {}), (False, {})]


def test_a_wish_that_was_answered_before_the_crash_was_noticed_is_not_asked_again(compartment: Compartment) -> None:
    talks(compartment, ask=True)
    assert die("protection.taken-over", lambda: commands.take_over(compartment.base), compartment.base, apart())
    (wish,) = compartment.due()["requests"]
    settled = {"reason": "Sudah dijawab dalam percakapan."}
    assert compartment.ask(compartment.counsellor, "POST", f"requests/{wish['id']}/settle", settled).status_code == 204
    compartment.take_over()
    assert compartment.due()["requests"] == []


def case_of(compartment: Compartment) -> tuple[UUID, UUID]:
    with compartment.base.transaction() as session:
        publishing.publish(session, library.programme(PROGRAMME))
    (woman,) = compartment.women()
    case = compartment.case(woman, safe_contact={"channel": "visit", "never_call": True, "code_word": "melati"})
    return woman, UUID(case["id"])


def refer(base: Database, counsellor: Officer, case: UUID) -> None:
    with base.transaction() as session:
        commands.refer_onward(session, counsellor, case, PROGRAMME, "once")


def held(base: Database, woman: UUID) -> tuple[int, list[Any], list[tuple[bool, Any]]]:
    """How many journeys she has, which her case has noted, and what still waits."""
    with base.reading() as session:
        journeys = session.scalars(select(Journey.id).where(Journey.subject_id == woman)).all()
        noted = [UUID(each["journey"]) for each in session.scalars(select(Step.content))]
        waits = [(each.waits, each.content) for each in session.scalars(select(Onward))]
    assert set(noted) <= set(journeys)
    return len(journeys), noted, waits


ONWARD = [
    "protection.onward-written",
    "protection.onward-noted",
    *(f"transaction.{side}-commit:{nth}" for nth in (1, 2, 3) for side in ("before", "after")),
]


@pytest.mark.parametrize("failpoint", ONWARD)
def test_whoever_is_killed_while_referring_onward_opens_and_notes_one_journey_or_none(
    compartment: Compartment, failpoint: str
) -> None:
    woman, case = case_of(compartment)
    assert die(failpoint, lambda: refer(compartment.base, compartment.counsellor, case), compartment.base, apart())
    for _ in range(2):
        jobs.look(compartment.base)
    journeys, noted, waits = held(compartment.base, woman)
    begun = failpoint != "transaction.before-commit:1"  # where nothing had been written down yet, nothing was begun
    assert (journeys, len(noted), waits) == ((1, 1, [(False, {})]) if begun else (0, 0, []))
    refer(compartment.base, compartment.counsellor, case)  # she tries again, as her page tells her to
    journeys, noted, _ = held(compartment.base, woman)
    assert (journeys, len(noted)) == (1, 1)


FINISHING = ["protection.onward-opened", "protection.onward-noted"]


@pytest.mark.parametrize("failpoint", [*FINISHING, *(f"transaction.before-commit:{nth}" for nth in (2, 3, 4))])
def test_the_worker_that_is_killed_while_it_finishes_is_finished_for(compartment: Compartment, failpoint: str) -> None:
    woman, case = case_of(compartment)
    begin = "protection.onward-written"
    assert die(begin, lambda: refer(compartment.base, compartment.counsellor, case), compartment.base, apart())
    assert die(failpoint, lambda: commands.resume_onward(compartment.base), compartment.base, apart())
    jobs.look(compartment.base)
    journeys, noted, waits = held(compartment.base, woman)
    assert (journeys, len(noted), waits) == (1, 1, [(False, {})])


def test_what_cannot_be_opened_any_more_is_given_up_and_overwritten(compartment: Compartment) -> None:
    woman, case = case_of(compartment)
    begin = "protection.onward-written"
    assert die(begin, lambda: refer(compartment.base, compartment.counsellor, case), compartment.base, apart())
    given = {"programme": PROGRAMME, "subject_ids": [str(woman)]}
    assert compartment.ask(compartment.officer, "POST", "/intake/v1/dp3a/journeys", given).status_code == 200
    jobs.look(compartment.base)
    assert held(compartment.base, woman) == (1, [], [(False, {})])


def test_what_somebody_is_still_at_is_left_to_her(compartment: Compartment) -> None:
    woman, case = case_of(compartment)
    with compartment.base.transaction() as session:
        commands.refer_onward(session, compartment.counsellor, case, PROGRAMME, "once")
        assert commands.resume_onward(compartment.base) == 0
    journeys, noted, waits = held(compartment.base, woman)
    assert (journeys, len(noted), waits) == (1, 1, [(False, {})])


def test_a_referral_that_is_undone_leaves_nothing_that_waits(compartment: Compartment) -> None:
    woman, case = case_of(compartment)

    def undo() -> None:
        with compartment.base.transaction() as session:
            commands.refer_onward(session, compartment.counsellor, case, PROGRAMME, "once")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undo()
    jobs.look(compartment.base)
    assert held(compartment.base, woman) == (0, [], [(False, {})])


def test_all_that_passes_is_equally_long(compartment: Compartment) -> None:
    _, case = case_of(compartment)
    refer(compartment.base, compartment.counsellor, case)
    with compartment.base.transaction() as session:
        session.add(Onward(id=uuid4(), waits=True, content={"a": "b" * 3000}))
        session.flush()
        sizes = session.scalars(select(func.octet_length(Onward.content)), bind_arguments={"mapper": Onward}).all()
    assert len(set(sizes)) == 1


def test_the_worker_does_all_that_waits(compartment: Compartment) -> None:
    for _ in range(3):
        talks(compartment, ask=True)
    assert jobs.look(compartment.base) == 3
    assert jobs.look(compartment.base) == 0
    with compartment.base.reading() as session:
        assert len(session.scalars(select(TalkRequest)).all()) == 3
        assert session.scalars(select(ProtectionCase)).all() == []


def test_an_officer_of_another_agency_passes_nothing_on(compartment: Compartment) -> None:
    from shared.identity.rules import OtherOffice

    with compartment.base.transaction() as session, pytest.raises(OtherOffice):
        commands.pass_on(session, an_officer(Role.OFFICER), [None])
    assert OFFICE
