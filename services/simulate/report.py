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


@dataclass
class Report:
    """Counts by programme, collected at the end."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    spans: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    granted: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def add_journeys(self, journeys: Iterable[Json]) -> None:
        """Count journeys by how they ended, or that they are open."""
        for each in journeys:
            self.outcomes[each["programme"]][each["outcome"] or "open"] += 1

    def add_referrals(self, referrals: Iterable[Json]) -> None:
        """Add how long each completed stage took, in working days from offer to close."""
        for each in referrals:
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
            "working_days": {f"{programme}/{stage}": median(days) for (programme, stage), days in self.spans.items()},
            "granted": dict(self.granted),
            "done": dict(self.done),
            "refusals": dict(self.refusals),
        }

    def tables(self) -> Group:
        """The report for a terminal."""
        journeys = Table("programme", "journeys by outcome", "granted", box=None, header_style="dim")
        for programme, counts in sorted(self.outcomes.items()):
            told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
            journeys.add_row(programme, told, format_rupiah(self.granted[programme]))
        stages = Table("stage", "completed", "median working days", box=None, header_style="dim")
        for (programme, stage), days in sorted(self.spans.items()):
            stages.add_row(f"{programme} / {stage}", str(len(days)), f"{median(days):g}")
        acts = ", ".join(f"{count} {what}" for what, count in self.done.most_common())
        refused = ", ".join(f"{count} {code}" for code, count in self.refusals.most_common()) or "none"
        return Group(journeys, "", stages, "", f"Acts: {acts}. Requests refused: {refused}.")
