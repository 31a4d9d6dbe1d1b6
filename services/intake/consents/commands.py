"""What can be done with consents themselves: write an answer down, for one person or many at once."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.intake.consents import rules
from services.intake.consents.models import Consent
from services.intake.consents.rules import How, NothingToWithdraw, Said
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from services.intake.registry.rules import require_unmerged
from shared.identity.officer import Officer
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound


def hold(session: Session, officer: Officer, person_ids: Collection[UUID]) -> None:
    """Lock these persons, so that two officers write one after the other.

    Raises NotFound, OutsideArea, RecordMerged.
    """
    rows = session.execute(
        select(Person.id, Person.area, Person.merged_into)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(key_share=True)  # what only refers to a person need not wait
    ).all()
    if len(rows) < len(set(person_ids)):
        raise NotFound(what="person")
    for row in rows:
        officer.require(area=row.area)
        require_unmerged(row.merged_into)


def write(
    session: Session,
    officer: Officer,
    person_ids: Collection[UUID],
    programme: str,
    recipient: str,
    said: Said,
    how: How,
    answered_on: date,
) -> set[UUID]:
    """Write down what persons said; returns those for whom it is new. Raises AnsweredInFuture, WithdrawInstead."""
    rules.require_past(answered_on, clock.today())
    records = registry.records_by_person(session, person_ids)
    last = {records[each.person_id]: each for each in _current(session, records, programme, recipient)}
    changed = set()
    for person in sorted(set(person_ids)):
        before = last.get(person)
        if rules.require_change(
            before.said if before else None, said, answered_on, before.answered_on if before else None
        ):
            changed.add(person)
    _replace(session, officer, changed, programme, recipient, said, how, answered_on)
    return changed


def take_back(
    session: Session, officer: Officer, person_id: UUID, programme: str, recipient: str, how: How, answered_on: date
) -> None:
    """Write down that a person takes her consent back; raises NothingToWithdraw."""
    rules.require_past(answered_on, clock.today())
    records = registry.records_by_person(session, [person_id])
    given = next(reversed(_current(session, records, programme, recipient)), None)
    if given is None or given.said is not Said.GIVEN:
        raise NothingToWithdraw
    rules.require_change(given.said, Said.WITHDRAWN, answered_on, given.answered_on)
    _replace(session, officer, {person_id}, programme, recipient, Said.WITHDRAWN, how, answered_on)


def _current(session: Session, person_ids: Collection[UUID], programme: str, recipient: str) -> list[Consent]:
    statement = (
        select(Consent)
        .where(
            Consent.person_id.in_(person_ids),
            Consent.programme == programme,
            Consent.recipient == recipient,
            Consent.replaced_at.is_(None),
        )
        .order_by(Consent.recorded_at, Consent.id)
    )
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def _replace(
    session: Session,
    officer: Officer,
    person_ids: Collection[UUID],
    programme: str,
    recipient: str,
    said: Said,
    how: How,
    answered_on: date,
) -> None:
    if not person_ids:
        return
    now = clock.now()
    session.execute(
        update(Consent)
        .where(
            Consent.person_id.in_(registry.records_by_person(session, person_ids)),
            Consent.programme == programme,
            Consent.recipient == recipient,
            Consent.replaced_at.is_(None),
        )
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )
    common = {"programme": programme, "recipient": recipient, "said": said, "how": how, "answered_on": answered_on}
    wrote = {"officer_id": officer.id, "office": officer.office, "recorded_at": now}
    session.execute(
        insert(Consent), [{"id": ids.new_id(), "person_id": person, **common, **wrote} for person in sorted(person_ids)]
    )
