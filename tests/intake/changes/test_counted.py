"""How many members a group has is told of its open journeys, whichever way they came or went."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from services.intake.changes import commands as changes
from services.intake.groups import commands
from services.intake.groups.rules import Chosen
from services.intake.journeys.handlers import HEARS
from shared.events.intake import GroupCounted, JourneyCounted, JourneyEnded, JourneyOpened
from shared.identity.rules import Role
from shared.kernel import clock
from shared.storage import Database
from tests.browsing import an_officer
from tests.intake.changes.test_splits import a_group, roles, split
from tests.intake.journeys.roads import KUBE, OFFICER, Road, heard

APPROVER = an_officer(Role.APPROVER)


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


def counted(road: Road, journey: UUID, times: int = 1) -> list[int]:
    """What a journey was told to count once intake has heard of all its groups, so many times."""
    told = [heard(each, "intake") for each in road.said(GroupCounted)]
    before = len(road.said(JourneyCounted))
    with road.database.transaction() as session:
        for _ in range(times):
            HEARS[GroupCounted].run(session, told)
    return [each.members for each in road.said(JourneyCounted)[before:] if each.journey_id == journey]


def choose(road: Road, group: UUID, people: Sequence[UUID]) -> None:
    chosen = [Chosen(each, role) for each, role in zip(people, roles(len(people)), strict=True)]
    with road.database.transaction() as session:
        commands.choose_members(
            session, group, chosen, least=5, most=20, berita_acara="BA-01", deliberated_on=clock.today()
        )


def test_a_group_that_is_formed_on_the_way_is_counted(road: Road) -> None:
    (group,) = road.groups()
    journey = road.open([group], KUBE).opened[group]
    assert [each.members for each in road.said(JourneyOpened)] == [0]
    choose(road, group, road.women(6))
    assert counted(road, journey) == [6]


def test_who_was_proposed_counts_until_the_deliberation_chooses(road: Road) -> None:
    (group,) = road.groups()
    journey, women = road.open([group], KUBE).opened[group], road.women(7)
    with road.database.transaction() as session:
        commands.propose_members(session, OFFICER, group, women)
    assert counted(road, journey) == [7]
    choose(road, group, women[:5])
    assert counted(road, journey) == [5]


def test_whoever_joins_or_leaves_is_counted(road: Road) -> None:
    group, people = a_group(road)
    journey, (new,) = road.open([group], KUBE).opened[group], road.women()
    sizes = []
    for leaving, joining in ((people[9], None), (people[8], new), (None, people[9])):
        with road.database.transaction() as session:
            commands.replace_member(session, OFFICER, group, leaving, joining)
        sizes += counted(road, journey)
    assert sizes == [9, 9, 10]


def test_a_death_and_its_undoing_are_counted(road: Road) -> None:
    group, people = a_group(road, 5)
    journey = road.open([group], KUBE).opened[group]
    with road.database.transaction() as session:
        changes.note_death(session, OFFICER, people[4], died_on=clock.today(), evidence="Akta")
    assert counted(road, journey) == [4]
    with road.database.transaction() as session:
        changes.undo_death(session, APPROVER, people[4], because="Salah orang")
    assert counted(road, journey) == [5]


def test_a_split_and_a_merger_are_counted_by_who_goes_on(road: Road) -> None:
    group, people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    (part,) = split(road, group, people[:5], people[5:])
    assert counted(road, journey) == [5]
    with road.database.transaction() as session:
        changes.end_group(session, OFFICER, part, berita_acara="BA-3", on=clock.today(), into=group)
    assert counted(road, journey) == [10]


def test_a_journey_that_is_over_keeps_those_whom_it_had(road: Road) -> None:
    group, _people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    other, _ = a_group(road)
    with road.database.transaction() as session:
        changes.end_group(session, OFFICER, group, berita_acara="BA-3", on=clock.today(), into=other)
    assert [each.journey_id for each in road.said(JourneyEnded)] == [journey]
    assert counted(road, journey) == []


def test_what_is_heard_late_or_twice_says_how_many_there_are_now(road: Road) -> None:
    group, people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    for leaving in people[7:]:
        with road.database.transaction() as session:
            commands.replace_member(session, OFFICER, group, leaving, None)
    assert [each.members for each in road.said(GroupCounted)] == [10, 9, 8, 7]
    assert counted(road, journey, times=2) == [7, 7]
