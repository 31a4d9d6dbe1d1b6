"""Who may sign that a journey reached its end, and what the signatures must agree on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.monitoring.causes import Cause
from shared.kernel.errors import Conflict, Forbidden, Invalid


class Verdict(StrEnum):
    """What the signatures say."""

    GRADUATED = "graduated"  # she stands on her own feet
    NOT_YET = "not-yet"  # more time or coaching is needed
    FAILED = "failed"  # the business is over; the cause is recorded


class FailureWithoutCause(Invalid):
    """A failure needs its cause: illness, disaster, market, misuse or other."""

    indonesian = "Usaha yang gagal perlu sebabnya: sakit, bencana, pasar, penyalahgunaan, atau lainnya."


class CauseWithoutFailure(Invalid):
    """A cause belongs to a failure only; leave it empty."""

    indonesian = "Sebab hanya diisi untuk usaha yang gagal; kosongkan."


class SignatureMissing(Conflict):
    """{missing} more signature(s) must come before the head's, which is the last."""

    indonesian = "Masih kurang {missing} tanda tangan sebelum tanda tangan pimpinan yang terakhir."


class SameSigner(Forbidden):
    """You have signed this already: the other signature must be another officer's."""

    indonesian = "Anda sudah menandatangani: tanda tangan berikutnya harus dari petugas lain."


class VerdictsDiffer(Conflict):
    """The signature before yours says '{signed}', yours '{verdict}': settle it between you, then sign the same."""

    indonesian = "Tanda tangan sebelumnya menyatakan hasil lain: sepakati dulu, lalu tandatangani hasil yang sama."


class SignedByAnother(Conflict):
    """Another officer has signed; what is left is the head's signature, which completes the stage."""

    indonesian = "Petugas lain sudah menandatangani; tinggal tanda tangan pimpinan yang menyelesaikan tahap ini."


@dataclass(frozen=True)
class Signature:
    """One officer's word on a journey."""

    officer_id: UUID
    verdict: Verdict
    cause: Cause | None = None


def check_cause(verdict: Verdict, cause: Cause | None) -> None:
    """Refuse a failure without a cause, and a cause without a failure."""
    if verdict is Verdict.FAILED and cause is None:
        raise FailureWithoutCause().at("cause")
    if verdict is not Verdict.FAILED and cause is not None:
        raise CauseWithoutFailure().at("cause")


def check_early_signature(signed: Sequence[Signature], new: Signature, *, needed: int) -> None:
    """Refuse a signature that is not the last one when there is no room left for it."""
    check_cause(new.verdict, new.cause)
    others = [each for each in signed if each.officer_id != new.officer_id]
    if len(others) >= needed - 1:
        raise SignedByAnother
    _check_agreement(others, new)


def check_last_signature(signed: Sequence[Signature], new: Signature, *, needed: int) -> None:
    """Refuse the signature that completes the stage while others are missing, hers among them, or of another mind."""
    check_cause(new.verdict, new.cause)
    if any(each.officer_id == new.officer_id for each in signed):
        raise SameSigner
    if len(signed) < needed - 1:
        raise SignatureMissing(missing=needed - 1 - len(signed))
    _check_agreement(signed, new)


def _check_agreement(signed: Sequence[Signature], new: Signature) -> None:
    for each in signed:
        if (each.verdict, each.cause) != (new.verdict, new.cause):
            raise VerdictsDiffer(signed=each.verdict, verdict=new.verdict)
