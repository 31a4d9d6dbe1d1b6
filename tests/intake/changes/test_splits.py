"""A group splits: those who stay go on as the group, those who leave are groups of their own, each with its quorum."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.intake.groups import commands, queries, rules
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.groups.rules import Chosen, MemberRole, Placed
from services.intake.registry.models import Person
from shared.events.intake import GroupFrozen, GroupSplit
from shared.identity.rules import OutsideArea
from shared.kernel import clock, ids
from shared.kernel.errors import Invalid, NotFound
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import KUBE, OFFICER, Road
from tests.intake.people import VILLAGE

LEADERS = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER)
NAME = "KUBE Anggrek"


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def roles(count: int) -> list[MemberRole]:
    return [*LEADERS, *[MemberRole.MEMBER] * (count - 3)]


def a_group(road: Road, count: int = 10, least: int = 5) -> tuple[UUID, list[UUID]]:
    (group,) = road.groups()
    people = road.women(count)
    chosen = [Chosen(each, role) for each, role in zip(people, roles(count), strict=True)]
    with road.database.transaction() as session:
        commands.choose_members(
            session, group, chosen, least=least, most=20, berita_acara="BA-01", deliberated_on=clock.today()
        )
    return group, people


def placed(*parts: Sequence[UUID]) -> list[Placed]:
    """Everybody in her part, the first three of each its leaders."""
    return [
        Placed(each, number, role)
        for number, people in enumerate(parts)
        for each, role in zip(people, roles(max(len(people), 3)), strict=False)
    ]


def split(road: Road, group: UUID, *parts: Sequence[UUID], officer: Any = OFFICER, **said: Any) -> list[UUID]:
    said = {"berita_acara": "BA-20", "on": clock.today(), "names": [NAME] * (len(parts) - 1)} | said
    with road.database.transaction() as session:
        return [each.id for each in commands.split_group(session, officer, group, members=placed(*parts), **said)]


def members(road: Road, group: UUID) -> dict[UUID, MemberRole]:
    with road.database.reading() as session:
        return {each.person_id: each.role for each in queries.members_of(session, [group])[group]}


def test_group_splits_and_each_part_has_its_members_leaders_and_history(road: Road) -> None:
    group, people = a_group(road)
    (new,) = split(road, group, people[:5], people[5:])
    assert members(road, group) == dict(zip(people[:5], roles(5), strict=True))
    assert members(road, new) == dict(zip(people[5:], roles(5), strict=True))
    with road.database.reading() as session:
        made = session.get_one(BusinessGroup, new)
        assert (made.split_from, made.least_members, made.berita_acara, made.area) == (group, 5, "BA-20", VILLAGE)
        assert queries.kin(session, made) == ((group, "Kelompok 0"), [])
        assert queries.kin(session, session.get_one(BusinessGroup, group)) == (None, [(new, NAME)])
        left = session.scalars(
            select(GroupMember).where(GroupMember.group_id == group, GroupMember.left_on.is_not(None))
        )
        assert {each.person_id: each.left_on for each in left} == dict.fromkeys(people[5:], clock.today())
    (told,) = road.said(GroupSplit)
    assert (told.group_id, told.parts, told.split_on) == (group, [new], clock.today())
    assert road.said(GroupFrozen) == []


def test_group_splits_and_its_journey_stays_while_the_new_one_sets_out_on_its_own(road: Road) -> None:
    group, people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    (new,) = split(road, group, people[:5], people[5:])
    assert (road.journey(journey).status, road.journey(journey).subject_id) == ("open", group)
    opened = road.open([new], KUBE).opened[new]
    assert opened != journey


def test_group_splits_into_three_and_new_leaders_are_dated(road: Road) -> None:
    group, people = a_group(road, 18)
    staying = people[3:9]  # the three leaders leave
    first, second = split(road, group, staying, [*people[:3], *people[9:12]], people[12:])
    assert [members(road, each)[people[place]] for each, place in ((group, 3), (first, 0), (second, 12))] == [
        MemberRole.CHAIR
    ] * 3
    with road.database.reading() as session:
        former = session.scalars(select(GroupMember).where(GroupMember.person_id == people[3]).order_by(GroupMember.id))
        assert [(each.role, each.left_on) for each in former] == [
            (MemberRole.MEMBER, clock.today()),
            (MemberRole.CHAIR, None),
        ]


def test_group_splits_and_what_is_left_below_the_minimum_is_frozen(road: Road) -> None:
    group, people = a_group(road, 9)
    split(road, group, people[:4], people[4:])
    (frozen,) = road.said(GroupFrozen)
    assert frozen.group_id == group


def test_group_splits_only_into_groups_that_have_their_quorum(road: Road) -> None:
    group, people = a_group(road, 9)
    with pytest.raises(rules.PartBelowMinimum) as refused:
        split(road, group, people[:5], people[5:])
    assert refused.value.fields["members"] == 4
    assert set(members(road, group)) == set(people)
    assert road.said(GroupSplit) == []


def test_group_splits_are_refused_when_they_cannot_have_been(road: Road) -> None:
    group, people = a_group(road)
    (stranger,) = road.women()
    halves = (people[:5], people[5:])
    cases: list[tuple[type[Exception], tuple[Sequence[UUID], ...], dict[str, Any]]] = [
        (rules.MembersLeftOut, (people[:5], people[6:]), {}),
        (rules.MembersLeftOut, (people[:5], [*people[5:], stranger]), {}),
        (rules.MembersLeftOut, (people[:5], [*people[5:9], people[0]]), {}),
        (rules.NoSuchPart, (*halves, ()), {"names": []}),
        (rules.LeaderMissing, (people[:2], people[2:]), {}),
        (rules.DeliberatedTomorrow, halves, {"on": clock.today() + timedelta(days=1)}),
        (OutsideArea, halves, {"officer": an_officer(office="dinsos-mataram")}),
    ]
    for wrong, parts, said in cases:
        with pytest.raises(wrong):
            split(road, group, *parts, **said)
    with pytest.raises(NotFound):
        split(road, ids.new_id(), *halves)
    (unformed,) = road.groups()
    with pytest.raises(rules.NotYetFormed):
        split(road, unformed, (), ())
    with road.database.transaction() as session:
        session.get_one(Person, people[9]).area = "64.02.06.2001"
    with pytest.raises(rules.OtherArea):
        split(road, group, *halves)
    assert set(members(road, group)) == set(people)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(1, 6))
def test_a_split_puts_everybody_somewhere_once_or_is_refused(parts: list[int], least: int) -> None:
    people = [ids.new_id() for _ in parts]
    seen: dict[int, int] = {}
    places = []
    for person, part in zip(people, parts, strict=True):
        seen[part] = seen.get(part, 0) + 1
        places.append(Placed(person, part, roles(20)[seen[part] - 1]))
    try:
        found = rules.split(people, places, 3, least)
    except Invalid:
        assert any(seen.get(part, 0) < max(3, least) for part in (1, 2, 3)) or seen.get(0, 0) < 3
        return
    assert sorted(each.person_id for part in found for each in part) == sorted(people)
    assert all(len(part) >= least for part in found[1:])


def test_group_splits_on_a_page_and_by_a_program(road: Road, app: Flask) -> None:
    group, people = a_group(road)
    browser, address = Browser(app, OFFICER), f"/intake/dinsos/groups/{group}"
    assert "Members go apart" in browser.get(f"{address}/changes").text
    assert "at least 5 members" in browser.get(f"{address}/split").text
    form = {"berita_acara": "BA-20", "on": clock.today().isoformat(), "parts.0.name": NAME}
    for number, each in enumerate(placed(people[:6], people[6:])):
        form |= {
            f"members.{number}.person_id": str(each.person_id),
            f"members.{number}.part": str(each.part),
            f"members.{number}.role": each.role.value,
        }
    refused = browser.submit(f"{address}/split", form)
    assert refused.status_code == 422
    assert "would have 4 members and needs 5" in refused.text
    said = {
        "berita_acara": "BA-20",
        "on": clock.today().isoformat(),
        "parts": [{"name": NAME}],
        "members": [
            {"person_id": str(each.person_id), "part": each.part, "role": each.role.value}
            for each in placed(people[:5], people[5:])
        ],
    }
    answer = app.test_client().post(f"/intake/v1/dinsos/groups/{group}/split", headers=bearer(OFFICER), json=said)
    assert answer.status_code == 201
    (made,) = answer.json["items"]
    assert (made["name"], made["split_from"]) == (NAME, str(group))
    assert NAME in browser.get(address).text
    assert "Split from a group" in browser.get(f"/intake/dinsos/groups/{made['id']}").text
