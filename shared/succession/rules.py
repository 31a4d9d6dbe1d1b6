"""Which columns say whose something is, and which only what an office once did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STAYS: Mapping[str, str] = {
    "look.office": "Where somebody worked when she looked: the log of looks is never changed.",
    "consent.office": "Who asked her.",
    "acting_appointment.office": "At which office somebody acted for a post; it ends where she leaves that office.",
    "office_change.office": "What was done to an office.",
    "came_back.office": "Which office gave the referral back.",
    "import_run.office": "Which office brought a file in; the file goes on by itself.",
    "programme_trial.office": "A trial is owed to nobody, and is soon done again.",
    "note.office": "Which office wrote it.",
    **dict.fromkeys(
        (
            *("coordinator_ask.coordinating_office", "journey_flag.coordinating_office"),
            "agenda_wish.coordinating_office",
        ),
        "Which office's coordinator did it.",
    ),
    "meeting_attendance.office": "Who came to a meeting.",
    "agenda_item.office": "What stood on an agenda as it was made.",
    "product_evidence.office": "Who saw the product.",
    **dict.fromkeys(
        (
            *("protection_request.office", "protection_case.office", "protection_glass.office"),
            "protection_log.office",
        ),
        "What a woman told one office's counsellors is no other office's: they finish or refer it before it closes.",
    ),
    **dict.fromkeys(
        (
            *("journey_figure.lead_office", "stage_figure.office", "stage_figure.sender_office"),
            *("stage_figure.accountable_office", "referral_figure.office", "visit_figure.office"),
            *("timeline_entry.office", "office_word.office", "stage_standing.office", "stage_standing.sender_office"),
            *("tally_stage.office", "tally_stage.sender_office", "tally_promise.office", "fund_figure.owner_office"),
        ),
        "The read model says what events said; journeys and funds announce it for themselves.",
    ),
}
"""Columns named after an office that a hand-over leaves alone, and why. Every other one is handed over."""

MOVED: Mapping[str, str] = {
    "officer_account.office": "An account is moved by its own command, with a line in its log and an end of access.",
}
"""Columns whose slice hands them over itself, and why; what is left in them is an office's as everywhere."""


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """How many rows of a table are still an office's, which is closed or stands in no file."""

    office: str
    table: str
    rows: int


def is_named_after_an_office(column: str) -> bool:
    """Whether a column says by its name that it holds an office."""
    return column == "office" or column.endswith("_office")


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """An office that is closed, or that no file names, and what it still holds; `successor` as far as it is named."""

    office: str
    is_closed: bool
    successor: str | None
    holds: tuple[Held, ...]

    @property
    def rows(self) -> str:
        """What it holds, table by table."""
        return ", ".join(f"{each.rows} x {each.table}" for each in self.holds)

    @property
    def command(self) -> str:
        """The command that hands it over."""
        return f"kail agencies hand-over {self.office} {self.successor or 'OFFICE'}"

    def __str__(self) -> str:
        if self.is_closed:
            return f"{self.office} is closed and still holds {self.rows}: hand it over with `{self.command}`."
        return (
            f"{self.office} holds {self.rows}, and no file names it: put its line back, or hand it over with "
            f"`{self.command}`."
        )


def left_behind(held: Iterable[Held], closed: Mapping[str, str | None]) -> list[LeftBehind]:
    """What is held by offices that are not open, office by office; `closed` has the successor of each closed one."""
    by_office: dict[str, list[Held]] = {}
    for each in sorted(held):
        by_office.setdefault(each.office, []).append(each)
    return [
        LeftBehind(office, office in closed, closed.get(office), tuple(holds)) for office, holds in by_office.items()
    ]
