"""One field for rupiah: every amount is read as offices write it, and none is changed without a word."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from shared.kernel import fields
from shared.kernel.money import format_rupiah, parse_rupiah

ROOT = Path(__file__).parents[3]
AMOUNTS = (
    *("amount", "price", "income", "omzet", "profit", "ceiling", "paid", "spent", "principal", "outstanding"),
    *("reserved", "committed", "realised", "lent", "returned", "repaid", "line"),
)
"""Words by which a field of a schema is known to hold money; the last of a name counts: `unit_price`."""
NO_MONEY = "services.intake.trials.schemas.FileFinding.line"  # of a text


@pytest.mark.parametrize(
    "typed",
    [
        *(15_000_000, "15000000", "15.000.000", "Rp15.000.000", "Rp 15.000.000 ", "Rp. 15.000.000"),
        *("Rp15.000.000,-", "15.000.000,00", "\tRp15000000"),
    ],
)
def test_an_amount_is_read_as_offices_write_it(typed: Any) -> None:
    assert fields.Rupiah(strict=True).deserialize(typed) == 15_000_000


@pytest.mark.parametrize("typed", ["-500000", "-500.000", "-Rp500.000", "Rp-500.000", "\u2212Rp 500.000,-"])
def test_a_loss_carries_its_sign(typed: str) -> None:
    assert fields.Rupiah().deserialize(typed) == -500_000


@pytest.mark.parametrize(
    "typed",
    [
        *("15.00", "1.5", "1.0000", "15,000,000", "15.000,50", "15.000.00", ".500", "1_000", "1e6", "1 500 000"),
        *("9" * 20, "9" * 5_000, "9" + ".999" * 5_000, "Rp" + "1" * 5_000 + ",-"),
        *("lima belas juta", "15 juta", "", "Rp", "--5", "-Rp-5", "Rp 5 ribu", "$15", 1.5, True, 10**16),
    ],
)
def test_an_amount_that_could_mean_something_else_is_refused(typed: Any) -> None:
    with pytest.raises(ValidationError):
        fields.Rupiah().deserialize(typed)


@pytest.mark.parametrize("amount", [0, 7, 999, 1_000, 15_000_000, -500_000, 10**15])
def test_what_is_written_is_read_as_the_same_amount(amount: int) -> None:
    assert parse_rupiah(format_rupiah(amount)) == amount


def schemas() -> dict[str, type[Schema]]:
    """Every schema of every slice, by its module and name."""
    found = {}
    for path in ROOT.glob("services/*/*/schemas.py"):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, each in vars(module).items():
            if isinstance(each, type) and issubclass(each, Schema) and each.__module__ == module.__name__:
                found[f"{module.__name__}.{name}"] = each
    return found


def test_every_amount_of_every_service_is_read_in_this_one_way() -> None:
    holds_money = {
        f"{schema}.{name}": field
        for schema, each in schemas().items()
        for name, field in each._declared_fields.items()
        if name.split("_")[-1] in AMOUNTS and isinstance(field, fields.Integer)
    }
    assert len(holds_money) > 40
    assert {name for name, field in holds_money.items() if not isinstance(field, fields.Rupiah)} == {NO_MONEY}
