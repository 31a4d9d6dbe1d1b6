"""What is done about a grant beside its stages: a vendor fails, a price rises, a rest comes later, a journey ends."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.grants.funds import queries as money
from services.grants.funds.rules import Balance
from services.grants.goods import queries, rules
from services.grants.goods.commands import hand_overs, orders
from services.grants.goods.handlers import hear_journeys_ended
from services.grants.goods.rules import GrantState
from shared.events.grants import CommitmentFreed, FreedBecause, GoodsHandedOver
from shared.events.intake import JourneyEnded, JourneyOutcome
from shared.kernel import clock
from tests.announcements import announced
from tests.grants.desk import AS_AGREED, TOTAL, Desk, deed, found, heard, on, order


def test_a_vendor_who_fails_frees_the_commitment_and_the_sk_stays(desk: Desk) -> None:
    journey, referral = desk.ordered()
    with desk.database.transaction() as session:
        orders.fail_order(session, desk.officer, on(session, journey), because="Gudang vendor terbakar")
    assert desk.balance() == Balance()
    grant = desk.grant(journey)
    assert (grant.state, grant.sk_number) == (GrantState.ACCEPTED, "460/112/SK/2023")
    assert _freed(desk) == [(TOTAL, FreedBecause.VENDOR_FAILED)]
    desk.record(referral, {"order": order("SP-02")})
    assert desk.balance() == Balance(committed=TOTAL)
    with desk.database.reading() as session:
        told = queries.standing(session, grant)["orders"]
    assert [(each["number"], each["state"]) for each in told] == [("SP-01", "failed"), ("SP-02", "placed")]


def test_a_rest_that_comes_later_is_handed_over_by_a_deed_of_its_own(desk: Desk) -> None:
    journey = _short(desk)
    with desk.database.transaction() as session:
        later = {**deed("BAST-02"), "handed_over_on": clock.today()}
        lines = [found(1, "as-agreed", 1, 2_900_000)]
        hand_overs.deliver_rest(session, desk.officer, on(session, journey), deed=later, lines=lines)
    assert desk.balance() == Balance(realised=TOTAL - 100_000)
    news = [each for each in announced(desk.database) if isinstance(each, GoodsHandedOver)]
    assert [(each.amount, each.open_lines) for each in news] == [(12_000_000, 1), (2_900_000, 0)]


def test_a_deficit_is_freed_only_when_its_line_is_closed(desk: Desk) -> None:
    journey = _short(desk)
    assert desk.balance() == Balance(committed=3_000_000, realised=12_000_000)
    (account,) = desk.take("accountability", [journey])
    report = [
        {"number": 1, "spent": 3_000_000, "receipt": "KW-1"},
        {"number": 2, "spent": 9_000_000, "receipt": "KW-2"},
    ]
    with pytest.raises(rules.LinesStillOpen):
        desk.complete([account], {"lines": report})
    with desk.database.transaction() as session:
        hand_overs.close_line(session, desk.officer, on(session, journey), 1)
    assert desk.balance() == Balance(realised=12_000_000)
    assert _freed(desk) == [(3_000_000, FreedBecause.LINE_CLOSED)]
    (done,) = desk.complete([account], {"lines": report})
    assert done.facts == {"spent": 12_000_000}


def test_a_dearer_line_is_approved_again_by_another_person_and_the_commitment_follows(desk: Desk) -> None:
    journey, referral = desk.ordered()
    with desk.database.transaction() as session:
        grant = on(session, journey)
        orders.propose_change(
            session, desk.officer, grant, 2, quantity=36, unit_price=245_000, reason="Harga beras naik"
        )
    assert desk.balance() == Balance(committed=TOTAL)
    both = replace(desk.approver, id=desk.officer.id)
    with pytest.raises(rules.ProposerCannotDecide), desk.database.transaction() as session:
        orders.approve_change(session, both, on(session, journey), 2)
    with desk.database.transaction() as session:
        orders.approve_change(session, desk.approver, on(session, journey), 2)
    assert desk.grant(journey).total == 6_000_000 + 36 * 245_000
    assert desk.balance() == Balance(committed=6_000_000 + 36 * 245_000)
    lines = [AS_AGREED[0], found(2, "as-agreed", 36, 245_000)]
    (done,) = desk.complete([referral], {"deed": deed(), "lines": lines})
    assert done.outcome == "as-agreed"


def test_a_line_approved_again_keeps_the_programmes_ceiling(desk: Desk) -> None:
    journey, _ = desk.ordered()
    with desk.database.transaction() as session:
        orders.propose_change(
            session, desk.officer, on(session, journey), 2, quantity=40, unit_price=245_000, reason="Harga beras naik"
        )
    with pytest.raises(rules.RabAboveCeiling), desk.database.transaction() as session:
        orders.approve_change(session, desk.approver, on(session, journey), 2)


def test_money_that_came_back_is_booked_as_returned(desk: Desk) -> None:
    journey = _short(desk)
    with desk.database.transaction() as session:
        hand_overs.give_money_back(session, desk.officer, on(session, journey), amount=500_000, document="STS-7")
    assert desk.balance() == Balance(committed=3_000_000, realised=11_500_000, returned=500_000)


@pytest.mark.parametrize("outcome", [JourneyOutcome.REFUSED, JourneyOutcome.WITHDRAWN, JourneyOutcome.STOPPED])
def test_a_journey_that_ends_too_early_gives_back_what_was_not_handed_over(desk: Desk, outcome: JourneyOutcome) -> None:
    journey, _ = desk.ordered()
    for _ in range(2):
        _end(desk, journey, outcome)
    assert desk.balance() == Balance()
    assert desk.grant(journey).state is GrantState.WITHDRAWN
    assert _freed(desk) == [(TOTAL, FreedBecause.WITHDRAWN)]


def test_what_was_handed_over_stays_handed_over_when_the_journey_ends(desk: Desk) -> None:
    journey = _short(desk)
    _end(desk, journey, JourneyOutcome.STOPPED)
    assert desk.balance() == Balance(realised=12_000_000)
    assert desk.grant(journey).state is GrantState.HANDED_OVER


def test_a_journey_that_came_to_its_own_end_still_waits_for_its_rest(desk: Desk) -> None:
    _end(desk, _short(desk), JourneyOutcome.GRADUATED)
    assert desk.balance() == Balance(committed=3_000_000, realised=12_000_000)


def test_after_everything_the_books_agree(desk: Desk) -> None:
    _short(desk)
    _end(desk, desk.ordered()[0], JourneyOutcome.STOPPED)
    desk.granted(3)
    with desk.database.reading() as session:
        assert money.audit(session) == []


def _short(desk: Desk) -> UUID:
    journey, referral = desk.ordered()
    desk.complete([referral], {"deed": deed(), "lines": [found(1, "short", 1, 3_000_000), AS_AGREED[1]]})
    return journey


def _end(desk: Desk, journey: UUID, outcome: JourneyOutcome) -> None:
    ended = JourneyEnded(journey_id=journey, outcome=outcome, ended_on=clock.today())
    with desk.database.transaction() as session:
        hear_journeys_ended(session, [heard(ended)])


def _freed(desk: Desk) -> list[tuple[int, FreedBecause]]:
    return [(each.amount, each.because) for each in announced(desk.database) if isinstance(each, CommitmentFreed)]
