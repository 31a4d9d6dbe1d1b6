"""What the leading office owes on a stage that came back, or lacks consent: a referral of its own, with its clock.

It lies in the office's worklist like the work of any stage, is reminded of and escalated like that, and is closed with
whatever decides it: on its own page, on the journey's, or by the journey going on without it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.intake.journeys.models import Journey
from shared.events.intake import DecisionOwed
from shared.events.referrals import ReferralWithdrawn
from shared.identity.officer import Officer
from shared.programmes.engine import CONSENT_REFUSED, CameBack
from shared.programmes.kinds import DECISION
from shared.programmes.state import JourneyState, StageState, Standing
from shared.referrals import announcing
from shared.referrals import commands as referrals
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN, Move, ReferralState
from shared.referrals.work import Completion
from shared.storage.arrays import among

IS_OWED = and_(Referral.kind == DECISION.name, Referral.state.in_(OPEN))
OFFERED_AGAIN, CONSENT_ANSWERED, SENT_BACK, ENDED = DECISION.outcomes
COPIED = (
    *("journey_id", "programme", "version", "stage", "attempt", "agency", "office", "sender_office", "area"),
    *("subject_kind", "subject_id", "remind_at", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Owed:
    """A decision as it is announced, and what the stages before reported: on that, too, it is taken."""

    event: DecisionOwed
    earlier: dict[str, Any]


def owe(session: Session, owed: Sequence[Owed], now: datetime) -> None:
    """Put decisions that were just announced into the worklists of their offices."""
    session.add_all(
        Referral(
            id=each.event.referral_id,
            kind=DECISION.name,
            state=ReferralState.OFFERED,
            offered_at=now,
            settings={"undone": str(each.event.undone), "why": each.event.why.value},
            earlier=each.earlier,
            **{name: getattr(each.event, name) for name in COPIED},
        )
        for each in owed
    )
    session.flush()


def hold(session: Session, journeys: Collection[UUID]) -> None:
    """Lock what is owed on journeys before these themselves: so does an officer who reports what she decided."""
    session.execute(
        select(Referral.id).where(among(Referral.journey_id, journeys), IS_OWED).order_by(Referral.id).with_for_update()
    )


def taken(before: JourneyState, after: JourneyState) -> dict[str, str]:
    """What was decided while a journey moved, by the referral that had come back."""
    return {
        stage.referral or "": _how(stage, after.stages[name], has_ended=after.ended is not None)
        for name, stage in before.stages.items()
        if stage.standing is Standing.STUCK and not _still_waits(stage, after.stages[name])
    }


def settle(
    session: Session,
    decided: Mapping[UUID, Mapping[str, str]],
    by: Officer | None,
    deciding: Collection[UUID] = (),
) -> None:
    """Close what was owed on stages of these journeys, but for the decisions that are about to be reported.

    By an officer of the leading office they are done, whoever handled them; where it was not its doing, they are no
    longer wanted.
    """
    concerned = [journey for journey, stages in decided.items() if stages]
    if not concerned:
        return
    asked = owed_on(concerned).order_by(Referral.id).with_for_update()
    found = session.scalars(asked, execution_options={"populate_existing": True}).all()
    open_now = [
        each for each in found if each.id not in deciding and each.settings["undone"] in decided[each.journey_id]
    ]
    hers = [each for each in open_now if by is not None and (each.agency, each.office) == (by.agency, by.office)]
    if by is not None and hers:
        ended = {each.id: Completion(decided[each.journey_id][each.settings["undone"]], {}) for each in hers}
        referrals.conclude_referrals(session, referrals.taken_on(session, by, hers), ended, signed_as=by.signs_as)
    rest = [each for each in open_now if each not in hers]
    announcing.announce_each(session, ReferralWithdrawn, referrals.close_undone(session, rest, Move.WITHDRAW))


def owed_on(journeys: Collection[UUID]) -> Select[Referral]:
    """The decisions that are owed on these journeys."""
    return select(Referral).where(among(Referral.journey_id, journeys), IS_OWED)


def without_owner(most: int) -> Select[UUID]:
    """Open journeys with a stage that waits for a decision which nobody owes: from before decisions were owed."""
    stage = func.jsonb_each(Journey.state["stages"]).table_valued("key", "value", joins_implicitly=True)
    said = cast(stage.c.value, JSONB)
    answered_for = (
        select(Referral.id)
        .where(
            Referral.journey_id == Journey.id, IS_OWED, Referral.settings["undone"].astext == said["referral"].astext
        )
        .correlate(Journey, stage)
        .exists()
    )
    return (
        select(Journey.id)
        .where(Journey.is_stuck, said["standing"].astext == Standing.STUCK.value, ~answered_for)
        .distinct()
        .limit(most)
    )


def _still_waits(before: StageState, after: StageState) -> bool:
    return after.standing is Standing.STUCK and after.referral == before.referral


def _how(before: StageState, after: StageState, *, has_ended: bool) -> str:
    if has_ended:
        return ENDED
    if before.why == CameBack.CONSENT_MISSING or after.why == CONSENT_REFUSED:
        return CONSENT_ANSWERED
    return SENT_BACK if after.standing is Standing.AGAIN else OFFERED_AGAIN
