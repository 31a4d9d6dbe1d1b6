from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.placement import rules
from services.training.placement.rules import PlacementOutcome, Sector
from shared.kernel.errors import DomainError
from shared.programmes.kinds import training
from tests.refusals import refused

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


@pytest.mark.parametrize(
    ("took_part", "passed", "missing", "at"),
    [
        (None, None, rules.ResultMissing, "took_part"),
        (None, True, rules.ResultMissing, "took_part"),
        (True, None, rules.AssessmentMissing, "passed"),
    ],
)
def test_what_is_not_known_is_asked_for(
    took_part: bool | None, passed: bool | None, missing: type[DomainError], at: str
) -> None:
    with refused(missing, at):
        rules.outcome(placed=False, took_part=took_part, passed=passed)


@pytest.mark.parametrize("passed", [None, False])
@pytest.mark.parametrize("waiver", [None, "", "  \n"])
def test_nobody_is_placed_unpassed_where_no_waiver_says_why(passed: bool | None, waiver: str | None) -> None:
    with refused(rules.NotPassed, "placement.waiver"):
        rules.may_be_placed(passed, waiver)
    rules.may_be_placed(passed, "she has done this work for years")
    rules.may_be_placed(True, waiver)


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
    ("took_part", "on", "wrong", "at", "figures"),
    [
        (None, TODAY, rules.OnlyWhoTookPart, "passed", {}),
        (False, TODAY, rules.OnlyWhoTookPart, "passed", {}),
        (False, None, rules.OnlyWhoTookPart, "passed", {}),
        (True, None, rules.Required, "assessed_on", {}),
        (True, date(2026, 3, 1), rules.AssessedOutsideTime, "assessed_on", {"first_day": "2026-03-02"}),
        (True, date(2026, 3, 21), rules.AssessedOutsideTime, "assessed_on", {"first_day": "2026-03-02"}),
    ],
)
def test_an_assessment_that_cannot_have_been_is_refused(
    took_part: bool | None, on: date | None, wrong: type[DomainError], at: str, figures: dict[str, Any]
) -> None:
    with refused(wrong, at, **figures):
        rules.assess(took_part, on, FIRST, TODAY)


@pytest.mark.parametrize("on", [FIRST, date(2026, 3, 10), TODAY])
def test_who_took_part_is_assessed_from_the_first_day_of_the_batch_until_today(on: date) -> None:
    rules.assess(True, on, FIRST, TODAY)


def test_the_catalogue_and_the_rules_know_the_same_sectors() -> None:
    assert tuple(Sector) == training.SECTORS
