"""What a file says of a household is a claim: where it is improbable, everybody on the card has a caution."""

from itertools import permutations

import pytest
from sqlalchemy import select

from services.intake.registry import households, mending
from services.intake.registry.models import Person
from services.intake.registry.rules import ABOUT_HOUSEHOLD, Detail
from shared.kernel import requirements
from tests.intake.registry.conftest import MELAYU, line, officer, sheet

SAMARINDA = "64.72.01.1001"
OTHER_CARD = "6402060101109001"
MOST_ON_A_CARD = households.limits()["most_on_a_card"]


def row(number: int, relation: str = "Anak", **others: str) -> str:
    told = {"hub_kepala_keluarga": relation, "tanggal_lahir": "01-01-2010", "jenis_kelamin": "L"} | others
    return line(nik="", name=f"Orang {'abcdefghijklmnopqrstuvwxyz'[number]}", **told)


MOTHER = row(0, "Kepala Keluarga", tanggal_lahir="05-12-1980", jenis_kelamin="P")


def cautions(base, card_only=None) -> dict[str, set[str]]:
    with base.reading() as session:
        return {each.name: set(each.cautions) & set(ABOUT_HOUSEHOLD) for each in session.scalars(select(Person)).all()}


CARDS = {
    "a mother and her child": ([MOTHER, row(1)], set()),
    "many": ([MOTHER, *(row(number) for number in range(1, MOST_ON_A_CARD))], set()),
    "too many": ([MOTHER, *(row(number) for number in range(1, MOST_ON_A_CARD + 1))], {"household-large"}),
    "two heads": ([MOTHER, row(1, "Kepala Keluarga")], {"household-heads"}),
    "two cities": ([MOTHER, row(1, area=SAMARINDA)], {"household-far"}),
    "a neighbouring kelurahan": ([MOTHER, row(1, area="64.02.06.1004")], set()),
    "a child older than its mother": ([MOTHER, row(1, tanggal_lahir="01-01-1979")], {"household-ages"}),
    "born a day too early": ([MOTHER, row(1, tanggal_lahir="04-12-1992")], {"household-ages"}),
    "born when she was twelve": ([MOTHER, row(1, tanggal_lahir="05-12-1992")], set()),
    "a child of a man": ([row(0, "Kepala Keluarga"), row(1)], set()),
    "a child without a birth date": ([MOTHER, row(1, tanggal_lahir="")], set()),
    "two faults": ([MOTHER, row(1, "Kepala Keluarga", area=SAMARINDA)], {"household-far", "household-heads"}),
}


@pytest.mark.parametrize(("rows", "expected"), CARDS.values(), ids=CARDS.keys())
def test_what_is_improbable_of_a_card_is_a_caution_on_everybody_on_it(intake_db, bring_in, rows, expected):
    run = bring_in(sheet(*rows), officer("64"))
    assert run.refused == 0
    assert set(map(frozenset, cautions(intake_db).values())) == {frozenset(expected)}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("files", [1, 3])
def test_neither_the_order_of_the_rows_nor_the_number_of_files_matters(intake_db, bring_in, order, files):
    rows = [MOTHER, row(1, "Kepala Keluarga"), row(2, tanggal_lahir="01-01-1979")]
    parts = [[rows[each]] for each in order] if files == 3 else [[rows[each] for each in order]]
    for part in parts:
        bring_in(sheet(*part), officer("64"))
    assert all(said == {"household-heads", "household-ages"} for said in cautions(intake_db).values())


def test_a_correction_says_so_too_and_takes_it_back(intake_db, bring_in):
    bring_in(sheet(MOTHER, row(1, area=SAMARINDA, no_kk=OTHER_CARD)), officer("64"))

    def correct(name: str, **wanted: str) -> None:
        with intake_db.transaction() as session:
            (found,) = [each for each in session.scalars(select(Person)) if each.name == name]
            mending.mend(session, mending.locked(session, found.id), {Detail(each): wanted[each] for each in wanted})

    assert set().union(*cautions(intake_db).values()) == set()
    correct("Orang b", kk="6402060101109000")
    assert set(map(frozenset, cautions(intake_db).values())) == {frozenset({"household-far"})}
    correct("Orang b", area=MELAYU)
    assert set().union(*cautions(intake_db).values()) == set()
    correct("Orang b", relation="head")
    assert set(map(frozenset, cautions(intake_db).values())) == {frozenset({"household-heads"})}
    correct("Orang b", kk=OTHER_CARD)
    assert set().union(*cautions(intake_db).values()) == set()


def test_a_city_sets_its_own_limits_with_their_sources(intake_db, bring_in, tmp_path, monkeypatch):
    own = tmp_path / "requirements" / "households.yaml"
    own.parent.mkdir()
    own.write_text(households.OWN.read_text().replace("value: 15", "value: 2").replace("value: 12", "value: 40"))
    monkeypatch.setattr(requirements, "settings", lambda: type("Settings", (), {"programmes_path": tmp_path}))
    bring_in(sheet(MOTHER, row(1), row(2)), officer("64"))
    assert all(said == {"household-large", "household-ages"} for said in cautions(intake_db).values())


def test_every_limit_says_where_it_comes_from():
    found = requirements.read(households.OWN)
    assert {name: each.value for name, each in found.items()} == {"most_on_a_card": 15, "mother_older_by": 12}
    assert all(each.source.startswith("assumption") and each.unit and not each.verified for each in found.values())
