from collections import Counter

import pytest

from services.intake.registry import files, generate, records
from services.intake.registry.generate import REFERENCE
from services.intake.registry.rules import Caution, Sex
from shared import places

pytestmark = pytest.mark.slow


def read(region: str, persons: int, seed: int = 1):
    rows = files.read(generate.registry_file(region, persons, seed))
    return [records.read_record(row, (region,), REFERENCE) for row in rows]


def test_the_same_region_count_and_seed_give_the_same_file():
    assert generate.registry_file("64.72", 50, 7) == generate.registry_file("64.72", 50, 7)
    assert generate.registry_file("64.72", 50, 7) != generate.registry_file("64.72", 50, 8)


def test_every_number_has_a_serial_that_no_office_gives():
    people = [each for each in read("64.02", 2_000) if isinstance(each, records.Record) and each.nik]
    assert {each.nik[12] for each in people} == {"9"}
    assert all(places.covers("64.02", each.area) for each in people)


def test_rows_are_broken_at_the_rate_that_is_promised():
    read_rows = read("64.02", 12_000)
    reasons = Counter(each.reason for each in read_rows if isinstance(each, records.Refusal))
    niks = Counter(each.nik for each in read_rows if isinstance(each, records.Record) and each.nik)
    expected = 12_000 / generate.BROKEN_EVERY
    assert set(reasons) == {"not-sixteen-digits", "scientific-notation", "impossible-date"}
    for found in (*reasons.values(), sum(times > 1 for times in niks.values())):
        assert expected / 2 < found < expected * 2


def test_a_file_holds_women_and_men_households_and_some_without_a_nik():
    people = [each for each in read("64.72", 3_000) if isinstance(each, records.Record)]
    sexes = Counter(each.sex for each in people)
    assert sexes[Sex.FEMALE] > sexes[Sex.MALE] > 500
    cards = Counter(each.kk for each in people)
    assert max(cards.values()) >= 3
    assert any(Caution.NIK_MISSING in each.cautions for each in people)
    assert any(Caution.SEX_DIFFERS_FROM_NIK in each.cautions for each in people)
