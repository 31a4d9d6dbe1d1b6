"""One tree of errors: the class is the fact, its docstring the message, its fields the evidence.

Only `shared.web` knows which HTTP status a family becomes.
"""

import inspect
import re
from contextlib import suppress
from datetime import date
from typing import Any, ClassVar, Protocol, Self, runtime_checkable


class DomainError(Exception):
    """Something is against the rules."""

    indonesian: ClassVar[str] = "Ada yang tidak sesuai aturan."

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        super().__init__(self.message("en"))

    @property
    def code(self) -> str:
        """The stable name a program can rely on: the class's own, in kebab-case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", type(self).__name__).lower()

    def message(self, language: str) -> str:
        """The sentence for a person, in Indonesian (`id`) or English (`en`)."""
        own = type(self).indonesian if language == "id" else inspect.cleandoc(type(self).__doc__ or "")
        return own.format(**{name: _said(value, language) for name, value in self.fields.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.fields)


MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@runtime_checkable
class Named(Protocol):
    """Something that has a name in Indonesian and in English."""

    def to(self, language: str, /) -> str:
        """Its name in Indonesian (`id`) or English (`en`)."""


def _said(value: Any, language: str) -> Any:
    """What names itself in both languages by that name, and a day as people write it; everything else as it is."""
    if isinstance(value, Named):
        return value.to(language)
    if type(value) is date:
        value = value.isoformat()
    if isinstance(value, str) and DAY.fullmatch(value):
        with suppress(ValueError):  # it only looks like a day
            day = date.fromisoformat(value)
            return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"
    return value


def _restore(kind: type[DomainError], fields: dict[str, Any]) -> DomainError:
    return kind(**fields)


class Invalid(DomainError):
    """What was sent cannot be accepted; mend the fields named and send it again."""

    indonesian = "Isian belum dapat diterima; perbaiki bagian yang ditandai lalu kirim lagi."

    @property
    def errors(self) -> dict[str, Any]:
        """What is wrong, per field (dotted path), when it can be said per field."""
        found: dict[str, Any] = self.fields.get("errors", {})
        return found

    def at(self, field: str) -> Self:
        """The same refusal, which a form says beside this field (dotted path)."""
        return type(self)(**self.fields, errors={field: [self]})


class NotFound(DomainError):
    """There is no {what} with this identifier, or it is not yours to see."""

    indonesian = "{what} dengan nomor ini tidak ada, atau bukan wewenang Anda."


class Unauthenticated(DomainError):
    """Sign in first."""

    indonesian = "Silakan masuk terlebih dahulu."


class Forbidden(DomainError):
    """Your role or your office does not allow this."""

    indonesian = "Peran atau kantor Anda tidak berwenang melakukan ini."


class Conflict(DomainError):
    """This does not fit with what has happened meanwhile; look at it afresh."""

    indonesian = "Keadaannya sudah berubah; muat ulang lalu periksa kembali."


@runtime_checkable
class Elsewhere(Protocol):
    """A refusal that knows where to go on instead."""

    @property
    def instead(self) -> str:
        """The place to go on at, as an address goes on behind the agency: `persons/<identifier>`."""


class Stale(DomainError):
    """Somebody changed this after you had opened it; open it again before you save."""

    indonesian = "Data ini sudah diubah orang lain sejak Anda membukanya; buka lagi sebelum menyimpan."


class TooMany(DomainError):
    """Too many attempts; wait a little and try again."""

    indonesian = "Terlalu banyak percobaan; tunggu sebentar lalu coba lagi."


class Unavailable(DomainError):
    """A part that this needs does not answer at the moment; nothing was lost, try again."""

    indonesian = "Bagian yang diperlukan sedang tidak menjawab; tidak ada yang hilang, silakan coba lagi."


class Misaddressed(DomainError):
    """This request was not meant for this place."""

    indonesian = "Permintaan ini bukan untuk tempat ini."
