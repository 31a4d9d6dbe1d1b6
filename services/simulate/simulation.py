"""A simulation from its first to its last day."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType

from services.simulate import begin
from services.simulate.begin import BEGINNINGS, Beginning
from services.simulate.chance import Chance
from services.simulate.client import Client, Json
from services.simulate.consents import ask_for_consent, take_consent_back
from services.simulate.days import Days
from services.simulate.desk import NEVER, Desk
from services.simulate.intakes import Intake, Intakes
from services.simulate.lead import decide_on_stuck, let_step_back
from services.simulate.repayments import book_repayments
from services.simulate.report import Report
from services.simulate.work.meetings import convening, do_tasks, hold_meetings
from shared.identity.areas import covers
from shared.identity.offices import all_offices
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.settings import SERVICES

USUAL: Mapping[str, int] = MappingProxyType({each.programme: each.usual for each in BEGINNINGS})


IDLE_DAYS = 5
"""Days on which nothing is due before a simulation gives up: a bell may send a silent office's referral back only after
everybody has looked."""


class StandsStill(RuntimeError):
    """Journeys are open, but nothing is due for anybody."""


@dataclass(frozen=True)
class Wanted:
    """How many set out on which programmes, and whether later ones are left on their way for others to go on with."""

    seed: int = 1
    numbers: Mapping[str, int] = field(default_factory=lambda: USUAL)
    later: Intakes | None = None

    @property
    def beginnings(self) -> tuple[Beginning, ...]:
        """The programmes wanted, in the order in which they begin."""
        return tuple(each for each in BEGINNINGS if self.numbers.get(each.programme))


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
        self.journeys: list[Json] = []
        self.numbers: list[str] = []
        offices = sorted({each.office for each in self.officers if "officer" in each.roles})
        self.desks = [self._desk(office) for office in offices]
        self.leads = sorted({each.office for each in BEGINNINGS})

    def run(self) -> Report:
        """Let everybody set out who has not, and work until all journeys are over; then on the later intakes."""
        self.days.begin()
        later = self.wanted.later
        if later is None or not later.any_begun:
            self._begin()
            self._work()
        if later is not None:
            self._work_on_later(later)
        self._collect()
        return self.report

    def _work_on_later(self, later: Intakes) -> None:
        for intake in later.ahead():
            if self.days.stopping():
                break
            if intake.is_new:
                self._let_set_out(intake)
                later.begun(intake)
            self._work(until=intake.until)

    def _work(self, until: datetime | None = None) -> None:
        """Work day by day until all journeys are over, or a day is reached."""
        idle = 0
        while not self.days.stopping():
            began = time.monotonic()
            self.days.settle()
            open_ones = self._look_around()
            if not open_ones:
                break
            upcoming = [due for due in self._work_a_day() if due != NEVER]
            self.days.settle()
            if until is not None and clock.now() >= until:
                break
            idle = 0 if upcoming or until else idle + 1
            if idle > IDLE_DAYS:
                raise StandsStill(f"{open_ones} journeys are open, but nothing is due for anybody")
            self.days.go_on_at(min(self._next(upcoming), until or NEVER), worked_since=began)

    def somebody(self, role: str, office: str) -> Client:
        """An officer of an office who holds a role."""
        return next(each for each in self.officers if each.office == office and role in each.roles)

    def _begin(self) -> None:
        wanted = self.wanted.beginnings
        registries = begin.needed(wanted)
        officers = {each.office: self.somebody("officer", each.office) for each in registries}
        begin.bring_in_registries(officers, self.wanted.seed, registries)
        known = all_offices()
        for fund in begin.FUNDS:
            begin.open_fund(self.somebody("head", fund.office), known[fund.office].agency, fund)
        begun = {each["programme"] for each in self._journeys()}
        for each in wanted:
            if each.programme not in begun:
                self._choose_and_set_out(each, self.chance, self.wanted.numbers[each.programme])

    def _let_set_out(self, intake: Intake) -> None:
        luck = Chance(self.wanted.seed + intake.number)
        for each in intake.beginnings:
            self._choose_and_set_out(each, luck, each.later)

    def _choose_and_set_out(self, beginning: Beginning, luck: Chance, count: int) -> None:
        officer = self.somebody("officer", beginning.office)
        subjects = beginning.choose(beginning, officer, luck, count)
        self.report.refusals += begin.set_out(officer, beginning.agency, beginning.programme, subjects)

    def _journeys(self) -> Iterator[Json]:
        """The journeys of every leading office, as its officer sees them: in its areas, and its own."""
        for office in self.leads:
            listed = self.somebody("officer", office).every(f"/intake/v1/{begin.agency_of(office)}/journeys")
            yield from (each for each in listed if each["lead_office"] == office)

    def _look_around(self) -> int:
        self.journeys = list(self._journeys())
        self.numbers = sorted(each["id"] for each in self.journeys)
        ended = sum(each["status"] != "open" for each in self.journeys)
        self.tell(ended, len(self.journeys))
        return len(self.journeys) - ended

    def _work_a_day(self) -> Iterator[datetime]:
        yield from self._lead()
        meeting = convening()
        for desk in self.desks:
            yield from desk.work_a_day()
            if desk.may(Permission.LOANS_RUN):
                book_repayments(desk.colleague("officer"), desk.agency, self._luck_of, self.report.done)
            do_tasks(desk.colleague("officer"), desk.agency, self.chance.of, self.report.done)
            if desk.agency in meeting:  # last, so that nobody at this desk looks for what the meeting has completed
                hold_meetings(desk.colleague("officer"), desk.agency, self.chance.of, self.report.done)

    def _lead(self) -> Iterator[datetime]:
        """What the leading offices decide; before anybody else works, so that nobody works on what was given up."""
        open_ones: dict[str, list[Json]] = defaultdict(list)
        for journey in self.journeys:
            if journey["status"] == "open":
                open_ones[journey["lead_office"]].append(journey)
        done = self.report.done
        changes = ("stepped back", "consents", "consents refused", "consents taken back")
        before = [done[each] for each in changes]
        for office, journeys in open_ones.items():
            agency = begin.agency_of(office)
            officer, head = self.somebody("officer", office), self.somebody("head", office)
            yield from let_step_back(officer, agency, journeys, self._luck_of, done)
            under_way = [each for each in journeys if each["status"] == "open"]
            yield from take_consent_back(officer, agency, under_way, self._luck_of, done)
            stuck = [each for each in journeys if each["is_stuck"] and each["status"] == "open"]
            ask_for_consent(officer, agency, stuck, self._luck_of, done)
            decide_on_stuck(head, agency, stuck, done, self.report.refusals)
        if [done[each] for each in changes] != before:
            self.days.settle()

    def _next(self, upcoming: list[datetime]) -> datetime:
        tomorrow = clock.now() + timedelta(hours=1)
        return max(min(upcoming, default=tomorrow), tomorrow)

    def _luck_of(self, journey_id: str, *what: object) -> Random:
        return self.chance.of(self._number_of(journey_id), *what)

    def _number_of(self, journey_id: str) -> int:
        """Journeys are numbered in the order of their identifiers, which is that of their opening."""
        return bisect_left(self.numbers, journey_id) + 1

    def _desk(self, office: str) -> Desk:
        return Desk(
            office=office,
            agency=all_offices()[office].agency,
            everybody=self.officers,
            chance=self.chance,
            number_of=self._number_of,
            refusals=self.report.refusals,
            done=self.report.done,
        )

    def _collect(self) -> None:
        """Ask the coordinators, each for her own region; whose region lies in another's is not asked twice."""
        self.report.add_journeys(self._journeys())
        region = {
            each.office: all_offices()[each.office].region for each in self.officers if "coordinator" in each.roles
        }
        for office, own in region.items():
            if any(own != other and covers(other, own) for other in region.values()):
                continue
            coordinator = self.somebody("coordinator", office)
            agencies = {each.agency for each in all_offices().values() if covers(own, each.region)}
            for service in SERVICES:
                for agency in sorted(agencies):
                    for state in ("completed", "declined", "returned", "unanswered"):
                        referrals = coordinator.every(f"/{service}/v1/{agency}/referrals", state=state)
                        self.report.add_referrals(referrals)
            self.report.add_grants(coordinator.every("/grants/v1/dinsos/grants"))
