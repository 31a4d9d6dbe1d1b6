"""What the compartment believes: who may read it, what a case may be, and when something is owed to a woman."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from services.intake.protection.terms import Terms
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import calendar, clock
from shared.kernel.calendar import Days
from shared.kernel.errors import Conflict, Forbidden, Invalid

AGENCY = "dp3a"


class CaseKind(StrEnum):
    """What a case is about. The article of DP3A Kutai Kartanegara names the first and the third."""

    DOMESTIC_VIOLENCE = "domestic-violence"
    SEXUAL_VIOLENCE = "sexual-violence"
    DISCRIMINATION = "discrimination"
    TRAFFICKING = "trafficking"
    OTHER = "other"


class StepKind(StrEnum):
    """What was done for her. The article names legal aid and social assistance."""

    CONVERSATION = "conversation"
    LEGAL_AID = "legal-aid"
    SOCIAL_ASSISTANCE = "social-assistance"
    HEALTH = "health"
    SHELTER = "shelter"
    POLICE_REPORT = "police-report"
    REFERRED_ONWARD = "referred-onward"
    OTHER = "other"


TOLD_BY_ITSELF = frozenset({StepKind.POLICE_REPORT, StepKind.REFERRED_ONWARD})
"""Steps that a command of their own writes, because more follows from them."""


class CloseReason(StrEnum):
    """Why a case was closed."""

    SAFE = "safe"  # she is safe and has what she needs
    HER_WISH = "her-wish"
    HANDED_OVER = "handed-over"  # another service keeps the case
    NOT_REACHED = "not-reached"
    OTHER = "other"


class GlassState(StrEnum):
    """What became of somebody's wish to read without the role."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    OVER = "over"  # was granted, and the time has run out


class CaseClosed(Conflict):
    """This case is closed; open a new one if she comes again."""

    indonesian = "Kasus ini sudah ditutup; buka kasus baru bila ia datang lagi."


class WhoIsMissing(Invalid):
    """Say who it is: her NIK, or the identifier of her record."""

    indonesian = "Isi siapa yang dimaksud: NIK, atau nomor datanya."


class NikUnreadable(Invalid):
    """This is no NIK: write its sixteen digits."""

    indonesian = "Ini bukan NIK: tulis keenam belas angkanya."


class NobodyBearsIt(Invalid):
    """Nobody in your area bears this NIK; register her first."""

    indonesian = "Tidak ada yang memiliki NIK ini di wilayah Anda; daftarkan dahulu."


class AskEachWoman(Invalid):
    """A group cannot ask for a conversation; write down each woman's wish on the page for it."""

    indonesian = "Kelompok tidak dapat meminta percakapan; catat keinginan setiap perempuan pada halamannya."


class ToAPersonAlone(Forbidden):
    """What a woman says in this talk is said to a person; no program writes it down."""

    indonesian = "Yang disampaikan perempuan dalam percakapan ini hanya untuk orang; tidak dicatat oleh program."


class InTheFuture(Invalid):
    """This day is still to come."""

    indonesian = "Hari ini belum tiba."


class InThePast(Invalid):
    """This day is over; choose today or a later one."""

    indonesian = "Hari ini sudah lewat; pilih hari ini atau sesudahnya."


class HasItsOwnForm(Invalid):
    """This step has a form of its own below."""

    indonesian = "Langkah ini mempunyai formulir tersendiri di bawah."


class NoReportOwed(Conflict):
    """No report to the police is open in this case."""

    indonesian = "Tidak ada laporan polisi yang terbuka pada kasus ini."


class ClockRanBefore(Conflict):
    """The clock of the report ran in this case and is not started again; for a new event open another case."""

    indonesian = "Batas waktu laporan kasus ini pernah berjalan dan tidak dimulai lagi; kejadian baru: buka kasus lain."


class NotRegistered(Conflict):
    """She stands in no registry yet: register her, and open a case under her name, before she is referred."""

    indonesian = "Ia belum terdaftar: daftarkan dahulu dan buka kasus atas namanya sebelum dirujuk."


class NumberOrReason(Invalid):
    """Give the report's number, or the reason why there is none."""

    indonesian = "Isi nomor laporan, atau alasan mengapa tidak ada."


class AlreadyDecided(Conflict):
    """This request was decided before."""

    indonesian = "Permintaan ini sudah diputuskan."


class SecondPerson(Forbidden):
    """A second person decides: not the one who asks."""

    indonesian = "Yang memutuskan harus orang kedua, bukan yang meminta."


class NotOpenToYou(Forbidden):
    """No second person has allowed this, or the time for it is over."""

    indonesian = "Belum ada orang kedua yang mengizinkan, atau waktunya sudah habis."


def of_dp3a(officer: Officer) -> None:
    """Hold her to working for DP3A; raises OtherOffice. Whoever does may write into the compartment."""
    officer.require(agency=AGENCY)


def may_read(officer: Officer) -> None:
    """Hold her to the role that reads the compartment; raises Forbidden, whatever is kept there."""
    officer.in_person.require(Role.COUNSELLOR, agency=AGENCY)


def may_ask_to_read(officer: Officer) -> None:
    """Hold her to the role that may ask for a break of the glass; nobody gets it by acting for the head."""
    officer.in_person.require(Role.HEAD, agency=AGENCY)


def follow_up_by(since: datetime, terms: Terms, days: Days) -> datetime:
    """By when she must be spoken to, in working days of the office that speaks to her."""
    return calendar.deadline(since, terms.follow_up.count, days)


def next_follow_up(now: datetime, chosen: date | None, terms: Terms, days: Days) -> datetime:
    """By when she must be spoken to again: on the day agreed with her, else within the usual time; raises InThePast."""
    if chosen is None:
        return follow_up_by(now, terms, days)
    if chosen < now.astimezone(clock.zone()).date():
        raise InThePast().at("next_on")
    return calendar.end_of_day(chosen)


def report_by(opened_at: datetime, terms: Terms) -> datetime:
    """By when the police must have the report: hours, not working days."""
    return opened_at + timedelta(hours=terms.police_report.count)


def look_on(*due: datetime | None) -> date:
    """The day on which somebody has to look: that of whatever is due first, in the deployment's zone."""
    return min(each for each in due if each is not None).astimezone(clock.zone()).date()


def glass_until(granted_at: datetime, terms: Terms) -> datetime:
    """For how long a granted look lasts."""
    return granted_at + timedelta(hours=terms.break_glass.count)


def glass_state(granted: bool | None, open_until: datetime | None, now: datetime) -> GlassState:
    """What became of a wish to read."""
    if granted is None:
        return GlassState.WAITING
    if not granted or open_until is None:
        return GlassState.REFUSED
    return GlassState.GRANTED if now <= open_until else GlassState.OVER


def done_on(day: date, today: date) -> date:
    """A day on which something was done; raises InTheFuture."""
    if day > today:
        raise InTheFuture().at("done_on")
    return day
