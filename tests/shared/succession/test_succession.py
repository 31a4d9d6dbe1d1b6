"""What an office holds in a service's database is its successor's, and whatever holds something has an office."""

from datetime import date

import pytest
from sqlalchemy import func, select

from services.catalogue import participants
from shared.events.intake import JourneyHandedOver, OfficeHandedOver, StageOffered
from shared.kernel import ids
from shared.kernel.settings import STORES
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.storage.base import tables_of
from shared.succession import handlers, queries
from shared.succession.rules import MOVED, STAYS, is_named_after_an_office
from tests.shared.referrals import offers

OLD, NEW = "dinsos-lama", "dinsos-kaltim"
DAY = date(2026, 1, 5)


def columns(service: str) -> set[str]:
    participants()
    return {
        f"{table.name}.{column.name}"
        for table in tables_of(service)
        for column in table.columns
        if is_named_after_an_office(column.name)
    }


def test_every_column_named_after_an_office_is_handed_over_or_says_why_not():
    everywhere = set().union(*map(columns, STORES))
    assert STAYS.keys() <= everywhere, "a reason is left over"
    for service in STORES:
        handed_over = {f"{each.table.name}.{each.name}" for each in queries.held_columns(service)}
        assert handed_over == columns(service) - STAYS.keys()
    assert MOVED.keys() <= everywhere - STAYS.keys()
    assert not list(queries.held_columns("protection"))
    assert {"journey.lead_office", "referral.office", "fund.owner_office", "meeting_task.office"} <= everywhere - (
        STAYS.keys()
    )


def opened(base: Database, *offered: StageOffered) -> None:
    with base.transaction() as session:
        works = by_kind([offers.CountedSessions()])
        hear_stages_offered(session, [offers.heard(each, offers.PARTICULARS) for each in offered], works=works)


def rows(base: Database) -> dict[str, int]:
    with base.reading() as session:
        return dict(session.execute(select(Referral.office, func.count()).group_by(Referral.office)).all())


@pytest.mark.parametrize("times", [1, 2])
def test_what_an_office_holds_is_its_successor_s_once_it_was_handed_over(training_db: Database, times: int):
    opened(training_db, offers.offer(office=OLD), offers.offer(office=OLD), offers.offer(office="dp3a-kukar"))
    event = OfficeHandedOver(office=OLD, successor=NEW, handed_over_on=DAY)
    with training_db.transaction() as session:
        assert [str(each) for each in queries.left_behind(session)] == [
            (
                f"{OLD} holds 2 x referral, and no file names it: put its line back, or hand it over with "
                f"`kail agencies hand-over {OLD} OFFICE`."
            )
        ]
        for _ in range(times):
            handlers.hear_offices_handed_over(session, [offers.heard(event)])
    assert rows(training_db) == {NEW: 2, "dp3a-kukar": 1}
    with training_db.reading() as session:
        assert queries.left_behind(session) == []


def test_a_stage_that_is_offered_to_the_old_office_after_its_hand_over_was_heard_is_handed_over_too(
    training_db: Database,
):
    late, other = offers.offer(office=OLD), offers.offer(office="dp3a-kukar")
    told = [
        JourneyHandedOver(journey_id=each.journey_id, office=OLD, successor=NEW, referrals=[each.referral_id])
        for each in (late, other)
    ]
    with training_db.transaction() as session:
        event = OfficeHandedOver(office=OLD, successor=NEW, handed_over_on=DAY)
        handlers.hear_offices_handed_over(session, [offers.heard(event)])
    opened(training_db, late, other)
    assert rows(training_db) == {OLD: 1, "dp3a-kukar": 1}
    for _ in range(2):
        with training_db.transaction() as session:
            handlers.hear_journeys_handed_over(session, [offers.heard(each) for each in told])
    assert rows(training_db) == {NEW: 1, "dp3a-kukar": 1}


def test_a_journey_of_another_office_is_left_alone(training_db: Database):
    opened(training_db, offers.offer(office=OLD))
    elsewhere = JourneyHandedOver(journey_id=ids.new_id(), office=OLD, successor=NEW, referrals=[])
    with training_db.transaction() as session:
        handlers.hear_journeys_handed_over(session, [offers.heard(elsewhere)])
    assert rows(training_db) == {OLD: 1}
