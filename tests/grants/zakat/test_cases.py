"""A zakat case from the assessment to the last instalment, and what becomes of the fund's money on the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from services.grants.funds import queries as funds
from services.grants.funds.rules import Balance, FundExhausted
from services.grants.loans import commands as loans
from services.grants.loans import queries as loan_queries
from services.grants.loans import rules as lending
from services.grants.zakat import queries, rules
from services.grants.zakat.models import ZakatCase
from services.grants.zakat.rules import CaseState
from services.operate import audit
from shared.events.grants import FundMoved
from shared.events.intake import StageWithdrawn
from shared.kernel import clock
from shared.kernel.errors import DomainError, Forbidden
from shared.referrals.handlers import hear_stages_withdrawn
from shared.storage import Database
from tests.announcements import announced
from tests.grants.desk import KNOWN, heard
from tests.grants.lender import ASSESSED, GRANT, ZAKAT_FUND, Lender, approved, baznas, in_days, loan


@pytest.fixture
def desk(grants_db: Database) -> Lender:
    return baznas(grants_db)


def case(desk: Lender, referral: UUID) -> ZakatCase:
    with desk.database.reading() as session:
        found = queries.case_of(session, referral)
        assert found is not None
        return found


def repay(desk: Lender, loan_id: UUID, amount: int, receipt: str) -> None:
    with desk.database.transaction() as session:
        loans.record_repayment(session, desk.officer, loan_id, amount=amount, paid_on=clock.today(), receipt=receipt)


def findings(desk: Lender) -> list[object]:
    with desk.database.reading() as session:
        return [*audit._money(session)]


def test_a_grant_is_reserved_by_the_officer_and_handed_over_by_the_approver(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, GRANT)
    assert desk.balance(ZAKAT_FUND) == Balance(reserved=2_500_000)
    (done,) = desk.complete([referral], approved("TT-01"), by=desk.approver)
    assert (done.outcome, done.facts) == ("granted", {"asnaf": "miskin", "amount": 2_500_000, "instalments": 0})
    assert desk.balance(ZAKAT_FUND) == Balance(realised=2_500_000)
    assert findings(desk) == []


def test_a_loan_is_lent_with_a_schedule_that_adds_up(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, loan(5_000_000, 12))
    (done,) = desk.complete([referral], approved(), by=desk.approver)
    assert (done.outcome, done.facts) == ("lent", {"asnaf": "miskin", "amount": 5_000_000, "instalments": 12})
    assert desk.balance(ZAKAT_FUND) == Balance(lent=5_000_000)
    with desk.database.reading() as session:
        told = loan_queries.standing(session, loan_queries.loan_for(session, desk.officer, case(desk, referral).id))
    assert sum(each["amount"] for each in told["schedule"]) == told["principal"] == 5_000_000
    assert findings(desk) == []


def test_a_loan_is_never_added_to_grants(desk: Lender) -> None:
    given, lent = desk.one(), desk.one()
    desk.record(given, GRANT)
    desk.record(lent, loan())
    desk.complete([given, lent], approved(), by=desk.approver)
    assert desk.balance(ZAKAT_FUND) == Balance(realised=2_500_000, lent=5_000_000)
    with desk.database.reading() as session:
        sums = queries.sums(session, desk.officer)
        assert (sums.grants, sums.granted, sums.loans, sums.lent) == (1, 2_500_000, 1, 5_000_000)
        owed = loan_queries.sums(session, desk.officer)
        assert (owed.loans, owed.lent, owed.repaid, owed.outstanding) == (1, 5_000_000, 0, 5_000_000)
        fund = funds.fund(session, ZAKAT_FUND)
        assert fund.free == fund.ceiling - 7_500_000
        claimed = session.execute(text("SELECT coalesce(sum(amount), 0) FROM aid_claim")).scalar()
    assert claimed == 2_500_000
    told = [each for each in announced(desk.database) if isinstance(each, FundMoved)][-1]
    assert (told.realised, told.lent, told.moves.get("realise"), told.moves.get("lend")) == (
        2_500_000,
        5_000_000,
        None,
        5_000_000,
    )
    repay(desk, case(desk, lent).id, 1_000_000, "KW-1")
    assert desk.balance(ZAKAT_FUND) == Balance(realised=2_500_000, lent=4_000_000, repaid=1_000_000)
    assert findings(desk) == []


def test_a_group_borrows_when_it_has_five_to_ten_members(desk: Lender) -> None:
    desk.group = 4
    with pytest.raises(rules.GroupNotForLoan):
        desk.record(desk.one(), loan())
    desk.group = 5
    referral = desk.one()
    desk.record(referral, loan())
    (done,) = desk.complete([referral], approved(), by=desk.approver)
    assert done.outcome == "lent"


def test_a_refusal_needs_its_reason_and_frees_the_money(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, GRANT)
    with pytest.raises(rules.ReasonMissing):
        desk.complete([referral], {"verdict": "refused"}, by=desk.approver)
    (done,) = desk.complete([referral], {"verdict": "refused", "reason": "Sudah dibantu"}, by=desk.approver)
    assert (done.outcome, done.facts) == ("refused", {"asnaf": "miskin", "amount": 0, "instalments": 0})
    assert desk.balance(ZAKAT_FUND) == Balance()
    assert findings(desk) == []


def test_who_assesses_does_not_decide(desk: Lender) -> None:
    referral = desk.one()
    with pytest.raises(rules.NotAssessed):
        desk.complete([referral], approved(), by=desk.approver)
    desk.record(referral, GRANT)
    with pytest.raises(Forbidden):
        desk.complete([referral], approved())
    with pytest.raises(Forbidden):
        desk.record(referral, GRANT, by=desk.approver)
    with pytest.raises(rules.AssessorCannotDecide):
        desk.complete([referral], approved(), by=replace(desk.approver, id=desk.officer.id))


@pytest.mark.parametrize(
    ("work", "refusal", "field"),
    [
        ({**GRANT, "line": None}, rules.LineMissing, "line"),
        ({**GRANT, "line_source": None}, rules.LineMissing, "line_source"),
        ({**GRANT, "income": 3_000_000}, rules.AboveHadKifayah, "asnaf"),
        ({**GRANT, "amount": 20_000_001}, rules.AboveCeiling, "amount"),
        ({**ASSESSED, "form": "grant"}, rules.AmountMissing, "amount"),
        ({**loan(), "instalments": None}, rules.ScheduleMissing, "instalments"),
        ({**loan(), "first_due": None}, rules.ScheduleMissing, "first_due"),
        (loan(9, 10), lending.TooManyInstalments, "instalments"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Lender, work: dict[str, object], refusal: type[DomainError], field: str
) -> None:
    referral = desk.one()
    with pytest.raises(refusal) as refused:
        desk.record(referral, work)
    assert list(refused.value.fields["errors"]) == [field]
    assert case(desk, referral).state is CaseState.OPEN
    assert desk.balance(ZAKAT_FUND) == Balance()


def test_the_programmes_line_by_member_is_used_where_it_is_set(desk: Lender) -> None:
    referral = desk.one(had_kifayah=500_000)
    with pytest.raises(rules.LineAlreadySet):
        desk.record(referral, GRANT)
    desk.record(referral, {**GRANT, "line": None, "line_source": None})
    assert (case(desk, referral).line, case(desk, referral).line_source) == (2_000_000, "programme")


def test_a_repayment_fills_the_schedule_and_the_fund_may_use_it_again(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, loan(1_000_000, 4))
    desk.complete([referral], approved(), by=desk.approver)
    loan_id = case(desk, referral).id
    repay(desk, loan_id, 300_000, "KW-1")
    with pytest.raises(lending.ReceiptUsed):
        repay(desk, loan_id, 300_000, "KW-1")
    with pytest.raises(lending.MoreThanOwed):
        repay(desk, loan_id, 700_001, "KW-2")
    with desk.database.reading() as session:
        told = loan_queries.standing(session, loan_queries.loan_for(session, desk.officer, loan_id))
    assert [each["paid"] for each in told["schedule"]] == [250_000, 50_000, 0, 0]
    repay(desk, loan_id, 700_000, "KW-2")
    assert desk.balance(ZAKAT_FUND) == Balance(repaid=1_000_000)
    with desk.database.reading() as session:
        assert funds.fund(session, ZAKAT_FUND).free == 100_000_000
    assert findings(desk) == []


def test_arrears_are_what_was_due_before_today_and_is_missing(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, loan(1_000_000, 4))
    desk.complete([referral], approved(), by=desk.approver)
    loan_id = case(desk, referral).id
    with desk.database.transaction() as session:
        today = {"today": clock.today()}  # two of four are due before it
        session.execute(text("UPDATE loan SET lent_on = CAST(:today AS date) - 100"), today)
        session.execute(text("UPDATE loan_instalment SET due_on = CAST(:today AS date) + 30 * number - 75"), today)
    repay(desk, loan_id, 300_000, "KW-1")
    with desk.database.reading() as session:
        (line,) = loan_queries.lines(session, [loan_queries.loan_for(session, desk.officer, loan_id)])
        late = session.scalars(loan_queries.loans_of(desk.officer, lending.LoanState.IN_ARREARS)).all()
        assert [each.id for each in late] == [loan_id]
        assert loan_queries.sums(session, desk.officer).arrears == line["arrears"] == 200_000


def test_a_withdrawn_referral_frees_what_was_reserved_once(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, GRANT)
    gone = StageWithdrawn(journey_id=case(desk, referral).journey_id, referral_id=referral, stage="s", reason="moved")
    for _ in range(2):
        with desk.database.transaction() as session:
            hear_stages_withdrawn(session, [heard(gone)], works=KNOWN)
    assert desk.balance(ZAKAT_FUND) == Balance()
    left = case(desk, referral)
    assert (left.state, left.income, left.asnaf, left.line_source) == (CaseState.WITHDRAWN, None, None, None)
    assert findings(desk) == []


def test_a_second_assessment_replaces_the_first(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, GRANT)
    desk.record(referral, loan(4_000_000))
    assert desk.balance(ZAKAT_FUND) == Balance(reserved=4_000_000)
    desk.record(referral, ASSESSED)
    assert desk.balance(ZAKAT_FUND) == Balance()
    with pytest.raises(rules.AmountMissing):
        desk.complete([referral], approved(), by=desk.approver)


def test_two_officers_cannot_together_pass_the_ceiling(desk: Lender) -> None:
    referrals = [desk.one(ceiling=None) for _ in range(4)]

    def propose(referral: UUID) -> bool:
        try:
            desk.record(referral, {**GRANT, "amount": 40_000_000})
        except FundExhausted:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(propose, referrals)) == 2
    assert desk.balance(ZAKAT_FUND) == Balance(reserved=80_000_000)


def test_two_repayments_at_once_cannot_pass_what_is_owed(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, loan(1_000_000, 4))
    desk.complete([referral], approved(), by=desk.approver)
    loan_id = case(desk, referral).id

    def pay(number: int) -> bool:
        try:
            repay(desk, loan_id, 400_000, f"KW-{number}")
        except lending.MoreThanOwed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(pay, range(4))) == 2
    assert desk.balance(ZAKAT_FUND) == Balance(lent=200_000, repaid=800_000)
    assert findings(desk) == []


def test_the_audit_finds_a_schedule_that_was_changed(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, loan())
    desk.complete([referral], approved(), by=desk.approver)
    with desk.database.transaction() as session:
        session.execute(text("UPDATE loan_instalment SET amount = amount + 1 WHERE number = 1"))
    assert len(findings(desk)) == 1


def test_money_is_not_handed_over_tomorrow_or_after_the_first_instalment(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, {**loan(), "first_due": in_days(-1)})
    with pytest.raises(lending.FirstDueTooEarly):
        desk.complete([referral], approved(), by=desk.approver)
    with pytest.raises(rules.HandedOverInTheFuture):
        desk.complete([referral], {**approved(), "handed_over_on": in_days(1)}, by=desk.approver)
    with pytest.raises(rules.HandOverMissing):
        desk.complete([referral], {"verdict": "approved"}, by=desk.approver)
