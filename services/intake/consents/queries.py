"""What is known of consents: the answer that counts, for many persons at once."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.consents.models import Consent
from services.intake.consents.rules import Said

Answers = Mapping[tuple[str, str], Mapping[UUID, Said]]
"""By programme and recipient, what each person last said."""


def said_by(session: Session, person_ids: Collection[UUID], programmes: Collection[str]) -> Answers:
    """What these persons last said about these programmes, in one query."""
    found: dict[tuple[str, str], dict[UUID, Said]] = {}
    rows = session.execute(
        select(Consent.programme, Consent.recipient, Consent.person_id, Consent.said).where(
            Consent.person_id.in_(person_ids), Consent.programme.in_(programmes), Consent.replaced_at.is_(None)
        )
    )
    for programme, recipient, person_id, said in rows:
        found.setdefault((programme, recipient), {})[person_id] = said
    return found


def current(session: Session, person_ids: Collection[UUID], programme: str | None = None) -> list[Consent]:
    """The answers that count of these persons; all programmes unless one is named."""
    statement = select(Consent).where(Consent.person_id.in_(person_ids), Consent.replaced_at.is_(None))
    if programme is not None:
        statement = statement.where(Consent.programme == programme)
    return list(session.scalars(statement.order_by(Consent.programme, Consent.recipient, Consent.person_id)))


def history(session: Session, person_ids: Collection[UUID]) -> list[Consent]:
    """Every answer that these persons ever gave, the earliest first."""
    statement = select(Consent).where(Consent.person_id.in_(person_ids))
    return list(session.scalars(statement.order_by(Consent.recorded_at, Consent.id)))
