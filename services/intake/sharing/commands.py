"""What intake can do when somebody answers: write it down, and let it take effect on her journeys at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.consents import commands as consents
from services.intake.consents import queries as answers
from services.intake.consents.rules import How, NoConsentNeeded, Said, effective_by
from services.intake.journeys import moves, publishing
from services.intake.journeys import notes as journey_notes
from services.intake.journeys.models import Journey
from services.intake.journeys.moves import Move
from services.intake.registry import queries as registry
from services.intake.sharing import queries
from services.intake.sharing.queries import Shared
from shared.bus import announce_all
from shared.bus.log import erase_sealed
from shared.events.intake import ConsentWithdrawn, SharedReferral
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.notes import commands as notes
from shared.programmes import engine
from shared.programmes.definition import Programme
from shared.web import access


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal deletes and what stays; `effective_by` is the law's limit, not ours: it happens at once."""

    programme: str
    recipient: str
    withdrawn_at: datetime
    effective_by: datetime
    shared: Sequence[Shared]


def record_consents(
    session: Session,
    officer: Officer,
    *,
    programme: str,
    recipient: str,
    person_ids: Collection[UUID],
    answer: Said,
    how: How,
    answered_on: date,
) -> set[UUID]:
    """Note what persons answered; the last missing consent offers the stage, a refusal skips it.

    Only the agency that leads the programme asks; returns those for whom the answer is new. Raises NoConsentNeeded,
    WithdrawInstead, AnsweredInFuture.
    """
    definition = _asking(session, programme, recipient)
    access.require(officer, Permission.CONSENTS_ASK, agency=definition.lead)
    consents.hold(session, officer, person_ids)
    changed = consents.write(session, officer, person_ids, programme, recipient, answer, how, answered_on)
    _let_it_take_effect(session, officer, queries.journeys_of(session, changed, programme, is_open=True), recipient)
    return changed


def withdraw_consent(
    session: Session,
    officer: Officer,
    *,
    programme: str,
    recipient: str,
    person_id: UUID,
    how: How,
    answered_on: date,
) -> Withdrawal:
    """Note that somebody takes her consent back: offers are withdrawn and every copy is deleted, now.

    Any office that registers or leads in her area may note it: taking back must be as easy as giving.
    Raises NothingToWithdraw.
    """
    access.require(officer, Permission.CONSENTS_ASK)
    consents.hold(session, officer, [person_id])
    consents.take_back(session, officer, person_id, programme, recipient, how, answered_on)
    records = registry.records_of(session, person_id)
    journeys = queries.journeys_of(session, records, programme)
    told = queries.shared(session, journeys, recipient, records)
    _let_it_take_effect(session, officer, [each for each in journeys if each.ended_at is None], recipient)
    _tell_to_forget(session, told, recipient)
    notes.forget(session, journey_notes.of_agency([each.id for each in journeys], recipient))
    now = clock.now()
    return Withdrawal(programme, recipient, now, effective_by(now), told)


def let_last_word_count(session: Session, officer: Officer, person_id: UUID, journey_ids: Collection[UUID]) -> None:
    """Two records have become one person's: on these journeys what she said last, under either, counts from now on.

    Where that is no consent, whoever was told with the consent of the other record forgets it.
    """
    records = registry.records_of(session, person_id)
    said = {(each.programme, each.recipient): each.said for each in answers.current(session, records)}
    going_on = [each for each in queries.journeys_of(session, records) if each.id in set(journey_ids)]
    for recipient in sorted({recipient for _, recipient in said}):
        theirs = [each for each in going_on if (each.programme, recipient) in said]
        _let_it_take_effect(session, officer, theirs, recipient)
        refused = [each for each in theirs if said[each.programme, recipient] is not Said.GIVEN]
        _tell_to_forget(session, queries.shared(session, refused, recipient, records), recipient)


def _asking(session: Session, programme: str, recipient: str) -> Programme:
    """The newest version of a programme, of which some version needs consent to this agency."""
    newest = publishing.newest(session, programme)
    if not any(each.consent_stages(recipient) for each in publishing.versions(session, programme)):
        raise NoConsentNeeded(recipient=recipient).at("recipient")
    return newest


def _let_it_take_effect(session: Session, officer: Officer, journeys: Sequence[Journey], recipient: str) -> None:
    answered = moves.by(engine.ConsentAnswered(recipient))
    moves.carry(session, [Move(each.id, answered) for each in journeys], by=officer)


def _tell_to_forget(session: Session, told: Sequence[Shared], recipient: str) -> None:
    """Tell every service of each journey, and erase what is still on its way to them."""
    by_journey: dict[UUID, list[Shared]] = {}
    for each in told:
        by_journey.setdefault(each.journey_id, []).append(each)
    announce_all(
        session,
        [
            ConsentWithdrawn(
                journey_id=journey,
                agency=recipient,
                referrals=[
                    SharedReferral(stage=each.stage, does=each.does, referral_id=each.referral_id) for each in of
                ],
                withdrawn_on=clock.today(),
            )
            for journey, of in by_journey.items()
        ],
    )
    for journey, of in by_journey.items():
        erase_sealed(session, str(journey), "referral_id", [each.referral_id for each in of if each.referral_id])
