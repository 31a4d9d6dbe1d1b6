"""Registry files as they come: comma or semicolon, UTF-8 with or without a mark, or what old spreadsheets write."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.registry.words import COLUMNS, said
from shared.kernel.errors import Invalid

REQUIRED = ("name",)
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx and xls


class FileUnreadable(Invalid):
    """This is not a CSV file in UTF-8 or Windows-1252; save the sheet as CSV and send it again."""

    indonesian = "Berkas ini bukan CSV dalam UTF-8 atau Windows-1252; simpan lembar sebagai CSV lalu kirim lagi."


class ColumnsMissing(Invalid):
    """The file has no column {columns}; put the names of the columns into the first row."""

    indonesian = "Berkas tidak memiliki kolom {columns}; tuliskan nama kolom pada baris pertama."


class ColumnTwice(Invalid):
    """Two columns are called {column}; rename or remove one of them, and send the file again."""

    indonesian = "Ada dua kolom bernama {column}; ganti nama atau hapus salah satunya, lalu kirim lagi berkasnya."


class FileEmpty(Invalid):
    """The file has no rows below its headings."""

    indonesian = "Berkas tidak berisi baris di bawah judul kolom."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file; `number` is the spreadsheet's own, the headings being row 1."""

    number: int
    cells: dict[str, str]
    surplus: bool = False
    """Whether a cell says something and stands under no heading."""
    twofold: str = ""
    """A heading whose column says one thing while another column of the same meaning says another."""


def decode(content: bytes) -> str:
    """The file's text; raises FileUnreadable."""
    if content.startswith(SPREADSHEETS) or b"\0" in content:
        raise FileUnreadable
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable


def read(text: str) -> list[Row]:
    """The rows under the names that we give their columns.

    Raises ColumnsMissing, ColumnTwice, FileEmpty or FileUnreadable.
    """
    try:
        rows = list(_rows(text))
    except csv.Error as broken:
        raise FileUnreadable from broken
    if not rows:
        raise FileEmpty
    return rows


def _rows(text: str) -> Iterator[Row]:
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings = next(lines, [])
    positions = _positions(headings)
    for number, cells in enumerate(lines, start=2):
        if any(cell.strip() for cell in cells):
            yield _row(number, cells, headings, positions)


def _row(number: int, cells: list[str], headings: list[str], positions: dict[str, list[int]]) -> Row:
    told, twofold = {}, ""
    for name, places in positions.items():
        here = [(at, text) for at in places if at < len(cells) and (text := said(name, cells[at]))]
        told[name] = here[0][1] if here else ""
        if len({text.casefold() for _, text in here}) > 1:
            twofold = headings[min(at for at, _ in here)]
    return Row(number, told, any(cell.strip() for cell in cells[len(headings) :]), twofold)


def _positions(headings: list[str]) -> dict[str, list[int]]:
    at: dict[str, int] = {}
    for position, heading in enumerate("_".join(each.casefold().split()) for each in headings):
        if heading in at and any(heading in dialects for dialects in COLUMNS.values()):
            raise ColumnTwice(column=headings[position].strip())
        at.setdefault(heading, position)
    known = {
        name: [at[heading] for heading in dialects if heading in at]
        for name, dialects in COLUMNS.items()
        if not at.keys().isdisjoint(dialects)
    }
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in known]
    if "area" not in known and not {"village", "kecamatan", "regency"} <= known.keys():
        missing.append(COLUMNS["area"][0])
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    return known
