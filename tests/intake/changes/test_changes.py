"""What befalls people and groups on the way, each case under the name by which officers know it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from services.intake.changes import commands, queries, rules
from services.intake.changes.models import PersonMerge
from services.intake.groups import commands as groups
from services.intake.groups import queries as group_queries
from services.intake.groups.models import BusinessGroup
from services.intake.groups.rules import Chosen, GroupDissolved, IntoItself, MemberRole
from services.intake.journeys.rules import GroupEnded, GroupFrozen, PersonNotActive
from services.intake.registry import queries as registry
from services.intake.registry.models import DuplicateReview, DuplicateState, Person, Residence
from services.intake.registry.rules import MaritalStatus, RecordMerged, masked
from shared.events.intake import GroupFrozen as Frozen
from shared.events.intake import GroupMended, JourneyEnded, JourneyOutcome, StageWithdrawn
from shared.events.referrals import ReferralAccepted
from shared.identity.rules import OutsideArea
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.privacy.fields import blind_index
from shared.privacy.looks import Look
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import KUBE, OFFICER, Road
from tests.intake.people import VILLAGE, register

ROLES = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER, MemberRole.MEMBER, MemberRole.MEMBER)
NIK, OTHER_NIK = "6402064512909001", "6402064512909002"
LETTER = "Surat Dukcapil 470/12/2023"
FAR = an_officer(office="dinsos-mataram")


@pytest.fixture
def road(intake_db: Database) -> Road:
    return Road(intake_db)


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def with_nik(nik: str) -> dict[str, Any]:
    return {"nik": nik, "nik_index": blind_index(nik, "nik")}


def a_review(road: Road, name: str = "Rohana Uji") -> tuple[UUID, UUID]:
    """A person with a NIK, and a record of a file that claims the same one; gives her and the review."""
    with road.database.transaction() as session:
        (bearer_id,) = register(session, **with_nik(NIK))
        claim = {"name": name, "area": VILLAGE, "sex": "female", "birth_date": "1990-12-06"}
        review = DuplicateReview(
            person_id=bearer_id,
            run_id=registry.described(session, session.get_one(Person, bearer_id))["listings"][0]["snapshot_id"],
            row=3,
            row_index=blind_index(name, "row"),
            claim={**claim, "address": "Jl. Uji 3", "phone": None},
            opened_at=clock.now(),
        )
        session.add(review)
        session.flush()
        return bearer_id, review.id


def do(road: Road, act: Callable[..., Any], *given: Any, officer: Any = OFFICER, **named: Any) -> Any:
    with road.database.transaction() as session:
        return act(session, officer, *given, **named)


def described(road: Road, person: UUID) -> dict[str, Any]:
    with road.database.reading() as session:
        return registry.described(session, session.get_one(Person, person))


def a_group(road: Road, count: int = 5, **facts: Any) -> tuple[UUID, list[UUID]]:
    (group,) = road.groups()
    people = road.women(count, **facts)
    chosen = [Chosen(each, role) for each, role in zip(people, ROLES, strict=False)]
    with road.database.transaction() as session:
        groups.choose_members(
            session, group, chosen, least=count, most=20, berita_acara="BA-01", deliberated_on=date(2023, 3, 1)
        )
    return group, people


def group_of(road: Road, group: UUID) -> BusinessGroup:
    with road.database.reading() as session:
        return session.get_one(BusinessGroup, group)


def members(road: Road, group: UUID) -> set[UUID]:
    with road.database.reading() as session:
        return {each.person_id for each in group_queries.members_of(session, [group])[group]}


def test_duplicate_nik_a_record_that_was_kept_out_is_decided_as_the_same_person_and_both_histories_stay(
    road: Road,
) -> None:
    bearer_id, review = a_review(road)
    entered = do(road, commands.settle_review, review, same=True, evidence=LETTER).id
    told = described(road, bearer_id)
    assert [(each["id"], each["name"], each["nik"]) for each in told["also_known_as"]] == [
        (entered, "Rohana Uji", None)
    ]
    assert told["residences"][0]["address"] == "Jl. Uji 3"
    assert [each["registry"].value for each in told["listings"]] == ["DTKS"]
    with pytest.raises(rules.ReviewSettled):
        do(road, commands.settle_review, review, same=False, evidence=LETTER)
    with road.database.reading() as session:
        kept = session.get_one(DuplicateReview, review)
        assert (kept.state, kept.evidence, kept.decided_by) == (DuplicateState.SETTLED, LETTER, OFFICER.id)
        listed = registry.persons(session, OFFICER, VILLAGE, None, 50)
    assert [each.id for each in listed.items] == [bearer_id]


def test_duplicate_nik_a_record_that_is_somebody_else_enters_without_a_nik(road: Road) -> None:
    bearer_id, review = a_review(road)
    entered = do(road, commands.settle_review, review, same=False, evidence=LETTER)
    told = described(road, entered.id)
    assert (told["name"], told["nik"], told["merged_into"]) == ("Rohana Uji", None, None)
    assert [str(each) for each in told["cautions"]] == ["nik-missing"]
    assert described(road, bearer_id)["also_known_as"] == []


def test_duplicate_nik_a_second_active_person_is_blocked(road: Road) -> None:
    bearer_id, review = a_review(road)
    entered = do(road, commands.settle_review, review, same=True, evidence=LETTER).id
    opening = road.open([entered, bearer_id])
    assert list(opening.opened) == [bearer_id]
    assert isinstance(opening.refused[entered], RecordMerged)


def test_a_merge_can_be_undone_and_both_stand_as_before(road: Road) -> None:
    before, provisional = road.women(1, **with_nik(NIK))[0], road.women(1)[0]
    alone = described(road, before), described(road, provisional)
    merge = do(road, commands.merge_into_bearer, provisional, nik=NIK, evidence=LETTER).id
    assert described(road, provisional)["merged_into"] == before
    do(road, commands.undo_merge, merge, because="Ternyata saudara kembar")
    assert (described(road, before), described(road, provisional)) == alone
    with pytest.raises(rules.MergeUndone):
        do(road, commands.undo_merge, merge, because="Dua kali")
    again = do(road, commands.merge_into_bearer, provisional, nik=NIK, evidence=LETTER).id
    assert again != merge


def test_a_nik_that_was_merged_leads_to_the_record_that_is_kept(road: Road) -> None:
    (kept,), (merged,) = road.women(1, **with_nik(NIK)), road.women(1, **with_nik(OTHER_NIK))
    do(road, commands.merge_into_bearer, merged, nik=NIK, evidence=LETTER)
    with road.database.reading() as session:
        assert registry.person_by_nik(session, OFFICER, OTHER_NIK).id == kept


def test_what_would_be_lost_or_could_not_be_undone_is_not_merged(road: Road) -> None:
    kept, other = road.women(1, **with_nik(NIK))[0], road.women(1, **with_nik(OTHER_NIK))[0]
    provisional = road.women(1)[0]
    with pytest.raises(rules.SameRecord):
        do(road, commands.merge_into_bearer, kept, nik=NIK, evidence=LETTER)
    with pytest.raises(rules.NobodyBearsIt):
        do(road, commands.merge_into_bearer, provisional, nik="6402064512909099", evidence=LETTER)
    do(road, commands.merge_into_bearer, provisional, nik=NIK, evidence=LETTER)
    with pytest.raises(RecordMerged) as there:
        do(road, commands.merge_into_bearer, provisional, nik=OTHER_NIK, evidence=LETTER)
    assert there.value.instead == f"persons/{kept}"
    with pytest.raises(rules.NobodyBearsIt):
        do(road, commands.merge_into_bearer, other, nik=NIK, evidence=LETTER, officer=FAR)


def test_death_ends_her_personal_tasks_and_twice_is_refused(road: Road) -> None:
    (woman,) = road.women()
    journey = road.open([woman]).opened[woman]
    farewell = do(road, commands.note_death, woman, died_on=clock.today(), evidence="Akta 12/2023")
    assert (farewell.journeys, farewell.group_id) == ([journey], None)
    assert [(each.journey_id, each.outcome) for each in road.said(JourneyEnded)] == [(journey, JourneyOutcome.STOPPED)]
    assert [each.stage for each in road.said(StageWithdrawn)] == ["verification"]
    assert isinstance(road.open([woman]).refused[woman], PersonNotActive)
    with pytest.raises(rules.DeathKnown):
        do(road, commands.note_death, woman, died_on=clock.today(), evidence="Akta 12/2023")


def test_death_of_a_member_leaves_the_journey_and_the_goods_with_the_group(road: Road) -> None:
    group, people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    farewell = do(road, commands.note_death, people[0], died_on=clock.today(), evidence="Akta 12/2023")
    assert (farewell.journeys, farewell.group_id) == ([], group)
    assert road.journey(journey).status == "open"
    assert members(road, group) == set(people[1:])
    assert group_of(road, group).frozen_at is not None


def test_a_death_and_a_departure_at_the_same_moment_leave_nobody_on_the_way_who_died(road: Road) -> None:
    women = road.women(6)

    def depart(woman: UUID) -> None:
        road.open([woman])

    def die(woman: UUID) -> None:
        do(road, commands.note_death, woman, died_on=clock.today(), evidence="Akta 12/2023")

    with ThreadPoolExecutor(4) as desks:
        for work in [desks.submit(act, woman) for woman in women for act in (depart, die)]:
            work.result()
    assert road.open_journeys_left() == 0


@pytest.mark.parametrize(
    ("died_on", "wrong"), [(date(2999, 1, 1), rules.DeathAhead), (date(1950, 1, 1), rules.DeathBeforeBirth)]
)
def test_a_death_that_cannot_have_been_is_refused(road: Road, died_on: date, wrong: type[Exception]) -> None:
    (woman,) = road.women()
    with pytest.raises(wrong):
        do(road, commands.note_death, woman, died_on=died_on, evidence="Akta 12/2023")
    with pytest.raises(OutsideArea):
        do(road, commands.note_death, woman, died_on=clock.today(), evidence="Akta 12/2023", officer=FAR)
    assert described(road, woman)["died_on"] is None


def test_group_below_its_minimum_sets_out_for_no_new_aid_until_a_member_is_replaced(road: Road) -> None:
    group, people = a_group(road)
    do(road, groups.replace_member, group, people[4], None)
    frozen = group_of(road, group)
    assert frozen.mend_by == groups.MEND_WITHIN.after(frozen.frozen_at)
    assert groups.MEND_WITHIN.count == 30
    assert isinstance(road.open([group], KUBE).refused[group], GroupFrozen)
    do(road, groups.replace_member, group, people[3], road.women()[0])
    assert group_of(road, group).frozen_at is not None  # four again: one left, one came
    (fifth,) = road.women()
    with road.database.transaction() as session:
        chosen = [Chosen(each, role) for each, role in zip([*members(road, group), fifth], ROLES, strict=True)]
        groups.choose_members(
            session, group, chosen, least=5, most=20, berita_acara="BA-02", deliberated_on=date(2023, 4, 1)
        )
    assert group_of(road, group).frozen_at is None
    assert group in road.open([group], KUBE).opened


def test_group_below_its_minimum_is_announced_once_and_its_end_names_the_same_freeze(road: Road) -> None:
    group, people = a_group(road)
    do(road, groups.replace_member, group, people[4], None)
    do(road, groups.replace_member, group, people[3], None)
    (frozen,) = road.said(Frozen)
    assert (frozen.group_id, frozen.mend_by) == (group, group_of(road, group).mend_by)
    assert road.said(GroupMended) == []
    with road.database.transaction() as session:
        chosen = [Chosen(each, role) for each, role in zip([*people[:3], *road.women(2)], ROLES, strict=True)]
        groups.choose_members(
            session, group, chosen, least=5, most=20, berita_acara="BA-02", deliberated_on=date(2023, 4, 1)
        )
    assert road.said(GroupMended) == [GroupMended(group_id=group, frozen_at=frozen.frozen_at)]


def test_group_below_its_minimum_keeps_its_journey_and_the_work_of_its_stages_goes_on(road: Road) -> None:
    group, people = a_group(road)
    journey = road.open([group], KUBE).opened[group]
    stage = next(iter(road.journey(journey).state["stages"]))
    do(road, groups.replace_member, group, people[4], None)
    assert (road.journey(journey).status, road.said(JourneyEnded), road.said(StageWithdrawn)) == ("open", [], [])
    road.hear(road.of(ReferralAccepted, journey, stage))
    assert road.journey(journey).state["stages"][stage]["standing"] == "accepted"


def test_group_below_its_minimum_merges_and_its_members_go_over(road: Road) -> None:
    (small, leaving), (large, others) = a_group(road), a_group(road)
    journey = road.open([small], KUBE).opened[small]
    do(road, groups.replace_member, small, leaving[4], None)
    do(road, commands.end_group, small, berita_acara="BA-09", on=clock.today(), into=large)
    assert (members(road, small), members(road, large)) == (set(), {*others, *leaving[:4]})
    ended = group_of(road, small)
    assert (ended.merged_into, ended.dissolved_by, ended.frozen_at) == (large, "BA-09", None)
    assert road.journey(journey).outcome is JourneyOutcome.STOPPED
    assert isinstance(road.open([small], KUBE).refused[small], GroupEnded)


def test_group_below_its_minimum_dissolves_and_its_members_are_free(road: Road) -> None:
    group, people = a_group(road)
    do(road, commands.end_group, group, berita_acara="BA-09", on=clock.today())
    assert members(road, group) == set()
    with pytest.raises(GroupDissolved):
        do(road, groups.replace_member, group, people[0], None)
    with pytest.raises(GroupDissolved):
        do(road, commands.end_group, group, berita_acara="BA-10", on=clock.today())
    with pytest.raises(IntoItself):
        do(road, commands.end_group, group, berita_acara="BA-10", on=clock.today(), into=group)
    with pytest.raises(NotFound):
        do(road, commands.end_group, group, berita_acara="BA-10", on=clock.today(), into=people[0])


def test_moved_to_another_kelurahan_her_address_is_dated_her_journey_stays_and_her_group_is_flagged(
    road: Road, app: Flask
) -> None:
    group, people = a_group(road)
    (alone,) = road.women()
    journey = road.open([alone]).opened[alone]
    today, elsewhere = clock.today(), "64.02.05.2002"
    with road.database.transaction() as session:
        for each in (people[0], alone):
            session.get_one(Person, each).area = elsewhere
            session.add(Residence(person_id=each, area=VILLAGE, since=date(2020, 1, 1), until=today))
            session.add(Residence(person_id=each, area=elsewhere, since=today))
    assert [(each["area"], each["until"]) for each in described(road, alone)["residences"]] == [
        (elsewhere, None),
        (VILLAGE, today),
    ]
    assert road.journey(journey).area == VILLAGE
    shown = app.test_client().get(f"/intake/v1/dinsos/groups/{group}", headers=bearer(OFFICER)).json
    assert shown["moved_away"] == [str(people[0])]
    assert "has moved out of the group" in Browser(app, OFFICER).get(f"/intake/dinsos/groups/{group}").text


def test_records_are_told_apart_and_put_together_on_pages_and_each_look_is_logged(road: Road, app: Flask) -> None:
    bearer_id, review = a_review(road)
    browser, address = Browser(app, OFFICER), "/intake/dinsos/duplicates"
    page = browser.get(address).text
    assert masked(NIK) in page
    assert NIK not in page
    wrong = browser.submit(f"{address}/{review}", {"same": "true"})
    assert wrong.status_code == 422
    assert browser.submit(f"{address}/{review}", {"same": "true", "evidence": LETTER}).status_code == 303
    with road.database.reading() as session:
        (merge,) = session.scalars(select(PersonMerge)).all()
        assert session.scalars(select(Look.subject_id).where(Look.subject_id == bearer_id)).first() == bearer_id
    assert browser.submit(f"/intake/dinsos/merges/{merge.id}/undo", {"because": "Keliru"}).status_code == 303
    assert browser.submit(f"/intake/dinsos/merges/{merge.id}/undo", {"because": "Keliru"}).status_code == 409
    assert "undone" in browser.get(address).text
    person = f"/intake/dinsos/persons/{merge.merged_id}"
    assert browser.submit(f"{person}/merge", {"nik": OTHER_NIK, "evidence": LETTER}).status_code == 422
    assert browser.submit(f"{person}/merge", {"nik": NIK, "evidence": LETTER}).status_code == 303
    assert "part of another one" in browser.get(person).text


def test_a_death_and_the_end_of_a_group_are_noted_on_pages(road: Road, app: Flask) -> None:
    group, people = a_group(road)
    browser, person = Browser(app, OFFICER), f"/intake/dinsos/persons/{people[0]}"
    assert "may fall below its minimum" in browser.get(f"{person}/changes").text
    assert browser.submit(f"{person}/death", {"died_on": "2999-01-01", "evidence": "Akta 1"}).status_code == 422
    said = {"died_on": clock.today().isoformat(), "evidence": "Akta 1"}
    assert browser.submit_twice(f"{person}/death", said).status_code == 303
    assert "Died on" in browser.get(person).text
    address = f"/intake/dinsos/groups/{group}"
    assert "below its minimum" in browser.get(f"{address}/changes").text
    (newcomer,) = road.women()
    moved = {"leaving": str(people[1]), "joining": str(newcomer)}
    assert browser.submit(f"{address}/replacements", moved).status_code == 303
    assert newcomer in members(road, group)
    ahead = (clock.today() + timedelta(days=2)).isoformat()
    assert browser.submit(f"{address}/end", {"berita_acara": "BA-9", "on": ahead}).status_code == 422
    ended = {"berita_acara": "BA-9", "on": clock.today().isoformat()}
    assert browser.submit_twice(f"{address}/end", ended).status_code == 303
    assert "The group ended on" in browser.get(address).text


def test_a_program_does_the_same(road: Road, app: Flask) -> None:
    bearer_id, review = a_review(road)
    client, root = app.test_client(), "/intake/v1/dinsos"

    def send(address: str, **body: Any) -> Any:
        return client.post(f"{root}/{address}", headers=bearer(OFFICER), json=body)

    (listed,) = client.get(f"{root}/duplicates", headers=bearer(OFFICER)).json["items"]
    assert (listed["id"], listed["bearer"]["nik"], listed["claim"]["name"]) == (str(review), masked(NIK), "Rohana Uji")
    settled = send(f"duplicates/{review}/decision", same=True, evidence=LETTER).json
    assert settled["merged_into"] == str(bearer_id)
    (merge,) = client.get(f"{root}/merges", headers=bearer(OFFICER)).json["items"]
    assert send(f"merges/{merge['id']}/undo", because="Keliru").json["undone_at"]
    assert send(f"persons/{settled['person_id']}/merge", nik=NIK, evidence=LETTER).status_code == 201
    (woman,) = road.women(marital_status=MaritalStatus.SINGLE)
    died = send(f"persons/{woman}/death", died_on=clock.today().isoformat(), evidence="Akta 3")
    assert died.json == {"journeys": [], "group_id": None}
    group, _people = a_group(road)
    ahead = send(f"groups/{group}/end", berita_acara="BA-9", on=(clock.today() + timedelta(days=1)).isoformat())
    assert (ahead.status_code, list(ahead.json["errors"])) == (422, ["on"])
    ended = send(f"groups/{group}/end", berita_acara="BA-9", on=clock.today().isoformat())
    assert ended.json["dissolved_on"] == clock.today().isoformat()
    with road.database.reading() as session:
        assert queries.merge_of(session, UUID(settled["person_id"])) is not None
