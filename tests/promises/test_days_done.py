"""What was done was done by today: a day that is sent may not lie ahead, or stands in the list with its reason."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from marshmallow import Schema, ValidationError
from marshmallow import fields as bare

from shared.kernel import clock, fields
from shared.kernel.days import MAY_LIE_AHEAD, DayToCome
from tests.promises.test_yes_or_no import read

ROOT = Path(__file__).parents[2]
LIKE_A_DAY = re.compile(r"(^|_)(on|at|day|date|since|until|birth)$")

PROVED = {
    "grants/goods/test_divisions.py::test_group_splits_and_its_goods_are_divided_once": ("DivisionSchema.divided_on",),
    "grants/goods/test_stages.py::test_a_document_of_tomorrow_is_refused_at_its_own_field": (
        "DecisionSchema.sk_date",
        "DecisionSignedSchema.sk_date",
        "DeedSchema.handed_over_on",
        "OrderSchema.ordered_on",
    ),
    "grants/loans/test_rules.py::test_a_repayment_that_cannot_have_been_is_refused": ("RepaymentSchema.paid_on",),
    "grants/zakat/test_cases.py::test_money_is_not_handed_over_tomorrow_or_after_the_first_instalment": (
        "ZakatDecisionSchema.handed_over_on",
    ),
    "intake/acting/test_acting.py::test_what_does_not_fit_is_refused_in_a_sentence": (
        "AppointmentMadeSchema.letter_on",
    ),
    "intake/assessments/test_assessments.py::test_what_cannot_be_is_refused_and_nothing_is_saved": (
        "AssessmentDone.interviewed_on",
    ),
    "intake/breaches/test_breaches.py::test_both_doors_record_it_once_and_say_what_is_wrong_beside_its_field": (
        "AuthorityTold.told_at",
    ),
    "intake/breaches/test_breaches.py::test_how_and_when_each_was_reached_stays_as_it_was_noted_first": (
        "PersonsTold.told_at",
    ),
    "intake/breaches/test_breaches.py::test_what_cannot_be_is_not_recorded": (
        "BreachRecording.found_at",
        "BreachRecording.happened_from",
        "BreachRecording.happened_until",
    ),
    "intake/calendars/test_calendars.py::test_a_program_does_the_same": ("CalendarSource.date",),
    "intake/changes/test_changes.py::test_a_death_that_cannot_have_been_is_refused": ("Died.died_on",),
    "intake/changes/test_splits.py::test_group_splits_are_refused_when_they_cannot_have_been": ("Splitting.on",),
    "intake/corrections/test_corrections.py"
    "::test_a_person_notes_it_on_a_page_and_is_told_what_is_wrong_beside_its_field": ("Wanted.birth_date",),
    "intake/eligibility/test_together.py::test_the_day_of_the_check_is_said_by_page_and_by_api_for_one_and_for_many": (
        "VerificationDone.checked_on",
    ),
    "intake/eligibility/test_verification.py::test_a_field_check_cannot_lie_in_the_future": ("FieldCheck.visited_on",),
    "intake/groups/test_groups.py::test_nothing_is_deliberated_on_a_day_to_come": (
        "FormationDone.deliberated_on",
        "MembersChosen.deliberated_on",
    ),
    "intake/journeys/test_brought_in.py::test_a_day_to_come_is_refused_beside_its_own_field": (
        "ActByHand.date",
        "ActWritten.date",
    ),
    "intake/protection/test_compartment.py::test_a_step_of_tomorrow_or_a_talk_of_yesterday_is_refused": (
        "StepSchema.done_on",
    ),
    "intake/sharing/test_sharing.py::test_bad_answers_are_refused_and_change_nothing": ("Answered.answered_on",),
    "monitoring/test_stages.py::test_findings_that_cannot_be_are_refused_and_nothing_is_announced": (
        "VisitFindings.visited_on",
    ),
    "training/markets/test_fairs.py"
    "::test_sales_are_noted_for_days_of_the_fair_that_have_come_and_noting_again_corrects_them": (
        "SaleSchema.sold_on",
    ),
    "training/markets/test_markets.py::test_a_delivery_that_does_not_add_up_is_refused": (
        "DeliverySchema.delivered_on",
    ),
    "training/markets/test_markets.py::test_an_online_shop_needs_its_address": ("ListingEndSchema.ended_on",),
    "training/mentoring/test_cash_books.py::test_entries_outside_the_book_are_refused_together_and_by_their_row": (
        "CashEntrySchema.happened_on",
    ),
    "training/placement/test_placement.py::test_a_result_that_cannot_be_stands_at_its_row_and_nothing_is_half_saved": (
        "ResultSchema.assessed_on",
    ),
    "training/placement/test_placement.py::test_only_the_sectors_of_the_programme_are_trained_for_and_placed_in": (
        "PlacementSchema.placed_on",
    ),
    "training/placement/test_placement.py::test_what_is_not_known_cannot_be_reported": (
        "PlacementWorkSchema.assessed_on",
    ),
    "training/products/test_products.py"
    "::test_work_that_does_not_show_it_is_refused_at_its_field_and_nothing_of_it_is_kept": (
        "ProductEvidenceSchema.premises_checked_on",
        "ProductEvidenceSchema.seen_on",
        "ProductionSchema.made_on",
    ),
}
"""The tests that send a day to come where a rule of the slice refuses it, with words and a code of its own."""

BY_A_RULE = {name: test for test, names in PROVED.items() for name in names}


def days() -> Iterator[tuple[str, type[Schema], str, bare.Field]]:
    """Every day or moment of a request, however it is read, by the schema that declares it first."""
    for schema in read():
        for name, field in schema._declared_fields.items():
            inner = field.inner if isinstance(field, bare.List) else field
            is_text = isinstance(inner, bare.String) and LIKE_A_DAY.search(name)
            if is_text or isinstance(inner, bare.Date | bare.DateTime):
                first = [each for each in schema.__mro__ if name in getattr(each, "_declared_fields", {})][-1]
                yield f"{first.__name__}.{name}", schema, name, inner


def test_a_day_that_is_sent_has_come_or_is_named_among_those_that_may_lie_ahead() -> None:
    known = {name: field for name, _, _, field in days()}
    assert len(known) > 60
    open_ended = {name for name, field in known.items() if not isinstance(field, fields.DayDone)}
    unruled = open_ended - set(MAY_LIE_AHEAD) - set(BY_A_RULE)
    assert unruled == set(), "nothing refuses a day to come: make it a DayDone, or say why it may lie ahead"
    assert set(MAY_LIE_AHEAD) | set(BY_A_RULE) <= open_ended, "named, and there is no such day any more"
    assert set(MAY_LIE_AHEAD) & set(BY_A_RULE) == set(), "it may lie ahead, or it may not"


def test_a_day_to_come_is_refused_by_the_name_of_its_field() -> None:
    asked = [(schema, name) for _, schema, name, field in days() if isinstance(field, fields.DayDone)]
    assert len(asked) >= 8
    today = clock.today()
    for schema, name in asked:
        for given, refused in ((today, False), (today + timedelta(days=1), True)):
            said = schema().validate({name: given.isoformat()}).get(name, [])
            assert said == ([DayToCome().message("en")] if refused else []), f"{schema.__name__}.{name}"


def test_the_day_is_the_deployments_own() -> None:
    with clock.frozen(datetime(2026, 1, 1, 20, tzinfo=UTC)):  # past midnight where Kail is
        assert fields.DayDone().deserialize("2026-01-02") == date(2026, 1, 2)
        with pytest.raises(ValidationError):
            fields.DayDone().deserialize("2026-01-03")


@pytest.mark.parametrize("name", sorted(BY_A_RULE))
def test_where_a_rule_refuses_it_a_test_sends_that_field(name: str) -> None:
    path, _, test = BY_A_RULE[name].partition("::")
    text = (ROOT / "tests" / path).read_text()
    found = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef) and each.name == test]
    assert found, "no such test"
    lines = [each.lineno for each in (*found, *found[0].decorator_list)]
    whole = "\n".join(text.splitlines()[min(lines) - 1 : found[0].end_lineno])
    assert name.partition(".")[2] in whole, "it sends no such field"
