"""The four stages from proposal to account, through the worklist: what they leave behind, and what they announce."""

from dataclasses import replace

import pytest

from services.grants.funds.rules import Balance, FundExhausted
from services.grants.goods import rules
from services.grants.goods.rules import GrantState
from shared.events.grants import CommitmentFreed, FreedBecause, FundMoved, GoodsHandedOver
from shared.events.intake import StageWithdrawn
from shared.events.referrals import ReferralCompleted
from shared.kernel import clock, ids
from shared.kernel.errors import Forbidden
from shared.referrals.handlers import hear_stages_withdrawn
from tests.announcements import announced
from tests.grants.desk import AS_AGREED, KNOWN, RAB, TOTAL, Desk, deed, found, heard, order, sk


def test_a_grant_goes_from_proposal_to_an_account_that_reconciles(desk: Desk) -> None:
    journey, referral = desk.ordered()
    (handed_over,) = desk.complete([referral], {"deed": deed(), "lines": AS_AGREED})
    assert (handed_over.outcome, handed_over.facts) == (
        "as-agreed",
        {"amount": TOTAL, "lines": 2, "handed_over_on": clock.today().isoformat(), "bast_number": "BAST-01"},
    )
    (account,) = desk.take("accountability", [journey])
    desk.record(
        account,
        {
            "lines": [
                {"number": 1, "spent": 6_000_000, "receipt": "KW-1"},
                {"number": 2, "spent": 9_000_000, "receipt": "KW-2"},
            ]
        },
    )
    (accounted,) = desk.complete([account])
    assert (accounted.outcome, accounted.facts) == ("accepted", {"spent": TOTAL})
    assert desk.grant(journey).state is GrantState.ACCOUNTED
    assert desk.balance() == Balance(realised=TOTAL)
    assert [each.moves for each in announced(desk.database) if isinstance(each, FundMoved)] == [
        {"reserve": TOTAL},
        {"commit": TOTAL},
        {"realise": TOTAL},
    ]


def test_a_proposal_sets_no_money_aside(desk: Desk) -> None:
    (journey,) = desk.propose()
    assert desk.grant(journey).state is GrantState.PROPOSED
    assert desk.balance() == Balance()
    (completed,) = [each for each in announced(desk.database) if isinstance(each, ReferralCompleted)]
    assert (completed.outcome, completed.facts) == ("submitted", {"total": TOTAL, "lines": 2})


def test_a_proposal_without_lines_or_above_the_ceiling_is_refused(desk: Desk) -> None:
    (referral,) = desk.take("proposal", [ids.new_id()])
    with pytest.raises(rules.EmptyRab):
        desk.complete([referral])
    with pytest.raises(rules.RabAboveCeiling):
        desk.record(referral, {"lines": [{**RAB[0], "quantity": 6}]})


def test_an_applicant_who_steps_back_withdraws_her_proposal(desk: Desk) -> None:
    journey = ids.new_id()
    (done,) = desk.complete(desk.take("proposal", [journey]), {"outcome": "withdrawn"})
    assert (done.outcome, done.facts) == ("withdrawn", {"total": 0, "lines": 0})
    assert desk.grant(journey).state is GrantState.WITHDRAWN


def test_a_proposal_that_comes_back_to_be_mended_is_the_same_grant(desk: Desk) -> None:
    (journey,) = desk.propose()
    before = desk.grant(journey).id
    (again,) = desk.take("proposal", [journey], attempt=2)
    desk.complete([again], {"lines": RAB[:1]})
    grant = desk.grant(journey)
    assert (grant.id, grant.total, grant.state) == (before, 6_000_000, GrantState.PROPOSED)


def test_preparing_a_decision_reserves_and_signing_it_commits(desk: Desk) -> None:
    (journey,) = desk.propose()
    referrals = desk.prepare([journey])
    assert desk.balance() == Balance(reserved=TOTAL)
    (signed,) = desk.complete(referrals, by=desk.approver)
    assert desk.balance() == Balance(committed=TOTAL)
    told = {"sk_number": "460/112/SK/2023", "sk_date": signed.facts["sk_date"], "amount": TOTAL}
    assert (signed.outcome, signed.facts) == ("accepted", told)


def test_forty_decisions_are_signed_at_once_and_move_the_fund_once(desk: Desk) -> None:
    desk.granted(40)
    assert desk.balance() == Balance(committed=600_000_000)
    assert [each.moves for each in announced(desk.database) if isinstance(each, FundMoved)][-1] == {
        "commit": 600_000_000
    }
    (late,) = desk.propose()
    (referral,) = desk.take("decision", [late])
    with pytest.raises(FundExhausted):
        desk.record(referral, sk())
    desk.record(referral, sk("reserve"))
    (listed,) = desk.complete([referral], by=desk.approver)
    assert (listed.outcome, listed.facts["amount"]) == ("reserve", 0)
    assert desk.grant(late).state is GrantState.RESERVE_LISTED
    assert desk.balance() == Balance(committed=600_000_000)


def test_a_change_of_mind_before_signing_lets_go_of_the_reservation(desk: Desk) -> None:
    (journey,) = desk.propose()
    (referral,) = desk.prepare([journey])
    desk.record(referral, sk("refused"))
    assert desk.balance() == Balance()
    desk.complete([referral], by=desk.approver)
    assert desk.grant(journey).state is GrantState.REFUSED


def test_an_approver_may_say_the_decision_and_sign_it_in_one_step(desk: Desk) -> None:
    (journey,) = desk.propose()
    (signed,) = desk.complete(desk.take("decision", [journey]), sk(), by=desk.approver)
    assert signed.outcome == "accepted"
    assert desk.balance() == Balance(committed=TOTAL)


def test_nothing_is_signed_that_was_not_prepared(desk: Desk) -> None:
    referrals = desk.take("decision", desk.propose())
    with pytest.raises(rules.DecisionNotPrepared):
        desk.complete(referrals, by=desk.approver)


def test_who_verifies_does_not_approve(desk: Desk) -> None:
    referrals = desk.prepare(desk.propose())
    with pytest.raises(Forbidden):
        desk.complete(referrals, by=desk.officer)


def test_who_proposed_does_not_sign_whatever_her_role_has_become(desk: Desk) -> None:
    referrals = desk.prepare(desk.propose())
    promoted = replace(desk.approver, id=desk.officer.id)
    with pytest.raises(rules.ProposerCannotDecide):
        desk.complete(referrals, by=promoted)


def test_goods_differ_from_the_rab_and_are_taken_line_by_line_while_the_deficit_stays_open(desk: Desk) -> None:
    _, referral = desk.ordered()
    lines = [found(1, "damaged", 1, 3_000_000), found(2, "as-agreed", 40, 220_000)]
    (done,) = desk.complete([referral], {"deed": deed(), "lines": lines})
    assert done.outcome == "short"
    # one freezer and all the rice came; the other freezer stays committed, what the rice saved is free again
    assert desk.balance() == Balance(committed=3_000_000, realised=11_800_000)
    (news,) = [each for each in announced(desk.database) if isinstance(each, GoodsHandedOver)]
    assert (news.amount, news.lines, news.open_lines) == (11_800_000, 2, 1)


def test_a_price_above_the_rab_is_refused_unless_fewer_are_taken(desk: Desk) -> None:
    _, referral = desk.ordered()
    with pytest.raises(rules.AboveRab):
        desk.record(referral, {"deed": deed(), "lines": [found(1, "as-agreed", 2, 3_100_000)]})
    desk.record(referral, {"deed": deed(), "lines": [found(1, "short", 1, 3_100_000)]})


def test_a_deed_has_to_speak_of_every_open_line(desk: Desk) -> None:
    _, referral = desk.ordered()
    with pytest.raises(rules.DeedIncomplete):
        desk.complete([referral], {"deed": deed(), "lines": AS_AGREED[:1]})


def test_goods_are_not_handed_over_before_they_are_ordered(desk: Desk) -> None:
    (referral,) = desk.take("hand-over", desk.granted())
    with pytest.raises(rules.NothingOrdered):
        desk.record(referral, {"deed": deed(), "lines": AS_AGREED})


def test_a_hand_over_where_nothing_is_taken_is_refused_and_moves_no_money(desk: Desk) -> None:
    journey, referral = desk.ordered()
    lines = [found(1, "refused", 0, 3_000_000), found(2, "refused", 0, 225_000)]
    (done,) = desk.complete([referral], {"deed": deed(), "lines": lines})
    assert (done.outcome, done.facts["amount"], done.facts["lines"]) == ("refused", 0, 0)
    assert desk.grant(journey).state is GrantState.ACCEPTED
    assert desk.balance() == Balance(committed=TOTAL)


def test_a_document_of_tomorrow_is_refused_at_its_own_field(desk: Desk) -> None:
    (decision,) = desk.take("decision", desk.propose(1))
    (bare,) = desk.take("hand-over", desk.granted())
    _, ordered = desk.ordered()
    whole = {"deed": {**deed(), "handed_over_on": "2999-01-01"}, "lines": AS_AGREED}
    for field, ahead in (
        ("sk_date", lambda: desk.record(decision, {**sk(), "sk_date": "2999-01-01"})),
        ("sk_date", lambda: desk.complete([decision], {**sk(), "sk_date": "2999-01-01"}, by=desk.approver)),
        ("order.ordered_on", lambda: desk.record(bare, {"order": {**order(), "ordered_on": "2999-01-01"}})),
        ("deed.handed_over_on", lambda: desk.complete([ordered], whole)),
    ):
        with pytest.raises(rules.InTheFuture) as refused:
            ahead()
        assert list(refused.value.errors) == [field]


def test_an_account_that_does_not_reconcile_can_only_be_closed_as_incomplete(desk: Desk) -> None:
    journey, referral = desk.ordered()
    desk.complete([referral], {"deed": deed(), "lines": AS_AGREED})
    (account,) = desk.take("accountability", [journey])
    report = {"lines": [{"number": 1, "spent": 6_000_000, "receipt": "KW-1"}]}
    with pytest.raises(rules.DoesNotReconcile):
        desk.complete([account], report)
    (done,) = desk.complete([account], {**report, "outcome": "incomplete"})
    assert (done.outcome, done.facts) == ("incomplete", {"spent": 6_000_000})
    assert desk.grant(journey).state is GrantState.HANDED_OVER


def test_a_withdrawn_hand_over_frees_what_was_not_delivered(desk: Desk) -> None:
    journey, referral = desk.ordered()
    gone = StageWithdrawn(journey_id=journey, referral_id=referral, stage="hand-over", reason="moved")
    for _ in range(2):  # hearing it twice frees it once
        with desk.database.transaction() as session:
            hear_stages_withdrawn(session, [heard(gone)], works=KNOWN)
    assert desk.balance() == Balance()
    (freed,) = [each for each in announced(desk.database) if isinstance(each, CommitmentFreed)]
    assert (freed.amount, freed.because) == (TOTAL, FreedBecause.WITHDRAWN)
    # the SK stays: offered again, the next order commits the money once more
    (again,) = desk.take("hand-over", [journey], attempt=2)
    desk.record(again, {"order": order("SP-02")})
    assert desk.balance() == Balance(committed=TOTAL)
