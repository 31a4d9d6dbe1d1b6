"""Which referral comes next when one is done: the next row of the tray that the officer works through."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals import queries
from shared.referrals.models import Referral
from shared.referrals.queries import LATE_FIRST, Wanted
from shared.referrals.rules import OPEN, Tray


@dataclass(frozen=True, slots=True)
class Next:
    """The referral that comes next in a part of the worklist; how many lie there beside the one shown, and in all."""

    tray: Tray
    left: int
    all_there: int
    referral: Referral | None


def next_to(session: Session, officer: Officer, referral_id: UUID, wanted: Wanted) -> Next:
    """What comes after a referral in a part of the worklist, in its order; at its end, what was left out before.

    The referral itself need not lie there any more. Raises NotFound when it is not her office's.
    """
    place = session.execute(
        select(Referral.due_at, Referral.id).where(Referral.id == referral_id, queries.hers(officer))
    ).first()
    if place is None:
        raise NotFound(what="referral")
    comes_after, is_another = tuple_(*LATE_FIRST) > tuple(place), Referral.id != referral_id
    found = session.execute(
        queries.worklist(officer, officer.agency, wanted)
        .add_columns(func.count().filter(is_another).over(), func.count().over())
        .where(Referral.state.in_(OPEN))
        .order_by(is_another.desc(), case((comes_after, 0), else_=1), *LATE_FIRST)
        .limit(1)
    ).first()
    if found is None:
        return Next(wanted.tray, 0, 0, None)
    referral, left, all_there = found
    return Next(wanted.tray, left, all_there, referral if left else None)
