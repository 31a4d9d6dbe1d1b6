"""Members are proposed before the deliberation, so that each of them can be verified first; both doors do it alike."""

import re

import pytest
from sqlalchemy import select

from services.intake.groups import commands, queries, rules
from services.intake.groups.pages import SHOWN
from services.intake.registry.rules import Sex
from shared.identity.rules import OutsideArea, Role
from shared.privacy.looks import Look
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.groups.test_groups import OFFICER, choose, founded
from tests.intake.people import register


@pytest.fixture
def app(intake_db):
    made = web_app("intake", intake_db)
    made.testing = True
    return made


def proposed(session, group):
    return set(queries.person_ids_of(session, [group.id])[group.id])


def test_whoever_is_proposed_again_replaces_the_last_proposal(intake_db):
    with intake_db.transaction() as session:
        group, people = founded(session), register(session, 6)
        commands.propose_members(session, OFFICER, group.id, people[:5])
        commands.propose_members(session, OFFICER, group.id, people[1:])
        assert proposed(session, group) == set(people[1:])


def test_the_deliberation_chooses_among_the_proposed_or_others(intake_db):
    with intake_db.transaction() as session:
        group, people = founded(session), register(session, 6, sex=Sex.FEMALE)
        commands.propose_members(session, OFFICER, group.id, people[:5])
        choose(session, group, people[1:])
        assert proposed(session, group) == set(people[1:])


def test_after_the_deliberation_nobody_is_proposed_any_more(intake_db):
    with intake_db.transaction() as session:
        group = choose(session, founded(session), register(session, 5))
        with pytest.raises(rules.AlreadyDeliberated):
            commands.propose_members(session, OFFICER, group.id, register(session, 1))


@pytest.mark.parametrize(
    ("people", "refusal"), [(0, rules.NobodyProposed), (rules.MOST_MEMBERS + 1, rules.TooManyMembers)]
)
def test_a_proposal_has_as_many_as_a_group_may_have(intake_db, people, refusal):
    with intake_db.transaction() as session, pytest.raises(refusal):
        commands.propose_members(session, OFFICER, founded(session).id, register(session, people) if people else [])


def test_who_is_already_in_a_group_or_lives_elsewhere_is_not_proposed(intake_db):
    with intake_db.transaction() as session:
        taken, group = register(session, 5), founded(session)
        choose(session, founded(session), taken)
        with pytest.raises(rules.AlreadyInGroup):
            commands.propose_members(session, OFFICER, group.id, taken[:1])
        with pytest.raises(rules.OtherArea):
            commands.propose_members(session, OFFICER, group.id, register(session, 1, area="64.02.06.2001"))


def test_an_officer_of_another_region_proposes_nobody(intake_db):
    there = an_officer(office="dinsos-mataram")
    with intake_db.transaction() as session:
        group, people = founded(session), register(session, 5)
        with pytest.raises(OutsideArea):
            commands.propose_members(session, there, group.id, people)


def test_page_and_api_propose_alike(app, intake_db):
    with intake_db.transaction() as session:
        group, people = founded(session), register(session, 5)
        address = f"/intake/dinsos/groups/{group.id}/proposals"
    browser = Browser(app, OFFICER)
    assert browser.get(address).text.count('name="person_ids[]"') == 5
    empty = browser.submit(address, {})
    assert empty.status_code == 422
    assert "Name at least one person" in empty.text
    told = browser.submit(address, {"person_ids[]": [str(each) for each in people[:4]]})
    assert told.status_code == 303
    answer = app.test_client().post(
        f"/intake/v1/dinsos/groups/{group.id}/proposals",
        json={"person_ids": [str(each) for each in people]},
        headers=bearer(OFFICER),
    )
    assert answer.status_code == 200
    with intake_db.reading() as session:
        assert proposed(session, group) == set(people)


def test_people_are_found_by_village_and_name_and_whoever_is_ticked_stays(app, intake_db):
    with intake_db.transaction() as session:
        group, near = founded(session), register(session, 25)
        (far,) = register(session, 1, area=f"{group.area[:8]}.2002", name="Siti Rahmawati")
        commands.propose_members(session, OFFICER, group.id, near[:2])
    browser, address = Browser(app, OFFICER), f"/intake/dinsos/groups/{group.id}/proposals"
    first = browser.get(address)
    assert first.text.count('name="person_ids[]"') == 2 + SHOWN
    assert (first.text.count(" checked"), "of 23" in first.text, str(far) in first.text) == (2, True, False)
    found = browser.submit(address, {"find": "yes", "village": "", "name": "rahma", "person_ids[]": [str(near[1])]})
    assert found.status_code == 200
    assert ticks(found.text) == {str(near[1]): True, str(far): False}
    assert "rahma" in found.text
    again = browser.submit(address, {"find": "yes", "village": group.area, "name": "", "person_ids[]": ["x", str(far)]})
    assert ticks(again.text)[str(far)]
    both = browser.submit(address, {"village": "", "name": "", "person_ids[]": [str(near[1]), str(far)]})
    assert both.status_code == 303
    with intake_db.reading() as session:
        assert proposed(session, group) == {near[1], far}


def test_a_look_at_those_who_are_shown_is_logged_and_at_nobody_else(app, intake_db):
    with intake_db.transaction() as session:
        group, people = founded(session), register(session, SHOWN + 5)
    Browser(app, OFFICER).get(f"/intake/dinsos/groups/{group.id}/proposals")
    with intake_db.reading() as session:
        seen = set(session.scalars(select(Look.subject_id).where(Look.subject_id.in_(people))))
    assert len(seen) == SHOWN


def test_who_only_reads_groups_is_not_led_to_the_form(app, intake_db):
    with intake_db.transaction() as session:
        group = founded(session)
    page = f"/intake/dinsos/groups/{group.id}"
    assert "/proposals" in Browser(app, OFFICER).get(page).text
    assert "/proposals" not in Browser(app, an_officer(Role.HEAD)).get(page).text


def ticks(page):
    """The persons whom a form offers, and whether each is ticked."""
    boxes = re.findall(r'name="person_ids\[\]" value="([^"]+)"( checked)?', page)
    return {person: bool(ticked) for person, ticked in boxes}
