"""What the numbers on the process map mean, in one place for the map, its lists and its API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock

SEES_SMALL_FIGURES = frozenset({Role.COORDINATOR, Role.HEAD, Role.AUDITOR})
"""Who answers for an area, or examines it: a figure of fewer than five is shown to them, within their own areas."""


class At(StrEnum):
    """Where a journey can stand with a stage; a list of journeys can be asked for any of them."""

    OPEN = "open"  # offered and not yet closed: waiting or active
    WAITING = "waiting"  # offered, nobody has taken it on
    ACTIVE = "active"  # taken on
    DUE_SOON = "due-soon"  # open or to be decided, and half of its time is gone
    OVERDUE = "overdue"  # past its due date: open, or stuck while the decision is owed
    STUCK = "stuck"  # came back from the office; the leading office has to decide
    PRESSING = "pressing"  # overdue or stuck: somebody has to see to it
    DONE = "done"  # completed at least once
    SKIPPED = "skipped"  # its condition did not hold


class Standing(StrEnum):
    """What a turn of a stage counts as, or a decision on it. A journey has one at most, for one stage, of waiting,
    active, stuck, deciding, done, skipped and entered."""

    WAITING = "waiting"  # open, and nobody has taken it on
    ACTIVE = "active"  # open, and taken on
    STUCK = "stuck"  # came back; the outcome says why, and the leading office has to decide
    DECIDING = "deciding"  # counted beside it: the decision that the leading office owes, with its due date
    DECIDED = "decided"  # that decision, once it was taken
    DONE = "done"  # completed: the latest time
    SKIPPED = "skipped"  # the journey went on without it
    ENTERED = "entered"  # counted beside the others for the first turn of all: the journey came to this stage
    DONE_BEFORE = "done-before"  # completed earlier with another outcome, as a file that went back to be mended
    REPEATED = "repeated"  # completed earlier with an outcome that is counted already: counts for nothing
    DECLINED = "declined"  # left: the office refused, with a reason
    RETURNED = "returned"  # left: the office had taken it on and gave it back, with a reason
    UNANSWERED = "unanswered"  # left: nobody took it on within the limit
    CALLED_OFF = "called-off"  # left: no longer wanted from this office
    CONSENT_MISSING = "consent-missing"  # had waited for her consent, and does no longer
    OVER = "over"  # still open when the journey ended


OPEN = (Standing.WAITING, Standing.ACTIVE)
OWED = (*OPEN, Standing.DECIDING)
"""What some office owes, with a due date: a stage, or the decision on one that came back."""
COMPLETED = (Standing.DONE, Standing.DONE_BEFORE)


class Ended(StrEnum):
    """How a whole journey can have ended; a list of journeys can be asked for any of them."""

    GRADUATED = "graduated"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


@dataclass(kw_only=True)
class StageCounts:
    """How many journeys stand where with one stage."""

    stage: str
    entered: int = 0
    waiting: int = 0
    active: int = 0
    due_soon: int = 0
    overdue: int = 0
    late_decisions: int = 0
    stuck: int = 0
    done: int = 0
    skipped: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    median_working_days: int | None = None

    @property
    def open(self) -> int:
        """Those who are here now."""
        return self.waiting + self.active

    @property
    def pressing(self) -> int:
        """Those whom somebody has to see to; whoever is stuck while the decision is late counts once."""
        return self.overdue - self.late_decisions + self.stuck


@dataclass(frozen=True)
class Owed:
    """What an open journey waits for: which stage, from which office, until when; no date where it has none."""

    stage: str
    office: str
    since: datetime
    until: datetime | None
    is_decision: bool = False

    def is_late(self, now: datetime) -> bool:
        """Whether the promise is broken already."""
        return self.until is not None and self.until < now


@dataclass(frozen=True)
class StageTurn:
    """One offer of a stage within a journey, and what became of it."""

    referral_id: UUID
    stage: str
    attempt: int
    agency: str
    office: str
    state: str
    offered_at: datetime
    due_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    reason: str | None
    stuck_at: datetime | None
    accountable_office: str | None
    decides: UUID | None = None
    on_paper: date | None = None


def owed(turns: Sequence[StageTurn], skipped: Mapping[str, datetime] | None = None) -> list[Owed]:
    """Everything that an open journey waits for, the most urgent first.

    A stage that came back is owed a decision by the leading office, until it is offered anew or skipped; one that came
    back before decisions were owed has no date for it.
    """
    waiting = [
        Owed(each.stage, each.office, each.offered_at, each.due_at, is_decision=each.decides is not None)
        for each in turns
        if each.closed_at is None
    ]
    latest = {each.stage: each for each in sorted(stages_of(turns), key=lambda turn: turn.offered_at)}
    skipped_at, dated = skipped or {}, {each.decides for each in turns}
    waiting += [
        Owed(each.stage, each.accountable_office, each.stuck_at, None, is_decision=True)
        for each in latest.values()
        if each.stuck_at is not None
        and each.referral_id not in dated
        and each.accountable_office is not None
        and not (each.stage in skipped_at and skipped_at[each.stage] >= each.stuck_at)
    ]
    return sorted(waiting, key=lambda promise: promise.until or promise.since)


def stages_of(turns: Iterable[StageTurn]) -> list[StageTurn]:
    """The turns of stages themselves, without the decisions that leading offices owed on them."""
    return [each for each in turns if each.decides is None]


def sees_small_figures(officer: Officer) -> bool:
    """Whether this officer is shown how many people there are even where they are fewer than five."""
    return officer.has(*SEES_SMALL_FIGURES)


def median(counted: Iterable[tuple[int, int]]) -> int | None:
    """The middle one of numbers that each occurred so many times."""
    numbers = sorted(counted)
    half, passed = sum(count for _, count in numbers) / 2, 0
    for number, count in numbers:
        passed += count
        if passed >= half:
            return number
    return None


def local_day(moment: datetime) -> date:
    """The day of a moment in the deployment's zone."""
    return moment.astimezone(clock.zone()).date()
