"""A row of a registry file becomes a record, or the reason why it cannot: which column, and what is wrong with it.

Identity and birth date must be readable, because a wrong one would be somebody else's; a phone or family card that
cannot be read keeps nobody out and is noted as a caution.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from services.intake.registry import rules, words
from services.intake.registry.files import Row
from services.intake.registry.rules import Caution, MaritalStatus, Occupation, Registry, Relation, Sex, Unreadable
from shared import places

BARE_VILLAGE_CODE = re.compile(r"^\d{10}$")
LONGEST_NAME = 200
ALL_COLUMNS = "*"
"""Stands for the column of a row that is refused as a whole; nothing of what it says is kept."""
T = TypeVar("T")


class NameMissing(Unreadable):
    """Nobody comes in without a name."""

    indonesian = "Nama harus diisi."


class AreaNotFound(Unreadable):
    """The village is not found in the official list; give its code, or the names of village, kecamatan and regency."""

    indonesian = "Desa/kelurahan tidak ada dalam daftar resmi; isi kodenya, atau nama desa, kecamatan, dan kabupaten."


class AreaNotYours(Unreadable):
    """This person lives outside the area that the importing officer works in."""

    indonesian = "Orang ini tinggal di luar wilayah kerja petugas yang mengimpor."


class MoreCellsThanColumns(Unreadable):
    """The row has more cells than there are headings; put a text that holds a comma in quotation marks."""

    indonesian = (
        "Baris ini berisi lebih banyak sel daripada judul kolom; apit teks yang memuat koma dengan tanda kutip."
    )


class TwoColumnsDiffer(Unreadable):
    """Two columns that mean the same say different things; remove one of them."""

    indonesian = "Dua kolom yang sama artinya berisi hal yang berbeda; hapus salah satunya."


class NikOfAnother(Unreadable):
    """Somebody else bears this NIK; a review of both records has been opened."""

    indonesian = "NIK ini sudah dimiliki orang lain; pemeriksaan kedua data telah dibuka."


REASONS: dict[str, type[Unreadable]] = {
    each.code: type(each)
    for each in (
        rules.ScientificNotation(),
        rules.NotSixteenDigits(length=0),
        rules.NotDigits(),
        rules.ImpossibleNikDate(),
        rules.NikSerialZero(),
        rules.OneDigitOnly(),
        MoreCellsThanColumns(),
        TwoColumnsDiffer(),
        rules.ImpossibleDate(),
        rules.UnlikelyBirthDate(),
        rules.UnknownWord(expected=""),
        NameMissing(),
        AreaNotFound(),
        AreaNotYours(),
        NikOfAnother(),
    )
}
"""What a refusal's code says; the sentence is made when somebody reads it, in her language."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a row says of a person."""

    row: int
    name: str
    area: str
    nik: str | None = None
    kk: str | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    marital_status: MaritalStatus | None = None
    relation: Relation | None = None
    occupation: Occupation | None = None
    address: str | None = None
    phone: str | None = None
    pre_prosperous: bool | None = None
    has_business: bool | None = None
    listed: dict[Registry, bool | None] = field(default_factory=dict)
    cautions: tuple[Caution, ...] = ()

    def content(self) -> str:
        """Everything that the row says, as one text: equal for rows that say the same."""
        told = [getattr(self, name) for name in self.__slots__ if name != "row"]
        return repr(told)

    def claim(self) -> dict[str, Any]:
        """All that a record that was kept out says, as JSON; its NIK is the one that somebody else bears."""
        told = {name: getattr(self, name) for name in self.__slots__ if name not in ("row", "nik", "listed")}
        told["birth_date"] = self.birth_date.isoformat() if self.birth_date else None
        told["cautions"] = [each.value for each in self.cautions]
        return told | {"listed": {each.value: said for each, said in self.listed.items()}}


def of_claim(claim: Mapping[str, Any]) -> Record:
    """The record of a claim, without a NIK; one that was kept before all of it was says nothing of the rest."""
    kinds: dict[str, Callable[[Any], Any]] = {
        "sex": Sex,
        "birth_date": date.fromisoformat,
        "marital_status": MaritalStatus,
        "relation": Relation,
        "occupation": Occupation,
    }
    said: dict[str, Any] = {
        name: claim.get(name) for name in Record.__slots__ if name not in ("row", "nik", "listed", "cautions")
    }
    read: dict[str, Any] = {
        name: kinds[name](value) if name in kinds and value else value for name, value in said.items()
    }
    about_nik = (
        Caution.NIK_MISSING,
        Caution.SEX_DIFFERS_FROM_NIK,
        Caution.BIRTH_DATE_DIFFERS_FROM_NIK,
        Caution.NIK_AREA_UNKNOWN,
    )
    cautions = [each for each in map(Caution, claim.get("cautions", ())) if each not in about_nik]
    listed = {Registry(name): value for name, value in claim.get("listed", {}).items()}
    return Record(row=0, listed=listed, cautions=(Caution.NIK_MISSING, *cautions), **read)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row stays outside."""

    row: int
    column: str
    reason: str
    fields: dict[str, Any] = field(default_factory=dict)


class _Refused(Exception):
    def __init__(self, column: str, because: Unreadable) -> None:
        self.column = column
        self.because = because


def read_record(row: Row, areas: Sequence[str], today: date) -> Record | Refusal:
    """Read one row for an officer who works in these areas."""
    try:
        return _record(row, areas, today)
    except _Refused as refused:
        return Refusal(row.number, refused.column, refused.because.code, refused.because.fields)


def _record(row: Row, areas: Sequence[str], today: date) -> Record:
    def read(name: str, reading: Callable[[str], T]) -> T | None:
        cell = row.cells.get(name, "")
        try:
            return reading(cell) if cell else None
        except Unreadable as unreadable:
            raise _Refused(words.COLUMNS[name][0], unreadable) from None

    _require_shape(row)
    name = row.cells["name"]
    if not rules.plain_name(name) or len(name) > LONGEST_NAME:
        raise _Refused("nama", NameMissing())
    nik = read("nik", rules.parse_nik)
    sex = read("sex", words.read_sex)
    birth_date = read("birth_date", lambda cell: rules.parse_birth_date(cell, today))
    area = _area_of(row.cells)
    if area is None:
        raise _Refused("id_wilayah", AreaNotFound())
    if not any(places.covers(own, area) for own in areas):
        raise _Refused("id_wilayah", AreaNotYours())
    cautions = rules.nik_warnings(nik, sex, birth_date, places.is_known) if nik else [Caution.NIK_MISSING]
    phone = read("phone", _phone)
    if row.cells.get("phone") and phone is None:
        cautions.append(Caution.PHONE_UNREADABLE)
    kk = read("kk", _kk)
    if row.cells.get("kk") and kk is None:
        cautions.append(Caution.KK_UNREADABLE)
    if words.says_dead(row.cells.get("reported_dead", "")):
        cautions.append(Caution.REPORTED_DEAD)
    return Record(
        row=row.number,
        name=" ".join(name.split()),
        area=area,
        nik=nik.number if nik else None,
        kk=kk,
        sex=sex,
        birth_date=birth_date,
        marital_status=read("marital_status", words.read_marital_status),
        relation=read("relation", words.read_relation),
        occupation=read("occupation", words.read_occupation),
        address=_address(row.cells),
        phone=phone,
        pre_prosperous=read("pre_prosperous", words.read_yes),
        has_business=read("has_business", words.read_yes),
        listed={registry: read(registry.value.lower(), words.read_yes) for registry in Registry},
        cautions=tuple(cautions),
    )


def _require_shape(row: Row) -> None:
    if row.surplus:
        raise _Refused(ALL_COLUMNS, MoreCellsThanColumns())
    if row.twofold:
        raise _Refused(row.twofold, TwoColumnsDiffer())


def _area_of(cells: dict[str, str]) -> str | None:
    code = cells.get("area", "")
    if BARE_VILLAGE_CODE.match(code):
        code = f"{code[:2]}.{code[2:4]}.{code[4:6]}.{code[6:]}"
    if code:
        return code if places.is_known(code) and places.level_of(code) is places.Level.VILLAGE else None
    return _named_area(cells.get("regency", ""), cells.get("kecamatan", ""), cells.get("village", ""))


@lru_cache(maxsize=10_000)
def _named_area(*names: str) -> str | None:
    return places.find(names) if all(names) else None


@lru_cache(maxsize=10_000)
def _phone(cell: str) -> str | None:
    return rules.parse_phone(cell)


def _kk(cell: str) -> str | None:
    try:
        return rules.parse_kk(cell)
    except Unreadable:
        return None


def _address(cells: dict[str, str]) -> str | None:
    parts = [cells.get("address", "")]
    parts += [f"{label} {cells[name]}" for name, label in (("rt", "RT"), ("rw", "RW")) if cells.get(name)]
    return " ".join(part for part in parts if part) or None
