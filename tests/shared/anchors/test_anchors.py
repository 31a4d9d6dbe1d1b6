"""A log of looks that was cut, at either end or in its middle, or written anew, is named: daily, and by the audit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from services import catalogue
from services.intake.accounts import log as accounts
from services.intake.accounts.rules import What
from services.operate.audit import audit
from shared.anchors import queries
from shared.anchors.handlers import hear_access_log_anchored
from shared.anchors.models import Anchor
from shared.bus import Heard
from shared.events.anchors import AccessLogAnchored
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.settings import SERVICES
from shared.privacy.looks import log_looks, verify_looks
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

OFFICER = an_officer()


@pytest.fixture(autouse=True)
def days() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


def look(base: Database, times: int) -> None:
    with base.transaction() as session:
        log_looks(session, OFFICER, "person", [ids.new_id() for _ in range(times)], "opened")


def a_day_passes(base: Database, service: str, to: Database | None = None) -> list[Any]:
    """The clock rings on the next day, and the other service hears what is said; answers what was said."""
    (bell,) = (each for each in catalogue.participants()[service].bells if each.name == "anchor-looks")
    with base.engine.begin() as connection:
        connection.execute(text("UPDATE domain_clock SET ahead = ahead + interval '1 day'"))
    base._clock_read_at = float("-inf")
    before = len(announced(base))
    bell.ring(base)
    bell.ring(base)
    said = announced(base)[before:]
    for event in said if to else []:
        for _ in range(2):
            with to.transaction() as session:
                hear_access_log_anchored(session, heard(event, service))
    return said


def heard(event: AccessLogAnchored, source: str) -> Heard[Any]:
    return Heard(event=event, source=source, subscriber="intake", position=1, envelope={})


def damage(base: Database, statement: str) -> None:
    """What somebody does who has the database, and its triggers off."""
    with base.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def found(databases: dict[str, Database]) -> list[str]:
    return [each.what for each in audit(databases) if each.where == "access log"]


def broken(base: Database, service: str) -> int | None:
    with base.reading() as session:
        check = queries.last_check(session, f"{service}.look")
        assert check is not None
        return check.broken_at


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_tells_of_its_log_once_a_day(databases: dict[str, Database], service: str) -> None:
    base = databases[service]
    look(base, 3)
    (said,) = a_day_passes(base, service)
    with base.reading() as session:
        assert (said.log, said.lines, said.hash) == (f"{service}.look", 3, verify_looks(session).hash.hex())
    look(base, 2)
    (said,) = a_day_passes(base, service)
    assert said.lines == 5
    assert broken(base, service) is None
    assert found(databases) == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_says_of_its_log_is_kept_by_another(service: str) -> None:
    listening = [
        subscriber.name
        for participant in catalogue.participants().values()
        for subscriber in participant.subscribers
        if service in subscriber.sources and AccessLogAnchored in subscriber.hears and subscriber.name != service
    ]
    assert listening


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damaging", "line"),
    [
        ("DELETE FROM look WHERE seq > 8", 10),
        ("DELETE FROM look", 10),
        ("DELETE FROM look WHERE seq = 10", 10),
        ("UPDATE look SET hash = '\\x00' WHERE seq = 10", 10),
    ],
)
def test_a_log_whose_end_is_gone_is_named_on_the_next_day_and_by_the_audit(
    databases: dict[str, Database], damaging: str, line: int
) -> None:
    grants, intake = databases["grants"], databases["intake"]
    look(grants, 10)
    a_day_passes(grants, "grants", to=intake)
    assert found(databases) == []
    damage(grants, damaging)
    told = [each for each in found(databases) if "of which the last is gone or another" in each]
    assert len(told) == 2
    assert "intake was told of 10 lines" in told[0] + told[1]
    assert a_day_passes(grants, "grants", to=intake) == []
    assert broken(grants, "grants") == line


def test_a_cut_end_is_found_also_where_the_service_has_forgotten_what_it_told_and_goes_on(
    databases: dict[str, Database],
) -> None:
    grants, intake = databases["grants"], databases["intake"]
    look(grants, 10)
    a_day_passes(grants, "grants", to=intake)
    damage(grants, "DELETE FROM look WHERE seq > 8")
    damage(grants, "DELETE FROM anchor")
    damage(grants, "DELETE FROM log_check")
    look(grants, 5)
    with grants.reading() as session:
        assert verify_looks(session).broken_at is None
    (told,) = found(databases)
    assert "access log of grants" in told
    assert "intake was told of 10 lines" in told


@pytest.mark.parametrize(
    ("damaging", "line"),
    [("DELETE FROM look WHERE seq <= 2", 3), ("UPDATE look SET why = 'no reason' WHERE seq = 4", 4)],
)
def test_a_cut_beginning_or_a_changed_line_is_named_by_the_audit(
    databases: dict[str, Database], damaging: str, line: int
) -> None:
    look(databases["training"], 6)
    damage(databases["training"], damaging)
    assert f"the access log of training was changed at line {line}" in found(databases)


def test_a_line_changed_since_the_last_look_is_named_on_the_next_day(databases: dict[str, Database]) -> None:
    grants = databases["grants"]
    look(grants, 3)
    a_day_passes(grants, "grants")
    look(grants, 3)
    damage(grants, "UPDATE look SET why = 'no reason' WHERE seq = 5")
    assert a_day_passes(grants, "grants") == []
    assert broken(grants, "grants") == 5
    told = (
        web_app("grants", grants)
        .test_client()
        .get("/grants/v1/dinsos/machine", headers=bearer(an_officer(Role.AUDITOR)))
    )
    assert told.json["access_log"]["broken_at"] == 5
    page = Browser(web_app("grants", grants), an_officer(Role.ADMINISTRATOR)).get("/grants/dinsos/machine/part").text
    assert "Changed at line 5" in page


def test_nobody_tells_of_a_log_that_is_not_its_own(databases: dict[str, Database]) -> None:
    event = AccessLogAnchored(log="training.look", lines=1, hash="00" * 32, day=clock.today())
    with databases["intake"].transaction() as session:
        hear_access_log_anchored(session, heard(event, "grants"))
        assert session.scalars(select(Anchor)).all() == []
        hear_access_log_anchored(session, heard(event, "training"))
        assert len(session.scalars(select(Anchor)).all()) == 1


def accounts_change(base: Database, times: int) -> None:
    """So many lines in the log of accounts."""
    with base.transaction() as session:
        accounts.note_all(session, OFFICER.id, [ids.new_id() for _ in range(times)], What.CONFIRMED)


def rings(base: Database, name: str) -> list[Any]:
    """A bell of intake rings on the next day; answers what was said of the log of accounts."""
    (bell,) = (each for each in catalogue.participants()["intake"].bells if each.name == name)
    with base.engine.begin() as connection:
        connection.execute(text("UPDATE domain_clock SET ahead = ahead + interval '1 day'"))
    base._clock_read_at = float("-inf")
    before = len(announced(base))
    bell.ring(base)
    bell.ring(base)
    return announced(base)[before:]


@pytest.mark.parametrize(
    ("damaging", "findings", "line"),
    [
        ("DELETE FROM account_line WHERE seq > 4", 2, 6),
        ("DELETE FROM account_line", 2, 6),
        ("UPDATE account_line SET about = gen_random_uuid() WHERE seq = 3", 1, 3),
        ("DELETE FROM account_line WHERE seq = 2", 1, 3),
    ],
)
def test_the_log_of_accounts_is_told_daily_and_whatever_is_cut_or_changed_is_named(
    databases: dict[str, Database], damaging: str, findings: int, line: int
) -> None:
    intake, grants = databases["intake"], databases["grants"]
    accounts_change(intake, 6)
    (said,) = rings(intake, "anchor-accounts")
    with intake.reading() as session:
        assert (said.log, said.lines, said.hash) == ("intake.account", 6, accounts.walk(session).hash.hex())
        assert accounts.broken_at(session) is None
    with grants.transaction() as session:
        hear_access_log_anchored(session, heard(said, "intake"))

    def named() -> list[str]:
        return [each.what for each in audit(databases) if each.where == "log of accounts"]

    assert named() == []
    damage(intake, damaging)
    assert len(named()) == findings
    with intake.reading() as session:
        assert accounts.broken_at(session) == line
    accounts_change(intake, 1)
    assert (rings(intake, "anchor-accounts") == []) == (findings == 2)
    with intake.reading() as session:
        (check,) = queries.last_checks(session, "intake")
    page = Browser(web_app("intake", intake), an_officer(Role.ADMINISTRATOR)).get("/intake/dinsos/machine/part").text
    assert "Log of accounts" in page
    assert ("Changed at line" in page) == (check.broken_at is not None) == (findings == 2)
