from uuid import UUID

import pytest

from shared.programmes import engine, kinds, library
from shared.programmes.ahead import Ahead, ahead
from shared.programmes.definition import Programme
from shared.programmes.engine import Answer, Completed
from shared.programmes.state import OUT

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
