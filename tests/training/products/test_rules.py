from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.products import requirements, rules
from services.training.products.rules import LADDER, Licence, Made, ProductKind, ProductOutcome, Rung
from shared.kernel.errors import Invalid
from shared.kernel.unsaid import NotAnswered

ASKED = requirements.read(requirements.OWN)
MONDAY = date(2026, 1, 5)
LICENSED: dict[str, Any] = {
    "licence": "p-irt",
    "nib": "1234567890123",
    "course_score": 60,
    "premises_checked_on": MONDAY,
    "document_number": "P-IRT 2063674010001-31",
}


def weekly(*weeks: int, kept: bool = True) -> list[Made]:
    return [Made(MONDAY + timedelta(weeks=week, days=week % 5), kept) for week in weeks]


def check(
    rung: Any,
    found: dict[str, Any],
    kind: ProductKind = ProductKind.FOOD,
    days: int | None = 30,
    made: list[Made] | None = None,
) -> None:
    rules.check_evidence(rung, found, kind=kind, shelf_days=days, made=made or [], asked=ASKED)


@pytest.mark.parametrize(
    ("made", "weeks"),
    [
        ([], 0),
        (weekly(0), 1),
        (weekly(0, 1, 2, 3), 4),
        (weekly(3, 1, 0, 2), 4),
        (weekly(0, 1, 3, 4), 2),
        (weekly(0, 0, 0, 0), 1),
        ([*weekly(0, 1, 2), *weekly(1, kept=False)], 1),
        ([Made(date(2025, 12, 29), True), Made(date(2026, 1, 5), True)], 2),
    ],
)
def test_steady_production_is_weeks_in_a_row_with_kept_quality(made: list[Made], weeks: int) -> None:
    assert rules.steady_weeks(made) == weeks


@given(st.lists(st.builds(Made, st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.booleans())))
def test_a_day_of_lost_quality_never_lengthens_the_run(made: list[Made]) -> None:
    spoilt = [*made, Made(date(2026, 1, 7), False)]
    assert 0 <= rules.steady_weeks(spoilt) <= rules.steady_weeks(made) <= len(made)


@pytest.mark.parametrize(
    ("kind", "days", "licence"),
    [
        (ProductKind.FOOD, 8, Licence.P_IRT),
        (ProductKind.FOOD, 7, Licence.SLHS),
        (ProductKind.FOOD, 1, Licence.SLHS),
        (ProductKind.CATERING, 30, Licence.SLHS),
        (ProductKind.CATERING, None, Licence.SLHS),
        (ProductKind.CRAFT, None, Licence.NONE),
        (ProductKind.CLOTHING, None, Licence.NONE),
    ],
)
def test_p_irt_is_for_what_keeps_more_than_seven_days_and_slhs_for_the_rest_that_is_eaten(
    kind: ProductKind, days: int | None, licence: Licence
) -> None:
    assert rules.licence_for(kind, days, ASKED) is licence


@pytest.mark.parametrize(
    ("changes", "refused", "field"),
    [
        ({}, None, ""),
        ({"course_score": 59}, rules.BelowPassMark, "course_score"),
        ({"course_score": None}, rules.BelowPassMark, "course_score"),
        ({"nib": "123"}, rules.NibInvalid, "nib"),
        ({"nib": None}, rules.NibInvalid, "nib"),
        ({"nib": "١٢٣٤٥٦٧٨٩٠١٢٣"}, rules.NibInvalid, "nib"),
        ({"premises_checked_on": None}, rules.PremisesUnchecked, "premises_checked_on"),
        ({"document_number": None}, rules.DocumentMissing, "document_number"),
        ({"licence": "slhs"}, rules.OtherLicence, "licence"),
        ({"licence": None}, rules.OtherLicence, "licence"),
    ],
)
def test_p_irt_needs_a_nib_a_passed_food_safety_course_and_checked_premises(
    changes: dict[str, Any], refused: type[Invalid] | None, field: str
) -> None:
    if refused is None:
        check(Rung.LICENCE, LICENSED | changes)
        return
    with pytest.raises(refused) as wrong:
        check(Rung.LICENCE, LICENSED | changes)
    assert list(wrong.value.errors) == [field]


def test_what_is_not_eaten_needs_a_nib_and_no_food_licence() -> None:
    check(Rung.LICENCE, {"nib": "1234567890123"}, ProductKind.CRAFT, None)
    with pytest.raises(rules.NoLicenceNeeded):
        check(Rung.LICENCE, LICENSED, ProductKind.CRAFT, None)


@pytest.mark.parametrize(
    ("rung", "found", "refused"),
    [
        (Rung.MADE_TO_ORDER, {}, None),
        (Rung.STEADY_PRODUCTION, {}, rules.NotSteady),
        (Rung.BRAND, {"brand": "Kerupuk Ampenan"}, NotAnswered),
        (Rung.BRAND, {"brand": "Kerupuk Ampenan", "label_seen": False}, rules.BrandMissing),
        (Rung.BRAND, {"label_seen": True}, rules.BrandMissing),
        (Rung.BRAND, {"brand": "Kerupuk Ampenan", "label_seen": True}, None),
        (Rung.PACKAGING_AND_STANDARD, {"checked": ["sealed"]}, rules.ChecklistIncomplete),
        (Rung.PACKAGING_AND_STANDARD, {"checked": list(ASKED.checklist.value)}, None),
        (rules.Extra.HALAL, {}, rules.DocumentMissing),
        (rules.Extra.TRADE_MARK, {"document_number": "IDM000123456"}, None),
    ],
)
def test_each_rung_has_its_own_check(rung: Any, found: dict[str, Any], refused: type[Invalid] | None) -> None:
    if refused is None:
        check(rung, found)
        return
    with pytest.raises(refused):
        check(rung, found)


@given(st.sets(st.sampled_from(Rung)), st.sampled_from(Rung))
def test_a_rung_is_reached_when_it_and_all_below_it_have_evidence(seen: set[Rung], target: Rung) -> None:
    stands = rules.standing({rung: {"licence": "none"} for rung in seen}, Licence.NONE, steady=True)
    complete = not rules.missing_up_to(target, seen=dict.fromkeys(seen))
    assert (rules.outcome(stands.rung, target) is ProductOutcome.REACHED) == complete


def test_a_licence_for_what_the_product_no_longer_is_does_not_count() -> None:
    seen: dict[Rung, dict[str, Any]] = {rung: {} for rung in LADDER} | {Rung.LICENCE: {"licence": "p-irt"}}
    assert rules.standing(seen, Licence.P_IRT, steady=True) == rules.Standing(Rung.LICENCE, Licence.P_IRT)
    assert rules.standing(seen, Licence.SLHS, steady=True) == rules.Standing(Rung.PACKAGING_AND_STANDARD, Licence.NONE)


def test_what_is_no_longer_made_steadily_is_made_to_order_again() -> None:
    seen: dict[Rung, dict[str, Any]] = {rung: {} for rung in LADDER}
    assert rules.standing(seen, Licence.NONE, steady=False) == rules.Standing(Rung.MADE_TO_ORDER, Licence.NONE)
    made, today = weekly(0, 1, 2, 3), MONDAY + timedelta(weeks=4)
    assert rules.is_steady(made, today, ASKED)
    assert not rules.is_steady(made, today + timedelta(days=60), ASKED)


def test_every_value_of_a_regulation_says_where_it_comes_from_and_that_nobody_confirmed_it_yet() -> None:
    for name in ASKED.__slots__:
        value = getattr(ASKED, name)
        assert value.source
        assert value.unit
        assert value.verified is False
    assert (ASKED.shelf_stable_days.value, ASKED.pass_mark.value) == (7, 60)


def test_a_city_keeps_a_copy_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "requirements" / "products.yaml"
    own.parent.mkdir()
    own.write_text(requirements.OWN.read_text().replace("value: 60", "value: 70"))
    monkeypatch.setattr(requirements, "settings", lambda: type("Settings", (), {"programmes_path": tmp_path}))
    assert requirements.requirements().pass_mark.value == 70
    own.write_text("pass_mark: {value: 70}")
    requirements.read.cache_clear()
    with pytest.raises(requirements.RequirementsUnreadable):
        requirements.requirements()
