"""Training as the bus knows it: wiring only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.training.courses import work as courses
from services.training.markets import work as markets
from services.training.mentoring import handlers as mentors
from services.training.mentoring import work as mentoring
from services.training.placement import work as placement
from services.training.products import work as products
from shared.anchors import handlers as anchors
from shared.anchors.jobs import anchor_looks
from shared.bus import Heard, Participant, Subscriber, batch
from shared.events import intake, referrals
from shared.machine.bells import renew_keys
from shared.outages.jobs import note_rings
from shared.persons import handlers as persons
from shared.referrals import handlers, jobs, leaving
from shared.succession import handlers as succession
from shared.web.bells import forget_answers

WORKS = (*courses.WORKS, *mentoring.WORKS, *products.WORKS, *markets.WORKS, *placement.WORKS)


def hear_access_ended(session: Session, heard: Sequence[Heard[intake.AccessEnded]]) -> None:
    """Let the worklist and the cash books hear of it."""
    for hear in (leaving.hear_access_ended, mentors.hear_access_ended):
        hear(session, heard)


TRAINING = Subscriber(
    name="training",
    hears={
        **handlers.subscriber_hears(WORKS),
        **succession.HEARS,
        **persons.HEARS,
        **anchors.HEARS,
        intake.AccessEnded: batch(hear_access_ended),
    },
    declines={
        intake.JourneyOpened: "Training begins when a course is offered.",
        intake.JourneyEnded: "What she has learned stays learned; open offers are withdrawn one by one.",
        intake.StageSkipped: "What is not offered takes no place.",
        intake.StageStuck: "The leading office decides; a new offer would be heard.",
        intake.JourneyMoved: "What was offered stays as it was offered.",
        intake.DecisionOwed: "The leading office decides; a new offer would be heard.",
        **dict.fromkeys((intake.GroupCounted, intake.JourneyCounted), "Who is taught is written down at the course."),
        intake.GroupSplit: "The group that has set out goes on; a new one is heard of by its own journey.",
        **dict.fromkeys((intake.GroupFrozen, intake.GroupMended), "What is taught is no aid that a freeze stops."),
        **dict.fromkeys(
            (intake.OverrideAsked, intake.OverrideDecided),
            "A verification is intake's own stage; its completion is heard.",
        ),
        **dict.fromkeys(referrals.ALL, "What becomes of intake's own stages teaches nobody."),
    },
)

PARTICIPANT = Participant(
    name="training",
    subscribers=(TRAINING,),
    bells=(
        *jobs.bells("training", WORKS),
        forget_answers("training"),
        renew_keys("training"),
        note_rings("training"),
        anchor_looks("training"),
    ),
)
