from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.placement import rules
from services.training.placement.rules import PlacementOutcome, Sector
from shared.programmes.kinds import training

MAYBE = st.none() | st.booleans()
FIRST, TODAY = date(2026, 3, 2), date(2026, 3, 20)


@pytest.mark.parametrize(
    ("placed", "took_part", "passed", "outcome"),
    [
        (True, True, True, PlacementOutcome.PLACED),
        (True, None, None, PlacementOutcome.PLACED),
        (False, True, True, PlacementOutcome.PASSED),
        (False, True, False, PlacementOutcome.TOOK_PART),
        (False, False, None, PlacementOutcome.ABSENT),
    ],
)
def test_what_a_referral_to_job_training_comes_to(
    placed: bool, took_part: bool | None, passed: bool | None, outcome: PlacementOutcome
) -> None:
    assert rules.outcome(placed=placed, took_part=took_part, passed=passed) is outcome


@pytest.mark.parametrize(("took_part", "missing"), [(None, rules.ResultMissing), (True, rules.AssessmentMissing)])
def test_what_is_not_known_is_asked_for(took_part: bool | None, missing: type[Exception]) -> None:
    with pytest.raises(missing):
        rules.outcome(placed=False, took_part=took_part, passed=None)


@given(MAYBE, st.none() | st.text(max_size=5))
def test_nobody_is_placed_without_having_passed_or_a_reason_in_words(passed: bool | None, waiver: str | None) -> None:
    try:
        rules.may_be_placed(passed, waiver)
    except rules.NotPassed:
        assert not passed
        assert not (waiver or "").strip()
    else:
        assert passed or (waiver or "").strip()


@pytest.mark.parametrize(
    ("took_part", "on", "wrong"),
    [
        (None, TODAY, rules.OnlyWhoTookPart),
        (False, TODAY, rules.OnlyWhoTookPart),
        (True, None, rules.Required),
        (True, date(2026, 3, 1), rules.AssessedOutsideTime),
        (True, date(2026, 3, 21), rules.AssessedOutsideTime),
    ],
)
def test_an_assessment_that_cannot_have_been_is_refused(
    took_part: bool | None, on: date | None, wrong: type[Exception]
) -> None:
    with pytest.raises(wrong):
        rules.assess(took_part, on, FIRST, TODAY)


def test_the_catalogue_and_the_rules_know_the_same_sectors() -> None:
    assert tuple(Sector) == training.SECTORS
