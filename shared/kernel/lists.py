"""A list that somebody pastes or uploads: a line each, columns by their headings, as spreadsheets write them.

What is sent is read as a whole or refused as a whole: no cell is moved into a neighbour's column, and what people write
where there is nothing to write (a dash, n/a) is nothing.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from shared.kernel.errors import Invalid

Columns = Mapping[str, Sequence[str]]
"""What each column may be called in the heading, lower case, by its own name."""
NOTHING = frozenset({"", "-", "--", "—", "n/a", "na", "nihil"})
"""What stands in a cell in which nothing is said."""
DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


class ListHasNoHeading(Invalid):
    """The first line names the columns: {columns}. Missing: {missing}"""

    indonesian = "Baris pertama menamai kolom: {columns}. Belum ada: {missing}"


class HeadingTwice(Invalid):
    """Two columns are called {column}; name each column once."""

    indonesian = "Ada dua kolom bernama {column}; beri setiap kolom nama sendiri."


class ListTooLong(Invalid):
    """A list has at most {most} lines; send the others in a second one."""

    indonesian = "Paling banyak {most} baris dalam satu daftar; kirim sisanya dalam daftar kedua."


class ListEmpty(Invalid):
    """There is nobody in this list."""

    indonesian = "Daftar ini kosong."


class ListUnreadable(Invalid):
    """This list cannot be read: {problem}"""

    indonesian = "Daftar ini tidak terbaca: {problem}"


class TooManyCells(Invalid):
    """This line has {cells} cells, the heading {columns}: put quotation marks around a text with a comma in it."""

    indonesian = "Baris ini berisi {cells} sel, judulnya {columns}: beri tanda kutip pada teks yang memuat koma."


class NoSuchDay(Invalid):
    """'{text}' is no day: write 2023-03-31 or 31/03/2023."""

    indonesian = "'{text}' bukan tanggal: tulis 2023-03-31 atau 31/03/2023."


def rows(text: str, columns: Columns, needed: Sequence[str], most: int) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each line that says anything, with its number and its cells by column; columns of other names are passed over.

    Raises ListUnreadable, ListEmpty, ListHasNoHeading, HeadingTwice, ListTooLong. A line with more cells than headings
    is given with the cell `""` holding how many it has: whoever reads it refuses that line (`refuse_too_many`).
    """
    text = text.lstrip("\ufeff")
    heading = text.splitlines()[0] if text.strip() else ""
    between = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text), delimiter=between, strict=False)
    try:
        headings = next(reader, [])
        names = [_column(each, columns) for each in headings]
        found = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as unreadable:
        raise ListUnreadable(problem=str(unreadable)) from None
    for name in columns:
        if names.count(name) > 1:
            raise HeadingTwice(column=name)
    if missing := [each for each in needed if each not in names]:
        raise ListHasNoHeading(columns=",".join(columns), missing=", ".join(missing))
    if not found:
        raise ListEmpty
    if len(found) > most:
        raise ListTooLong(most=most)
    for line, row in found:
        cells = {name: said(cell) for name, cell in zip(names, row, strict=False) if name}
        too_many = len(row) > len(names) and any(cell.strip() for cell in row[len(names) :])
        yield line, {**cells, "": f"{len(row)} {len(names)}"} if too_many else cells


def refuse_too_many(row: Mapping[str, str]) -> None:
    """Refuse a line with more cells than headings; raises TooManyCells."""
    if "" in row:
        cells, columns = row[""].split()
        raise TooManyCells(cells=int(cells), columns=int(columns))


def said(cell: str) -> str:
    """What a cell says; nothing where it holds a dash or the like."""
    typed = cell.strip()
    return "" if typed.casefold() in NOTHING else typed


def day(text: str) -> date:
    """A day as offices write it, year first or day first; raises NoSuchDay."""
    if found := DAY.fullmatch(text):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay(text=text) from None


def _column(heading: str, columns: Columns) -> str:
    plain = " ".join(heading.casefold().split())
    return next((name for name, called in columns.items() if plain in called), "")
