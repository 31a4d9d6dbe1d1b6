"""What offices hold in a service's database."""

from collections.abc import Iterator

from sqlalchemy import Column, func, select
from sqlalchemy.orm import Session

from shared.identity import offices
from shared.storage.base import tables_of
from shared.succession import rules
from shared.succession.rules import STAYS, Held, LeftBehind, is_named_after_an_office


def held_columns(service: str) -> Iterator[Column[str]]:
    """The columns of a service's tables that say whose something is."""
    for table in tables_of(service):
        for column in table.columns:
            if is_named_after_an_office(column.name) and f"{table.name}.{column.name}" not in STAYS:
                yield column


def owed_columns(service: str) -> Iterator[Column[str]]:
    """Those of them that an office which is no more must not be found in.

    Who has come by of an office is put right when she comes by again.
    """
    return (column for column in held_columns(service) if column.table.name != "known_officer")


def held_by(session: Session, office: str) -> list[Held]:
    """What an office holds here, table by table."""
    return sorted(
        Held(office, column.table.name, rows)
        for column in owed_columns(session.info["service"])
        if (rows := session.scalar(select(func.count()).where(column == office)) or 0)
    )


def left_behind(session: Session) -> list[LeftBehind]:
    """What is held here by offices that are closed or that no file names."""
    known = offices.all_offices()
    standing = sorted(each.id for each in known.values() if each.is_open)
    held = [
        Held(office, column.table.name, rows)
        for column in owed_columns(session.info["service"])
        for office, rows in session.execute(
            select(column, func.count()).where(column.is_not(None), column.not_in(standing)).group_by(column)
        )
    ]
    closed = {each.id: each.successor for each in known.values() if not each.is_open}
    return rules.left_behind(held, closed)
