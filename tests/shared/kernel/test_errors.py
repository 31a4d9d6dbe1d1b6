"""What an error says to a person, and what it keeps for a program."""

from datetime import date

import pytest

from shared.kernel.errors import Conflict, NotFound


class TooEarly(Conflict):
    """Come back on {day}, not before {count}."""

    indonesian = "Datanglah lagi pada {day}, jangan sebelum {count}."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Come back on 17 August 2027, not before 2."),
        ("id", "Datanglah lagi pada 17 Agustus 2027, jangan sebelum 2."),
    ],
)
def test_a_day_is_said_as_people_write_it_and_stays_as_json_in_the_evidence(language: str, said: str) -> None:
    error = TooEarly(day="2027-08-17", count=2)
    assert error.message(language) == said
    assert TooEarly(day=date(2027, 8, 17), count=2).message(language) == said
    assert error.fields["day"] == "2027-08-17"


@pytest.mark.parametrize("what", ["2023-02-30", "0000-00-00", "9999-99-99", "٢٠٢٣-01-01"])
def test_what_only_looks_like_a_day_is_said_as_it_is(what: str) -> None:
    assert what in NotFound(what=what).message("id")
    assert what in NotFound(what=what).message("en")
