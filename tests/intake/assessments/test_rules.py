"""What an assessment makes of its answers: tables and laws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.assessments import rules
from services.intake.assessments.rules import AssessmentOutcome
from tests.refusals import refused

OFFERED = ("skills", "business", "cooperative", "work", "market")
TODAY = date(2024, 5, 29)
NOT_OFFERED = {"need": "magic", "offered": "skills, business, cooperative, work, market"}
answers = st.dictionaries(st.sampled_from(OFFERED), st.booleans())


def gaps(rule, said, interviewed_on):
    """What is wrong beside which field, where an assessment is closed and refused by this rule."""
    with pytest.raises(rule) as caught:
        rules.check_complete(OFFERED, said, interviewed_on)
    assert type(caught.value) is rule
    return {field: type(each) for field, (each,) in caught.value.errors.items()}


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
    missing = {f"answers.{at}.found": rules.AnswerMissing for at, need in enumerate(OFFERED) if need not in said}
    assert gaps(rules.AnswerMissing, said, TODAY) == missing
    assert gaps(rules.InterviewMissing, said, None) == {"interviewed_on": rules.InterviewMissing, **missing}


@pytest.mark.parametrize(
    ("named", "refusal", "figures"),
    [
        (("magic",), rules.NeedNotOffered, NOT_OFFERED),
        (("skills", "magic"), rules.NeedNotOffered, NOT_OFFERED),
        (("skills", "skills"), rules.AnsweredTwice, {}),
        (("skills", "work", "skills"), rules.AnsweredTwice, {}),
    ],
)
def test_answers_to_what_is_not_offered_or_said_twice_are_refused(named, refusal, figures):
    with refused(refusal, at=f"answers.{len(named) - 1}.need", **figures):
        rules.check_needs(OFFERED, named)


def test_every_need_may_be_answered_once_in_any_order():
    rules.check_needs(OFFERED, OFFERED[::-1])
    rules.check_needs(OFFERED, ())


@pytest.mark.parametrize(
    ("agency", "subject_kind", "may"),
    [
        ("dp3a", "person", True),
        ("dp3a", "group", False),
        ("dinsos", "person", False),
        ("dinsos", "group", False),
    ],
)
def test_a_talk_in_confidence_is_asked_for_by_dp3a_and_for_one_person(agency, subject_kind, may):
    assert rules.may_ask_for_talk(agency, subject_kind) is may


def test_an_interview_has_a_day_and_not_one_to_come():
    rules.check_day(None, TODAY)
    rules.check_day(TODAY, TODAY)
    with refused(rules.InterviewInFuture, at="interviewed_on"):
        rules.check_day(date(2024, 5, 30), TODAY)
    with refused(rules.InterviewMissing, at="interviewed_on"):
        rules.check_complete(OFFERED, dict.fromkeys(OFFERED, True), None)
