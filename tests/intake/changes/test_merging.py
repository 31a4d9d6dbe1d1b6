"""Two records of one person: what goes on under the one that lives, what is refused, and what undoing takes back."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from services.intake.changes import commands, jobs, rules
from services.intake.consents import commands as consents
from services.intake.disclosures import commands as disclosures
from services.intake.eligibility import queries as eligibility
from services.intake.groups import commands as groups
from services.intake.groups.models import GroupMember
from services.intake.journeys import commands as journey_commands
from services.intake.journeys.models import Journey
from services.intake.journeys.particulars import Asked, parts
from services.intake.registry import commands as registry_commands
from services.intake.registry.models import Household, HouseholdMember, Person
from services.intake.registry.rules import MaritalStatus, RecordMerged, Registry, Relation
from services.intake.rights.rules import Identified
from shared.events.intake import PersonsMerged, PersonsParted, StageOffered, SubjectKind
from shared.kernel import clock, numbers
from shared.privacy.fields import blind_index
from shared.referrals.models import Referral
from tests.browsing import Browser, bearer
from tests.intake.changes.test_changes import (
    LETTER,
    NIK,
    OTHER_NIK,
    Road,
    a_group,
    app,
    described,
    do,
    members,
    road,
    with_nik,
)
from tests.intake.journeys.roads import KUBE, OFFICER, WRSE, WRSE_WAY

__all__ = ["app", "road"]


def two(road: Road, **facts: Any) -> tuple[UUID, UUID]:
    """A record without a NIK, and one with it."""
    return road.women(1, **facts)[0], road.women(1, **with_nik(NIK))[0]


def merge(road: Road, record: UUID, nik: str = NIK) -> UUID:
    done: UUID = do(road, commands.merge_into_bearer, record, nik=nik, evidence=LETTER).id
    return done


def undo(road: Road, done: UUID) -> None:
    do(road, commands.undo_merge, done, because="Ternyata saudara kembar")


def person(road: Road, person_id: UUID) -> Person:
    with road.database.reading() as session:
        return session.get_one(Person, person_id)


def subject(road: Road, journey: UUID) -> UUID:
    return road.journey(journey).subject_id


def said(road: Road) -> list[tuple[UUID, UUID | None, int]]:
    told = [*road.said(PersonsMerged), *road.said(PersonsParted)]
    return [(each.record_id, getattr(each, "person_id", None), each.revision) for each in told]


def test_every_service_is_told_of_a_merge_and_of_its_undoing(road: Road) -> None:
    record, kept = two(road)
    undo(road, merge(road, record))
    merge(road, record)
    assert sorted(said(road), key=lambda each: each[2]) == [(record, kept, 1), (record, None, 2), (record, kept, 3)]


def test_a_woman_on_her_way_is_merged_and_her_journey_goes_on_under_the_record_that_lives(road: Road) -> None:
    record, kept = two(road)
    journey = road.open([record]).opened[record]
    done = merge(road, record)
    assert subject(road, journey) == kept
    road.complete(*WRSE_WAY[0], journey)
    offered = road.offers(journey)[-1]
    assert (offered.stage, offered.subject_id) == ("proposal", kept)
    with road.database.reading() as session:
        referrals = session.scalars(select(Referral.subject_id).where(Referral.journey_id == journey)).all()
        asked = Asked(SubjectKind.PERSON, kept, ("nik",), {"budget_year": 2023, "compatibility": []}, journey)
        (told,) = parts(session, [asked])
    assert set(referrals) <= {kept}
    assert told["particulars"] == {"nik": NIK}
    assert [each["person"] for each in told["aid"]["beneficiaries"]] == [str(kept)]
    undo(road, done)
    assert subject(road, journey) == record


def test_a_journey_that_was_over_stays_with_its_own_record(road: Road) -> None:
    record, _kept = two(road)
    journey = road.open([record]).opened[record]
    with road.database.transaction() as session:
        now = clock.now()
        session.execute(
            update(Journey)
            .where(Journey.id == journey)
            .values(status="ended", ended_at=now, outcome="completed", is_stuck=False)
        )
    merge(road, record)
    assert subject(road, journey) == record


def test_two_open_journeys_of_one_programme_are_settled_first(road: Road) -> None:
    record, kept = two(road)
    journeys = [road.open([each]).opened[each] for each in (record, kept)]
    with pytest.raises(rules.JourneysCollide) as first:
        merge(road, record)
    assert [numbers.of(each) in str(first.value) for each in journeys] == [True, True]
    assert (person(road, record).merged_into, said(road)) == (None, [])
    do(road, journey_commands.withdraw_journey, journeys[1], "Dua data, satu orang")
    merge(road, record)
    assert subject(road, journeys[0]) == kept


def test_her_place_in_a_group_goes_on_and_comes_back(road: Road) -> None:
    group, people = a_group(road)
    (kept,) = road.women(1, **with_nik(NIK))
    done = merge(road, people[3])
    assert members(road, group) == {*people[:3], people[4], kept}
    undo(road, done)
    assert members(road, group) == set(people)


def test_members_of_two_groups_are_no_one_person_before_one_of_them_leaves(road: Road) -> None:
    (_, people), (other, others) = a_group(road), a_group(road)
    with road.database.transaction() as session:
        session.get_one(Person, others[4]).nik = NIK
        session.get_one(Person, others[4]).nik_index = blind_index(NIK, "nik")
    with pytest.raises(rules.BothInGroups):
        merge(road, people[3])
    do(road, groups.replace_member, other, others[4], None)
    merge(road, people[3])


def chain(road: Road) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """A was merged into B and then B into C, each with a journey of its own; the records, merges and journeys."""
    a, b = road.women(1)[0], road.women(1, **with_nik(OTHER_NIK))[0]
    (c,) = road.women(1, **with_nik(NIK))
    group_of_a = road.open([a]).opened[a]
    first = merge(road, a, OTHER_NIK)
    second = merge(road, b)
    return [a, b, c], [first, second], [group_of_a]


@pytest.mark.parametrize(
    ("undone", "lives_on"),
    [([], [2, 2, None]), ([1], [1, None, None]), ([0], [None, 2, None]), ([0, 1], [None] * 3), ([1, 0], [None] * 3)],
)
def test_a_chain_of_merges_leads_to_the_one_that_lives_and_comes_apart_in_any_order(
    road: Road, undone: list[int], lives_on: list[int | None]
) -> None:
    records, merges, (journey,) = chain(road)
    for each in undone:
        undo(road, merges[each])
    expected = [None if each is None else records[each] for each in lives_on]
    assert [person(road, each).merged_into for each in records] == expected
    assert subject(road, journey) == (expected[0] or records[0])
    told: dict[UUID, tuple[int, UUID | None]] = {}
    for record, whose, revision in said(road):
        told[record] = max(told.get(record, (0, None)), (revision, whose), key=lambda each: each[0])
    assert [told.get(each, (0, None))[1] for each in records] == expected


def test_what_the_record_that_lives_did_not_say_is_filled_and_emptied_again(road: Road) -> None:
    (record,) = road.women(1, lists=(Registry.PKH, Registry.DTKS), marital_status=MaritalStatus.DIVORCED)
    empty = dict.fromkeys(("phone", "marital_status", "occupation", "pre_prosperous", "has_business"))
    (kept,) = road.women(1, lists=(Registry.P3KE,), **with_nik(NIK), **empty)
    with road.database.transaction() as session:
        card = Household(kk="6402060101200001", kk_index=blind_index("6402060101200001", "kk"))
        session.add(card)
        session.flush()
        member = HouseholdMember(person_id=record, household_id=card.id, relation=Relation.HEAD, since=date(2023, 1, 1))
        session.add(member)
        wish = {"channel": "at-office"}
        registry_commands.note_contact_wishes(session, {record: wish, kept: {"channel": "village-office"}})
    before = described(road, kept), described(road, record)
    done = merge(road, record)
    told = described(road, kept)
    assert (told["marital_status"], told["phone"], told["kk"]) == (MaritalStatus.DIVORCED, "+6281200009001", card.kk)
    assert sorted(each["registry"] for each in told["listings"]) == ["DTKS", "P3KE", "PKH"]
    assert told["contact_wish"] == wish
    with road.database.reading() as session:
        facts = eligibility.facts_of_persons(session, [kept], clock.today())[kept]
    assert facts["registries"] == ["DTKS", "P3KE", "PKH"]
    assert facts["heads_household"] is True
    undo(road, done)
    assert (described(road, kept), described(road, record)) == before


def test_what_the_record_that_lives_says_stays(road: Road) -> None:
    record = road.women(1, marital_status=MaritalStatus.DIVORCED, phone="+6281200009777")[0]
    (kept,) = road.women(1, **with_nik(NIK))
    before = described(road, kept)
    merge(road, record)
    after = described(road, kept)
    assert [after[name] for name in ("phone", "marital_status")] == [
        before[name] for name in ("phone", "marital_status")
    ]


def note_death(session: Any, officer: Any, record: UUID) -> None:
    commands.note_death(session, officer, record, died_on=clock.today(), evidence="Akta 1")


def ask_to_see(session: Any, officer: Any, record: UUID) -> None:
    disclosures.note_request(session, officer, record, identified=Identified.ID_CARD, seen="KTP")


def answer(session: Any, officer: Any, record: UUID) -> None:
    consents.hold(session, officer, [record])


def join_group(session: Any, officer: Any, record: UUID) -> None:
    group = session.scalars(select(GroupMember.group_id)).first()
    groups.replace_member(session, officer, group, None, record)


@pytest.mark.parametrize("act", [note_death, ask_to_see, answer, join_group])
def test_no_act_is_possible_on_a_record_that_was_merged_away(road: Road, act: Callable[..., None]) -> None:
    a_group(road)
    record, kept = two(road)
    merge(road, record)
    with pytest.raises(RecordMerged) as there:
        do(road, act, record)
    assert there.value.instead == f"persons/{kept}"


ACTS = [
    ("persons/{record}/contact-wish", {"channel": "visit", "never_call": False}),
    ("persons/{record}/notes", {"words": "Datang lagi hari Kamis"}),
    ("persons/{record}/death", {"died_on": "2026-01-02", "evidence": "Akta 1"}),
    ("persons/{record}/merge", {"nik": OTHER_NIK, "evidence": LETTER}),
    ("persons/{record}/disclosures", {"identified": "id-card", "seen": "KTP"}),
    (
        "persons/{record}/corrections",
        {"identified": "id-card", "seen": "KTP", "evidence": "KTP", "wanted": {"name": "Siti Uji"}},
    ),
]


@pytest.mark.parametrize(("address", "body"), ACTS)
def test_both_doors_lead_to_the_record_that_lives(road: Road, app: Flask, address: str, body: dict[str, Any]) -> None:
    record, kept = two(road)
    road.women(1, **with_nik(OTHER_NIK))
    merge(road, record)
    here = address.format(record=record)
    method = app.test_client().put if here.endswith("contact-wish") else app.test_client().post
    refused = method(f"/intake/v1/dinsos/{here}", headers=bearer(OFFICER), json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "record-merged")
    assert refused.json["instead"] == f"/intake/v1/dinsos/persons/{kept}"
    flat = {f"wanted.{name}": value for name, value in body.get("wanted", {}).items()}
    said = {name: value for name, value in body.items() if name != "wanted"}
    page = Browser(app, OFFICER).submit(f"/intake/dinsos/{here}", said | flat)
    assert page.status_code == 409
    assert f'href="/intake/dinsos/persons/{kept}"' in page.text


@pytest.mark.parametrize("form", ["changes", "disclosures/new", "corrections/new"])
def test_no_form_is_shown_for_a_record_that_was_merged_away(road: Road, app: Flask, form: str) -> None:
    record, kept = two(road)
    merge(road, record)
    page = Browser(app, OFFICER).get(f"/intake/dinsos/persons/{record}/{form}")
    assert page.status_code == 409
    assert f'href="/intake/dinsos/persons/{kept}"' in page.text


def test_whoever_lets_a_merged_record_set_out_is_told_which_one_lives(road: Road, app: Flask) -> None:
    record, kept = two(road)
    merge(road, record)
    body = {"programme": WRSE, "subject_ids": [str(record)]}
    answer = app.test_client().post("/intake/v1/dinsos/journeys", headers=bearer(OFFICER), json=body).json
    (refused,) = answer["refused"]
    assert (refused["code"], refused["instead"]) == ("record-merged", f"/intake/v1/dinsos/persons/{kept}")


def test_one_who_died_is_not_merged_with_one_who_lives(road: Road) -> None:
    record, kept = two(road)
    do(road, commands.note_death, kept, died_on=clock.today(), evidence="Akta 1")
    with pytest.raises(rules.OneHasDied):
        merge(road, record)
    do(road, commands.note_death, record, died_on=clock.today(), evidence="Akta 1")
    merge(road, record)


def test_merges_of_an_earlier_release_are_told_once(road: Road) -> None:
    record, kept = two(road)
    with road.database.transaction() as session:
        session.get_one(Person, record).merged_into = kept
    for _ in range(2):
        jobs.tell_merges.ring(road.database)
    assert said(road) == [(record, kept, 1)]


def test_a_group_on_its_way_keeps_its_journey_when_a_member_is_merged(road: Road) -> None:
    group, people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    (kept,) = road.women(1, **with_nik(NIK))
    merge(road, people[3])
    assert subject(road, journey) == group
    assert road.said(StageOffered)[-1].subject_id == group
    assert kept in members(road, group)
