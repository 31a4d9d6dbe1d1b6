"""Signing a journey's result."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.monitoring.causes import Cause
from services.monitoring.outcomes import rules
from services.monitoring.outcomes.models import GraduationSignature
from services.monitoring.outcomes.rules import Signature, Verdict
from shared.bus import announce
from shared.events.monitoring import GraduationSigned
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals.models import Referral


def sign_early(
    session: Session,
    officer: Officer,
    referral: Referral,
    signed: Sequence[GraduationSignature],
    verdict: Verdict,
    cause: Cause | None,
) -> None:
    """Sign before the head does; signing again replaces one's own signature, as long as the head's is missing."""
    word = Signature(officer.id, verdict, cause)
    rules.check_early_signature([each.word for each in signed], word, needed=_needed(referral))
    own = next((each for each in signed if each.officer_id == officer.id), None)
    if own is None:
        _sign(session, officer, referral, len(signed) + 1, word)
    elif own.word != word:
        own.verdict, own.cause, own.signed_at = verdict, cause, clock.now()
        _announce(session, referral, own.number, word)


def sign_last(
    session: Session,
    officer: Officer,
    referral: Referral,
    signed: Sequence[GraduationSignature],
    verdict: Verdict,
    cause: Cause | None,
) -> None:
    """Sign as the head: with this signature the result stands."""
    officer.require(Role.HEAD)
    word = Signature(officer.id, verdict, cause)
    rules.check_last_signature([each.word for each in signed], word, needed=_needed(referral))
    _sign(session, officer, referral, len(signed) + 1, word)


def _sign(session: Session, officer: Officer, referral: Referral, number: int, word: Signature) -> None:
    session.add(
        GraduationSignature(
            referral_id=referral.id,
            number=number,
            officer_id=officer.id,
            officer_name=officer.name,
            verdict=word.verdict,
            cause=word.cause,
            criterion=referral.settings.get("criterion"),
            signed_at=clock.now(),
        )
    )
    _announce(session, referral, number, word)


def _announce(session: Session, referral: Referral, number: int, word: Signature) -> None:
    announce(
        session,
        GraduationSigned(
            journey_id=referral.journey_id,
            referral_id=referral.id,
            stage=referral.stage,
            agency=referral.agency,
            office=referral.office,
            number=number,
            needed=_needed(referral),
            verdict=word.verdict,
            cause=word.cause,
        ),
    )


def _needed(referral: Referral) -> int:
    return int(referral.settings["signatures"])
