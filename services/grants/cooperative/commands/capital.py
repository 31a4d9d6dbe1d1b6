"""Capital that a cooperative lends: proposed with a membership, decided by an approver who did not record it."""

from collections.abc import Mapping
from typing import Any

from services.grants.cooperative import rules
from services.grants.cooperative.models import CooperativeMember
from services.grants.cooperative.rules import LoanVerdict
from services.grants.funds.rules import Purpose
from services.grants.loans import commands as loans
from services.grants.loans import rules as lending
from services.grants.loans.rules import Lender
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.referrals.models import Referral
from shared.web import access


def propose(member: CooperativeMember, referral: Referral, loan: Mapping[str, Any] | None) -> None:
    """Note the loan that is proposed for a member, or that there is none; raises LoanIncomplete, NoLoanHere."""
    member.loan_amount = member.instalments = member.first_due = None
    if not loan or not loan.get("amount"):
        return
    rules.may_lend(loan["amount"], fund=referral.settings.get("fund"), ceiling=referral.settings.get("ceiling"))
    for field in ("instalments", "first_due"):
        if not loan.get(field):
            raise rules.LoanIncomplete().at(f"loan.{field}")
    try:
        lending.schedule(loan["amount"], loan["instalments"], loan["first_due"])
    except lending.TooManyInstalments as wrong:
        raise wrong.at("loan.instalments") from None
    member.loan_amount, member.instalments, member.first_due = loan["amount"], loan["instalments"], loan["first_due"]


def decide(officer: Officer, member: CooperativeMember, done: Mapping[str, Any]) -> LoanVerdict:
    """An approver's word on the loan; raises LoanUndecided, RecorderCannotDecide."""
    access.require(officer, Permission.LOANS_DECIDE)
    rules.may_decide(officer.id, member.recorded_by)
    verdict: LoanVerdict | None = done.get("loan_verdict")
    if verdict is None:
        raise rules.LoanUndecided().at("loan_verdict")
    member.loan_verdict, member.decided_by = verdict, officer.id
    if verdict is LoanVerdict.APPROVED:
        for field in ("document", "handed_over_on"):
            if not done.get(field):
                raise rules.LoanUndecided().at(field)
        try:
            lending.first_due_after(done["handed_over_on"], member.first_due or done["handed_over_on"])
        except lending.FirstDueTooEarly as wrong:
            raise wrong.at("handed_over_on") from None
    return verdict


def lending_of(member: CooperativeMember, referral: Referral, done: Mapping[str, Any]) -> loans.Lending:
    """What the loans' ledger has to know of a loan that was approved."""
    if member.loan_amount is None or member.instalments is None or member.first_due is None or member.fund_id is None:
        raise rules.LoanIncomplete
    return loans.Lending(
        case_id=member.id,
        lender=Lender.COOPERATIVE,
        referral=referral,
        fund_id=member.fund_id,
        instalments=lending.schedule(member.loan_amount, member.instalments, member.first_due),
        document=done["document"],
        lent_on=done["handed_over_on"],
    )


def payment(member: CooperativeMember, amount: int) -> loans.Payment:
    """Money that is set aside for a member, or let go of (0)."""
    return loans.Payment(
        case_id=member.id,
        journey_id=member.journey_id,
        office=member.office,
        fund_id=member.fund_id or "",
        amount=amount,
        purpose=Purpose.LOAN,
    )
