"""What the registry believes about identity numbers, dates, phones and words that come out of spreadsheets.

NIK: PP 40/2019 and Permendagri on population administration. It never changes and has no checksum, and its digits may
be wrong for life: only its shape can be an error. Where it disagrees with the record, that is a warning to check with
Dukcapil, and its area is never compared with today's address, because people move and districts are divided.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import phonenumbers

from shared.kernel.errors import Conflict, Invalid

WOMEN_DAY_OFFSET = 40
EARLIEST_YEAR = 1900
SCIENTIFIC = re.compile(r"^\d+([.,]\d+)?e\+?\d+$", re.IGNORECASE)
DAY_FIRST = re.compile(r"^(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})$")
ISO = re.compile(r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]00:00(?::00)?)?$")
NO_LETTERS = re.compile(r"[\W\d_]+")


class Sex(StrEnum):
    """As the family card says it."""

    FEMALE = "female"
    MALE = "male"


class Channel(StrEnum):
    """How she may be reached without putting her in danger."""

    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    AT_OFFICE = "at-office"
    TRUSTED_PERSON = "trusted-person"
    NEVER = "never"  # she comes herself
    VILLAGE_OFFICE = "village-office"
    THROUGH_OFFICE = "through-office"  # only through the office that `office` names


UNLESS_SHE_SAYS = {"channel": Channel.VILLAGE_OFFICE.value}
"""How everybody is reached who has not been asked yet: through the kelurahan or village office, as a letter is."""


def through(office: str) -> dict[str, Any]:
    """The wish that says nothing but through which office somebody is reached."""
    return {"channel": Channel.THROUGH_OFFICE.value, "office": office}


def as_said_to(office: str, wish: Mapping[str, Any]) -> dict[str, Any]:
    """A wish as somebody told it at an office: who wishes to be reached through the office means this one."""
    return dict(wish) | (through(office) if wish["channel"] == Channel.THROUGH_OFFICE else {})


class MaritalStatus(StrEnum):
    """As the family card says it; field lists write 'janda' for both kinds of loss, which counts as widowed."""

    SINGLE = "single"
    MARRIED = "married"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class Occupation(StrEnum):
    """What somebody mainly does, as coarse as programmes ask for it."""

    NONE = "none"
    HOUSEWIFE = "housewife"
    STUDENT = "student"
    TRADER = "trader"
    FARMER = "farmer"
    FISHER = "fisher"
    LABOURER = "labourer"
    DRESSMAKER = "dressmaker"
    DOMESTIC_WORKER = "domestic-worker"
    EMPLOYEE = "employee"
    OTHER = "other"  # works, at something that has no word here


class Relation(StrEnum):
    """How somebody stands to the head of her household."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class Registry(StrEnum):
    """The lists by which programmes choose."""

    DTKS = "DTKS"
    P3KE = "P3KE"
    PKH = "PKH"  # receives the conditional cash transfer of the APBN
    BPNT = "BPNT"  # receives the food assistance of the APBN


RECEIVED = frozenset({Registry.PKH, Registry.BPNT})
"""Lists of whom the APBN aids already: a programme says by its `compatibility` whether its own aid may run beside."""


class Detail(StrEnum):
    """What the registry holds of a person and she may have corrected; lists are corrected by whoever keeps them."""

    NAME = "name"
    NIK = "nik"
    KK = "kk"
    RELATION = "relation"
    PHONE = "phone"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    MARITAL_STATUS = "marital_status"
    OCCUPATION = "occupation"
    AREA = "area"
    ADDRESS = "address"
    PRE_PROSPEROUS = "pre_prosperous"
    HAS_BUSINESS = "has_business"


class Caution(StrEnum):
    """Something an officer should check with Dukcapil, or ask the person; it refuses nobody."""

    SEX_DIFFERS_FROM_NIK = "sex-differs-from-nik"
    BIRTH_DATE_DIFFERS_FROM_NIK = "birth-date-differs-from-nik"
    NIK_AREA_UNKNOWN = "nik-area-unknown"  # not even the province exists; a kecamatan may well be of former days
    PHONE_UNREADABLE = "phone-unreadable"
    KK_UNREADABLE = "kk-unreadable"
    NIK_MISSING = "nik-missing"
    REPORTED_DEAD = "reported-dead"  # by a list; only an officer with evidence notes a death
    HOUSEHOLD_LARGE = "household-large"  # improbably many on one family card
    HOUSEHOLD_HEADS = "household-heads"  # several heads on one family card
    HOUSEHOLD_FAR = "household-far"  # members of one family card live in different regencies or cities
    HOUSEHOLD_AGES = "household-ages"  # a child on it is not young enough to be the mother's


ABOUT_HOUSEHOLD = (
    Caution.HOUSEHOLD_LARGE,
    Caution.HOUSEHOLD_HEADS,
    Caution.HOUSEHOLD_FAR,
    Caution.HOUSEHOLD_AGES,
)
"""What a file says of a household is a claim: where it is improbable, everybody on the card has a caution."""


class RecordMerged(Conflict):
    """This record was found to be another record's person: go on with record {person}, under which she lives on."""

    indonesian = "Data ini telah digabung dengan data lain dari orang yang sama: lanjutkan pada data {person}."

    def __init__(self, person: UUID) -> None:
        super().__init__(person=str(person))

    @property
    def instead(self) -> str:
        """Her other record."""
        return f"persons/{self.fields['person']}"


def require_unmerged(merged_into: UUID | None) -> None:
    """Refuse every act on a record that was merged away; raises RecordMerged with the one that lives."""
    if merged_into is not None:
        raise RecordMerged(merged_into)


class Unreadable(Invalid):
    """A value in a file cannot be taken for what its column says."""

    indonesian = "Isian kolom ini tidak dapat dibaca."


class SaysNothing(Unreadable):
    """'{text}' says nothing; write what is true of her, or name another detail."""

    indonesian = "'{text}' tidak berarti apa-apa; tulis keterangan yang benar, atau pilih keterangan lain."


class ScientificNotation(Unreadable):
    """The spreadsheet has turned the number into scientific notation; format the column as text and export again."""

    indonesian = "Angka berubah menjadi notasi ilmiah; atur kolom sebagai teks lalu ekspor ulang."


class NotSixteenDigits(Unreadable):
    """A number of 16 digits is expected here, and {length} characters are given; leading zeros may have been lost."""

    indonesian = "Nomor harus 16 angka, tetapi yang terisi {length} karakter; mungkin angka nol di depan hilang."


class NotDigits(Unreadable):
    """The number contains something other than digits."""

    indonesian = "Nomor berisi karakter selain angka."


class ImpossibleNikDate(Unreadable):
    """The birth date inside the NIK is no date."""

    indonesian = "Tanggal lahir di dalam NIK bukan tanggal yang ada."


class NikSerialZero(Unreadable):
    """The NIK ends in 0000, and serials begin at 0001: this is a placeholder, not a person's number."""

    indonesian = "NIK berakhiran 0000, padahal nomor urut dimulai 0001: ini bukan NIK seseorang."


class ImpossibleDate(Unreadable):
    """This is no date; write it as 31-12-1990 or 1990-12-31."""

    indonesian = "Ini bukan tanggal; tulis seperti 31-12-1990 atau 1990-12-31."


class UnlikelyBirthDate(Unreadable):
    """A birth date lies between 1900 and today."""

    indonesian = "Tanggal lahir harus antara tahun 1900 dan hari ini."


class UnknownWord(Unreadable):
    """This column knows other words: {expected}."""

    indonesian = "Kolom ini mengenal kata lain: {expected}."


class PhoneUnreadable(Unreadable):
    """This is no phone number of Indonesia."""

    indonesian = "Ini bukan nomor telepon Indonesia."


class OneDigitOnly(Unreadable):
    """One digit sixteen times is a placeholder, and nobody's number; leave the cell empty where there is none."""

    indonesian = (
        "Satu angka enam belas kali adalah pengisi, bukan nomor siapa pun; kosongkan sel bila tidak ada nomornya."
    )


class CardPlaceholder(Unreadable):
    """No family card has this number: one digit sixteen times, a serial 0000, or a day of issue that does not exist."""

    indonesian = "Tidak ada KK bernomor ini: satu angka berulang, nomor urut 0000, atau tanggal terbit yang tidak ada."


class NoFamilyCard(Unreadable):
    """No family card is known on which she would stand so; correct the number of the card as well."""

    indonesian = "Belum ada kartu keluarga yang dikenal; perbaiki juga nomor KK."


@dataclass(frozen=True, slots=True)
class Nik:
    """A NIK of the right shape, taken apart."""

    number: str
    area: str
    sex: Sex
    day: int
    month: int
    year: int
    """The last two digits only: which century, the NIK does not say."""

    def is_born_on(self, birth_date: date) -> bool:
        """Whether its digits agree with a full birth date."""
        return (self.day, self.month, self.year) == (birth_date.day, birth_date.month, birth_date.year % 100)


def sixteen_digits(text: str) -> str:
    """The digits of a NIK or KK as a spreadsheet holds it; raises Unreadable."""
    number = text.strip().removeprefix("'").replace(" ", "")
    if SCIENTIFIC.match(number):
        raise ScientificNotation
    if not (number.isascii() and number.isdigit()):
        raise NotDigits
    if len(number) != 16:
        raise NotSixteenDigits(length=len(number))
    return number


def parse_kk(text: str) -> str:
    """The number of a family card: area, day of issue, serial; raises Unreadable, CardPlaceholder among them."""
    number = sixteen_digits(text)
    day, month, year = int(number[6:8]), int(number[8:10]), int(number[10:12])
    if len(set(number)) == 1 or number.endswith("0000") or not _is_date(2000 + year, month, day):
        raise CardPlaceholder
    return number


def parse_nik(text: str) -> Nik:
    """Take a NIK apart; raises Unreadable where its shape is wrong."""
    number = sixteen_digits(text)
    day, month, year = int(number[6:8]), int(number[8:10]), int(number[10:12])
    sex = Sex.MALE
    if day > WOMEN_DAY_OFFSET:
        day, sex = day - WOMEN_DAY_OFFSET, Sex.FEMALE
    if not any(_is_date(century + year, month, day) for century in (1900, 2000)):
        raise ImpossibleNikDate
    if number.endswith("0000"):
        raise NikSerialZero
    if len(set(number)) == 1:
        raise OneDigitOnly
    return Nik(number, f"{number[:2]}.{number[2:4]}.{number[4:6]}", sex, day, month, year)


def masked(number: str | None) -> str | None:
    """A NIK as lists show it: its last two digits.

    Beside a name, a day of birth and a kecamatan every other digit but those of the serial can be guessed, so that more
    of them would be the whole number.
    """
    return f"{'•' * (len(number) - 2)}{number[-2:]}" if number else None


def nik_warnings(
    nik: Nik, sex: Sex | None, birth_date: date | None, is_known_area: Callable[[str], bool]
) -> list[Caution]:
    """Where a NIK disagrees with the record that carries it."""
    found = []
    if sex is not None and nik.sex is not sex:
        found.append(Caution.SEX_DIFFERS_FROM_NIK)
    if birth_date is not None and not nik.is_born_on(birth_date):
        found.append(Caution.BIRTH_DATE_DIFFERS_FROM_NIK)
    if not is_known_area(nik.area[:2]):
        found.append(Caution.NIK_AREA_UNKNOWN)
    return found


def parse_date(text: str) -> date:
    """A date as offices write it (31-12-1990, 31/12/1990) or in ISO form; raises ImpossibleDate."""
    parts = DAY_FIRST.match(text.strip()) or ISO.match(text.strip())
    if not parts:
        raise ImpossibleDate
    try:
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except ValueError:
        raise ImpossibleDate from None


def parse_birth_date(text: str, today: date) -> date:
    """A birth date; raises ImpossibleDate or UnlikelyBirthDate."""
    born = parse_date(text)
    if not born.year >= EARLIEST_YEAR or born > today:
        raise UnlikelyBirthDate
    return born


def parse_phone(text: str) -> str | None:
    """An Indonesian phone number in its international form (+62...), or None when it is not one."""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def age_on(day: date, birth_date: date) -> int:
    """Completed years of life on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def plain_name(name: str) -> str:
    """A name by which two writings of it are compared: letters only, without case."""
    return NO_LETTERS.sub(" ", name.casefold()).strip()


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
