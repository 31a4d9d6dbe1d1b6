from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.markets import rules
from services.training.markets.rules import Channel
from shared.kernel.errors import DomainError
from shared.programmes.kinds import training
from tests.refusals import refused

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
    ("area", "kecamatan", "regency"),
    [
        ("36.74.06.1001", "36.74.06", "36.74"),
        ("36.74.06", "36.74.06", "36.74"),
        ("36.74", "36.74", "36.74"),
        ("36", "36", "36"),
    ],
)
def test_an_area_lies_in_its_kecamatan_and_its_city_or_is_the_larger_itself(
    area: str, kecamatan: str, regency: str
) -> None:
    assert (rules.kecamatan_of(area), rules.regency_of(area)) == (kecamatan, regency)


@pytest.mark.parametrize(
    ("opens", "closes", "wrong", "figures"),
    [
        (date(2026, 3, 5), date(2026, 3, 4), rules.EndsBeforeItBegins, {}),
        (date(2026, 3, 5), date(2026, 4, 5), rules.FairTooLong, {"days": 31}),
        (date(2026, 2, 5), date(2026, 2, 6), rules.FairOver, {"day": "2026-02-06"}),
        (date(2026, 3, 1), date(2026, 3, 1), rules.FairOver, {"day": "2026-03-01"}),
    ],
)
def test_a_fair_that_cannot_be_held_is_refused(
    opens: date, closes: date, wrong: type[DomainError], figures: dict[str, Any]
) -> None:
    with refused(wrong, "closes_on", **figures):
        rules.plan(opens, closes, TODAY)


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(TODAY, TODAY), (date(2026, 2, 5), TODAY), (TODAY, TODAY + timedelta(days=30)), (date(2026, 2, 1), TODAY)],
)
def test_a_fair_lasts_from_a_day_to_a_month_and_ends_today_or_later(opens: date, closes: date) -> None:
    rules.plan(opens, closes, TODAY)


@pytest.mark.parametrize(
    ("accepted", "paid", "wrong", "at", "figures"),
    [
        (11, 0, rules.MoreThanDelivered, "accepted", {"delivered": 10, "accepted": 11}),
        (11, 99_000, rules.MoreThanDelivered, "accepted", {"delivered": 10, "accepted": 11}),
        (3, 15_001, rules.PaidTooMuch, "paid", {"most": 15_000}),
        (0, 1, rules.PaidTooMuch, "paid", {"most": 0}),
        (None, 1, rules.PaidTooMuch, "paid", {"most": 0}),
    ],
)
def test_a_delivery_that_does_not_add_up_is_refused(
    accepted: int | None, paid: int, wrong: type[DomainError], at: str, figures: dict[str, Any]
) -> None:
    with refused(wrong, at, **figures):
        rules.inspect(10, accepted, paid, 5_000)


@pytest.mark.parametrize(("accepted", "paid"), [(10, 50_000), (10, 0), (3, 15_000), (0, 0), (None, 0)])
def test_all_of_a_delivery_may_be_accepted_and_paid(accepted: int | None, paid: int) -> None:
    rules.inspect(10, accepted, paid, 5_000)


@pytest.mark.parametrize(("accepted", "counted"), [(None, 10), (0, 0), (1, 1), (10, 10)])
def test_a_delivery_uses_up_what_was_accepted_and_all_of_it_before(accepted: int | None, counted: int) -> None:
    assert rules.counted(10, accepted) == counted


@pytest.mark.parametrize(("others", "wanted", "left"), [(70, 31, 30), (100, 1, 0), (0, 101, 100)])
def test_no_more_is_delivered_than_is_still_open(others: int, wanted: int, left: int) -> None:
    with refused(rules.MoreThanAgreed, "delivered", agreed=100, open=left):
        rules.room(100, others, wanted)
    rules.room(100, others, wanted - 1)


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
    even = {Channel.OFF_TAKER: 5, Channel.MODERN: 5, Channel.FAIR: 5}
    assert rules.main_channel(even, list(even)) is Channel.OFF_TAKER
    assert rules.main_channel(even, [Channel.FAIR, Channel.MODERN]) is Channel.MODERN


def test_a_channel_that_sold_is_the_main_one_before_those_further_up_that_sold_less_or_nothing() -> None:
    assert rules.main_channel({Channel.FAIR: 1}, list(Channel)) is Channel.FAIR
    assert rules.main_channel({Channel.FAIR: 2, Channel.DIGITAL: 1}, list(Channel)) is Channel.FAIR
    assert rules.main_channel({Channel.FAIR: 9, Channel.MODERN: 1}, [Channel.MODERN, Channel.DIGITAL]) is Channel.MODERN


def test_the_catalogue_and_the_rules_know_the_same_channels() -> None:
    assert tuple(Channel) == training.CHANNELS
