"""Signing a journey's result."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from services.monitoring.causes import Cause
from services.monitoring.outcomes import rules
from services.monitoring.outcomes.models import GraduationSignature
from services.monitoring.outcomes.rules import Signature, Verdict
from shared.bus import announce, announce_all
from shared.events.monitoring import GraduationSigned
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.storage.rows import insert_rows
from shared.web import access


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
        _sign(session, officer, [(referral, len(signed) + 1, word)])
    elif own.word != word:
        own.verdict, own.cause, own.signed_at = verdict, cause, clock.now()
        announce(session, _signed(referral, own.number, word))


def sign_last(
    session: Session,
    officer: Officer,
    results: Sequence[tuple[Referral, Verdict, Cause | None]],
    signed: Mapping[UUID, Sequence[GraduationSignature]],
) -> None:
    """Sign as the head, many at once: with this signature each result stands."""
    access.require(officer, Permission.GRADUATIONS_SIGN)
    signing = []
    for referral, verdict, cause in results:
        word, before = Signature(officer.id, verdict, cause), signed[referral.id]
        rules.check_last_signature([each.word for each in before], word, needed=_needed(referral))
        signing.append((referral, len(before) + 1, word))
    _sign(session, officer, signing)


def _sign(session: Session, officer: Officer, signing: Sequence[tuple[Referral, int, Signature]]) -> None:
    insert_rows(
        session,
        GraduationSignature,
        [
            {
                "referral_id": referral.id,
                "number": number,
                "officer_id": officer.id,
                "officer_name": officer.signs,
                "verdict": word.verdict,
                "cause": word.cause,
                "criterion": referral.settings.get("criterion"),
                "signed_at": clock.now(),
            }
            for referral, number, word in signing
        ],
    )
    announce_all(session, [_signed(*each) for each in signing])


def _signed(referral: Referral, number: int, word: Signature) -> GraduationSigned:
    return GraduationSigned(
        journey_id=referral.journey_id,
        referral_id=referral.id,
        stage=referral.stage,
        agency=referral.agency,
        office=referral.office,
        number=number,
        needed=_needed(referral),
        verdict=word.verdict,
        cause=word.cause,
    )


def _needed(referral: Referral) -> int:
    return int(referral.settings["signatures"])
