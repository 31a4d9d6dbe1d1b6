"""Journeys as the four services would announce them, for tests that hear them in every order."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.monitoring.flow import summing
from services.monitoring.worker import FIGURES
from shared.bus import Heard, delivery
from shared.events import grants, intake, monitoring, referrals
from shared.events.envelope import Event
from shared.kernel import ids
from shared.storage import Database

START = datetime(2023, 3, 1, 2, tzinfo=UTC)
PROGRAMME = "kube-kaltim-2023"


@dataclass
class Story:
    """What was announced, with the service that did and the moment."""

    heard: list[Heard[Any]] = field(default_factory=list)

    def tell(self, source: str, event: Event, at: datetime) -> Heard[Any]:
        position = 1 + sum(each.source == source for each in self.heard)
        event_id = str(ids.new_id())
        envelope = {
            "id": event_id,
            "source": source,
            "type": event.type_by(source),
            "subject": event.subject,
            "time": at.isoformat(),
            "traceid": event_id,
            "data": event.to_data(),
        }
        self.heard.append(Heard(event, source, FIGURES.name, position, envelope))
        return self.heard[-1]

    def shuffled(self, seed: int) -> list[Heard[Any]]:
        """The same events, in any order between the sources, but each source's in its own."""
        chance = random.Random(seed)
        queues = [[each for each in self.heard if each.source == source] for source in intake_first(self.heard)]
        mixed = []
        while any(queues):
            queue = chance.choice([each for each in queues if each])
            mixed.append(queue.pop(0))
        return mixed


def intake_first(heard: Iterable[Heard[Any]]) -> list[str]:
    return sorted({each.source for each in heard})


def hear(base: Database, heard: Sequence[Heard[Any]], *, at_once: int = 1) -> None:
    """Give events to the read model's handlers, so many at once as deliveries do, and sum."""
    with base.transaction() as session:
        for start in range(0, len(heard), at_once):
            for group in delivery.groups(FIGURES, heard[start : start + at_once]):
                hearing = FIGURES.hearing_of(group[0].envelope["type"])
                if hearing is not None:
                    hearing.run(session, group)
    summing.sum_up(base)


def journey(story: Story, *, at: datetime = START, area: str = "64.02.05.2001") -> UUID:
    journey_id = ids.new_id()
    story.tell(
        "intake",
        intake.JourneyOpened(
            journey_id=journey_id,
            programme=PROGRAMME,
            version=1,
            subject_kind=intake.SubjectKind.GROUP,
            subject_id=ids.new_id(),
            area=area,
            members=5,
            opened_on=at.date(),
            lead_office="dinsos-kaltim",
        ),
        at,
    )
    return journey_id


def offer(
    story: Story, journey_id: UUID, stage: str, at: datetime, *, days: int = 14, attempt: int = 1
) -> dict[str, Any]:
    """Offer a stage; returns what every event of its referral says."""
    about = {
        "journey_id": journey_id,
        "referral_id": ids.new_id(),
        "stage": stage,
        "agency": "dinsos",
        "office": "dinsos-kukar",
    }
    story.tell(
        "intake",
        intake.StageOffered(
            **about,
            programme=PROGRAMME,
            version=1,
            attempt=attempt,
            does="grants.goods-proposal",
            sender_office="dinsos-kaltim",
            area="64.02.05.2001",
            subject_kind=intake.SubjectKind.GROUP,
            subject_id=ids.new_id(),
            settings={},
            earlier={},
            remind_at=at + timedelta(days=days / 2),
            due_at=at + timedelta(days=days),
        ),
        at,
    )
    return about


def complete(story: Story, service: str, about: dict[str, Any], outcome: str, at: datetime) -> None:
    story.tell(service, referrals.ReferralOpened(**about), at - timedelta(hours=3))
    story.tell(service, referrals.ReferralAccepted(**about), at - timedelta(hours=2))
    story.tell(service, referrals.ReferralCompleted(**about, outcome=outcome, facts={}), at)


def owe(story: Story, undone: dict[str, Any], at: datetime, *, days: int = 7) -> dict[str, Any]:
    """Let the leading office owe a decision on a stage that came back; returns what every event of it says."""
    lead = {"agency": "dinsos", "office": "dinsos-kaltim"}
    about = {"journey_id": undone["journey_id"], "referral_id": ids.new_id(), "stage": undone["stage"], **lead}
    story.tell(
        "intake",
        intake.DecisionOwed(
            **about,
            undone=undone["referral_id"],
            why=intake.StuckBecause.UNANSWERED,
            programme=PROGRAMME,
            version=1,
            attempt=1,
            sender_office=undone["office"],
            area="64.02.05.2001",
            subject_kind=intake.SubjectKind.GROUP,
            subject_id=ids.new_id(),
            remind_at=at + timedelta(days=days / 2),
            due_at=at + timedelta(days=days),
        ),
        at,
    )
    return about


def decide(story: Story, undone: dict[str, Any], owed_at: datetime, at: datetime) -> dict[str, Any]:
    """Let the leading office decide that a stage which came back is offered again."""
    about = owe(story, undone, owed_at)
    complete(story, "intake", about, "offered-again", at)
    return about


def whole_journey() -> Story:
    """A group from formation to graduation, with a second chance, a skipped stage, a stuck one and its money."""
    story = Story()
    day = timedelta(days=1)
    story.tell(
        "grants",
        grants.FundOpened(
            fund_id="apbd-kaltim-2023-kube",
            title="APBD",
            source="apbd",
            owner_office="dinsos-kaltim",
            budget_year=2023,
            ceiling=600_000_000,
        ),
        START,
    )
    one = journey(story)
    story.tell("intake", intake.JourneyCounted(journey_id=one, members=6), START + 2 * day)
    complete(story, "intake", offer(story, one, "formation", START), "formed", START + 3 * day)
    story.tell("intake", intake.JourneyCounted(journey_id=one, members=5), START + 4 * day)
    complete(story, "grants", offer(story, one, "proposal", START + 3 * day), "submitted", START + 5 * day)
    complete(story, "intake", offer(story, one, "file_check", START + 5 * day), "mend", START + 6 * day)
    complete(story, "grants", offer(story, one, "proposal", START + 6 * day, attempt=2), "submitted", START + 9 * day)
    silent = offer(story, one, "file_check", START + 9 * day, attempt=2)
    story.tell("intake", referrals.ReferralReminded(**silent), START + 16 * day)
    story.tell("intake", referrals.ReferralEscalated(**silent), START + 23 * day)
    story.tell("intake", referrals.ReferralUnanswered(**silent), START + 33 * day)
    story.tell(
        "intake",
        intake.StageStuck(
            journey_id=one,
            referral_id=silent["referral_id"],
            stage="file_check",
            why=intake.StuckBecause.UNANSWERED,
            accountable_office="dinsos-kaltim",
        ),
        START + 33 * day,
    )
    decide(story, silent, START + 33 * day, START + 34 * day)
    complete(
        story, "intake", offer(story, one, "file_check", START + 34 * day, attempt=3), "eligible", START + 36 * day
    )
    story.tell("intake", intake.StageSkipped(journey_id=one, stage="briefing"), START + 36 * day)
    hand_over = offer(story, one, "hand_over", START + 36 * day)
    story.tell("grants", moved(committed=15_000_000), START + 37 * day)
    complete(story, "grants", hand_over, "as-agreed", START + 40 * day)
    story.tell("grants", moved(realised=15_000_000), START + 40 * day)
    visits = offer(story, one, "monitoring", START + 40 * day, days=390)
    story.tell(
        "monitoring",
        monitoring.VisitRecorded(
            **visits,
            number=1,
            month=3,
            due_on=(START + 130 * day).date(),
            visited_on=(START + 128 * day).date(),
            condition="growing",
            goods="in-use",
            omzet=2_000_000,
            profit=500_000,
        ),
        START + 128 * day,
    )
    complete(story, "monitoring", visits, "growing", START + 400 * day)
    story.tell(
        "intake",
        intake.JourneyEnded(
            journey_id=one, outcome=intake.JourneyOutcome.GRADUATED, ended_on=(START + 400 * day).date()
        ),
        START + 400 * day,
    )
    return story


def moved(**amounts: int) -> grants.FundMoved:
    stands = {"reserved": 0, "committed": 0, "realised": 0, "returned": 0, **amounts}
    return grants.FundMoved(fund_id="apbd-kaltim-2023-kube", ceiling=600_000_000, moves={}, closed=False, **stands)
