"""Who holds which role where, and what the checker says of a file that is wrong."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.accounts.demo import DEMO_OFFICERS
from shared.identity import offices
from shared.kernel.settings import load, settings
from shared.programmes import library

GOOD = 'offices:\n  - {id: dinsos-a, agency: dinsos, name: Dinas Sosial A, region: "64", source: assumption}\n'
OLD = '{{id: old, agency: {}, name: Old, region: "64", source: article, closed_on: 2024-01-31, successor: dinsos-a}}'
CLOSED = f"  - {OLD}\n"


@pytest.fixture
def agencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of offices of a deployment of its own, with one office."""
    folder = tmp_path / "agencies"
    folder.mkdir()
    (folder / "here.yaml").write_text(GOOD)
    monkeypatch.setenv("KAIL_PROGRAMMES", str(tmp_path))
    load()
    yield folder
    monkeypatch.undo()
    load()


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
        (GOOD.replace("name: Dinas Sosial A", "name: 7"), 2, "name 7 is not a text"),
        (GOOD.replace("name:", "registers: yes please, name:"), 2, "registers cannot be yes please"),
        (GOOD.replace("name:", "formerly: Dinsos, name:"), 2, "former names are not a list"),
        (GOOD.replace("name:", "closed_on: last year, name:"), 2, "not the day on which it closed"),
        (GOOD.replace("name:", "successor: dinsos-b, name:"), 2, "open office has no successor"),
        (GOOD.replace("name:", "closed_on: 2024-01-31, successor: dinsos-b, name:"), 2, "dinsos-b cannot succeed"),
        (GOOD.replace("name:", "closed_on: 2024-01-31, successor: dinsos-a, name:"), 2, "dinsos-a cannot succeed"),
        (GOOD + CLOSED.format("dp3a"), 3, "dinsos-a holds dinsos, and cannot succeed old, which held dp3a"),
    ],
)
def test_the_checker_says_what_is_wrong_and_on_which_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    findings = found_in(tmp_path, text)
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"here.yaml:{line}:")
    assert what in findings[0]


def test_offices_that_succeed_each_other_in_a_ring_are_named(tmp_path: Path) -> None:
    ring = "".join(
        CLOSED.format("dinsos").replace("old", one).replace("dinsos-a", other) for one, other in ("ab", "ba")
    )
    assert [each.partition(": ")[2] for each in found_in(tmp_path, f"offices:\n{ring}")] == [
        "a succeeds itself in the end. One of them has to be open.",
        "b succeeds itself in the end. One of them has to be open.",
    ]


def test_a_closed_office_keeps_its_name_and_holds_no_role(agencies: Path) -> None:
    (agencies / "here.yaml").write_text(GOOD + CLOSED.format("dinsos"))
    assert offices.office("old").name == "Old"
    assert offices.resolve("dinsos", "64.02").id == "dinsos-a"
    assert (
        offices.resolve("dinsos", "64.02", {"dinsos": "old"}).id == "dinsos-a"
    )  # who took over what it was chosen for
    assert [each.id for each in offices.open_offices()] == ["dinsos-a"]


def test_who_registers_is_said_by_the_office_s_file(agencies: Path) -> None:
    assert not offices.registers("dinsos-a")
    text = GOOD.replace("source", "registers: true, source")
    (agencies / "here.yaml").write_text(text)
    assert offices.registers("dinsos-a")
    closed = text + CLOSED.format("dinsos").replace("source", "registers: true, source")
    (agencies / "here.yaml").write_text(closed)
    assert not offices.registers("old")
    assert not offices.registers("nobody-knows-it")


def test_a_file_that_changes_is_read_by_a_process_that_runs(agencies: Path) -> None:
    assert offices.office("dinsos-a").name == "Dinas Sosial A"
    (agencies / "here.yaml").write_text(GOOD.replace("Sosial A", "Sosial B"))  # as long as before
    assert offices.office("dinsos-a").name == "Dinas Sosial B"
    fresh = agencies / "draft"
    fresh.write_text(GOOD.replace("Sosial A", "Sosial C"))
    old = (agencies / "here.yaml").stat()
    os.utime(fresh, ns=(old.st_atime_ns, old.st_mtime_ns))  # and even as old: another file stands there
    fresh.replace(agencies / "here.yaml")
    assert offices.office("dinsos-a").name == "Dinas Sosial C"
    (agencies / "more.yaml").write_text(GOOD.replace("dinsos-a", "dinsos-b").replace('"64"', '"64.02"'))
    assert offices.resolve("dinsos", "64.02").id == "dinsos-b"
    (agencies / "more.yaml").unlink()
    assert offices.resolve("dinsos", "64.02").id == "dinsos-a"


@pytest.mark.parametrize("half", ["", "offices:\n  - {id: din", "offices:\n  - {id: dinsos-a, agency: dinsos}\n"])
def test_somebody_who_is_still_writing_stops_nobody(agencies: Path, half: str) -> None:
    offices.all_offices()
    (agencies / "here.yaml").write_text(half)
    assert offices.office("dinsos-a").name == "Dinas Sosial A"
    (agencies / "here.yaml").write_text(GOOD.replace("Sosial A", "Sosial Baru"))
    assert offices.office("dinsos-a").name == "Dinas Sosial Baru"


def test_a_deployment_without_offices_is_none_yet(agencies: Path) -> None:
    (agencies / "here.yaml").unlink()
    assert offices.all_offices() == {}
    agencies.rmdir()
    assert offices.all_offices() == {}


def test_files_that_were_never_sound_are_an_error_that_says_why(agencies: Path) -> None:
    (agencies / "here.yaml").write_bytes(GOOD.replace("Sosial A", "Sosial \xe9").encode("latin-1"))
    with pytest.raises(offices.OfficesInvalid, match="UTF-8"):
        offices.all_offices()
