"""What may happen to a referral: its states, the moves between them, and the words an office refuses with.

Pure: no database, no clock of its own. A referral answers to exactly one office until it is closed; silence closes it
as unanswered and is never taken for consent.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid


class ReferralState(StrEnum):
    """Where a referral stands with the office that it was offered to."""

    OFFERED = "offered"  # it waits in the office's worklist; nobody there has looked yet
    OPENED = "opened"  # an officer has looked; the office has not said yes or no
    ACCEPTED = "accepted"  # the office took it on and owes the stage's work
    COMPLETED = "completed"  # the work is done: outcome and facts are told to the sender
    DECLINED = "declined"  # the office said no before taking it on, and why, and what next
    RETURNED = "returned"  # the office had taken it on and gives it back, and why, and what next
    WITHDRAWN = "withdrawn"  # the sender no longer wants it from this office
    UNANSWERED = "unanswered"  # the office said neither yes nor no within the limit


class Move(StrEnum):
    """What can be done with a referral."""

    OPEN = "open"
    ACCEPT = "accept"
    COMPLETE = "complete"
    DECLINE = "decline"
    RETURN = "return"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Lateness(StrEnum):
    """How a referral stands against its due date."""

    SAFE = "safe"
    NEAR = "near"  # more than half of the time is gone, and so few days are left that the end is in sight
    LATE = "late"  # past its due date


NEAR_WITHIN = timedelta(days=14)
"""How long before its due date a stage is nearly due at most, however long it lasts. Source: assumption."""


class Tray(StrEnum):
    """The parts of a worklist, as they would lie on a desk."""

    FOR_ME = "for-me"  # what the officer who looks can do now: unanswered, hers, nobody's, or hers to sign
    OPEN = "open"  # everything that the office still owes an answer or the work
    WAITING = "waiting"  # neither yes nor no has been said
    IN_WORK = "in-work"  # taken on
    MINE = "mine"  # taken on, and handled by the officer who looks
    TO_GIVE = "to-give"  # taken on, and handled by nobody: whoever did has left
    NEAR = "nearly-due"  # open and nearly due
    OVERDUE = "overdue"  # open past its due date
    CLOSED = "closed"  # done, given back, withdrawn or unanswered


class Reason(StrEnum):
    """Why an office says no."""

    OUTSIDE_MANDATE = "outside-mandate"  # the law gives this to another office
    NOT_OUR_AREA = "not-our-area"  # she lives where another office answers
    NO_BUDGET = "no-budget"  # this year's money is spent or bound
    NO_PLACES = "no-places"  # courses, stands or posts are full
    INCOMPLETE_FILE = "incomplete-file"  # a paper or a figure is missing and can be brought
    ALREADY_SERVED = "already-served"  # she has had the same from here or elsewhere
    NOT_REACHED = "not-reached"  # visits and calls did not find her
    OTHER = "other"  # the explanation says what


class Suggestion(StrEnum):
    """What the office proposes instead: a no without a next step is not an answer."""

    OFFER_ELSEWHERE = "offer-elsewhere"
    OFFER_AGAIN_LATER = "offer-again-later"
    MEND_AND_RETURN = "mend-and-return"
    END_JOURNEY = "end-journey"


LABELS: dict[StrEnum, dict[str, str]] = {
    ReferralState.OFFERED: {"id": "Baru", "en": "New"},
    ReferralState.OPENED: {"id": "Sudah dibuka", "en": "Opened"},
    ReferralState.ACCEPTED: {"id": "Dikerjakan", "en": "Taken on"},
    ReferralState.COMPLETED: {"id": "Selesai", "en": "Done"},
    ReferralState.DECLINED: {"id": "Ditolak", "en": "Declined"},
    ReferralState.RETURNED: {"id": "Dikembalikan", "en": "Given back"},
    ReferralState.WITHDRAWN: {"id": "Ditarik", "en": "Withdrawn"},
    ReferralState.UNANSWERED: {"id": "Tidak dijawab", "en": "Unanswered"},
    Tray.FOR_ME: {"id": "Untuk saya", "en": "For me"},
    Tray.OPEN: {"id": "Semua terbuka", "en": "All open"},
    Tray.WAITING: {"id": "Menunggu jawaban", "en": "Waiting for an answer"},
    Tray.IN_WORK: {"id": "Dikerjakan", "en": "In work"},
    Tray.MINE: {"id": "Saya tangani", "en": "Mine"},
    Tray.TO_GIVE: {"id": "Perlu diserahkan", "en": "To be given to somebody"},
    Tray.NEAR: {"id": "Mendekati batas", "en": "Nearly due"},
    Tray.OVERDUE: {"id": "Terlambat", "en": "Overdue"},
    Tray.CLOSED: {"id": "Ditutup", "en": "Closed"},
    Lateness.SAFE: {"id": "Aman", "en": "On time"},
    Lateness.NEAR: {"id": "Mendekati batas", "en": "Nearly due"},
    Lateness.LATE: {"id": "Terlambat", "en": "Late"},
    Reason.OUTSIDE_MANDATE: {"id": "Di luar kewenangan kami", "en": "Outside our mandate"},
    Reason.NOT_OUR_AREA: {"id": "Bukan wilayah kami", "en": "Not our area"},
    Reason.NO_BUDGET: {"id": "Anggaran tidak tersedia", "en": "No budget"},
    Reason.NO_PLACES: {"id": "Tempat sudah penuh", "en": "No places left"},
    Reason.INCOMPLETE_FILE: {"id": "Berkas belum lengkap", "en": "The file is incomplete"},
    Reason.ALREADY_SERVED: {"id": "Sudah pernah dilayani", "en": "Already served"},
    Reason.NOT_REACHED: {"id": "Tidak dapat dihubungi", "en": "Could not be reached"},
    Reason.OTHER: {"id": "Lainnya", "en": "Other"},
    Suggestion.OFFER_ELSEWHERE: {"id": "Tawarkan ke instansi lain", "en": "Offer it to another office"},
    Suggestion.OFFER_AGAIN_LATER: {"id": "Tawarkan lagi kemudian", "en": "Offer it again later"},
    Suggestion.MEND_AND_RETURN: {"id": "Lengkapi lalu kirim lagi", "en": "Mend it and send it again"},
    Suggestion.END_JOURNEY: {"id": "Akhiri perjalanan ini", "en": "End this journey"},
}


class AlreadyAccepted(Conflict):
    """Your office has already taken this referral on; to give it up now, return it."""

    indonesian = "Kantor Anda sudah menerima rujukan ini; untuk melepaskannya, kembalikan."


class NotYetAccepted(Conflict):
    """Take this referral on first."""

    indonesian = "Terima rujukan ini terlebih dahulu."


class AlreadyClosed(Conflict):
    """This referral is closed: {state}."""

    indonesian = "Rujukan ini sudah ditutup: {state_id}."


class NotAColleague(Invalid):
    """Choose a colleague of your office who may do this stage and has been here in the last 90 days."""

    indonesian = "Pilih rekan sekantor yang berwenang atas tahap ini dan masuk ke layanan ini dalam 90 hari terakhir."


class NobodyElses(Conflict):
    """This decision is your office's alone: offer the stage again, to this office or another, or end the journey."""

    indonesian = "Keputusan ini hanya milik kantor Anda: tawarkan lagi tahapnya, atau akhiri perjalanannya."


class ReasonMissing(Invalid):
    """Say why, in words: this result ends her journey or sends it back, and whoever has to mend it reads the reason."""

    indonesian = (
        "Tulis alasannya: hasil ini mengakhiri atau mengembalikan perjalanan, dan alasannya dibaca oleh yang harus"
        " memperbaikinya."
    )


class NotConfirmed(Conflict):
    """This result ends her journey or sends it back: look at what will happen, and confirm it."""

    indonesian = "Hasil ini mengakhiri atau mengembalikan perjalanan: lihat apa yang akan terjadi, lalu pastikan."


class WithoutGrounds(Invalid):
    """A no needs an explanation that the sender can act on."""

    indonesian = "Penolakan memerlukan penjelasan yang dapat ditindaklanjuti pengirim."


WAITING = frozenset({ReferralState.OFFERED, ReferralState.OPENED})
OPEN = WAITING | {ReferralState.ACCEPTED}
CLOSED = frozenset(ReferralState) - OPEN
OWN_MOVES = frozenset({Move.ACCEPT, Move.COMPLETE, Move.DECLINE, Move.RETURN})
"""What an office decides by itself; the sender withdraws, looking opens, and the clock expires."""

REFUSALS = frozenset({Move.DECLINE, Move.RETURN})

MOVES: dict[Move, tuple[frozenset[ReferralState], ReferralState]] = {
    Move.OPEN: (frozenset({ReferralState.OFFERED}), ReferralState.OPENED),
    Move.ACCEPT: (WAITING, ReferralState.ACCEPTED),
    Move.COMPLETE: (frozenset({ReferralState.ACCEPTED}), ReferralState.COMPLETED),
    Move.DECLINE: (WAITING, ReferralState.DECLINED),
    Move.RETURN: (frozenset({ReferralState.ACCEPTED}), ReferralState.RETURNED),
    Move.WITHDRAW: (OPEN, ReferralState.WITHDRAWN),
    Move.EXPIRE: (WAITING, ReferralState.UNANSWERED),
}


def after(state: ReferralState, move: Move) -> ReferralState:
    """The state that a move leads to; raises AlreadyClosed, AlreadyAccepted or NotYetAccepted."""
    allowed, reached = MOVES[move]
    if state in allowed:
        return reached
    if state in CLOSED:
        raise AlreadyClosed(state=label(state, "en").lower(), state_id=label(state, "id").lower())
    if state is ReferralState.ACCEPTED:
        raise AlreadyAccepted
    raise NotYetAccepted


def moves_from(state: ReferralState) -> frozenset[Move]:
    """What can still be done with a referral in this state."""
    return frozenset(move for move, (allowed, _) in MOVES.items() if state in allowed)


def lateness(now: datetime, remind_at: datetime, due_at: datetime) -> Lateness:
    """How an open referral stands against its due date at a moment."""
    if now > due_at:
        return Lateness.LATE
    return Lateness.NEAR if now >= max(remind_at, due_at - NEAR_WITHIN) else Lateness.SAFE


def grounds(explanation: str) -> str:
    """The explanation of a no without stray spaces; raises WithoutGrounds when nothing is left."""
    found = " ".join(explanation.split())
    if not found:
        raise WithoutGrounds().at("explanation")
    return found


def label(word: StrEnum, language: str) -> str:
    """What a person reads for a state, a lateness, a reason or a suggestion."""
    return LABELS[word]["id" if language == "id" else "en"]
