"""Registry files as they come: comma or semicolon, UTF-8 with or without a mark, or what old spreadsheets write."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.registry.words import COLUMNS
from shared.kernel.errors import Invalid

REQUIRED = ("name",)
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx and xls


class FileUnreadable(Invalid):
    """This is not a CSV file in UTF-8 or Windows-1252; save the sheet as CSV and send it again."""

    indonesian = "Berkas ini bukan CSV dalam UTF-8 atau Windows-1252; simpan lembar sebagai CSV lalu kirim lagi."


class ColumnsMissing(Invalid):
    """The file has no column {columns}; put the names of the columns into the first row."""

    indonesian = "Berkas tidak memiliki kolom {columns}; tuliskan nama kolom pada baris pertama."


class FileEmpty(Invalid):
    """The file has no rows below its headings."""

    indonesian = "Berkas tidak berisi baris di bawah judul kolom."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file; `number` is the spreadsheet's own, the headings being row 1."""

    number: int
    cells: dict[str, str]


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
    """The rows under the names that we give their columns; raises ColumnsMissing, FileEmpty or FileUnreadable."""
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
    positions = _positions(next(lines, []))
    for number, cells in enumerate(lines, start=2):
        if any(cell.strip() for cell in cells):
            yield Row(number, {name: cells[at].strip() if at < len(cells) else "" for name, at in positions.items()})


def _positions(headings: list[str]) -> dict[str, int]:
    at = {"_".join(heading.casefold().split()): position for position, heading in enumerate(headings)}
    known = {
        name: next(at[heading] for heading in dialects if heading in at)
        for name, dialects in COLUMNS.items()
        if not at.keys().isdisjoint(dialects)
    }
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in known]
    if "area" not in known and not {"village", "kecamatan", "regency"} <= known.keys():
        missing.append(COLUMNS["area"][0])
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    return known
