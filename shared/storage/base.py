"""The declarative base of every table, and the rule that says which service's database a table belongs to."""

from collections.abc import Iterable

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from shared.kernel.settings import APART

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of Kail; their names are unique across the services."""

    metadata = MetaData(naming_convention=NAMES)


def owner_of(module: str) -> str | None:
    """Whose database holds the tables of this module: one service's or one apart; None where every service has them."""
    for package, store in APART.items():
        if f"{module}.".startswith(f"{package}."):
            return store
    return module.split(".")[1] if module.startswith("services.") else None


def tables_of(service: str) -> Iterable[Table]:
    """The tables of one service's database, or of one apart, in the order in which they can be created.

    Whoever asks has imported the service's `worker` or `app` before, so that its models are known.
    """
    whose = (service,) if service in APART.values() else (service, None)
    belongs = {
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if owner_of(mapper.class_.__module__) in whose
    }
    return [table for table in Base.metadata.sorted_tables if table.name in belongs]
