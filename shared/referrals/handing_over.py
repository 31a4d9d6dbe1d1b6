"""Passing a referral to a colleague of the same office, who has come by of late and may do it as well."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.referrals import commands, queries
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN, NotAColleague
from shared.referrals.work import Works
from shared.web import roster


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the office, and how many referrals she handles now."""

    id: UUID
    name: str
    handles: int


def colleagues(session: Session, officer: Officer, works: Works, referral_id: UUID) -> list[Colleague]:
    """Who else at the office could handle it, by name; raises NotFound for a referral that is not hers."""
    kind, area = queries.kind_and_area_of(session, officer, referral_id)
    known = roster.of_office(session, officer.office, works[kind].roles, area)
    open_now = session.execute(
        select(Referral.handled_by, func.count())
        .where(Referral.agency == officer.agency, Referral.office == officer.office, Referral.state.in_(OPEN))
        .group_by(Referral.handled_by)
    )
    handles = {who: number for who, number in open_now}  # noqa: C416
    return [Colleague(each.id, each.name, handles.get(each.id, 0)) for each in known if each.id != officer.id]


def hand_over_referral(
    session: Session, officer: Officer, works: Works, referral_id: UUID, *, colleague: UUID
) -> Referral:
    """Let a colleague handle a referral that the office has taken on; raises NotAColleague for anybody else."""
    known = {each.id: each.name for each in colleagues(session, officer, works, referral_id)}
    if colleague not in known:
        raise NotAColleague().at("colleague")
    (changed,) = commands.reassign(session, officer, [referral_id], colleague, known[colleague])
    return changed
