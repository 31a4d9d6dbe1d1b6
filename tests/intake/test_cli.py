from pathlib import Path

import pytest
from click.testing import CliRunner

from services.intake.cli import programmes
from services.intake.journeys import publishing
from services.intake.journeys.rules import NotPublished
from shared.kernel.settings import settings
from shared.programmes import library
from shared.storage import Database
from tests.intake.people import register


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(programmes, list(arguments), env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_publishing_says_what_is_new_and_is_harmless_twice(intake_db: Database) -> None:
    code, said = run("publish")
    assert code == 0
    assert "wrse-kaltim-2023 version 1 is published." in said
    assert "wrse-kaltim-2023 version 1 is published already." in run("publish")[1]


def test_a_published_version_with_other_contents_is_refused(intake_db: Database, tmp_path: Path) -> None:
    run("publish")
    changed = tmp_path / "changed.yaml"
    changed.write_text(library.programme("wrse-kaltim-2023").text + "\n# changed\n", encoding="utf-8")
    code, said = run("publish", str(changed))
    assert code == 1
    assert "wrse-kaltim-2023" in said


def test_a_file_that_the_other_services_cannot_read_is_not_published(intake_db: Database, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    text = library.programme("wrse-kaltim-2023").text
    elsewhere.write_text(text.replace("id: wrse-kaltim-2023", "id: wrse-elsewhere", 1), encoding="utf-8")
    code, said = run("publish", str(elsewhere))
    assert code == 1
    assert "put the file of wrse-elsewhere into" in said
    with intake_db.reading() as session, pytest.raises(NotPublished):
        publishing.newest(session, "wrse-elsewhere")


def test_a_trial_counts_who_would_qualify_and_stores_nothing(intake_db: Database) -> None:
    with intake_db.transaction() as session:
        register(session, 3)
        register(session, 2, lists=())
        register(session, 1, area="64.72.01.1001")
        register(session, 1, area="64.71.01.1001")
    file = str(settings().programmes_path / "wrse-kaltim-2023.yaml")
    code, said = run("try", file)
    assert code == 0
    assert "6 persons looked at, 4 would qualify." in said
    assert "Rp12.000.000" in said
    assert "5 persons looked at" in run("try", file, "--area", "64.02")[1]
