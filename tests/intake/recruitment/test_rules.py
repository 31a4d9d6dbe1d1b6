"""Who may recruit whom: a table of refusals, and the laws of a forest."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.recruitment import rules
from services.intake.recruitment.rules import Known, Proposal, Waiting
from shared.kernel.errors import Invalid
from tests.refusals import refused

ANA, BEA, CITA, DEWI, EVA = (UUID(int=number) for number in range(1, 6))
EVERYBODY = (ANA, BEA, CITA, DEWI, EVA)
GROUP = Known(members={ANA, BEA}, registered=set(EVERYBODY))


def known(**changes: object) -> Known:
    return Known(**{**vars(GROUP), **changes})


@pytest.mark.parametrize(
    ("named", "before", "refusal", "at"),
    [
        ([Proposal(0, CITA, DEWI)], GROUP, rules.RecruiterOutsideGroup, "recruits.0.recruiter_id"),
        ([Proposal(0, ANA, UUID(int=99))], GROUP, rules.UnknownRecruit, "recruits.0.person_id"),
        ([Proposal(0, ANA, CITA)], known(outside={CITA}), rules.OutsideProgramme, "recruits.0.person_id"),
        ([Proposal(0, ANA, None, "nik")], GROUP, rules.UnknownRecruit, "recruits.0.nik"),
        ([Proposal(0, ANA, CITA), Proposal(4, BEA, CITA)], GROUP, rules.NamedTwice, "recruits.4.person_id"),
        ([Proposal(0, ANA, CITA)], known(recruiter_of={CITA: EVA}), rules.RecruitedTwice, "recruits.0.person_id"),
        ([Proposal(0, ANA, ANA)], GROUP, rules.RecruitingCircle, "recruits.0.person_id"),
        ([Proposal(0, ANA, EVA)], known(recruiter_of={ANA: EVA}), rules.RecruitingCircle, "recruits.0.person_id"),
        (
            [Proposal(0, ANA, EVA)],
            known(recruiter_of={ANA: DEWI, DEWI: EVA}),
            rules.RecruitingCircle,
            "recruits.0.person_id",
        ),
        ([Proposal(0, ANA, CITA)], known(busy={CITA}), rules.AlreadyOnTheWay, "recruits.0.person_id"),
        ([Proposal(0, ANA, CITA)], known(used={ANA: 2}), rules.TooManyRecruits, "recruits.0.recruiter_id"),
        (
            [Proposal(0, ANA, CITA), Proposal(1, ANA, DEWI)],
            known(used={ANA: 1}),
            rules.TooManyRecruits,
            "recruits.1.recruiter_id",
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(named, before, refusal, at):
    with refused(refusal, at=at, **({"most": 2} if refusal is rules.TooManyRecruits else {})):
        rules.check_proposals(named, before, most=2)


def test_each_member_may_name_as_many_as_the_programme_allows():
    rules.check_proposals([Proposal(0, ANA, CITA), Proposal(1, ANA, DEWI), Proposal(2, BEA, EVA)], GROUP, most=2)


people = st.integers(1, 8).map(lambda number: UUID(int=number))


@given(st.lists(st.tuples(people, people), max_size=40))
def test_whoever_is_recruited_has_one_recruiter_and_there_is_never_a_circle(tried):
    recruiter_of: dict[UUID, UUID] = {}
    everybody = {UUID(int=number) for number in range(1, 9)}
    for recruiter, person in tried:
        try:
            now = Known(members={recruiter}, registered=everybody, recruiter_of=dict(recruiter_of))
            rules.check_proposals([Proposal(0, recruiter, person)], now, most=40)
        except Invalid:
            continue
        assert person not in recruiter_of
        recruiter_of[person] = recruiter
    for person in recruiter_of:
        assert person not in rules.line_of(person, recruiter_of)


areas = st.sampled_from(["52.71.01.1001", "52.71.01.1002", "52.71.02.1001", "52.71.03.1001"])


@given(st.lists(areas, max_size=40), st.integers(2, 5))
def test_new_groups_are_full_of_one_kecamatan_and_lose_nobody(lives, size):
    waiting = [Waiting(UUID(int=number), UUID(int=number), area) for number, area in enumerate(lives, 1)]
    formed = rules.new_groups(waiting, size)
    for members in formed:
        assert len(members) == size
        assert len({each.area[:8] for each in members}) == 1
        assert rules.home_of(members) in {each.area for each in members}
    placed = [each for members in formed for each in members]
    assert len(set(placed)) == len(placed)
    for kecamatan in {area[:8] for area in lives}:
        left = [each for each in waiting if each not in placed and each.area.startswith(kecamatan)]
        assert len(left) < size
        there = [each for each in waiting if each.area.startswith(kecamatan)]
        assert left == there[len(there) - len(left) :]  # whoever came first goes first


@pytest.mark.parametrize(
    ("recruiter_of", "line"),
    [
        ({}, []),
        ({DEWI: EVA}, []),
        ({ANA: DEWI}, [DEWI]),
        ({ANA: DEWI, DEWI: EVA, BEA: CITA}, [DEWI, EVA]),
        ({ANA: DEWI, DEWI: EVA, EVA: ANA}, [DEWI, EVA, ANA]),  # such a circle is refused, and would still be left
    ],
)
def test_who_brought_her_in_is_told_from_the_nearest_on(recruiter_of, line):
    assert rules.line_of(ANA, recruiter_of) == line


@pytest.mark.parametrize(
    ("lives", "home"),
    [
        (["1002", "1001", "1002", "1001", "1003"], "1001"),
        (["1001", "1003", "1002", "1003"], "1003"),
        (["1002"], "1002"),
    ],
)
def test_a_group_is_at_home_where_most_of_its_members_live(lives, home):
    members = [Waiting(UUID(int=number), UUID(int=number), f"52.71.01.{area}") for number, area in enumerate(lives)]
    assert rules.home_of(members) == f"52.71.01.{home}"


@pytest.mark.parametrize(("recruits", "outcome"), [(0, "nobody"), (1, "recruited"), (10, "recruited")])
def test_a_recruitment_without_recruits_brought_nobody(recruits, outcome):
    assert rules.outcome_of(recruits) == outcome
