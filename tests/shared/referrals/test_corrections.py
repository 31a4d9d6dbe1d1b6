"""What was shared of her is corrected at her own wish: in every copy that is still held, and in no other."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from shared.bus import Heard
from shared.events.intake import ConsentWithdrawn, ParticularsCorrected, SharedReferral, StageOffered
from shared.events.referrals import ParticularsMissing
from shared.kernel import clock, ids
from shared.privacy import sealed as seals
from shared.referrals import commands
from shared.referrals.handlers import (
    hear_consents_withdrawn,
    hear_particulars_corrected,
    hear_stages_offered,
)
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import Works, by_kind
from shared.storage import Database
from tests.announcements import announced_in as announced
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

RIGHT = {"fields": {"name": "Siti Aminah binti Contoh", "nik": "6402055204889001"}}
CORRECTED = PARTICULARS | {"name": "Siti Aminah binti Contoh"}
WORKS: Works = by_kind([CountedSessions()])


def corrected(of: StageOffered, part: dict[str, Any] | None = RIGHT, **changes: Any) -> Heard[Any]:
    given = {"journey_id": of.journey_id, "agency": of.agency, "stage": of.stage, "does": of.does}
    event = ParticularsCorrected(**given | changes, referral_id=of.referral_id, corrected_on=clock.today())
    event_id = ids.new_id()
    envelope = {"id": str(event_id), "time": clock.now().isoformat(), "traceid": str(event_id), "data": event.to_data()}
    sealed = None if part is None else seals.seal("intake", "training", {"corrected": part}, event_id)
    return Heard(event=event, source="intake", subscriber="training", position=1, envelope=envelope, part=sealed)


def taken_back(of: StageOffered) -> Heard[Any]:
    shared = SharedReferral(stage=of.stage, does=of.does, referral_id=of.referral_id)
    event = ConsentWithdrawn(journey_id=of.journey_id, agency=of.agency, referrals=[shared], withdrawn_on=clock.today())
    return heard(event)


def hear(base: Database, *events: Heard[Any]) -> None:
    with base.transaction() as session:
        for each in events:
            match each.event:
                case StageOffered():
                    hear_stages_offered(session, [each], works=WORKS)
                case ParticularsCorrected():
                    hear_particulars_corrected(session, [each], works=WORKS)
                case ConsentWithdrawn():
                    hear_consents_withdrawn(session, [each], works=WORKS)


def rows(base: Database) -> list[Referral]:
    with base.reading() as session:
        return list(session.scalars(select(Referral).order_by(Referral.id)))


@pytest.mark.parametrize("times", [1, 2])
def test_a_correction_heard_once_or_twice_changes_what_was_shared_and_adds_nothing(
    training_db: Database, times: int
) -> None:
    offered = offer()
    right = corrected(offered)
    hear(training_db, heard(offered, PARTICULARS), *[right] * times)
    (row,) = rows(training_db)
    assert (row.particulars, row.revision) == (CORRECTED, 2)  # the NIK was never shared with this stage


def test_a_closed_referral_and_an_earlier_attempt_are_corrected_as_well(training_db: Database) -> None:
    first = offer()
    second = offer(journey_id=first.journey_id, attempt=2)
    hear(training_db, heard(first, PARTICULARS), heard(second, PARTICULARS))
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), [first.referral_id])
        commands.complete_referrals(session, officer(), WORKS, {first.referral_id: {"sessions_attended": 2}})
    hear(training_db, corrected(second))
    assert {(row.state, row.particulars["name"]) for row in rows(training_db) if row.particulars} == {
        (ReferralState.COMPLETED, CORRECTED["name"]),
        (ReferralState.OFFERED, CORRECTED["name"]),
    }


def test_other_stages_agencies_and_journeys_keep_what_they_hold(training_db: Database) -> None:
    concerned = offer()
    others = [
        offer(),
        offer(journey_id=concerned.journey_id, stage="another"),
        offer(journey_id=concerned.journey_id, agency="dp3a"),
    ]
    hear(training_db, *[heard(each, PARTICULARS) for each in (concerned, *others)], corrected(concerned))
    kept = {row.id for row in rows(training_db) if row.particulars == PARTICULARS}
    assert kept == {each.referral_id for each in others}


def test_of_a_group_only_the_member_concerned_is_corrected(training_db: Database) -> None:
    one, other = (str(ids.new_id()) for _ in range(2))
    members = [{"id": one, "name": "Siti", "role": "chair"}, {"id": other, "name": "Sari", "role": "member"}]
    offered = offer()
    part = {"fields": {}, "member": {"id": other, "name": "Sari Dewi"}}
    hear(training_db, heard(offered, {"name": "Mawar", "members": members}), corrected(offered, part))
    (row,) = rows(training_db)
    assert row.particulars == {"name": "Mawar", "members": [members[0], members[1] | {"name": "Sari Dewi"}]}


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("times", [1, 2])
def test_in_any_order_with_a_withdrawal_and_twice_nothing_of_her_comes_back(
    training_db: Database, order: list[int], times: int
) -> None:
    offered = offer()
    happenings = [taken_back(offered), corrected(offered)]
    hear(training_db, heard(offered, PARTICULARS), *[happenings[index] for index in order] * times)
    assert [row.particulars for row in rows(training_db)] == [None]


def test_heard_before_its_offer_it_opens_nothing_and_the_offer_brings_what_is_right(training_db: Database) -> None:
    offered = offer()
    hear(training_db, corrected(offered))
    assert rows(training_db) == []
    hear(training_db, heard(offered, CORRECTED))
    assert [row.particulars for row in rows(training_db)] == [CORRECTED]


def test_after_a_restore_the_open_referral_asks_anew_and_the_closed_one_keeps_what_it_holds(
    training_db: Database,
) -> None:
    still_open, closed = offer(), offer()
    hear(training_db, heard(still_open, PARTICULARS), heard(closed, PARTICULARS))
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), [closed.referral_id])
        commands.complete_referrals(session, officer(), WORKS, {closed.referral_id: {"sessions_attended": 2}})
    for _ in range(2):
        hear(training_db, corrected(still_open, None), corrected(closed, None))
    found = {row.id: row.particulars for row in rows(training_db)}
    assert found == {still_open.referral_id: None, closed.referral_id: PARTICULARS}
    with training_db.reading() as session:
        asked = [each for each in announced(session) if isinstance(each, ParticularsMissing)]
    assert [each.referral_id for each in asked] == [still_open.referral_id]


def test_what_another_service_holds_is_not_looked_for_here(training_db: Database) -> None:
    offered = offer()
    hear(training_db, heard(offered, PARTICULARS), corrected(offered, does="grants.goods-decision"))
    assert [row.particulars for row in rows(training_db)] == [PARTICULARS]
