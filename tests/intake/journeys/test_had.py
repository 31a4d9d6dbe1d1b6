"""Who has had a programme already is told so when she sets out, and not only when aid is decided on."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from services.intake.changes import commands as changes
from services.intake.eligibility import queries as eligibility
from services.intake.groups import commands as groups
from services.intake.groups.rules import Chosen, MemberRole
from services.intake.journeys import commands, had, publishing, queries
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import HadItAlready, HadItBefore, JourneyAlreadyOpen, MembersHadIt
from shared.events.intake import JourneyOutcome
from shared.kernel import clock, numbers
from shared.privacy.fields import blind_index
from shared.programmes import engine
from shared.programmes.definition import Compatibility, Policy
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.journeys.roads import KUBE, OFFICER, WRSE, Road
from tests.intake.people import VILLAGE

NIK = "6402064512909001"
GIVEN = {"hand_over": {"standing": "done", "outcome": "as-agreed"}}
PARTLY = {"hand_over": {"standing": "done", "outcome": "short"}}
REFUSED = {"hand_over": {"standing": "done", "outcome": "refused"}}
UNDER_WAY = {"hand_over": {"standing": "accepted", "outcome": None}}


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def over(road: Road, subject: UUID, outcome: JourneyOutcome, stages: dict[str, Any], programme: str = WRSE) -> UUID:
    """A journey of hers that ended in some way, with these stages behind it."""
    journey = road.open([subject], programme).opened[subject]
    with road.database.transaction() as session:
        ended = {"status": "ended", "ended_at": clock.now(), "outcome": outcome, "is_stuck": False}
        session.execute(update(Journey).where(Journey.id == journey).values(state={"stages": stages}, **ended))
    return journey


def candidates(road: Road) -> list[UUID]:
    with road.database.reading() as session:
        programme = publishing.newest(session, WRSE)
        found, _ = eligibility.candidates(
            session,
            programme,
            areas=[VILLAGE],
            busy=queries.kept_out(session, programme),
            after=None,
            limit=50,
        )
        return [each for each, _ in found]


@pytest.mark.parametrize(
    ("outcome", "stages", "may"),
    [
        (JourneyOutcome.GRADUATED, GIVEN, False),
        (JourneyOutcome.COMPLETED, {}, False),
        (JourneyOutcome.STOPPED, GIVEN, False),
        (JourneyOutcome.WITHDRAWN, PARTLY, False),
        (JourneyOutcome.STOPPED, REFUSED, True),
        (JourneyOutcome.STOPPED, UNDER_WAY, True),
        (JourneyOutcome.REFUSED, {}, True),
        (JourneyOutcome.WITHDRAWN, {}, True),
    ],
)
def test_who_has_had_it_is_refused_at_opening_and_is_no_candidate(
    road: Road, outcome: JourneyOutcome, stages: dict[str, Any], may: bool
) -> None:
    (woman,) = road.women()
    before = over(road, woman, outcome, stages)
    assert (woman in candidates(road)) is may
    again = road.open([woman])
    assert (woman in again.opened) is may
    if not may:
        assert isinstance(again.refused[woman], HadItAlready)
        assert again.refused[woman].fields == {"programme": WRSE, "number": numbers.of(before)}


@pytest.mark.parametrize(
    ("said", "policy"),
    [
        ([], Policy.BLOCK),
        ([("pkh", Policy.ALLOW)], Policy.BLOCK),
        ([(WRSE, Policy.ALLOW)], Policy.ALLOW),
        ([(WRSE, Policy.WARN)], Policy.WARN),
        ([(WRSE, Policy.ALLOW), (WRSE, Policy.BLOCK)], Policy.BLOCK),
    ],
)
def test_a_programme_excludes_itself_unless_its_file_says_otherwise(
    road: Road, monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, Policy]], policy: Policy
) -> None:
    (woman,) = road.women()
    over(road, woman, JourneyOutcome.COMPLETED, {})
    with road.database.reading() as session:
        programme = publishing.newest(session, WRSE)
    source = programme.compatibility[0].source
    own = tuple(Compatibility(other, each, "person", source) for other, each in said)
    changed = replace(programme, compatibility=own)
    assert had.policy_of(changed) is policy
    monkeypatch.setattr(publishing, "newest", lambda *_: changed)
    opening = road.open([woman])
    assert (woman in opening.refused) is (policy is Policy.BLOCK)
    assert [type(each) for each in opening.warned.values()] == ([HadItBefore] if policy is Policy.WARN else [])


def test_who_is_on_the_way_by_another_version_does_not_set_out_beside_it(road: Road) -> None:
    (woman,) = road.women()
    journey = road.open([woman]).opened[woman]
    with road.database.transaction() as session:
        session.execute(update(Journey).where(Journey.id == journey).values(version=99))
    refused = road.open([woman]).refused[woman]
    assert isinstance(refused, JourneyAlreadyOpen)
    assert refused.fields["version"] == 99


def test_what_she_had_under_another_record_counts(road: Road) -> None:
    (record,) = road.women()
    (kept,) = road.women(1, nik=NIK, nik_index=blind_index(NIK, "nik"))
    over(road, record, JourneyOutcome.COMPLETED, {})
    assert set(candidates(road)) == {kept}
    with road.database.transaction() as session:
        changes.merge_into_bearer(session, OFFICER, record, nik=NIK, evidence="Surat Dukcapil 1")
    assert candidates(road) == []
    assert isinstance(road.open([kept]).refused[kept], HadItAlready)


def formed(road: Road, people: list[UUID]) -> UUID:
    (group,) = road.groups()
    roles = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER)
    chosen = [Chosen(each, role) for each, role in zip(people, roles, strict=True)]
    with road.database.transaction() as session:
        groups.choose_members(
            session, group, chosen, least=3, most=20, berita_acara="BA-01", deliberated_on=date(2023, 3, 1)
        )
    return group


def test_a_group_and_its_members_have_had_it(road: Road) -> None:
    people = road.women(3)
    group = formed(road, people)
    over(road, group, JourneyOutcome.STOPPED, GIVEN, KUBE)
    assert isinstance(road.open([group], KUBE).refused[group], HadItAlready)
    with road.database.transaction() as session:
        programme = publishing.newest(session, KUBE)
        assert set(had.had_by(session, programme, people)) == set(people)
        assert {group, *people} <= set(session.scalars(had.who_had_it(session, programme)))
        groups.replace_member(session, OFFICER, group, people[2], None)
    (fresh,) = road.women(1)
    other = formed(road, [people[2], fresh, road.women(1)[0]])
    refused = road.open([other], KUBE).refused[other]
    assert isinstance(refused, MembersHadIt)
    assert refused.fields["members"] == 1


@pytest.mark.parametrize("hour", [0, 7, 8, 23])
def test_whoever_joined_on_the_day_on_which_it_ended_has_had_it_at_whichever_hour(road: Road, hour: int) -> None:
    people = road.women(3)
    group = formed(road, people)
    over(road, group, JourneyOutcome.STOPPED, GIVEN, KUBE)
    ended_at = datetime.combine(clock.today(), time(hour, 30), clock.zone())
    with road.database.transaction() as session:
        session.execute(update(Journey).where(Journey.subject_id == group).values(ended_at=ended_at))
        programme = publishing.newest(session, KUBE)
        assert set(had.had_by(session, programme, people)) == set(people)
        session.execute(
            update(Journey).where(Journey.subject_id == group).values(ended_at=ended_at - timedelta(days=1))
        )
        assert had.had_by(session, programme, people) == {}


def test_both_doors_say_who_has_had_it(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    over(road, woman, JourneyOutcome.COMPLETED, {})
    body = {"programme": WRSE, "subject_ids": [str(woman)]}
    said = app.test_client().post("/intake/v1/dinsos/journeys", headers=bearer(OFFICER), json=body).json
    assert [each["code"] for each in said["refused"]] == ["had-it-already"]
    page = Browser(app, OFFICER).submit("/intake/dinsos/journeys", {"programme": WRSE, "subject_ids[]": str(woman)})
    assert "nobody has it twice" in page.text


def test_whom_a_stage_brings_along_is_left_as_she_is_where_she_has_had_it(road: Road) -> None:
    had_it, fresh = road.women(2)
    over(road, had_it, JourneyOutcome.COMPLETED, {})
    (parent,) = road.set_out()
    with road.database.transaction() as session:
        spawned = [
            (parent, engine.SpawnedJourney(stage="recruitment", programme=WRSE, subject_id=each), None)
            for each in (had_it, fresh)
        ]
        commands.open_spawned(session, spawned)
        subjects = {each.subject_id for each in session.query(Journey).filter_by(parent_id=parent)}
    assert subjects == {fresh}
