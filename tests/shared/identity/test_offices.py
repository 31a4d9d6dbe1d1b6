"""Who holds which role where, and what the checker says of a file that is wrong."""

from pathlib import Path

import pytest

from shared.identity import offices
from shared.kernel.settings import settings

GOOD = 'offices:\n  - {id: dinsos-a, agency: dinsos, name: Dinas Sosial A, region: "64", source: assumption}\n'


def found_in(folder: Path, text: str) -> list[str]:
    (folder / "here.yaml").write_text(text)
    return [str(finding) for finding in offices.check(folder)]


def test_the_files_that_come_with_kail_are_right() -> None:
    assert offices.check(settings().programmes_path / "agencies") == []


def test_the_nearest_office_holds_the_role() -> None:
    assert offices.resolve("dinsos", "64.02.05.2001").id == "dinsos-kukar"
    assert offices.resolve("dinsos", "64.05").id == "dinsos-kaltim"


def test_a_programme_may_choose_another_office() -> None:
    assert offices.resolve("dinsos", "64.02.05.2001", {"dinsos": "dinsos-kaltim"}).id == "dinsos-kaltim"


def test_a_role_that_nobody_holds_is_an_error_that_says_where_to_add_an_office() -> None:
    with pytest.raises(offices.NoOffice, match="programmes/agencies"):
        offices.resolve("baznas", "64.02")


def test_an_unknown_office_is_an_error() -> None:
    with pytest.raises(offices.UnknownOffice):
        offices.office("dinsos-atlantis")


def test_a_right_file_has_no_findings(tmp_path: Path) -> None:
    assert found_in(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("offices:\n  - [a, b\n", 3, "not YAML"),
        ("kantor: []\n", 1, "no list of offices"),
        ("offices:\n  - dinsos\n", 2, "not an office"),
        (GOOD + GOOD.partition("\n")[2], 3, "stands here twice"),
        (GOOD + GOOD.partition("\n")[2].replace("dinsos-a", "dinsos-b"), 3, "both hold dinsos in 64"),
        (GOOD.replace('"64"', "64.02"), 2, 'Write it in quotes: "64.02"'),
        (GOOD.replace('"64"', '"6402"'), 2, "not an area code"),
        (GOOD.replace("dinsos-a", "Dinsos A"), 2, "cannot be an identifier"),
        (GOOD.replace("agency: dinsos", "agency: dukcapil"), 2, "no agency role dukcapil"),
        (GOOD.replace("assumption", "rumour"), 2, "not a kind of source"),
        (GOOD.replace("name: Dinas Sosial A, ", ""), 2, "name is missing"),
        (GOOD.replace("name:", "nama: X, name:"), 2, "has no nama"),
    ],
)
def test_the_checker_says_what_is_wrong_and_on_which_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    findings = found_in(tmp_path, text)
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"here.yaml:{line}:")
    assert what in findings[0]
