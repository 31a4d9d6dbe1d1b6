"""Whoever is made accountable has somebody who can open the work; the audit finds what lies where nobody looks."""

from typing import Any

import pytest
from sqlalchemy import update

from services.intake.accounts import commands as accounts
from services.intake.accounts import staffing
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.rules import State
from services.intake.journeys import commands, rules
from services.intake.worker import WORKS
from services.operate import accountability
from shared.identity.rules import Role
from shared.kernel.clock import now
from shared.programmes.kinds import DECISION
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.intake.journeys.roads import OFFICER, Road
from tests.intake.people import VILLAGE, staff

HERE = {"office": "dinsos-kukar", "roles": (Role.OFFICER,), "areas": (), "state": State.ACTIVE}
THERE_IS = {
    "an officer": {},
    "an approver": {"roles": (Role.APPROVER,)},
    "a head": {"roles": (Role.HEAD,)},
    "an officer of the very village": {"areas": (VILLAGE,)},
}
NOBODY = {
    "at another office": {"office": "dinsos-samarinda"},
    "of another place": {"areas": ("64.02.06",)},
    "of a place whose code begins so": {"areas": ("64.02.05.200",)},
    "who only looks": {"roles": (Role.AUDITOR,)},
    "who only gives rights": {"roles": (Role.ADMINISTRATOR,)},
    "invited": {"state": State.INVITED},
    "suspended": {"state": State.SUSPENDED},
    "closed": {"state": State.CLOSED},
}


def somebody(database: Database, **changes: Any) -> None:
    at = HERE | changes
    with database.transaction() as session:
        staff(session, at["office"], *at["roles"], areas=at["areas"], state=at["state"])


@pytest.mark.parametrize(("who", "is_there"), [(who, True) for who in THERE_IS] + [(who, False) for who in NOBODY])
def test_who_counts_as_somebody_there(intake_db: Database, who: str, is_there: bool) -> None:
    somebody(intake_db, **(THERE_IS | NOBODY)[who])
    with intake_db.reading() as session:
        everywhere, here = staffing.of_agencies(session), staffing.of_agencies(session, ["dinsos"])
        elsewhere = staffing.of_agencies(session, ["dp3a"])
    assert everywhere.has("dinsos-kukar", VILLAGE) is here.has("dinsos-kukar", VILLAGE) is is_there
    assert not elsewhere.has("dinsos-kukar", VILLAGE)
    assert [each.id for each in here.able("dinsos", VILLAGE)] == (["dinsos-kukar"] if is_there else [])


@pytest.mark.parametrize("who", NOBODY)
def test_what_is_offered_passes_by_an_office_that_has_nobody(road: Road, who: str) -> None:
    road.staff("dinsos-kaltim")
    somebody(road.database, **NOBODY[who])
    (journey,) = road.set_out()
    assert [each.office for each in road.offers(journey)] == ["dinsos-kaltim"]


def test_where_nobody_has_anybody_the_nearest_is_asked_all_the_same(road: Road) -> None:
    (journey,) = road.set_out()
    assert [each.office for each in road.offers(journey)] == ["dinsos-kukar"]


def test_the_leading_office_is_one_that_has_somebody(road: Road) -> None:
    road.staff("dinsos-kukar")
    (journey,) = road.set_out()
    assert road.journey(journey).lead_office == "dinsos-kukar"


def test_a_stage_is_offered_again_only_where_somebody_could_open_it(road: Road) -> None:
    road.staff("dinsos-kukar", "dinsos-samarinda", "dinsos-kaltim")
    (journey,) = road.set_out()
    with pytest.raises(rules.NobodyThere) as refused, road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", "dinsos-samarinda")
    assert "Kutai Kartanegara" in refused.value.fields["able"]
    assert "Samarinda" not in refused.value.fields["able"]


def test_where_everybody_has_left_meanwhile_the_next_office_is_offered_it_again(road: Road) -> None:
    road.staff("dinsos-kukar", "dinsos-kaltim")
    (journey,) = road.set_out()
    with road.database.transaction() as session:
        session.execute(update(OfficerAccount).where(OfficerAccount.office == "dinsos-kukar").values(state="closed"))
    with road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification")
    assert [each.office for each in road.offers(journey)] == ["dinsos-kukar", "dinsos-kaltim"]


def lying(road: Road, **changes: Any) -> None:
    """An open referral of this service, as its worklist has it."""
    (journey,) = road.set_out()
    found = road.journey(journey)
    row: dict[str, Any] = {
        **{name: getattr(found, name) for name in ("programme", "version", "subject_kind", "subject_id", "area")},
        "journey_id": journey,
        "stage": "verification",
        "attempt": 1,
        "kind": "intake.verification",
        "agency": "dinsos",
        "office": "dinsos-kukar",
        "sender_office": "dinsos-kaltim",
        "settings": {},
        "earlier": {},
        "state": ReferralState.OFFERED,
        "offered_at": now(),
        "remind_at": now(),
        "due_at": now(),
    }
    with road.database.transaction() as session:
        session.add(Referral(id=road.referral(journey, "verification"), **row | changes))


def unseen(road: Road) -> list[str]:
    return list(accountability.unseen({"intake": road.database}, by_kind(WORKS)))


def test_the_audit_is_content_with_somebody_who_can_open_it_and_somebody_who_can_do_it(road: Road) -> None:
    lying(road)
    somebody(road.database)
    assert unseen(road) == []


@pytest.mark.parametrize("who", NOBODY)
def test_the_audit_finds_what_lies_where_nobody_looks(road: Road, who: str) -> None:
    lying(road)
    somebody(road.database, **NOBODY[who])
    assert unseen(road) == [f"nobody at dinsos-kukar can open 1 of intake.verification in {VILLAGE} (intake)"]


def test_the_audit_finds_what_somebody_can_open_and_nobody_do(road: Road) -> None:
    lying(road, kind=DECISION.name, settings={"undone": "x"})
    somebody(road.database, roles=(Role.APPROVER,))
    (found,) = unseen(road)
    assert f"can do 1 of {DECISION.name}" in found


def test_the_audit_asks_nothing_of_what_is_closed(road: Road) -> None:
    lying(road, state=ReferralState.WITHDRAWN, closed_at=now())
    assert unseen(road) == []


def test_closing_the_last_account_is_found_by_the_audit(road: Road) -> None:
    lying(road)
    with road.database.transaction() as session:
        account = staff(session, "dinsos-kukar")
        staff(session, "bappeda-kaltim", Role.ADMINISTRATOR)
    assert unseen(road) == []
    with road.database.transaction() as session:
        accounts.close(session, None, account.id)
    assert len(unseen(road)) == 1
