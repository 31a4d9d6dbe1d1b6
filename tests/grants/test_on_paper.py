"""Aid that was given on paper before Kail counts: for its fund, for its people, and until it is accounted for."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.grants import worker
from services.grants.entitlements import queries as entitlements
from services.grants.entitlements.models import AidClaim
from services.grants.entitlements.rules import AidGivenBefore, ClaimState
from services.grants.funds import queries as funds
from services.grants.funds.models import Fund, FundEntry, PaperPayment
from services.grants.funds.rules import FundExhausted
from services.grants.goods.models import Grant, RabLine
from services.grants.goods.rules import DoesNotReconcile, GrantState
from shared.events.intake import StageBroughtIn, SubjectKind
from shared.kernel import ids
from shared.referrals.models import Referral
from tests.grants.desk import FUND, TOTAL, Desk, heard, sk, somebody

DAY = date(2023, 3, 31)


def told(desk: Desk, journey: UUID, stage: str, outcome: str, **facts: Any) -> StageBroughtIn:
    """A stage that was done on paper, as intake tells it; a hand-over with whom it was for."""
    does = {"zakat": "grants.zakat"}.get(stage, f"grants.goods-{stage}")
    people = desk.people.setdefault(journey, [somebody() for _ in range(5)])
    gives = outcome in ("as-agreed", "granted")
    known = [{name: each[name] for name in ("person", "household")} for each in people]
    return StageBroughtIn(
        journey_id=journey,
        referral_id=ids.new_id(),
        programme="kube-kaltim-2023",
        version=1,
        stage=stage,
        attempt=1,
        does=does,
        agency="dinsos",
        office="dinsos-kaltim",
        sender_office="dinsos-kaltim",
        area="64.02.05.2001",
        subject_kind=SubjectKind.GROUP,
        subject_id=ids.new_id(),
        settings={"fund": FUND},
        outcome=outcome,
        facts=facts,
        done_on=DAY,
        entered_on=date(2024, 1, 15),
        entered_by=ids.new_id(),
        paper=f"460/{stage}",
        aid={**desk.terms_of("kube-kaltim-2023"), "beneficiaries": known} if gives else None,
    )


def chain(desk: Desk, journey: UUID, amount: int = TOTAL) -> list[StageBroughtIn]:
    return [
        told(desk, journey, "proposal", "submitted", total=amount),
        told(desk, journey, "decision", "accepted", sk_number="460/decision", amount=amount),
        told(desk, journey, "hand-over", "as-agreed", amount=amount, handed_over_on=DAY.isoformat()),
    ]


def hear(desk: Desk, *said: StageBroughtIn) -> None:
    with desk.database.transaction() as session:
        worker.hear_stages_brought_in(session, [heard(each) for each in said])


def fund(desk: Desk) -> Fund:
    with desk.database.reading() as session:
        return session.get_one(Fund, FUND)


def test_goods_handed_over_on_paper_are_spent_once_however_often_they_are_heard(desk: Desk) -> None:
    journey = ids.new_id()
    said = chain(desk, journey)
    for _ in range(2):
        hear(desk, *said)
    hear(desk, said[-1])
    found = fund(desk)
    assert (found.on_paper, found.free, found.balance.used) == (TOTAL, 600_000_000 - TOTAL, 0)
    grant = desk.grant(journey)
    assert (grant.state, grant.total, grant.on_paper, grant.paper) == (
        *(GrantState.HANDED_OVER, TOTAL, DAY, "460/hand-over"),
    )
    assert (grant.sk_number, grant.decided_on) == ("460/decision", DAY)
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FundEntry)) == 0
        assert session.scalar(select(func.count()).select_from(PaperPayment)) == 1
        (line,) = session.scalars(select(RabLine))
        assert (line.item, line.realised, line.received) == ("Barang menurut BAST 460/hand-over", TOTAL, 1)
        claims = session.scalars(select(AidClaim)).all()
        assert sum(each.amount for each in claims) == TOTAL
        assert {(each.state, each.kind, each.budget_year) for each in claims} == {
            (ClaimState.REALISED, "grants.goods-decision", 2023)
        }
        assert len(session.scalars(select(Referral).where(Referral.on_paper == DAY)).all()) == 3
        assert [*funds.audit(session), *entitlements.audit(session)] == []
        assert funds.strangers(session, select(Grant.id, Grant.office)) == []


def test_what_was_given_on_paper_is_accounted_for_in_kail(desk: Desk) -> None:
    journey = ids.new_id()
    hear(desk, *chain(desk, journey))
    (account,) = desk.take("accountability", [journey])
    desk.record(account, {"lines": [{"number": 1, "spent": TOTAL - 1, "receipt": "K-1"}]})
    with pytest.raises(DoesNotReconcile):
        desk.complete([account], {"outcome": "accepted"})
    desk.record(account, {"lines": [{"number": 1, "spent": TOTAL, "receipt": "K-1"}]})
    desk.complete([account], {"outcome": "accepted"})
    assert desk.grant(journey).state is GrantState.ACCOUNTED


def test_a_fund_gives_no_more_than_its_papers_have_left_of_it(desk: Desk) -> None:
    for _ in range(39):
        hear(desk, *chain(desk, ids.new_id()))
    one, other = desk.propose(2)
    desk.decide([one])
    assert fund(desk).free == 0
    (referral,) = desk.take("decision", [other])
    with pytest.raises(FundExhausted):
        desk.record(referral, sk())
    assert desk.balance().committed == TOTAL


def test_a_paper_that_comes_late_stops_nothing_that_was_set_aside_before(desk: Desk) -> None:
    (journey,) = desk.propose()
    prepared = desk.prepare([journey])
    hear(desk, *chain(desk, ids.new_id(), 599_999_999))
    desk.complete(prepared, by=desk.approver)
    assert (desk.balance().committed, fund(desk).free) == (TOTAL, 0)


def test_a_fund_opened_after_its_papers_were_heard_counts_them(desk: Desk) -> None:
    said = told(desk, ids.new_id(), "zakat", "granted", amount=1_500_000)
    hear(desk, replace(said, settings={"fund": "zakat-later"}))
    desk.open_fund(10_000_000, "zakat-later")
    with desk.database.reading() as session:
        found = session.get_one(Fund, "zakat-later")
        assert (found.on_paper, found.free) == (1_500_000, 8_500_000)
        assert {each.kind for each in session.scalars(select(AidClaim))} == {"grants.zakat"}


def test_whoever_had_her_share_on_paper_has_no_second_one_in_the_year(desk: Desk) -> None:
    first, second = ids.new_id(), ids.new_id()
    desk.people[second] = desk.people.setdefault(first, [somebody() for _ in range(5)])
    hear(desk, *chain(desk, first))
    desk.propose(journeys=[second])
    (referral,) = desk.take("decision", [second])
    with pytest.raises(AidGivenBefore):
        desk.record(referral, sk())


def test_a_stage_that_gave_nothing_on_paper_moves_nothing(desk: Desk) -> None:
    hear(desk, *chain(desk, ids.new_id())[:2])
    assert fund(desk).on_paper == 0
    with desk.database.reading() as session:
        assert session.scalars(select(Grant)).all() == []
        assert session.scalars(select(AidClaim)).all() == []
