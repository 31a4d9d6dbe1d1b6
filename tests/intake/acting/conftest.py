"""Hashing is slow on purpose; these tests open many accounts."""

import pytest
from argon2 import PasswordHasher

from services.intake.accounts import passwords


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little care, in this folder only."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
