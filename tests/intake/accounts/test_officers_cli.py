"""`kail officers add` opens an account that lets its holder in, and says why it opens none."""

from click.testing import CliRunner, Result

from services.intake.accounts.cli import officers
from services.intake.signin import guessing
from shared.storage import Database

PASSWORD = "panjang-sekali-1"
GIVEN = ("--name", "Sari Contoh", "--role", "officer", "--password", PASSWORD)


def add(*arguments: str) -> Result:
    return CliRunner().invoke(officers, ["add", *arguments])


def test_whoever_got_an_account_signs_in_with_it(intake_db: Database) -> None:
    answer = add("Sari", "--office", "dinsos-kukar", *GIVEN)
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output
    with intake_db.transaction() as session:
        officer = guessing.authenticate(session, "sari", PASSWORD, "127.0.0.1")
    assert officer is not None
    assert (officer.office, officer.areas) == ("dinsos-kukar", ("64.02",))


def test_an_unknown_office_a_taken_name_and_a_strange_area_are_said(intake_db: Database) -> None:
    assert "nowhere" in add("sari", "--office", "nowhere", *GIVEN).output
    assert add("sari", "--office", "dinsos-kukar", *GIVEN).exit_code == 0
    again = add("sari", "--office", "dinsos-kukar", *GIVEN)
    assert (again.exit_code, "sari" in again.output) == (1, True)
    assert add("siti", "--office", "dinsos-kukar", "--area", "99", *GIVEN).exit_code == 1


def test_a_password_that_is_not_given_is_asked_for_twice(intake_db: Database) -> None:
    asked = CliRunner().invoke(
        officers, ["add", "sari", "--office", "dinsos-kukar", *GIVEN[:4]], input=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert asked.exit_code == 0, asked.output
