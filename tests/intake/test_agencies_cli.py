"""`kail agencies` says what is wrong in the files of offices, and who answers for an area."""

from pathlib import Path

from click.testing import CliRunner

from services.operate.agencies import agencies
from shared.storage import Database


def test_the_offices_that_come_with_kail_are_sound(databases: dict[str, Database]) -> None:
    answer = CliRunner().invoke(agencies, ["check"])
    assert answer.exit_code == 0
    assert "sound" in answer.output


def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "here.yaml").write_text(
        'offices:\n  - {id: dukcapil-a, agency: dukcapil, name: Dukcapil A, region: "64", source: assumption}\n'
    )
    answer = CliRunner().invoke(agencies, ["check", str(tmp_path)])
    assert answer.exit_code == 1
    assert "here.yaml:2 There is no agency role dukcapil." in answer.output


def test_an_area_is_answered_for_by_the_nearest_office_of_each_role() -> None:
    told = CliRunner().invoke(agencies, ["show", "64.02.05.2001"]).output
    assert "dp3a-kukar" in told
    assert "dinsos-kukar" in told
    assert "dinsos-kaltim" not in told
    assert "mataram" not in told


def test_another_code_is_refused() -> None:
    assert CliRunner().invoke(agencies, ["show", "99"]).exit_code == 2
