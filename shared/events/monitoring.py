"""What monitoring announces besides its referrals: how the businesses do. Amounts in rupiah, causes as codes."""

from datetime import date
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
