"""What can be told about cooperatives: an office's list, one with its members and savings, and whether all adds up."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.grants.cooperative.models import Cooperative, CooperativeMember, CooperativeSaving
from services.grants.cooperative.rules import COUNTED, MEMBERS, LoanVerdict, Membership, Saving
from services.grants.funds import queries as funds
from services.grants.funds.models import FundEntry
from services.grants.funds.queries import Finding
from services.grants.loans.models import Loan
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel.errors import Invalid, NotFound
from shared.persons.queries import records_of

MOST_CHOICES = 100
BELONGS = (CooperativeMember.state.in_(COUNTED), CooperativeMember.continues.is_(None))
"""Who counts, once: an earlier membership that a later referral continues is one membership."""


class NoSuchCooperative(Invalid):
    """Your office knows no such cooperative; register it first."""

    indonesian = "Koperasi ini belum tercatat di kantor Anda; catat dahulu."


def cooperatives_of(officer: Officer) -> Select[Any]:
    """The cooperatives that her office knows, or those of her areas where her role reads everywhere."""
    return select(Cooperative).where(Cooperative.office.in_(offices.readable(officer)))


def cooperative_for(
    session: Session, officer: Officer, cooperative_id: UUID | None, *, lock: bool = False
) -> Cooperative:
    """One cooperative that the officer may see; raises NoSuchCooperative."""
    wanted = cooperatives_of(officer).where(Cooperative.id == cooperative_id)
    found: Cooperative | None = session.scalar(
        wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted
    )
    if found is None:
        raise NoSuchCooperative
    return found


def shown(session: Session, officer: Officer, cooperative_id: UUID) -> Cooperative:
    """One cooperative, for whoever asks for it by its address; raises NotFound."""
    try:
        return cooperative_for(session, officer, cooperative_id)
    except NoSuchCooperative:
        raise NotFound(what="cooperative") from None


def member_of(session: Session, referral_id: UUID) -> CooperativeMember | None:
    """The membership of a referral, if it has been opened."""
    return session.scalar(select(CooperativeMember).where(CooperativeMember.referral_id == referral_id))


def names_of(session: Session, cooperative_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these cooperatives are called."""
    rows = session.execute(select(Cooperative.id, Cooperative.name).where(Cooperative.id.in_(cooperative_ids)))
    return {row.id: row.name for row in rows}


def persons(session: Session, cooperative_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many people belong to each cooperative, or are about to found it."""
    rows = session.execute(
        select(CooperativeMember.cooperative_id, func.sum(CooperativeMember.persons))
        .where(CooperativeMember.cooperative_id.in_(cooperative_ids), *BELONGS)
        .group_by(CooperativeMember.cooperative_id)
    )
    return {cooperative: int(count) for cooperative, count in rows if cooperative and count}


def founders(session: Session, cooperative_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many people found each cooperative."""
    rows = session.execute(
        select(CooperativeMember.cooperative_id, func.sum(CooperativeMember.persons))
        .where(
            CooperativeMember.cooperative_id.in_(cooperative_ids),
            CooperativeMember.founder.is_(True),
            *BELONGS,
        )
        .group_by(CooperativeMember.cooperative_id)
    )
    return {cooperative: int(count) for cooperative, count in rows if cooperative and count}


def memberships_of(session: Session, subject_id: UUID) -> list[UUID]:
    """The cooperatives to which somebody belongs by earlier referrals, under any of her records; the latest first."""
    mine = (
        CooperativeMember.subject_id.in_(records_of(session, [subject_id])),
        CooperativeMember.state.in_(MEMBERS),
    )
    found = select(CooperativeMember.cooperative_id).where(*mine, CooperativeMember.continues.is_(None))
    return [each for each in session.scalars(found.order_by(CooperativeMember.id.desc())) if each]


def choices(session: Session, office: str) -> list[dict[str, Any]]:
    """The cooperatives that can be joined, those that still gather founders first."""
    found = session.scalars(
        select(Cooperative)
        .where(Cooperative.office == office)
        .order_by(Cooperative.formed_on.is_not(None), Cooperative.name, Cooperative.id)
        .limit(MOST_CHOICES)
    ).all()
    counted = persons(session, [each.id for each in found])
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "persons": counted.get(each.id, 0),
            "founders_needed": each.founders_needed,
            "formed": each.formed_on is not None,
        }
        for each in found
    ]


def savings_of(session: Session, member_ids: Collection[UUID]) -> dict[UUID, dict[Saving, int]]:
    """What each member has saved, by kind."""
    rows = session.execute(
        select(CooperativeSaving.member_id, CooperativeSaving.kind, func.sum(CooperativeSaving.amount))
        .where(CooperativeSaving.member_id.in_(member_ids))
        .group_by(CooperativeSaving.member_id, CooperativeSaving.kind)
    )
    found: dict[UUID, dict[Saving, int]] = {}
    for member_id, kind, amount in rows:
        found.setdefault(member_id, {})[kind] = int(amount)
    return found


def lines(session: Session, cooperatives: Collection[Cooperative]) -> list[dict[str, Any]]:
    """Cooperatives as a list shows them, with their people and savings."""
    ids = [each.id for each in cooperatives]
    counted = persons(session, ids)
    rows = session.execute(
        select(CooperativeSaving.cooperative_id, func.sum(CooperativeSaving.amount))
        .where(CooperativeSaving.cooperative_id.in_(ids))
        .group_by(CooperativeSaving.cooperative_id)
    )
    saved = {cooperative: int(amount) for cooperative, amount in rows}
    return [_line(each, counted.get(each.id, 0), saved.get(each.id, 0)) for each in cooperatives]


def standing(session: Session, cooperative: Cooperative) -> dict[str, Any]:
    """One cooperative with its members and what each has saved."""
    (line,) = lines(session, [cooperative])
    members = session.scalars(
        select(CooperativeMember)
        .where(CooperativeMember.cooperative_id == cooperative.id, *BELONGS)
        .order_by(CooperativeMember.id)
    ).all()
    saved = savings_of(session, [each.id for each in members])
    return line | {
        "members": [
            {
                "id": each.id,
                "referral_id": each.referral_id,
                "subject_kind": each.subject_kind,
                "subject_id": each.subject_id,
                "persons": each.persons,
                "founder": each.founder,
                "state": each.state,
                "joined_on": each.joined_on,
                "savings": {kind.value: saved.get(each.id, {}).get(kind, 0) for kind in Saving},
            }
            for each in members
        ]
    }


def savings(cooperative_id: UUID) -> Select[Any]:
    """A cooperative's ledger of savings."""
    return select(CooperativeSaving).where(CooperativeSaving.cooperative_id == cooperative_id)


def payers() -> Select[UUID, str]:
    """Whose decision the capital of each member rests on."""
    return select(CooperativeMember.id, CooperativeMember.office)


def fund_free(session: Session, fund_id: str | None) -> dict[str, Any] | None:
    """What the fund that would lend has left; None without a fund, or while it is not open."""
    try:
        fund = funds.fund(session, fund_id) if fund_id else None
    except funds.NoSuchFund:
        return None
    return {"id": fund.id, "title": fund.title, "title_en": fund.title_en, "free": fund.free} if fund else None


def audit(session: Session) -> list[Finding]:
    """Every membership whose loan, reservation or savings do not agree with what was decided."""
    reserved = {
        row[0]: int(row[1])
        for row in session.execute(
            select(FundEntry.grant_id, func.sum(FundEntry.reserved))
            .where(FundEntry.grant_id.in_(select(CooperativeMember.id)))
            .group_by(FundEntry.grant_id)
        )
    }
    lapsed = set(session.scalars(select(FundEntry.grant_id).where(FundEntry.move == "lapse")))
    lent = dict(session.execute(select(Loan.id, Loan.principal).where(Loan.id.in_(select(CooperativeMember.id)))).all())
    saved = savings_of(session, list(session.scalars(select(CooperativeSaving.member_id).distinct())))
    found = []
    for each in session.scalars(select(CooperativeMember).order_by(CooperativeMember.id)):
        waits = each.loan_amount or 0 if each.state is Membership.RECORDED and each.id not in lapsed else 0
        if reserved.get(each.id, 0) != waits:
            says = f"{reserved.get(each.id, 0)} is reserved for it, {waits} should be"
            found.append(Finding("cooperative-loan", str(each.id), says))
        owed = each.loan_amount if each.loan_verdict is LoanVerdict.APPROVED else None
        if lent.get(each.id) != owed:
            found.append(Finding("cooperative-loan", str(each.id), f"{owed} was decided, {lent.get(each.id)} was lent"))
        savings_now = saved.get(each.id, {})
        if savings_now and each.state not in MEMBERS:
            found.append(Finding("cooperative-savings", str(each.id), "it has savings, but is no member"))
        if min(savings_now.values(), default=0) < 0:
            found.append(Finding("cooperative-savings", str(each.id), "more was taken back than was saved"))
    return found


def _line(cooperative: Cooperative, counted: int, saved: int) -> dict[str, Any]:
    return {
        "id": cooperative.id,
        "name": cooperative.name,
        "legal_number": cooperative.legal_number,
        "office": cooperative.office,
        "area": cooperative.area,
        "formed_on": cooperative.formed_on,
        "founders_needed": cooperative.founders_needed,
        "persons": counted,
        "saved": saved,
    }
