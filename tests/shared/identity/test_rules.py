"""Roles, areas, and what an officer is held to."""

import pytest

from shared.identity import areas, rules
from shared.identity.rules import Role
from shared.kernel.errors import Forbidden
from tests.browsing import an_officer
from tests.refusals import refused

PAIRS = (rules.Pair(Role.OFFICER, Role.APPROVER, "yang memeriksa tidak memutuskan.", "who verifies does not approve."),)


def test_a_pair_of_roles_that_excludes_itself_is_refused_with_its_reason() -> None:
    pair = {"one": Role.OFFICER, "other": Role.APPROVER, "why": PAIRS[0].why, "why_en": PAIRS[0].why_en}
    with refused(rules.RolesIncompatible, **pair):
        rules.checked_roles(["approver", "officer", "head"], None, PAIRS)
    said = rules.RolesIncompatible(**pair)
    assert said.message("id").startswith("Satu petugas tidak boleh menjadi petugas sekaligus pejabat penyetuju: yang")
    assert said.message("en") == "One officer cannot be both officer and approver: who verifies does not approve."


def test_an_officer_without_a_role_is_none() -> None:
    with refused(rules.NoRole):
        rules.checked_roles([], None, PAIRS)


def test_an_officer_may_hold_several_roles_that_agree() -> None:
    assert rules.checked_roles(["approver", "head"], None, PAIRS) == {Role.APPROVER, Role.HEAD}


def test_an_officer_is_held_to_role_agency_office_and_area() -> None:
    officer = an_officer(Role.OFFICER, office="dinsos-kukar")
    officer.require(Role.OFFICER, Role.HEAD, agency="dinsos", office="dinsos-kukar", area="64.02.05")
    with refused(rules.RoleMissing, needed="head / auditor"):
        officer.require(Role.HEAD, Role.AUDITOR)
    with refused(rules.OtherOffice):
        officer.require(Role.OFFICER, agency="dp3a")
    with refused(rules.OtherOffice):
        officer.require(Role.OFFICER, office="dinsos-kaltim")
    with refused(rules.OutsideArea):
        officer.require(Role.OFFICER, area="64.07")
    assert issubclass(rules.OutsideArea, Forbidden)


@pytest.mark.parametrize("agency", sorted(set(rules.AGENCIES) - {"dp3a"}))
def test_a_counsellor_is_of_dp3a_alone_and_every_other_role_is_anybodys(agency: str) -> None:
    with refused(rules.RoleElsewhere, role=Role.COUNSELLOR, agency="dp3a"):
        rules.checked_roles(["head", "counsellor"], agency, PAIRS)
    for role in sorted(set(Role) - {Role.COUNSELLOR}):
        assert rules.checked_roles([role], agency, PAIRS) == {role}


@pytest.mark.parametrize("agency", ["dp3a", None])
def test_a_counsellor_may_be_named_at_dp3a_and_before_an_agency_is_known(agency: str | None) -> None:
    assert rules.checked_roles(["head", "counsellor"], agency, PAIRS) == {Role.HEAD, Role.COUNSELLOR}


@pytest.mark.parametrize("role", sorted(rules.STAFF))
def test_a_student_mentor_holds_no_other_role(role: Role) -> None:
    assert rules.checked_roles(["mentor"], None, PAIRS) == {Role.MENTOR}
    with refused(rules.MentorIsNothingElse):
        rules.checked_roles(["mentor", role], None, PAIRS)


@pytest.mark.parametrize(
    ("some", "others", "met"),
    [
        (["64"], ["64.02"], True),
        (["64.02.05"], ["64.02"], True),
        (["64.02"], ["64.021"], False),
        (["64.02"], ["52.71", "64.02"], True),
        (["64.02"], ["52.71"], False),
        ([], ["64"], False),
        (["64"], [], False),
    ],
)
def test_areas_meet_where_one_lies_in_another(some: list[str], others: list[str], met: bool) -> None:
    assert areas.meet(some, iter(others)) is met
