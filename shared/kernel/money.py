"""Rupiah: always whole, always an int."""


def format_rupiah(amount: int) -> str:
    """Write an amount the way Indonesian offices do: `Rp15.000.000`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")
