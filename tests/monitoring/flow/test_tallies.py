"""The tallies are what a fresh count gives, whatever the order in which journeys were told and summed."""

import random
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from services.monitoring.flow import last_words, queries, reach, summing, tallies
from services.monitoring.flow.models import (
    JourneyFigure,
    OfficeWord,
    StageStanding,
    Tally,
    TallyJourney,
    TallyPassage,
    TallyPlace,
    TallyPromise,
    TallyStage,
    TallyVisit,
    TouchedJourney,
)
from services.monitoring.flow.rules import At, Ended
from services.monitoring.worker import FIGURES
from services.operate.audit import _tallies
from shared.bus import Heard
from shared.bus.audit import Gravity
from shared.bus.replay import rewind
from shared.events import intake, referrals
from shared.identity.rules import Role
from shared.kernel import calendar, clock, ids
from shared.programmes import library
from shared.storage import Database
from tests.browsing import an_officer
from tests.monitoring import stories
from tests.monitoring.flow.test_reach import recruited, visited

OFFICER = an_officer(Role.COORDINATOR, office="bappeda-kaltim", areas=("64",))
TALLIES: tuple[type[Tally], ...] = (TallyJourney, TallyStage, TallyPassage, TallyPromise, TallyVisit, TallyPlace)
DAY = timedelta(days=1)


def lines(base: Database) -> dict[str, list[Any]]:
    with base.reading() as session:
        words = {"office_word": sorted(map(tuple, session.execute(select(OfficeWord.__table__))), key=repr)}
        return words | {
            each.__tablename__: sorted(
                (tuple(line) for line in session.execute(select(each.__table__)) if line._mapping[each.COUNTS[0]]),
                key=repr,
            )
            for each in TALLIES
        }


def differences(base: Database) -> list[str]:
    with base.reading() as session:
        return summing.differences(session)


def many() -> stories.Story:
    """Everything at once: a whole journey, recruits, visits, and journeys that stand in every way at a stage."""
    story, now = stories.whole_journey(), clock.now()
    story.heard += recruited().heard + visited().heard
    for number in range(8):
        begin = now - (number * 3 + 1) * DAY
        one = stories.journey(story, at=begin, area=f"64.02.0{number % 3 + 1}.200{number % 2 + 1}")
        about = stories.offer(story, one, "proposal", begin)
        if number % 4 == 1:
            story.tell("grants", referrals.ReferralAccepted(**about), begin + DAY / 2)
        if number % 4 == 2:
            declined = referrals.ReferralDeclined(**about, reason="no-capacity", suggestion="other-office")
            story.tell("grants", declined, begin + DAY)
            stuck = intake.StageStuck(
                journey_id=one,
                referral_id=about["referral_id"],
                stage="proposal",
                why=intake.StuckBecause.DECLINED,
                accountable_office="dinsos-kaltim",
            )
            story.tell("intake", stuck, begin + DAY)
        if number % 4 == 3:
            gone = intake.StageWithdrawn(
                journey_id=one, referral_id=about["referral_id"], stage="proposal", reason="journey-ended"
            )
            story.tell("intake", gone, begin + DAY)
            ended = intake.JourneyEnded(
                journey_id=one, outcome=intake.JourneyOutcome.REFUSED, because="proposal", ended_on=begin.date()
            )
            story.tell("intake", ended, begin + DAY)
    return story


@pytest.fixture(scope="module")
def story() -> stories.Story:
    return many()


@pytest.mark.parametrize("seed", range(4))
def test_summing_after_any_few_events_ends_with_what_summing_once_gives(
    monitoring_db: Database, story: stories.Story, seed: int
) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    once = lines(monitoring_db)
    assert all(once.values())
    assert differences(monitoring_db) == []
    with monitoring_db.transaction() as session:
        rewind(session, FIGURES)
    assert not any(lines(monitoring_db).values())
    chance, told = random.Random(seed), story.shuffled(seed)
    while told:
        part = chance.randint(1, 40)
        stories.hear(monitoring_db, told[:part], at_once=chance.randint(1, 9))
        told = told[part:]
    stories.hear(monitoring_db, chance.sample(story.heard, 60))
    assert lines(monitoring_db) == once
    assert differences(monitoring_db) == []


def test_no_line_counts_fewer_than_nobody_on_the_way(monitoring_db: Database, story: stories.Story) -> None:
    for each in story.shuffled(5)[:150]:
        stories.hear(monitoring_db, [each])
        with monitoring_db.reading() as session:
            for tally in TALLIES:
                counts = tally.__table__.c[tally.COUNTS[0]]
                assert session.scalars(select(counts).where(counts < 0)).all() == []


def test_what_is_touched_while_it_is_summed_is_summed_again(monitoring_db: Database) -> None:
    story = stories.Story()
    one = stories.journey(story)
    stories.hear(monitoring_db, story.heard)
    offered = stories.Story()
    stories.offer(offered, one, "proposal", stories.START)
    with monitoring_db.transaction() as delivering:
        FIGURES.hearing_of("intake.stage-offered.v1").run(delivering, offered.heard)
        delivering.flush()
        with monitoring_db.transaction() as touching:
            touching.add(TouchedJourney(journey_id=one))
        assert summing.sum_up(monitoring_db) == 1  # sees the journey, and nothing of what is not committed yet
    with monitoring_db.reading() as session:
        assert session.scalars(select(TallyStage)).all() == []
    assert summing.sum_up(monitoring_db) == 1
    with monitoring_db.reading() as session:
        standings = sorted(each.standing for each in session.scalars(select(TallyStage)))
    assert standings == ["entered", "waiting"]


def test_what_closes_after_the_days_were_numbered_is_counted_by_the_next_summing(
    monitoring_db: Database, story: stories.Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    expected = lines(monitoring_db)
    with monitoring_db.transaction() as session:
        rewind(session, FIGURES)
    with monkeypatch.context() as patch:
        too_few = {"first_day": stories.START.date(), "day_numbers": [0]}
        patch.setattr(summing, "day_numbers", lambda *_: too_few)
        stories.hear(monitoring_db, story.heard, at_once=1_000)
    assert lines(monitoring_db) != expected
    with monitoring_db.transaction() as session:
        journeys = session.scalars(select(JourneyFigure.id)).all()
        session.add_all(TouchedJourney(journey_id=each) for each in journeys)
    summing.sum_up(monitoring_db)
    assert lines(monitoring_db) == expected


def test_two_that_sum_at_once_count_nobody_twice(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    once = lines(monitoring_db)
    with monitoring_db.transaction() as session:
        rewind(session, FIGURES)
    done = threading.Event()

    def sum_all_the_time() -> None:
        while not done.is_set():
            summing.sum_up(monitoring_db)

    summers = [threading.Thread(target=sum_all_the_time) for _ in range(3)]
    for each in summers:
        each.start()
    try:
        for start in range(0, len(story.heard), 25):
            stories.hear(monitoring_db, story.heard[start : start + 25], at_once=25)
    finally:
        done.set()
        for each in summers:
            each.join()
    summing.sum_up(monitoring_db)
    assert lines(monitoring_db) == once


def test_counting_everybody_anew_gives_what_summing_gave(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.shuffled(2), at_once=20)
    summed = lines(monitoring_db)
    with monitoring_db.transaction() as session:
        summing.recount(session)
    assert lines(monitoring_db) == summed
    assert differences(monitoring_db) == []
    stories.hear(monitoring_db, story.heard)
    assert lines(monitoring_db) == summed


def test_lines_that_count_nobody_are_swept_and_until_then_nobody_sees_them(
    monitoring_db: Database, story: stories.Story
) -> None:
    for start in range(0, len(story.heard), 10):
        stories.hear(monitoring_db, story.heard[start : start + 10])
    before = lines(monitoring_db)
    with monitoring_db.reading() as session:
        told = tallies.counted(TallyStage, OFFICER)
        assert session.scalars(select(told.c.journeys).where(told.c.journeys == 0)).all() == []
        nobody = session.scalars(select(TallyStage.journeys).where(TallyStage.journeys == 0)).all()
    assert nobody
    with monitoring_db.transaction() as session:
        assert summing.sweep(session) >= len(nobody)
        assert summing.sweep(session) == 0
    assert lines(monitoring_db) == before


def test_while_one_sums_another_goes_home(monitoring_db: Database) -> None:
    stories.hear(monitoring_db, [])
    with monitoring_db.transaction() as touching:
        touching.add(TouchedJourney(journey_id=stories.journey(stories.Story())))
    with monitoring_db.transaction() as session:
        summing.wait_for_the_others(session)
        assert summing.sum_up(monitoring_db) == 0
    assert summing.sum_up(monitoring_db) == 1


def test_the_audit_finds_a_tally_that_was_changed_and_waits_for_what_is_not_summed(
    monitoring_db: Database, story: stories.Story
) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    assert _tallies(monitoring_db) == []
    with monitoring_db.transaction() as session:
        session.execute(update(TallyStage).where(TallyStage.standing == "waiting").values(journeys=99))
        session.execute(delete(TallyVisit))
        session.execute(delete(OfficeWord).where(OfficeWord.office == "dinsos-kukar"))
    found = _tallies(monitoring_db)
    assert {each.gravity for each in found} == {Gravity.BROKEN}
    assert [each.what.split(" ")[0] for each in found] == ["tally_stage", "tally_visit", "office_word"]
    with monitoring_db.transaction() as session:
        session.add(TouchedJourney(journey_id=story.heard[1].event.journey_id))
    assert [each.gravity for each in _tallies(monitoring_db)] == [Gravity.BEHIND]


def test_every_number_is_the_length_of_its_list(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    with monitoring_db.reading() as session:
        counts = queries.stage_counts(session, OFFICER, stories.PROGRAMME, 1)
        seen = set()
        for stage, numbers in counts.items():
            for at in At:
                listed = queries.journeys(
                    session, OFFICER, programme=stories.PROGRAMME, version=1, stage=stage, state=at, limit=200
                ).items
                assert len(listed) == getattr(numbers, at.value.replace("-", "_")), (stage, at)
                seen |= {at} if listed else set()
            for outcome, journeys in numbers.outcomes.items():
                listed = queries.journeys(session, OFFICER, stage=stage, state=At.DONE, outcome=outcome).items
                assert len(listed) == journeys
    assert seen == set(At)


def test_what_a_list_of_journeys_has_is_counted_with_its_people(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    asked: list[dict[str, Any]] = [
        {},
        {"programme": stories.PROGRAMME, "version": 1},
        {"state": At.OPEN},
        {"state": Ended.GRADUATED},
        {"area": "64.02"},
        {"area": "64.02.01"},
        {"cohort": clock.today()},
    ]
    with monitoring_db.reading() as session:
        for query in asked:
            listed = [each.journey for each in queries.journeys(session, OFFICER, limit=200, **query).items]
            people = sum(each.members for each in listed)
            assert queries.reached(session, OFFICER, **query) == queries.Reached(len(listed), people), query
        assert queries.reached(session, OFFICER, state=At.STUCK) is None
        assert queries.reached(session, OFFICER, area="64.02.01.2001") is None


def test_who_may_not_see_small_figures_is_told_of_journeys_alone(monitoring_db: Database) -> None:
    story = stories.Story()
    stories.journey(story)
    story.heard[-1].envelope["data"]["members"] = 4
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        assert queries.reached(session, OFFICER) == queries.Reached(1, 4)
        assert queries.reached(session, an_officer(Role.OFFICER, areas=("64",))) == queries.Reached(1, None)


@pytest.mark.parametrize("at_once", [1, 9])
def test_a_group_that_changes_on_its_way_counts_those_whom_it_has(monitoring_db: Database, at_once: int) -> None:
    story = stories.Story()
    first, second = (stories.journey(story) for _ in range(2))
    for journey, members in ((first, 6), (second, 9), (first, 7), (first, 4)):
        story.tell("intake", intake.JourneyCounted(journey_id=journey, members=members), stories.START)
    told = text("SELECT sum(members) FROM tally_journey")
    plain = text("SELECT sum(members) FROM journey_figure")
    for _ in range(2):
        stories.hear(monitoring_db, story.heard, at_once=at_once)
        with monitoring_db.reading() as session:
            assert session.scalar(told) == session.scalar(plain) == 4 + 9
            assert summing.differences(session) == []


def test_an_office_that_was_only_offered_or_reminded_has_said_nothing(monitoring_db: Database) -> None:
    story = stories.Story()
    about = stories.offer(story, stories.journey(story), "proposal", stories.START)
    story.tell("grants", referrals.ReferralOpened(**about), stories.START + DAY)
    story.tell("grants", referrals.ReferralReminded(**about), stories.START + 7 * DAY)
    stories.hear(monitoring_db, story.heard)
    assert lines(monitoring_db)["office_word"] == []
    accepted = story.tell("grants", referrals.ReferralAccepted(**about), stories.START + 8 * DAY)
    to_another = referrals.ReferralReassigned(**about, handed_to=ids.new_id(), handed_at=stories.START + 9 * DAY)
    passed_on = story.tell("grants", to_another, stories.START + 9 * DAY)
    stories.hear(monitoring_db, [passed_on])
    stories.hear(monitoring_db, [accepted])
    with monitoring_db.reading() as session:
        words = last_words.last_words(session, {"dinsos-kukar", "dp3a-kukar"})
    assert [(each.office, each.type) for each in words] == [
        ("dp3a-kukar", ""),
        ("dinsos-kukar", "referral-reassigned"),
    ]


def test_a_promise_is_measured_in_working_days(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    with monitoring_db.reading() as session:
        rows = session.execute(
            text(
                "SELECT stage, closed_as, offered_at, closed_at, closed_at <= due_at FROM stage_figure"
                " JOIN referral_figure USING (id, stage) WHERE closed_as <> 'withdrawn'"
            )
        ).all()
        told = session.execute(
            select(TallyPromise.stage, TallyPromise.closed_as, TallyPromise.kept, TallyPromise.working_days)
        ).all()
    zone = clock.zone()
    expected = {
        (
            stage,
            how,
            kept,
            calendar.working_days_between(begin.astimezone(zone).date(), end.astimezone(zone).date()),
        )
        for stage, how, begin, end, kept in rows
    }
    assert {tuple(each) for each in told} == expected
    assert {kept for _, _, kept, _ in expected} == {True, False}


def test_coming_again_is_told_from_coming_the_ordinary_way(monitoring_db: Database) -> None:
    stories.hear(monitoring_db, stories.whole_journey().heard)
    with monitoring_db.reading() as session:
        came = session.execute(select(TallyPassage.stage, TallyPassage.via, TallyPassage.journeys)).all()
    assert sorted(map(repr, (tuple(each) for each in came))) == sorted(
        map(
            repr,
            [
                ("formation", None, 1),
                ("proposal", None, 1),
                ("proposal", "mend", 1),
                ("file_check", None, 1),
                ("file_check", "submitted", 1),
                ("hand_over", None, 1),
                ("monitoring", None, 1),
            ],
        )
    )


def test_an_officer_of_one_kelurahan_sees_its_own_journeys(monitoring_db: Database, story: stories.Story) -> None:
    stories.hear(monitoring_db, story.heard, at_once=1_000)
    village = an_officer(Role.OFFICER, office="dinsos-kaltim", areas=("64.02.01.2001",))
    both = an_officer(Role.OFFICER, office="dinsos-kaltim", areas=("64.02.01.2001", "64.02.01", "64.02.01.2002"))
    whole = an_officer(Role.OFFICER, office="dinsos-kaltim", areas=("64.02.01",))
    programme = library.programme("kusiapp-mataram")
    mataram = an_officer(Role.OFFICER, office="dinsos-mataram", areas=("52.71.01.1013",))
    with monitoring_db.reading() as session:
        for officer in (village, whole):
            listed = queries.journeys(session, officer, programme=stories.PROGRAMME, version=1).items
            counted = queries.headline(session, officer, stories.PROGRAMME, 1)
            assert listed
            assert len(listed) == counted.open + sum(counted.ended.values())
            stages = queries.stage_counts(session, officer, stories.PROGRAMME, 1)
            waiting = queries.journeys(session, officer, stage="proposal", state=At.WAITING).items
            assert len(waiting) == stages["proposal"].waiting
        assert queries.stage_counts(session, both, stories.PROGRAMME, 1) == queries.stage_counts(
            session, whole, stories.PROGRAMME, 1
        )
        women = session.scalar(text("SELECT sum(members) FROM journey_figure WHERE area = '52.71.01.1013'"))
        assert reach.coverage(session, mataram, programme).women == women


def test_a_recruit_that_is_heard_of_first_changes_generation_when_its_parent_is(monitoring_db: Database) -> None:
    story = recruited()
    stories.hear(monitoring_db, story.heard)
    in_order = lines(monitoring_db)
    with monitoring_db.transaction() as session:
        rewind(session, FIGURES)
    for each in reversed(story.heard):
        stories.hear(monitoring_db, [each])
    assert lines(monitoring_db) == in_order


def test_the_number_of_statements_does_not_depend_on_the_number_of_journeys(monitoring_db: Database) -> None:
    def statements(journeys: int) -> int:
        from sqlalchemy import event

        story, counted = stories.Story(), 0
        for _ in range(journeys):
            stories.offer(story, stories.journey(story), "proposal", stories.START)
        with monitoring_db.transaction() as session:
            for kind, told in by_type(story.heard).items():
                FIGURES.hearing_of(kind).run(session, told)

        def count(*arguments: Any) -> None:
            nonlocal counted
            counted += "FROM domain_clock" not in arguments[2]  # read now and then, by the time that has passed

        event.listen(monitoring_db.engine, "before_cursor_execute", count)
        try:
            summing.sum_up(monitoring_db)
        finally:
            event.remove(monitoring_db.engine, "before_cursor_execute", count)
        return counted

    assert statements(1) == statements(300)


def by_type(heard: Sequence[Heard[Any]]) -> dict[str, list[Heard[Any]]]:
    found: dict[str, list[Heard[Any]]] = {}
    for each in heard:
        found.setdefault(each.envelope["type"], []).append(each)
    return found


def test_the_standings_stand_under_the_deployments_own_days(monitoring_db: Database) -> None:
    story = stories.Story()
    late_evening = stories.START.replace(hour=17)  # the next day in Makassar
    stories.offer(story, stories.journey(story, at=late_evening), "proposal", late_evening)
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        standing = session.scalars(select(StageStanding)).one()
    assert standing.entered_on == late_evening.date() + DAY
    assert standing.due_on == (late_evening + 14 * DAY).date() + DAY
    assert len("64.02.05") == tallies.KECAMATAN
