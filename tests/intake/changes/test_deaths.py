"""A death that was noted by mistake is undone by another officer; what it ended is opened anew by hand."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.intake.changes import commands, queries, rules
from services.intake.changes.models import Death
from services.intake.groups import commands as groups
from services.intake.groups import queries as group_queries
from services.intake.groups.models import BusinessGroup
from services.intake.groups.rules import Chosen, MemberRole, TooManyMembers
from services.intake.registry.models import Person
from shared.events.intake import GroupFrozen, GroupMended, JourneyOpened
from shared.identity.acting import Acting
from shared.identity.rules import OutsideArea, Role
from shared.kernel import clock
from shared.kernel.errors import Forbidden
from shared.kernel.ids import new_id
from shared.privacy.looks import Look
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import OFFICER, Road

HEAD = an_officer(Role.OFFICER, Role.HEAD)
APPROVER = an_officer(Role.APPROVER)
ROLES = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER, MemberRole.MEMBER, MemberRole.MEMBER)
TITLE = "Plh. Kepala Dinas Sosial Provinsi Kalimantan Timur, surat 800/7"
WHY = "Akta milik orang lain yang bernama sama"


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def die(road: Road, woman: UUID, officer: Any = OFFICER) -> commands.Farewell:
    with road.database.transaction() as session:
        return commands.note_death(session, officer, woman, died_on=clock.today(), evidence="Akta 12/2023")


def undo(road: Road, woman: UUID, officer: Any = APPROVER) -> commands.Return:
    with road.database.transaction() as session:
        return commands.undo_death(session, officer, woman, because=WHY)


def undone_by_whoever_noted_it(road: Road) -> None:
    """What no command does, and the database refuses."""
    with road.database.transaction() as session:
        death = session.scalars(select(Death)).one()
        death.undone_by, death.undone_at, death.undone_because = death.noted_by, clock.now(), WHY


def a_group(road: Road, least: int = 5) -> tuple[UUID, list[UUID]]:
    (group,) = road.groups()
    people = road.women(5)
    chosen = [Chosen(each, role) for each, role in zip(people, ROLES, strict=True)]
    with road.database.transaction() as session:
        groups.choose_members(
            session, group, chosen, least=least, most=20, berita_acara="BA-01", deliberated_on=date(2023, 3, 1)
        )
    return group, people


def roles(road: Road, group: UUID) -> dict[UUID, MemberRole]:
    with road.database.reading() as session:
        return {each.person_id: each.role for each in group_queries.members_of(session, [group])[group]}


def replace(road: Road, group: UUID, leaving: UUID | None, joining: UUID | None) -> None:
    with road.database.transaction() as session:
        groups.replace_member(session, OFFICER, group, leaving, joining)


def test_death_noted_by_mistake_is_undone_and_her_journey_is_opened_anew_by_hand(road: Road) -> None:
    (woman,) = road.women()
    journey = road.open([woman]).opened[woman]
    die(road, woman)
    assert undo(road, woman) == commands.Return([journey], None, is_member_again=False)
    assert (road.journey(journey).status, len(road.said(JourneyOpened))) == ("ended", 1)  # nothing sets out by itself
    with road.database.reading() as session:
        assert session.get_one(Person, woman).died_on is None
        (noted,) = queries.deaths(session, OFFICER)
    assert [each["id"] for each in noted["journeys"]] == [journey]
    assert (noted["undone_because"], noted["may_undo"]) == (WHY, False)
    anew = road.open([woman]).opened[woman]
    assert anew != journey


def test_death_noted_by_mistake_is_undone_only_by_an_approver_who_did_not_note_it(road: Road) -> None:
    (woman,) = road.women()
    with pytest.raises(rules.DeathUnknown):
        undo(road, woman)
    die(road, woman, HEAD)
    with pytest.raises(rules.NoterCannotUndo):
        undo(road, woman, HEAD)
    with pytest.raises(Forbidden):
        undo(road, woman, OFFICER)
    with pytest.raises(OutsideArea):
        undo(road, woman, an_officer(Role.APPROVER, office="dinsos-mataram"))
    with pytest.raises(IntegrityError):
        undone_by_whoever_noted_it(road)
    undo(road, woman)
    with pytest.raises(rules.DeathUnknown):
        undo(road, woman)


def test_death_after_one_noted_by_mistake_is_noted_and_both_stay_on_record(road: Road) -> None:
    (woman,) = road.women()
    for _ in range(2):
        die(road, woman)
        undo(road, woman)
    die(road, woman)
    with road.database.reading() as session:
        undone = [each.undone_by for each in session.scalars(select(Death).order_by(Death.id))]
        assert undone == [APPROVER.id, APPROVER.id, None]
        assert session.get_one(Person, woman).died_on == clock.today()


def test_death_noted_by_mistake_gives_her_place_and_role_back_and_the_group_has_mended(road: Road) -> None:
    group, people = a_group(road)
    die(road, people[0])
    (frozen,) = road.said(GroupFrozen)
    assert undo(road, people[0]) == commands.Return([], group, is_member_again=True)
    assert roles(road, group) == dict(zip(people, ROLES, strict=True))
    assert road.said(GroupMended) == [GroupMended(group_id=group, frozen_at=frozen.frozen_at)]


def test_death_noted_by_mistake_gives_back_no_place_that_somebody_has_taken(road: Road) -> None:
    group, people = a_group(road)
    (newcomer,) = road.women()
    die(road, people[0])
    replace(road, group, None, newcomer)
    assert roles(road, group)[newcomer] is MemberRole.CHAIR
    assert undo(road, people[0]) == commands.Return([], group, is_member_again=False)
    assert people[0] not in roles(road, group)
    replace(road, group, None, people[0])  # she may still come in by hand
    assert roles(road, group)[people[0]] is MemberRole.MEMBER


def test_death_noted_by_mistake_gives_back_no_place_in_a_group_that_is_no_more(road: Road) -> None:
    group, people = a_group(road)
    die(road, people[0])
    with road.database.transaction() as session:
        commands.end_group(session, OFFICER, group, berita_acara="BA-09", on=clock.today())
    assert undo(road, people[0]) == commands.Return([], group, is_member_again=False)


def test_group_below_its_minimum_takes_in_a_member_where_a_place_is_free(road: Road) -> None:
    group, people = a_group(road)
    replace(road, group, people[4], None)
    (newcomer, *many) = road.women(16)
    replace(road, group, None, newcomer)
    with road.database.reading() as session:
        assert session.get_one(BusinessGroup, group).frozen_at is None
    assert roles(road, group)[newcomer] is MemberRole.MEMBER
    for each in many:
        replace(road, group, None, each)
    (one_too_many,) = road.women()
    with pytest.raises(TooManyMembers):
        replace(road, group, None, one_too_many)


def test_a_death_noted_by_mistake_is_undone_on_a_page_and_by_a_program(road: Road, app: Flask) -> None:
    first, second = road.women(2)
    road.open([first])
    die(road, first)
    die(road, second, HEAD)
    page, officer = Browser(app, HEAD), Browser(app, OFFICER)
    assert "Noted by mistake?" in officer.get(f"/intake/dinsos/persons/{first}").text
    assert "Undo the death" not in officer.get("/intake/dinsos/deaths").text
    listed = page.get("/intake/dinsos/deaths").text
    assert (f"persons/{first}/death/undo" in listed, f"persons/{second}/death/undo" in listed) == (True, False)
    assert officer.submit(f"/intake/dinsos/persons/{first}/death/undo", {"because": WHY}).status_code == 403
    assert page.submit(f"/intake/dinsos/persons/{first}/death/undo", {}).status_code == 422
    assert page.submit(f"/intake/dinsos/persons/{first}/death/undo", {"because": WHY}).status_code == 303
    assert "Journeys to be opened anew" in page.get("/intake/dinsos/deaths").text
    with road.database.reading() as session:
        assert first in session.scalars(select(Look.subject_id)).all()

    client, root = app.test_client(), "/intake/v1/dinsos"
    refused = client.post(f"{root}/persons/{second}/death/undo", headers=bearer(HEAD), json={"because": WHY})
    assert (refused.status_code, refused.json["code"]) == (403, "noter-cannot-undo")
    until = clock.today() + timedelta(days=7)
    acting = APPROVER.acts(Acting(id=new_id(), post=Role.HEAD, title=TITLE, since=clock.now(), until=until, areas=()))
    done = client.post(f"{root}/persons/{second}/death/undo", headers=bearer(acting), json={"because": WHY})
    assert done.json == {"journeys": [], "group_id": None, "is_member_again": False}
    items = client.get(f"{root}/deaths", headers=bearer(OFFICER)).json["items"]
    assert [each["undone_because"] for each in items] == [WHY, WHY]
    assert {each["person"]["id"]: each["signed_as"] for each in items} == {
        str(first): None,
        str(second): f"{acting.name}, {TITLE}",
    }
    assert page.get("/intake/dinsos/deaths").text.count(TITLE) == 1
