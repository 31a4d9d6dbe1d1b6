import pytest

from shared import places
from shared.places import Level, build


@pytest.mark.parametrize(
    ("code", "name", "kecamatan", "villages"),
    [
        ("52.71", "Kota Mataram", 6, 50),
        ("64.72", "Kota Samarinda", 10, 59),
        ("64.02", "Kabupaten Kutai Kartanegara", 20, 237),
        ("64.07", "Kabupaten Kutai Barat", 16, 194),
        ("36.74", "Kota Tangerang Selatan", 7, 54),
    ],
)
def test_the_regions_of_our_programmes_have_the_known_numbers_of_areas(code, name, kecamatan, villages):
    assert places.name_of(code) == name
    below = places.children(code)
    assert len(below) == kecamatan
    assert sum(len(places.children(each.code)) for each in below) == villages


def test_an_area_knows_its_level_and_its_parent():
    village = places.area("64.02.06.1001")
    assert (village.level, village.parent) == (Level.VILLAGE, "64.02.06")
    assert [each.level for each in places.path_of(village.code)] == [
        Level.VILLAGE,
        Level.KECAMATAN,
        Level.REGENCY,
        Level.PROVINCE,
    ]
    assert places.area("64").parent is None
    assert len(places.children()) == 38


def test_what_lies_in_a_region_is_named_with_what_it_lies_in_so_that_it_can_be_chosen():
    found = dict(places.below(["52.71"], Level.VILLAGE))
    assert len(found) == 1 + 6 + 50
    assert found["52.71"] == "Kota Mataram, Nusa Tenggara Barat"
    village = next(code for code in found if places.level_of(code) is Level.VILLAGE)
    assert found[village] == f"{places.name_of(village)}, {places.name_of(places.kecamatan_of(village))}"
    assert len(places.below(["52.71"], Level.KECAMATAN)) == 7
    assert len(places.below(None, Level.PROVINCE)) == 38


def test_a_code_that_nobody_has_is_an_error_in_both_languages():
    with pytest.raises(places.UnknownArea) as error:
        places.area("99.99")
    assert error.value.message("id") == "Tidak ada wilayah dengan kode 99.99."
    assert not places.is_known("99.99")
    with pytest.raises(places.UnknownArea):
        places.children("64.99")


def test_within_looks_at_whole_parts_of_a_code():
    assert places.covers("64.02", "64.02.06.1001")
    assert places.covers("64.02", "64.02")
    assert not places.covers("64.02", "64.021")
    assert not places.covers("64.02", "64")


def test_the_kecamatan_of_a_village_is_the_first_three_parts():
    assert places.kecamatan_of("64.02.06.1001") == places.kecamatan_of("64.02.06") == "64.02.06"
    with pytest.raises(places.UnknownArea):
        places.kecamatan_of("64.02")


def test_a_village_is_found_by_its_names_however_they_are_written():
    village = places.find(["KAB. KUTAI KARTANEGARA", "Kec. Tenggarong", " kelurahan  melayu "])
    assert village is not None
    assert places.name_of(village) == "Melayu"
    assert places.kecamatan_of(village) == "64.02.06"


def test_a_name_that_several_areas_bear_finds_none_of_them():
    assert places.find(["Melayu"]) is None
    assert places.find(["Bekasi"]) is None
    assert places.find(["Kota Bekasi"]) == "32.75"
    assert places.find(["Kota Samarinda", "Tenggarong"]) is None
    assert places.find([]) is None


def test_the_file_is_rebuilt_from_the_package_without_the_islands(tmp_path, monkeypatch):
    for table, line in {
        "provinces": "code,name\n64,Kalimantan Timur\n",
        "regencies": "code,province_code,name\n64.02,64,Kabupaten  Kutai Kartanegara\n",
        "districts": "code,regency_code,name\n64.02.06,64.02,Tenggarong\n",
        "villages": 'code,district_code,name\n64.02.06.1001,64.02.06,"Melayu"\n',
    }.items():
        (tmp_path / f"{table}.csv").write_text(line)
    target = tmp_path / "areas.csv.xz"
    assert build.build(tmp_path, target) == 4
    first = target.read_bytes()
    build.build(tmp_path, target)
    assert target.read_bytes() == first
