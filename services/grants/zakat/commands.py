"""What an office can do with a zakat case: open it, assess it, decide on it, let go of it.

The officer's assessment *reserves* what it proposes, so that what lies on the approvers' desks already counts against
the fund's ceiling; the approver's decision commits it and hands it over, as a grant or as a loan. The people behind a
case are claimed in the same two steps (see `entitlements`), those of a loan with no amount: nobody keeps it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.entitlements import commands as entitlements
from services.grants.entitlements.commands import Ask
from services.grants.funds.rules import Purpose
from services.grants.loans import commands as loans
from services.grants.loans import rules as lending
from services.grants.loans.rules import Lender
from services.grants.subjects import members_of
from services.grants.zakat import rules
from services.grants.zakat.models import ZakatCase
from services.grants.zakat.rules import CaseState, Form, Verdict, ZakatOutcome
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.referrals.models import Referral
from shared.referrals.work import Completion
from shared.storage.rows import insert_rows
from shared.web import access

KIND = "grants.zakat"


def open_cases(session: Session, referrals: Sequence[Referral]) -> None:
    """Open a case for each referral."""
    rows = [
        {
            "id": ids.new_id(),
            "referral_id": each.id,
            "journey_id": each.journey_id,
            "programme": each.programme,
            "area": each.area,
            "office": each.office,
            "subject_kind": each.subject_kind,
            "subject_id": each.subject_id,
            "fund_id": each.settings["fund"],
            "state": CaseState.OPEN,
        }
        for each in referrals
    ]
    insert_rows(session, ZakatCase, rows, unless_known=True)


def assess(
    session: Session,
    officer: Officer,
    referral: Referral,
    *,
    income: int,
    households: int,
    members: int,
    asnaf: rules.Asnaf,
    line: int | None,
    line_source: str | None,
    form: Form | None,
    amount: int | None,
    instalments: int | None,
    first_due: date | None,
    group_members: int | None,
    aid_acknowledged: str | None,
) -> ZakatCase:
    """Save what was found and what is proposed, in place of an earlier assessment; without a form, a refusal.

    Reserves the amount that is proposed. Raises LineMissing, AboveHadKifayah, FormNotOffered, AboveCeiling,
    GroupNotForLoan, TooManyInstalments, FundExhausted, AidExcluded, AidNotAcknowledged.
    """
    access.require(officer, Permission.ZAKAT_ASSESS)
    (case,) = locked_cases(session, [referral.id]).values()
    _expect(case, CaseState.OPEN, CaseState.ASSESSED)
    given = referral.settings
    poverty = rules.line_for(
        per_household=given.get("household"),
        per_member=given.get("had_kifayah"),
        households=households,
        members=members,
        own=line,
        own_source=line_source,
    )
    case.income, case.households, case.members = income, households, members
    case.line, case.line_source, case.asnaf = poverty.amount, poverty.source, asnaf
    case.group_members = group_members or members_of(referral)
    case.form = case.amount = case.instalments = case.first_due = None
    if form is not None:
        rules.may_be(asnaf, income, poverty)
        offered = frozenset(Form(each) for each in given["forms"])
        case.amount = rules.may_propose(form, amount, offered=offered, ceiling=given.get("ceiling"))
        case.form = form
    if form is Form.QARDHUL_HASAN:
        _propose_loan(case, instalments, first_due)
    case.assessed_by, case.state = officer.id, CaseState.ASSESSED
    session.flush()
    loans.set_aside(session, officer, [_payment(case, case.amount or 0)])
    if case.form is None:
        entitlements.unreserve(session, [referral.id])
    else:
        entitlements.reserve(session, officer, [_ask(case, referral, aid_acknowledged, "form")])
    return case


def decide(session: Session, officer: Officer, pairs: Sequence[tuple[Referral, Mapping[str, Any]]]) -> list[Completion]:
    """Decide on assessed cases and hand over what was approved; an approver who did not assess, all or none.

    Each pair says `verdict` and, with a refusal, `reason`; with an approval `document` and `handed_over_on`. An
    approver who wants another amount or form lets the officer assess anew. Raises NotAssessed, AssessorCannotDecide.
    """
    access.require(officer, Permission.ZAKAT_DECIDE)
    cases = locked_cases(session, [referral.id for referral, _ in pairs])
    refused, given, lent, asks = [], [], [], []
    for referral, decision in pairs:
        case = cases[referral.id]
        _expect(case, CaseState.OPEN, CaseState.ASSESSED)
        if case.state is CaseState.OPEN:
            raise rules.NotAssessed
        rules.may_decide(officer.id, case.assessed_by)
        case.decided_by, case.decided_on = officer.id, clock.today()
        if decision["verdict"] is Verdict.REFUSED:
            refused.append(_refuse(case, decision))
            continue
        if _approve(case, decision) is Form.QARDHUL_HASAN:
            lent.append(_lending(case, referral))
        else:
            given.append(_payment(case, case.amount or 0))
        asks.append(_ask(case, referral, decision.get("aid_acknowledged"), "verdict"))
    session.flush()
    loans.set_aside(session, officer, [_payment(case, 0) for case in refused])
    loans.hand_over(session, officer, given)
    loans.lend(session, officer, lent)
    entitlements.unreserve(session, [case.referral_id for case in refused])
    entitlements.commit(session, officer, asks)
    if asks:
        entitlements.realise(session, KIND, [each.referral.journey_id for each in asks])
    return [_completion(cases[referral.id]) for referral, _ in pairs]


def let_go(session: Session, referrals: Collection[Referral]) -> None:
    """Release what is reserved for cases whose referral ended without a decision, and forget what was found."""
    undecided = [
        case
        for case in locked_cases(session, [each.id for each in referrals]).values()
        if case.state in (CaseState.OPEN, CaseState.ASSESSED)
    ]
    for case in undecided:
        case.state = CaseState.WITHDRAWN
        case.income = case.households = case.members = case.line = case.line_source = case.asnaf = None
        case.group_members = case.form = case.amount = case.instalments = case.first_due = None
    session.flush()
    loans.set_aside(session, None, [_payment(case, 0) for case in undecided])
    entitlements.unreserve(session, [case.referral_id for case in undecided])


def locked_cases(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, ZakatCase]:
    """The cases of these referrals by referral, locked in one order; a referral without one is missing."""
    wanted = select(ZakatCase).where(ZakatCase.referral_id.in_(referral_ids)).order_by(ZakatCase.id).with_for_update()
    found = session.scalars(wanted, execution_options={"populate_existing": True})
    return {each.referral_id: each for each in found}


def _propose_loan(case: ZakatCase, instalments: int | None, first_due: date | None) -> None:
    if case.subject_kind is SubjectKind.GROUP:
        rules.group_may_borrow(case.group_members)
    if instalments is None:
        raise rules.ScheduleMissing().at("instalments")
    if first_due is None:
        raise rules.ScheduleMissing().at("first_due")
    try:
        lending.schedule(case.amount or 0, instalments, first_due)
    except lending.TooManyInstalments as wrong:
        raise wrong.at("instalments") from None
    case.instalments, case.first_due = instalments, first_due


def _refuse(case: ZakatCase, decision: Mapping[str, Any]) -> ZakatCase:
    if not decision.get("reason"):
        raise rules.ReasonMissing().at("reason")
    case.state, case.reason = CaseState.REFUSED, decision["reason"]
    return case


def _approve(case: ZakatCase, decision: Mapping[str, Any]) -> Form:
    if case.form is None:
        raise rules.AmountMissing().at("verdict")
    for field in ("document", "handed_over_on"):
        if not decision.get(field):
            raise rules.HandOverMissing().at(field)
    handed_over_on: date = decision["handed_over_on"]
    if handed_over_on > clock.today():
        raise rules.HandedOverInTheFuture().at("handed_over_on")
    if case.form is Form.QARDHUL_HASAN and case.first_due is not None:
        try:
            lending.first_due_after(handed_over_on, case.first_due)
        except lending.FirstDueTooEarly as wrong:
            raise wrong.at("handed_over_on") from None
    case.document, case.handed_over_on = decision["document"], handed_over_on
    case.state = CaseState.LENT if case.form is Form.QARDHUL_HASAN else CaseState.GRANTED
    return case.form


def _lending(case: ZakatCase, referral: Referral) -> loans.Lending:
    if case.amount is None or case.instalments is None or case.first_due is None:
        raise rules.ScheduleMissing
    if case.document is None or case.handed_over_on is None:
        raise rules.HandOverMissing
    return loans.Lending(
        case_id=case.id,
        lender=Lender.ZAKAT,
        referral=referral,
        fund_id=case.fund_id,
        instalments=lending.schedule(case.amount, case.instalments, case.first_due),
        document=case.document,
        lent_on=case.handed_over_on,
    )


def _ask(case: ZakatCase, referral: Referral, acknowledged: str | None, field: str) -> Ask:
    amount = case.amount or 0 if case.form is Form.GRANT else 0
    return Ask(referral, amount, acknowledged, field)


def _payment(case: ZakatCase, amount: int) -> loans.Payment:
    return loans.Payment(
        case_id=case.id,
        journey_id=case.journey_id,
        office=case.office,
        fund_id=case.fund_id,
        amount=amount,
        purpose=Purpose.ZAKAT,
        document=case.document,
    )


def _completion(case: ZakatCase) -> Completion:
    if case.asnaf is None:
        raise rules.NotAssessed
    facts: dict[str, Any] = {"asnaf": case.asnaf.value, "amount": 0, "instalments": 0}
    if case.state is CaseState.REFUSED:
        return Completion(ZakatOutcome.REFUSED.value, facts)
    outcome = ZakatOutcome.LENT if case.state is CaseState.LENT else ZakatOutcome.GRANTED
    return Completion(outcome.value, facts | {"amount": case.amount, "instalments": case.instalments or 0})


def _expect(case: ZakatCase, *allowed: CaseState) -> None:
    if case.state not in allowed:
        raise rules.AlreadyDecided(state=case.state.value)
