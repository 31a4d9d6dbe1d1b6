"""What must hold before something is corrected at a person's own wish."""

from collections.abc import Mapping
from enum import StrEnum

from services.intake.registry.rules import Detail
from shared.kernel.errors import Conflict, Forbidden, Invalid


class CorrectionState(StrEnum):
    """How far a correction has come."""

    WAITING = "waiting"  # for somebody to decide on it
    IN_REVIEW = "in-review"  # somebody else bears the NIK that she says is hers: both records are looked at first
    DONE = "done"
    REFUSED = "refused"


UNDECIDED = frozenset({CorrectionState.WAITING, CorrectionState.IN_REVIEW})


class RefusalReason(StrEnum):
    """Why a correction is refused."""

    EVIDENCE_MISSING = "evidence-missing"  # nothing shows the new value
    EVIDENCE_DISAGREES = "evidence-disagrees"  # what was brought shows something else
    DUKCAPIL_FIRST = "dukcapil-first"  # the card itself is wrong: Dukcapil corrects that, then we follow
    NOT_HERS = "not-hers"  # what is to be corrected is somebody else's
    OTHER = "other"


class NothingToCorrect(Invalid):
    """Write at least one detail as it should be; what stands there already needs no correction."""

    indonesian = "Isi paling sedikit satu data sebagaimana mestinya; yang sudah sama tidak perlu diperbaiki."


class DecidedAlready(Conflict):
    """Somebody has decided on this correction already."""

    indonesian = "Perbaikan ini sudah diputuskan."


class NoterCannotDecide(Forbidden):
    """Whoever noted a correction does not decide on it; another approver has to."""

    indonesian = "Yang mencatat perbaikan tidak boleh memutuskannya; mintalah penyetuju lain."


class NikStillAnothers(Conflict):
    """Somebody else still bears this NIK; decide the review of both records first."""

    indonesian = "NIK ini masih dimiliki orang lain; putuskan dulu tinjauan kedua data itu."


def changed(wanted: Mapping[Detail, str], held: Mapping[Detail, str | None]) -> dict[Detail, str]:
    """What is wanted and differs from what is held; raises NothingToCorrect where nothing does."""
    differing = {detail: value for detail, value in wanted.items() if held[detail] != value}
    if not differing:
        raise NothingToCorrect
    return differing
