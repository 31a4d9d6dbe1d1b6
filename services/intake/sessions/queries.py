"""Which sessions an officer has open."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.sessions import rules
from services.intake.sessions.models import OfficerSession
from shared.identity.revocation import real_now


def sessions_of(session: Session, officer_id: UUID) -> Sequence[OfficerSession]:
    """An officer's sessions that can still be used, the one that was used last first."""
    now = real_now()
    return session.scalars(
        select(OfficerSession)
        .where(
            OfficerSession.officer_id == officer_id,
            OfficerSession.ended_at.is_(None),
            OfficerSession.seen_at > now - rules.IDLE,
            OfficerSession.signed_in_at > now - rules.LONGEST,
        )
        .order_by(OfficerSession.seen_at.desc(), OfficerSession.id)
    ).all()
