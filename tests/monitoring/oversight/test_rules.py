"""Who sees small figures, and how they are hidden so that no total gives them away."""

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


def test_a_fair_share_is_one() -> None:
    assert rules.fairness(10, rules.even_share(60, 6)) == 1.0
    assert rules.fairness(None, 10) is None
    assert rules.fairness(0, 0) is None


def test_months_are_counted_back_over_the_turn_of_the_year() -> None:
    assert rules.months_back(date(2024, 2, 29), 3) == [
        date(2023, 11, 1),
        date(2023, 12, 1),
        date(2024, 1, 1),
        date(2024, 2, 1),
    ]


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
