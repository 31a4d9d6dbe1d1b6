"""Which passwords are taken."""

import pytest
from argon2 import PasswordHasher

from services.intake.accounts import passwords

NAMES = ("sari", "Sari Contoh Wulandari")


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("pendek", passwords.PasswordTooShort),
        ("panjang " * 30, passwords.PasswordTooLong),
        ("password1234", passwords.PasswordTooCommon),
        ("P@ssw0rd!!!!", passwords.PasswordTooCommon),
        ("Rahasia12345", passwords.PasswordTooCommon),
        ("Bismillah2024!", passwords.PasswordTooCommon),
        ("123456789012", passwords.PasswordTooCommon),
        ("qwertyuiop12", passwords.PasswordTooCommon),
        ("1qaz2wsx3edc", passwords.PasswordTooCommon),
        ("aaaaaaaaaaaa", passwords.PasswordTooCommon),
        ("abcxabcxabcx", passwords.PasswordTooCommon),
        ("passwordpassword1", passwords.PasswordTooCommon),
        ("kailsari2026x", passwords.PasswordNamesHer),
        ("WULANDARI di kantor", passwords.PasswordNamesHer),
    ],
)
def test_what_is_tried_first_is_refused(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        passwords.check(password, names=NAMES)


@pytest.mark.parametrize("password", ["kail bukan ikan", "kail-0123456789", "pasar pagi di Melayu", "9f3c-77aa-e01b"])
def test_what_nobody_else_would_think_of_is_taken(password: str) -> None:
    passwords.check(password, names=NAMES)


def test_where_nothing_is_kept_no_password_matches() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert passwords.matches(passwords.hashed("kail bukan ikan"), "kail bukan ikan")


def test_what_is_kept_costs_whoever_steals_it_what_rfc_9106_recommends(hasher: PasswordHasher) -> None:
    lanes, passes, kibibytes = 4, 3, 64 * 1024  # section 4, the second recommended option
    assert (hasher.parallelism, hasher.time_cost, hasher.memory_cost) == (lanes, passes, kibibytes)
    assert passwords.is_outdated(passwords.hashed("hasil hash percobaan")) is False
    assert hasher.check_needs_rehash(passwords.hashed("hasil hash percobaan")) is True
