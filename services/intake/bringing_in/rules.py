"""What a list of acts done on paper may say, and how each act is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.kernel import lists
from shared.kernel.errors import Conflict, Invalid, NotFound
from shared.kernel.money import parse_rupiah
from shared.programmes import half_way, kinds
from shared.programmes.definition import Programme
from shared.programmes.half_way import Act
from shared.programmes.kinds import Fact

MOST_ACTS = 5_000
"""Lines of one list: what one office of a city has done on paper in a year, some ten acts for each group."""
LONGEST = 1_000_000
"""Characters of one list."""
COLUMNS = {
    "who": ("who", "nik", "group", "siapa", "kelompok"),
    "stage": ("stage", "tahap"),
    "outcome": ("outcome", "result", "hasil"),
    "date": ("date", "day", "tanggal"),
    "number": ("number", "nomor"),
    "amount": ("amount", "jumlah"),
    "reported": ("reported", "keterangan"),
}
"""The columns of a list and what their heading may be called; `number`, `amount` and `reported` may be left out."""
NEEDED = ("who", "stage", "outcome", "date")


class NobodyNamed(Invalid):
    """Say who it is about: her NIK, or the group's name or number."""

    indonesian = "Tuliskan siapa: NIK-nya, atau nama atau nomor kelompoknya."


class NotRupiah(Invalid):
    """'{text}' is no amount in whole rupiah: write 1500000 or Rp1.500.000."""

    indonesian = "'{text}' bukan jumlah dalam rupiah bulat: tulis 1500000 atau Rp1.500.000."


class NotReported(Invalid):
    """'{text}' is not understood: write name=value, with a semicolon between several. It reports: {known}."""

    indonesian = "'{text}' tidak dipahami: tulis nama=nilai, dipisahkan titik koma. Yang dilaporkan: {known}."


class NoSuchGroup(NotFound):
    """No group of your areas is called {name}."""

    indonesian = "Tidak ada kelompok bernama {name} di wilayah Anda."


class GroupNamedTwice(Conflict):
    """Several groups are called {name}: write the group's number, which stands on its page."""

    indonesian = "Ada beberapa kelompok bernama {name}: tulis nomor kelompok yang tertera di halamannya."


class NothingWritten(Invalid):
    """Choose a result for at least one stage that was done on paper."""

    indonesian = "Pilih hasil untuk sedikitnya satu tahap yang sudah dikerjakan di atas kertas."


class OthersRefused(Conflict):
    """Other lines about the same journey cannot be read; mend them first."""

    indonesian = "Baris lain untuk perjalanan yang sama belum terbaca; perbaiki dahulu."


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says, as it is written; `line` is its number in the list."""

    who: str
    stage: str
    outcome: str
    date: str
    number: str = ""
    amount: str = ""
    reported: str = ""
    line: int = 0
    extra: str = ""


@dataclass(slots=True)
class Read:
    """The acts of one journey, with the lines on which they stand."""

    acts: list[Act] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def lines_of(text: str) -> list[Line]:
    """The lines of a list; raises what `lists.rows` raises."""
    return [
        Line(**{name: row.get(name, "") for name in COLUMNS}, line=number, extra=row.get("", ""))
        for number, row in lists.rows(text, COLUMNS, NEEDED, MOST_ACTS)
    ]


def read_act(programme: Programme, line: Line) -> Act:
    """The act that a line tells of; raises what is wrong with it."""
    if line.extra:
        lists.refuse_too_many({"": line.extra})
    stage = _stage_called(programme, line.stage)
    amount = parse_rupiah(line.amount) if line.amount else None
    if line.amount and amount is None:
        raise NotRupiah(text=line.amount).at("amount")
    return half_way.act(
        programme,
        stage,
        line.outcome.strip().casefold().replace(" ", "-"),
        lists.day(line.date),
        number=line.number or None,
        amount=amount,
        reported=_reported(programme, stage, line.reported),
    )


def facts_of(programme: Programme, stage: str) -> list[str]:
    """What a stage reports beside what its paper's date, number and amount are."""
    kind = kinds.kind(programme.stages[stage].does)
    own = {kind.on_paper.day, kind.on_paper.number, kind.on_paper.amount}
    return [fact for fact in kind.facts if fact not in own]


def _stage_called(programme: Programme, text: str) -> str:
    """A stage by its name or by its title in either language."""
    said = " ".join(text.casefold().split())
    for name, stage in programme.stages.items():
        if said in (name, stage.title.id.casefold(), stage.title.en.casefold()):
            return name
    return text


def _reported(programme: Programme, stage: str, text: str) -> dict[str, Any]:
    if not text or stage not in programme.stages:
        return {}
    known = kinds.kind(programme.stages[stage].does).facts
    return dict(_fact(each.strip(), known) for each in text.split(";") if each.strip())


def _fact(text: str, known: Mapping[str, Fact]) -> tuple[str, Any]:
    name, sign, value = (each.strip() for each in text.partition("="))
    refusal = NotReported(text=text, known=_listed(known)).at("reported")
    if not sign or name not in known:
        raise refusal
    expected = known[name]
    if expected is list:
        return name, [each.strip() for each in value.split("|") if each.strip()]
    if expected is bool and value in ("true", "false"):
        return name, value == "true"
    if expected is int:
        number = parse_rupiah(value)
        if number is None:
            raise refusal
        return name, number
    return name, value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "-"
