"""The words and column names that registry files really use, and what they mean here.

Column names were seen in DTSEN, DTKS, P3KE and WRSE lists; every list has its own dialect.
"""

import re
from enum import StrEnum
from typing import TypeVar

from services.intake.registry.rules import MaritalStatus, Occupation, Relation, Sex, UnknownWord

COLUMNS: dict[str, tuple[str, ...]] = {
    "nik": ("nik",),
    "kk": ("no_kk", "nokk", "kk"),
    "name": ("nama", "nama_lengkap"),
    "sex": ("jenis_kelamin", "jk"),
    "birth_date": ("tanggal_lahir", "tgl_lahir"),
    "marital_status": ("status_perkawinan", "status_pernikahan"),
    "relation": ("hub_kepala_keluarga", "kode_anggota"),
    "occupation": ("pekerjaan_utama", "pekerjaan"),
    "address": ("alamat",),
    "rt": ("rt",),
    "rw": ("rw",),
    "village": ("kelurahan", "desa", "kelurahan_desa"),
    "kecamatan": ("kecamatan",),
    "regency": ("kabupaten", "kabupaten_kota"),
    "area": ("id_wilayah", "kode_wilayah"),
    "phone": ("no_hp", "no_telepon"),
    "dtks": ("dtks", "status_dtks"),
    "p3ke": ("p3ke", "desil_p3ke"),
    "pkh": ("pkh",),
    "bpnt": ("bpnt",),
    "pre_prosperous": ("prasejahtera",),
    "has_business": ("mempunyai_usaha",),
    "reported_dead": ("keterangan_meninggal",),
}
"""What we call a column, and the headings it may stand under (compared without case)."""

SEXES = {
    "p": Sex.FEMALE,
    "perempuan": Sex.FEMALE,
    "wanita": Sex.FEMALE,
    "l": Sex.MALE,
    "laki-laki": Sex.MALE,
    "laki laki": Sex.MALE,
    "pria": Sex.MALE,
}
MARITAL = {
    "belum kawin": MaritalStatus.SINGLE,
    "belum menikah": MaritalStatus.SINGLE,
    "kawin": MaritalStatus.MARRIED,
    "menikah": MaritalStatus.MARRIED,
    "cerai": MaritalStatus.DIVORCED,
    "cerai hidup": MaritalStatus.DIVORCED,
    "cerai mati": MaritalStatus.WIDOWED,
    "janda": MaritalStatus.WIDOWED,
    "duda": MaritalStatus.WIDOWED,
}
RELATIONS = {
    "kepala keluarga": Relation.HEAD,
    "1": Relation.HEAD,
    "istri": Relation.SPOUSE,
    "suami": Relation.SPOUSE,
    "istri/suami": Relation.SPOUSE,
    "2": Relation.SPOUSE,
    "anak": Relation.CHILD,
    "3": Relation.CHILD,
    "lainnya": Relation.OTHER,
    "orang tua": Relation.OTHER,
    "famili lain": Relation.OTHER,
    "4": Relation.OTHER,
}
OCCUPATIONS = {
    "belum/tidak bekerja": Occupation.NONE,
    "tidak bekerja": Occupation.NONE,
    "mengurus rumah tangga": Occupation.HOUSEWIFE,
    "ibu rumah tangga": Occupation.HOUSEWIFE,
    "pelajar/mahasiswa": Occupation.STUDENT,
    "pedagang": Occupation.TRADER,
    "wiraswasta": Occupation.TRADER,
    "petani/pekebun": Occupation.FARMER,
    "petani": Occupation.FARMER,
    "peternak": Occupation.FARMER,
    "nelayan": Occupation.FISHER,
    "nelayan/perikanan": Occupation.FISHER,
    "buruh harian lepas": Occupation.LABOURER,
    "buruh": Occupation.LABOURER,
    "penjahit": Occupation.DRESSMAKER,
    "asisten rumah tangga": Occupation.DOMESTIC_WORKER,
    "pembantu rumah tangga": Occupation.DOMESTIC_WORKER,
    "karyawan swasta": Occupation.EMPLOYEE,
    "karyawan honorer": Occupation.EMPLOYEE,
}
YES = {"ya", "y", "1", "ada", "terdaftar", "sudah"}
NO = {"tidak", "t", "0", "tidak ada", "tidak terdaftar", "belum"}
NOTHING = {"", "n/a", "#n/a", "null", "nihil", "kosong"}
"""What sheets write where nothing was said; so do dashes, however many and however long."""
DASHES = "-\u2012\u2013\u2014\u2212_."
SAYS_NO_BY_ZERO = {"dtks", "p3ke", "pkh", "bpnt", "pre_prosperous", "has_business", "reported_dead"}
"""Columns in which 0 is an answer; in every other one it says nothing."""
ZERO = re.compile(r"'?0{1,3}|0{1,4}[-/ ]0{1,2}[-/ ]0{1,4}")
"""A zero, and a day that is written with zeros."""

Word = TypeVar("Word", bound=StrEnum)


def said(column: str, cell: str) -> str:
    """What a cell says, without the spaces around it; empty where it says nothing. The same for every column."""
    text = cell.strip()
    plain = text.casefold()
    if plain in NOTHING or not plain.strip(DASHES):
        return ""
    if column not in SAYS_NO_BY_ZERO and ZERO.fullmatch(plain):
        return ""
    return text


def read_word(text: str, known: dict[str, Word]) -> Word | None:
    """What a word means, None for an empty cell; raises UnknownWord."""
    plain = " ".join(text.casefold().split())
    if not plain:
        return None
    try:
        return known[plain]
    except KeyError:
        raise UnknownWord(expected=", ".join(sorted(known))) from None


def read_sex(text: str) -> Sex | None:
    """The sex in a cell; raises UnknownWord."""
    return read_word(text, SEXES)


def read_marital_status(text: str) -> MaritalStatus | None:
    """The marital status in a cell; raises UnknownWord."""
    return read_word(text, MARITAL)


def read_relation(text: str) -> Relation | None:
    """How she stands to the head of the household; whatever has no word of its own is another relation."""
    plain = " ".join(text.casefold().split())
    return RELATIONS.get(plain, Relation.OTHER) if plain else None


def read_occupation(text: str) -> Occupation | None:
    """What she does; a trade without a word of its own is another one."""
    plain = " ".join(text.casefold().split())
    return OCCUPATIONS.get(plain, Occupation.OTHER) if plain else None


def says_dead(text: str) -> bool:
    """Whether a list's remark on a death says that there was one: lists write a date, a number, or just the word."""
    plain = " ".join(text.casefold().split())
    return bool(plain) and plain not in NO and plain != "hidup"


def read_yes(text: str) -> bool | None:
    """A yes or no; a decile (1-10) counts as yes, because only who is on the list has one. Raises UnknownWord."""
    plain = " ".join(text.casefold().split())
    if not plain:
        return None
    if plain in YES or (plain.isdigit() and 1 <= int(plain) <= 10):
        return True
    if plain in NO:
        return False
    raise UnknownWord(expected="ya, tidak")
