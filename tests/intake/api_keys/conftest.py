"""Hashing is slow on purpose; these tests open accounts, and ask for passwords."""

from tests.intake.accounts.conftest import quick_hashes

__all__ = ["quick_hashes"]
