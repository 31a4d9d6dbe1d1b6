"""Roles, areas, and what an officer is held to."""

import pytest

from shared.identity import areas, rules
from shared.identity.rules import Role
from shared.kernel.errors import Forbidden
from tests.browsing import an_officer

PAIRS = (rules.Pair(Role.OFFICER, Role.APPROVER, "yang memeriksa tidak memutuskan.", "who verifies does not approve."),)


def test_a_pair_of_roles_that_excludes_itself_is_refused_with_its_reason() -> None:
    with pytest.raises(rules.RolesIncompatible) as refused:
        rules.checked_roles(["approver", "officer", "head"], None, PAIRS)
    assert refused.value.message("id").startswith(
        "Satu petugas tidak boleh menjadi petugas sekaligus pejabat penyetuju: yang"
    )
    assert (
        refused.value.message("en") == "One officer cannot be both officer and approver: who verifies does not approve."
    )


def test_an_officer_without_a_role_is_none() -> None:
    with pytest.raises(rules.NoRole):
        rules.checked_roles([], None, PAIRS)


def test_an_officer_may_hold_several_roles_that_agree() -> None:
    assert rules.checked_roles(["approver", "head"], None, PAIRS) == {Role.APPROVER, Role.HEAD}


def test_an_officer_is_held_to_role_agency_office_and_area() -> None:
    officer = an_officer(Role.OFFICER, office="dinsos-kukar")
    officer.require(Role.OFFICER, Role.HEAD, agency="dinsos", office="dinsos-kukar", area="64.02.05")
    with pytest.raises(rules.RoleMissing):
        officer.require(Role.HEAD)
    with pytest.raises(rules.OtherOffice):
        officer.require(Role.OFFICER, agency="dp3a")
    with pytest.raises(rules.OtherOffice):
        officer.require(Role.OFFICER, office="dinsos-kaltim")
    with pytest.raises(rules.OutsideArea):
        officer.require(Role.OFFICER, area="64.07")
    assert issubclass(rules.OutsideArea, Forbidden)


@pytest.mark.parametrize("role", sorted(rules.STAFF))
def test_a_student_mentor_holds_no_other_role(role: Role) -> None:
    assert rules.checked_roles(["mentor"], None, PAIRS) == {Role.MENTOR}
    with pytest.raises(rules.MentorIsNothingElse):
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
