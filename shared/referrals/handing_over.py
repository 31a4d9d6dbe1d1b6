"""Passing a referral to a colleague of the same office.

Accounts are intake's alone; a service knows of an officer what her token says while she works there, and keeps of it
who handles which referral. So the colleagues whom it can name are those who handled such stages for the office of late.
Who is new there takes a referral over herself, and can be named from then on.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals import commands, queries
from shared.referrals.models import Referral
from shared.referrals.rules import CLOSED, OPEN, NotAColleague
from shared.referrals.work import Works

OF_LATE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the office, and how many referrals she handles now."""

    id: UUID
    name: str
    handles: int


def colleagues(session: Session, officer: Officer, works: Works, referral_id: UUID) -> list[Colleague]:
    """Who else at the office handled, of late, a stage that the same role does; raises NotFound for a strange one."""
    kind = queries.kinds_of(session, officer, [referral_id])[referral_id]
    same_role = [name for name, work in works.items() if not set(work.roles).isdisjoint(works[kind].roles)]
    at_the_office = and_(
        Referral.agency == officer.agency,
        Referral.office == officer.office,
        Referral.kind.in_(same_role),
        Referral.handled_by.is_not(None),
        Referral.handled_by != officer.id,
    )
    columns = (Referral.handled_by, Referral.handler_name, Referral.accepted_at, Referral.state)
    # Two halves, because each of the two indexes of an office's referrals covers one.
    open_now = select(*columns).where(at_the_office, Referral.state.in_(OPEN))
    closed = select(*columns).where(
        at_the_office, Referral.state.in_(CLOSED), Referral.closed_at > clock.now() - OF_LATE
    )
    handled = open_now.union_all(closed).subquery()
    names_latest_first = func.array_agg(aggregate_order_by(handled.c.handler_name, handled.c.accepted_at.desc()))
    rows = session.execute(
        select(handled.c.handled_by, names_latest_first, func.count().filter(handled.c.state.in_(OPEN)))
        .group_by(handled.c.handled_by)
        .order_by(func.max(handled.c.handler_name), handled.c.handled_by)
    )
    return [Colleague(who, names[0], number) for who, names, number in rows]


def hand_over_referral(
    session: Session, officer: Officer, works: Works, referral_id: UUID, *, colleague: UUID
) -> Referral:
    """Let a colleague handle a referral that the office has taken on; raises NotAColleague for anybody else."""
    known = {each.id: each.name for each in colleagues(session, officer, works, referral_id)}
    if colleague not in known:
        raise NotAColleague().at("colleague")
    (changed,) = commands.reassign(session, officer, [referral_id], colleague, known[colleague])
    return changed
