"""Pages of long lists by key, not by number: page 1,000 costs as much as page 1, and nothing is skipped or seen twice.

The body says where the next page begins: {"items": [...], "next": "..." or null}.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from marshmallow import EXCLUDE, Schema, validate
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.kernel import fields, storable
from shared.kernel.errors import Invalid

T = TypeVar("T")
MOST = 200
USUAL = 50


class CursorUnreadable(Invalid):
    """This is not where a page begins; take `after` from the `next` of the page before."""

    indonesian = "Ini bukan awal halaman; ambil `after` dari `next` pada halaman sebelumnya."


class LeavesOthers(Schema):
    """Some of the parameters of an address."""

    class Meta:
        """Leaves the other parameters to other schemas."""

        unknown = EXCLUDE


class PageQuery(LeavesOthers):
    """Where to begin and how many to give."""

    after = fields.String(load_default=None, allow_none=True, metadata={"description": "`next` of the page before"})
    limit = fields.Integer(load_default=USUAL, validate=validate.Range(min=1, max=MOST))


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list, and where the next one begins."""

    items: Sequence[T]
    next: str | None


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of these items."""
    name = item.__name__.removesuffix("Schema") + "Page"
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=name,
    )


def page(
    session: Session,
    statement: Select[Any],
    *keys: InstrumentedAttribute[Any],
    after: str | None = None,
    limit: int = USUAL,
    newest_first: bool = False,
) -> Page[Any]:
    """One page of a `select(Model)`, in the order of `keys`, which are never null and together unique."""
    if after:
        begin = tuple_(*_read(after, keys))
        statement = statement.where(tuple_(*keys) < begin if newest_first else tuple_(*keys) > begin)
    order = [key.desc() for key in keys] if newest_first else list(keys)
    found = session.scalars(statement.order_by(*order).limit(limit + 1)).unique().all()
    items = found[:limit]
    more = len(found) > limit
    return Page(items, _write([getattr(items[-1], key.key) for key in keys]) if more else None)


def _write(values: list[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")


def _read(cursor: str, keys: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        values = storable.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_as(key.type.python_type, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, storable.NotStorable) as unreadable:
        raise CursorUnreadable(errors={"after": ["?"]}) from unreadable


def _as(kind: type, value: Any) -> Any:
    if kind is UUID:
        return UUID(value)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if isinstance(value, kind):
        return value
    raise ValueError(value)
