"""Many values as one parameter: the statement stays the same however many they are, and is compiled once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute


def among(column: InstrumentedAttribute[Any] | ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """The column's value is one of these; unlike `in_`, which writes a parameter for each into the statement."""
    return column == any_(literal(list(values), ARRAY(column.type)))
