"""Monitoring as the bus knows it: the service with its own stages, and its read model, a subscriber of its own."""

from sqlalchemy.orm import Session

from services.monitoring import recounting
from services.monitoring.flow import commands as flow
from services.monitoring.flow import handlers as flow_handlers
from services.monitoring.flow import jobs as flow_jobs
from services.monitoring.flow import summing
from services.monitoring.heard import telling
from services.monitoring.meetings.jobs import end_tasks
from services.monitoring.meetings.work import Discussion
from services.monitoring.money import commands as money
from services.monitoring.money import handlers as money_handlers
from services.monitoring.outcomes.work import Graduation
from services.monitoring.steering.jobs import escalate_explanations
from services.monitoring.visits.work import Visits
from shared.anchors import handlers as anchors
from shared.anchors.jobs import anchor_looks
from shared.bus import Participant, Subscriber
from shared.bus.subscribers import batch
from shared.events import intake, referrals
from shared.events.anchors import AccessLogAnchored, SealedLogAnchored
from shared.machine.bells import renew_keys
from shared.outages.jobs import note_rings
from shared.referrals import handlers as worklist
from shared.referrals import jobs
from shared.succession import handlers as succession
from shared.web.bells import forget_answers

WORKS = (Visits(), Graduation(), Discussion())


def reset(session: Session) -> None:
    """Empty the read model, so that it can be told everything again; meetings and tasks are no part of it."""
    flow.reset(session)
    money.reset(session)


MONITORING = Subscriber(
    name="monitoring",
    hears={
        **worklist.subscriber_hears(WORKS),
        **succession.HEARS,
        **anchors.HEARS,
        intake.CalendarChanged: batch(recounting.hear_calendars_changed),
    },
    declines={
        intake.JourneyOpened: "A journey concerns the worklist only once one of its stages is offered.",
        intake.StageSkipped: "What is not offered is no work.",
        intake.StageStuck: "The leading office decides; a new offer would be heard.",
        intake.JourneyMoved: "What was offered stays as it was offered.",
        intake.DecisionOwed: "The leading office decides; a new offer would be heard.",
        intake.JourneyEnded: "What is still open is withdrawn by an event of its own.",
        **dict.fromkeys((intake.GroupCounted, intake.JourneyCounted), "A visit is a group's, however many they are."),
        intake.GroupSplit: "The group that has set out is visited on; a new one is heard of by its own journey.",
        **dict.fromkeys((intake.GroupFrozen, intake.GroupMended), "A frozen group is visited like any other."),
        **dict.fromkeys((intake.PersonsMerged, intake.PersonsParted), "The figures keep it, for the whole service."),
        **dict.fromkeys(
            (intake.OverrideAsked, intake.OverrideDecided),
            "A verification is no stage of ours.",
        ),
        **dict.fromkeys(referrals.ALL, "What becomes of intake's own stages is no work of monitoring's."),
    },
)

FIGURES = Subscriber(
    name="monitoring.figures",
    hears=telling({**flow_handlers.HEARS, **money_handlers.HEARS}),
    declines={
        intake.ParticularsShared: "A transport matter between two services: nothing happened to the journey.",
        intake.ParticularsCorrected: "Figures hold no particulars: nothing of what is counted was wrong.",
        intake.OfficeHandedOver: "Figures are of journeys and funds; each of these says so for itself.",
        **dict.fromkeys((intake.AccessEnded, intake.LeaveNoted), "Figures know no officers."),
        **dict.fromkeys(
            (intake.OverrideAsked, intake.OverrideDecided), "The verification's own completion says how it ended."
        ),
        intake.CalendarChanged: "Stages that are counted anew say so for themselves.",
        AccessLogAnchored: "Kept by the service itself: figures are of journeys.",
        SealedLogAnchored: "Kept by the service itself: figures are of journeys.",
        intake.GroupCounted: "Figures are of journeys; each of these says so for itself.",
        intake.GroupSplit: "Figures are of journeys, and these stay with the group that has set out.",
        **dict.fromkeys((intake.GroupFrozen, intake.GroupMended), "Figures are of journeys, and these go on."),
        referrals.ParticularsMissing: "A transport matter between two services: nothing happened to the journey.",
    },
    reset=reset,
    settles=summing.sum_soon,
)

PARTICIPANT = Participant(
    name="monitoring",
    subscribers=(MONITORING, FIGURES),
    bells=(
        *jobs.bells("monitoring", WORKS),
        forget_answers("monitoring"),
        renew_keys("monitoring"),
        note_rings("monitoring"),
        anchor_looks("monitoring"),
        *flow_jobs.BELLS,
        end_tasks,
        escalate_explanations,
    ),
)
