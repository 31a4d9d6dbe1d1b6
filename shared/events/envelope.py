"""An event is a declared class; its marshmallow schema is read off its annotations, its type off its name and version.

On the wire an event is a CloudEvents 1.0 object in canonical JSON: the very bytes that the log chains, the relay signs
and the receiver checks. Personal data and free text never stand in it; they ride in a sealed part (see `shared.bus`).
"""

import hashlib
import typing
import uuid
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, dataclass_transform

import orjson
from marshmallow import RAISE, Schema, ValidationError
from marshmallow import fields as shape

SCALARS: dict[Any, type[shape.Field[Any]]] = {
    uuid.UUID: shape.UUID,
    str: shape.String,
    int: shape.Integer,
    bool: shape.Boolean,
    date: shape.Date,
    datetime: shape.AwareDateTime,
    Any: shape.Raw,
}


class Event:
    """Something that has happened and that other services may hear of."""

    kind: ClassVar[str]
    generation: ClassVar[int]
    announcers: ClassVar[tuple[str, ...]]
    subject_field: ClassVar[str]
    follows: "ClassVar[type[Event] | None]" = None
    """The version before this one; `upcast` says what that one told in the words of this."""

    @classmethod
    def type_by(cls, service: str) -> str:
        """The event's type when this service announces it: `grants.goods-handed-over.v1`."""
        return f"{service}.{cls.kind}.v{cls.generation}"

    @classmethod
    def upcast(cls, earlier: Any, time: datetime) -> typing.Self:
        """What an event of the version before told, when it happened at `time`; what that did not say stays unsaid."""
        raise NotImplementedError(cls)

    @classmethod
    @cache
    def schema(cls) -> Schema:
        """The marshmallow schema of the event's open part."""
        return _schema_of(cls)

    @property
    def subject(self) -> str:
        """What the event is about: events of one subject are heard in the order in which they happened."""
        return str(getattr(self, self.subject_field))

    @property
    def concerns(self) -> str | None:
        """The one service whose stages it is about; None when it concerns whoever hears it."""
        return None

    def to_data(self) -> dict[str, Any]:
        """The open part as plain JSON values."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> typing.Self:
        """Read the open part; raises WrongShape when it does not fit the declaration.

        What fits is read by converters made from the same annotations as the schema, eight times as fast; whatever
        they do not take is left to the schema, which says what is wrong.
        """
        try:
            return _read(cls, data)  # type: ignore[no-any-return]
        except (TypeError, ValueError, KeyError, AttributeError):
            pass
        try:
            return _built(cls, cls.schema().load(data))  # type: ignore[no-any-return]
        except ValidationError as wrong:
            raise WrongShape(f"{cls.kind}.v{cls.generation}: {wrong.messages}") from wrong


class WrongShape(ValueError):
    """An event does not have the shape that its class declares."""


class UnknownType(LookupError):
    """No class declares this type of event."""


_declared: dict[str, type[Event]] = {}
_followed_by: dict[type[Event], type[Event]] = {}


E = typing.TypeVar("E", bound=Event)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def event(
    name: str,
    *,
    by: str | tuple[str, ...],
    version: int = 1,
    about: str = "journey_id",
    follows: type[Event] | None = None,
) -> typing.Callable[[type[E]], type[E]]:
    """Declare an event: its name, who may announce it, and the field that says what it is about.

    A version after the first names the one that it `follows`, which is heard for ever and announced no more.
    """
    if (version > 1) != (follows is not None) or (
        follows and (follows.kind, follows.generation + 1) != (name, version)
    ):
        raise TypeError(f"{name}.v{version} does not follow the version before it")

    def declare(cls: type[E]) -> type[E]:
        cls.kind, cls.generation, cls.subject_field = name, version, about
        cls.announcers, cls.follows = (by,) if isinstance(by, str) else by, follows
        declared = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        if about not in {field.name for field in fields(declared)}:  # type: ignore[arg-type]
            raise TypeError(f"{cls.__name__} has no field {about}")
        for service in declared.announcers:
            kind = declared.type_by(service)
            if kind in _declared:
                raise TypeError(f"{kind} is declared twice")
            _declared[kind] = declared
        if follows:
            _followed_by[follows] = declared
        return declared

    return declare


def class_of(kind: str) -> type[Event]:
    """The class that declares a type; raises UnknownType."""
    try:
        return _declared[kind]
    except KeyError:
        raise UnknownType(kind) from None


def versions_of(cls: type[Event]) -> list[type[Event]]:
    """An event and the versions of it before, the newest first."""
    return [cls, *versions_of(cls.follows)] if cls.follows else [cls]


def is_followed(cls: type[Event]) -> bool:
    """Whether there is a later version of an event, which is announced in its place."""
    return cls in _followed_by


def read(envelope: dict[str, Any]) -> Event:
    """What an event says, in the words of its newest version; raises UnknownType, or WrongShape."""
    said = class_of(envelope["type"]).from_data(envelope["data"])
    while later := _followed_by.get(type(said)):
        said = later.upcast(said, datetime.fromisoformat(envelope["time"]))
    return said


def declared_types() -> dict[str, type[Event]]:
    """Every declared type and its class."""
    return dict(sorted(_declared.items()))


def types_by(service: str) -> dict[str, type[Event]]:
    """The types that one service announces."""
    return {kind: cls for kind, cls in declared_types().items() if kind.startswith(f"{service}.")}


def canonical(content: Any) -> str:
    """JSON text that is the same for the same content: sorted keys, no spaces, UTF-8 as it is."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()


def digest(text: str) -> bytes:
    """SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).digest()


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in (str, int, bool, NoneType):
        return value
    if kind is uuid.UUID:
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"an event cannot carry a {kind.__name__}")


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _schema_of(cls: type) -> Schema:
    hints = _hints(cls)
    described = {field.name: _shape_of(hints[field.name]) for field in fields(cls)}

    class Meta:
        unknown = RAISE

    schema: Schema = type(f"{cls.__name__}Schema", (Schema,), {**described, "Meta": Meta})()
    return schema


def _shape_of(hint: Any, **options: Any) -> shape.Field[Any]:
    options.setdefault("required", True)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        (inner,) = [each for each in arguments if each is not NoneType]
        return _shape_of(inner, required=False, allow_none=True, load_default=None)
    if origin in (list, tuple):
        return shape.List(_shape_of(arguments[0]), **options)
    if origin is dict or hint is dict:
        return shape.Dict(keys=shape.String(), **options)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return shape.Enum(hint, by_value=True, **options)
    if isinstance(hint, type) and is_dataclass(hint):
        return shape.Nested(_schema_of(hint), **options)
    return SCALARS[hint](**options)


def _read(cls: type, data: dict[str, Any]) -> Any:
    converters = _converters(cls)
    return cls(**{name: converters[name](value) for name, value in data.items()})


@cache
def _converters(cls: type) -> dict[str, typing.Callable[[Any], Any]]:
    hints = _hints(cls)
    return {field.name: _converter(hints[field.name]) for field in fields(cls)}


def _converter(hint: Any) -> typing.Callable[[Any], Any]:
    """What turns a JSON value into one of this type; it raises TypeError or ValueError when it cannot."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        (inner,) = [_converter(each) for each in arguments if each is not NoneType]
        return lambda value: None if value is None else inner(value)
    if hint in (str, int, bool, dict) or origin is dict:
        return _of_type(origin or hint)
    if hint is datetime:
        return _aware
    if hint is date:
        return date.fromisoformat
    if hint is uuid.UUID:
        return uuid.UUID
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return _left_to_schema


def _of_type(kind: type) -> typing.Callable[[Any], Any]:
    def same(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(value)
        return value

    return same


def _aware(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _left_to_schema(value: Any) -> Any:
    raise TypeError(value)


def _built(cls: type, loaded: dict[str, Any]) -> Any:
    hints = _hints(cls)
    return cls(**{name: _build_value(hints[name], value) for name, value in loaded.items()})


def _build_value(hint: Any, value: Any) -> Any:
    if isinstance(value, dict) and isinstance(hint, type) and is_dataclass(hint):
        return _built(hint, value)
    if isinstance(value, list) and (arguments := typing.get_args(hint)):
        return [_build_value(arguments[0], each) for each in value]
    return value
