from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import DomainError
from shared.referrals import rules
from shared.referrals.rules import (
    CLOSED,
    OPEN,
    WAITING,
    AlreadyAccepted,
    AlreadyClosed,
    Lateness,
    Move,
    NotYetAccepted,
    Reason,
    ReferralState,
    Suggestion,
    Tray,
    WithoutGrounds,
)
from tests.refusals import refused

S, M = ReferralState, Move

TABLE: dict[tuple[ReferralState, Move], ReferralState | type[DomainError]] = {
    (S.OFFERED, M.OPEN): S.OPENED,
    (S.OFFERED, M.ACCEPT): S.ACCEPTED,
    (S.OFFERED, M.DECLINE): S.DECLINED,
    (S.OFFERED, M.WITHDRAW): S.WITHDRAWN,
    (S.OFFERED, M.EXPIRE): S.UNANSWERED,
    (S.OFFERED, M.COMPLETE): NotYetAccepted,
    (S.OFFERED, M.RETURN): NotYetAccepted,
    (S.OPENED, M.ACCEPT): S.ACCEPTED,
    (S.OPENED, M.DECLINE): S.DECLINED,
    (S.OPENED, M.WITHDRAW): S.WITHDRAWN,
    (S.OPENED, M.EXPIRE): S.UNANSWERED,
    (S.OPENED, M.COMPLETE): NotYetAccepted,
    (S.OPENED, M.RETURN): NotYetAccepted,
    (S.ACCEPTED, M.COMPLETE): S.COMPLETED,
    (S.ACCEPTED, M.RETURN): S.RETURNED,
    (S.ACCEPTED, M.WITHDRAW): S.WITHDRAWN,
    (S.ACCEPTED, M.ACCEPT): AlreadyAccepted,
    (S.ACCEPTED, M.DECLINE): AlreadyAccepted,
    (S.ACCEPTED, M.EXPIRE): AlreadyAccepted,
    **dict.fromkeys(product(CLOSED, Move), AlreadyClosed),
}


@pytest.mark.parametrize(("state", "move"), sorted(TABLE))
def test_a_move_leads_where_the_table_says_or_is_refused_with_its_reason(state: ReferralState, move: Move) -> None:
    expected = TABLE[state, move]
    if isinstance(expected, ReferralState):
        assert rules.after(state, move) is expected
        assert move in rules.moves_from(state)
    else:
        closed = {"state": rules.label(state, "en").lower(), "state_id": rules.label(state, "id").lower()}
        with refused(expected, **(closed if expected is AlreadyClosed else {})):
            rules.after(state, move)
        assert move not in rules.moves_from(state)


@given(st.lists(st.sampled_from(Move)))
def test_whatever_is_tried_a_referral_is_closed_at_most_once_and_never_reopens(tries: list[Move]) -> None:
    state, path = S.OFFERED, [S.OFFERED]
    for move in tries:
        if move in rules.moves_from(state):
            state = rules.after(state, move)
            path.append(state)
    assert len(path) == len(set(path)), "no state is entered twice"
    assert all(each in OPEN for each in path[:-1])


@given(st.lists(st.sampled_from(Move)))
def test_nothing_is_completed_or_returned_that_was_not_accepted_and_nothing_accepted_expires(tries: list[Move]) -> None:
    state, seen = S.OFFERED, {S.OFFERED}
    for move in tries:
        if move in rules.moves_from(state):
            state = rules.after(state, move)
            seen.add(state)
    assert (S.ACCEPTED in seen) or not seen & {S.COMPLETED, S.RETURNED}
    assert not seen >= {S.ACCEPTED, S.UNANSWERED}


def test_every_open_state_can_still_be_left_and_no_closed_one_can() -> None:
    assert all(rules.moves_from(state) for state in OPEN)
    assert not any(rules.moves_from(state) for state in CLOSED)
    assert WAITING < OPEN
    assert set(ReferralState) == OPEN | CLOSED


FIRST = datetime(2023, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(2_500)).map(lambda later: FIRST + later)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(400)), st.timedeltas(timedelta(0), timedelta(400)))
def test_lateness_only_ever_grows(start: datetime, half: timedelta, rest: timedelta) -> None:
    remind_at, due_at = start + half, start + half + rest
    order = [Lateness.SAFE, Lateness.NEAR, Lateness.LATE]
    moments = sorted([start, remind_at, due_at, due_at + timedelta(microseconds=1)])
    found = [order.index(rules.lateness(moment, remind_at, due_at)) for moment in moments]
    assert found == sorted(found)
    assert rules.lateness(due_at, remind_at, due_at) is not Lateness.LATE
    assert found[-1] == 2


@pytest.mark.parametrize(
    ("lasts", "near_from"), [(10, 5), (28, 14), (100, 86), (365, 351)], ids=lambda days: f"{days} days"
)
def test_a_stage_is_nearly_due_when_half_of_its_time_is_gone_and_two_weeks_are_left_at_most(
    lasts: int, near_from: int
) -> None:
    half, due = FIRST + timedelta(lasts) / 2, FIRST + timedelta(lasts)
    begins = FIRST + timedelta(near_from)
    assert rules.lateness(begins, half, due) is Lateness.NEAR
    assert rules.lateness(begins - timedelta(seconds=1), half, due) is Lateness.SAFE


@pytest.mark.parametrize("empty", ["", "   ", "\n\t "])
def test_a_no_without_words_is_refused(empty: str) -> None:
    with refused(WithoutGrounds, at="explanation"):
        rules.grounds(empty)


@pytest.mark.parametrize("written", ["Dana habis.", "  Dana   habis.\n", "Dana\n\thabis."])
def test_a_no_is_kept_in_its_words_without_stray_spaces(written: str) -> None:
    assert rules.grounds(written) == "Dana habis."


def test_every_word_that_a_person_reads_is_there_in_both_languages() -> None:
    assert (rules.label(S.ACCEPTED, "id"), rules.label(S.ACCEPTED, "en")) == ("Dikerjakan", "Taken on")
    words = [*ReferralState, *Tray, *Lateness, *Reason, *Suggestion]
    assert len(words) == len(set(words)) == len(rules.LABELS)
    assert all(rules.label(word, language).strip() for word in words for language in ("id", "en"))


def test_a_closed_referral_says_in_both_languages_how_it_was_closed() -> None:
    with pytest.raises(AlreadyClosed) as refused:
        rules.after(S.UNANSWERED, M.ACCEPT)
    assert refused.value.message("id") == "Rujukan ini sudah ditutup: tidak dijawab."
    assert refused.value.message("en") == "This referral is closed: unanswered."
