"""Claims through the stages of a goods grant: reserved before it is approved, then committed, realised or released."""

import pytest
from sqlalchemy import select, update

from services.grants.entitlements import queries, rules
from services.grants.entitlements.handlers import hear_journeys_ended, hear_particulars_shared, subscriber_hears
from services.grants.entitlements.models import AidAcknowledgement, AidBeneficiary, AidClaim
from services.grants.entitlements.rules import ClaimState
from services.grants.funds.commands import close_year
from services.grants.goods.commands import orders
from shared.events.intake import (
    ConsentWithdrawn,
    JourneyEnded,
    JourneyOutcome,
    ParticularsShared,
    SharedReferral,
    StageWithdrawn,
)
from shared.kernel import clock, ids
from shared.referrals.handlers import hear_stages_withdrawn
from shared.referrals.models import Referral
from tests.announcements import announced
from tests.grants.desk import AS_AGREED, FUND, HEAD, KNOWN, TOTAL, Desk, deed, found, heard, on, order, sk, somebody
from tests.grants.entitlements.stories import KUBE, REASON, WRSE, claims, granted, journey, states


def test_group_aid_counts_as_a_share_for_each_member(desk: Desk) -> None:
    group = granted(desk, [somebody() for _ in range(5)])
    assert [(each.amount, each.state) for each in claims(desk, group)] == [(3_000_000, ClaimState.COMMITTED)] * 5


def test_what_does_not_divide_goes_to_the_first_and_nothing_is_lost(desk: Desk) -> None:
    group = granted(desk, [somebody() for _ in range(7)])
    assert sum(each.amount for each in claims(desk, group)) == TOTAL
    assert {each.amount for each in claims(desk, group)} == {2_142_857, 2_142_858}


def test_aid_is_reserved_before_approval_so_that_two_agencies_cannot_both_commit(desk: Desk) -> None:
    ana = somebody()
    first = desk.prepare([journey(desk, [ana, somebody()])])
    (second,) = desk.take("decision", [journey(desk, [ana], WRSE)])
    with pytest.raises(rules.AidExcluded) as refused:
        desk.record(second, sk())
    assert (refused.value.fields["other"], refused.value.fields["members"]) == (KUBE, 1)
    assert refused.value.fields["office"] == "Dinas Sosial Provinsi Kalimantan Timur"
    assert list(refused.value.errors) == ["verdict"]
    desk.record(second, sk("refused"))
    desk.complete([second], by=desk.approver)
    desk.complete(first, by=desk.approver)
    with desk.database.reading() as session:
        assert queries.audit(session) == []


def test_a_refusal_is_whole_no_money_and_no_claim_stays_behind(desk: Desk) -> None:
    ana = somebody()
    granted(desk, [ana])
    before = desk.balance()
    other = journey(desk, [ana], WRSE)
    (referral,) = desk.take("decision", [other])
    with pytest.raises(rules.AidExcluded):
        desk.record(referral, sk())
    assert desk.balance() == before
    assert claims(desk, other) == []


def test_a_change_of_mind_before_signing_lets_go_of_the_claims(desk: Desk) -> None:
    ana = somebody()
    first = journey(desk, [ana])
    (referral,) = desk.prepare([first])
    assert states(desk, first) == {ClaimState.RESERVED}
    desk.record(referral, sk("refused"))
    assert states(desk, first) == {ClaimState.RELEASED}
    granted(desk, [ana], WRSE)


def test_the_stricter_of_two_programmes_counts_from_either_side(desk: Desk) -> None:
    ana = somebody()
    desk.terms["lain-2023"] = {"budget_year": 2023, "compatibility": []}
    desk.terms["ketat-2023"] = {
        "budget_year": 2023,
        "compatibility": [{"with": "lain-2023", "policy": "block", "per": "person"}],
    }
    granted(desk, [ana], "ketat-2023")
    (referral,) = desk.take("decision", [journey(desk, [ana], "lain-2023")])
    with pytest.raises(rules.AidExcluded):
        desk.record(referral, sk())


def test_a_household_policy_catches_husband_and_wife(desk: Desk) -> None:
    home = ids.new_id()
    wife, husband = somebody(None, home), somebody(None, home)
    desk.terms["rumah-2023"] = {
        "budget_year": 2023,
        "compatibility": [{"with": KUBE, "policy": "block", "per": "household"}],
    }
    granted(desk, [husband, somebody()])
    (referral,) = desk.take("decision", [journey(desk, [wife], "rumah-2023")])
    with pytest.raises(rules.AidExcluded):
        desk.record(referral, sk())
    granted(desk, [wife], WRSE)  # a policy per person leaves the wife free


def test_another_budget_year_is_another_aid(desk: Desk) -> None:
    ana = somebody()
    block = [{"with": KUBE, "policy": "block", "per": "person"}]
    granted(desk, [ana])
    for year in (2023, 2024):
        desk.terms[f"tahun-{year}"] = {"budget_year": year, "compatibility": block}
    granted(desk, [ana], "tahun-2024")
    (referral,) = desk.take("decision", [journey(desk, [ana], "tahun-2023")])
    with pytest.raises(rules.AidExcluded):
        desk.record(referral, sk())


def test_a_warning_needs_an_answer_which_is_kept_with_the_decision(desk: Desk) -> None:
    ana = somebody(None, None, "PKH")
    asked = journey(desk, [ana, somebody()])
    (referral,) = desk.take("decision", [asked])
    with pytest.raises(rules.AidNotAcknowledged) as refused:
        desk.record(referral, sk())
    assert list(refused.value.errors) == ["aid_acknowledged"]
    assert "APBN" in refused.value.message("id")
    desk.record(referral, sk() | {"aid_acknowledged": REASON})
    desk.complete([referral], by=desk.approver)  # the approver signs what the officer has answered for
    with desk.database.reading() as session:
        (kept,) = session.scalars(select(AidAcknowledgement))
        assert (kept.met, kept.reason, kept.officer_id) == ({"PKH": 1}, REASON, desk.officer.id)


def test_a_warning_that_comes_up_after_the_decision_was_prepared_is_the_approvers_to_answer(desk: Desk) -> None:
    desk.terms["baru-2023"] = {
        "budget_year": 2023,
        "compatibility": [{"with": KUBE, "policy": "warn", "per": "person"}],
    }
    ana = somebody()
    (first,) = desk.prepare([journey(desk, [ana])])
    granted(desk, [ana], "baru-2023", aid_acknowledged=REASON)
    with pytest.raises(rules.AidNotAcknowledged):
        desk.complete([first], by=desk.approver)
    desk.complete([first], {"aid_acknowledged": REASON}, by=desk.approver)
    with desk.database.reading() as session:
        assert {each.officer_id for each in session.scalars(select(AidAcknowledgement))} == {
            desk.officer.id,
            desk.approver.id,
        }


def test_a_refusal_needs_no_answer_to_a_warning(desk: Desk) -> None:
    (referral,) = desk.prepare([journey(desk, [somebody(None, None, "PKH")])], "refused")
    desk.complete([referral], by=desk.approver)


def test_whoever_decides_sees_before_what_they_already_receive_and_for_how_many(desk: Desk) -> None:
    ana, home = somebody(), ids.new_id()
    granted(desk, [ana])
    asked = journey(desk, [ana, somebody(None, home, also=("BPNT",))], WRSE)
    (referral,) = desk.take("decision", [asked])
    with desk.database.reading() as session:
        row = session.get_one(Referral, referral)
        seen = KNOWN[row.kind].view(session, row)["aid"]
    assert (seen["year"], seen["people"]) == (2023, 2)
    assert [(each["other"], each["policy"], each["members"], each["amount"]) for each in seen["met"]] == [
        (KUBE, "block", 1, TOTAL),
        ("BPNT", "warn", 1, None),
    ]


def test_nothing_is_granted_to_people_who_are_not_known(desk: Desk) -> None:
    desk.people[unknown := ids.new_id()] = []
    desk.propose(journeys=[unknown])
    (referral,) = desk.take("decision", [unknown])
    with pytest.raises(rules.BeneficiariesUnknown):
        desk.record(referral, sk())
    desk.record(referral, sk("reserve"))


def test_after_a_restore_the_people_are_told_once_more(desk: Desk) -> None:
    asked = journey(desk, [somebody()])
    (referral,) = desk.take("decision", [asked])
    with desk.database.transaction() as session:
        row = session.get_one(Referral, referral)
        row.particulars = None
        session.execute(AidBeneficiary.__table__.delete())
    sealed = {
        "particulars": {"name": "KUBE"},
        "aid": {**desk.terms_of(KUBE), "beneficiaries": desk.people[asked]},
    }
    shared = ParticularsShared(journey_id=asked, referral_id=referral)
    for _ in range(2):
        with desk.database.transaction() as session:
            hear_particulars_shared(session, [heard(shared, sealed), heard(shared)])
    desk.record(referral, sk())
    assert states(desk, asked) == {ClaimState.RESERVED}
    with desk.database.reading() as session:
        assert session.get_one(Referral, referral).particulars == {"name": "KUBE"}


def test_claims_are_released_on_withdrawal(desk: Desk) -> None:
    ana = somebody()
    asked = journey(desk, [ana])
    (referral,) = desk.prepare([asked])
    taken = StageWithdrawn(journey_id=asked, referral_id=referral, stage="decision", reason="stopped")
    for _ in range(2):
        with desk.database.transaction() as session:
            hear_stages_withdrawn(session, [heard(taken)], works=KNOWN)
    assert states(desk, asked) == {ClaimState.RELEASED}
    granted(desk, [ana], WRSE)


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        (JourneyOutcome.WITHDRAWN, ClaimState.RELEASED),
        (JourneyOutcome.STOPPED, ClaimState.RELEASED),
        (JourneyOutcome.REFUSED, ClaimState.RELEASED),
        (JourneyOutcome.GRADUATED, ClaimState.COMMITTED),
    ],
)
def test_a_journey_that_ends_too_early_lets_go_and_nobody_behind_it_is_kept(
    desk: Desk, outcome: JourneyOutcome, left: ClaimState
) -> None:
    asked = granted(desk, [somebody()])
    _end(desk, asked, outcome)
    assert states(desk, asked) == {left}
    with desk.database.reading() as session:
        assert session.scalars(select(AidBeneficiary)).all() == []


def test_what_was_handed_over_stays_on_her_account_when_the_journey_ends(desk: Desk) -> None:
    asked = granted(desk, [ana := somebody()])
    (referral,) = desk.take("hand-over", [asked])
    desk.complete([referral], {"order": order(), "deed": deed(), "lines": AS_AGREED})
    assert states(desk, asked) == {ClaimState.REALISED}
    _end(desk, asked, JourneyOutcome.STOPPED)
    assert states(desk, asked) == {ClaimState.REALISED}
    (other,) = desk.take("decision", [journey(desk, [ana], WRSE)])
    with pytest.raises(rules.AidExcluded):
        desk.record(other, sk())


def test_consent_taken_back_forgets_who_is_behind_and_keeps_what_was_given(desk: Desk) -> None:
    asked = granted(desk, [somebody()])
    with desk.database.reading() as session:
        row = session.scalars(select(Referral).where(Referral.journey_id == asked, Referral.stage == "decision")).one()
    shared = [SharedReferral(stage="decision", does=row.kind, referral_id=row.id)]
    taken_back = ConsentWithdrawn(journey_id=asked, agency="dinsos", referrals=shared, withdrawn_on=clock.today())
    hears = subscriber_hears(KNOWN.values())[ConsentWithdrawn]
    for _ in range(2):
        with desk.database.transaction() as session:
            hears.run(session, [heard(taken_back)])
    with desk.database.reading() as session:
        behind = select(AidBeneficiary.person_id).where(AidBeneficiary.referral_id == row.id)
        assert session.scalars(behind).all() == []
    assert states(desk, asked) == {ClaimState.COMMITTED}


def test_a_vendor_who_fails_leaves_the_claim_where_the_sk_put_it(desk: Desk) -> None:
    asked = granted(desk, [somebody()])
    (referral,) = desk.take("hand-over", [asked])
    desk.record(referral, {"order": order()})
    with desk.database.transaction() as session:
        orders.fail_order(session, desk.officer, on(session, asked), because="Gudang terbakar")
    assert states(desk, asked) == {ClaimState.COMMITTED}


def test_a_budget_approved_again_is_shared_again(desk: Desk) -> None:
    asked = granted(desk, [somebody() for _ in range(5)])
    (referral,) = desk.take("hand-over", [asked])
    desk.record(referral, {"order": order()})
    with desk.database.transaction() as session:
        grant = on(session, asked)
        orders.propose_change(session, desk.officer, grant, 2, quantity=36, unit_price=245_000, reason="Harga naik")
        orders.approve_change(session, desk.approver, grant, 2)
    assert sum(each.amount for each in claims(desk, asked)) == 6_000_000 + 36 * 245_000


def test_at_year_end_claims_lapse_and_a_new_order_claims_them_in_its_funds_year(desk: Desk) -> None:
    asked = granted(desk, [ana := somebody()])
    (referral,) = desk.take("hand-over", [asked])
    with desk.database.transaction() as session:
        close_year(session, HEAD, FUND)
    assert states(desk, asked) == {ClaimState.RELEASED}
    desk.open_fund(fund_id="apbd-kaltim-2024-kube", year=2024)
    desk.record(referral, {"order": order() | {"fund": "apbd-kaltim-2024-kube"}})
    (claim,) = claims(desk, asked)
    assert (claim.state, claim.budget_year, str(claim.person_id)) == (ClaimState.COMMITTED, 2024, ana["person"])


def test_a_lapsed_claim_does_not_come_back_beside_what_excludes_it(desk: Desk) -> None:
    asked = granted(desk, [ana := somebody()])
    (referral,) = desk.take("hand-over", [asked])
    with desk.database.transaction() as session:
        close_year(session, HEAD, FUND)
    desk.open_fund(fund_id="apbd-kaltim-2024-kube", year=2024)
    block = [{"with": KUBE, "policy": "block", "per": "person"}]
    desk.terms["tahun-2024"] = {"budget_year": 2024, "compatibility": block}
    other = journey(desk, [ana], "tahun-2024")
    (decision,) = desk.take("decision", [other], fund="apbd-kaltim-2024-kube")
    desk.record(decision, sk())
    with pytest.raises(rules.AidExcluded):
        desk.record(referral, {"order": order() | {"fund": "apbd-kaltim-2024-kube"}})


def test_whoever_left_the_group_before_it_was_decided_again_has_no_claim(desk: Desk) -> None:
    stays, leaves, comes = somebody(), somebody(), somebody()
    asked = journey(desk, [stays, leaves])
    (first,) = desk.prepare([asked])
    desk.record(first, sk("reserve"))
    desk.complete([first], by=desk.approver)
    desk.people[asked] = [stays, comes]
    (again,) = desk.take("decision", [asked], attempt=2)
    desk.record(again, sk())
    live = {str(each.person_id) for each in claims(desk, asked) if each.state is ClaimState.RESERVED}
    assert live == {stays["person"], comes["person"]}


def test_the_audit_finds_two_claims_that_exclude_each_other(desk: Desk) -> None:
    home = ids.new_id()
    desk.terms["rumah-2023"] = {
        "budget_year": 2023,
        "compatibility": [{"with": KUBE, "policy": "block", "per": "household"}],
    }
    ana = somebody()
    first = granted(desk, [ana, somebody(None, home)])
    second, third = granted(desk, [somebody()], WRSE), granted(desk, [somebody(None, ids.new_id())], "rumah-2023")
    with desk.database.transaction() as session:
        session.execute(update(AidClaim).where(AidClaim.journey_id == second).values(person_id=ana["person"]))
        session.execute(update(AidClaim).where(AidClaim.journey_id == third).values(household_id=home))
    with desk.database.reading() as session:
        findings = queries.audit(session)
    assert [each.check for each in findings] == ["double-aid", "double-aid"]
    assert {each.subject for each in findings} == {str(first)}
    assert {word in "".join(each.says for each in findings) for word in ("person", "household")} == {True}


def test_no_event_names_anybody_behind_a_grant(desk: Desk) -> None:
    ana = somebody(None, ids.new_id())
    granted(desk, [ana])
    said = str(announced(desk.database))
    assert ana["person"] not in said
    assert ana["household"] not in said


def test_a_short_delivery_counts_as_received(desk: Desk) -> None:
    asked = granted(desk, [somebody()])
    (referral,) = desk.take("hand-over", [asked])
    lines = [found(1, "short", 1, 3_000_000), AS_AGREED[1]]
    desk.complete([referral], {"order": order(), "deed": deed(), "lines": lines})
    assert states(desk, asked) == {ClaimState.REALISED}


def _end(desk: Desk, asked: object, outcome: JourneyOutcome) -> None:
    ended = JourneyEnded(journey_id=asked, outcome=outcome, ended_on=clock.today())
    for _ in range(2):
        with desk.database.transaction() as session:
            hear_journeys_ended(session, [heard(ended)])
