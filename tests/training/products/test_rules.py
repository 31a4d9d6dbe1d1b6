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
from tests.refusals import refused

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
        ([*weekly(1, kept=False), *weekly(0, 1, 2)], 1),
        ([Made(date(2026, 1, 11), True), Made(date(2026, 1, 12), True)], 2),
        (weekly(0, 1, 2, 4), 3),
        (weekly(0, kept=False), 0),
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
        (ProductKind.FOOD, None, Licence.SLHS),
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


OTHER = {"needed": "p-irt", "days": 7}


@pytest.mark.parametrize(
    ("changes", "wrong", "field", "figures"),
    [
        ({"course_score": 59}, rules.BelowPassMark, "course_score", {"mark": 60}),
        ({"course_score": None}, rules.BelowPassMark, "course_score", {"mark": 60}),
        ({"nib": "123456789012"}, rules.NibInvalid, "nib", {"digits": 13}),
        ({"nib": "12345678901234"}, rules.NibInvalid, "nib", {"digits": 13}),
        ({"nib": "123456789012X"}, rules.NibInvalid, "nib", {"digits": 13}),
        ({"nib": None}, rules.NibInvalid, "nib", {"digits": 13}),
        ({"nib": "١٢٣٤٥٦٧٨٩٠١٢٣"}, rules.NibInvalid, "nib", {"digits": 13}),
        ({"premises_checked_on": None}, rules.PremisesUnchecked, "premises_checked_on", {}),
        ({"document_number": None}, rules.DocumentMissing, "document_number", {}),
        ({"document_number": ""}, rules.DocumentMissing, "document_number", {}),
        ({"licence": "slhs"}, rules.OtherLicence, "licence", OTHER),
        ({"licence": None}, rules.OtherLicence, "licence", OTHER),
        ({"licence": "none"}, rules.OtherLicence, "licence", OTHER),
    ],
)
def test_p_irt_needs_a_nib_a_passed_food_safety_course_and_checked_premises(
    changes: dict[str, Any], wrong: type[Invalid], field: str, figures: dict[str, Any]
) -> None:
    with refused(wrong, field, **figures):
        check(Rung.LICENCE, LICENSED | changes)
    check(Rung.LICENCE, LICENSED)
    check(Rung.LICENCE, LICENSED | {"course_score": 61})


@pytest.mark.parametrize("found", [{}, {"licence": "none"}, {"licence": None}])
def test_what_is_not_eaten_needs_a_nib_and_no_food_licence(found: dict[str, Any]) -> None:
    check(Rung.LICENCE, found | {"nib": "1234567890123"}, ProductKind.CRAFT, None)
    with refused(rules.NibInvalid, "nib", digits=13):
        check(Rung.LICENCE, found, ProductKind.CRAFT, None)
    with refused(rules.NoLicenceNeeded, "licence"):
        check(Rung.LICENCE, found | LICENSED, ProductKind.CRAFT, None)


@pytest.mark.parametrize(("kind", "days"), [(ProductKind.CATERING, 30), (ProductKind.FOOD, 7)])
def test_what_is_eaten_soon_is_licensed_as_slhs(kind: ProductKind, days: int) -> None:
    check(Rung.LICENCE, LICENSED | {"licence": "slhs"}, kind, days)
    with refused(rules.OtherLicence, "licence", needed="slhs", days=7):
        check(Rung.LICENCE, LICENSED, kind, days)


POINTS = list(ASKED.checklist.value)
SEEN = {"brand": "Kerupuk Ampenan", "label_seen": True}


@pytest.mark.parametrize(
    ("rung", "found"),
    [
        (Rung.MADE_TO_ORDER, {}),
        (Rung.BRAND, SEEN),
        (Rung.PACKAGING_AND_STANDARD, {"checked": POINTS}),
        (Rung.PACKAGING_AND_STANDARD, {"checked": [*reversed(POINTS), "beside these"]}),
        (rules.Extra.HALAL, {"document_number": "ID00110000000001"}),
        (rules.Extra.TRADE_MARK, {"document_number": "IDM000123456"}),
    ],
)
def test_evidence_that_shows_what_its_rung_asks_is_taken(rung: Any, found: dict[str, Any]) -> None:
    check(rung, found)


@pytest.mark.parametrize(
    ("rung", "found", "wrong", "at", "figures"),
    [
        (Rung.BRAND, SEEN | {"label_seen": None}, NotAnswered, "label_seen", {}),
        (Rung.BRAND, {"brand": "Kerupuk Ampenan"}, NotAnswered, "label_seen", {}),
        (Rung.BRAND, SEEN | {"label_seen": False}, rules.BrandMissing, "label_seen", {}),
        (Rung.BRAND, SEEN | {"brand": ""}, rules.BrandMissing, "brand", {}),
        (Rung.BRAND, {"label_seen": True}, rules.BrandMissing, "brand", {}),
        (Rung.BRAND, {}, rules.BrandMissing, "brand", {}),
        *(
            (Rung.PACKAGING_AND_STANDARD, found, rules.ChecklistIncomplete, "checked", {"missing": ", ".join(missing)})
            for found, missing in [
                ({"checked": POINTS[:-2]}, POINTS[-2:]),
                ({"checked": POINTS[1:]}, POINTS[:1]),
                ({"checked": None}, POINTS),
                ({}, POINTS),
            ]
        ),
        (rules.Extra.HALAL, {}, rules.DocumentMissing, "document_number", {}),
        (rules.Extra.TRADE_MARK, {"document_number": ""}, rules.DocumentMissing, "document_number", {}),
    ],
)
def test_each_rung_has_its_own_check(
    rung: Any, found: dict[str, Any], wrong: type[Invalid], at: str, figures: dict[str, Any]
) -> None:
    with refused(wrong, at, **figures):
        check(rung, found)


def test_what_is_not_eaten_has_a_checklist_of_its_own() -> None:
    others = list(ASKED.checklist_other.value)
    assert others != POINTS
    check(Rung.PACKAGING_AND_STANDARD, {"checked": others}, ProductKind.CRAFT, None)
    check(Rung.PACKAGING_AND_STANDARD, {"checked": POINTS}, ProductKind.CATERING, None)
    with refused(rules.ChecklistIncomplete, "checked", missing=", ".join(others)):
        check(Rung.PACKAGING_AND_STANDARD, {"checked": []}, ProductKind.CRAFT, None)


def test_as_many_steady_weeks_are_needed_as_the_regulation_asks() -> None:
    asked = ASKED.steady_weeks.value
    check(Rung.STEADY_PRODUCTION, {}, made=weekly(*range(asked)))
    for weeks in (0, asked - 1):
        with refused(rules.NotSteady, "rung", weeks=weeks, asked=asked):
            check(Rung.STEADY_PRODUCTION, {}, made=weekly(*range(weeks)))


def test_food_says_how_long_it_keeps() -> None:
    with refused(rules.ShelfLifeMissing, "product.shelf_days"):
        rules.require_shelf_life(ProductKind.FOOD, None)
    rules.require_shelf_life(ProductKind.FOOD, 0)
    for kind in set(ProductKind) - {ProductKind.FOOD}:
        rules.require_shelf_life(kind, None)


def test_what_was_made_on_the_first_day_that_tells_of_the_present_counts() -> None:
    today = date(2026, 6, 1)
    first = rules.since(today, ASKED)
    assert first == today - timedelta(days=ASKED.steady_within.value)
    made = [Made(first + timedelta(days=days), True) for days in (-1, 0, 1)]
    assert rules.recent(made, today, ASKED) == made[1:]


@pytest.mark.parametrize(
    ("reached", "target", "outcome"),
    [
        (None, Rung.MADE_TO_ORDER, ProductOutcome.NOT_YET),
        (Rung.MADE_TO_ORDER, Rung.MADE_TO_ORDER, ProductOutcome.REACHED),
        (Rung.STEADY_PRODUCTION, Rung.BRAND, ProductOutcome.NOT_YET),
        (Rung.BRAND, Rung.BRAND, ProductOutcome.REACHED),
        (Rung.LICENCE, Rung.BRAND, ProductOutcome.REACHED),
    ],
)
def test_a_stage_reaches_its_rung_or_one_above_it(reached: Rung | None, target: Rung, outcome: ProductOutcome) -> None:
    assert rules.outcome(reached, target) is outcome


def test_the_rungs_that_are_missing_are_told_from_the_ground_up_to_the_target() -> None:
    assert rules.missing_up_to(Rung.PACKAGING_AND_STANDARD, {Rung.BRAND: {}, Rung.LICENCE: {}}) == [
        *(Rung.MADE_TO_ORDER, Rung.STEADY_PRODUCTION, Rung.PACKAGING_AND_STANDARD)
    ]
    assert rules.missing_up_to(Rung.LICENCE, {}) == list(LADDER)
    assert rules.missing_up_to(Rung.MADE_TO_ORDER, {Rung.MADE_TO_ORDER: {}}) == []


@pytest.mark.parametrize("found", [{}, {"licence": None}, {"licence": "none"}])
def test_a_licence_that_is_not_said_is_none(found: dict[str, Any]) -> None:
    seen: dict[Rung, dict[str, Any]] = {rung: {} for rung in LADDER} | {Rung.LICENCE: found}
    assert rules.standing(seen, Licence.NONE, steady=True) == rules.Standing(Rung.LICENCE, Licence.NONE)
    assert rules.standing(seen, Licence.SLHS, steady=True) == rules.Standing(Rung.PACKAGING_AND_STANDARD, Licence.NONE)


@pytest.mark.parametrize(
    ("seen", "rung"),
    [
        ([], None),
        ([Rung.STEADY_PRODUCTION], None),
        ([Rung.MADE_TO_ORDER], Rung.MADE_TO_ORDER),
        ([Rung.MADE_TO_ORDER, Rung.STEADY_PRODUCTION, Rung.BRAND], Rung.BRAND),
        ([Rung.MADE_TO_ORDER, Rung.BRAND, Rung.PACKAGING_AND_STANDARD], Rung.MADE_TO_ORDER),
    ],
)
def test_a_product_stands_below_the_first_rung_without_evidence(seen: list[Rung], rung: Rung | None) -> None:
    evidence: dict[Rung, dict[str, Any]] = {each: {} for each in seen}
    assert rules.standing(evidence, Licence.SLHS, steady=True) == rules.Standing(rung, Licence.NONE)


def test_a_licence_that_fits_is_named_however_low_the_product_stands() -> None:
    seen: dict[Rung, dict[str, Any]] = {Rung.BRAND: {}, Rung.LICENCE: {"licence": "slhs"}}
    assert rules.standing(seen, Licence.SLHS, steady=True) == rules.Standing(None, Licence.SLHS)
    made_to_order: dict[Rung, dict[str, Any]] = seen | {Rung.MADE_TO_ORDER: {}}
    assert rules.standing(made_to_order, Licence.SLHS, steady=True) == rules.Standing(Rung.MADE_TO_ORDER, Licence.SLHS)


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
