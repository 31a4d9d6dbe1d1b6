"""What a simulation brought about, told from what the services say and from what the officers did."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from rich.console import Group
from rich.table import Table

from services.simulate.case import moment
from services.simulate.client import Json
from shared.kernel import calendar, clock
from shared.kernel.money import format_rupiah

ENDS = ("graduated", "completed", "refused", "withdrawn", "stopped", "open")
"""How journeys end; completed is the end without graduation, stopped the leading office's."""
CLOSED = ("completed", "done again", "declined", "returned", "unanswered")
"""What becomes of referrals; done again are those completed that a second chance or a repetition brought."""


@dataclass
class Report:
    """Counts by programme, collected at the end."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    referrals: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    spans: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    granted: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def add_journeys(self, journeys: Iterable[Json]) -> None:
        """Count journeys by how they ended, or that they are open."""
        for each in journeys:
            self.outcomes[each["programme"]][each["outcome"] or "open"] += 1

    def add_referrals(self, referrals: Iterable[Json]) -> None:
        """Add what became of referrals, and how long each completed stage took, in working days from offer to close."""
        for each in referrals:
            self.referrals[each["programme"]][each["state"]] += 1
            if each["state"] != "completed":
                continue
            if each["attempt"] > 1:
                self.referrals[each["programme"]]["done again"] += 1
            offered, closed = (moment(each[name]).astimezone(clock.zone()) for name in ("offered_at", "closed_at"))
            days = calendar.working_days_between(offered.date(), closed.date())
            self.spans[each["programme"], each["stage"]].append(days)

    def add_grants(self, grants: Iterable[Json]) -> None:
        """Add up what was granted."""
        for each in grants:
            if each["state"] in ("accepted", "handed-over", "accounted"):
                self.granted[each["programme"]] += each["total"]

    def to_json(self) -> Json:
        """The report as plain JSON values."""
        return {
            "outcomes": {programme: dict(counts) for programme, counts in self.outcomes.items()},
            "referrals": {programme: dict(counts) for programme, counts in self.referrals.items()},
            "working_days": {f"{programme}/{stage}": median(days) for (programme, stage), days in self.spans.items()},
            "granted": dict(self.granted),
            "done": dict(self.done),
            "refusals": dict(self.refusals),
        }

    def tables(self) -> Group:
        """The report for a terminal."""
        journeys = _table("programme", *ENDS, "granted")
        for programme, counts in sorted(self.outcomes.items()):
            ends = [str(counts[end] or "") for end in ENDS]
            journeys.add_row(
                programme, *ends, format_rupiah(self.granted[programme]) if self.granted[programme] else ""
            )
        referrals = _table("referrals", *CLOSED)
        for programme, counts in sorted(self.referrals.items()):
            referrals.add_row(programme, *(str(counts[state] or "") for state in CLOSED))
        stages = _table("stage", "completed", "median working days")
        for (programme, stage), days in sorted(self.spans.items()):
            stages.add_row(f"{programme} / {stage}", str(len(days)), f"{median(days):g}")
        acts = ", ".join(f"{count} {what}" for what, count in self.done.most_common())
        refused = ", ".join(f"{count} {code}" for code, count in self.refusals.most_common()) or "none"
        return Group(journeys, "", referrals, "", stages, "", f"Acts: {acts}. Requests refused: {refused}.")


def _table(first: str, *columns: str) -> Table:
    table = Table(first, box=None, header_style="dim")
    for column in columns:
        table.add_column(column, justify="right")
    return table
