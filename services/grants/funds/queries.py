"""What can be told about funds: how much is free, what a grant holds, and whether ledger and totals agree."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, SelectBase, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.grants.funds.models import Fund, FundEntry
from services.grants.funds.rules import Balance, Move, Purpose, Purse
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound

PARTS = ("reserved", "committed", "realised", "returned", "lent", "repaid")
SUMS = tuple(func.coalesce(func.sum(getattr(FundEntry, part)), 0).label(part) for part in PARTS)


class NoSuchFund(NotFound):
    """No fund is called {fund}; the head of the office that owns it has to open it first."""

    indonesian = "Dana {fund} belum ada; kepala kantor pemiliknya perlu membukanya lebih dahulu."


@dataclass(frozen=True)
class Finding:
    """Something in the books that does not agree with itself."""

    check: str
    subject: str
    says: str


def funds_of(officer: Officer) -> Select[Any]:
    """The funds that an officer may see: her office's, or those of her areas where her role reads everywhere."""
    return select(Fund).where(Fund.owner_office.in_(offices.readable(officer)))


def visible_funds(session: Session, officer: Officer) -> set[str]:
    """The names of the funds that an officer may see: a grant may be paid out of another office's."""
    return {each.id for each in session.scalars(funds_of(officer))}


def fund_for(session: Session, officer: Officer, fund_id: str) -> Fund:
    """One fund that the officer may see; raises NoSuchFund."""
    found = session.scalar(funds_of(officer).where(Fund.id == fund_id))
    if found is None:
        raise NoSuchFund(fund=fund_id)
    return found


def fund(session: Session, fund_id: str) -> Fund:
    """One fund, for the grants that it pays; raises NoSuchFund."""
    found = session.get(Fund, fund_id)
    if found is None:
        raise NoSuchFund(fund=fund_id)
    return found


def titles(session: Session, fund_ids: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """What funds are called, in Indonesian and perhaps in English; the identifier as long as one is not open."""
    rows = session.execute(select(Fund.id, Fund.title, Fund.title_en).where(Fund.id.in_(fund_ids)))
    return {each: (each, None) for each in fund_ids} | {row.id: (row.title, row.title_en) for row in rows}


def title(session: Session, fund_id: str) -> tuple[str, str | None]:
    """What one fund is called."""
    return titles(session, [fund_id])[fund_id]


def entries(fund_id: str) -> Select[Any]:
    """A fund's ledger."""
    return select(FundEntry).where(FundEntry.fund_id == fund_id)


def held(session: Session, grant_ids: Collection[UUID]) -> dict[tuple[str, UUID], Balance]:
    """What each grant has in each fund, by (fund, grant); grants without an entry are absent."""
    rows = session.execute(
        select(FundEntry.fund_id, FundEntry.grant_id, *SUMS)
        .where(FundEntry.grant_id.in_(grant_ids))
        .group_by(FundEntry.fund_id, FundEntry.grant_id)
    )
    return {(row.fund_id, row.grant_id): _balance(row) for row in rows}


def outstanding(session: Session, fund_id: str) -> dict[tuple[UUID, UUID, Purpose], Balance]:
    """What is set aside in a fund and not realised, by (grant, journey, purpose)."""
    rows = session.execute(
        select(FundEntry.grant_id, FundEntry.journey_id, func.max(FundEntry.purpose).label("purpose"), *SUMS)
        .where(FundEntry.fund_id == fund_id)
        .group_by(FundEntry.grant_id, FundEntry.journey_id)
        .having(func.sum(FundEntry.reserved + FundEntry.committed) > 0)
        .order_by(FundEntry.grant_id)
    )
    return {(row.grant_id, row.journey_id, row.purpose): _balance(row) for row in rows}


def purse(fund: Fund) -> Purse:
    """Whose a fund is and of what kind; a closed office's is its successor's, also before that was heard here."""
    return Purse(answers_for(fund.owner_office), fund.source, fund.budget_year)


def answers_for(office: str) -> str:
    """The open office that answers for what this one did; itself where no file names one."""
    return offices.in_its_place(office) or office


def decided_funds(session: Session, grant_ids: Collection[UUID]) -> dict[UUID, Fund]:
    """The fund on which each grant was decided last; grants that nothing was ever committed for are absent."""
    if not grant_ids:
        return {}
    signed = FundEntry.reserved < 0  # a signature commits what was reserved; a later order has nothing reserved
    rows = session.execute(
        select(FundEntry.grant_id, Fund)
        .join(Fund, Fund.id == FundEntry.fund_id)
        .where(FundEntry.grant_id.in_(grant_ids), FundEntry.move == Move.COMMIT)
        .ext(distinct_on(FundEntry.grant_id))
        .order_by(FundEntry.grant_id, signed.desc(), case((signed, -FundEntry.seq), else_=FundEntry.seq))
    )
    return {row.grant_id: row.Fund for row in rows}


def may_pay_again(session: Session, grant_id: UUID) -> list[Fund]:
    """The open funds that may pay what was decided for a grant, once its own fund holds nothing for it any more."""
    decided = decided_funds(session, [grant_id]).get(grant_id)
    if decided is None:
        return []
    same = select(Fund).where(Fund.source == decided.source, Fund.closed_on.is_(None))
    rows = session.scalars(same.order_by(Fund.budget_year, Fund.id))
    return [each for each in rows if purse(each).may_follow(purse(decided))]


def strangers(session: Session, payers: SelectBase) -> list[Finding]:
    """Every grant that holds money of a fund which its office has no right to; `payers` are (grant, office).

    Also money that followed a decision into a fund of another source or of an older year, and money that no grant
    stands behind.
    """
    offices_of = payers.subquery()
    grant_id, office = offices_of.c
    used = func.sum(FundEntry.reserved + FundEntry.committed + FundEntry.realised + FundEntry.lent)
    rows = session.execute(
        select(FundEntry.grant_id, Fund, office.label("office"))
        .join(Fund, Fund.id == FundEntry.fund_id)
        .outerjoin(offices_of, grant_id == FundEntry.grant_id)
        .group_by(FundEntry.grant_id, Fund.id, office)
        .having(used > 0)
        .order_by(FundEntry.grant_id, Fund.id)
    ).all()
    decided = decided_funds(session, {row.grant_id for row in rows})
    return [
        Finding("strange-fund", str(row.grant_id), wrong)
        for row in rows
        if (wrong := _strange(row.Fund, row.office, decided.get(row.grant_id)))
    ]


def _strange(fund: Fund, office: str | None, decided: Fund | None) -> str | None:
    holds = f"it holds money of {fund.id}"
    if office is None:
        return f"{holds}, and no grant is known by this number"
    if purse(fund).owner != answers_for(office):
        return f"{holds}, which is {fund.owner_office}'s, and {office} decided"
    if decided is not None and not purse(fund).may_follow(purse(decided)):
        return f"{holds}, and was decided on {decided.id}, which that fund cannot stand in for"
    return None


def audit(session: Session) -> list[Finding]:
    """Every fund whose totals are not the sum of its entries, and every grant that owes a fund money."""
    sums = {row.fund_id: _balance(row) for row in session.execute(select(FundEntry.fund_id, *SUMS).group_by("fund_id"))}
    found = [
        Finding("fund-totals", each.id, f"the totals say {each.balance}, the entries add up to {written}")
        for each in session.scalars(select(Fund).order_by(Fund.id))
        if (written := sums.get(each.id, Balance())) != each.balance
    ]
    owing = session.execute(
        select(FundEntry.fund_id, FundEntry.grant_id, *SUMS)
        .group_by(FundEntry.fund_id, FundEntry.grant_id)
        .having(func.least(*(func.sum(getattr(FundEntry, part)) for part in PARTS)) < 0)
    )
    return found + [
        Finding("grant-balance", str(row.grant_id), f"in the fund {row.fund_id} it stands at {_balance(row)}")
        for row in owing
    ]


def _balance(row: object) -> Balance:
    return Balance(*(int(getattr(row, part)) for part in PARTS))
