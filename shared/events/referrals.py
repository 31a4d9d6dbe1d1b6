"""What becomes of a referral, announced by whichever service runs the stage."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from shared.events.envelope import Event, event

STAGE_SERVICES = ("intake", "grants", "training", "monitoring")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralEvent(Event):
    """What every event of a referral says: which one, and who is accountable for it."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str


@event("referral-opened", by=STAGE_SERVICES)
class ReferralOpened(ReferralEvent):
    """An officer looked at the referral for the first time."""


@event("referral-accepted", by=STAGE_SERVICES)
class ReferralAccepted(ReferralEvent):
    """The office took the referral on."""


@event("referral-reassigned", by=STAGE_SERVICES)
class ReferralReassignedV1(ReferralEvent):
    """Another officer of the same office handles the referral from now on: she took it over or was given it."""

    handled_by: UUID


@event("referral-reassigned", by=STAGE_SERVICES, version=2, follows=ReferralReassignedV1)
class ReferralReassigned(ReferralEvent):
    """An officer let another of the same office handle the referral from then on, or took it over herself.

    Nobody handled it before where whoever did had left. Who did it is not known of what was handed on before this was
    told. The parts sealed for intake and monitoring, which show it, hold `names`, by field.
    """

    handed_to: UUID
    handed_at: datetime
    handed_by: UUID | None = None
    handed_from: UUID | None = None

    @classmethod
    def upcast(cls, earlier: ReferralReassignedV1, time: datetime) -> Self:
        """The first version told to whom, and no more."""
        return cls(
            journey_id=earlier.journey_id,
            referral_id=earlier.referral_id,
            stage=earlier.stage,
            agency=earlier.agency,
            office=earlier.office,
            handed_to=earlier.handled_by,
            handed_at=time,
        )


@event("referral-completed", by=STAGE_SERVICES)
class ReferralCompleted(ReferralEvent):
    """The stage is done: its outcome, and the facts that its kind reports.

    The part sealed for intake, where there is one, holds `findings`: what was found in words or line by line, by the
    names that the kind gives them.
    """

    outcome: str
    facts: dict[str, Any]


@event("referral-declined", by=STAGE_SERVICES)
class ReferralDeclined(ReferralEvent):
    """The office refused, with a reason and a suggestion of what next; the explanation is sealed for intake."""

    reason: str
    suggestion: str


@event("referral-returned", by=STAGE_SERVICES)
class ReferralReturned(ReferralEvent):
    """The office had accepted and gives the referral back; the explanation is sealed for intake."""

    reason: str
    suggestion: str


@event("referral-withdrawn", by=STAGE_SERVICES)
class ReferralWithdrawn(ReferralEvent):
    """The service heard that the referral is no longer wanted and has closed it."""


@event("referral-reminded", by=STAGE_SERVICES)
class ReferralReminded(ReferralEvent):
    """Half of the time is gone and the referral is still open."""


@event("referral-escalated", by=STAGE_SERVICES)
class ReferralEscalated(ReferralEvent):
    """The referral is past its due date; the coordinator is told."""


@event("referral-unanswered", by=STAGE_SERVICES)
class ReferralUnanswered(ReferralEvent):
    """Nobody took the referral on within its limit; it goes back to the sender."""


@event("particulars-missing", by=STAGE_SERVICES)
class ParticularsMissing(ReferralEvent):
    """The service holds a referral whose shared fields it no longer has, and asks for them again."""


ALL = (
    ReferralOpened,
    ReferralAccepted,
    ReferralReassigned,
    ReferralCompleted,
    ReferralDeclined,
    ReferralReturned,
    ReferralWithdrawn,
    ReferralReminded,
    ReferralEscalated,
    ReferralUnanswered,
    ParticularsMissing,
)
"""Every event of a referral, for those who decide about all of them in one line."""
