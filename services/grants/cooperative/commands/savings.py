"""What members pay in, and take back of what they paid by choice."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.cooperative import queries, rules
from services.grants.cooperative.models import CooperativeMember, CooperativeSaving
from services.grants.cooperative.rules import MEMBERS, Saving
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.web import access


def save_money(
    session: Session,
    officer: Officer,
    cooperative_id: UUID,
    *,
    member_id: UUID,
    kind: Saving,
    amount: int,
    taken_back: bool,
    saved_on: date,
    receipt: str,
) -> CooperativeSaving:
    """Book what a member paid in, or took back of her sukarela; raises PokokPaid, StaysIn, MoreThanSaved."""
    cooperative = queries.cooperative_for(session, officer, cooperative_id)
    access.require(officer, Permission.COOPERATIVES_RUN, office=cooperative.office)
    wanted = select(CooperativeMember).where(
        CooperativeMember.id == member_id,
        CooperativeMember.cooperative_id == cooperative_id,
        CooperativeMember.state.in_(MEMBERS),
        CooperativeMember.continues.is_(None),
    )
    member = session.scalar(wanted.with_for_update())
    if member is None:
        raise rules.NotAMember().at("member_id")
    moved = -amount if taken_back else amount
    rules.may_save(kind, moved, queries.savings_of(session, [member_id]).get(member_id, {}))
    entry = CooperativeSaving(
        cooperative_id=cooperative_id,
        member_id=member_id,
        kind=kind,
        amount=moved,
        saved_on=saved_on,
        receipt=receipt,
        recorded_by=officer.id,
    )
    session.add(entry)
    session.flush()
    return entry
