"""Rupiah: always whole, always an int."""

import re

MINUS = "[-\u2212]?"
WRITTEN = re.compile(
    rf"(?P<before>{MINUS})\s*(?:Rp\.?\s*)?(?P<sign>{MINUS})(?P<whole>[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,6}}|[0-9]{{1,19}})(?:,(?:00|-))?"
)


def format_rupiah(amount: int) -> str:
    """Write an amount the way Indonesian offices do: `Rp15.000.000`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def parse_rupiah(text: str) -> int | None:
    """Read an amount as offices write it: `1500000`, `1.500.000`, `Rp1.500.000`, `Rp 1.500.000,-`, `-Rp15.000,00`.

    None for what could mean something else (`15.00`, `1.5`, `1,500,000`, `1.500,50`, two signs) or has more digits than
    any amount.
    """
    found = WRITTEN.fullmatch(text.strip())
    if found is None or (found["before"] and found["sign"]):
        return None
    amount = int(found["whole"].replace(".", ""))
    return -amount if found["before"] or found["sign"] else amount
