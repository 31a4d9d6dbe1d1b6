"""Alembic's entry: migrates one service's database, online only."""

from typing import Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from shared.storage.base import Base, tables_of

service = context.config.attributes["service"]
own = {table.name for table in tables_of(service)}


def belongs(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Compare only this service's tables; whatever else the metadata knows lives in another database."""
    return kind != "table" or reflected or name in own


def without_our_types(kind: str, thing: object, autogen: object) -> str | Literal[False]:
    """Write an encrypted column down as what it is for the database: a migration must not depend on our classes."""
    if kind == "type" and isinstance(thing, TypeDecorator) and type(thing).__module__.startswith("shared."):
        return f"sa.{type(thing.impl_instance).__name__}()"
    return False


with context.config.attributes["database"].engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=belongs,
        render_item=without_our_types,
        transaction_per_migration=True,
        version_table="schema_version",
    )
    with context.begin_transaction():
        context.run_migrations()
