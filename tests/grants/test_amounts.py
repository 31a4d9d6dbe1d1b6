from typing import Any

import pytest
from marshmallow import ValidationError

from services.grants.amounts import Rupiah


@pytest.mark.parametrize("typed", [15_000_000, "15000000", "15.000.000", "Rp15.000.000", "Rp 15.000.000 "])
def test_an_amount_is_read_as_offices_write_it(typed: Any) -> None:
    assert Rupiah().deserialize(typed) == 15_000_000


@pytest.mark.parametrize("typed", ["15.00", "15.000,00", "1.5", "lima belas juta", "1.0000"])
def test_an_amount_that_could_mean_something_else_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        Rupiah(strict=True).deserialize(typed)
