from uuid import UUID

import pytest

from shared.programmes import engine, kinds, library
from shared.programmes.ahead import Ahead, ahead
from shared.programmes.definition import Programme
from shared.programmes.engine import Answer, Completed
from shared.programmes.load import read
from shared.programmes.state import OUT
from tests.shared.programmes.samples import changed, sample

SAMPLE = sample()
KUBE = library.programme("kube-kaltim-2023")
KUKAR = library.programme("pemberdayaan-kukar")
KUSIAPP = library.programme("kusiapp-mataram")


def foreseen(programme: Programme, stage: str, attempt: int = 1, **earlier: str) -> dict[str, Ahead]:
    reports = {name: {"outcome": outcome, "facts": {}} for name, outcome in earlier.items()}
    return {each.outcome: each for each in ahead(programme, stage, reports, attempt)}


def names(found: Ahead) -> list[str]:
    return [each.stage.name for each in found.offers]


def test_each_outcome_of_a_check_has_its_own_way_on() -> None:
    found = foreseen(KUBE, "file_check", formation="formed", proposal="submitted")
    assert names(found["eligible"]) == ["field_check"]
    assert found["not-eligible"].ends == ("refused",)
    assert found["not-eligible"].ends_badly
    assert found["mend"].sends_back_to is KUBE.stages["proposal"]
    assert (found["check-dukcapil"].repeats, found["check-dukcapil"].most) == (True, 2)


def test_a_first_try_says_nothing_of_used_up_chances_and_a_later_one_does() -> None:
    assert foreseen(KUBE, "file_check")["mend"].otherwise is None
    later = foreseen(KUBE, "file_check", attempt=3)["mend"].otherwise
    assert later is not None
    assert later.ends == ("refused",)


def test_a_second_try_is_the_first_whose_chances_may_be_used_up() -> None:
    second = foreseen(KUBE, "file_check", attempt=2)
    assert second["mend"].otherwise == Ahead("mend", ends=("refused",))
    assert second["check-dukcapil"].otherwise == Ahead("check-dukcapil", ends=("refused",))
    assert second["eligible"].otherwise is None


def test_a_condition_may_ask_at_which_try_the_chances_were_used_up() -> None:
    text = changed("mend: refused}", "check-dukcapil: refused}").replace(
        "needs: [course, check]", "needs: [course, check]\n    when: check.attempt == 3"
    )
    programme = read(text)
    for attempt, then in ((2, []), (3, ["graduation"])):
        otherwise = foreseen(programme, "check", attempt, course="attended")["mend"].otherwise
        assert otherwise is not None
        assert names(otherwise) == then


def test_a_stage_left_out_and_an_offer_taken_back_are_said_beforehand() -> None:
    assert foreseen(SAMPLE, "verification")["mend"].skips == (SAMPLE.stages["proposal"],)
    ended = foreseen(SAMPLE, "check", verification="eligible", proposal="submitted")["not-eligible"]
    assert ended == Ahead("not-eligible", takes_back=(SAMPLE.stages["course"],), ends=("refused",))


def test_what_is_sent_back_says_nothing_of_stages_left_out_once_more() -> None:
    found = foreseen(SAMPLE, "check", verification="mend")["mend"]
    assert found == Ahead("mend", sends_back_to=SAMPLE.stages["proposal"], most=2)


def test_where_something_is_offered_nothing_beside_it_has_to_be_waited_for() -> None:
    found = foreseen(SAMPLE, "proposal", verification="eligible")["submitted"]
    assert (names(found), found.waits_for) == (["check"], ())


@pytest.mark.parametrize(("assessment", "end"), [("graduated", "graduated"), ("not-yet", "completed")])
def test_what_was_reported_before_decides_how_the_last_stage_ends(assessment: str, end: str) -> None:
    assert foreseen(KUSIAPP, "recruitment", assessment=assessment)["nobody"].ends == (end,)


def test_facts_reported_before_say_what_goes_on_beside_a_stage() -> None:
    reports = {"assessment": {"outcome": "assessed", "facts": {"needs": ["skills", "market"]}}}
    (attended, _absent) = ahead(KUKAR, "skills", reports, 1)
    assert [each.name for each in attended.waits_for] == ["protection", "market"]


def test_a_stage_reported_before_counts_as_done_at_its_first_try() -> None:
    text = changed("needs: [course, check]", "needs: [course, check]\n    when: verification.attempt == 1")
    found = foreseen(read(text), "check", verification="eligible", proposal="submitted", course="attended")
    assert names(found["eligible"]) == ["graduation"]


def test_an_end_that_a_fact_decides_is_said_to_be_open() -> None:
    text = changed("graduation.outcome == 'graduated'", "has(graduation.cause) && graduation.cause == 'work'").replace(
        "signatures: 2}", "signatures: 2}\n    ends: {failed: stopped}"
    )
    found = foreseen(read(text), "graduation")
    assert found["graduated"].ends == ("graduated", "completed")
    assert not found["graduated"].ends_badly
    assert found["failed"].ends == ("stopped",)
    assert found["failed"].ends_badly


def test_a_stage_beside_others_says_what_else_has_to_be_done() -> None:
    found = foreseen(KUSIAPP, "coaching", verification="eligible", formation="formed")["attended"]
    assert (names(found), found.ends) == ([], ())
    assert [each.name for each in found.waits_for] == ["financial_coaching", "baznas"]


def test_what_needs_her_consent_and_what_a_fact_decides_is_said_to_be_open() -> None:
    formed = foreseen(KUSIAPP, "formation", verification="eligible")["formed"]
    assert [(each.stage.name, each.asks_consent) for each in formed.offers] == [
        ("coaching", False),
        ("financial_coaching", True),
        ("baznas", True),
    ]
    assessed = {
        each.stage.name: each.perhaps
        for each in foreseen(KUKAR, "assessment", verification="eligible")["assessed"].offers
    }
    assert assessed["skills"]
    assert assessed["work"]


def test_the_last_stage_says_how_the_journey_ends_and_whose_journeys_begin() -> None:
    assert foreseen(KUBE, "graduation")["graduated"].ends == ("graduated",)
    assert not foreseen(KUBE, "graduation")["not-yet"].ends_badly
    assert foreseen(KUSIAPP, "recruitment", assessment="graduated")["recruited"].spawns == "kusiapp-mataram"


EVERY_STAGE = [(programme, stage) for programme in library.published().values() for stage in programme.stages]


@pytest.mark.parametrize(("programme", "stage"), EVERY_STAGE, ids=lambda each: getattr(each, "id", each))
def test_every_outcome_of_every_stage_of_every_programme_is_foreseen(programme: Programme, stage: str) -> None:
    found = ahead(programme, stage, {}, 2)
    assert [each.outcome for each in found] == list(kinds.kind(programme.stages[stage].does).outcomes)


def test_what_is_foreseen_is_what_the_engine_does_then() -> None:
    """Along the straight way of a programme without branches, outcome by outcome."""
    consents = {stage.agency: Answer.GIVEN for stage in KUBE.stages.values()}
    journey = engine.start(KUBE, consents=consents).journey
    earlier: dict[str, dict[str, object]] = {}
    while not journey.ended:
        (stage,) = journey.standing(*OUT)
        for told in ahead(KUBE, stage, earlier, journey.stages[stage].attempt):
            report = Completed(stage, UUID(journey.stages[stage].referral), told.outcome, {})
            step = engine.advance(KUBE, journey, report, consents=consents)
            if told.sends_back_to:
                assert step.journey.standing(*OUT) == [told.sends_back_to.name]
            elif told.repeats:
                assert step.journey.standing(*OUT) == [stage]
            else:
                assert step.journey.standing(*OUT) == names(told)
                assert step.journey.ended is None or (step.journey.ended[0],) == told.ends
        best = kinds.kind(KUBE.stages[stage].does).outcomes[0]
        report = Completed(stage, UUID(journey.stages[stage].referral), best, {})
        journey = engine.advance(KUBE, journey, report, consents=consents).journey
        earlier[stage] = {"outcome": best, "facts": {}}
    assert len(earlier) == len(KUBE.stages)
