"""What people answer, taken together."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.consents.rules import (
    AnsweredBeforeLast,
    AnsweredInFuture,
    Said,
    WithdrawInstead,
    effective_by,
    require_change,
    require_past,
    together,
)
from shared.programmes.engine import Answer
from tests.refusals import refused

A, B, C = (UUID(int=each) for each in (1, 2, 3))
YES, NO, BACK = Said.GIVEN, Said.REFUSED, Said.WITHDRAWN


@pytest.mark.parametrize(
    ("said", "everybody", "answer"),
    [
        ({}, [A], None),
        ({A: YES}, [A], Answer.GIVEN),
        ({A: NO}, [A], Answer.REFUSED),
        ({A: BACK}, [A], Answer.REFUSED),
        ({A: YES}, [A, B], None),
        ({A: YES, B: YES}, [A, B], Answer.GIVEN),
        ({A: YES, B: NO}, [A, B, C], Answer.REFUSED),
        ({C: NO, A: YES}, [A], Answer.GIVEN),  # she has left the group
        ({}, [], None),  # a group without members consents to nothing
    ],
)
def test_what_all_of_them_answered_together(said, everybody, answer):
    assert together(said, everybody) is answer


@given(st.dictionaries(st.sampled_from([A, B, C]), st.sampled_from(list(Said))), st.sets(st.sampled_from([A, B, C])))
def test_nobody_is_passed_over_and_one_no_is_a_no(said, everybody):
    answer = together(said, everybody)
    if answer is Answer.GIVEN:
        assert everybody
        assert all(said.get(each) is YES for each in everybody)
    if any(said.get(each) in (NO, BACK) for each in everybody):
        assert answer is Answer.REFUSED


TODAY, YESTERDAY = date(2026, 3, 2), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("before", "answer", "changes"),
    [
        *[(None, YES, True), (None, NO, True), (YES, YES, False), (NO, NO, False), (NO, YES, True)],
        *[(BACK, YES, True), (BACK, NO, False), (YES, BACK, True)],
    ],
)
def test_only_another_answer_is_news(before, answer, changes):
    assert require_change(before, answer, TODAY, YESTERDAY if before else None) is changes


def test_a_yes_is_not_made_a_no_behind_her_back():
    with refused(WithdrawInstead):
        require_change(YES, NO, TODAY, YESTERDAY)


def test_the_last_answer_counts():
    with refused(AnsweredBeforeLast, at="answered_on"):
        require_change(NO, YES, YESTERDAY, TODAY)


def test_two_answers_of_one_day_are_told_as_they_were_written_down():
    assert require_change(NO, YES, TODAY, TODAY)
    assert require_change(YES, BACK, TODAY, TODAY)


def test_an_answer_that_says_nothing_new_may_be_older():
    assert require_change(YES, YES, YESTERDAY, TODAY) is False
    assert require_change(BACK, NO, YESTERDAY, TODAY) is False


def test_nobody_answers_tomorrow():
    require_past(TODAY, TODAY)
    with refused(AnsweredInFuture, at="answered_on"):
        require_past(TODAY, YESTERDAY)


def test_a_withdrawal_has_three_times_twenty_four_hours():
    assert effective_by(datetime(2026, 3, 2, 8, tzinfo=UTC)) == datetime(2026, 3, 5, 8, tzinfo=UTC)
