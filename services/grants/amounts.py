"""Amounts as people type them: an Indonesian office writes Rp15.000.000, and means whole rupiah."""

import re
from typing import Any

from shared.kernel import fields

WITH_DOTS = re.compile(r"(?:Rp\s*)?(\d{1,3}(?:\.\d{3})+|\d+)")


class Rupiah(fields.LongInteger):
    """Whole rupiah, at most a thousand trillion; text may carry `Rp` and dots between the thousands."""

    least, most = -(10**15), 10**15

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and (typed := WITH_DOTS.fullmatch(value.strip())):
            value = typed[1].replace(".", "")
        return super()._deserialize(value, attr, data, **kwargs)
