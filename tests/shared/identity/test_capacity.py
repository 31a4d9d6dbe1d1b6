"""An acting official is named so on what she signs in that capacity, in every service, and for good."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.identity import capacity, tokens
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.permissions import NEVER_BY_ACTING, Permission
from shared.identity.rules import Role, TokenRefused
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.storage import Database
from shared.web import access, roster
from shared.web.roster import Roster
from tests.browsing import an_officer, token_of

TITLE = "Plt. Kepala Dinas Sosial, surat 800/1"


def acting(**changes: Any) -> Acting:
    given: dict[str, Any] = {
        "id": new_id(),
        "post": Role.HEAD,
        "title": TITLE,
        "since": clock.now() - timedelta(hours=1),
        "until": clock.today() + timedelta(days=3),
        "areas": ("64",),
    }
    return Acting(**given | changes)


def comes_by(base: Database, officer: Officer) -> None:
    Roster().note(base, token_of(officer))


def named(base: Database, officer: Officer, at: datetime | date) -> str:
    with base.reading() as session:
        return capacity.signature(session, officer.id, at)


@pytest.fixture(params=["intake", "grants", "training", "monitoring"])
def base(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(f"{request.param}_db")
    return found


def test_what_she_signs_in_these_days_is_signed_in_her_capacity_and_stays_so(base: Database) -> None:
    plain, now = an_officer(Role.OFFICER), clock.now()
    comes_by(base, plain.acts(acting()))
    signs = f"Petugas Uji, {TITLE}"
    assert [named(base, plain, at) for at in (now, clock.today(), clock.today() + timedelta(days=3))] == [signs] * 3
    assert named(base, plain, now - timedelta(hours=2)) == ""
    assert named(base, plain, clock.today() + timedelta(days=4)) == ""
    assert named(base, an_officer(), now) == ""
    comes_by(base, plain)  # it was ended before its last day
    later = clock.now() + timedelta(minutes=1)
    assert (named(base, plain, now), named(base, plain, later)) == (signs, "")
    comes_by(base, plain.acts(acting(title="Plh. Kepala Dinas Sosial, surat 800/2", since=later)))
    assert named(base, plain, now) == signs


def test_a_colleague_counts_as_what_she_acts_in_only_while_she_does(training_db: Database) -> None:
    her = an_officer(Role.OFFICER)

    def heads() -> list[str]:
        with training_db.reading() as session:
            return [each.name for each in roster.of_office(session, her.office, [Role.HEAD])]

    comes_by(training_db, her.acts(acting()))
    assert heads() == ["Petugas Uji"]
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert heads() == []
    comes_by(training_db, her)
    assert heads() == []


def test_a_token_carries_it_whole_and_no_other_post() -> None:
    her = an_officer(Role.OFFICER, areas=("64.02",)).acts(acting())
    assert tokens.read(tokens.issue(her)).officer == her
    with pytest.raises(TokenRefused):
        tokens.read(tokens.issue(her.acts(acting(post=Role.COUNSELLOR))))


@pytest.mark.parametrize("permission", sorted(NEVER_BY_ACTING))
def test_neither_the_compartment_nor_naming_who_acts_comes_with_a_post(permission: Permission) -> None:
    mentor = an_officer(Role.COORDINATOR, office="dp3a-kukar")
    assert not access.holds(mentor.acts(acting()), permission)
    assert access.holds(mentor.acts(acting()), Permission.ACCOUNTS_LEAVE)
    if permission is not Permission.PROTECTION_WORK:
        assert access.holds(an_officer(Role.HEAD, office="dp3a-kukar"), permission)
        with pytest.raises(access.NotByActing):
            access.require(mentor.acts(acting()), permission)
