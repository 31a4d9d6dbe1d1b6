"""The group of a grant splits: its goods are divided by berita acara, and there are as many units as before."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.grants.goods import holdings, rules
from services.grants.goods.commands import divisions, hand_overs
from services.grants.goods.models import GoodsDivision, RabLine
from services.grants.groups.models import GroupSplit as Split
from services.grants.worker import GRANTS
from shared.events.grants import DividedLine, GoodsDivided, ShareOfGoods
from shared.events.intake import GroupSplit
from shared.kernel import clock, ids
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.grants.desk import AS_AGREED, Desk, deed, heard, on, yesterday

NAMES = ("KUBE Melati", "KUBE Anggrek", "KUBE Mawar")


def delivered(desk: Desk, lines: list[dict[str, Any]] = AS_AGREED) -> UUID:
    """A journey whose goods were handed over: two freezers and forty sacks of rice."""
    journey, referral = desk.ordered()
    desk.complete([referral], {"deed": deed(), "lines": lines})
    return journey


def split(desk: Desk, group: UUID, new: int = 1, times: int = 1) -> GroupSplit:
    """Grants hears that a group has split."""
    event = GroupSplit(
        split_id=ids.new_id(), group_id=group, parts=[ids.new_id() for _ in range(new)], split_on=clock.today()
    )
    names = {str(each): name for each, name in zip((group, *event.parts), NAMES, strict=False)}
    for _ in range(times):
        with desk.database.transaction() as session:
            told = heard(event, {"berita_acara": "BA-20", "names": names})
            GRANTS.hears[GroupSplit].run(session, [told])
    return event


def divide(desk: Desk, journey: UUID, told: GroupSplit, shares: Mapping[int, tuple[int, ...]], **said: Any) -> None:
    """Write down who holds how many units of each line, the group as it was first."""
    lines = [
        {
            "number": number,
            "shares": [
                {"group_id": group, "quantity": units}
                for group, units in zip((told.group_id, *told.parts), own, strict=True)
            ],
        }
        for number, own in shares.items()
    ]
    said = {"split_id": told.split_id, "berita_acara": "BA-21", "divided_on": clock.today(), "lines": lines} | said
    with desk.database.transaction() as session:
        divisions.divide_goods(session, desk.officer, on(session, journey), **said)


def held(desk: Desk, journey: UUID) -> dict[UUID, dict[int, int]]:
    with desk.database.reading() as session:
        return holdings.held(session, desk.grant(journey))


def waits(desk: Desk, journey: UUID) -> UUID | None:
    with desk.database.reading() as session:
        found = holdings.to_divide(session, desk.grant(journey))
        return found.id if found else None


def units(desk: Desk, journey: UUID) -> dict[int, int]:
    """All units of each line, whoever holds them."""
    found: dict[int, int] = {}
    for own in held(desk, journey).values():
        for number, count in own.items():
            found[number] = found.get(number, 0) + count
    return found


def test_group_splits_and_its_goods_are_divided_with_nothing_lost(desk: Desk) -> None:
    journey = delivered(desk)
    group = desk.groups[journey]
    told = split(desk, group, times=2)
    assert waits(desk, journey) == told.split_id
    divide(desk, journey, told, {1: (1, 1), 2: (25, 15)})
    assert held(desk, journey) == {group: {1: 1, 2: 25}, told.parts[0]: {1: 1, 2: 15}}
    assert (units(desk, journey), waits(desk, journey)) == ({1: 2, 2: 40}, None)
    (news,) = [each for each in announced(desk.database) if isinstance(each, GoodsDivided)]
    assert (news.journey_id, news.split_id, news.group_id) == (journey, told.split_id, group)
    shares = [ShareOfGoods(group_id=each, units=1) for each in sorted((group, told.parts[0]))]
    assert news.lines[0] == DividedLine(number=1, units=2, shares=shares)
    assert all(sum(share.units for share in line.shares) == line.units for line in news.lines)


@pytest.mark.parametrize(
    "shares",
    [
        {1: (1, 0), 2: (25, 15)},  # a freezer is lost
        {1: (2, 1), 2: (25, 15)},  # a freezer is made
        {1: (3, -1), 2: (25, 15)},  # a freezer is owed
        {1: (1, 1)},  # nobody says what becomes of the rice
        {1: (1, 1), 2: (25, 15), 3: (1, 1)},  # a line that there is not
    ],
)
def test_group_splits_and_no_unit_is_lost_or_made(desk: Desk, shares: dict[int, tuple[int, ...]]) -> None:
    journey = delivered(desk)
    told = split(desk, desk.groups[journey])
    with pytest.raises((rules.SharesDoNotAddUp, rules.LineNotDivided)):
        divide(desk, journey, told, shares)
    assert held(desk, journey) == {desk.groups[journey]: {1: 2, 2: 40}}
    assert not [each for each in announced(desk.database) if isinstance(each, GoodsDivided)]


def test_group_splits_and_its_goods_are_divided_once(desk: Desk) -> None:
    journey = delivered(desk)
    told = split(desk, desk.groups[journey])
    divide(desk, journey, told, {1: (2, 0), 2: (20, 20)})
    with pytest.raises(rules.NothingToDivide):
        divide(desk, journey, told, {1: (2, 0), 2: (20, 0)})
    with pytest.raises(rules.InTheFuture) as refused:
        divide(desk, journey, told, {}, divided_on=clock.today().replace(year=2999))
    assert list(refused.value.errors) == ["divided_on"]
    with desk.database.reading() as session:
        assert len(session.scalars(select(GoodsDivision)).all()) == 1


def test_group_splits_again_and_each_part_divides_what_it_holds(desk: Desk) -> None:
    journey = delivered(desk)
    group = desk.groups[journey]
    first = split(desk, group, 2)
    divide(desk, journey, first, {1: (0, 1, 1), 2: (10, 10, 20)})
    second = split(desk, first.parts[1])
    assert waits(desk, journey) == second.split_id
    divide(desk, journey, second, {1: (0, 1), 2: (5, 15)})
    third = split(desk, group)
    divide(desk, journey, third, {2: (0, 10)})  # its freezers are all with others
    assert held(desk, journey) == {
        first.parts[0]: {1: 1, 2: 10},
        first.parts[1]: {2: 5},
        second.parts[0]: {1: 1, 2: 15},
        third.parts[0]: {2: 10},
    }
    assert units(desk, journey) == {1: 2, 2: 40}
    empty = split(desk, group)
    assert waits(desk, journey) is None  # whoever holds nothing has nothing to divide
    with pytest.raises(rules.NothingToDivide):
        divide(desk, journey, empty, {2: (0, 0)})


def test_group_splits_before_its_goods_are_there_and_they_wait_for_the_deed(desk: Desk) -> None:
    journey, referral = desk.ordered()
    told = split(desk, desk.groups[journey])
    assert waits(desk, journey) is None
    short = [{**AS_AGREED[0], "condition": "short", "quantity": 1}, AS_AGREED[1]]
    desk.complete([referral], {"deed": deed(), "lines": short})
    assert waits(desk, journey) == told.split_id
    divide(desk, journey, told, {1: (0, 1), 2: (40, 0)})
    with desk.database.transaction() as session:
        rest = {**deed("BAST-02"), "handed_over_on": clock.today()}
        lines = [{**AS_AGREED[0], "quantity": 1}]
        hand_overs.deliver_rest(session, desk.officer, on(session, journey), deed=rest, lines=lines)
    # What comes later belongs to the group that the SK names.
    assert held(desk, journey) == {desk.groups[journey]: {1: 1, 2: 40}, told.parts[0]: {1: 1}}


def test_a_split_is_known_before_the_grant_and_without_its_sealed_part(desk: Desk) -> None:
    journey, group = ids.new_id(), ids.new_id()
    desk.groups[journey] = group
    event = GroupSplit(split_id=ids.new_id(), group_id=group, parts=[ids.new_id()], split_on=clock.today())
    with desk.database.transaction() as session:
        GRANTS.hears[GroupSplit].run(session, [heard(event)])
        assert session.get_one(Split, event.split_id).names is None
    desk.propose(journeys=[journey])
    with desk.database.reading() as session:
        assert waits(desk, journey) is None
        assert session.scalars(select(RabLine.received)).all() == [0, 0]


@given(
    st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4), st.integers(0, 4), st.integers(-1, 1)), max_size=5),
    st.booleans(),
)
def test_whatever_the_berita_acara_says_a_division_keeps_every_unit_or_is_refused(
    lines: list[tuple[int, int, int, int]], leaves_one_out: bool
) -> None:
    groups = [ids.new_id() for _ in range(3)]
    own = {number: sum(each) for number, each in enumerate(lines, start=1)}  # the last is what is lost or made
    told = [(number, dict(zip(groups, each[:3], strict=True))) for number, each in enumerate(lines, start=1)]
    told = told[1:] if leaves_one_out else told
    try:
        divided = rules.divide(own, told, groups)
    except (rules.SharesDoNotAddUp, rules.LineNotDivided):
        assert (leaves_one_out and lines) or any(each[0] < 0 or each[3] for each in lines)
        return
    assert {number: sum(parts.values()) for number, parts in divided.items()} == own


def test_group_splits_and_the_goods_are_divided_on_a_page_and_by_a_program(desk: Desk) -> None:
    app: Flask = web_app("grants", desk.database)
    app.testing = True
    first, second = delivered(desk), delivered(desk)
    told = {journey: split(desk, desk.groups[journey]) for journey in (first, second)}
    browser, root = Browser(app, desk.officer), "/grants/dinsos/grants"
    address = f"{root}/{desk.grant(first).id}"
    page = browser.get(address).text
    assert "KUBE Anggrek" in page
    assert "Freezer: 2 unit" in page
    form = {"split_id": str(told[first].split_id), "berita_acara": "BA-21", "divided_on": yesterday()}
    for place, (number, shares) in enumerate({1: (1, 0), 2: (20, 20)}.items()):
        form[f"lines.{place}.number"] = str(number)
        for part, (group, quantity) in enumerate(zip((told[first].group_id, *told[first].parts), shares, strict=True)):
            form[f"lines.{place}.shares.{part}.group_id"] = str(group)
            form[f"lines.{place}.shares.{part}.quantity"] = str(quantity)
    refused = browser.submit(f"{address}/divisions", form)
    assert refused.status_code == 422
    assert 'id="lines-0-shares-0-quantity-error"' in refused.text
    form["lines.0.shares.1.quantity"] = "1"
    assert browser.submit(f"{address}/divisions", form).status_code == 303
    assert "BA-21" in browser.get(address).text
    listed = browser.get(f"{root}?to_divide=true").text
    assert (str(desk.grant(first).id) in listed, str(desk.grant(second).id) in listed) == (False, True)

    client, headers = app.test_client(), bearer(desk.officer)
    grant = f"/grants/v1/dinsos/grants/{desk.grant(second).id}"
    wanted = client.get(grant, headers=headers).json["to_divide"]
    assert [each["units"] for each in wanted["lines"]] == [2, 40]
    lines = [
        {
            "number": line["number"],
            "shares": [
                {"group_id": group["group_id"], "quantity": 0 if place else line["units"]}
                for place, group in enumerate(wanted["groups"])
            ],
        }
        for line in wanted["lines"]
    ]
    said = {"split_id": wanted["split_id"], "berita_acara": "BA-22", "divided_on": yesterday(), "lines": lines}
    answer = client.post(f"{grant}/divisions", headers=headers, json=said)
    assert answer.status_code == 201
    assert (answer.json["to_divide"], len(answer.json["divisions"])) == (None, 1)
    again = client.post(f"{grant}/divisions", headers=headers, json=said)
    assert (again.status_code, again.json["code"]) == (409, "nothing-to-divide")
    waiting = client.get("/grants/v1/dinsos/grants?to_divide=true", headers=headers).json["items"]
    assert waiting == []
