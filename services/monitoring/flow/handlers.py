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
    """A handler that writes the timeline and whatever else the event means, of an event that no tally counts."""
    return _each_in_turn(commands.tell_timeline, *notes)


def counts(*notes: Note) -> Hearing:
    """A handler that writes the timeline and what the event means, and has its journeys summed.

    So is what an officer did though no tally counts it: the summing notes what each office last did.
    """
    return _each_in_turn(*notes, commands.tell_what_counts)


def step(at: str) -> Note:
    """What is noted of an event that moves a referral on."""
    return partial(commands.follow_referrals, at=at)


def closing(closed_as: str) -> Hearing:
    """A handler of an event that closes a referral."""
    return counts(partial(commands.follow_referrals, at="closed_at", closed_as=closed_as))


def _each_in_turn(*notes: Note) -> Hearing:
    def hear(session: Session, heard: Sequence[Heard[Any]]) -> None:
        for note in notes:
            note(session, heard)

    return batch(hear)


HEARS: Mapping[type[Event], Hearing] = {
    intake.JourneyOpened: counts(commands.open_journeys),
    intake.JourneyCounted: counts(commands.count_members),
    intake.JourneyEnded: counts(commands.end_journeys),
    intake.StageOffered: counts(commands.offer_stages),
    intake.StageSkipped: counts(commands.skip_stages),
    intake.StageWithdrawn: counts(commands.call_off_stages),
    intake.StageStuck: counts(commands.stick_stages, commands.await_consent),
    intake.ConsentWithdrawn: told(),
    referrals.ReferralOpened: told(step("opened_at")),
    referrals.ReferralAccepted: counts(step("accepted_at")),
    referrals.ReferralReassigned: counts(),
    referrals.ReferralReminded: told(step("reminded_at")),
    referrals.ReferralEscalated: told(step("escalated_at")),
    referrals.ReferralCompleted: closing("completed"),
    referrals.ReferralDeclined: closing("declined"),
    referrals.ReferralReturned: closing("returned"),
    referrals.ReferralWithdrawn: closing("withdrawn"),
    referrals.ReferralUnanswered: closing("unanswered"),
    grants.GoodsHandedOver: told(),
    grants.CommitmentFreed: told(),
    grants.GoodsDivided: told(),
    monitoring.VisitRecorded: counts(commands.note_visits),
    monitoring.GraduationSigned: told(),
}
