"""What the last audits found."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.audits.models import AuditRun
from shared.web.paging import Page, page


def last_audit(session: Session) -> AuditRun | None:
    """The audit that ended last; None where there has been none."""
    return session.scalar(select(AuditRun).order_by(AuditRun.ended_at.desc(), AuditRun.id.desc()).limit(1))


def audits(session: Session, after: str | None, limit: int) -> Page[AuditRun]:
    """The audits that are kept, the latest first."""
    return page(session, select(AuditRun), AuditRun.ended_at, AuditRun.id, after=after, limit=limit, newest_first=True)
