"""What an assessment makes of its answers: tables and laws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.assessments import rules
from services.intake.assessments.rules import AssessmentOutcome
from shared.kernel.errors import Invalid

OFFERED = ("skills", "business", "cooperative", "work", "market")
TODAY = date(2024, 5, 29)
answers = st.dictionaries(st.sampled_from(OFFERED), st.booleans())


@given(answers)
def test_the_needs_found_are_those_answered_with_yes_in_the_programmes_order(said):
    found = rules.needs_found(OFFERED, said)
    assert set(found) == {need for need, answer in said.items() if answer}
    assert found == sorted(found, key=OFFERED.index)


@given(answers)
def test_an_assessment_that_finds_no_need_says_so(said):
    nothing = rules.outcome_of(rules.needs_found(OFFERED, said)) is AssessmentOutcome.NOTHING_NEEDED
    assert nothing == (not any(said.values()))


@given(answers)
def test_an_assessment_is_closed_only_when_every_need_was_asked_about(said):
    if said.keys() == set(OFFERED):
        rules.check_complete(OFFERED, said, TODAY)
        return
    with pytest.raises(rules.AnswerMissing) as refused:
        rules.check_complete(OFFERED, said, TODAY)
    missing = {f"answers.{at}.found" for at, need in enumerate(OFFERED) if need not in said}
    assert refused.value.errors.keys() == missing


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        (("magic",), rules.NeedNotOffered),
        (("skills", "skills"), rules.AnsweredTwice),
    ],
)
def test_answers_to_what_is_not_offered_or_said_twice_are_refused(named, refusal):
    with pytest.raises(refusal) as refused:
        rules.check_needs(OFFERED, named)
    assert list(refused.value.errors) == [f"answers.{len(named) - 1}.need"]


def test_an_interview_has_a_day_and_not_one_to_come():
    rules.check_day(None, TODAY)
    rules.check_day(TODAY, TODAY)
    with pytest.raises(rules.InterviewInFuture):
        rules.check_day(date(2024, 5, 30), TODAY)
    with pytest.raises(Invalid) as refused:
        rules.check_complete(OFFERED, dict.fromkeys(OFFERED, True), None)
    assert list(refused.value.errors) == ["interviewed_on"]
