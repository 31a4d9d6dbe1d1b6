"""Noting what a person wants corrected, and deciding on it: by somebody who did not note it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.corrections import copies, rules
from services.intake.corrections.models import Correction
from services.intake.corrections.rules import UNDECIDED, CorrectionState, RefusalReason
from services.intake.registry import mending
from services.intake.registry.models import Person
from services.intake.registry.rules import Detail, Unreadable
from services.intake.rights.rules import Identified, require_herself, require_registering
from services.intake.rights.terms import terms
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.web import access


def note_correction(
    session: Session,
    officer: Officer,
    person_id: UUID,
    *,
    identified: Identified,
    seen: str,
    evidence: str,
    wanted: Mapping[Detail, str],
) -> Correction:
    """A person wants details of hers corrected; the clock runs from now.

    A NIK that somebody else bears opens a review of both records, as it would from a file. Raises NotHerself,
    NothingToCorrect, Unreadable.
    """
    require_registering(officer.office)
    person = mending.locked(session, person_id)
    access.require(officer, Permission.CORRECTIONS_NOTE, area=person.area)
    require_herself(person.merged_into, person.died_on)
    values = rules.changed(_read(wanted), mending.held(session, person))
    if Detail.AREA in values:
        officer.require(area=values[Detail.AREA])
    now = clock.now()
    noted = Correction(
        person_id=person_id,
        area=person.area,
        agency=officer.agency,
        office=officer.office,
        identified=identified,
        seen=seen,
        wanted={detail.value: value for detail, value in values.items()},
        evidence=evidence,
        state=CorrectionState.WAITING,
        noted_by=officer.id,
        noted_at=now,
        due_at=terms().correction.after(now),
    )
    session.add(noted)
    session.flush()
    _review(session, noted, person, values)
    return noted


def grant_correction(session: Session, officer: Officer, correction_id: UUID) -> Correction:
    """Correct what she asks for: the registry from now on, and every copy that was shared.

    Where somebody else has come to bear the NIK meanwhile, nothing is changed and the review of both records opens.
    Raises DecidedAlready, NoterCannotDecide, NikStillAnothers.
    """
    correction, person = _to_decide(session, officer, correction_id)
    require_herself(person.merged_into, person.died_on)
    values = {Detail(detail): value for detail, value in correction.wanted.items()}
    was_in_review = correction.state is CorrectionState.IN_REVIEW
    if _review(session, correction, person, values):
        if was_in_review:
            raise rules.NikStillAnothers
        return correction
    before = mending.mend(session, person, values)
    told = copies.correct(session, person, values)
    correction.before = {detail.value: value for detail, value in before.items()}
    correction.told = [each.to_json() for each in told]
    _decide(session, correction, officer, CorrectionState.DONE)
    return correction


def refuse_correction(
    session: Session, officer: Officer, correction_id: UUID, *, reason: RefusalReason, explanation: str
) -> Correction:
    """Leave things as they are, and say why; raises DecidedAlready, NoterCannotDecide."""
    correction, _person = _to_decide(session, officer, correction_id)
    correction.reason, correction.explanation = reason, explanation
    _decide(session, correction, officer, CorrectionState.REFUSED)
    return correction


def _read(wanted: Mapping[Detail, str]) -> dict[Detail, str]:
    today, values = clock.today(), {}
    for detail, text in wanted.items():
        try:
            values[detail] = mending.read(detail, text, today)
        except Unreadable as unreadable:
            raise unreadable.at(f"wanted.{detail.value}") from None
    return values


def _review(session: Session, correction: Correction, person: Person, values: Mapping[Detail, str]) -> bool:
    """Whether somebody else bears the NIK that is wanted; then both records are looked at first."""
    bearer = mending.bearer_of(session, values[Detail.NIK]) if Detail.NIK in values else None
    if bearer is None or bearer == person.id:
        return False
    review = mending.open_review(session, person, bearer, correction.id)
    correction.state, correction.review_id = CorrectionState.IN_REVIEW, review.id
    session.flush()
    return True


def _to_decide(session: Session, officer: Officer, correction_id: UUID) -> tuple[Correction, Person]:
    found = session.get(Correction, correction_id)
    if found is None:
        raise NotFound(what="correction")
    person = mending.locked(session, found.person_id)  # first the person, as everywhere
    session.refresh(found, with_for_update=True)
    access.require(officer, Permission.CORRECTIONS_DECIDE, agency=found.agency, area=found.area)
    if found.state not in UNDECIDED:
        raise rules.DecidedAlready
    if found.noted_by == officer.id:
        raise rules.NoterCannotDecide
    return found, person


def _decide(session: Session, correction: Correction, officer: Officer, state: CorrectionState) -> None:
    correction.state, correction.decided_by, correction.decided_at = state, officer.id, clock.now()
    session.flush()
