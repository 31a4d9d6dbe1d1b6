from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.funds import rules
from services.grants.funds.rules import Balance, FundExhausted, MoreThanSetAside, Move, Posting, Purse, Source
from shared.kernel.errors import DomainError
from tests.refusals import refused

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
    amounts.map(rules.lend),
    amounts.map(rules.repay),
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
        (Balance(committed=15, lent=4), rules.lend(12), Balance(committed=3, lent=16)),
        (Balance(lent=16, repaid=1), rules.repay(5), Balance(lent=11, repaid=6)),
        (Balance(committed=15), rules.commit(16, reserved=0), Balance(committed=31)),
        (Balance(reserved=15), rules.commit(12, reserved=15), Balance(committed=12)),
        (Balance(reserved=85), rules.reserve(15), Balance(reserved=100)),
    ],
)
def test_a_move_takes_money_from_one_place_to_the_next(before: Balance, posting: Posting, after: Balance) -> None:
    assert rules.post(before, posting, fund=FUND, ceiling=100) == after


@pytest.mark.parametrize(
    ("made", "posting"),
    [
        (partial(rules.reserve, 15), Posting(Move.RESERVE, 15, Balance(reserved=15))),
        (partial(rules.commit, 15), Posting(Move.COMMIT, 15, Balance(committed=15))),
        (partial(rules.commit, 15, reserved=10), Posting(Move.COMMIT, 15, Balance(reserved=-10, committed=15))),
        (partial(rules.realise, 15), Posting(Move.REALISE, 15, Balance(committed=-15, realised=15))),
        (
            partial(rules.release, Balance(reserved=4, committed=3, realised=8, lent=9)),
            Posting(Move.RELEASE, 7, Balance(reserved=-4, committed=-3)),
        ),
        (partial(rules.release_commitment, 3), Posting(Move.RELEASE, 3, Balance(committed=-3))),
        (partial(rules.give_back, 2), Posting(Move.RETURN, 2, Balance(realised=-2, returned=2))),
        (partial(rules.lend, 12), Posting(Move.LEND, 12, Balance(committed=-12, lent=12))),
        (partial(rules.repay, 5), Posting(Move.REPAY, 5, Balance(lent=-5, repaid=5))),
        (
            partial(rules.lapse, Balance(reserved=4, committed=3, realised=8)),
            Posting(Move.LAPSE, 7, Balance(reserved=-4, committed=-3)),
        ),
    ],
)
def test_a_move_says_what_it_was_how_much_and_what_it_changes(made: Callable[[], Posting], posting: Posting) -> None:
    assert made() == posting


@pytest.mark.parametrize(
    ("before", "posting", "refusal", "figures"),
    [
        (Balance(committed=90), rules.reserve(11), FundExhausted, {"free": "Rp10", "wanted": "Rp11"}),
        (Balance(reserved=60, realised=40), rules.commit(1), FundExhausted, {"free": "Rp0", "wanted": "Rp1"}),
        (Balance(lent=95), rules.commit(6), FundExhausted, {"free": "Rp5", "wanted": "Rp6"}),
        (
            *(Balance(reserved=8, realised=90), rules.commit(20, reserved=8), FundExhausted),
            {"free": "Rp2", "wanted": "Rp12"},
        ),
        (
            *(Balance(reserved=5), rules.realise(5), MoreThanSetAside),
            {"balance": "committed", "held": "Rp0", "wanted": "Rp5"},
        ),
        (
            *(Balance(committed=5), rules.release_commitment(6), MoreThanSetAside),
            {"balance": "committed", "held": "Rp5", "wanted": "Rp6"},
        ),
        (
            *(Balance(realised=5), rules.give_back(6), MoreThanSetAside),
            {"balance": "realised", "held": "Rp5", "wanted": "Rp6"},
        ),
        (
            *(Balance(lent=5, realised=9), rules.repay(6), MoreThanSetAside),
            {"balance": "lent", "held": "Rp5", "wanted": "Rp6"},
        ),
        (
            *(Balance(committed=9), rules.commit(9, reserved=9), MoreThanSetAside),
            {"balance": "reserved", "held": "Rp0", "wanted": "Rp9"},
        ),
    ],
)
def test_a_move_that_breaks_a_law_is_refused(
    before: Balance, posting: Posting, refusal: type[DomainError], figures: dict[str, Any]
) -> None:
    with refused(refusal, fund=FUND, **figures):
        rules.post(before, posting, fund=FUND, ceiling=100)


def test_within_a_grant_there_is_no_ceiling() -> None:
    assert rules.post(Balance(committed=90), rules.reserve(11), fund=FUND) == Balance(reserved=11, committed=90)
    with refused(MoreThanSetAside, fund=FUND, balance="committed", held="Rp90", wanted="Rp91"):
        rules.post(Balance(committed=90), rules.realise(91), fund=FUND)


def test_two_balances_are_added_place_by_place() -> None:
    one = Balance(reserved=1, committed=2, realised=3, returned=4, lent=5, repaid=6)
    other = Balance(reserved=10, committed=20, realised=30, returned=40, lent=50, repaid=60)
    assert one.plus(other) == Balance(reserved=11, committed=22, realised=33, returned=44, lent=55, repaid=66)
    assert (one.outstanding, one.used) == (3, 11)


PURSE = Purse("dinsos-kaltim", Source.APBD, 2023)


@pytest.mark.parametrize(
    ("later", "may"),
    [
        (Purse("dinsos-kaltim", Source.APBD, 2023), True),
        (Purse("dinsos-kaltim", Source.APBD, 2024), True),
        (Purse("dinsos-kaltim", Source.APBD, 2022), False),
        (Purse("dinsos-kaltim", Source.CSR, 2024), False),
        (Purse("dinsos-bontang", Source.APBD, 2024), False),
        (Purse("dinsos-bontang", Source.CSR, 2022), False),
    ],
)
def test_a_fund_follows_another_of_its_owner_and_source_and_of_no_later_year(later: Purse, may: bool) -> None:
    assert later.may_follow(PURSE) is may


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
        assert min(balance.reserved, balance.committed, balance.realised, balance.returned, balance.lent) >= 0
    total = Balance()
    for posting in taken:
        total = total.plus(posting.change)
    assert total == balance


@pytest.mark.parametrize("amount", [0, -1])
@pytest.mark.parametrize(
    "move",
    [
        *(rules.reserve, rules.commit, rules.realise, rules.release_commitment, rules.give_back, rules.lend),
        *(rules.repay, lambda amount: rules.lapse(Balance(reserved=amount))),
    ],
)
def test_nothing_is_not_an_amount(move: Callable[[int], Posting], amount: int) -> None:
    with refused(rules.AmountNotPositive):
        move(amount)
    assert move(1).amount == 1


def test_money_does_not_lapse_before_the_year_is_over() -> None:
    with refused(rules.YearNotOver, fund=FUND, year=2023):
        rules.may_close(FUND, 2023, date(2023, 12, 31))
    rules.may_close(FUND, 2023, date(2024, 1, 1))


def test_the_refusal_says_what_is_left_in_both_languages() -> None:
    with pytest.raises(FundExhausted) as caught:
        rules.post(Balance(committed=590_000_000), rules.reserve(15_000_000), fund=FUND, ceiling=600_000_000)
    assert caught.value.message("id") == (
        "Dana apbd-kaltim-2023-kube tinggal Rp10.000.000; Rp15.000.000 tidak dapat dicadangkan dari dana ini."
    )
    assert "Rp10.000.000 left" in caught.value.message("en")
