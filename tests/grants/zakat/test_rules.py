"""Who is entitled to zakat, as tables."""

from typing import Any

import pytest

from services.grants.zakat import rules
from services.grants.zakat.rules import Asnaf, Form, Line
from shared.kernel.errors import DomainError
from shared.kernel.ids import new_id
from tests.refusals import refused

NOTHING: dict[str, Any] = {"per_household": None, "per_member": None, "own": None, "own_source": None}


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"per_member": 770_000}, Line(3_080_000, "programme")),
        ({"per_household": 3_000_000}, Line(6_000_000, "programme")),
        ({"per_household": 3_000_000, "per_member": 770_000}, Line(3_080_000, "programme")),
        ({"own": 2_900_000, "own_source": "SK Baznas"}, Line(2_900_000, "SK Baznas")),
        ({"own": 0, "own_source": "SK Baznas"}, Line(0, "SK Baznas")),
    ],
)
def test_the_line_is_the_programmes_or_the_officers_own_with_its_source(said: dict[str, Any], line: Line) -> None:
    assert rules.line_for(**(NOTHING | said), households=2, members=4) == line


@pytest.mark.parametrize(
    ("said", "refusal", "at", "figures"),
    [
        ({}, rules.LineMissing, "line", {}),
        ({"own_source": "SK"}, rules.LineMissing, "line", {}),
        ({"own": 2_900_000}, rules.LineMissing, "line_source", {}),
        ({"own": 2_900_000, "own_source": ""}, rules.LineMissing, "line_source", {}),
        ({"per_household": 3_000_000, "own": 1}, rules.LineAlreadySet, "line", {"line": "Rp6.000.000"}),
        ({"per_member": 770_000, "own": 0}, rules.LineAlreadySet, "line", {"line": "Rp3.080.000"}),
    ],
)
def test_a_line_is_said_once_and_with_its_source(
    said: dict[str, Any], refusal: type[DomainError], at: str, figures: dict[str, Any]
) -> None:
    with refused(refusal, at, **figures):
        rules.line_for(**(NOTHING | said), households=2, members=4)


@pytest.mark.parametrize("asnaf", Asnaf)
def test_only_fakir_and_miskin_ask_for_poverty(asnaf: Asnaf) -> None:
    line = Line(3_000_000, "programme")
    rules.may_be(asnaf, 2_999_999, line)
    if asnaf in (Asnaf.FAKIR, Asnaf.MISKIN):
        with refused(rules.AboveHadKifayah, "asnaf", income="Rp3.000.000", line="Rp3.000.000", asnaf=asnaf.value):
            rules.may_be(asnaf, 3_000_000, line)
        with refused(rules.AboveHadKifayah, "asnaf", income="Rp3.500.000", line="Rp3.000.000", asnaf=asnaf.value):
            rules.may_be(asnaf, 3_500_000, line)
    else:
        rules.may_be(asnaf, 3_000_000, line)


@pytest.mark.parametrize("members", [4, 11])
def test_a_group_loan_is_for_five_to_ten_members(members: int) -> None:
    with refused(rules.GroupNotForLoan, "group_members", least=5, most=10, members=members):
        rules.group_may_borrow(members)
    rules.group_may_borrow(5)
    rules.group_may_borrow(10)


def test_a_group_that_borrows_says_how_many_it_is() -> None:
    with refused(rules.GroupSizeUnknown, "group_members"):
        rules.group_may_borrow(None)


@pytest.mark.parametrize(
    ("form", "amount", "ceiling", "refusal", "at", "figures"),
    [
        (Form.GRANT, 1_000, None, rules.FormNotOffered, "form", {"form": "grant"}),
        (Form.QARDHUL_HASAN, None, None, rules.AmountMissing, "amount", {}),
        (Form.QARDHUL_HASAN, 0, 1_000, rules.AmountMissing, "amount", {}),
        (
            *(Form.QARDHUL_HASAN, 1_001, 1_000, rules.AboveCeiling, "amount"),
            {"ceiling": "Rp1.000", "amount": "Rp1.001"},
        ),
        (Form.QARDHUL_HASAN, 1, 0, rules.AboveCeiling, "amount", {"ceiling": "Rp0", "amount": "Rp1"}),
    ],
)
def test_what_the_programme_does_not_offer_is_not_proposed(
    form: Form,
    amount: int | None,
    ceiling: int | None,
    refusal: type[DomainError],
    at: str,
    figures: dict[str, Any],
) -> None:
    with refused(refusal, at, **figures):
        rules.may_propose(form, amount, offered=frozenset({Form.QARDHUL_HASAN}), ceiling=ceiling)


@pytest.mark.parametrize(("amount", "ceiling"), [(1_000, 1_000), (1_000, 1_001), (1_000, None), (1, None)])
def test_what_is_proposed_may_come_to_the_ceiling_and_to_anything_where_there_is_none(
    amount: int, ceiling: int | None
) -> None:
    offered = frozenset({Form.GRANT})
    assert rules.may_propose(Form.GRANT, amount, offered=offered, ceiling=ceiling) == amount


def test_who_assessed_does_not_decide() -> None:
    assessor, approver = new_id(), new_id()
    with refused(rules.AssessorCannotDecide):
        rules.may_decide(assessor, assessor)
    rules.may_decide(approver, assessor)
    rules.may_decide(approver, None)
