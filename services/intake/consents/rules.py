"""What intake believes about consent: it is one person's, for one agency and one programme, and she can take it back.

UU 27/2022 (personal data): a purpose for every use, consent in writing or recorded, withdrawal effective within 3x24
hours. A government step needs no consent; which agencies do, `shared.programmes.definition` says.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import Conflict, Invalid
from shared.programmes.engine import Answer

WITHIN = timedelta(hours=3 * 24)
"""By when a withdrawal must have taken effect: UU 27/2022, as domain.md reads it."""


class Said(StrEnum):
    """What a person last said about an agency in a programme."""

    GIVEN = "given"  # it may be told of her
    REFUSED = "refused"  # she was asked and said no
    WITHDRAWN = "withdrawn"  # she had said yes and took it back


class How(StrEnum):
    """How she said it."""

    PAPER = "paper"  # in writing, with her signature or thumb
    RECORDED = "recorded"  # spoken, and the recording is kept


class AnsweredInFuture(Invalid):
    """She cannot have answered after today."""

    indonesian = "Tanggal jawaban tidak boleh setelah hari ini."


class AnsweredBeforeLast(Invalid):
    """She answered something else on a later day; the last answer counts."""

    indonesian = "Ada jawaban lain yang lebih baru; jawaban terakhir yang berlaku."


class NoConsentNeeded(Invalid):
    """No stage of this programme asks for consent to {recipient}."""

    indonesian = "Tidak ada tahap program ini yang memerlukan persetujuan untuk {recipient}."


class WithdrawInstead(Conflict):
    """She has given this consent before; note that she takes it back, so that what was shared is deleted."""

    indonesian = "Persetujuan ini sudah diberikan; catat pencabutannya, agar data yang sudah dibagikan dihapus."


class NothingToWithdraw(Conflict):
    """There is no consent that she could take back."""

    indonesian = "Tidak ada persetujuan yang dapat dicabut."


def together(said: Mapping[UUID, Said], everybody: Collection[UUID]) -> Answer | None:
    """What all of them answered together: one no is a no, and nobody may be passed over; None while one is missing."""
    answers = [said.get(each) for each in everybody]
    if any(each in (Said.REFUSED, Said.WITHDRAWN) for each in answers):
        return Answer.REFUSED
    return Answer.GIVEN if answers and all(each is Said.GIVEN for each in answers) else None


def require_change(before: Said | None, answer: Said, answered_on: date, last_on: date | None) -> bool:
    """Whether an answer says something new; raises WithdrawInstead, or AnsweredBeforeLast."""
    if before is Said.GIVEN and answer is Said.REFUSED:
        raise WithdrawInstead
    if before is answer or (before is Said.WITHDRAWN and answer is Said.REFUSED):
        return False
    if last_on is not None and answered_on < last_on:
        raise AnsweredBeforeLast().at("answered_on")
    return True


def require_past(answered_on: date, today: date) -> None:
    """Refuse an answer of tomorrow; raises AnsweredInFuture."""
    if answered_on > today:
        raise AnsweredInFuture().at("answered_on")


def effective_by(withdrawn_at: datetime) -> datetime:
    """By when nobody may still hold what she took back."""
    return withdrawn_at + WITHIN
