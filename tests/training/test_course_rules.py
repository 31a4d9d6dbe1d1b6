import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.courses import rules
from services.training.courses.rules import CourseOutcome, MoreThanMembers


@pytest.mark.parametrize(
    ("asked", "attended", "expected"),
    [
        (1, 0, CourseOutcome.ABSENT),
        (1, 1, CourseOutcome.ATTENDED),
        (2, 1, CourseOutcome.ABSENT),
        (2, 2, CourseOutcome.ATTENDED),
        (4, 2, CourseOutcome.ABSENT),
        (4, 3, CourseOutcome.ATTENDED),
        (5, 4, CourseOutcome.ATTENDED),
    ],
)
def test_three_of_four_sessions_make_a_course_attended(asked: int, attended: int, expected: CourseOutcome) -> None:
    assert rules.outcome(asked, attended) is expected


@given(st.integers(1, 500), st.integers(0, 500))
def test_coming_once_more_never_hurts_and_coming_always_is_enough(asked: int, attended: int) -> None:
    assert 1 <= rules.sessions_needed(asked) <= asked
    if rules.outcome(asked, attended) is CourseOutcome.ATTENDED:
        assert rules.outcome(asked, attended + 1) is CourseOutcome.ATTENDED
    assert rules.outcome(asked, asked) is CourseOutcome.ATTENDED


@pytest.mark.parametrize(
    ("members", "present", "members_present", "expected"),
    [
        (None, True, None, True),
        (None, False, None, False),
        (None, None, None, False),
        (5, None, 3, True),
        (5, None, 2, False),
        (4, None, 2, False),
        (None, None, 1, True),
        (None, None, 0, False),
    ],
)
def test_a_group_was_there_when_more_than_half_of_it_was(
    members: int | None, present: bool | None, members_present: int | None, expected: bool
) -> None:
    assert rules.was_there(members, present, members_present) is expected


def test_more_members_than_the_group_has_cannot_have_come() -> None:
    with pytest.raises(MoreThanMembers):
        rules.was_there(5, None, 6)
