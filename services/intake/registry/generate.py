"""Fictitious registry files: real areas, invented people, and the mistakes that real files have.

NIK serials run from 9000 to 9999, which no office has ever reached in one kecamatan on one day, so that no line can be
a real person's number. The same region, count and seed give the same file.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from services.intake.registry.rules import Sex
from shared import places

HEADINGS = (
    "nik", "no_kk", "nama", "jenis_kelamin", "tanggal_lahir", "status_perkawinan", "hub_kepala_keluarga",
    "pekerjaan_utama", "alamat", "rt", "rw", "kelurahan", "kecamatan", "kabupaten", "id_wilayah", "no_hp", "dtks",
    "p3ke", "prasejahtera", "mempunyai_usaha", "pkh", "bpnt",
)  # fmt: skip

BROKEN_EVERY = 400
"""Each kind of broken row comes once in so many rows: together one row in a hundred."""
NO_NIK_EVERY = 150
"""A row without a NIK: somebody provisional."""
WRONG_SEX_EVERY = 250
"""A NIK whose sex disagrees with its record: a caution, no error."""

PKH_OF_LISTED, BPNT_OF_LISTED = 0.3, 0.45
"""How many of the listed households receive PKH and BPNT: an assumption, for a demonstration only."""

REFERENCE = date(2023, 1, 2)
FIRST_SERIAL, SERIALS = 9000, 1000

WOMEN = (
    "Siti", "Nur", "Sri", "Dewi", "Rina", "Aminah", "Rohana", "Fatimah", "Halimah", "Rahmah", "Jamilah", "Maryam",
    "Norhayati", "Rusmini", "Sumiati", "Wati", "Yuliana", "Mariati", "Lestari", "Ningsih", "Ratna", "Hasnah", "Erni",
    "Lidia", "Magdalena", "Yosefina", "Ketut", "Wayan", "Baiq", "Andi", "Masniah", "Salbiah", "Arbayah", "Kartini",
)  # fmt: skip
MEN = (
    "Ahmad", "Muhammad", "Budi", "Agus", "Slamet", "Rudi", "Hendra", "Yusuf", "Ibrahim", "Syahrani", "Arsyad",
    "Bambang", "Suparman", "Herman", "Darmawan", "Rahmat", "Jumadi", "Markus", "Yohanes", "Petrus", "Nyoman", "Lalu",
    "Aswad", "Basri", "Kasim", "Mansyur", "Saleh", "Tarmizi", "Untung", "Wahyudi",
)  # fmt: skip
LAST = (
    "Hidayah", "Rahman", "Wahyuni", "Safitri", "Maulida", "Fitriani", "Kurniawan", "Santoso", "Saputra", "Hasanah",
    "Handayani", "Puspita", "Anggraini", "Permata", "Utami", "Ramadhani", "Aisyah", "Khadijah", "Zahra", "Mulyani",
    "Susanti", "Astuti", "Hartati", "Suryani", "Noor", "Laila", "Salsabila", "Maharani", "Pratiwi", "Rosdiana",
)  # fmt: skip
STREETS = (
    "Mawar",
    "Melati",
    "Kenanga",
    "Pattimura",
    "Diponegoro",
    "Mulawarman",
    "Gajah Mada",
    "Sungai",
    "Pasar",
    "Awang",
)
WOMEN_WORK = (
    ("Mengurus Rumah Tangga", 45), ("Pedagang", 18), ("Petani/Pekebun", 12), ("Buruh Harian Lepas", 9),
    ("Penjahit", 5), ("Asisten Rumah Tangga", 5), ("Belum/Tidak Bekerja", 6),
)  # fmt: skip
MEN_WORK = (
    ("Petani/Pekebun", 28), ("Nelayan", 20), ("Buruh Harian Lepas", 26), ("Pedagang", 14), ("Karyawan Swasta", 7),
    ("Belum/Tidak Bekerja", 5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """A person who does not exist."""

    nik: str
    kk: str
    name: str
    sex: Sex
    born: str
    marital_status: str
    relation: str
    occupation: str
    street: str
    rt: int
    rw: int
    area: str
    phone: str
    dtks: bool
    p3ke: bool
    pre_prosperous: bool
    has_business: bool
    pkh: bool
    bpnt: bool

    def cells(self) -> list[str]:
        """The row as it stands in the file."""
        village, kecamatan, regency, _ = places.path_of(self.area)
        return [
            self.nik, self.kk, self.name, "Perempuan" if self.sex is Sex.FEMALE else "Laki-laki", self.born,
            self.marital_status, self.relation, self.occupation, self.street, f"{self.rt:03}", f"{self.rw:03}",
            village.name, kecamatan.name, regency.name, self.area, self.phone, _yes(self.dtks), _yes(self.p3ke),
            _yes(self.pre_prosperous), _yes(self.has_business), _yes(self.pkh), _yes(self.bpnt),
        ]  # fmt: skip


def registry_file(region: str, persons: int, seed: int, *, vulnerable_women: bool = False) -> str:
    """A registry of a region as CSV text; of everybody, or of socio-economically vulnerable women (PRSE) only."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(person.cells() for person in invented(region, persons, seed, vulnerable_women=vulnerable_women))
    return target.getvalue()


def invented(region: str, persons: int, seed: int, *, vulnerable_women: bool = False) -> Iterator[Invented]:
    """So many people of a region, household by household, with mistakes at the rates above.

    Of vulnerable women there are those who head a household, left or alone, and their grown daughters.
    """
    chance = Random(f"{region}:{seed}")  # noqa: S311
    villages = list(_villages(region))
    serials: Counter[str] = Counter()
    made, before = 0, None
    while made < persons:
        for person in _household(chance, chance.choice(villages), serials, alone=1.0 if vulnerable_women else 0.3):
            if made == persons:
                return
            if vulnerable_women and person.sex is Sex.MALE:
                continue
            made += 1
            yield _with_mistake(chance, person, before)
            before = person


def _villages(region: str) -> Iterator[str]:
    if places.level_of(region) is places.Level.VILLAGE:
        yield region
    for below in places.children(region):
        yield from _villages(below.code)


def _household(chance: Random, area: str, serials: Counter[str], *, alone: float) -> Iterator[Invented]:
    """A couple, or a woman who heads her household after losing her spouse, and grown children at times.

    `alone` is the share of households that a woman heads; where all are, some of their husbands have only gone.
    """
    widow_heads = chance.random() < alone
    age = chance.randint(22, 67)
    head_sex = Sex.FEMALE if widow_heads else Sex.MALE
    left = ("Kawin",) if alone == 1.0 else ()
    status = chance.choice(("Cerai Mati", "Cerai Mati", "Cerai Hidup", *left)) if widow_heads else "Kawin"
    poor = chance.random() < 0.75
    listed, extreme = poor and chance.random() < 0.85, poor and chance.random() < 0.35
    card = _number(chance, area, Sex.MALE, _birthday(chance, age), serials)
    aid = Random(card)  # noqa: S311  # a chance of its own: what a household receives changes nobody's name
    pkh, bpnt = listed and aid.random() < PKH_OF_LISTED, listed and aid.random() < BPNT_OF_LISTED
    street = f"Jl. {chance.choice(STREETS)} No. {chance.randint(1, 180)}"
    rt, rw = chance.randint(1, 40), chance.randint(1, 12)

    def member(sex: Sex, years: int, marital_status: str, relation: str) -> Invented:
        born = _birthday(chance, years)
        work = WOMEN_WORK if sex is Sex.FEMALE else MEN_WORK
        occupation = chance.choices([name for name, _ in work], [weight for _, weight in work])[0]
        first = chance.choice(WOMEN if sex is Sex.FEMALE else MEN)
        return Invented(
            nik=_number(chance, area, sex, born, serials),
            kk=card,
            name=f"{first} {chance.choice(LAST)}" + (f" {chance.choice(LAST)}" if chance.random() < 0.4 else ""),
            sex=sex,
            born=f"{born:%d-%m-%Y}",
            marital_status=marital_status,
            relation=relation,
            occupation=occupation,
            street=street,
            rt=rt,
            rw=rw,
            area=area,
            phone=f"08{chance.choice((12, 13, 21, 22, 52, 53))}{chance.randint(10_000_000, 99_999_999)}"
            if chance.random() < 0.8
            else "",
            dtks=listed,
            p3ke=extreme,
            pre_prosperous=poor,
            has_business=occupation in ("Pedagang", "Penjahit") or chance.random() < 0.1,
            pkh=pkh,
            bpnt=bpnt,
        )

    yield member(head_sex, age, status, "Kepala Keluarga")
    if not widow_heads:
        yield member(Sex.FEMALE, max(19, age - chance.randint(-2, 8)), "Kawin", "Istri")
    for _ in range(chance.choice((0, 0, 1, 1, 2)) if age >= 40 else 0):
        yield member(chance.choice((Sex.FEMALE, Sex.MALE)), chance.randint(18, age - 20), "Belum Kawin", "Anak")


def _birthday(chance: Random, age: int) -> date:
    return REFERENCE - timedelta(days=int(age * 365.25) + chance.randint(1, 364))


def _number(chance: Random, area: str, sex: Sex, born: date, serials: Counter[str]) -> str:
    day = born.day + 40 * (sex is Sex.FEMALE)
    prefix = f"{places.kecamatan_of(area).replace('.', '')}{day:02}{born:%m%y}"
    serial = serials[prefix]
    if serial >= SERIALS:
        return _number(chance, area, sex, born + timedelta(days=1), serials)
    serials[prefix] += 1
    return f"{prefix}{FIRST_SERIAL + serial}"


def _with_mistake(chance: Random, person: Invented, before: Invented | None) -> Invented:
    drawn = chance.randrange(BROKEN_EVERY)
    if drawn == 0:
        return replace(person, nik=person.nik[:-1])  # a digit was lost
    if drawn == 1 and before is not None:
        return replace(person, nik=before.nik)  # typed into the row below as well
    if drawn == 2:
        return replace(person, nik=f"{int(person.nik):.5E}")  # a spreadsheet took it for a number
    if drawn == 3:
        return replace(person, born="31-02-1985")  # no such day
    if chance.randrange(NO_NIK_EVERY) == 0:
        return replace(person, nik="")
    if chance.randrange(WRONG_SEX_EVERY) == 0:
        return replace(person, sex=Sex.MALE if person.sex is Sex.FEMALE else Sex.FEMALE)
    return person


def _yes(value: bool) -> str:
    return "Ya" if value else "Tidak"
