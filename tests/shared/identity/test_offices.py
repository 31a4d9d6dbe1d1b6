"""Who holds which role where, and what the checker says of a file that is wrong."""

from pathlib import Path

import pytest

from services.intake.accounts.demo import DEMO_OFFICERS
from shared.identity import offices
from shared.kernel.settings import settings
from shared.programmes import library

GOOD = 'offices:\n  - {id: dinsos-a, agency: dinsos, name: Dinas Sosial A, region: "64", source: assumption}\n'


def found_in(folder: Path, text: str) -> list[str]:
    (folder / "here.yaml").write_text(text)
    return [str(finding) for finding in offices.check(folder)]


def test_the_files_that_come_with_kail_are_right() -> None:
    assert offices.check(settings().programmes_path / "agencies") == []


def test_the_nearest_office_holds_the_role() -> None:
    assert offices.resolve("dinsos", "64.02.05.2001").id == "dinsos-kukar"
    assert offices.resolve("dinsos", "64.05").id == "dinsos-kaltim"


@pytest.mark.parametrize(
    ("agency", "area", "holder", "called"),
    [
        ("dp3a", "36.74.06.1005", "dpmp3akb-tangsel", "(DPMP3AKB) Kota Tangerang Selatan"),
        ("dp3a", "64.02.06.1001", "dp3a-kukar", "(DP3A) Kabupaten Kutai Kartanegara"),
        ("koperasi", "52.71.01.1013", "koperasi-mataram", "Dinas Perindustrian, Koperasi dan UKM Kota Mataram"),
        ("koperasi", "64.02.06.1001", "koperasi-kukar", "Dinas Koperasi dan UKM Kabupaten Kutai Kartanegara"),
        ("koperasi", "64.07.02.2002", "koperasi-kaltim", "Provinsi Kalimantan Timur"),
        ("distransnaker", "64.02.06.1001", "distransnaker-kukar", "Dinas Transmigrasi dan Tenaga Kerja"),
        ("baznas", "52.71.01.1013", "baznas-mataram", "Badan Amil Zakat Nasional"),
        ("dinsos", "52.71.01.1013", "dinsos-mataram", "Dinas Sosial Kota Mataram"),
    ],
)
def test_each_region_has_its_own_office_under_its_own_name(agency: str, area: str, holder: str, called: str) -> None:
    found = offices.resolve(agency, area)
    assert found.id == holder
    assert called in found.name


def test_every_programme_has_an_office_for_every_stage_wherever_it_runs() -> None:
    for programme in library.published().values():
        for region in programme.region:
            offices.resolve(programme.lead, region, programme.office_pins())
            for name, stage in programme.stages.items():
                assert offices.resolve(stage.agency, region, programme.office_pins(name)).agency == stage.agency


def test_every_office_has_officers_in_the_demonstration() -> None:
    staffed = {each.office for each in DEMO_OFFICERS}
    regions = {offices.office(each).region for each in staffed}
    assert staffed == {each.id for each in offices.all_offices().values() if each.region in regions}  # not a city's own
    assert len({each.username for each in DEMO_OFFICERS}) == len(DEMO_OFFICERS)


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
