from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.markets import rules
from services.training.markets.rules import Channel
from shared.programmes.kinds import training

TODAY = date(2026, 3, 2)
AMOUNTS = st.integers(min_value=0, max_value=10_000)


@pytest.mark.parametrize(
    ("travel", "lives_in", "fair", "needs"),
    [
        (True, "36.74.06.1001", "31.71", True),
        (True, "36.74.06.1001", "36.74.05.1005", False),
        (False, "36.74.06.1001", "31.71", False),
        (True, "64.02", "64.72", True),
    ],
)
def test_ticket_and_lodging_are_owed_outside_the_city_where_the_programme_pays_them(
    travel: bool, lives_in: str, fair: str, needs: bool
) -> None:
    assert rules.needs_travel(travel, lives_in, fair) is needs


@pytest.mark.parametrize(
    ("opens", "closes", "wrong"),
    [
        (date(2026, 3, 5), date(2026, 3, 4), rules.EndsBeforeItBegins),
        (date(2026, 3, 5), date(2026, 4, 5), rules.FairTooLong),
        (date(2026, 2, 5), date(2026, 2, 6), rules.FairOver),
    ],
)
def test_a_fair_that_cannot_be_held_is_refused(opens: date, closes: date, wrong: type[Exception]) -> None:
    with pytest.raises(wrong):
        rules.plan(opens, closes, TODAY)
    rules.plan(TODAY, TODAY, TODAY)


@given(
    st.integers(min_value=1, max_value=1_000),
    st.lists(st.tuples(st.integers(min_value=1, max_value=300), st.none() | st.integers(min_value=0, max_value=300))),
)
def test_deliveries_never_come_to_more_than_was_agreed(agreed: int, brought: list[tuple[int, int | None]]) -> None:
    counted = 0
    for delivered, accepted in brought:
        try:
            rules.inspect(delivered, accepted, 0, 1_000)
            rules.room(agreed, counted, rules.counted(delivered, accepted))
        except (rules.MoreThanAgreed, rules.MoreThanDelivered):
            continue
        counted += rules.counted(delivered, accepted)
    assert counted <= agreed


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_nobody_pays_for_more_than_was_accepted(delivered: int, accepted: int, price: int, paid: int) -> None:
    try:
        rules.inspect(delivered, accepted, paid, price)
    except (rules.MoreThanDelivered, rules.PaidTooMuch):
        assert accepted > delivered or paid > accepted * price
    else:
        assert accepted <= delivered
        assert paid <= accepted * price


@given(st.dictionaries(st.sampled_from(Channel), AMOUNTS, min_size=1))
def test_the_main_channel_is_one_that_was_reached_and_none_sold_more(sales: dict[Channel, int]) -> None:
    main = rules.main_channel(Counter(sales), sales.keys())
    assert sales[main] == max(sales.values())


def test_where_two_channels_sold_the_same_the_one_further_up_is_named() -> None:
    assert rules.main_channel({}, {Channel.FAIR, Channel.DIGITAL}) is Channel.DIGITAL


def test_the_catalogue_and_the_rules_know_the_same_channels() -> None:
    assert tuple(Channel) == training.CHANNELS
