"""What was done on paper before Kail counts by the day of the act, and is nobody's promise."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.monitoring.flow import queries, storytelling
from services.monitoring.flow.models import JourneyFigure, JourneyStanding, ReferralFigure, StageFigure, StageStanding
from shared.events import intake
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.storage import Database
from tests.browsing import an_officer
from tests.monitoring import stories
from tests.monitoring.stories import PROGRAMME, START, Story

FIRST = date(2022, 6, 15)


def brought_in(story: Story, stages: int = 3) -> UUID:
    """A journey that began on paper a year before it was entered, and goes on with a stage in Kail."""
    journey = ids.new_id()
    about = {"journey_id": journey, "programme": PROGRAMME, "version": 1, "area": "64.02.05.2001"}
    subject = {"subject_kind": intake.SubjectKind.GROUP, "subject_id": ids.new_id()}
    opened = intake.JourneyOpened(**about, **subject, members=5, opened_on=FIRST, lead_office="dinsos-kaltim")
    story.tell("intake", opened, START)
    for number, stage in enumerate(("formation", "proposal", "file_check")[:stages]):
        said = intake.StageBroughtIn(
            **about,
            **subject,
            referral_id=ids.new_id(),
            stage=stage,
            attempt=1,
            does="intake.verification",
            agency="dinsos",
            office="dinsos-kukar",
            sender_office="dinsos-kaltim",
            settings={},
            outcome="eligible" if stage == "file_check" else "formed",
            facts={},
            done_on=FIRST + timedelta(30 * number),
            entered_on=START.date(),
            entered_by=ids.new_id(),
            paper=f"460/{number}",
        )
        story.tell("intake", said, START)
    stories.offer(story, journey, "field_check", START)
    return journey


@pytest.mark.parametrize("at_once", [1, 50])
def test_it_counts_by_the_day_of_the_act_and_for_no_promise_also_when_heard_twice(
    monitoring_db: Database, at_once: int
) -> None:
    story = Story()
    journey = brought_in(story)
    for _ in range(2):
        stories.hear(monitoring_db, story.heard, at_once=at_once)
    with monitoring_db.reading() as session:
        done = session.scalars(select(StageFigure).where(StageFigure.on_paper.is_not(None))).all()
        assert sorted(each.on_paper for each in done if each.on_paper) == [FIRST + timedelta(30 * n) for n in range(3)]
        assert {each.closed_as for each in session.scalars(select(ReferralFigure))} == {"completed"}
        standings = {each.stage: each for each in session.scalars(select(StageStanding))}
        assert {name: each.standing for name, each in standings.items()} == {
            "formation": "done",
            "proposal": "done",
            "file_check": "done",
            "field_check": "waiting",
        }
        on_paper = [each for name, each in standings.items() if name != "field_check"]
        assert {(each.kept, each.working_days, each.closed_in) for each in on_paper} == {(None, None, None)}
        assert standings["proposal"].entered_on == FIRST + timedelta(30)
        (counted,) = session.scalars(select(JourneyStanding))
        assert (counted.journey_id, counted.cohort) == (journey, FIRST.replace(day=1))


def test_how_long_it_has_lasted_counts_from_the_first_act(monitoring_db: Database) -> None:
    story = Story()
    journey = brought_in(story)
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session, clock.frozen(datetime(2023, 6, 15, 4, tzinfo=START.tzinfo)):
        assert storytelling.lasted(session.get_one(JourneyFigure, journey)) == 365


def test_its_story_says_what_was_done_on_paper_and_when_that_was_entered(monitoring_db: Database) -> None:
    story = Story()
    journey = brought_in(story)
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        told = queries.story(session, an_officer(Role.COORDINATOR, office="bappeda-kaltim"), journey)
        lines = [each for each in told.timeline if each.type == "stage-brought-in"]
        assert [each.said["done_on"] for each in lines] == ["2022-06-15", "2022-07-15", "2022-08-14"]
        assert {each.happened_at for each in lines} == {START}
        assert [each.on_paper is not None for each in told.turns] == [True, True, True, False]
