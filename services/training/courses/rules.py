"""What counts as having attended: a session for a person or a group, a course for a programme."""

from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid

KIND = "training.course"
"""What programme files call a stage that is a course."""

SHARE_OF_SESSIONS = (3, 4)
"""Three of four sessions make a course attended. Source: assumption; the articles name only attendance lists."""


class CourseOutcome(StrEnum):
    """How a referral to a course ends."""

    ATTENDED = "attended"  # enough of its sessions
    ABSENT = "absent"  # too few of them


class NoPlacesLeft(Invalid):
    """This course has {free} places left, and {wanted} are needed: choose another course or plan one more."""

    indonesian = (
        "Kursus ini tinggal {free} tempat, sedangkan diperlukan {wanted}: pilih kursus lain atau buat yang baru."
    )


class TaughtBefore(Invalid):
    """{count} of those chosen attended this very course before, the last on {day}: say why it is given once more."""

    indonesian = (
        "{count} dari yang dipilih sudah pernah mengikuti kursus yang sama, terakhir {day}: "
        "tulis alasan mengapa diberikan lagi."
    )


class OtherCourse(Invalid):
    """The programme asks for the course '{asked}'; this one is '{given}'."""

    indonesian = "Program meminta kursus '{asked}'; yang dipilih adalah '{given}'."


class TooFewSessions(Invalid):
    """The programme asks for {asked} sessions; this course has {given}."""

    indonesian = "Program meminta {asked} pertemuan; kursus ini hanya {given}."


class CourseUnderWay(Conflict):
    """Attendance was already marked in the course she is enrolled in; she can no longer change to another."""

    indonesian = "Kehadiran sudah dicatat di kursus yang diikutinya; kursus tidak dapat diganti lagi."


class NotEnrolled(Invalid):
    """Choose a course first."""

    indonesian = "Pilih kursus terlebih dahulu."


class NotHeldYet(Invalid):
    """Session {number} is on {day}; attendance can be marked from that day on."""

    indonesian = "Pertemuan {number} baru berlangsung pada {day}; kehadiran dapat dicatat mulai hari itu."


class NoSuchSession(Invalid):
    """This course has no session {number}."""

    indonesian = "Kursus ini tidak mempunyai pertemuan {number}."


class MoreThanMembers(Invalid):
    """The group has {members} members; {present} cannot have been present."""

    indonesian = "Kelompok ini beranggota {members} orang; tidak mungkin {present} orang hadir."


class AttendanceMissing(Invalid):
    """Attendance is marked for {marked} of {asked} sessions; mark the others first."""

    indonesian = "Kehadiran baru dicatat untuk {marked} dari {asked} pertemuan; lengkapi dahulu."


class SessionsOutOfOrder(Invalid):
    """Write the sessions in the order in which they are held."""

    indonesian = "Tulis pertemuan sesuai urutan pelaksanaannya."


def was_there(members: int | None, present: bool | None, members_present: int | None) -> bool:
    """Whether a session counts as attended: for a group, when more than half of its members were there."""
    if members_present is None:
        return bool(present)
    if members is None:
        return members_present > 0
    if members_present > members:
        raise MoreThanMembers(members=members, present=members_present)
    return 2 * members_present > members


def sessions_needed(asked: int) -> int:
    """How many of the sessions asked for make the course attended."""
    share, of = SHARE_OF_SESSIONS
    return -(-asked * share // of)


def outcome(asked: int, attended: int) -> CourseOutcome:
    """How a referral ends whose attendance is complete."""
    return CourseOutcome.ATTENDED if attended >= sessions_needed(asked) else CourseOutcome.ABSENT
