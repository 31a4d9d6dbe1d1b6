"""How a journey's story is laid out on its page: day by day, who owes what next, and the way on the map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask_babel import format_datetime
from sqlalchemy.orm import object_session

from services.monitoring.flow import way
from services.monitoring.flow.models import JourneyFigure, TimelineEntry
from services.monitoring.flow.queries import Story
from services.monitoring.flow.rules import Owed, StageTurn, local_day, stages_of
from shared import calendars
from shared.identity.officer import Officer
from shared.kernel import calendar, clock
from shared.kernel.calendar import NATIONAL, Days
from shared.programmes import kinds
from shared.programmes.definition import Programme
from shared.web import navigation


@dataclass(frozen=True)
class NextStep:
    """What is owed now; `address` leads to its referral where that is the officer's own office's."""

    owed: Owed
    working_days: int | None
    is_late: bool
    address: str | None


def by_day(timeline: Iterable[TimelineEntry]) -> list[tuple[date, list[TimelineEntry]]]:
    """What happened, under the day on which it did."""
    return [(day, list(entries)) for day, entries in groupby(timeline, key=lambda each: local_day(each.happened_at))]


def next_steps(officer: Officer, story: Story, programme: Programme | None) -> list[NextStep]:
    """Who owes what until when, the most urgent first."""
    now, session = clock.now(), object_session(story.journey)
    days = calendars.current(session).of(story.journey.area) if session else NATIONAL
    return [
        NextStep(
            each,
            _working_days(now, each.until, days) if each.until else None,
            each.is_late(now),
            _address(officer, story, programme, each),
        )
        for each in story.owed
    ]


def hour(moment: datetime) -> str:
    """An hour of a day that stands above it."""
    return str(format_datetime(moment, "HH.mm"))


def brief_day(moment: datetime) -> str:
    """A day where there is little room: 17 Agu 2023."""
    return str(format_datetime(moment, "d MMM y"))


def lasted(journey: JourneyFigure) -> int:
    """For how many days a journey has been under way, or was, from the day of its first act: on paper, where it was."""
    end = local_day(journey.ended_at or clock.now())
    return max((end - journey.opened_on).days, 0)


def way_of(story: Story, programme: Programme) -> way.Way:
    """The journey on the map of its programme's version."""
    skipped: dict[str, datetime] = {}
    for entry in story.timeline:
        if entry.type == "stage-skipped" and entry.stage:
            skipped[entry.stage] = entry.happened_at
    return way.way(programme, stages_of(story.turns), skipped, clock.now(), story.journey.ended_at is not None)


def _working_days(now: datetime, until: datetime, days: Days) -> int:
    return abs(calendar.working_days_between(local_day(now), local_day(until), days))


def _address(officer: Officer, story: Story, programme: Programme | None, owed: Owed) -> str | None:
    """Where the officer's own office does this stage, or decides on it."""
    if programme is None or owed.office != officer.office or owed.stage not in programme.stages:
        return None
    kind = kinds.DECISION if owed.is_decision else kinds.kind(programme.stages[owed.stage].does)
    service = kind.service
    open_turns = [
        turn
        for turn in story.turns
        if turn.stage == owed.stage and turn.closed_at is None and (turn.decides is not None) is owed.is_decision
    ]
    if not open_turns or not officer.has(*navigation.WORKERS) or service not in navigation.services_of(officer):
        return None
    return f"/{service}/{officer.agency}/referrals/{_latest(open_turns)}"


def _latest(turns: Sequence[StageTurn]) -> str:
    return str(max(turns, key=lambda each: each.offered_at).referral_id)
