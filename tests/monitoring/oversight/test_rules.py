"""Who sees small figures, and how they are hidden so that no total gives them away."""

from collections.abc import Collection
from datetime import date

import pytest

from services.monitoring.flow.rules import sees_small_figures
from services.monitoring.oversight import reached, rules
from shared.identity.rules import Role
from shared.places import areas
from tests.browsing import an_officer


@pytest.mark.parametrize("role", Role)
def test_only_who_answers_for_an_area_or_examines_it_sees_small_figures(role: Role) -> None:
    entitled = role in (Role.COORDINATOR, Role.HEAD, Role.AUDITOR)
    assert sees_small_figures(an_officer(role)) is entitled
    assert rules.shown_alone(3, an_officer(role)) == (3 if entitled else None)


def test_a_single_hidden_figure_takes_another_one_with_it() -> None:
    counts = {"a": 3, "b": 8, "c": 20}
    assert rules.shown(counts, an_officer(Role.OFFICER)) == {"a": None, "b": None, "c": 20}
    assert rules.shown(counts, an_officer(Role.COORDINATOR)) == counts


def test_who_did_not_come_so_far_is_hidden_as_well() -> None:
    opened = {"march": 20, "april": 30, "may": 40}
    reached_ = {"formation": {"march": 18, "april": 12, "may": 20}}
    shown = rules.shown_funnel(opened, reached_, an_officer(Role.OFFICER))["formation"]
    assert shown["march"] is None  # 20 - 18 are two
    assert shown["april"] is None  # the row's total would give march away
    assert shown["may"] == 20


@pytest.mark.parametrize(
    ("opened", "came", "seen"),
    [
        # Nobody, one or four did not come so far; five are many enough.
        ({"march": 20, "april": 20}, {"march": 20, "april": 15}, {"march": 20, "april": 15}),
        ({"march": 20, "april": 20, "may": 20}, {"march": 19, "april": 19, "may": 15}, {"may": 15}),
        ({"march": 20, "april": 20, "may": 20}, {"march": 16, "april": 16, "may": 15}, {"may": 15}),
        ({"march": 20, "april": 20, "may": 20}, {"march": 15, "april": 15, "may": 15}, {"march", "april", "may"}),
        # Five came, and four, and nobody.
        ({"march": 20, "april": 20}, {"march": 5, "april": 9}, {"march": 5, "april": 9}),
        ({"march": 20, "april": 20}, {"march": 4, "april": 9}, {}),
        ({"march": 20, "april": 20}, {"march": 0, "april": 9}, {}),
        # One that is hidden takes the smallest of the others with it, whatever it is called.
        (
            {"march": 4, "april": 30, "may": 40, "june": 50},
            {"march": 2, "april": 20, "may": 9, "june": 8},
            {"april", "may"},
        ),
        ({"march": 30, "april": 4, "may": 40}, {"march": 10, "april": 2, "may": 9}, {"march": 10}),
        # Two that are hidden hide each other, and a cohort alone has no other to take along.
        ({"march": 4, "april": 4, "may": 40}, {"march": 2, "april": 2, "may": 9}, {"may": 9}),
        ({"march": 20}, {"march": 2}, {}),
        ({"march": 20}, {"march": 9}, {"march": 9}),
        ({}, {}, {}),
    ],
)
def test_which_cohorts_of_a_row_are_shown(opened: dict[str, int], came: dict[str, int], seen: Collection[str]) -> None:
    shown = rules.shown_funnel(opened, {"formation": came}, an_officer(Role.OFFICER))
    assert shown == {"formation": {each: came[each] if each in seen else None for each in came}}


def test_who_is_entitled_sees_every_cohort_of_every_row() -> None:
    came = {"formation": {"march": 19, "april": 1}, "funds": {"march": 0, "april": 0}}
    shown = rules.shown_funnel({"march": 20, "april": 2}, came, an_officer(Role.COORDINATOR))
    assert shown == came


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (0, 5, 0),
        (1, 3, 33),
        (2, 3, 66),
        (199, 200, 99),
        (5, 5, 100),
        (1, 1, 100),
        (None, 5, None),
        (5, None, None),
        (0, 0, None),
    ],
)
def test_a_share_is_rounded_down_and_hidden_with_either_of_its_figures(
    part: int | None, whole: int | None, share: int | None
) -> None:
    assert rules.percent(part, whole) == share


@pytest.mark.parametrize(
    ("total", "parts", "each"), [(60, 6, 10.0), (1, 4, 0.25), (5, 1, 5.0), (0, 6, 0.0), (60, 0, 0.0)]
)
def test_an_even_share_is_the_same_for_all_and_none_where_nobody_shares(total: int, parts: int, each: float) -> None:
    assert rules.even_share(total, parts) == each


@pytest.mark.parametrize(
    ("reached_", "even", "multiple"),
    [
        (10, 10, 1.0),
        (5, 10, 0.5),
        (20, 30, 0.67),
        (10, 30, 0.33),
        (0, 10, 0.0),
        (None, 10, None),
        (0, 0, None),
        (10, 0, None),
    ],
)
def test_a_fair_share_is_one_and_the_others_are_said_to_two_places(
    reached_: int | None, even: float, multiple: float | None
) -> None:
    assert rules.fairness(reached_, even) == multiple


def test_months_are_counted_back_over_the_turn_of_the_year() -> None:
    assert rules.months_back(date(2024, 2, 29), 3) == [
        date(2023, 11, 1),
        date(2023, 12, 1),
        date(2024, 1, 1),
        date(2024, 2, 1),
    ]


@pytest.mark.parametrize(
    ("today", "count", "first"),
    [
        (date(2024, 5, 29), 0, date(2024, 5, 1)),
        (date(2024, 5, 29), 4, date(2024, 1, 1)),
        (date(2024, 5, 29), 5, date(2023, 12, 1)),
        (date(2024, 12, 31), 11, date(2024, 1, 1)),
        (date(2024, 1, 1), 12, date(2023, 1, 1)),
        (date(2024, 1, 1), 13, date(2022, 12, 1)),
        (date(2024, 1, 1), 36, date(2021, 1, 1)),
    ],
)
def test_so_many_months_back_is_the_first_of_them(today: date, count: int, first: date) -> None:
    months = rules.months_back(today, count)
    assert (months[0], months[-1], len(months)) == (first, today.replace(day=1), count + 1)
    assert months == sorted(set(months))


@pytest.mark.parametrize(("region", "count"), [("52.71", 6), ("64.02", 20), ("64.07", 16), ("64.72", 10), ("36.74", 7)])
def test_every_kecamatan_has_a_square_of_its_own(region: str, count: int) -> None:
    kecamatan = [each.code for each in areas.children(region)]
    placed = reached.tile_places(region, kecamatan)
    assert len(kecamatan) == count
    assert set(placed) == set(kecamatan)
    assert len(set(placed.values())) == count


def test_a_region_without_places_of_its_own_is_drawn_in_the_order_of_its_codes() -> None:
    kecamatan = [each.code for each in areas.children("64.71")]
    placed = reached.tile_places("64.71", kecamatan)
    assert sorted(placed, key=lambda code: placed[code]) == sorted(kecamatan)
