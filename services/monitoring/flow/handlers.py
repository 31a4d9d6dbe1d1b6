"""Which event moves which figure. Whatever belongs to a journey also becomes a line of its story."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from services.monitoring.flow import commands
from shared.bus import Heard, batch
from shared.bus.subscribers import Hearing
from shared.events import grants, intake, monitoring, referrals
from shared.events.envelope import Event

Note = Callable[[Session, Sequence[Heard[Any]]], None]


def told(*notes: Note) -> Hearing:
    """A handler that writes the timeline and whatever else the event means."""

    def hear(session: Session, heard: Sequence[Heard[Any]]) -> None:
        for note in (commands.tell_timeline, *notes):
            note(session, heard)

    return batch(hear)


def step(at: str, closed_as: str | None = None) -> Hearing:
    """A handler of an event that moves a referral on."""
    return told(partial(commands.follow_referrals, at=at, closed_as=closed_as))


HEARS: Mapping[type[Event], Hearing] = {
    intake.JourneyOpened: told(commands.open_journeys),
    intake.JourneyEnded: told(commands.end_journeys),
    intake.StageOffered: told(commands.offer_stages),
    intake.StageSkipped: told(commands.skip_stages),
    intake.StageWithdrawn: told(commands.call_off_stages),
    intake.StageStuck: told(commands.stick_stages, commands.await_consent),
    intake.ConsentWithdrawn: told(),
    referrals.ReferralOpened: step("opened_at"),
    referrals.ReferralAccepted: step("accepted_at"),
    referrals.ReferralReassigned: told(),
    referrals.ReferralReminded: step("reminded_at"),
    referrals.ReferralEscalated: step("escalated_at"),
    referrals.ReferralCompleted: step("closed_at", "completed"),
    referrals.ReferralDeclined: step("closed_at", "declined"),
    referrals.ReferralReturned: step("closed_at", "returned"),
    referrals.ReferralWithdrawn: step("closed_at", "withdrawn"),
    referrals.ReferralUnanswered: step("closed_at", "unanswered"),
    grants.GoodsHandedOver: told(),
    grants.CommitmentFreed: told(),
    monitoring.VisitRecorded: told(commands.note_visits),
    monitoring.GraduationSigned: told(),
}
