"""What can be told about zakat cases: an office's list, one case, and their sums with loans apart from grants."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.grants.funds import queries as funds
from services.grants.funds.models import FundEntry
from services.grants.funds.queries import Finding
from services.grants.funds.rules import Purpose
from services.grants.zakat.models import ZakatCase
from services.grants.zakat.rules import CaseState
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Sums:
    """What was given and what was lent, in rupiah: two figures that nobody adds up."""

    grants: int = 0
    granted: int = 0
    loans: int = 0
    lent: int = 0


def cases_of(officer: Officer, state: CaseState | None = None) -> Select[Any]:
    """The cases of her office, or those of her areas where her role reads everywhere."""
    wanted = select(ZakatCase).where(ZakatCase.office.in_(offices.readable(officer)))
    return wanted.where(ZakatCase.state == state) if state else wanted


def case_for(session: Session, officer: Officer, case_id: UUID) -> ZakatCase:
    """One case that the officer may see; raises NotFound."""
    found: ZakatCase | None = session.scalar(cases_of(officer).where(ZakatCase.id == case_id))
    if found is None:
        raise NotFound(what="case")
    return found


def case_of(session: Session, referral_id: UUID) -> ZakatCase | None:
    """The case of a referral, if it has been opened."""
    return session.scalar(select(ZakatCase).where(ZakatCase.referral_id == referral_id))


def sums(session: Session, officer: Officer) -> Sums:
    """What the officer's cases amount to: grants for themselves, loans for themselves."""
    seen = cases_of(officer).subquery()
    rows = session.execute(
        select(seen.c.state, func.count(), func.coalesce(func.sum(seen.c.amount), 0))
        .where(seen.c.state.in_([CaseState.GRANTED, CaseState.LENT]))
        .group_by(seen.c.state)
    )
    found = {state: (int(count), int(amount)) for state, count, amount in rows}
    return Sums(*found.get(CaseState.GRANTED, (0, 0)), *found.get(CaseState.LENT, (0, 0)))


def fund_free(session: Session, fund_id: str) -> dict[str, Any] | None:
    """What the fund that would pay has left; None while it is not open."""
    try:
        fund = funds.fund(session, fund_id)
    except funds.NoSuchFund:
        return None
    return {"id": fund.id, "title": fund.title, "title_en": fund.title_en, "free": fund.free}


def payers() -> Select[UUID, str]:
    """Whose decision the money of each case rests on."""
    return select(ZakatCase.id, ZakatCase.office)


def granted_by_journey(session: Session) -> dict[UUID, int]:
    """What was given (not lent) on each journey."""
    rows = session.execute(
        select(ZakatCase.journey_id, func.sum(ZakatCase.amount))
        .where(ZakatCase.state == CaseState.GRANTED)
        .group_by(ZakatCase.journey_id)
    )
    return {journey: int(amount or 0) for journey, amount in rows}


def audit(session: Session) -> list[Finding]:
    """Every case whose ledger says other than its state: reserved while it waits, given or lent when it is decided."""
    rows = session.execute(
        select(
            FundEntry.grant_id,
            func.sum(FundEntry.reserved),
            func.sum(FundEntry.realised + FundEntry.returned),
            func.sum(FundEntry.lent + FundEntry.repaid),
        )
        .where(FundEntry.grant_id.in_(select(ZakatCase.id)))
        .group_by(FundEntry.grant_id)
    )
    booked = {grant_id: (int(reserved), int(given), int(lent)) for grant_id, reserved, given, lent in rows}
    lapsed = set(session.scalars(select(FundEntry.grant_id).where(FundEntry.move == "lapse")))
    found = []
    for case in session.scalars(select(ZakatCase).order_by(ZakatCase.id)):
        amount = case.amount or 0
        should = (
            amount if case.state is CaseState.ASSESSED and case.id not in lapsed else 0,
            amount if case.state is CaseState.GRANTED else 0,
            amount if case.state is CaseState.LENT else 0,
        )
        if (stands := booked.pop(case.id, (0, 0, 0))) != should:
            says = f"it is {case.state} with (reserved, given, lent) {should}, the fund says {stands}"
            found.append(Finding("zakat-case", str(case.id), says))
    strays = select(FundEntry.grant_id).where(
        FundEntry.purpose == Purpose.ZAKAT, FundEntry.grant_id.not_in(select(ZakatCase.id))
    )
    return found + [
        Finding("zakat-case", str(each), "the ledger knows it, zakat does not")
        for each in sorted(set(session.scalars(strays)))
    ]


def standing(case: ZakatCase) -> dict[str, Any]:
    """A case as plain JSON values, by the names of its form."""
    return {
        "id": str(case.id),
        "state": case.state.value,
        "fund_id": case.fund_id,
        "income": case.income,
        "households": case.households,
        "members": case.members,
        "had_kifayah": case.line,
        "line_source": case.line_source,
        "asnaf": case.asnaf.value if case.asnaf else None,
        "group_members": case.group_members,
        "form": case.form.value if case.form else None,
        "amount": case.amount,
        "instalments": case.instalments,
        "first_due": _day(case.first_due),
        "reason": case.reason,
        "document": case.document,
        "handed_over_on": _day(case.handed_over_on),
        "decided_on": _day(case.decided_on),
    }


def _day(found: date | None) -> str | None:
    return found.isoformat() if found else None
