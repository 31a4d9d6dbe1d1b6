"""The read model says the same, whatever the order between the sources, however often it is told."""

from typing import Any

import pytest
from sqlalchemy import select, text

from services.monitoring.worker import FIGURES, reset
from shared.bus import Heard
from shared.events.envelope import declared_types
from shared.storage import Database
from shared.storage.base import Base
from tests.monitoring import stories

TABLES = ("journey_figure", "stage_figure", "skipped_stage", "referral_figure", "timeline_entry", "fund_figure")


def figures(base: Database) -> dict[str, list[Any]]:
    with base.reading() as session:
        return {
            name: sorted(map(tuple, session.execute(select(Base.metadata.tables[name])).all()), key=repr)
            for name in TABLES
        }


@pytest.fixture(scope="module")
def story() -> stories.Story:
    return stories.whole_journey()


@pytest.fixture
def told_in_order(monitoring_db: Database, story: stories.Story) -> dict[str, list[Any]]:
    stories.hear(monitoring_db, story.heard)
    told = figures(monitoring_db)
    assert all(told.values())
    with monitoring_db.transaction() as session:
        reset(session)
    assert not any(figures(monitoring_db).values())
    return told


@pytest.mark.parametrize("seed", range(8))
def test_a_replay_with_the_sources_shuffled_gives_the_same_figures(
    monitoring_db: Database, story: stories.Story, told_in_order: dict[str, list[Any]], seed: int
) -> None:
    stories.hear(monitoring_db, story.shuffled(seed))
    assert figures(monitoring_db) == told_in_order


@pytest.mark.parametrize("at_once", [3, 50, 1_000])
def test_however_much_is_heard_at_once_the_figures_are_the_same(
    monitoring_db: Database, story: stories.Story, told_in_order: dict[str, list[Any]], at_once: int
) -> None:
    stories.hear(monitoring_db, story.heard, at_once=at_once)
    assert figures(monitoring_db) == told_in_order


def test_everything_heard_twice_stands_there_once(
    monitoring_db: Database, story: stories.Story, told_in_order: dict[str, list[Any]]
) -> None:
    for each in story.heard:
        hearing = FIGURES.hearing_of(each.envelope["type"])
        assert hearing is not None
        with monitoring_db.transaction() as session:
            hearing.run(session, [each, each])
    stories.hear(monitoring_db, story.heard)
    assert figures(monitoring_db) == told_in_order


def test_an_acceptance_heard_before_its_offer_waits_for_it(monitoring_db: Database) -> None:
    story = stories.Story()
    one = stories.journey(story)
    about = stories.offer(story, one, "proposal", stories.START)
    stories.complete(story, "grants", about, "submitted", stories.START)
    stories.hear(monitoring_db, [each for each in story.heard if each.source == "grants"])
    with monitoring_db.reading() as session:
        assert session.scalar(text("SELECT state FROM referral_figure")) == "completed"
        assert session.scalar(text("SELECT count(*) FROM stage_figure")) == 0
    stories.hear(monitoring_db, [each for each in story.heard if each.source == "intake"])
    with monitoring_db.reading() as session:
        joined = "SELECT stage_figure.office FROM stage_figure JOIN referral_figure USING (id)"
        assert session.scalar(text(joined)) == "dinsos-kukar"


def test_an_older_word_on_a_fund_changes_nothing(monitoring_db: Database) -> None:
    story = stories.whole_journey()
    stories.hear(monitoring_db, story.heard)
    older = [each for each in story.heard if each.envelope["type"] == "grants.fund-moved.v1"][:1]
    stories.hear(monitoring_db, older)
    with monitoring_db.reading() as session:
        assert session.execute(text("SELECT committed, realised FROM fund_figure")).one() == (0, 15_000_000)


def test_every_event_of_the_four_services_is_heard_or_declined_with_a_reason() -> None:
    for kind in declared_types():
        FIGURES.hearing_of(kind)
    assert all(reason.endswith(".") for reason in FIGURES.declines.values())


def test_a_line_of_the_timeline_repeats_codes_and_nothing_else(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        said = session.scalars(text("SELECT said FROM timeline_entry")).all()
    told = [fact for line in said for fact in line.pop("facts", {}).values()]
    values = [value for line in said for value in line.values()] + told
    assert all(isinstance(value, int) or " " not in value for value in values)
    assert not any(isinstance(value, dict) for value in told)


def test_a_batch_is_one_statement_for_each_table(monitoring_db: Database) -> None:
    """Thousands of events a second: the number of statements depends on their types, never on their number."""
    story = stories.Story()
    for _ in range(200):
        stories.offer(story, stories.journey(story), "proposal", stories.START)
    counted: list[str] = []
    from sqlalchemy import event

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    event.listen(monitoring_db.engine, "before_cursor_execute", count)
    try:
        stories.hear(monitoring_db, by_type(story.heard), at_once=200)
    finally:
        event.remove(monitoring_db.engine, "before_cursor_execute", count)
    assert sum(" INTO timeline_entry" in each or each.startswith("INSERT INTO") for each in counted) == 5


def by_type(heard: list[Heard[Any]]) -> list[Heard[Any]]:
    return sorted(heard, key=lambda each: each.envelope["type"])
