"""Grants as the bus knows it: wiring only."""

from services.grants.goods import handlers
from services.grants.goods.work import WORKS
from shared.bus import Participant, Subscriber, batch
from shared.events import intake, referrals
from shared.referrals import handlers as worklist
from shared.referrals import jobs
from shared.web.bells import forget_answers

GRANTS = Subscriber(
    name="grants",
    hears={**worklist.subscriber_hears(WORKS), intake.JourneyEnded: batch(handlers.hear_journeys_ended)},
    declines={
        intake.JourneyOpened: "A grant begins when its proposal is offered, not when the journey does.",
        intake.StageSkipped: "What is not offered holds no money.",
        intake.StageStuck: "The leading office decides; a new offer would be heard, and so would the end.",
        **dict.fromkeys(referrals.ALL, "What becomes of intake's own stages moves no money."),
    },
)

PARTICIPANT = Participant(
    name="grants", subscribers=(GRANTS,), bells=(*jobs.bells("grants", WORKS), forget_answers("grants"))
)
