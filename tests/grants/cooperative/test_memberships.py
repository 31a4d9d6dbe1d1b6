"""Joining and founding cooperatives, what members save, and the capital that they are lent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.grants.cooperative import queries, rules
from services.grants.cooperative.commands import cooperatives, savings
from services.grants.cooperative.models import Cooperative
from services.grants.cooperative.rules import Membership, Saving
from services.grants.funds.rules import Balance
from services.grants.loans import queries as loans
from services.operate import audit
from shared.events.intake import PersonsMerged, StageWithdrawn
from shared.kernel import clock, ids
from shared.kernel.errors import DomainError, Forbidden
from shared.persons.handlers import hear_persons_merged
from shared.referrals.handlers import hear_stages_withdrawn
from shared.storage import Database
from tests.grants.desk import KNOWN, heard
from tests.grants.lender import CAPITAL_FUND, Lender, in_days, koperasi

SAVINGS = {"pokok": 500_000, "wajib": 50_000, "sukarela": 20_000, "receipt": "KS-1"}


@pytest.fixture
def desk(grants_db: Database) -> Lender:
    return koperasi(grants_db, group=5)


def existing(desk: Lender, name: str = "Koperasi Wanita Melati") -> UUID:
    with desk.database.transaction() as session:
        formed_on = clock.today() - timedelta(days=900)
        return cooperatives.register(
            session, desk.officer, name=name, area="52.71.01", formed_on=formed_on, legal_number="AHU-1"
        ).id


def capital(amount: int = 6_000_000) -> dict[str, Any]:
    return {"amount": amount, "instalments": 12, "first_due": in_days(30)}


MEMBER = {"outcome": "member"}


def lent() -> dict[str, Any]:
    return MEMBER | {"loan_verdict": "approved", "document": "AKAD-1", "handed_over_on": in_days(0)}


def findings(desk: Lender) -> list[str]:
    with desk.database.reading() as session:
        return [*audit._money(session)]


def standing(desk: Lender, cooperative: UUID) -> dict[str, Any]:
    with desk.database.reading() as session:
        return queries.standing(session, session.get_one(Cooperative, cooperative))


def test_a_kube_of_five_joins_or_merges(desk: Lender) -> None:
    alone = desk.one()
    desk.record(alone, {"name": "Koperasi Mawar"})
    with pytest.raises(rules.FoundersMissing):  # it cannot found one alone
        desk.complete([alone], MEMBER)
    with_it = desk.one()
    desk.record(with_it, {"name": "Koperasi Mawar"})  # another KUBE of five merges with it into one
    done = desk.complete([alone, with_it], MEMBER)
    assert {each.outcome for each in done} == {"formed"}
    joining = desk.one()
    cooperative = existing(desk)
    desk.record(joining, {"cooperative_id": str(cooperative)})  # a third joins one that exists
    (done_joining,) = desk.complete([joining], MEMBER)
    assert (done_joining.outcome, done_joining.facts) == ("joined", {"savings": 0, "loan": 0})
    with desk.database.reading() as session:
        found = session.scalars(select(Cooperative).where(Cooperative.name == "Koperasi Mawar")).one()
        assert found.formed_on == clock.today()
        assert queries.founders(session, [found.id]) == {found.id: 10}


def test_a_kube_that_could_not_found_one_may_change_to_an_existing_one(desk: Lender) -> None:
    referral = desk.one()
    desk.record(referral, {"name": "Koperasi Mawar"})
    desk.record(referral, {"cooperative_id": str(existing(desk))})
    (done,) = desk.complete([referral], MEMBER)
    assert done.outcome == "joined"
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Cooperative)) == 1  # the one nobody founds is forgotten


def test_nine_women_found_a_cooperative_and_eight_do_not(desk: Lender) -> None:
    desk.group = None
    women = [desk.one() for _ in range(9)]
    for each in women[:8]:
        desk.record(each, {"name": "Koperasi Perempuan"})
    with pytest.raises(rules.FoundersMissing) as refused:
        desk.complete(women[:8], MEMBER)
    assert list(refused.value.fields["errors"]) == ["cooperative_id"]
    desk.record(women[8], {"name": "Koperasi Perempuan"})
    assert {each.outcome for each in desk.complete(women, MEMBER)} == {"formed"}
    late = desk.one()
    with desk.database.reading() as session:
        (choice,) = queries.choices(session, desk.officer.office)
    desk.record(late, {"cooperative_id": choice["id"]})
    assert desk.complete([late], MEMBER)[0].outcome == "joined"


def test_founders_who_write_the_same_name_at_once_found_one_cooperative(desk: Lender) -> None:
    referrals = [desk.one() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: desk.record(each, {"name": "Koperasi Mawar"}), referrals))
    with desk.database.reading() as session:
        assert [each["persons"] for each in queries.choices(session, desk.officer.office)] == [20]


def test_savings_are_a_ledger_from_the_first_day(desk: Lender) -> None:
    referral, cooperative = desk.one(), existing(desk)
    desk.record(referral, {"cooperative_id": str(cooperative), "savings": SAVINGS})
    desk.record(referral, {"cooperative_id": str(cooperative), "savings": SAVINGS})
    (done,) = desk.complete([referral], MEMBER)
    assert done.facts == {"savings": 570_000, "loan": 0}
    (member,) = standing(desk, cooperative)["members"]
    assert member["savings"] == {"pokok": 500_000, "wajib": 50_000, "sukarela": 20_000}

    def save(kind: Saving, amount: int, *, taken_back: bool = False) -> None:
        with desk.database.transaction() as session:
            savings.save_money(
                session,
                desk.officer,
                cooperative,
                member_id=member["id"],
                kind=kind,
                amount=amount,
                taken_back=taken_back,
                saved_on=clock.today(),
                receipt="KS-2",
            )

    save(Saving.WAJIB, 50_000)
    save(Saving.SUKARELA, 15_000, taken_back=True)
    with pytest.raises(rules.PokokPaid):
        save(Saving.POKOK, 500_000)
    with pytest.raises(rules.StaysIn):
        save(Saving.WAJIB, 50_000, taken_back=True)
    with pytest.raises(rules.MoreThanSaved):
        save(Saving.SUKARELA, 5_001, taken_back=True)
    assert standing(desk, cooperative)["saved"] == 605_000
    assert findings(desk) == []


def test_two_who_take_back_at_once_cannot_take_more_than_is_saved(desk: Lender) -> None:
    referral, cooperative = desk.one(), existing(desk)
    desk.record(referral, {"cooperative_id": str(cooperative), "savings": SAVINGS})
    desk.complete([referral], MEMBER)
    (member,) = standing(desk, cooperative)["members"]

    def take(number: int) -> bool:
        try:
            with desk.database.transaction() as session:
                savings.save_money(
                    session,
                    desk.officer,
                    cooperative,
                    member_id=member["id"],
                    kind=Saving.SUKARELA,
                    amount=12_000,
                    taken_back=True,
                    saved_on=clock.today(),
                    receipt=f"KS-{number}",
                )
        except rules.MoreThanSaved:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(take, range(3))) == 1
    assert findings(desk) == []


def test_capital_is_recorded_by_an_officer_and_lent_by_an_approver(desk: Lender) -> None:
    referral, cooperative = desk.one(), existing(desk)
    desk.record(referral, {"cooperative_id": str(cooperative), "loan": capital()})
    assert desk.balance(CAPITAL_FUND) == Balance(reserved=6_000_000)
    with pytest.raises(Forbidden):
        desk.complete([referral], lent())
    with pytest.raises(rules.LoanUndecided):
        desk.complete([referral], MEMBER, by=desk.approver)
    (done,) = desk.complete([referral], lent(), by=desk.approver)
    assert (done.outcome, done.facts) == ("joined", {"savings": 0, "loan": 6_000_000})
    assert desk.balance(CAPITAL_FUND) == Balance(lent=6_000_000)
    with desk.database.reading() as session:
        (found,) = session.scalars(loans.loans_of(desk.officer)).all()
        told = loans.standing(session, found)
    assert sum(each["amount"] for each in told["schedule"]) == 6_000_000
    assert findings(desk) == []


def test_a_refused_loan_leaves_the_membership_and_frees_the_money(desk: Lender) -> None:
    referral, cooperative = desk.one(), existing(desk)
    desk.record(referral, {"cooperative_id": str(cooperative), "loan": capital()})
    (done,) = desk.complete([referral], MEMBER | {"loan_verdict": "refused"}, by=desk.approver)
    assert (done.outcome, done.facts) == ("joined", {"savings": 0, "loan": 0})
    assert desk.balance(CAPITAL_FUND) == Balance()
    assert findings(desk) == []


@pytest.mark.parametrize(
    ("work", "settings", "refusal"),
    [
        ({}, {}, rules.JoinOrForm),
        ({"name": "A", "cooperative_id": str(ids.new_id())}, {}, rules.JoinOrForm),
        ({"cooperative_id": str(ids.new_id())}, {}, queries.NoSuchCooperative),
        ({"name": "A", "loan": capital()}, {"fund": None}, rules.NoLoanHere),
        ({"name": "A", "loan": capital(10_000_001)}, {}, rules.LoanAboveCeiling),
        ({"name": "A", "loan": {"amount": 1_000_000}}, {}, rules.LoanIncomplete),
        ({"name": "A", "savings": {"pokok": 100_000}}, {}, rules.ReceiptMissing),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Lender, work: dict[str, Any], settings: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal) as refused:
        desk.record(desk.one(**settings), work)
    assert refused.value.fields["errors"]
    assert findings(desk) == []


def test_not_joining_needs_its_reason(desk: Lender) -> None:
    referral = desk.one()
    with pytest.raises(rules.NothingRecorded):
        desk.complete([referral], MEMBER)
    with pytest.raises(rules.ReasonMissing):
        desk.complete([referral], {"outcome": "not-joined"})
    desk.record(referral, {"name": "Koperasi Mawar", "loan": capital()})
    (done,) = desk.complete([referral], {"outcome": "not-joined", "reason": "Pindah"})
    assert (done.outcome, done.facts) == ("not-joined", {"savings": 0, "loan": 0})
    assert desk.balance(CAPITAL_FUND) == Balance()
    with desk.database.reading() as session:
        assert queries.choices(session, desk.officer.office) == []
    assert findings(desk) == []


def test_who_comes_back_goes_on_as_a_member_and_counts_once(desk: Lender) -> None:
    subject, cooperative = ids.new_id(), existing(desk)
    first, again = desk.one(subject=subject), desk.one(subject=subject)
    paid = {"pokok": 100_000, "wajib": 20_000, "receipt": "KS-1"}
    desk.record(first, {"cooperative_id": str(cooperative), "savings": paid})
    desk.complete([first], MEMBER)
    with pytest.raises(rules.PokokPaid):
        desk.record(again, {"cooperative_id": str(cooperative), "savings": paid})
    desk.record(again, {"cooperative_id": str(cooperative), "savings": {"wajib": 20_000, "receipt": "KS-2"}})
    (done,) = desk.complete([again], MEMBER)
    assert (done.outcome, done.facts) == ("joined", {"savings": 20_000, "loan": 0})
    with desk.database.reading() as session:
        assert queries.memberships_of(session, subject) == [cooperative]
        standing = queries.standing(session, session.get_one(Cooperative, cooperative))
    assert [each["savings"]["wajib"] for each in standing["members"]] == [40_000]
    assert standing["persons"] == standing["members"][0]["persons"]
    assert findings(desk) == []


def test_who_comes_back_under_another_of_her_records_goes_on_as_a_member(desk: Lender) -> None:
    record, person, cooperative = ids.new_id(), ids.new_id(), existing(desk)
    paid = {"pokok": 100_000, "wajib": 20_000, "receipt": "KS-1"}
    first, again = desk.one(subject=record), desk.one(subject=person)
    desk.record(first, {"cooperative_id": str(cooperative), "savings": paid})
    desk.complete([first], MEMBER)
    with desk.database.transaction() as session:
        hear_persons_merged(session, [heard(PersonsMerged(record_id=record, person_id=person, revision=1))])
        for each in (record, person):
            assert queries.memberships_of(session, each) == [cooperative]
    with pytest.raises(rules.PokokPaid):
        desk.record(again, {"cooperative_id": str(cooperative), "savings": paid})


def test_the_same_group_does_not_join_by_two_referrals_at_once(desk: Lender) -> None:
    subject, cooperative = ids.new_id(), existing(desk)
    first, second = desk.one(subject=subject), desk.one(subject=subject)
    desk.record(first, {"cooperative_id": str(cooperative)})
    with pytest.raises(rules.AlreadyJoining):
        desk.record(second, {"cooperative_id": str(cooperative)})


def test_a_withdrawn_referral_no_longer_counts_as_founder(desk: Lender) -> None:
    leaving, staying = desk.one(), desk.one()
    for each in (leaving, staying):
        desk.record(each, {"name": "Koperasi Mawar", "loan": capital(1_000_000)})
    gone = StageWithdrawn(journey_id=ids.new_id(), referral_id=leaving, stage="support", reason="moved")
    for _ in range(2):
        with desk.database.transaction() as session:
            hear_stages_withdrawn(session, [heard(gone)], works=KNOWN)
    assert desk.balance(CAPITAL_FUND) == Balance(reserved=1_000_000)
    with desk.database.reading() as session:
        member = queries.member_of(session, leaving)
        assert member is not None
        assert member.state is Membership.WITHDRAWN
        assert [each["persons"] for each in queries.choices(session, desk.officer.office)] == [5]
    with pytest.raises(rules.FoundersMissing):
        desk.complete([staying], lent(), by=desk.approver)
    assert findings(desk) == []
