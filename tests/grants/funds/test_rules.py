from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.funds import rules
from services.grants.funds.rules import Balance, FundExhausted, MoreThanSetAside, Posting

FUND = "apbd-kaltim-2023-kube"
amounts = some.integers(min_value=1, max_value=60)
postings = some.one_of(
    amounts.map(rules.reserve),
    some.tuples(amounts, some.integers(min_value=0, max_value=60)).map(lambda a: rules.commit(a[0], reserved=a[1])),
    amounts.map(rules.realise),
    amounts.map(rules.release_commitment),
    amounts.map(lambda amount: rules.release(Balance(reserved=amount))),
    amounts.map(rules.give_back),
    amounts.map(lambda amount: rules.lapse(Balance(committed=amount))),
)


@pytest.mark.parametrize(
    ("before", "posting", "after"),
    [
        (Balance(), rules.reserve(15), Balance(reserved=15)),
        (Balance(reserved=15), rules.commit(15, reserved=15), Balance(committed=15)),
        (Balance(), rules.commit(15), Balance(committed=15)),
        (Balance(committed=15), rules.realise(12), Balance(committed=3, realised=12)),
        (Balance(committed=3, realised=12), rules.release_commitment(3), Balance(realised=12)),
        (Balance(realised=12), rules.give_back(2), Balance(realised=10, returned=2)),
        (Balance(reserved=4, committed=3), rules.release(Balance(reserved=4, committed=3)), Balance()),
        (Balance(committed=3, realised=9), rules.lapse(Balance(committed=3, realised=9)), Balance(realised=9)),
    ],
)
def test_a_move_takes_money_from_one_place_to_the_next(before: Balance, posting: Posting, after: Balance) -> None:
    assert rules.post(before, posting, fund=FUND, ceiling=100) == after


@pytest.mark.parametrize(
    ("before", "posting", "refusal"),
    [
        (Balance(committed=90), rules.reserve(11), FundExhausted),
        (Balance(reserved=60, realised=40), rules.commit(1), FundExhausted),
        (Balance(reserved=5), rules.realise(5), MoreThanSetAside),
        (Balance(committed=5), rules.release_commitment(6), MoreThanSetAside),
        (Balance(realised=5), rules.give_back(6), MoreThanSetAside),
        (Balance(committed=9), rules.commit(9, reserved=9), MoreThanSetAside),
    ],
)
def test_a_move_that_breaks_a_law_is_refused(before: Balance, posting: Posting, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.post(before, posting, fund=FUND, ceiling=100)


@given(some.lists(postings, max_size=60))
def test_no_sequence_of_moves_passes_the_ceiling_or_makes_money(sequence: list[Posting]) -> None:
    balance, taken = Balance(), []
    for posting in sequence:
        try:
            balance = rules.post(balance, posting, fund=FUND, ceiling=100)
        except (FundExhausted, MoreThanSetAside):
            continue
        taken.append(posting)
        assert balance.used <= 100
        assert min(balance.reserved, balance.committed, balance.realised, balance.returned) >= 0
    total = Balance()
    for posting in taken:
        total = total.plus(posting.change)
    assert total == balance


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_not_an_amount(amount: int) -> None:
    with pytest.raises(rules.AmountNotPositive):
        rules.reserve(amount)


def test_money_does_not_lapse_before_the_year_is_over() -> None:
    with pytest.raises(rules.YearNotOver):
        rules.may_close(FUND, 2023, date(2023, 12, 31))
    rules.may_close(FUND, 2023, date(2024, 1, 1))


def test_the_refusal_says_what_is_left_in_both_languages() -> None:
    with pytest.raises(FundExhausted) as refused:
        rules.post(Balance(committed=590_000_000), rules.reserve(15_000_000), fund=FUND, ceiling=600_000_000)
    assert refused.value.message("id") == (
        "Dana apbd-kaltim-2023-kube tinggal Rp10.000.000; Rp15.000.000 tidak dapat dicadangkan dari dana ini."
    )
    assert "Rp10.000.000 left" in refused.value.message("en")
