from pathlib import Path

from click.testing import CliRunner

from shared.programmes import library, trial
from shared.programmes.cli import programmes
from tests.shared.programmes.samples import SAMPLE, changed


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(programmes, list(arguments), env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_check_finds_nothing_wrong_with_the_deployments_own_programmes() -> None:
    code, said = run("check")
    assert code == 0
    assert "kube-kaltim-2023.yaml is sound" in said


def test_check_tells_file_line_and_remedy_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    path.write_text(changed("agency: dp3a", "agency: dp3b"))
    code, said = run("check", str(path))
    assert code == 1
    assert f"sample.yaml:{path.read_text()[: path.read_text().index('agency: dp3b')].count(chr(10)) + 1}" in said
    assert "The roles are" in said


def test_show_gives_figures_conditions_and_stages(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    path.write_text(SAMPLE)
    code, said = run("show", str(path), "--language", "en")
    assert code == 0
    for expected in ("15,000,000", "An adult", "mend → proposal, 2x", "graduation.outcome"):
        assert expected in said


def test_show_without_a_name_lists_all() -> None:
    assert "wrse-kaltim-2023" in run("show")[1]


def test_a_trial_counts_who_qualifies_why_others_do_not_and_the_cost() -> None:
    kube = library.programme("kube-kaltim-2023")
    registry = [
        *[{"registries": ["DTKS"], "area": "64.02.01.2001"}] * 11,
        *[{"registries": ["DTKS"], "area": "64.02.02.2001"}] * 4,
        {"registries": ["P3KE"], "area": "64.02.01.2001"},
        {"registries": None, "area": "64.72.01.1001"},
    ]
    found = trial.try_on(kube, registry)
    assert (found.persons, found.eligible) == (17, 15)
    assert found.failed == {"poor-and-listed": 2, "region": 1}
    assert found.missing == {"registries": 1}
    assert (found.subjects, found.cost) == (2, 30_000_000)  # two groups in one kecamatan; four persons are not a group
