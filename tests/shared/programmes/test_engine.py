import json
from dataclasses import dataclass, replace
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.programmes import engine, kinds, library
from shared.programmes.definition import Programme
from shared.programmes.engine import (
    Accepted,
    CameBack,
    Completed,
    Happening,
    JourneyIsOver,
    No,
    Offer,
    OfferAgain,
    Opened,
    SpawnedJourney,
    StageNotStuck,
    Step,
    StepBack,
    Stop,
    Undone,
    Withdrawal,
)
from shared.programmes.expressions import ExpressionFailed
from shared.programmes.load import read
from shared.programmes.state import OPEN, OUT, JourneyState, StageState, Standing
from tests.refusals import refused
from tests.shared.programmes.samples import changed, sample

PROGRAMME = sample()


class Walk:
    """One journey, driven from stage to stage."""

    def __init__(self, programme: Programme = PROGRAMME) -> None:
        self.programme, self._numbers = programme, count(1)
        self.steps = [engine.start(programme, self.naming)]

    def naming(self) -> UUID:
        return UUID(int=next(self._numbers))

    @property
    def last(self) -> engine.Step:
        return self.steps[-1]

    @property
    def journey(self) -> JourneyState:
        return self.last.journey

    def hear(self, happening: Happening) -> engine.Step:
        self.steps.append(engine.advance(self.programme, self.journey, happening, self.naming))
        return self.last

    def referral(self, stage: str) -> UUID:
        return UUID(self.journey.stages[stage].referral)

    def report(self, stage: str, outcome: str, **facts: object) -> engine.Step:
        return self.hear(Completed(stage, self.referral(stage), outcome, facts))

    def waits(self) -> set[str]:
        return set(self.journey.standing(*OUT))


def test_a_journey_starts_with_the_stages_that_need_no_other() -> None:
    first = UUID(int=1)
    journey = JourneyState({"verification": StageState(Standing.OFFERED, 1, str(first))})
    offers = [Offer("verification", 1, first)]
    assert Walk().last == Step(journey, offers, [], [], [], [], changed=True)


def test_a_stage_that_still_has_to_wait_holds_up_none_that_stands_after_it() -> None:
    text = changed("needs: [proposal]", "needs: [course]").replace("stage: proposal, most", "stage: course, most")
    walk = Walk(read(text.replace("needs: [course, check]", "needs: [proposal]")))
    assert walk.programme.order.index("check") < walk.programme.order.index("graduation")
    walk.report("verification", "eligible")
    assert [each.stage for each in walk.report("proposal", "submitted").offers] == ["graduation"]


def test_a_stage_done_keeps_what_it_reported_and_is_due_no_more() -> None:
    walk = Walk()
    before = walk.journey.with_stage("verification", due_at="2023-03-01", why="returned", office="dinsos-kukar")
    facts = {"checked_on": "2023-02-27", "papers_missing": ["ktp"]}
    report = Completed("verification", walk.referral("verification"), "eligible", facts)
    step = engine.advance(PROGRAMME, before, report, walk.naming)
    assert step.changed is True
    assert step.journey.stages["verification"] == StageState(
        Standing.DONE, 1, str(UUID(int=1)), "dinsos-kukar", outcome="eligible", facts=facts
    )


WAITING = {
    "verification": StageState(Standing.DONE, 1, str(UUID(int=91)), outcome="eligible"),
    "proposal": StageState(Standing.OFFERED, 1, str(UUID(int=92)), due_at="2023-03-01"),
    "course": StageState(Standing.STUCK, 1, str(UUID(int=93)), why="returned", due_at="2023-03-01"),
    "check": StageState(Standing.AGAIN, 1, returns=1),
}


@pytest.mark.parametrize(
    ("happening", "end"),
    [
        (StepBack(), ("withdrawn", None)),
        (Stop(), ("stopped", None)),
        (Stop("verification"), ("stopped", "verification")),
    ],
)
def test_whoever_ends_a_journey_ends_all_that_waits_in_it(happening: Happening, end: tuple[str, str | None]) -> None:
    step = engine.advance(PROGRAMME, JourneyState(WAITING), happening)
    over = {"standing": Standing.SKIPPED, "why": "journey-ended", "due_at": None}
    stages = {
        name: state if name == "verification" else replace(state, **over)  # type: ignore[arg-type]
        for name, state in WAITING.items()
    }
    taken = [Withdrawal("proposal", UUID(int=92), No.JOURNEY_ENDED)]
    assert step == Step(JourneyState(stages, end), [], taken, [], [], [], ended=True, changed=True)


@pytest.mark.parametrize("reached", ["course", "graduation"])
def test_a_second_chance_takes_back_what_was_offered_after_it_and_remembers_its_tries(reached: str) -> None:
    course = "needs: [verification]\n    within: 1 months"
    programme = read(changed(course, course.replace("verification", "proposal")))
    stages = {
        **WAITING,
        "proposal": StageState(Standing.DONE, 1, str(UUID(int=92)), outcome="submitted"),
        "course": StageState(Standing.OFFERED, 2, str(UUID(int=93)), repeats=1),
        "check": StageState(Standing.ACCEPTED, 1, str(UUID(int=94))),
    }
    stages[reached] = stages.pop("course")
    report = Completed("check", UUID(int=94), "mend", {})
    step = engine.advance(programme, JourneyState(stages), report, lambda: UUID(int=99))
    assert step.withdrawals == [Withdrawal(reached, UUID(int=93), No.SECOND_CHANCE)]
    assert step.offers == [Offer("proposal", 2, UUID(int=99))]
    assert step.journey.stages == {
        "verification": WAITING["verification"],
        "proposal": StageState(Standing.OFFERED, 2, str(UUID(int=99))),
        "check": StageState(Standing.AGAIN, 1, returns=1),
        reached: StageState(Standing.AGAIN, 2, repeats=1),
    }


def test_branches_run_side_by_side_and_join() -> None:
    walk = Walk()
    walk.report("verification", "eligible")
    assert walk.waits() == {"proposal", "course"}
    walk.report("course", "attended")
    walk.report("proposal", "submitted")
    assert walk.waits() == {"check"}
    walk.report("check", "eligible")
    assert walk.waits() == {"graduation"}


def test_a_stage_whose_condition_fails_is_skipped_and_satisfies_what_needs_it() -> None:
    walk = Walk()
    step = walk.report("verification", "mend")
    assert step.skipped == ["proposal"]
    assert walk.waits() == {"course", "check"}


def test_an_outcome_that_ends_the_journey_refuses_it_because_of_that_stage() -> None:
    walk = Walk()
    walk.report("verification", "eligible")
    walk.report("proposal", "submitted")
    step = walk.report("check", "not-eligible")
    assert step.ended
    assert walk.journey.ended == ("refused", "check")
    assert [(each.stage, each.reason) for each in step.withdrawals] == [("course", No.JOURNEY_ENDED)]


def test_a_second_chance_resets_what_follows_and_is_limited() -> None:
    walk = Walk()
    walk.report("verification", "eligible")
    for attempt in (1, 2, 3):
        assert walk.journey.stages["proposal"].attempt == attempt
        walk.report("proposal", "submitted")
        walk.report("check", "mend")
    assert walk.journey.ended == ("refused", "check")


def test_a_second_chance_leaves_the_other_branch_alone() -> None:
    walk = Walk()
    walk.report("verification", "eligible")
    walk.report("course", "attended")
    walk.report("proposal", "submitted")
    walk.report("check", "mend")
    assert walk.journey.stages["course"].standing is Standing.DONE
    assert walk.waits() == {"proposal"}


def test_a_repeated_stage_is_offered_again_until_its_limit() -> None:
    walk = Walk()
    for attempt in (1, 2, 3):
        assert walk.journey.stages["verification"].attempt == attempt
        walk.report("verification", "check-dukcapil")
    assert walk.journey.ended == ("refused", "verification")


def graduating() -> Walk:
    walk = Walk()
    walk.report("verification", "eligible")
    walk.report("proposal", "submitted", total=1)
    walk.report("course", "attended")
    walk.report("check", "eligible")
    return walk


@pytest.mark.parametrize(("outcome", "end"), [("graduated", "graduated"), ("not-yet", "completed")])
def test_after_the_last_stage_the_programmes_condition_decides(outcome: str, end: str) -> None:
    walk = graduating()
    walk.report("graduation", outcome)
    assert walk.journey.ended == (end, None)


@pytest.mark.parametrize("why", list(CameBack))
def test_a_stage_that_came_back_is_stuck_until_offered_again(why: CameBack) -> None:
    walk = Walk()
    first = walk.referral("verification")
    step = walk.hear(Undone("verification", first, why))
    assert [(each.stage, each.referral_id, each.why) for each in step.stuck] == [("verification", first, why)]
    assert walk.journey.is_stuck
    step = walk.hear(OfferAgain("verification"))
    assert [offer.attempt for offer in step.offers] == [2]
    assert not walk.journey.is_stuck
    assert walk.referral("verification") != first


@pytest.mark.parametrize("why", list(CameBack))
def test_a_stuck_stage_keeps_why_it_came_back_and_is_due_no_more(why: CameBack) -> None:
    walk = Walk()
    first = walk.referral("verification")
    due = replace(walk.journey.stages["verification"], due_at="2023-03-01", office="dinsos-kaltim")
    step = engine.advance(
        PROGRAMME, JourneyState({"verification": due}), Undone("verification", first, why), walk.naming
    )
    assert step.journey.stages["verification"] == replace(due, standing=Standing.STUCK, why=why.value, due_at=None)
    assert step.changed is True


def test_what_the_office_does_with_a_referral_is_noted_and_is_a_change() -> None:
    walk = Walk()
    offered = walk.journey.stages["verification"]
    referral = walk.referral("verification")
    for happening, standing in (
        (Opened("verification", referral), Standing.OPENED),
        (Accepted("verification", referral), Standing.ACCEPTED),
    ):
        assert walk.hear(happening).changed is True
        assert walk.journey == JourneyState({"verification": replace(offered, standing=standing)})
        assert walk.hear(happening).changed is False


def test_an_offer_nobody_accepted_can_be_given_to_another_office() -> None:
    walk = Walk()
    first = walk.referral("verification")
    step = walk.hear(OfferAgain("verification"))
    second = walk.referral("verification")
    assert step.withdrawals == [Withdrawal("verification", first, No.OFFERED_ELSEWHERE)]
    assert step.offers == [Offer("verification", 2, second)]
    assert second != first
    assert step.changed is True


def test_an_offer_that_was_only_looked_at_can_be_given_to_another_office() -> None:
    walk = Walk()
    first = walk.referral("verification")
    walk.hear(Opened("verification", first))
    step = walk.hear(OfferAgain("verification"))
    assert [(each.referral_id, each.reason) for each in step.withdrawals] == [(first, No.OFFERED_ELSEWHERE)]
    assert [each.attempt for each in step.offers] == [2]


def test_a_condition_reads_of_a_stage_left_out_that_it_was_skipped() -> None:
    text = changed("graduates: graduation.outcome == 'graduated'", "graduates: proposal.outcome == 'skipped'")
    walk = Walk(read(text))
    walk.report("verification", "mend")
    walk.report("course", "attended")
    walk.report("check", "eligible")
    walk.report("graduation", "graduated")
    assert walk.journey.ended == ("graduated", None)


@pytest.mark.parametrize(
    ("condition", "end"),
    [
        ("!('ktp' in verification.papers_missing)", "graduated"),
        ("has(verification.papers_missing)", "graduated"),
        ("has(course.sessions_attended)", "completed"),
        ("has(check.lives_there) && check.lives_there", "graduated"),
        ("verification.attempt == 1", "graduated"),
        ("verification.attempt == 2", "completed"),
    ],
)
def test_a_condition_reads_what_was_reported_an_empty_list_where_none_was_and_nothing_else(
    condition: str, end: str
) -> None:
    walk = Walk(read(changed("graduates: graduation.outcome == 'graduated'", f'graduates: "{condition}"')))
    walk.report("verification", "mend")
    walk.report("course", "attended")
    walk.report("check", "eligible", lives_there=True)
    walk.report("graduation", "graduated")
    assert walk.journey.ended == (end, None)


@pytest.mark.parametrize("happening", [StepBack(), Stop()])
def test_a_journey_that_is_over_moves_to_no_version(happening: Happening) -> None:
    walk = Walk()
    walk.hear(happening)
    with pytest.raises(JourneyIsOver):
        engine.move(PROGRAMME, walk.journey, walk.naming)


def test_an_accepted_stage_is_not_taken_from_its_office() -> None:
    walk = Walk()
    walk.hear(Accepted("verification", walk.referral("verification")))
    with refused(StageNotStuck, stage="verification"):
        walk.hear(OfferAgain("verification"))


def test_a_stage_not_reached_yet_is_not_offered_again() -> None:
    with refused(StageNotStuck, stage="check"):
        Walk().hear(OfferAgain("check"))


@pytest.mark.parametrize("stage", ["verification", "proposal", "check", "graduation"])
@pytest.mark.parametrize("after", [None, StepBack()])
def test_what_is_heard_of_a_stage_done_or_left_or_never_reached_changes_nothing(
    stage: str, after: Happening | None
) -> None:
    walk = Walk()
    walk.report("verification", "mend")
    if after:
        walk.hear(after)
    before, referral = walk.journey, walk.referral("verification")
    outcome = kinds.kind(walk.programme.stages[stage].does).outcomes[0]
    for happening in (
        Opened(stage, referral),
        Accepted(stage, referral),
        Undone(stage, referral, CameBack.DECLINED),
        Completed(stage, referral, outcome, {}),
    ):
        assert walk.hear(happening) == Step(before, [], [], [], [], [])


def test_what_is_heard_of_an_earlier_referral_changes_nothing() -> None:
    walk = Walk()
    first = walk.referral("verification")
    walk.hear(OfferAgain("verification"))
    before = walk.journey
    assert not walk.hear(Completed("verification", first, "eligible", {})).changed
    assert walk.journey is before


def test_opened_after_accepted_does_not_turn_it_back() -> None:
    walk = Walk()
    referral = walk.referral("verification")
    walk.hear(Accepted("verification", referral))
    assert not walk.hear(Opened("verification", referral)).changed


@pytest.mark.parametrize("happening", [StepBack(), Stop()])
def test_a_journey_that_is_over_cannot_be_ended_again(happening: Happening) -> None:
    walk = Walk()
    walk.hear(happening)
    with pytest.raises(JourneyIsOver):
        walk.hear(happening)


@pytest.mark.parametrize(
    ("outcome", "facts"), [("splendid", {}), ("eligible", {"height": 3}), ("eligible", {"checked_on": 3})]
)
def test_a_report_that_the_kind_does_not_know_is_refused(outcome: str, facts: dict[str, object]) -> None:
    with pytest.raises(kinds.WrongReport):
        Walk().report("verification", outcome, **facts)


def test_a_word_that_the_programme_does_not_offer_is_refused() -> None:
    walk = Walk(library.programme("pemberdayaan-kukar"))
    why = "needs names 'flying', but the stage offers skills, business, cooperative, work, market"
    with refused(kinds.WrongReport, kind="intake.assessment", why=why):
        walk.report("assessment", "assessed", needs=["skills", "flying"])


def test_a_stage_is_offered_where_the_list_that_its_condition_reads_was_not_reported() -> None:
    walk = Walk(read(changed("verification.outcome == 'eligible'", "\"!('ktp' in verification.papers_missing)\"")))
    walk.report("verification", "eligible")
    assert walk.waits() == {"proposal", "course"}


def test_a_journey_moves_to_a_version_that_has_its_stages() -> None:
    newer = read(changed("version: 1", "version: 2"))
    walk = graduating()
    assert walk.waits() == {"graduation"}
    assert engine.move(newer, walk.journey) == Step(walk.journey, [], [], [], [], [], changed=True)


def test_a_journey_does_not_move_to_a_version_without_a_stage_it_reached() -> None:
    text = changed("version: 1", "version: 2").replace("verification", "screening")
    newer = read(text.replace("intake.screening", "intake.verification"))
    with refused(engine.DoesNotFitVersion, version=2, stage="verification"):
        engine.move(newer, Walk().journey)


def test_a_journey_does_not_move_to_a_version_whose_condition_reads_a_stage_that_is_still_open() -> None:
    text = changed("version: 1", "version: 2").replace("needs: [proposal]", "needs: [proposal, course]")
    condition = "course.outcome == 'attended'"
    newer = read(text.replace("needs: [course, check]", f"needs: [check]\n    when: {condition}"))
    walk = Walk()
    walk.report("verification", "eligible")
    walk.report("proposal", "submitted")
    walk.report("check", "eligible")
    assert walk.waits() == {"course"}
    with refused(ExpressionFailed, text=condition, why="outcome was not reported"):
        engine.move(newer, walk.journey)


RECRUITING = """\
    does: intake.recruitment
    needs: [verification]
    within: 1 months
    with: {most: 1, group_size: 5}
    spawns: {on: [recruited], programme: sample, subjects: groups}
"""
GROUPS = [UUID(int=0xA), UUID(int=0xB)]


def recruiting() -> Walk:
    course = """\
    does: training.course
    needs: [verification]
    within: 1 months
    with: {course: basics, sessions: 2}
"""
    walk = Walk(read(changed(course, RECRUITING)))
    walk.report("verification", "eligible")
    return walk


def test_a_journey_begins_for_each_subject_that_a_stage_names() -> None:
    step = recruiting().report("course", "recruited", groups=[str(each) for each in GROUPS])
    assert step.spawns == [SpawnedJourney("course", "sample", each) for each in GROUPS]


@pytest.mark.parametrize(
    ("outcome", "facts"),
    [("recruited", {}), ("recruited", {"groups": []}), ("nobody", {"groups": [str(each) for each in GROUPS]})],
)
def test_no_journey_begins_where_nobody_is_named_or_nobody_was_recruited(
    outcome: str, facts: dict[str, object]
) -> None:
    assert recruiting().report("course", outcome, **facts).spawns == []


@dataclass(frozen=True)
class Choice:
    """What to do next, chosen by numbers so that hypothesis can shrink it."""

    what: int
    stage: int
    outcome: int


choices = st.builds(Choice, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))


def happening_of(walk: Walk, choice: Choice) -> Happening | None:
    journey = walk.journey
    out, stuck = journey.standing(*OUT), journey.standing(Standing.STUCK)
    if journey.ended:
        return None
    if choice.what == 9:
        return StepBack() if choice.stage == 0 else None
    if stuck and choice.what in (6, 7):
        return OfferAgain(stuck[choice.stage % len(stuck)])
    if not out:
        return None
    stage = out[choice.stage % len(out)]
    referral = walk.referral(stage)
    match choice.what:
        case 0:
            return Opened(stage, referral)
        case 1:
            return Accepted(stage, referral)
        case 2:
            return Undone(stage, referral, list(CameBack)[choice.outcome % 3])
        case _:
            outcomes = kinds.kind(walk.programme.stages[stage].does).outcomes
            return Completed(stage, referral, outcomes[choice.outcome % len(outcomes)], {})


@given(st.lists(choices, max_size=60))
def test_the_laws_of_a_journey_hold_whatever_happens(chosen: list[Choice]) -> None:
    walk = Walk()
    offered = {offer.referral_id for offer in walk.last.offers}
    ends = 0
    for choice in chosen:
        happening = happening_of(walk, choice)
        if happening is None:
            continue
        step = walk.hear(happening)
        ends += step.ended
        journey = step.journey
        # a fresh referral for each offer, and one stage never waits for two
        fresh = [offer.referral_id for offer in step.offers]
        assert offered.isdisjoint(fresh)
        offered.update(fresh)
        waiting = {journey.stages[name].referral for name in journey.standing(*OUT)}
        assert {str(each) for each in fresh} <= waiting
        # what was taken back is no longer waited for
        assert waiting.isdisjoint(str(each.referral_id) for each in step.withdrawals)
        # an open journey always waits for somebody; an ended one for nobody
        assert bool(journey.standing(*OPEN)) is (journey.ended is None)
        # the journey survives JSON
        assert JourneyState.from_json(json.loads(json.dumps(journey.to_json()))) == journey
        # heard once more, a referral's happening changes nothing
        if isinstance(happening, Opened | Accepted | Completed | Undone):
            again = engine.advance(walk.programme, journey, happening, walk.naming)
            assert not again.changed
            assert again.journey is journey
    assert ends <= 1
    assert ends == bool(walk.journey.ended)
