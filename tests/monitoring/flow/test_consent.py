"""A stage that waits for consent stands on the map under the leading office, until it is offered or skipped."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.monitoring.flow import queries
from services.monitoring.flow.rules import At
from shared.events import intake
from shared.identity.rules import Role
from shared.kernel import ids
from shared.storage import Database
from tests.browsing import an_officer
from tests.monitoring import stories

OFFICER = an_officer(Role.COORDINATOR, office="bappeda-kaltim", areas=("64",))
STAGE = "support"


def missing(story: stories.Story, journey: UUID, days: int = 1) -> None:
    stuck = intake.StageStuck(
        journey_id=journey,
        referral_id=ids.new_id(),
        stage=STAGE,
        why=intake.StuckBecause.CONSENT_MISSING,
        accountable_office="dinsos-kaltim",
        agency="baznas",
        attempt=1,
    )
    story.tell("intake", stuck, stories.START + timedelta(days=days))


def standing(base: Database, journey: UUID) -> tuple[dict[str, int], list[tuple[str, str, bool]]]:
    with base.reading() as session:
        counts = queries.stage_counts(session, OFFICER, stories.PROGRAMME, 1)[STAGE]
        owed = queries.story(session, OFFICER, journey).owed
        stuck = queries.journeys(session, OFFICER, stage=STAGE, state=At.STUCK).items
    assert len(stuck) == counts.stuck
    shown = {name: getattr(counts, name) for name in ("waiting", "active", "overdue", "stuck", "skipped")}
    return {name: count for name, count in shown.items() if count}, [
        (each.stage, each.office, each.is_decision) for each in owed
    ]


@pytest.mark.parametrize("times", [1, 2])
def test_it_waits_for_the_leading_office_and_for_nobody_else(monitoring_db: Database, times: int) -> None:
    story = stories.Story()
    journey = stories.journey(story)
    missing(story, journey)
    stories.hear(monitoring_db, story.heard * times)
    assert standing(monitoring_db, journey) == ({"stuck": 1}, [(STAGE, "dinsos-kaltim", True)])


def test_once_offered_the_office_is_owed_its_work(monitoring_db: Database) -> None:
    story = stories.Story()
    journey = stories.journey(story)
    missing(story, journey)
    stories.offer(story, journey, STAGE, stories.START + timedelta(days=2), days=40_000)
    stories.hear(monitoring_db, story.heard)
    assert standing(monitoring_db, journey) == ({"waiting": 1}, [(STAGE, "dinsos-kukar", False)])


def test_once_refused_it_is_skipped_and_owed_by_nobody(monitoring_db: Database) -> None:
    story = stories.Story()
    journey = stories.journey(story)
    missing(story, journey)
    skipped = intake.StageSkipped(journey_id=journey, stage=STAGE, why="consent-refused")
    story.tell("intake", skipped, stories.START + timedelta(days=3))
    stories.hear(monitoring_db, story.heard)
    assert standing(monitoring_db, journey) == ({"skipped": 1}, [])


def test_a_second_chance_asks_again_and_may_be_refused_again(monitoring_db: Database) -> None:
    story = stories.Story()
    journey = stories.journey(story)
    story.tell("intake", intake.StageSkipped(journey_id=journey, stage=STAGE), stories.START + timedelta(days=1))
    missing(story, journey, days=2)
    stories.hear(monitoring_db, story.heard)
    assert standing(monitoring_db, journey)[1] == [(STAGE, "dinsos-kaltim", True)]
    again = story.tell(
        "intake", intake.StageSkipped(journey_id=journey, stage=STAGE), stories.START + timedelta(days=3)
    )
    stories.hear(monitoring_db, [again, *story.heard])
    assert standing(monitoring_db, journey) == ({"skipped": 1}, [])


def test_a_withdrawal_is_a_line_of_the_story_and_moves_no_figure(monitoring_db: Database) -> None:
    story = stories.Story()
    journey = stories.journey(story)
    shared = [intake.SharedReferral(stage=STAGE, does="grants.zakat", referral_id=ids.new_id())]
    taken = intake.ConsentWithdrawn(
        journey_id=journey, agency="baznas", referrals=shared, withdrawn_on=stories.START.date()
    )
    story.tell("intake", taken, stories.START + timedelta(days=1))
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        found = queries.story(session, OFFICER, journey)
    assert [each.type for each in found.timeline] == ["journey-opened", "consent-withdrawn"]
    assert found.turns == []
