"""Whether somebody is accountable for every open journey, with a clock, and has it in the list where she would look.

And whether she is there: what an office has is seen by its officers, in their areas, with the role that the work asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from services.intake.accounts import staffing
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from shared.programmes.kinds import DECISION
from shared.programmes.state import OUT, JourneyState, Standing
from shared.referrals.commands import WORKERS
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN
from shared.referrals.work import StageWork
from shared.storage import Database


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stage of an open journey that an office is accountable for, or the decision on one that came back."""

    journey_id: UUID
    stage: str
    office: str | None
    is_decision: bool = False

    def __str__(self) -> str:
        what = f"a decision on {self.stage}" if self.is_decision else self.stage
        return f"journey {self.journey_id} waits for {what} from {self.office}"


def findings(databases: Mapping[str, Database]) -> Iterator[tuple[UUID, str]]:
    """Where journeys and worklists disagree about who is accountable, by journey."""
    wanted: dict[str, Waiting] = {}
    with databases["intake"].reading() as session:
        for journey in _open_journeys(session):
            journey_id, state = journey.id, JourneyState.from_json(journey.state)
            if not state.standing(*OUT) and not state.is_stuck:
                yield journey_id, f"journey {journey_id} is open, and nobody is accountable for it"
            for name in state.standing(*OUT):
                stage = state.stages[name]
                wanted[str(stage.referral)] = Waiting(journey_id, name, stage.office)
            for name in state.standing(Standing.STUCK):
                wanted[f"decision on {state.stages[name].referral}"] = Waiting(
                    journey_id, name, journey.lead_office, is_decision=True
                )
    for service, base in databases.items():
        with base.reading() as session:
            for row in _open_referrals(session):
                waiting = wanted.pop(_which(row), None)
                if waiting is None:
                    what = f"{row.office} has {row.stage} of {row.journey_id} open in {service}, which nobody waits for"
                    yield row.journey_id, what
                elif (waiting.journey_id, waiting.stage, waiting.office) != (row.journey_id, row.stage, row.office):
                    yield row.journey_id, f"referral {row.id} in {service} is not the one that its journey waits for"
    for referral, waiting in wanted.items():
        yield waiting.journey_id, f"{waiting}, which has no referral {referral}"


def unseen(databases: Mapping[str, Database], works: Mapping[str, StageWork]) -> Iterator[str]:
    """What lies with offices at which no active account can open it, or do it once it is open."""
    with databases["intake"].reading() as session:
        staff = staffing.of_agencies(session)
    for service, base in databases.items():
        with base.reading() as session:
            asked = select(Referral.office, Referral.kind, Referral.area, func.count()).where(Referral.state.in_(OPEN))
            for office, kind, area, count in session.execute(
                asked.group_by(Referral.office, Referral.kind, Referral.area).order_by(Referral.office)
            ):
                for what, roles in (("open", WORKERS), ("do", works[kind].roles)):
                    if not staff.has(office, area, roles):
                        yield f"nobody at {office} can {what} {count} of {kind} in {area} ({service})"
                        break


def _open_journeys(session: Session) -> Iterator[Row[Any]]:
    rows = select(Journey.id, Journey.lead_office, Journey.state).where(Journey.status == JourneyStatus.OPEN)
    yield from session.execute(rows.execution_options(yield_per=5_000))


def _open_referrals(session: Session) -> Iterator[Row[Any]]:
    undone = Referral.settings["undone"].astext.label("undone")
    rows = select(Referral.id, Referral.kind, Referral.journey_id, Referral.stage, Referral.office, undone)
    yield from session.execute(rows.where(Referral.state.in_(OPEN)).execution_options(yield_per=5_000))


def _which(row: Row[Any]) -> str:
    return f"decision on {row.undone}" if row.kind == DECISION.name else str(row.id)
