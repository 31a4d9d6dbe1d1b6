"""A simulation from its first to its last day."""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.simulate import begin
from services.simulate.chance import Chance
from services.simulate.client import Client, Json
from services.simulate.days import Days
from services.simulate.desk import NEVER, Desk
from services.simulate.lead import decide_on_stuck
from services.simulate.report import Report
from shared.kernel import clock
from shared.kernel.settings import SERVICES


class StandsStill(RuntimeError):
    """Journeys are open, but nothing is due for anybody."""


@dataclass(frozen=True)
class Wanted:
    """How many set out on what."""

    seed: int = 1
    groups: int = 40
    women: int = 50
    programmes: tuple[str, ...] = (begin.KUBE, begin.WRSE)


@dataclass
class Simulation:
    """The officers of all offices, their days, and what came of them."""

    wanted: Wanted
    officers: list[Client]
    days: Days
    tell: Callable[[int, int], None] = lambda ended, all_of_them: None
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        self.chance = Chance(self.wanted.seed)
        self.numbers: list[str] = []
        offices = sorted({each.office for each in self.officers if "officer" in each.roles})
        self.desks = [self._desk(office) for office in offices]

    def run(self) -> Report:
        """Let everybody set out who has not, and work until all journeys are over."""
        self.days.begin()
        self._begin()
        while not self.days.stopping():
            began = time.monotonic()
            self.days.settle()
            open_ones = self._look_around()
            if not open_ones:
                break
            upcoming = [due for due in self._work_a_day() if due != NEVER]
            self.days.settle()
            if not upcoming:
                raise StandsStill(f"{open_ones} journeys are open, but nothing is due for anybody")
            self.days.go_on_at(self._next(upcoming), worked_since=began)
        self._collect()
        return self.report

    def somebody(self, role: str, office: str = "dinsos-kaltim") -> Client:
        """An officer of an office who holds a role."""
        return next(each for each in self.officers if each.office == office and role in each.roles)

    def _begin(self) -> None:
        officer = self.somebody("officer")
        begin.bring_in_registry(officer, self.wanted.seed)
        begin.open_funds(self.somebody("head"))
        begun = {each["programme"] for each in self._journeys()}
        for programme in set(self.wanted.programmes) - begun:
            subjects = (
                begin.found_groups(officer, self.chance, self.wanted.groups)
                if programme == begin.KUBE
                else begin.choose_women(officer, self.chance, self.wanted.women)
            )
            self.report.refusals += begin.set_out(officer, programme, subjects)

    def _journeys(self) -> Iterator[Json]:
        return self.somebody("officer").every("/intake/v1/dinsos/journeys")

    def _look_around(self) -> int:
        journeys = list(self._journeys())
        self.numbers = sorted(each["id"] for each in journeys)
        ended = sum(each["status"] != "open" for each in journeys)
        self.tell(ended, len(journeys))
        return len(journeys) - ended

    def _work_a_day(self) -> Iterator[datetime]:
        decide_on_stuck(self.somebody("head"), self.report.done, self.report.refusals)
        for desk in self.desks:
            yield from desk.work_a_day()

    def _next(self, upcoming: list[datetime]) -> datetime:
        tomorrow = clock.now() + timedelta(hours=1)
        return max(min(upcoming), tomorrow)

    def _number_of(self, journey_id: str) -> int:
        """Journeys are numbered in the order of their identifiers, which is that of their opening."""
        return bisect_left(self.numbers, journey_id) + 1

    def _desk(self, office: str) -> Desk:
        return Desk(
            office=office,
            agency="dinsos",
            everybody=self.officers,
            chance=self.chance,
            number_of=self._number_of,
            refusals=self.report.refusals,
            done=self.report.done,
        )

    def _collect(self) -> None:
        self.report.add_journeys(self._journeys())
        coordinator = self.somebody("coordinator", "bappeda-kaltim")
        for service in SERVICES:
            self.report.add_referrals(coordinator.every(f"/{service}/v1/dinsos/referrals", state="completed"))
        self.report.add_grants(coordinator.every("/grants/v1/dinsos/grants"))
