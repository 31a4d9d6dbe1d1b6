"""Who is entitled to zakat, as tables."""

from typing import Any

import pytest

from services.grants.zakat import rules
from services.grants.zakat.rules import Asnaf, Form, Line

NOTHING: dict[str, Any] = {"per_household": None, "per_member": None, "own": None, "own_source": None}


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ({"per_member": 770_000}, 3_080_000),
        ({"per_household": 3_000_000}, 3_000_000),
        ({"per_household": 3_000_000, "per_member": 770_000}, 3_080_000),
        ({"own": 2_900_000, "own_source": "SK Baznas"}, 2_900_000),
    ],
)
def test_the_line_is_the_programmes_or_the_officers_own_with_its_source(said: dict[str, Any], amount: int) -> None:
    assert rules.line_for(**(NOTHING | said), households=1, members=4).amount == amount


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({}, rules.LineMissing),
        ({"own": 2_900_000}, rules.LineMissing),
        ({"per_household": 3_000_000, "own": 2_900_000, "own_source": "SK"}, rules.LineAlreadySet),
    ],
)
def test_a_line_without_a_source_is_no_line(said: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.line_for(**(NOTHING | said), households=1, members=4)


@pytest.mark.parametrize("asnaf", Asnaf)
def test_only_fakir_and_miskin_ask_for_poverty(asnaf: Asnaf) -> None:
    line = Line(3_000_000, "programme")
    rules.may_be(asnaf, 2_999_999, line)
    if asnaf in (Asnaf.FAKIR, Asnaf.MISKIN):
        with pytest.raises(rules.AboveHadKifayah):
            rules.may_be(asnaf, 3_000_000, line)
    else:
        rules.may_be(asnaf, 3_000_000, line)


@pytest.mark.parametrize("members", [4, 11, None])
def test_a_group_loan_is_for_five_to_ten_members(members: int | None) -> None:
    with pytest.raises((rules.GroupNotForLoan, rules.GroupSizeUnknown)):
        rules.group_may_borrow(members)
    rules.group_may_borrow(5)
    rules.group_may_borrow(10)


def test_what_the_programme_does_not_offer_is_not_proposed() -> None:
    only_loans = frozenset({Form.QARDHUL_HASAN})
    with pytest.raises(rules.FormNotOffered):
        rules.may_propose(Form.GRANT, 1_000, offered=only_loans, ceiling=None)
    with pytest.raises(rules.AboveCeiling):
        rules.may_propose(Form.QARDHUL_HASAN, 1_001, offered=only_loans, ceiling=1_000)
    with pytest.raises(rules.AmountMissing):
        rules.may_propose(Form.QARDHUL_HASAN, None, offered=only_loans, ceiling=None)
