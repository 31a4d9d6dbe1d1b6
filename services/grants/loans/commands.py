"""What can be done with loans: set money aside for one, hand it over with its schedule, book what comes back.

Everything locks in one order, loans (or the cases they come from) by their id and then funds by theirs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.grants.funds import commands as funds
from services.grants.funds import queries as money
from services.grants.funds import rules as moves
from services.grants.funds.rules import Balance, Purpose
from services.grants.loans import queries, rules
from services.grants.loans.models import Loan, LoanInstalment, Repayment
from services.grants.loans.rules import Instalment, Lender
from shared.events.grants import FreedBecause
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.web import access


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money for one case that is to leave a fund: what for, under which document; the case's id is the ledger's.

    `office` decides on the case: the fund has to be its own.
    """

    case_id: UUID
    journey_id: UUID
    office: str
    fund_id: str
    amount: int
    purpose: Purpose
    document: str | None = None


@dataclass(frozen=True, kw_only=True)
class Lending:
    """A loan that was decided on: to whom (by her referral), out of which fund, and when its parts are due."""

    case_id: UUID
    lender: Lender
    referral: Referral
    fund_id: str
    instalments: Sequence[Instalment]
    document: str
    lent_on: date

    @property
    def principal(self) -> int:
        """What is lent: the instalments' sum, so that the two cannot differ."""
        return sum(each.amount for each in self.instalments)


def set_aside(session: Session, officer: Officer | None, payments: Collection[Payment]) -> None:
    """Reserve exactly this much for each case, in place of what was reserved for it before; 0 lets go of it.

    Raises NotYourFund, FundExhausted, FundClosed, NoSuchFund. The point at which money is first bound to a case.
    """
    wanted = {each.case_id: each for each in payments}
    held = _held_under_lock(session, wanted, also={each.fund_id for each in payments if each.amount})
    postings = []
    for (fund_id, case_id), balance in sorted(held.items()):
        case = wanted[case_id]
        if balance.reserved and (fund_id, balance.reserved) != (case.fund_id, case.amount):
            postings.append(_move(case, moves.release(Balance(reserved=balance.reserved)), fund_id))
    for case in sorted(payments, key=lambda each: each.case_id):
        reserved = held.get((case.fund_id, case.case_id), Balance()).reserved
        if case.amount and reserved != case.amount:
            postings.append(_move(case, moves.reserve(case.amount)))
    funds.move_money(session, officer, postings)


def hand_over(session: Session, officer: Officer, payments: Collection[Payment]) -> None:
    """Commit what was reserved for these cases and hand it over: given, or for the purpose of a loan lent."""
    held = _held_under_lock(session, {each.case_id for each in payments}, also={each.fund_id for each in payments})
    postings = []
    for case in sorted(payments, key=lambda each: each.case_id):
        reserved = held.get((case.fund_id, case.case_id), Balance()).reserved
        leaves = moves.lend if case.purpose is Purpose.LOAN else moves.realise
        if reserved > case.amount:
            postings.append(_move(case, moves.release(Balance(reserved=reserved - case.amount))))
            reserved = case.amount
        postings.append(_move(case, moves.commit(case.amount, reserved=reserved)))
        postings.append(_move(case, leaves(case.amount)))
    funds.move_money(session, officer, postings)


def lend(session: Session, officer: Officer, lendings: Sequence[Lending]) -> None:
    """Hand over loans with their schedules: the fund lends what was reserved for their cases."""
    if not lendings:
        return
    access.require(officer, Permission.LOANS_DECIDE)
    session.execute(
        insert(Loan),
        [
            {
                "id": each.case_id,
                "lender": each.lender,
                "referral_id": each.referral.id,
                "journey_id": each.referral.journey_id,
                "programme": each.referral.programme,
                "area": each.referral.area,
                "agency": each.referral.agency,
                "office": each.referral.office,
                "subject_kind": each.referral.subject_kind,
                "subject_id": each.referral.subject_id,
                "fund_id": each.fund_id,
                "principal": each.principal,
                "document": each.document,
                "lent_on": each.lent_on,
                "decided_by": officer.id,
            }
            for each in lendings
        ],
    )
    session.execute(
        insert(LoanInstalment),
        [
            {"loan_id": each.case_id, "number": part.number, "due_on": part.due_on, "amount": part.amount}
            for each in lendings
            for part in each.instalments
        ],
    )
    hand_over(
        session,
        officer,
        [
            Payment(
                case_id=each.case_id,
                journey_id=each.referral.journey_id,
                office=each.referral.office,
                fund_id=each.fund_id,
                amount=each.principal,
                purpose=Purpose.LOAN,
                document=each.document,
            )
            for each in lendings
        ],
    )


def record_repayment(
    session: Session, officer: Officer, loan_id: UUID, *, amount: int, paid_on: date, receipt: str
) -> Loan:
    """Book money that came back against a loan's schedule, oldest instalment first; the fund may use it again.

    Raises MoreThanOwed, PaidInTheFuture, PaidBeforeLent, ReceiptUsed.
    """
    loan = queries.loan_for(session, officer, loan_id, lock=True)
    access.require(officer, Permission.LOANS_RUN, office=loan.office)
    known = select(Repayment.id).where(Repayment.loan_id == loan.id, Repayment.receipt == receipt)
    if session.scalar(known) is not None:
        raise rules.ReceiptUsed(receipt=receipt)
    rules.may_repay(loan.outstanding, amount, paid_on=paid_on, lent_on=loan.lent_on, today=clock.today())
    session.add(Repayment(loan_id=loan.id, amount=amount, paid_on=paid_on, receipt=receipt, recorded_by=officer.id))
    loan.repaid += amount
    session.flush()
    back = funds.MoneyMove(
        fund_id=loan.fund_id,
        grant_id=loan.id,
        journey_id=loan.journey_id,
        posting=moves.repay(amount),
        document=receipt,
        purpose=Purpose.LOAN,
    )
    funds.move_money(session, officer, [back])
    return loan


def _held_under_lock(
    session: Session, case_ids: Collection[UUID], also: Collection[str]
) -> dict[tuple[str, UUID], Balance]:
    funds.lock_funds(session, {*also, *(fund for fund, _ in money.held(session, case_ids))})
    return money.held(session, case_ids)


def _move(case: Payment, posting: moves.Posting, fund_id: str | None = None) -> funds.MoneyMove:
    return funds.MoneyMove(
        fund_id=fund_id or case.fund_id,
        grant_id=case.case_id,
        journey_id=case.journey_id,
        posting=posting,
        document=case.document,
        because=FreedBecause.WITHDRAWN if posting.move is moves.Move.RELEASE else None,
        purpose=case.purpose,
        office=case.office,
    )
