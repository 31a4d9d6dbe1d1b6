"""marshmallow's fields, held to what a column can keep: every schema of ours takes its fields from here.

marshmallow's own cut 1.5 down to 1, take `true` for 1 and "1_000" for a thousand, and know no largest number: what
PostgreSQL then refuses is an error of ours, although the request was wrong. Days and moments stand between the years
1900 and 2999, so that what is reckoned from them stays a day.
"""

import re
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from unicodedata import category

from marshmallow import ValidationError
from marshmallow.fields import UUID as AnyUUID  # noqa: N811 (marshmallow's name)
from marshmallow.fields import (
    AwareDateTime as AnyAwareDateTime,
)
from marshmallow.fields import (
    Boolean,
    Dict,
    Enum,
    Field,
    List,
    Mapping,
    Nested,
    Raw,
    Url,
)
from marshmallow.fields import (
    Date as AnyDate,
)
from marshmallow.fields import (
    DateTime as AnyDateTime,
)
from marshmallow.fields import (
    Float as AnyFloat,
)
from marshmallow.fields import (
    Integer as AnyInteger,
)
from marshmallow.fields import (
    String as AnyString,
)
from marshmallow.types import ErrorMessages
from webargs.fields import DelimitedList

from shared.kernel import clock, numbers
from shared.kernel.days import DayToCome
from shared.kernel.money import parse_rupiah
from shared.kernel.unsaid import NotAnswered

__all__ = [
    "UUID", "AwareDateTime", "Boolean", "Date", "DateTime", "DayDone", "DelimitedList", "Dict", "Enum", "Field",
    "Float", "Integer", "JourneyNumber", "List", "LongInteger", "Mapping", "Nested", "Raw", "Rupiah", "String", "Url",
    "YesNo",
]  # fmt: skip

FIRST_YEAR, LAST_YEAR = 1900, 2999
WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
EXACT = 2**53
"""Up to here a JSON number with a decimal point is still exactly the whole number that it seems to be."""


class String(AnyString):
    """Text; one of blanks and of marks that nobody sees says nothing, and is as long as nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said: str = super()._deserialize(value, attr, data, **kwargs)
        return said if any(not each.isspace() and category(each) != "Cf" for each in said) else ""


class Integer(AnyInteger):
    """A whole number that an `integer` column can keep."""

    least: ClassVar[int] = -(2**31)
    most: ClassVar[int] = 2**31 - 1

    def _validated(self, value: Any) -> int:
        number = _whole(value)
        if number is None or (self.strict and type(value) is not int):
            raise self.make_error("invalid", input=value)
        if not self.least <= number <= self.most:
            raise ValidationError(
                f"Must be greater than or equal to {self.least} and less than or equal to {self.most}."
            )
        return number


class LongInteger(Integer):
    """A whole number that a `bigint` column can keep: money, and numbers that a log gives."""

    least = -(2**63)
    most = 2**63 - 1


class Rupiah(LongInteger):
    """Whole rupiah, at most a thousand trillion; text may be written as offices write it (`parse_rupiah`)."""

    default_error_messages: ErrorMessages = {  # noqa: RUF012 (marshmallow's own, by instance)
        "invalid": "Not an amount in whole rupiah: write 1500000 or Rp1.500.000."
    }
    least = -(10**15)
    most = 10**15

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        typed = parse_rupiah(value) if isinstance(value, str) else None
        return super()._deserialize(value if typed is None else typed, attr, data, **kwargs)


def _whole(value: Any) -> int | None:
    """The whole number that a value is, or is written as; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if abs(value) <= EXACT and value.is_integer() else None
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value)
    return None


class YesNo(Boolean):
    """An answer that decides something: there is no default, and whoever leaves it out has not answered.

    Which booleans may be left out, and what that means, `shared.kernel.unsaid` lists.
    """

    default_error_messages: ErrorMessages = dict.fromkeys(("required", "null"), NotAnswered().message("en"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=True, **kwargs)


class JourneyNumber(String):
    """The number of a journey, or its last digits, however they are written; it is loaded without its hyphens."""

    default_error_messages: ErrorMessages = {  # noqa: RUF012 (marshmallow's own, by instance)
        "number": "Not a journey's number: write 482-109-355, or its last four digits at least."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        number = numbers.read(super()._deserialize(value, attr, data, **kwargs))
        if number is None:
            raise self.make_error("number")
        return number


class Float(AnyFloat):
    """A number with a fraction; neither endless nor `true`."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, str) and "_" in value:
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class UUID(AnyUUID):
    """An identifier as it is written: with or without its dashes, and nothing around it."""

    written: ClassVar[re.Pattern[str]] = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and not self.written.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, attr, data, **kwargs)


class Date(AnyDate):
    """A day of our times."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        return _of_our_times(self, super()._deserialize(value, attr, data, **kwargs), value)


class DayDone(Date):
    """The day on which something was done: today at the latest, by the deployment's own day.

    Which days may lie ahead, and why, `shared.kernel.days` lists.
    """

    default_error_messages: ErrorMessages = {"ahead": DayToCome().message("en")}  # noqa: RUF012 (marshmallow's own)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        if day > clock.today():
            raise self.make_error("ahead")
        return day


class DateTime(AnyDateTime):
    """A moment of our times, with or without a time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        return _of_our_times(self, super()._deserialize(value, attr, data, **kwargs), value)


class AwareDateTime(AnyAwareDateTime):
    """A moment of our times, with its time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        return _of_our_times(self, super()._deserialize(value, attr, data, **kwargs), value)


D = TypeVar("D", bound=date)


def _of_our_times(field: AnyDate | AnyDateTime, day: D, value: Any) -> D:
    """The day or moment, if it is one of our times; raises ValidationError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise field.make_error("invalid", input=value, obj_type=field.OBJ_TYPE)
    return day
