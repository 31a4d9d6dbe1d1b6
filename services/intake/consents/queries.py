"""What is known of consents: the answer that counts, for many persons at once."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.consents.models import Consent
from services.intake.consents.rules import Said
from services.intake.registry import queries as registry

Answers = Mapping[tuple[str, str], Mapping[UUID, Said]]
"""By programme and recipient, what each person last said."""


def said_by(session: Session, person_ids: Collection[UUID], programmes: Collection[str]) -> Answers:
    """What these persons last said about these programmes, under whichever of their records; two queries."""
    records = registry.records_by_person(session, person_ids)
    found: dict[tuple[str, str], dict[UUID, Said]] = {}
    rows = session.execute(
        select(Consent.programme, Consent.recipient, Consent.person_id, Consent.said)
        .where(Consent.person_id.in_(records), Consent.programme.in_(programmes), Consent.replaced_at.is_(None))
        .order_by(Consent.recorded_at, Consent.id)
    )
    for programme, recipient, record, said in rows:
        found.setdefault((programme, recipient), {})[records[record]] = said
    return found


def current(session: Session, person_ids: Collection[UUID], programme: str | None = None) -> list[Consent]:
    """The answers that count of these records, the latest last; all programmes unless one is named."""
    statement = select(Consent).where(Consent.person_id.in_(person_ids), Consent.replaced_at.is_(None))
    if programme is not None:
        statement = statement.where(Consent.programme == programme)
    return list(session.scalars(statement.order_by(Consent.recorded_at, Consent.id)))


def history(session: Session, person_ids: Collection[UUID]) -> list[Consent]:
    """Every answer that these persons ever gave, the earliest first."""
    statement = select(Consent).where(Consent.person_id.in_(person_ids))
    return list(session.scalars(statement.order_by(Consent.recorded_at, Consent.id)))
