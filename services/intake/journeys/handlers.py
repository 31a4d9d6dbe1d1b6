"""What intake hears of the stages it offered, from whichever service runs them, and of its own groups.

A whole batch moves at once.

Heard twice, or after the journey has gone on, a referral's event changes nothing: the engine looks at the referral that
the stage waits for. So the order between services does not matter, and neither does a replay.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.groups import queries as groups
from services.intake.journeys import commands, handing_over, moves, particulars, publishing
from services.intake.journeys.models import CameBack, Journey
from services.intake.journeys.moves import Move, Moved
from services.intake.journeys.rules import JourneyStatus
from shared.bus import Announcement, Heard, announce_all, batch, together
from shared.bus.subscribers import Hearing
from shared.events import intake, referrals
from shared.events.envelope import Event
from shared.events.intake import GroupCounted, JourneyCounted, ParticularsShared, StuckBecause
from shared.events.referrals import (
    ParticularsMissing,
    ReferralAccepted,
    ReferralCompleted,
    ReferralDeclined,
    ReferralEvent,
    ReferralOpened,
    ReferralReturned,
    ReferralUnanswered,
)
from shared.programmes import engine
from shared.programmes.state import OUT, JourneyState
from shared.referrals import handed_on
from shared.storage.arrays import among

HAPPENINGS: Mapping[type[Event], Callable[[Any], engine.Happening]] = {
    ReferralOpened: lambda e: engine.Opened(e.stage, e.referral_id),
    ReferralAccepted: lambda e: engine.Accepted(e.stage, e.referral_id),
    ReferralCompleted: lambda e: engine.Completed(e.stage, e.referral_id, e.outcome, e.facts),
    ReferralDeclined: lambda e: engine.Undone(e.stage, e.referral_id, engine.CameBack.DECLINED),
    ReferralReturned: lambda e: engine.Undone(e.stage, e.referral_id, engine.CameBack.RETURNED),
    ReferralUnanswered: lambda e: engine.Undone(e.stage, e.referral_id, engine.CameBack.UNANSWERED),
}


def hear_referrals(session: Session, heard: Sequence[Heard[Any]]) -> None:
    """Move the journeys on whose stages this tells of; what came back is kept with what its office said."""
    done = moves.carry(session, [Move(each.event.journey_id, moves.by(_happening(each.event)), each) for each in heard])
    _keep_what_came_back(session, done)
    commands.open_spawned(session, done.spawned)


def hear_particulars_missing(session: Session, heard: Sequence[Heard[ParticularsMissing]]) -> None:
    """Seal the shared fields anew for a service that lost them, as long as the stage still waits for that office."""
    rows = session.execute(
        select(Journey.id, Journey.programme, Journey.version, Journey.subject_kind, Journey.subject_id, Journey.state)
        .where(among(Journey.id, {each.event.journey_id for each in heard}))
        .order_by(Journey.id)
        .with_for_update()
    )
    journeys = {row.id: row for row in rows}
    programmes = publishing.published(session, {(row.programme, row.version) for row in journeys.values()})
    asked, waiting = [], []
    for each in heard:
        row = journeys.get(each.event.journey_id)
        if row is None:
            continue
        state = JourneyState.from_json(row.state)
        if not _waits_for(state, each.event):
            continue
        programme = programmes[row.programme, row.version]
        stage = programme.stages[each.event.stage]
        asked.append(particulars.asked(programme, stage, row.subject_kind, row.subject_id, row.id, state))
        waiting.append(each)
    announce_all(
        session,
        [
            Announcement(
                ParticularsShared(journey_id=each.event.journey_id, referral_id=each.event.referral_id),
                {each.source: part},
                each,
            )
            for each, part in zip(waiting, particulars.parts(session, asked), strict=True)
        ],
    )


def hear_groups_counted(session: Session, heard: Sequence[Heard[GroupCounted]]) -> None:
    """Tell of the open journeys of groups whose members were counted how many these are now.

    Of now, not of the event: heard late or twice it says the same. A journey that is over keeps those whom it had.
    """
    causes = {each.event.group_id: each for each in heard}
    rows = session.execute(
        select(Journey.id, Journey.subject_id)
        .where(among(Journey.subject_id, set(causes)), Journey.status == JourneyStatus.OPEN)
        .order_by(Journey.id)
        .with_for_update()
    ).all()
    sizes = groups.sizes_of(session, {row.subject_id for row in rows})
    announce_all(
        session,
        [
            Announcement(JourneyCounted(journey_id=row.id, members=sizes[row.subject_id]), cause=causes[row.subject_id])
            for row in rows
        ],
    )


HEARS: Mapping[type[Event], Hearing] = {
    **together(hear_referrals, HAPPENINGS),
    ParticularsMissing: batch(hear_particulars_missing),
    GroupCounted: batch(hear_groups_counted),
    referrals.ReferralReassigned: batch(handed_on.hear_reassigned),
    intake.OfficeHandedOver: batch(handing_over.hear_offices_handed_over),
}
"""The part of intake's table of handlers that keeps journeys going."""

DECLINES: Mapping[type[Event], str] = {
    intake.JourneyOpened: "Said by ourselves when it was done.",
    intake.StageSkipped: "Said by ourselves when it was done.",
    intake.StageStuck: "Said by ourselves when it was done.",
    intake.JourneyMoved: "Said by ourselves when it was done.",
    intake.DecisionOwed: "Put into the office's worklist when it was announced.",
    intake.JourneyEnded: "Said by ourselves when it was done.",
    intake.JourneyCounted: "Said by ourselves when it was done.",
    referrals.ReferralWithdrawn: "The journey stopped waiting when it took the offer back.",
    referrals.ReferralReminded: "The office was reminded; nothing about the journey changes.",
    referrals.ReferralEscalated: "The coordinator was told; the office is still accountable.",
}
"""What journeys need not hear of intake's own log and of referrals."""


def _happening(event: ReferralEvent) -> engine.Happening:
    return HAPPENINGS[type(event)](event)


def _waits_for(journey: JourneyState, event: ParticularsMissing) -> bool:
    stage = journey.stages.get(event.stage)
    return stage is not None and stage.standing in OUT and stage.referral == str(event.referral_id)


def _keep_what_came_back(session: Session, done: Moved) -> None:
    rows = []
    for journey_id, stuck, office, cause in done.stuck:
        sealed = (cause.sealed if cause else None) or {}
        event = cause.event if cause else None
        rows.append(
            {
                "referral_id": stuck.referral_id,
                "journey_id": journey_id,
                "stage": stuck.stage,
                "office": office,
                "why": StuckBecause(stuck.why.value),
                "reason": getattr(event, "reason", None),
                "suggestion": getattr(event, "suggestion", None),
                "explanation": sealed.get("explanation"),
                "at": cause.time if cause else None,
            }
        )
    if rows:
        session.execute(insert(CameBack).on_conflict_do_nothing(), rows)
