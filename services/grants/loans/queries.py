"""What can be told about loans: an office's list, what is in arrears, one loan with its schedule, and their sums."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, case, func, literal, select
from sqlalchemy.orm import Session

from services.grants.funds.models import FundEntry
from services.grants.funds.queries import Finding
from services.grants.funds.rules import Purpose
from services.grants.loans import rules
from services.grants.loans.models import Loan, LoanInstalment, Repayment
from services.grants.loans.rules import LoanState
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound

LATEST_FIRST = (Loan.lent_on, Loan.id)


@dataclass(frozen=True, slots=True)
class Sums:
    """What loans amount to, in rupiah; no grant is in it."""

    loans: int = 0
    lent: int = 0
    repaid: int = 0
    arrears: int = 0

    @property
    def outstanding(self) -> int:
        """What is still owed."""
        return self.lent - self.repaid


def loans_of(officer: Officer, state: LoanState | None = None) -> Select[Any]:
    """The loans that her office decided on, or those of her areas where her role reads everywhere."""
    wanted = select(Loan).where(Loan.office.in_(offices.readable(officer)))
    if state is LoanState.REPAID:
        return wanted.where(Loan.repaid == Loan.principal)
    if state is not None:
        wanted = wanted.where(Loan.repaid < Loan.principal)
        late = _due_by_now() > Loan.repaid
        wanted = wanted.where(late if state is LoanState.IN_ARREARS else ~late)
    return wanted


def loan_for(session: Session, officer: Officer, loan_id: UUID, *, lock: bool = False) -> Loan:
    """One loan that the officer may see; raises NotFound."""
    wanted = loans_of(officer).where(Loan.id == loan_id)
    found = session.scalar(wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted)
    if found is None:
        raise NotFound(what="loan")
    return found


def due_by_now(session: Session, loan_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much of each loan was due before today; a loan whose first day has not come is missing."""
    rows = session.execute(
        select(LoanInstalment.loan_id, func.sum(LoanInstalment.amount).cast(BigInteger))
        .where(LoanInstalment.loan_id.in_(loan_ids), LoanInstalment.due_on < clock.today())
        .group_by(LoanInstalment.loan_id)
    )
    return {loan_id: int(due) for loan_id, due in rows}


def lines(session: Session, loans: Collection[Loan]) -> list[dict[str, Any]]:
    """Loans as a list shows them, with what is in arrears today."""
    due = due_by_now(session, [each.id for each in loans])
    return [_line(each, due.get(each.id, 0)) for each in loans]


def sums(session: Session, officer: Officer) -> Sums:
    """What the officer's loans amount to together."""
    seen = loans_of(officer).subquery()
    due = (
        select(func.coalesce(func.sum(LoanInstalment.amount), 0))
        .where(LoanInstalment.loan_id == seen.c.id, LoanInstalment.due_on < clock.today())
        .correlate(seen)
        .scalar_subquery()
    )
    late = case((due > seen.c.repaid, due - seen.c.repaid), else_=0)
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(seen.c.principal), 0),
            func.coalesce(func.sum(seen.c.repaid), 0),
            func.coalesce(func.sum(late), 0),
        ).select_from(seen)
    ).one()
    return Sums(*(int(each) for each in row))


def standing(session: Session, loan: Loan) -> dict[str, Any]:
    """One loan with its instalments as they stand today, and every repayment."""
    parts = session.scalars(
        select(LoanInstalment).where(LoanInstalment.loan_id == loan.id).order_by(LoanInstalment.number)
    )
    today = clock.today()
    standings = rules.standings([each.instalment for each in parts], loan.repaid, today)
    due = sum(each.instalment.amount for each in standings if each.instalment.due_on < today)
    paid = session.scalars(select(Repayment).where(Repayment.loan_id == loan.id).order_by(Repayment.id))
    return {
        **_line(loan, due),
        "schedule": [
            {
                "number": each.instalment.number,
                "due_on": each.instalment.due_on,
                "amount": each.instalment.amount,
                "paid": each.paid,
                "is_overdue": each.is_overdue,
            }
            for each in standings
        ],
        "repayments": [{"amount": each.amount, "paid_on": each.paid_on, "receipt": each.receipt} for each in paid],
    }


def lent_by_journey(session: Session) -> dict[UUID, int]:
    """What was lent on each journey, whatever came back of it."""
    rows = session.execute(select(Loan.journey_id, func.sum(Loan.principal)).group_by(Loan.journey_id))
    return {journey: int(lent) for journey, lent in rows}


def audit(session: Session) -> list[Finding]:
    """Every loan whose schedule, repayments or ledger do not add up: lent = repaid + outstanding, in all three."""
    planned = _sums(session, LoanInstalment.loan_id, LoanInstalment.amount)
    came_back = _sums(session, Repayment.loan_id, Repayment.amount)
    rows = session.execute(
        select(FundEntry.grant_id, func.sum(FundEntry.lent), func.sum(FundEntry.repaid))
        .where(FundEntry.purpose == Purpose.LOAN)
        .group_by(FundEntry.grant_id)
        .having(func.sum(FundEntry.lent + FundEntry.repaid) > 0)
    )
    ledger = {grant_id: (int(lent), int(repaid)) for grant_id, lent, repaid in rows}
    found = []
    for loan in session.scalars(select(Loan).order_by(Loan.id)):
        if planned.get(loan.id, 0) != loan.principal:
            says = f"its instalments add up to {planned.get(loan.id, 0)}, {loan.principal} were lent"
            found.append(Finding("loan-schedule", str(loan.id), says))
        if came_back.get(loan.id, 0) != loan.repaid:
            says = f"its repayments add up to {came_back.get(loan.id, 0)}, the loan says {loan.repaid}"
            found.append(Finding("loan-repaid", str(loan.id), says))
        if (booked := ledger.pop(loan.id, (0, 0))) != (loan.outstanding, loan.repaid):
            says = f"the fund says {booked[0]} out and {booked[1]} back, the loan {loan.outstanding} and {loan.repaid}"
            found.append(Finding("loan-ledger", str(loan.id), says))
    return found + [Finding("loan-ledger", str(each), "the fund lent for it, but there is no loan") for each in ledger]


def _line(loan: Loan, due: int) -> dict[str, Any]:
    return {
        "id": loan.id,
        "lender": loan.lender,
        "journey_id": loan.journey_id,
        "referral_id": loan.referral_id,
        "programme": loan.programme,
        "area": loan.area,
        "office": loan.office,
        "subject_kind": loan.subject_kind,
        "subject_id": loan.subject_id,
        "fund_id": loan.fund_id,
        "document": loan.document,
        "lent_on": loan.lent_on,
        "decided_by": loan.decided_by,
        "principal": loan.principal,
        "repaid": loan.repaid,
        "outstanding": loan.outstanding,
        "arrears": rules.arrears(due, loan.repaid),
        "state": rules.state_of(loan.principal, loan.repaid, due),
    }


def _due_by_now() -> Any:
    return (
        select(func.coalesce(func.sum(LoanInstalment.amount), literal(0)))
        .where(LoanInstalment.loan_id == Loan.id, LoanInstalment.due_on < clock.today())
        .correlate(Loan)
        .scalar_subquery()
    )


def _sums(session: Session, key: Any, amount: Any) -> dict[UUID, int]:
    return {loan_id: int(found) for loan_id, found in session.execute(select(key, func.sum(amount)).group_by(key))}
