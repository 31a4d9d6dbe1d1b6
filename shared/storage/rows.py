"""Many rows as one JSON parameter, which PostgreSQL unpacks itself, whatever their number.

Measured, a parameter for each value costs more than everything else about inserting some hundred rows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, column, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import CallableColumnDefault
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeDecorator

from shared.storage.base import Base

DIALECT = postgresql.dialect()


def core(table: type[Base]) -> Table:
    """The table itself: the ORM would take the parameter `rows` for a row to insert."""
    return cast("Table", table.__table__)


def columns_of(table: type[Base], *, but: Collection[str] = ()) -> tuple[str, ...]:
    """The names of a table's columns, without some."""
    return tuple(each.name for each in table.__table__.columns if each.name not in but)


def recordset(table: type[Base], names: Sequence[str], name: str = "given") -> TableValuedAlias:
    """The parameter `rows`, a list of JSON objects, as a table with some of this table's columns."""
    columns = [column(each, table.__table__.c[each].type) for each in names]
    return (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(*columns)
        .render_derived(name=name, with_types=True)
    )


@cache
def insertion(table: type[Base], names: tuple[str, ...]) -> Insert:
    """An insert of all `rows` with these columns in one statement; say what to do on conflict."""
    return insert(core(table)).from_select(list(names), recordset(table, names).select())


def insert_rows(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, unless_known: bool = False
) -> None:
    """Insert rows that all name the same columns; `unless_known` leaves those alone that are there already."""
    if not rows:
        return
    told = parameter(table, rows)
    statement = insertion(table, names_in(told))
    session.execute(statement.on_conflict_do_nothing() if unless_known else statement, told)


def parameter(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """These rows as the parameter `rows`: what a column encrypts is encrypted, what it makes up is made up."""
    columns = {name: core(table).c[name] for name in rows[0]}
    closing = {name: each.type for name, each in columns.items() if isinstance(each.type, TypeDecorator)}
    making: dict[str, Callable[[Any], Any]] = {
        each.name: each.default.arg
        for each in core(table).columns
        if each.name not in columns and isinstance(each.default, CallableColumnDefault)
    }
    return {
        "rows": [
            {
                **row,
                **{name: _closed(kind, row[name]) for name, kind in closing.items()},
                **{name: make(None) for name, make in making.items()},
            }
            for row in rows
        ]
    }


def names_in(told: dict[str, list[dict[str, Any]]]) -> tuple[str, ...]:
    """The columns that a parameter `rows` names."""
    return tuple(told["rows"][0])


def _closed(kind: TypeDecorator[Any], value: Any) -> str | None:
    closed = kind.process_bind_param(value, DIALECT)
    return None if closed is None else f"\\x{closed.hex()}"
