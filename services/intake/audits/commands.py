"""Keeping what an audit found."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.audits.models import AuditRun
from shared.bus.audit import Finding

FINDINGS_KEPT = 100
"""Findings of one audit that are kept word for word; all of them are counted."""
AUDITS_KEPT = 100


def note_audit(
    session: Session, found: Sequence[Finding], *, began_at: datetime, ended_at: datetime, by: str, place: str
) -> AuditRun:
    """Keep what an audit found, and forget the oldest ones."""
    run = AuditRun(
        began_at=began_at,
        ended_at=ended_at,
        by=by,
        place=place,
        found=len(found),
        counts=dict(Counter(each.gravity.value for each in found)),
        findings=[each.to_json() for each in found[:FINDINGS_KEPT]],
    )
    session.add(run)
    session.flush()
    kept = select(AuditRun.id).order_by(AuditRun.ended_at.desc(), AuditRun.id.desc()).limit(AUDITS_KEPT)
    session.execute(delete(AuditRun).where(AuditRun.id.not_in(kept)))
    return run
