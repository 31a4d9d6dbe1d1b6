"""Which event moves which figure. Whatever belongs to a journey also becomes a line of its story.

A delivery is written down as a whole: a statement for each kind of figure, whatever the types of its events and however
many of them tell of one journey.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.monitoring.flow import commands
from shared.bus import Heard, together
from shared.bus.subscribers import Hearing
from shared.events import grants, intake, monitoring, referrals
from shared.events.envelope import Event
from shared.persons import handlers as persons
from shared.persons import queries as known
from shared.referrals import handed_on

Note = Callable[[Session, Sequence[Heard[Any]]], None]

COUNTED: Mapping[type[Event], tuple[Note, ...]] = {
    intake.JourneyOpened: (commands.open_journeys,),
    intake.JourneyCounted: (commands.count_members,),
    intake.JourneyMoved: (commands.move_journeys,),
    intake.JourneyEnded: (commands.end_journeys,),
    intake.StageOffered: (commands.offer_stages,),
    intake.StageBroughtIn: (commands.bring_in_stages,),
    intake.StageStuck: (commands.stick_stages, commands.await_consent),
    intake.DecisionOwed: (commands.owe_decisions,),
    intake.StageRescheduled: (commands.reschedule_stages,),
    intake.StageWithdrawn: (commands.call_off_stages,),
    intake.StageSkipped: (commands.skip_stages,),
    intake.JourneyHandedOver: (commands.hand_journeys_over,),
    referrals.ReferralAccepted: (commands.follow_referrals,),
    referrals.ReferralReassigned: (handed_on.hear_reassigned,),
    referrals.ReferralCompleted: (commands.follow_referrals,),
    referrals.ReferralDeclined: (commands.follow_referrals,),
    referrals.ReferralReturned: (commands.follow_referrals,),
    referrals.ReferralWithdrawn: (commands.follow_referrals,),
    referrals.ReferralUnanswered: (commands.follow_referrals,),
    monitoring.VisitRecorded: (commands.note_visits,),
}
"""What is noted of an event after which its journey is summed, in the order in which a delivery is noted: what changes
a row comes after what makes it. What an officer did is here even where no tally counts it: the summing notes what each
office last did."""

TOLD: Mapping[type[Event], tuple[Note, ...]] = {
    intake.ConsentWithdrawn: (),
    referrals.ReferralOpened: (commands.follow_referrals,),
    referrals.ReferralReminded: (commands.follow_referrals,),
    referrals.ReferralEscalated: (commands.follow_referrals,),
    grants.GoodsHandedOver: (),
    grants.CommitmentFreed: (),
    grants.GoodsDivided: (),
    monitoring.GraduationSigned: (),
    **dict.fromkeys(monitoring.STEERED, ()),
}
"""What is noted of an event that no tally counts."""

MEANING = {**COUNTED, **TOLD}
IN_TURN = tuple(dict.fromkeys(note for notes in MEANING.values() for note in notes))


def hear(session: Session, heard: Sequence[Heard[Any]]) -> None:
    """Note what events mean, add their lines to the stories of their journeys, and have those summed that count."""
    noted: dict[Note, list[Heard[Any]]] = {note: [] for note in IN_TURN}
    for each in heard:
        for note in MEANING[type(each.event)]:
            noted[note].append(each)
    for note, concerned in noted.items():
        if concerned:
            note(session, concerned)
    commands.tell_what_counts(session, [each for each in heard if type(each.event) in COUNTED])
    commands.tell_timeline(session, [each for each in heard if type(each.event) in TOLD])


def hear_whose_records(session: Session, heard: Sequence[Heard[Any]]) -> None:
    """Know which records are one person, and have her journeys summed anew: she counts once."""
    records = {each.event.record_id for each in heard}
    records |= {each.event.person_id for each in heard if isinstance(each.event, intake.PersonsMerged)}
    before = known.records_of(session, records)
    persons.hear_persons_merged(session, [each for each in heard if isinstance(each.event, intake.PersonsMerged)])
    persons.hear_persons_parted(session, [each for each in heard if isinstance(each.event, intake.PersonsParted)])
    commands.touch_of_subjects(session, {*records, *before})


HEARS: Mapping[type[Event], Hearing] = {**together(hear, MEANING), **together(hear_whose_records, persons.HEARS)}
