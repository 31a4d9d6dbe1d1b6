"""How both doors name an acting official who decided: one function for templates, one field for the API."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow.utils import get_value

from shared.identity import capacity
from shared.kernel import fields
from shared.web import door


def signed_as(who: UUID | None, at: datetime | date | None) -> str:
    """How an acting official is named who decided or signed then; nothing for whoever did so as herself."""
    if who is None or at is None:
        return ""
    with door.reading() as session:
        return capacity.signature(session, who, at)


def signed_fact(label: str, who: UUID | None, at: datetime | date | None) -> list[tuple[str, str]]:
    """The line of a list of facts that names an acting official; none for whoever decided as herself."""
    named = signed_as(who, at)
    return [(label, named)] if named else []


class SignedAs(fields.String):
    """How an acting official is named, by the fields that say who decided and when; null for whoever did as herself."""

    _CHECK_ATTRIBUTE = False

    def __init__(self, who: str, at: str, **more: Any) -> None:
        said = "Who decided, where she acted for a post: her name, the post, the letter"
        super().__init__(dump_only=True, allow_none=True, metadata={"description": said}, **more)
        self.who, self.at = who, at

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return signed_as(get_value(obj, self.who, None), get_value(obj, self.at, None)) or None
