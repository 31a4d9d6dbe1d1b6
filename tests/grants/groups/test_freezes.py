"""A group below its minimum receives nothing new, however and whenever that is heard; what is committed stays."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.grants.funds.rules import Balance
from services.grants.goods.commands import hand_overs, orders
from services.grants.goods.rules import GrantState
from services.grants.groups import rules
from services.grants.groups.models import GroupFreeze
from services.grants.groups.rules import GroupFrozen as StillFrozen
from services.grants.worker import GRANTS
from shared.events.intake import GroupFrozen, GroupMended
from shared.kernel import clock, ids
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.grants.desk import AS_AGREED, TOTAL, Desk, deed, heard, on, order, sk

MOMENT = clock.now()


def hear(desk: Desk, *events: Any) -> None:
    """Grants hears these, one batch for each."""
    with desk.database.transaction() as session:
        for event in events:
            GRANTS.hears[type(event)].run(session, [heard(event)])


def freeze(desk: Desk, group: UUID, days: int = 0) -> tuple[GroupFrozen, GroupMended]:
    """The freeze of a group so many days from now, and its end."""
    at = clock.now() + timedelta(days=days)
    frozen = GroupFrozen(group_id=group, frozen_at=at, mend_by=at + timedelta(days=42))
    return frozen, GroupMended(group_id=group, frozen_at=at)


def is_frozen(desk: Desk, group: UUID) -> bool:
    with desk.database.reading() as session:
        known = session.get(GroupFreeze, group)
        return known is not None and known.standing is not None


def refused(act: Callable[[], Any]) -> None:
    with pytest.raises(StillFrozen):
        act()


def test_group_below_its_minimum_is_given_no_decision_until_it_has_mended(desk: Desk) -> None:
    (journey,) = desk.propose()
    (referral,) = desk.take("decision", [journey])
    frozen, mended = freeze(desk, desk.groups[journey])
    hear(desk, frozen)
    refused(lambda: desk.record(referral, sk()))
    assert desk.balance() == Balance()
    hear(desk, mended)
    desk.record(referral, sk())
    assert desk.balance() == Balance(reserved=TOTAL)
    later, over = freeze(desk, desk.groups[journey], days=1)
    hear(desk, later)  # after the decision was prepared, and before it is signed
    refused(lambda: desk.complete([referral], by=desk.approver))
    assert (desk.balance(), desk.grant(journey).state) == (Balance(reserved=TOTAL), GrantState.PROPOSED)
    hear(desk, over)
    desk.complete([referral], by=desk.approver)
    assert desk.balance() == Balance(committed=TOTAL)


@pytest.mark.parametrize("verdict", ["refused", "reserve"])
def test_group_below_its_minimum_can_be_refused_or_put_on_the_reserve_list(desk: Desk, verdict: str) -> None:
    (journey,) = desk.propose()
    (referral,) = desk.take("decision", [journey])
    hear(desk, freeze(desk, desk.groups[journey])[0])
    desk.record(referral, sk(verdict))
    (decided,) = desk.complete([referral], by=desk.approver)
    assert decided.outcome == verdict


def test_group_below_its_minimum_is_handed_over_nothing_and_keeps_what_is_committed(desk: Desk) -> None:
    journey, referral = desk.ordered()
    frozen, mended = freeze(desk, desk.groups[journey])
    hear(desk, frozen)
    refused(lambda: desk.record(referral, {"order": order("SP-02")}))
    refused(lambda: desk.complete([referral], {"deed": deed(), "lines": AS_AGREED}))
    assert (desk.balance(), desk.grant(journey).state) == (Balance(committed=TOTAL), GrantState.ACCEPTED)
    with desk.database.reading() as session:
        assert session.get_one(Referral, referral).state is ReferralState.ACCEPTED  # the stage, too, is still theirs
    hear(desk, mended)
    (done,) = desk.complete([referral], {"deed": deed(), "lines": AS_AGREED})
    assert (done.outcome, desk.balance()) == ("as-agreed", Balance(realised=TOTAL))


def test_group_below_its_minimum_gets_no_rest_and_no_dearer_line_but_a_line_can_be_closed(desk: Desk) -> None:
    journey, referral = desk.ordered()
    short = [{**AS_AGREED[0], "condition": "short", "quantity": 1}, AS_AGREED[1]]
    desk.complete([referral], {"deed": deed(), "lines": short})
    hear(desk, freeze(desk, desk.groups[journey])[0])
    with desk.database.transaction() as session:
        grant = on(session, journey)
        orders.propose_change(session, desk.officer, grant, 1, quantity=3, unit_price=3_000_000, reason="Naik")
        grant.ceiling = None
        with pytest.raises(StillFrozen):
            orders.approve_change(session, desk.approver, grant, 1)
    rest = [{**AS_AGREED[0], "quantity": 1}]
    head = {**deed("BAST-02"), "handed_over_on": clock.today()}
    with desk.database.transaction() as session, pytest.raises(StillFrozen):
        hand_overs.deliver_rest(session, desk.officer, on(session, journey), deed=head, lines=rest)
    with desk.database.transaction() as session:
        hand_overs.close_line(session, desk.officer, on(session, journey), 1)
    assert desk.balance() == Balance(realised=TOTAL - 3_000_000)


def test_group_below_its_minimum_is_known_before_its_first_offer_comes(desk: Desk) -> None:
    journey, group = ids.new_id(), ids.new_id()
    desk.groups[journey] = group
    hear(desk, freeze(desk, group)[0])
    desk.propose(journeys=[journey])
    (decision,) = desk.take("decision", [journey])
    refused(lambda: desk.record(decision, sk()))


@pytest.mark.parametrize("order_of", list(permutations(range(4))))
def test_freezes_and_their_ends_may_be_heard_in_any_order_and_twice(desk: Desk, order_of: tuple[int, ...]) -> None:
    group = ids.new_id()
    first, second = freeze(desk, group), freeze(desk, group, days=3)
    told = [first[0], first[1], second[0], first[0]]
    hear(desk, *[told[each] for each in order_of])
    assert is_frozen(desk, group)
    hear(desk, second[1], first[1], first[0], second[0])
    assert not is_frozen(desk, group)
    with desk.database.reading() as session:
        assert len(session.scalars(select(GroupFreeze)).all()) == 1


def test_many_freezes_of_one_group_in_one_batch_leave_the_latest(desk: Desk) -> None:
    group = ids.new_id()
    events = [freeze(desk, group, days)[0] for days in (2, 9, 4)]
    with desk.database.transaction() as session:
        GRANTS.hears[GroupFrozen].run(session, [heard(each) for each in events])
    with desk.database.reading() as session:
        assert session.get_one(GroupFreeze, group).standing == events[1].mend_by


@given(st.lists(st.integers(0, 9), max_size=6), st.lists(st.integers(0, 9), max_size=6))
def test_a_group_is_frozen_exactly_while_its_latest_freeze_is_not_over(began: list[int], over: list[int]) -> None:
    moments = [MOMENT + timedelta(days=each) for each in range(10)]
    ended = [each for each in over if each in began]
    frozen = rules.is_frozen(
        max((moments[each] for each in began), default=None), max((moments[each] for each in ended), default=None)
    )
    assert frozen == (bool(began) and max(began) not in ended)


def test_group_below_its_minimum_is_told_so_on_its_pages_and_by_the_api(desk: Desk) -> None:
    app: Flask = web_app("grants", desk.database)
    app.testing = True
    journey, referral = desk.ordered()
    hear(desk, freeze(desk, desk.groups[journey])[0])
    browser, root = Browser(app, desk.officer), "/grants/dinsos"
    page = browser.get(f"{root}/referrals/{referral}")
    assert "kurang dari minimum" in page.text
    sent = {"order.number": "SP-3", "order.vendor": "CV Uji", "order.ordered_on": clock.today().isoformat()}
    refused = browser.submit(f"{root}/referrals/{referral}/work", sent)
    assert (refused.status_code, "SP-3" in refused.text) == (409, True)
    grant = desk.grant(journey).id
    assert "SP-3" not in browser.get(f"{root}/grants/{grant}").text
    headers = bearer(desk.officer)
    shown = app.test_client().get(f"/grants/v1/dinsos/grants/{grant}", headers=headers).json
    assert shown["frozen_until"]
    answer = app.test_client().post(
        f"/grants/v1/dinsos/referrals/{referral}/complete", headers=headers, json={"deed": deed(), "lines": AS_AGREED}
    )
    assert (answer.status_code, answer.json["code"]) == (409, "group-frozen")
