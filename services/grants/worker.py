"""Grants as the bus knows it: wiring only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.grants.cooperative import work as cooperative
from services.grants.entitlements import commands as claims
from services.grants.entitlements import handlers as entitlements
from services.grants.funds import commands as money
from services.grants.funds import handlers as funds
from services.grants.goods import handlers
from services.grants.goods import work as goods
from services.grants.goods.commands import on_paper
from services.grants.groups import handlers as groups
from services.grants.zakat import work as zakat
from shared.anchors import handlers as anchors
from shared.anchors.jobs import anchor_looks
from shared.bus import Heard, Participant, Subscriber, batch
from shared.events import intake, referrals
from shared.machine.bells import renew_keys
from shared.outages.jobs import note_rings
from shared.persons import handlers as persons
from shared.programmes import kinds
from shared.referrals import handlers as worklist
from shared.referrals import jobs
from shared.referrals.work import by_kind
from shared.succession import handlers as succession
from shared.web.bells import forget_answers

WORKS = (*goods.WORKS, *zakat.WORKS, *cooperative.WORKS)


def hear_journeys_ended(session: Session, heard: Sequence[Heard[intake.JourneyEnded]]) -> None:
    """Let every slice hear of it; claims after the money, whose locks come first."""
    for hear in (handlers.hear_journeys_ended, entitlements.hear_journeys_ended):
        hear(session, heard)


def hear_stages_brought_in(session: Session, heard: Sequence[Heard[intake.StageBroughtIn]]) -> None:
    """Keep what was done on paper, and count the aid that was given so: for its fund, its goods and its people."""
    new = [each.event for each in worklist.bring_in(session, heard, works=by_kind(WORKS))]
    gave = []
    for told in new:
        paper = kinds.kind(told.does).on_paper
        if told.aid and paper.amount and paper.claimed_as:
            gave.append(claims.OnPaper(told, paper.claimed_as, int(told.facts[paper.amount]), told.aid))
    money.note_on_paper(
        session,
        [
            {
                "referral_id": each.told.referral_id,
                "journey_id": each.told.journey_id,
                "fund_id": each.told.settings["fund"],
                "amount": each.amount,
                "paid_on": each.told.done_on,
                "document": each.told.paper,
            }
            for each in gave
        ],
    )
    on_paper.bring_in(session, [each.told for each in gave if each.told.does == on_paper.KIND])
    claims.realise_on_paper(session, gave)


GRANTS = Subscriber(
    name="grants",
    hears={
        **entitlements.subscriber_hears(WORKS),
        intake.StageBroughtIn: batch(hear_stages_brought_in, concerned_only=True),
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
        **dict.fromkeys(
            (intake.OverrideAsked, intake.OverrideDecided),
            "A verification is no stage of ours.",
        ),
        **dict.fromkeys(referrals.ALL, "What becomes of intake's own stages moves no money."),
    },
)

PARTICIPANT = Participant(
    name="grants",
    subscribers=(GRANTS,),
    bells=(
        *jobs.bells("grants", WORKS),
        forget_answers("grants"),
        renew_keys("grants"),
        anchor_looks("grants"),
        note_rings("grants"),
    ),
)
