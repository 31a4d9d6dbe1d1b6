from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from idnumbers.nationalid import IDN
from stdnum.id import nik as stdnum_nik

from services.intake.registry import rules, words
from services.intake.registry.rules import Caution, Sex
from shared import places

KECAMATAN = [area.code for regency in ("64.02", "64.72", "52.71") for area in places.children(regency)]


@st.composite
def niks(draw):
    area = draw(st.sampled_from(KECAMATAN)).replace(".", "")
    born = draw(st.dates(date(1930, 1, 1), date(2020, 12, 31)))
    sex = draw(st.sampled_from(Sex))
    serial = draw(st.integers(1, 9999))
    day = born.day + 40 * (sex is Sex.FEMALE)
    return f"{area}{day:02}{born:%m%y}{serial:04}", sex, born


@given(niks())
def test_a_nik_is_read_as_independent_libraries_read_it(made):
    number, sex, born = made
    nik = rules.parse_nik(number)
    assert (nik.sex, nik.is_born_on(born)) == (sex, True)
    assert rules.nik_warnings(nik, sex, born, places.is_known) == []
    assert stdnum_nik.is_valid(number)
    assert (nik.day, nik.month) == (stdnum_nik.get_birth_date(number).day, stdnum_nik.get_birth_date(number).month)
    read = IDN.NationalID.parse(number)  # it knows only the districts of some years ago
    assert read is None or (read["gender"].value == "female") == (nik.sex is Sex.FEMALE)


@given(st.text("0123456789", min_size=16, max_size=16))
def test_a_nik_that_we_take_has_a_date_that_stdnum_takes_too(number):
    try:
        rules.parse_nik(number)
    except rules.Unreadable:
        return
    assert stdnum_nik.get_birth_date(number)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("640206451290900", rules.NotSixteenDigits),
        ("64020645129090011", rules.NotSixteenDigits),
        ("6402064512909O01", rules.NotDigits),
        ("６４０２０６４５１２９０９００１", rules.NotDigits),
        ("6402064512909001.0", rules.NotDigits),
        ("6.40206E+15", rules.ScientificNotation),
        ("6,40206451290900E+15", rules.ScientificNotation),
        ("6402063002909001", rules.ImpossibleNikDate),
        ("6402067102909001", rules.ImpossibleNikDate),
        ("6402064513909001", rules.ImpossibleNikDate),
        ("0000000000000000", rules.ImpossibleNikDate),
        ("6402064512900000", rules.NikSerialZero),
    ],
)
def test_only_the_shape_of_a_nik_is_an_error(text, why):
    with pytest.raises(why):
        rules.parse_nik(text)


def test_a_nik_may_stand_behind_an_apostrophe_and_between_spaces():
    assert rules.parse_nik(" '6402 0645 1290 9001 ").number == "6402064512909001"


def test_the_leap_day_is_possible_in_either_century():
    assert rules.parse_nik("6402062902009001").is_born_on(date(2000, 2, 29))
    with pytest.raises(rules.ImpossibleNikDate):
        rules.parse_nik("6402062902019001")


def test_what_disagrees_with_the_record_is_a_warning():
    nik = rules.parse_nik("6402064512909001")
    assert rules.nik_warnings(nik, Sex.MALE, date(1991, 12, 5), places.is_known) == [
        Caution.SEX_DIFFERS_FROM_NIK,
        Caution.BIRTH_DATE_DIFFERS_FROM_NIK,
    ]
    assert rules.nik_warnings(nik, None, None, places.is_known) == []


@pytest.mark.parametrize("former", ["321901", "360301"])
def test_an_area_of_former_days_is_legitimate(former):
    nik = rules.parse_nik(f"{former}4512909001")
    assert rules.nik_warnings(nik, Sex.FEMALE, date(1990, 12, 5), places.is_known) == []


def test_a_province_that_never_was_is_a_warning():
    nik = rules.parse_nik("0102064512909001")
    assert rules.nik_warnings(nik, Sex.FEMALE, None, places.is_known) == [Caution.NIK_AREA_UNKNOWN]


@given(st.dates(date(1900, 1, 1), date(2023, 12, 31)))
def test_a_date_is_the_same_in_the_ways_offices_write_it(day):
    for text in (f"{day:%d-%m-%Y}", f"{day:%d/%m/%Y}", day.isoformat(), f"{day.isoformat()} 00:00:00"):
        assert rules.parse_date(text) == day


@pytest.mark.parametrize("text", ["31-02-1990", "1990", "12-31-1990", "1990-13-01", "kemarin", "5-6-90"])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(rules.ImpossibleDate):
        rules.parse_date(text)


@pytest.mark.parametrize("text", ["01-01-1899", "02-01-2024"])
def test_nobody_was_born_tomorrow_or_in_the_century_before_last(text):
    with pytest.raises(rules.UnlikelyBirthDate):
        rules.parse_birth_date(text, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("62812 3456 7890", "+6281234567890"),
        ("tidak ada", None),
        ("123", None),
    ],
)
def test_a_phone_is_kept_in_one_way_of_writing(text, phone):
    assert rules.parse_phone(text) == phone


@pytest.mark.parametrize(
    ("day", "age"), [(date(2023, 2, 28), 22), (date(2023, 3, 1), 23), (date(2024, 2, 28), 23), (date(2024, 2, 29), 24)]
)
def test_age_counts_completed_years(day, age):
    assert rules.age_on(day, date(2000, 2, 29)) == age


def test_names_are_compared_by_their_letters():
    assert rules.plain_name("Hj.  SITI Nur'aini") == rules.plain_name("hj siti nur aini")
    assert rules.plain_name("Siti") != rules.plain_name("Sitti")


def test_words_of_the_lists_are_understood():
    assert words.read_sex("Perempuan") is Sex.FEMALE
    assert words.read_marital_status("JANDA") is rules.MaritalStatus.WIDOWED
    assert words.read_relation("2") is rules.Relation.SPOUSE
    assert words.read_occupation("Tukang Gerabah") is rules.Occupation.OTHER
    assert (words.read_yes("Ya"), words.read_yes("3"), words.read_yes("tidak"), words.read_yes("")) == (
        True,
        True,
        False,
        None,
    )
    assert words.read_sex(" ") is None
    for read in (words.read_sex, words.read_marital_status, words.read_yes):
        with pytest.raises(rules.UnknownWord):
            read("kurang tahu")
