"""Recruitment through both doors, and over the real handlers from one group to the next."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intake.groups import commands as groups
from services.intake.groups import queries as memberships
from services.intake.recruitment import queries
from services.intake.recruitment.models import Recruit
from services.intake.recruitment.queries import Coverage
from services.intake.registry.models import Person
from services.intake.registry.rules import Sex
from services.intake.worker import INTAKE
from shared.events.intake import JourneyOpened, StageOffered, StageWithdrawn
from shared.events.referrals import ReferralCompleted
from shared.identity.rules import Role
from shared.privacy.fields import blind_index
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import heard
from tests.intake.recruitment.growing import AMPENAN, AMPENAN_TOO, CAKRANEGARA, OFFICER, ROLES, Growth

NIK = "5271014107889001"


def named(*pairs: tuple[UUID, UUID]) -> dict[str, Any]:
    return {"recruits": [{"recruiter_id": str(who), "person_id": str(whom)} for who, whom in pairs]}


def each_brings(members: Sequence[UUID], recruits: Sequence[UUID]) -> dict[str, Any]:
    return named(*zip(members, recruits, strict=True))


def members(growth: Growth, group: UUID) -> list[UUID]:
    with growth.database.reading() as session:
        return [each.person_id for each in memberships.members_of(session, [group])[group]]


def told(growth: Growth) -> tuple[str, dict[str, Any]]:
    last = announced(growth.database)[-1]
    assert isinstance(last, ReferralCompleted)
    return last.outcome, last.facts


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def to_recruitment(growth: Growth, journey: UUID, people: Sequence[UUID]) -> None:
    growth.do(journey, "verification", {"registry": {}})
    chosen = [{"person_id": str(person), "role": role.value} for person, role in zip(people, ROLES, strict=True)]
    growth.do(journey, "formation", {"members": chosen, "berita_acara": "BA-2", "deliberated_on": "2023-05-02"})


# From one group to the next, over the real handlers


def test_recruits_become_a_group_whose_journey_begins_at_the_first_stage(growth: Growth):
    first = growth.women(3)
    parent = growth.set_out(growth.group(first))
    to_recruitment(growth, parent, first)
    recruits = growth.women(3, AMPENAN_TOO)
    growth.do(parent, "recruitment", each_brings(first, recruits))
    assert growth.journey(parent).outcome == "graduated"
    (child,) = growth.spawned_of(parent)
    assert child.state["stages"].keys() == {"verification"}  # nothing skips verification
    (opened,) = [each for each in announced(growth.database) if isinstance(each, JourneyOpened)][1:]
    assert (opened.parent_journey_id, opened.subject_id, opened.area, opened.members) == (
        parent, child.subject_id, AMPENAN_TOO, 3,
    )  # fmt: skip
    assert set(members(growth, child.subject_id)) == set(recruits)
    group = growth.group_row(child.subject_id)
    assert (group.name, group.line_of_business, group.berita_acara) == ("Kelompok Ampenan 2", "kerupuk ikan", None)
    to_recruitment(growth, child.id, recruits)
    growth.do(child.id, "recruitment", {})
    assert growth.journey(child.id).outcome == "graduated"


def test_a_recruitment_heard_twice_opens_one_journey_for_each_group(growth: Growth):
    first = growth.women(3)
    parent = growth.set_out(growth.group(first))
    to_recruitment(growth, parent, first)
    referral = growth.journey(parent).state["stages"]["recruitment"]["referral"]
    growth.call("POST", f"{referral}/accept", {})
    recruits = growth.women(6)
    body = named(*[(first[at // 2], recruit) for at, recruit in enumerate(recruits)])
    assert growth.call("POST", f"{referral}/complete", body).status_code == 200
    assert len(forgotten(growth)) == 2  # until the completion is heard
    growth.hear(twice=True)
    assert forgotten(growth) == []
    children = growth.spawned_of(parent)
    assert len(children) == 2
    assert {each.subject_id for each in children} == {UUID(each) for each in told_by(growth, referral)["groups"]}
    report = [each for each in announced(growth.database) if isinstance(each, ReferralCompleted)][-1]
    with growth.database.transaction() as session:
        INTAKE.hears[ReferralCompleted].run(session, [heard(report, "intake")])
    assert len(growth.spawned_of(parent)) == 2


def forgotten(growth: Growth) -> list[Any]:
    with growth.database.reading() as session:
        return queries.forgotten_groups(session)


def told_by(growth: Growth, referral: str) -> dict[str, Any]:
    (event,) = [
        each
        for each in announced(growth.database)
        if isinstance(each, ReferralCompleted) and str(each.referral_id) == referral
    ]
    return event.facts


def test_a_recruits_failure_does_not_punish_her_recruiter(growth: Growth):
    first = growth.women(3)
    parent_group = growth.group(first)
    parent = growth.set_out(parent_group)
    to_recruitment(growth, parent, first)
    growth.do(parent, "recruitment", each_brings(first, [*growth.women(2), *growth.women(1, sex=Sex.MALE)]))
    (child,) = growth.spawned_of(parent)

    def standing() -> object:
        journey, group = growth.journey(parent), growth.group_row(parent_group)
        with growth.database.reading() as session:
            used = queries.used_by(session, "growing", first, but=parent)
        return journey.outcome, journey.state, group.frozen_at, members(growth, parent_group), used

    before = standing()
    growth.do(child.id, "verification", {"registry": {}})
    assert growth.journey(child.id).outcome == "refused"
    assert standing() == before
    assert growth.journey(parent).outcome == "graduated"


def test_coverage_counts_every_woman_once_and_every_village_with_a_group(growth: Growth):
    def coverage() -> Coverage:
        with growth.database.reading() as session:
            return queries.coverage(session, "growing")

    assert coverage() == Coverage(0, 0)
    first = growth.women(3)
    parent = growth.set_out(growth.group(first))
    to_recruitment(growth, parent, first)
    assert coverage() == Coverage(women=3, villages=1)
    growth.do(parent, "recruitment", each_brings(first, growth.women(3, AMPENAN_TOO)))
    assert coverage() == Coverage(women=6, villages=2)
    (child,) = growth.spawned_of(parent)
    with growth.database.transaction() as session:
        for person in members(growth, child.subject_id)[:1]:
            session.get_one(Person, person).sex = Sex.MALE
    growth.do(child.id, "verification", {"registry": {}})
    assert coverage() == Coverage(women=3, villages=1)  # whom the programme turned away it has not reached


# Who may recruit whom


def test_recruiting_has_one_recruiter_for_each_recruit_and_no_cycles_across_groups(growth: Growth):
    ana, *_ = first = growth.women(3)
    first_group = growth.group(first)
    second = growth.women(3)
    referral = growth.recruiting(first_group)
    assert growth.call("POST", f"{referral}/complete", each_brings(first, second)).status_code == 200
    second_group = UUID(told(growth)[1]["groups"][0])
    third = growth.women(3)
    referral = growth.recruiting(second_group)
    assert growth.call("POST", f"{referral}/complete", each_brings(second, third)).status_code == 200
    third_group = UUID(told(growth)[1]["groups"][0])
    with growth.database.transaction() as session:  # she leaves, and her recruits' recruits would bring her back
        groups.replace_member(session, OFFICER, first_group, ana, None)
    referral = growth.recruiting(third_group)
    answer = growth.call("PUT", f"{referral}/work", named((third[0], ana)))
    assert refusal(answer) == (422, "recruiting-circle")
    assert list(answer.get_json()["errors"]) == ["recruits.0.person_id"]
    assert growth.call("PUT", f"{referral}/work", named((third[1], ana))).status_code == 200  # not of her line
    with growth.database.reading() as session:
        assert queries.audit(session) == []


def test_nobody_is_recruited_twice_or_out_of_a_group(growth: Growth):
    first, second = growth.women(3), growth.women(3)
    one, other = growth.recruiting(growth.group(first)), growth.recruiting(growth.group(second))
    (wanted, free) = growth.women(2)
    assert growth.call("PUT", f"{one}/work", named((first[0], wanted))).status_code == 200
    assert refusal(growth.call("PUT", f"{other}/work", named((second[0], wanted)))) == (422, "recruited-twice")
    assert refusal(growth.call("PUT", f"{other}/work", named((second[0], first[1])))) == (422, "already-on-the-way")
    assert refusal(growth.call("PUT", f"{other}/work", named((free, wanted)))) == (422, "recruiter-outside-group")
    assert growth.call("PUT", f"{one}/work", {"recruits": []}).status_code == 200  # whoever is left out is free again
    assert growth.call("PUT", f"{other}/work", named((second[0], wanted))).status_code == 200


def test_a_member_recruits_at_most_as_many_as_the_programme_allows_ever(growth: Growth):
    first = growth.women(3)
    group = growth.group(first)
    women = growth.women(3)
    referral = growth.recruiting(group)
    assert growth.call("POST", f"{referral}/complete", named((first[0], women[0]))).status_code == 200
    referral = growth.recruiting(group)
    both = named((first[0], women[1]), (first[0], women[2]))
    answer = growth.call("PUT", f"{referral}/work", both)
    assert refusal(answer) == (422, "too-many-recruits")
    places = [each["recruiter_id"] for each in growth.work(referral)["recruits"]]
    assert places.count(str(first[0])) == 1
    assert places.count(str(first[1])) == 2


def test_two_officers_who_name_the_same_woman_at_once_recruit_her_once(growth: Growth):
    teams = [growth.women(3) for _ in range(4)]
    referrals = [growth.recruiting(growth.group(team)) for team in teams]
    (wanted,) = growth.women(1)

    def name(at: int) -> int:
        answer = growth.call("PUT", f"{referrals[at]}/work", named((teams[at][0], wanted)))
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as officers:
        answers = sorted(officers.map(name, range(4)))
    assert answers == [200, 422, 422, 422]
    with growth.database.reading() as session:
        assert len(session.scalars(select(Recruit)).all()) == 1


def test_two_officers_at_once_cannot_pass_a_members_limit(growth: Growth):
    first = growth.women(3)
    group = growth.group(first)
    referrals = [growth.recruiting(group) for _ in range(3)]
    women = growth.women(6)

    def name(at: int) -> int:
        pairs = [(first[0], woman) for woman in women[2 * at : 2 * at + 2]]
        return int(growth.call("PUT", f"{referrals[at]}/work", named(*pairs)).status_code)

    with ThreadPoolExecutor(3) as officers:
        assert sorted(officers.map(name, range(3))) == [200, 422, 422]


def test_a_woman_outside_the_officers_areas_or_the_programmes_region_is_named_by_nobody(growth: Growth):
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    (elsewhere,) = growth.women(1, "64.02.05.2001")
    body = named((first[0], elsewhere))
    assert refusal(growth.call("PUT", f"{referral}/work", body)) == (422, "unknown-recruit")
    everywhere = an_officer(Role.OFFICER, office="dinsos-mataram", areas=("52.71", "64.02"))
    assert refusal(growth.call("PUT", f"{referral}/work", body, everywhere)) == (422, "outside-programme")


# New groups


def test_recruits_of_different_kecamatan_never_share_a_group(growth: Growth):
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    recruits = [*growth.women(2), *growth.women(2, CAKRANEGARA)]
    body = named(*[(first[at // 2], recruit) for at, recruit in enumerate(recruits)])
    assert growth.call("POST", f"{referral}/complete", body).status_code == 200
    assert told(growth) == ("recruited", {"groups": [], "recruits": 4})
    with growth.database.reading() as session:
        assert queries.waiting_by_kecamatan(session, OFFICER, "growing") == {"52.71.01": 2, "52.71.03": 2}


def test_recruits_who_were_left_over_join_the_next_of_their_kecamatan(growth: Growth):
    first, second = growth.women(3), growth.women(3)
    one, other = growth.recruiting(growth.group(first)), growth.recruiting(growth.group(second))
    early, late = growth.women(2), growth.women(3)
    assert growth.call("POST", f"{one}/complete", each_brings(first[:2], early)).status_code == 200
    assert told(growth)[1] == {"groups": [], "recruits": 2}
    assert growth.call("POST", f"{other}/complete", each_brings(second, late)).status_code == 200
    outcome, facts = told(growth)
    assert (outcome, facts["recruits"], len(facts["groups"])) == ("recruited", 3, 1)
    assert set(members(growth, UUID(facts["groups"][0]))) == {*early, late[0]}
    with growth.database.reading() as session:
        assert queries.waiting_by_kecamatan(session, OFFICER, "growing") == {"52.71.01": 2}


def test_recruitments_closed_together_do_what_they_do_one_by_one(growth: Growth):
    teams = [growth.women(3) for _ in range(3)]
    referrals = [growth.recruiting(growth.group(team)) for team in teams]
    recruits = [growth.women(2) for _ in teams]
    done = [
        {"id": str(referral), "done": each_brings(team[:2], brought)}
        for referral, team, brought in zip(referrals, teams, recruits, strict=True)
    ]
    assert growth.call("POST", "complete", {"referrals": done}).status_code == 200
    facts = [each.facts for each in announced(growth.database) if isinstance(each, ReferralCompleted)]
    assert sorted(len(each["groups"]) for each in facts) == [0, 1, 1]
    assert [each["recruits"] for each in facts] == [2, 2, 2]


def test_a_woman_who_joined_a_group_meanwhile_waits_no_longer(growth: Growth):
    first, second = growth.women(3), growth.women(3)
    one, other = growth.recruiting(growth.group(first)), growth.recruiting(growth.group(second))
    early = growth.women(2)
    growth.call("POST", f"{one}/complete", each_brings(first[:2], early))
    growth.group([*early, *growth.women(1)])
    growth.call("POST", f"{other}/complete", each_brings(second[:1], growth.women(1)))
    assert told(growth) == ("recruited", {"groups": [], "recruits": 1})


def test_a_recruitment_that_brings_nobody_says_so(growth: Growth):
    referral = growth.recruiting(growth.group())
    assert growth.call("POST", f"{referral}/complete", {}).status_code == 200
    assert told(growth) == ("nobody", {"groups": [], "recruits": 0})


def test_a_recruitment_that_is_taken_back_frees_whoever_was_named(growth: Growth):
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    growth.call("PUT", f"{referral}/work", each_brings(first[:1], growth.women(1)))
    taken = StageWithdrawn(journey_id=first[0], referral_id=referral, stage="recruitment", reason="moved")
    for _twice in range(2):
        with growth.database.transaction() as session:
            INTAKE.hears[StageWithdrawn].run(session, [heard(taken, "intake")])
    with growth.database.reading() as session:
        assert session.scalars(select(Recruit)).all() == []


# The doors


def with_nik(growth: Growth, person: UUID) -> UUID:
    with growth.database.transaction() as session:
        found = session.get_one(Person, person)
        found.nik, found.nik_index = NIK, blind_index(NIK, "nik")
    return person


def test_somebody_who_is_not_in_the_list_is_named_by_her_nik(growth: Growth):
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    wanted = with_nik(growth, growth.women(1, CAKRANEGARA)[0])
    by_nik = {"recruits": [{"recruiter_id": str(first[0]), "nik": NIK}]}
    assert growth.call("PUT", f"{referral}/work", by_nik).status_code == 200
    assert growth.work(referral)["recruits"][0]["person_id"] == str(wanted)
    for nik, code in (("5271014107889002", "unknown-recruit"), ("5271", "not-sixteen-digits")):
        wrong = growth.call("PUT", f"{referral}/work", {"recruits": [{"recruiter_id": str(first[0]), "nik": nik}]})
        assert refusal(wrong) == (422, code)
        assert list(wrong.get_json()["errors"]) == ["recruits.0.nik"]


def test_the_page_has_a_place_for_everybody_who_may_be_brought(growth: Growth):
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    recruits = growth.women(3)
    browser, page = Browser(growth.app, OFFICER), f"/intake/dinsos/referrals/{referral}"
    shown = browser.get(page).text
    assert shown.count('.recruiter_id"') == 6
    assert all(str(each) in shown for each in recruits)
    form = {f"recruits.{at}.recruiter_id": str(first[at // 2]) for at in range(6)}
    form |= {f"recruits.{at}.person_id": "" for at in range(6)}
    form |= {"recruits.5.nik": "123"}
    wrong = browser.submit(f"{page}/complete", form)
    assert wrong.status_code == 422
    assert "recruits-5-nik-error" in wrong.text
    form |= {"recruits.5.nik": "", **{f"recruits.{at}.person_id": str(recruits[at // 2]) for at in (0, 2, 4)}}
    assert browser.submit(f"{page}/work", form).status_code == 303
    assert browser.get(page).text.count(" selected") == 3
    assert browser.submit(f"{page}/complete", form).status_code == 303
    outcome, facts = told(growth)
    assert (outcome, facts["recruits"], len(facts["groups"])) == ("recruited", 3, 1)


def test_names_are_shown_only_once_the_stage_is_taken_on_and_each_look_is_logged(growth: Growth):
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    growth.women(2)
    work = growth.work(referral)
    assert len(work["possible"]) == 2
    no = {"reason": "no-places", "explanation": "Jadwal penuh.", "suggestion": "offer-again-later"}
    assert growth.call("POST", f"{referral}/return", no).status_code == 200
    with growth.database.reading() as session:
        looked = session.connection().exec_driver_sql("SELECT count(*) FROM look WHERE why = 'recruits wanted'")
        assert looked.scalar() == 5
    assert growth.work(referral)["possible"] == []


def test_both_doors_tell_how_far_the_programme_has_come(growth: Growth):
    growth.set_out(growth.group())
    first = growth.women(3)
    referral = growth.recruiting(growth.group(first))
    growth.call("POST", f"{referral}/complete", each_brings(first[:2], growth.women(2)))
    client = growth.app.test_client()
    told_so = client.get("/intake/v1/dinsos/recruitment?programme=growing", headers=bearer(OFFICER)).get_json()
    assert told_so == {
        "programme": "growing", "women": 3, "villages": 1,
        "waiting": [{"area": "52.71.01", "name": "Ampenan", "recruits": 2}],
    }  # fmt: skip
    page = Browser(growth.app, OFFICER).get("/intake/dinsos/recruitment").text
    assert "Growing" in page
    assert "Ampenan" in page
    elsewhere = an_officer(Role.OFFICER, office="dinsos-kaltim")
    other = client.get("/intake/v1/dinsos/recruitment?programme=growing", headers=bearer(elsewhere)).get_json()
    assert other["waiting"] == []
    missing = client.get("/intake/v1/dinsos/recruitment?programme=none", headers=bearer(OFFICER))
    assert missing.status_code == 404


def test_what_must_never_be_is_found_by_the_audit(growth: Growth):
    ana, bea, cita = first = growth.women(3)
    group = growth.group(first)
    referral = growth.recruiting(group)
    growth.call("POST", f"{referral}/complete", each_brings(first[:1], growth.women(1)))
    with growth.database.reading() as session:
        assert queries.audit(session) == []
        (one,) = session.scalars(select(Recruit)).all()
    with growth.database.transaction() as session:
        for who, whom in ((ana, bea), (ana, cita), (bea, ana)):
            session.add(
                Recruit(
                    programme="growing", referral_id=one.referral_id, journey_id=one.journey_id, group_id=group,
                    recruiter_id=who, person_id=whom, named_by=OFFICER.id, named_at=one.named_at,
                )
            )  # fmt: skip
    with growth.database.reading() as session:
        found = queries.audit(session)
    assert {(each.what, each.where) for each in found} == {
        ("recruiting-circle", str(ana)), ("recruiting-circle", str(bea)), ("recruits", str(ana)),
    }  # fmt: skip


def test_every_stage_offered_to_a_spawned_group_is_intakes_own(growth: Growth):
    first = growth.women(3)
    parent = growth.set_out(growth.group(first))
    to_recruitment(growth, parent, first)
    growth.do(parent, "recruitment", each_brings(first, growth.women(3)))
    (child,) = growth.spawned_of(parent)
    (offered,) = [
        each for each in announced(growth.database) if isinstance(each, StageOffered) and each.journey_id == child.id
    ]
    assert (offered.stage, offered.office, offered.area) == ("verification", "dinsos-mataram", AMPENAN)
