from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import Invalid
from shared.programmes import engine, half_way, kinds, library
from shared.programmes.definition import Programme, Text
from shared.programmes.engine import Answer, Completed
from shared.programmes.half_way import (
    Act,
    AmountUnsaid,
    NoSuchStage,
    NotGivenAnyway,
    NothingAhead,
    NothingWasDone,
    NotReachedSo,
    ReportedAhead,
    StillAhead,
    StillOwed,
    TakenUp,
    WorksOnPaper,
    act,
    require_past,
    take_up,
)
from shared.programmes.kinds import WrongReport
from shared.programmes.state import OUT, SETTLED, Standing
from tests.refusals import refused

TODAY = date(2024, 3, 1)
FIRST = date(2023, 2, 1)
PROGRAMMES = list(library.published().values())
KUBE, MATARAM = library.programme("kube-kaltim-2023"), library.programme("kusiapp-mataram")
UP_TO_DECISION = ["formation", "proposal", "file_check", "field_check", "decision"]
CHAIN = [*UP_TO_DECISION, "briefing", "hand_over"]
WITH_SUMS = {"as-agreed", "short", "granted"}


def usual(programme: Programme, stage: str, outcome: str | None = None, day: int = 0) -> Act:
    """An act with the first outcome of its kind, with every need that a programme knows and a sum."""
    found = programme.stages[stage]
    kind = kinds.kind(found.does)
    reported = {"needs": list(found.settings["needs"])} if "needs" in kind.facts else {}
    ended = outcome or kind.outcomes[0]
    amount = 12_500_000 if ended in WITH_SUMS else None
    return act(programme, stage, ended, FIRST + timedelta(day), amount=amount, reported=reported)


def acts(programme: Programme, *stages: str) -> list[Act]:
    return [usual(programme, each, day=number) for number, each in enumerate(stages)]


def up(programme: Programme, *said: Act, **more: Any) -> TakenUp:
    numbers = count(1)
    return take_up(programme, said, TODAY, lambda: UUID(int=next(numbers)), **more)


def everybody_allows(programme: Programme) -> dict[str, Answer]:
    return {each.agency: Answer.GIVEN for each in programme.stages.values()}


def chain_is_broken(programme: Programme, journey: Any) -> bool:
    done = {programme.stages[each].does for each in journey.standing(Standing.DONE)}
    rest = [stage for name, stage in programme.stages.items() if name not in journey.standing(*SETTLED)]
    return any(needed in done for stage in rest for needed in kinds.kind(stage.does).goes_on_with)


@given(data=st.data(), programme=st.sampled_from(PROGRAMMES))
def test_a_journey_taken_up_stands_where_it_would_had_each_act_been_reported_in_kail(
    data: st.DataObject, programme: Programme
) -> None:
    allowed, numbers = everybody_allows(programme), count(1)
    walked = engine.start(programme, lambda: UUID(int=next(numbers)), allowed).journey
    said: list[Act] = []
    for number in range(data.draw(st.integers(1, 14))):
        if walked.ended:
            break
        stage = data.draw(st.sampled_from(walked.standing(*OUT)))
        kind = kinds.kind(programme.stages[stage].does)
        outcome = data.draw(st.sampled_from([each for each in kind.outcomes if each not in kind.on_paper.lends]))
        each = usual(programme, stage, outcome, number)
        said.append(each)
        report = Completed(stage, UUID(walked.stages[stage].referral), outcome, dict(each.facts))
        walked = engine.advance(programme, walked, report, lambda: UUID(int=next(numbers)), allowed).journey
    mixed = data.draw(st.permutations(said))
    if walked.ended or chain_is_broken(programme, walked):
        with pytest.raises(NothingAhead if walked.ended else WorksOnPaper):
            up(programme, *mixed, consents=allowed)
        return
    taken = up(programme, *mixed, consents=allowed)
    now = taken.step.journey
    for standing in (Standing.DONE, Standing.SKIPPED, Standing.OFFERED):
        assert sorted(now.standing(standing)) == sorted(walked.standing(standing))
    for name, at in now.stages.items():
        before = walked.stages[name]
        assert (at.attempt, at.returns, at.repeats) == (before.attempt, before.returns, before.repeats)
        assert (at.outcome, at.facts) == (before.outcome, before.facts)
    assert sorted(offer.stage for offer in taken.step.offers) == sorted(now.standing(Standing.OFFERED))
    assert taken.step.skipped == now.standing(Standing.SKIPPED)
    assert len({each.referral_id for each in taken.done} | {each.referral_id for each in taken.step.offers}) == len(
        taken.done
    ) + len(taken.step.offers)


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda each: each.id)
def test_every_stage_of_every_programme_can_be_the_present_one_or_says_why_not(programme: Programme) -> None:
    for stage in programme.order:
        before = [each for each in programme.order if each in programme.upstream(stage)]
        if not before:
            continue
        try:
            taken = up(programme, *acts(programme, *before), consents=everybody_allows(programme))
        except WorksOnPaper:
            assert any(kinds.kind(each.does).goes_on_with for each in programme.stages.values())
            continue
        assert stage in [offer.stage for offer in taken.step.offers]


@pytest.mark.parametrize(
    ("programme", "done", "rule"),
    [
        (KUBE, (), NothingWasDone),
        (KUBE, ("proposal",), NotReachedSo),
        (KUBE, ("formation", "file_check"), NotReachedSo),
        (KUBE, ("formation", "formation"), NotReachedSo),
        (KUBE, ("formation", "proposal"), WorksOnPaper),
        (KUBE, UP_TO_DECISION, WorksOnPaper),
        (KUBE, [*UP_TO_DECISION, "briefing"], WorksOnPaper),
        (KUBE, [*CHAIN, "monitoring", "accountability", "graduation"], NothingAhead),
        (MATARAM, ("verification", "assessment"), NotReachedSo),
    ],
)
def test_what_cannot_be_taken_up_says_so(programme: Programme, done: list[str], rule: type[Invalid]) -> None:
    with pytest.raises(rule):
        up(programme, *acts(programme, *done))


def titled(programme: Programme, **stages: str) -> dict[str, Text]:
    """What a refusal names of a programme: the titles of these stages."""
    return {name: programme.stages[stage].title for name, stage in stages.items()}


def listed(programme: Programme, *stages: str) -> Text:
    """The titles of several stages, one after another."""
    titles = [programme.stages[each].title for each in stages]
    return Text(", ".join(each.id for each in titles), ", ".join(each.en for each in titles))


KUKAR = library.programme("pemberdayaan-kukar")
TO_THE_END = (*CHAIN, "monitoring", "accountability", "graduation")
LATE = TODAY + timedelta(1)
REFUSALS: dict[str, tuple[Callable[[], object], type[Invalid], str, dict[str, Any]]] = {
    "no stage": (
        lambda: act(KUBE, "handover", "as-agreed", FIRST),
        NoSuchStage,
        "stage",
        {"stage": "handover", "stages": ", ".join(KUBE.order)},
    ),
    "given anyway": (
        lambda: act(KUBE, "decision", "skipped", FIRST),
        NotGivenAnyway,
        "outcome",
        titled(KUBE, stage="decision"),
    ),
    "amount unsaid": (
        lambda: act(KUBE, "hand_over", "as-agreed", FIRST),
        AmountUnsaid,
        "amount",
        titled(KUBE, stage="hand_over"),
    ),
    "still owed": (
        lambda: act(MATARAM, "baznas", "lent", FIRST, amount=2_000_000),
        StillOwed,
        "outcome",
        titled(MATARAM, stage="baznas"),
    ),
    "done tomorrow": (
        lambda: require_past(KUBE, Act("formation", "formed", LATE, {}), TODAY),
        StillAhead,
        "date",
        titled(KUBE, stage="formation") | {"done_on": LATE.isoformat()},
    ),
    "reports tomorrow": (
        lambda: require_past(KUBE, Act("formation", "formed", FIRST, {"deliberated_on": LATE.isoformat()}), TODAY),
        ReportedAhead,
        "facts.deliberated_on",
        titled(KUBE, stage="formation") | {"fact": "deliberated_on", "day": LATE.isoformat()},
    ),
    "not reached": (
        lambda: up(KUBE, *acts(KUBE, "proposal")),
        NotReachedSo,
        "stage",
        titled(KUBE, stage="proposal", waits="formation"),
    ),
    "not reached by two": (
        lambda: up(KUKAR, *acts(KUKAR, "work")),
        NotReachedSo,
        "stage",
        titled(KUKAR, stage="work") | {"waits": listed(KUKAR, "assessment", "protection")},
    ),
    "works on paper": (
        lambda: up(KUBE, *acts(KUBE, "formation", "proposal")),
        WorksOnPaper,
        "stage",
        titled(KUBE, stage="decision", done="proposal"),
    ),
    "over": (
        lambda: up(KUBE, *acts(KUBE, *TO_THE_END)),
        NothingAhead,
        "stage",
        titled(KUBE, stage="graduation"),
    ),
    "goes on after its end": (
        lambda: up(KUBE, *acts(KUBE, *TO_THE_END), usual(KUBE, "briefing", day=300)),
        NothingAhead,
        "stage",
        titled(KUBE, stage="graduation"),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused_of_a_paper_says_which_rule_where_and_of_what(case: str) -> None:
    done, rule, at, figures = REFUSALS[case]
    with refused(rule, at, **figures):
        done()


@pytest.mark.parametrize(
    ("stage", "outcome", "more", "rule"),
    [
        ("hand_over", "as-agreed", {}, AmountUnsaid),
        ("hand_over", "as-agreed", {"amount": 0}, AmountUnsaid),
        ("hand_over", "sold", {"amount": 1}, WrongReport),
        ("decision", "skipped", {}, NotGivenAnyway),
        ("decision", "accepted", {"reported": {"colour": "red"}}, WrongReport),
        ("handover", "as-agreed", {"amount": 1}, NoSuchStage),
    ],
)
def test_an_act_that_says_too_little_or_what_no_such_stage_reports_is_refused(
    stage: str, outcome: str, more: dict[str, Any], rule: type[Invalid]
) -> None:
    with pytest.raises(rule):
        act(KUBE, stage, outcome, FIRST, **more)


@pytest.mark.parametrize(
    ("programme", "stage", "outcome", "more"),
    [
        (MATARAM, "baznas", "lent", {"amount": 2_000_000}),
        (library.programme("pemberdayaan-kukar"), "cooperative", "joined", {"reported": {"loan": 500_000}}),
    ],
)
def test_money_that_is_still_owed_stays_out(
    programme: Programme, stage: str, outcome: str, more: dict[str, Any]
) -> None:
    with pytest.raises(StillOwed):
        act(programme, stage, outcome, FIRST, **more)


def test_a_paper_says_the_facts_that_its_date_number_and_sum_are() -> None:
    signed = act(KUBE, "decision", "accepted", FIRST, number="460/12/SK", amount=9_000_000)
    assert signed.facts == {"sk_number": "460/12/SK", "amount": 9_000_000}
    handed = act(KUBE, "hand_over", "short", FIRST, number="460/13/BAST", amount=8_000_000)
    assert handed.facts == {"handed_over_on": "2023-02-01", "amount": 8_000_000}
    assert handed.number == "460/13/BAST"


def test_nothing_is_dated_later_than_today() -> None:
    with pytest.raises(StillAhead):
        up(KUBE, usual(KUBE, "formation", day=(TODAY - FIRST).days + 1))
    assert up(KUBE, usual(KUBE, "formation", day=(TODAY - FIRST).days)).began_on == TODAY


@pytest.mark.parametrize(
    ("programme", "stage", "fact"),
    [
        (programme, name, fact)
        for programme in (KUBE, MATARAM)
        for name, stage in programme.stages.items()
        for fact, expected in kinds.kind(stage.does).facts.items()
        if expected is date
    ],
)
def test_no_day_that_a_stage_reports_is_later_than_today(programme: Programme, stage: str, fact: str) -> None:
    outcome = kinds.kind(programme.stages[stage].does).outcomes[0]

    def told(day: date) -> Act:
        return Act(stage, outcome, FIRST, {fact: day.isoformat()})

    with pytest.raises(ReportedAhead) as refused:
        require_past(programme, told(TODAY + timedelta(1)), TODAY)
    assert list(refused.value.errors) == [f"facts.{fact}"]
    require_past(programme, told(TODAY), TODAY)


def test_what_a_paper_reports_of_a_day_to_come_begins_no_journey() -> None:
    said = act(KUBE, "formation", "formed", FIRST, reported={"deliberated_on": (TODAY + timedelta(1)).isoformat()})
    with pytest.raises(ReportedAhead):
        up(KUBE, said)


def test_a_turn_back_on_paper_counts_as_a_chance_used_up() -> None:
    said = acts(KUBE, *CHAIN)
    mended = [usual(KUBE, "file_check", "mend", 2), usual(KUBE, "proposal", day=3)]
    later = [Act(each.stage, each.outcome, each.done_on + timedelta(9), each.facts) for each in said[2:]]
    taken = up(KUBE, *said[:2], *mended, *later)
    assert taken.step.journey.stages["file_check"].returns == 1
    assert [each.attempt for each in taken.done if each.act.stage == "proposal"] == [1, 2]


def test_whoever_is_asked_now_is_asked_only_with_her_consent() -> None:
    formed = acts(MATARAM, "verification", "formation")
    asked = up(MATARAM, *formed)
    assert [each.stage for each in asked.step.offers] == ["coaching"]
    assert sorted(each.stage for each in asked.step.stuck) == ["baznas", "financial_coaching"]
    refused = up(MATARAM, *formed, consents={"baznas": Answer.REFUSED, "perguruan-tinggi": Answer.GIVEN})
    assert refused.step.skipped == ["baznas"]
    assert [each.stage for each in refused.step.offers] == ["coaching", "financial_coaching"]


def test_a_stage_that_needs_consent_may_have_been_left_out_on_paper() -> None:
    left_out = act(MATARAM, "baznas", "skipped", FIRST + timedelta(5))
    taken = up(MATARAM, *acts(MATARAM, "verification", "formation"), left_out)
    assert taken.step.skipped == ["baznas"]
    assert taken.step.journey.stages["baznas"].why == engine.CONSENT_REFUSED
    assert "baznas" not in [each.act.stage for each in taken.done]


def test_every_kind_names_facts_that_it_has_and_outcomes_that_it_knows() -> None:
    for kind in kinds.CATALOGUE.values():
        paper = kind.on_paper
        named = {paper.day, paper.number, paper.amount, paper.loan} - {None}
        assert named <= set(kind.facts)
        assert paper.gives | paper.lends <= set(kind.outcomes)
        assert set(kind.goes_on_with) <= set(kinds.CATALOGUE)
        assert bool(paper.gives) == (paper.claimed_as is not None)
    assert half_way.NOTHING.en
