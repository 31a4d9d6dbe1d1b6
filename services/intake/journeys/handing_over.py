"""What becomes of journeys whose office was handed over: its successor leads them, or has their open stages."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from services.intake.journeys import decisions
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from shared.bus import Announcement, Heard, announce_all
from shared.events.intake import JourneyHandedOver, OfficeHandedOver
from shared.programmes.state import OPEN, OUT, JourneyState
from shared.succession.handlers import hand_over

STAGE_OF = cast("$.stages.*.office ? (@ == $office)", JSONPATH)


def hear_offices_handed_over(session: Session, heard: Sequence[Heard[OfficeHandedOver]]) -> None:
    """Let these offices' successors lead their journeys and have their open stages, and tell of each such journey."""
    for each in heard:
        told = hand_journeys_over(session, each.event.office, each.event.successor)
        hand_over(session, each.event.office, each.event.successor)
        announce_all(session, [Announcement(event, cause=each) for event in told])


def had_a_stage(office: str) -> ColumnElement[bool]:
    """The journeys of which an office has, or had, a stage."""
    return func.jsonb_path_exists(Journey.state, STAGE_OF, func.jsonb_build_object("office", literal(office)))


def hand_journeys_over(session: Session, office: str, successor: str) -> list[JourneyHandedOver]:
    """Change whom open journeys wait for; gives what is to be told of each one that this office led or worked on."""
    rows = session.execute(
        select(Journey.id, Journey.lead_office, Journey.state)
        .where(
            Journey.status == JourneyStatus.OPEN,
            or_(
                Journey.lead_office == office,
                had_a_stage(office),
            ),
        )
        .order_by(Journey.id)
        .with_for_update()
    ).all()
    owed: dict[UUID, list[UUID]] = {}
    for each in session.scalars(decisions.owed_on([row.id for row in rows])):
        owed.setdefault(each.journey_id, []).append(each.id)
    changed, told = [], []
    for row in rows:
        state = JourneyState.from_json(row.state)
        its_own = [name for name in state.standing(*OUT) if state.stages[name].office == office]
        if row.lead_office != office and not its_own:
            continue
        waiting = [state.stages[name].referral for name in state.standing(*OPEN)]
        for name in its_own:
            state = state.with_stage(name, office=successor)
        lead = successor if row.lead_office == office else row.lead_office
        changed.append({"id": row.id, "state": state.to_json(), "lead_office": lead})
        told.append(
            JourneyHandedOver(
                journey_id=row.id,
                office=office,
                successor=successor,
                referrals=[*(UUID(referral) for referral in waiting if referral), *owed.get(row.id, ())],
            )
        )
    if changed:
        session.execute(update(Journey), changed)
    return told
