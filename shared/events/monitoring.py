"""What monitoring announces besides its referrals: how the businesses do. Amounts in rupiah, causes as codes."""

from datetime import date, datetime
from uuid import UUID

from shared.events.envelope import Event, event


@event("visit-recorded", by="monitoring")
class VisitRecorded(Event):
    """An officer saw the business; `month` says which planned visit it was."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str
    number: int
    month: int
    due_on: date
    visited_on: date
    condition: str
    goods: str
    omzet: int
    profit: int
    cause: str | None = None


@event("graduation-signed", by="monitoring")
class GraduationSigned(Event):
    """One of the signatures on a journey's result was given; the last of them completes the stage."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str
    number: int
    needed: int
    verdict: str
    cause: str | None = None


@event("office-nudged", by="monitoring")
class OfficeNudged(Event):
    """A coordinator reminded the office that owes a stage; why, only the office and coordinators read."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str
    ask_id: UUID


@event("explanation-asked", by="monitoring")
class ExplanationAsked(Event):
    """A coordinator asked the office that owes a stage why it does not move; it owes an answer until `due_at`."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str
    ask_id: UUID
    due_at: datetime


@event("explanation-given", by="monitoring")
class ExplanationGiven(Event):
    """The office answered what a coordinator had asked."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str
    ask_id: UUID


@event("explanation-late", by="monitoring")
class ExplanationLate(Event):
    """The office did not answer in time what a coordinator had asked; she is told, and it owes the answer still."""

    journey_id: UUID
    referral_id: UUID
    stage: str
    agency: str
    office: str
    ask_id: UUID


@event("journey-flagged", by="monitoring")
class JourneyFlagged(Event):
    """A coordinator keeps an eye on a journey from now on."""

    journey_id: UUID
    agency: str
    office: str


@event("flag-lifted", by="monitoring")
class FlagLifted(Event):
    """A coordinator needs to keep an eye on a journey no longer."""

    journey_id: UUID
    agency: str
    office: str


@event("put-on-agenda", by="monitoring")
class PutOnAgenda(Event):
    """A coordinator has a journey discussed at the next meeting about its area and programme."""

    journey_id: UUID
    agency: str
    office: str


STEERED = (
    OfficeNudged,
    ExplanationAsked,
    ExplanationGiven,
    ExplanationLate,
    JourneyFlagged,
    FlagLifted,
    PutOnAgenda,
)
"""What a coordinator did about a journey, and what an office answered."""
