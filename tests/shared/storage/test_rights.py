"""The role that serves works with rows, and can neither change tables nor take away what is only added to."""

from collections.abc import Iterator

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from services import catalogue
from shared.kernel.settings import SERVICES, STORES
from shared.storage import Database, database, rights
from shared.storage.base import tables_of

catalogue.participants()
SECRETS = ("api_key",)
"""Tables whose `hash` is what is kept of a secret, and chains nothing."""
KEPT = [
    pytest.param(service, table, id=f"{service}.{table.name}")
    for service in STORES
    for table in tables_of(service)
    if rights.APPEND_ONLY in table.info
]


@pytest.fixture
def serving(databases: dict[str, Database]) -> Iterator[dict[str, Database]]:
    """Each service's database as the role that serves sees it."""
    made = {}
    for service, owner in {**databases, "protection": database("protection")}.items():
        role = f"tests of {service}"  # a name that has to be quoted
        with owner.engine.begin() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
                connection.execute(text(f'CREATE ROLE "{role}" LOGIN'))
        rights.give(owner, role)
        rights.give(owner, role)
        url = make_url(owner.url).set(username=role)
        made[service] = Database(service, url.render_as_string(hide_password=False))
    yield made
    for base in made.values():
        base.dispose()


def refused(base: Database, statement: str) -> bool:
    with base.engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return isinstance(error.orig, InsufficientPrivilege)
        finally:
            connection.rollback()
    return False


@pytest.mark.parametrize("service", STORES)
def test_it_reads_and_writes_rows_of_every_table(serving: dict[str, Database], service: str) -> None:
    with Session(serving[service].engine) as session:
        for table in tables_of(service):
            session.execute(table.select().limit(1)).all()
            if rights.APPEND_ONLY not in table.info:
                session.execute(table.delete().where(text("false")))
                session.execute(text(f'UPDATE "{table.name}" SET "{table.columns.keys()[0]}" = NULL WHERE false'))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE look",
        "TRUNCATE look",
        "ALTER TABLE look ADD COLUMN extra text",
        "ALTER TABLE event_log DISABLE TRIGGER ALL",
        "CREATE TABLE other (one int)",
        "DROP FUNCTION kail_now()",
        "UPDATE schema_version SET version_num = '0'",
        "SET session_replication_role = replica",
        "ALTER DATABASE kail_intake SET jit = on",
        "DROP SCHEMA public CASCADE",
        "CREATE ROLE another",
    ],
)
def test_it_changes_nothing_that_holds_rows_in_order(
    serving: dict[str, Database], service: str, statement: str
) -> None:
    assert refused(serving[service], statement)


@pytest.mark.parametrize(("service", "table"), KEPT)
def test_what_is_only_added_to_it_cannot_take_away_or_change(serving: dict[str, Database], service: str, table) -> None:
    base = serving[service]
    filled_in = table.info[rights.APPEND_ONLY]
    assert refused(base, f'DELETE FROM "{table.name}" WHERE false')
    for column in (each.name for each in table.columns):
        may = not refused(base, f'UPDATE "{table.name}" SET "{column}" = "{column}" WHERE false')
        assert may is (column in filled_in), column
    assert not refused(base, f'INSERT INTO "{table.name}" SELECT * FROM "{table.name}" WHERE false')


CHAINED = {"event_log_head", "cursor", "log_check"}
"""Tables with a chain's hash that say where something has got to, and move on."""


def test_every_log_is_only_added_to() -> None:
    logs = {
        table.name
        for service in STORES
        for table in tables_of(service)
        if "hash" in table.columns and not table.columns["hash"].unique and table.name not in {*CHAINED, *SECRETS}
    }
    assert {param.values[1].name for param in KEPT} == logs | {"cash_entry", "note"}
    assert logs >= {"look", "event_log", "protection_log", "anchor"}
