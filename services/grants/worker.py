"""Grants as the bus knows it: wiring only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.grants.cooperative import work as cooperative
from services.grants.entitlements import handlers as entitlements
from services.grants.funds import handlers as funds
from services.grants.goods import handlers
from services.grants.goods import work as goods
from services.grants.groups import handlers as groups
from services.grants.zakat import work as zakat
from shared.anchors import handlers as anchors
from shared.anchors.jobs import anchor_looks
from shared.bus import Heard, Participant, Subscriber, batch
from shared.events import intake, referrals
from shared.machine.bells import renew_keys
from shared.persons import handlers as persons
from shared.referrals import jobs
from shared.succession import handlers as succession
from shared.web.bells import forget_answers

WORKS = (*goods.WORKS, *zakat.WORKS, *cooperative.WORKS)


def hear_journeys_ended(session: Session, heard: Sequence[Heard[intake.JourneyEnded]]) -> None:
    """Let every slice hear of it; claims after the money, whose locks come first."""
    for hear in (handlers.hear_journeys_ended, entitlements.hear_journeys_ended):
        hear(session, heard)


GRANTS = Subscriber(
    name="grants",
    hears={
        **entitlements.subscriber_hears(WORKS),
        **groups.HEARS,
        **succession.HEARS,
        **persons.HEARS,
        **anchors.HEARS,
        **funds.HEARS,
        intake.JourneyEnded: batch(hear_journeys_ended),
    },
    declines={
        intake.JourneyOpened: "A grant begins when its proposal is offered, not when the journey does.",
        intake.StageSkipped: "What is not offered holds no money.",
        **dict.fromkeys((intake.GroupCounted, intake.JourneyCounted), "Whom aid is for is told with each offer."),
        intake.StageStuck: "The leading office decides; a new offer would be heard, and so would the end.",
        intake.JourneyMoved: "What was offered stays as it was offered.",
        intake.DecisionOwed: "The leading office decides; a new offer would be heard.",
        **dict.fromkeys(referrals.ALL, "What becomes of intake's own stages moves no money."),
    },
)

PARTICIPANT = Participant(
    name="grants",
    subscribers=(GRANTS,),
    bells=(*jobs.bells("grants", WORKS), forget_answers("grants"), renew_keys("grants"), anchor_looks("grants")),
)
