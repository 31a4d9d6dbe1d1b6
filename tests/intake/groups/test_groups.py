"""Groups: whom a deliberation may choose, and what becomes of a group that loses a member."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.intake.groups import commands, queries, rules
from services.intake.groups.models import BusinessGroup
from services.intake.groups.rules import Chosen, FormationOutcome, MemberRole
from services.intake.groups.schemas import FormationDone
from services.intake.groups.work import GroupFormation
from services.intake.registry.rules import Sex
from shared.identity.rules import OutsideArea
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.referrals import commands as referrals
from shared.referrals import handlers
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from tests.browsing import an_officer
from tests.intake.people import VILLAGE, register
from tests.shared.referrals.offers import heard, offer

ROLES = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER, MemberRole.MEMBER, MemberRole.MEMBER)
OFFICER = an_officer()
WORKS = by_kind([GroupFormation()])


def founded(session, area=VILLAGE) -> BusinessGroup:
    return commands.create_group(session, OFFICER, name="KUBE Melati", area=area, line_of_business="perikanan")


def choose(session, group, people, roles=ROLES, on=date(2023, 3, 1)):
    chosen = [Chosen(person, role) for person, role in zip(people, roles, strict=False)]
    return commands.choose_members(session, group.id, chosen, least=5, most=5, berita_acara="BA-01", deliberated_on=on)


def test_nothing_is_deliberated_on_a_day_to_come(intake_db):
    with intake_db.transaction() as session:
        group, people = founded(session), register(session, 5)
        with pytest.raises(rules.DeliberatedTomorrow):
            choose(session, group, people, on=clock.today() + timedelta(days=1))
        choose(session, group, people, on=clock.today())


def test_five_persons_of_one_village_form_a_group(intake_db):
    with intake_db.transaction() as session:
        group = choose(session, founded(session), register(session, 5))
        members = queries.members_of(session, [group.id])[group.id]
    assert [each.role for each in members] == list(ROLES)


def test_a_group_is_open_to_men(intake_db):
    with intake_db.transaction() as session:
        people = register(session, 4) + register(session, 1, sex=Sex.MALE)
        assert choose(session, founded(session), people).berita_acara == "BA-01"


@pytest.mark.parametrize("roles", [ROLES[1:], (MemberRole.CHAIR, *ROLES[:4]), (MemberRole.MEMBER,) * 5])
def test_a_group_without_its_three_leaders_is_refused(intake_db, roles):
    with intake_db.transaction() as session, pytest.raises(rules.LeaderMissing):
        choose(session, founded(session), register(session, 5), roles)


def test_a_person_named_twice_is_refused():
    twice = new_id()
    with pytest.raises(rules.ChosenTwice):
        rules.check_choice([Chosen(twice, MemberRole.CHAIR), Chosen(twice, MemberRole.SECRETARY)], 5)


def test_a_member_of_another_kecamatan_is_refused(intake_db):
    with intake_db.transaction() as session, pytest.raises(rules.OtherArea):
        choose(session, founded(session), register(session, 4) + register(session, 1, area="64.02.06.2001"))


def test_a_person_belongs_to_one_group_at_a_time(intake_db):
    with intake_db.transaction() as session:
        people = register(session, 5)
        choose(session, founded(session), people)
        with pytest.raises(rules.AlreadyInGroup):
            choose(session, founded(session), people)


def test_a_person_nobody_knows_is_refused(intake_db):
    with intake_db.transaction() as session, pytest.raises(rules.UnknownMember):
        choose(session, founded(session), [*register(session, 4), new_id()])


def test_a_group_is_founded_only_where_the_officer_works(intake_db):
    with intake_db.transaction() as session, pytest.raises(OutsideArea):
        founded(session, area="52.71.01.1001")


def test_a_group_below_its_minimum_is_frozen_until_it_has_mended(intake_db):
    with intake_db.transaction() as session:
        people = register(session, 6)
        group = choose(session, founded(session), people[:5])
        commands.replace_member(session, OFFICER, group.id, people[4], None)
        assert group.frozen_at is not None
        assert group.mend_by is not None
        assert (group.mend_by - group.frozen_at).days >= 30
    with intake_db.transaction() as session:
        again = choose(session, session.get_one(BusinessGroup, group.id), [*people[:4], people[5]])
        assert again.frozen_at is None


def test_a_member_who_is_replaced_hands_over_her_role(intake_db):
    with intake_db.transaction() as session:
        people = register(session, 6)
        group = choose(session, founded(session), people[:5])
        commands.replace_member(session, OFFICER, group.id, people[0], people[5])
        members = {each.person_id: each.role for each in queries.members_of(session, [group.id])[group.id]}
    assert members[people[5]] is MemberRole.CHAIR
    assert people[0] not in members


def test_particulars_hold_only_what_is_shared(intake_db):
    with intake_db.transaction() as session:
        group = choose(session, founded(session), register(session, 5))
        told = queries.particulars(session, [group.id], ["name", "village"])[group.id]
    assert set(told) == {"name", "village"}


@given(members=st.integers(0, 20), least=st.integers(1, 20))
def test_a_group_is_formed_exactly_when_it_has_enough_members(members, least):
    assert (rules.outcome_of(members, least) is FormationOutcome.FORMED) == (members >= least)


def formation_taken_on(session):
    """A formation in work, and what the deliberation found."""
    group = founded(session)
    people = register(session, 5)
    offered = offer(
        does="intake.group-formation", subject_kind="group", subject_id=group.id, programme="kube-kaltim-2023",
        settings={},
    )  # fmt: skip
    handlers.subscriber_hears(WORKS.values())[type(offered)].run(session, [heard(offered, by="intake")])
    referrals.accept_referrals(session, OFFICER, [offered.referral_id])
    work = {
        "members": [{"person_id": person, "role": role} for person, role in zip(people, ROLES, strict=True)],
        "berita_acara": "BA-02",
        "deliberated_on": date(2023, 3, 2),
    }
    return offered, work


def test_the_formation_stage_reports_how_many_were_chosen(intake_db):
    with intake_db.transaction() as session:
        offered, work = formation_taken_on(session)
    with intake_db.transaction() as session, pytest.raises(rules.NotYetFormed):
        referrals.complete_referrals(session, OFFICER, WORKS, {offered.referral_id: {}})
    with intake_db.transaction() as session:
        referrals.record_work(session, OFFICER, WORKS, offered.referral_id, work)
        referrals.complete_referrals(session, OFFICER, WORKS, {offered.referral_id: {}})
        referral = session.get_one(Referral, offered.referral_id)
        assert referral.state is ReferralState.COMPLETED
        assert (referral.outcome, referral.facts) == (
            "formed",
            {"members": 5, "berita_acara": "BA-02", "deliberated_on": "2023-03-02"},
        )


def test_members_may_be_chosen_and_the_formation_closed_in_one_step(intake_db):
    with intake_db.transaction() as session:
        offered, work = formation_taken_on(session)
        referrals.complete_referrals(session, OFFICER, WORKS, {offered.referral_id: work})
        assert session.get_one(Referral, offered.referral_id).facts == {
            "members": 5,
            "berita_acara": "BA-02",
            "deliberated_on": "2023-03-02",
        }


def test_members_come_with_the_minutes_in_which_they_were_chosen():
    assert FormationDone().load({}) == {"members": []}
    with pytest.raises(ValidationError) as refused:
        FormationDone().load({"members": [{"person_id": str(new_id())}]})
    assert refused.value.messages.keys() == {"berita_acara", "deliberated_on"}
