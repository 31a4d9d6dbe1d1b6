from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from idnumbers.nationalid import IDN
from stdnum.id import nik as stdnum_nik

from services.intake.registry import rules, words
from services.intake.registry.rules import Caution, Sex
from shared import places
from shared.kernel.errors import Elsewhere
from tests.refusals import refused

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
        ("6402064512909O01", rules.NotDigits),
        ("６４０２０６４５１２９０９００１", rules.NotDigits),
        ("6402064512909001.0", rules.NotDigits),
        ("6.40206E+15", rules.ScientificNotation),
        ("6,40206451290900E+15", rules.ScientificNotation),
        ("6402063002909001", rules.ImpossibleNikDate),
        ("6402067102909001", rules.ImpossibleNikDate),
        ("6402064513909001", rules.ImpossibleNikDate),
        ("0000000000000000", rules.ImpossibleNikDate),
        ("6402064002909001", rules.ImpossibleNikDate),
        ("6402060013909001", rules.ImpossibleNikDate),
        ("6402064512900000", rules.NikSerialZero),
        ("1111111111111111", rules.OneDigitOnly),
    ],
)
def test_only_the_shape_of_a_nik_is_an_error(text, why):
    with refused(why):
        rules.parse_nik(text)


@pytest.mark.parametrize(("text", "length"), [("640206451290900", 15), ("64020645129090011", 17), (" '64 02 ", 4)])
@pytest.mark.parametrize("read", [rules.parse_nik, rules.parse_kk])
def test_a_number_of_another_length_is_refused_with_what_was_counted(read, text, length):
    with refused(rules.NotSixteenDigits, length=length):
        read(text)


@pytest.mark.parametrize(
    ("number", "day", "sex"), [("6402063112909001", 31, Sex.MALE), ("6402064112909001", 1, Sex.FEMALE)]
)
def test_a_day_from_forty_one_on_is_a_womans(number, day, sex):
    assert rules.parse_nik(number) == rules.Nik(number, "64.02.06", sex, day, 12, 90)


@pytest.mark.parametrize(
    "number", ["6402062902040001", "6402062902041001", "6402063112990001", "1111111111111112", "6402060101001000"]
)
def test_the_number_of_a_family_card_holds_the_day_of_issue(number):
    assert rules.parse_kk(f" '{number[:4]} {number[4:]} ") == number


@pytest.mark.parametrize(
    "number",
    [
        "1111111111111111",  # 11 November 2011, but one digit sixteen times
        "0000000000000000",
        "6402062902040000",  # serial 0000
        "6402060002040001",  # the day 0
        "6402063201040001",
        "6402063002040001",  # 30 February
        "6402060100040001",  # the month 0
        "6402060113040001",
        "6402062902030001",  # no leap year
        "6402062902100001",
        "6402064502040001",  # a woman's day: a NIK, not a card
    ],
)
def test_a_number_that_no_family_card_bears_is_refused(number):
    with refused(rules.CardPlaceholder):
        rules.parse_kk(number)


@pytest.mark.parametrize(
    ("text", "why"),
    [("6402064512909O01", rules.NotDigits), ("6.40206E+15", rules.ScientificNotation), ("", rules.NotDigits)],
)
def test_a_family_card_is_refused_as_a_nik_is_where_it_is_no_number(text, why):
    with refused(why):
        rules.parse_kk(text)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("6402064512909001", "••••••••••••••01"), ("123", "•23"), ("12", "12"), ("", None), (None, None)],
)
def test_a_list_shows_the_last_two_digits_of_a_nik_alone(number, shown):
    assert rules.masked(number) == shown


def test_who_is_reached_through_an_office_is_reached_through_the_one_where_she_said_so():
    assert rules.through("dp3a-kukar") == {"channel": "through-office", "office": "dp3a-kukar"}
    other = {"channel": "through-office", "office": "dinsos-kukar", "note": "pagi"}
    assert rules.as_said_to("dp3a-kukar", other) == {
        "channel": "through-office",
        "office": "dp3a-kukar",
        "note": "pagi",
    }
    assert other["office"] == "dinsos-kukar"


@pytest.mark.parametrize("channel", sorted(set(rules.Channel) - {rules.Channel.THROUGH_OFFICE}))
def test_every_other_wish_stays_as_it_was_said(channel):
    wish = {"channel": channel.value, "note": "pagi"}
    kept = rules.as_said_to("dp3a-kukar", wish)
    assert kept == {"channel": channel.value, "note": "pagi"}
    assert kept is not wish


def test_a_record_that_was_merged_away_is_refused_and_leads_to_the_one_that_lives():
    rules.require_unmerged(None)
    lives = UUID(int=7)
    with refused(rules.RecordMerged, person=str(lives)):
        rules.require_unmerged(lives)
    assert rules.RecordMerged(lives).instead == f"persons/{lives}"
    assert isinstance(rules.RecordMerged(lives), Elsewhere)


def test_a_nik_may_stand_behind_an_apostrophe_and_between_spaces():
    assert rules.parse_nik(" '6402 0645 1290 9001 ").number == "6402064512909001"


def test_the_leap_day_is_possible_in_either_century():
    assert rules.parse_nik("6402062902009001").is_born_on(date(2000, 2, 29))
    for year in ("01", "02", "03", "99"):
        with refused(rules.ImpossibleNikDate):
            rules.parse_nik(f"64020629 02{year}9001")


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
    with refused(rules.ImpossibleDate):
        rules.parse_date(text)


@pytest.mark.parametrize("text", ["01-01-1899", "31-12-1899", "02-01-2024"])
def test_nobody_was_born_tomorrow_or_in_the_century_before_last(text):
    with refused(rules.UnlikelyBirthDate):
        rules.parse_birth_date(text, date(2024, 1, 1))


@pytest.mark.parametrize("born", [date(1900, 1, 1), date(1900, 12, 31), date(2023, 12, 31), date(2024, 1, 1)])
def test_somebody_may_be_born_in_1900_and_today(born):
    assert rules.parse_birth_date(f" {born:%d-%m-%Y} ", date(2024, 1, 1)) == born


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
    assert rules.plain_name(" Hj.  SITI_Nur'aini 2 ") == "hj siti nur aini"


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
