from click.testing import CliRunner

from services.intake.accounts.commands import create_officer
from services.intake.registry.cli import registry
from shared.identity.rules import Role


def run(*arguments: str):
    return CliRunner().invoke(registry, arguments)


def test_a_file_is_invented_to_the_screen_or_to_disk(tmp_path):
    options = ("generate", "--region", "64.02.06", "--persons", "20", "--seed", "4")
    shown = run(*options)
    assert shown.output.count("\n") == 21
    target = tmp_path / "daftar.csv"
    assert run(*options, "--out", str(target)).exit_code == 0
    assert target.read_text() == shown.output


def test_a_region_that_is_none_is_refused():
    assert "is no area code" in run("generate", "--region", "99", "--persons", "1").output


def test_a_file_is_brought_in_on_an_officers_authority(intake_db, tmp_path):
    with intake_db.transaction() as session:
        create_officer(
            session,
            username="sari",
            password="kail bukan ikan",
            name="Sari Contoh",
            office="dinsos-kukar",
            roles=[Role.OFFICER],
        )
    target = tmp_path / "daftar.csv"
    run("generate", "--region", "64.02.06", "--persons", "30", "--seed", "4", "--out", str(target))
    told = run("import", str(target), "--officer", "sari")
    assert told.exit_code == 0
    assert told.output.startswith("30 rows: ")
    assert "no account" in run("import", str(target), "--officer", "nobody").output
