"""What a cell, a row and a heading of a registry file say, and what is refused before it could say something wrong."""

from datetime import date

import pytest

from services.intake.registry import files, mending, rules, words
from services.intake.registry.records import Record, Refusal, read_record
from services.intake.registry.rules import Caution, Detail, Registry

HEAD = "nik,nama,jenis_kelamin,tanggal_lahir,id_wilayah,alamat,no_hp,no_kk,status_perkawinan,hub_kepala_keluarga"
HEAD += ",pekerjaan,dtks,pkh,prasejahtera,mempunyai_usaha,keterangan_meninggal"
TODAY = date(2026, 11, 30)
NOTHING = ["", " ", "-", "--", "-----", "–", "—", "_", "n/a", "N/A", "#N/A", "null", "NULL", "."]


def one(head: str, *cells: str) -> Record | Refusal:
    """The only row of a file."""
    (row,) = files.read(f"{head}\n{','.join(cells)}\n")
    return read_record(row, ("64.02",), TODAY)


def record(**said: str) -> Record | Refusal:
    """A woman of whom nothing is said but name and village, and this."""
    cells = dict.fromkeys(HEAD.split(","), "") | {"nama": "Siti Contoh", "id_wilayah": "6402052001"} | said
    return one(HEAD, *cells.values())


@pytest.mark.parametrize("cell", NOTHING)
@pytest.mark.parametrize("column", [each for each in HEAD.split(",") if each not in ("nama", "id_wilayah")])
def test_nothing_said_is_nothing_said_in_every_column(column: str, cell: str) -> None:
    assert record(**{column: cell}) == record()


@pytest.mark.parametrize("cell", ["0", "00", "'0", "0000-00-00", "00/00/0000"])
@pytest.mark.parametrize("column", ["nik", "tanggal_lahir", "no_hp", "no_kk", "alamat", "pekerjaan", "jenis_kelamin"])
def test_a_zero_says_nothing_where_it_is_no_answer(column: str, cell: str) -> None:
    assert record(**{column: cell}) == record()


def test_a_zero_is_no_where_yes_or_no_was_asked() -> None:
    said = record(dtks="0", pkh="0", prasejahtera="0", mempunyai_usaha="0", keterangan_meninggal="0")
    assert isinstance(said, Record)
    assert (said.listed[Registry.DTKS], said.listed[Registry.PKH]) == (False, False)
    assert (said.pre_prosperous, said.has_business) == (False, False)
    assert Caution.REPORTED_DEAD not in said.cautions


@pytest.mark.parametrize("name", ["-", "n/a", ""])
def test_nobody_is_called_nothing(name: str) -> None:
    refused = record(nama=name)
    assert isinstance(refused, Refusal)
    assert refused.column == "nama"


@pytest.mark.parametrize(
    "card",
    [
        "0000000000000000",
        "1111111111111111",
        "9999999999999999",
        "6402060101110000",
        "6402063201110001",
        "6402060113110001",
        "6402063002110001",
    ],
)
def test_a_placeholder_is_no_family_card_in_a_file_and_in_a_correction(card: str) -> None:
    said = record(no_kk=card)
    assert isinstance(said, Record)
    assert said.kk is None
    assert Caution.KK_UNREADABLE in said.cautions
    with pytest.raises(rules.CardPlaceholder):
        mending.read(Detail.KK, card, TODAY)


@pytest.mark.parametrize("nothing", ["-", " -- ", "\u2013", "n/a", "N/A", "nihil", "0", "00", ".", ""])
@pytest.mark.parametrize("detail", Detail)
def test_what_says_nothing_in_a_file_is_no_correction_of_anything(detail: Detail, nothing: str) -> None:
    with pytest.raises(rules.SaysNothing):
        mending.read(detail, nothing, TODAY)


def test_a_family_card_is_one() -> None:
    said = record(no_kk="6402060101119000")
    assert isinstance(said, Record)
    assert said.kk == mending.read(Detail.KK, "6402060101119000", TODAY) == "6402060101119000"
    assert Caution.KK_UNREADABLE not in said.cautions


@pytest.mark.parametrize("number", ["1111111111111111"])
def test_one_digit_sixteen_times_is_nobodys_nik(number: str) -> None:
    with pytest.raises(rules.OneDigitOnly):
        rules.parse_nik(number)


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        ("Siti,6402052001,Jl. Mawar,081355550001", False),
        ("Siti,6402052001,Jl. Mawar,081355550001,,", False),
        ("Siti,6402052001,Jl. Mawar,081355550001, ,", False),
        ("Siti,6402052001,Jl. Mawar, RT 3,081355550001", True),
        ("Siti,6402052001,Jl. Mawar,081355550001,,Ya", True),
        ('Siti,6402052001,"Jl. Mawar, RT 3",081355550001', False),
    ],
)
def test_a_row_with_more_cells_than_headings_is_refused(cells: str, refused: bool) -> None:
    said = one("nama,id_wilayah,alamat,no_hp", cells)
    assert isinstance(said, Refusal) == refused
    if refused:
        assert (said.row, said.column, said.reason) == (2, "*", "more-cells-than-columns")


@pytest.mark.parametrize("head", ["nama,nama,id_wilayah", "nama,Nama ,id_wilayah", "nik,nama,id_wilayah,NIK"])
def test_a_heading_that_two_columns_claim_refuses_the_file(head: str) -> None:
    with pytest.raises(files.ColumnTwice):
        files.read(f"{head}\nSiti,Aminah,6402052001\n")
    assert len(files.read("nama,id_wilayah,catatan,catatan\nSiti,6402052001,a,b\n")) == 1


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("Siti", "", "Siti"),
        ("", "Siti", "Siti"),
        ("-", "Siti", "Siti"),
        ("Siti", "SITI", "Siti"),
        ("Siti", "Aminah", None),
    ],
)
def test_two_columns_of_one_meaning_agree_or_the_row_is_refused(first: str, second: str, told: str | None) -> None:
    said = one("nama,nama_lengkap,id_wilayah", first, second, "6402052001")
    if told is None:
        assert isinstance(said, Refusal)
        assert said.reason == "two-columns-differ"
    else:
        assert isinstance(said, Record)
        assert said.name == told


def test_what_a_cell_says_is_asked_in_one_place() -> None:
    assert words.said("alamat", " Jl. Mawar 0 ") == "Jl. Mawar 0"
    assert words.said("nama", "Na") == "Na"
