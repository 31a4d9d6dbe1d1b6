"""What the role that serves may do in its service's database: work with rows, and not with what holds them in order.

The owner alone makes and changes tables. A table says of itself (`info={"append_only": (…)}`) that rows are only added,
and which columns of a row are filled in later; of such a table the serving role can take nothing away, whatever
happens to the program.
"""

from collections.abc import Callable

from sqlalchemy import Connection, text

from shared.storage.base import tables_of
from shared.storage.database import Database

APPEND_ONLY = "append_only"


def give(owner: Database, role: str) -> None:
    """Give the serving role its rights anew, over every table that there is."""
    with owner.engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote_identifier
        for statement in _statements(owner.service, quote(role), quote(_database_of(connection)), quote):
            connection.execute(text(statement.replace(":", r"\:")))


def _statements(service: str, role: str, database: str, quote: Callable[[str], str]) -> list[str]:
    given = [
        f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON schema_version FROM {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    ]
    for table in tables_of(service):
        if (filled_in := table.info.get(APPEND_ONLY)) is None:
            continue
        given.append(f"REVOKE UPDATE, DELETE ON {quote(table.name)} FROM {role}")
        if filled_in:
            given.append(f"GRANT UPDATE ({', '.join(map(quote, filled_in))}) ON {quote(table.name)} TO {role}")
    return given


def _database_of(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT current_database()")))
