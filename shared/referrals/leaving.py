"""When an officer goes, for good or on leave.

When her access ends, her tokens are good no longer here, and what she handled is to be given to somebody.

Whoever has left handles nothing: a referral that her office has taken on keeps her name, so that one sees whose it was,
and lies in the tray of what is to be given until a colleague takes it over or is given it.

Who is on leave keeps what she handles. For these days it is before whoever stands in, too, or lies in that tray where
nobody does; nothing is written when they begin or end.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.bus import Heard
from shared.events.intake import AccessEnded, LeaveNoted
from shared.identity import absences, revocation
from shared.identity.revocation import Revocation
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.storage.arrays import among
from shared.web import roster


def hear_access_ended(session: Session, heard: Sequence[Heard[AccessEnded]]) -> None:
    """Refuse what has ended; whoever has left is forgotten as a colleague, and lets go of what she handled."""
    left = {each.event.officer_id for each in heard if each.event.closed}
    for each in sorted((one.event for one in heard), key=lambda one: str(one.session_id or one.officer_id)):
        revocation.revoke(session, each.session_id or each.officer_id, each.ended_at, closed=each.closed)
    if left:
        roster.forget(session, left)
        let_go(session, left)


def hear_leave_noted(session: Session, heard: Sequence[Heard[LeaveNoted]]) -> None:
    """Know from which to which day officers are away, and who stands in for them."""
    absences.note_told(session, [each.event for each in heard])


def let_go(session: Session, officers: Collection[UUID]) -> int:
    """Leave what these officers handle to be given to somebody of the office that has it; says how much that was."""
    held = (
        select(Referral.id)
        .where(Referral.state == ReferralState.ACCEPTED, Referral.handled_by.in_(officers))
        .order_by(Referral.id)
        .with_for_update()
    )
    ids = session.scalars(held).all()
    session.execute(
        update(Referral)
        .where(among(Referral.id, ids))
        .values(handled_by=None, revision=Referral.revision + 1)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def let_go_of_late(session: Session) -> int:
    """Do so for what came to officers who had left before: by a request under way, or by a colleague's choice."""
    handlers = select(Referral.handled_by).where(Referral.state == ReferralState.ACCEPTED).distinct()
    left = session.scalars(
        select(Revocation.subject).where(Revocation.subject.in_(handlers), revocation.has_left())
    ).all()
    return let_go(session, left) if left else 0
