"""She takes her consent back: what was shared for the stage is gone, whatever was heard first."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from shared.events.intake import ConsentWithdrawn, SharedReferral, StageOffered
from shared.events.referrals import ReferralWithdrawn
from shared.kernel import clock
from shared.programmes import kinds
from shared.programmes.definition import Basis
from shared.referrals import commands, words
from shared.referrals.handlers import hear_consents_withdrawn, hear_stages_offered, hear_stages_withdrawn
from shared.referrals.models import EarlyWithdrawal, Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import Works, by_kind
from shared.storage import Database
from tests.announcements import announced_in as announced
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer, withdrawal


class Copying(CountedSessions):
    """A slice that hears when particulars are gone."""

    def erased(self, session: Any, referrals: Any) -> None:
        self.told.append(("erased", tuple(each.id for each in referrals)))


def taken_back(of: StageOffered, **changes: Any) -> ConsentWithdrawn:
    shared = SharedReferral(stage=of.stage, does=of.does, referral_id=of.referral_id)
    given = {"journey_id": of.journey_id, "agency": of.agency, "referrals": [shared]}
    return ConsentWithdrawn(**given | changes, withdrawn_on=clock.today())


def hear(base: Database, works: Works, *events: Any) -> None:
    with base.transaction() as session:
        for event in events:
            match event:
                case StageOffered():
                    hear_stages_offered(session, [heard(event, PARTICULARS)], works=works)
                case ConsentWithdrawn():
                    hear_consents_withdrawn(session, [heard(event)], works=works)
                case _:
                    hear_stages_withdrawn(session, [heard(event)], works=works)


def rows(base: Database) -> list[Referral]:
    with base.reading() as session:
        return list(session.scalars(select(Referral).order_by(Referral.id)))


def test_a_closed_referral_forgets_what_was_shared_and_keeps_its_outcome(training_db: Database) -> None:
    work, offered = Copying(), offer()
    works = by_kind([work])
    hear(training_db, works, offered)
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), [offered.referral_id])
        commands.complete_referrals(session, officer(), works, {offered.referral_id: {"sessions_attended": 2}})
        before = len(announced(session))
    for _ in range(2):
        hear(training_db, works, taken_back(offered))
    (row,) = rows(training_db)
    assert (row.state, row.particulars, row.outcome) == (ReferralState.COMPLETED, None, "attended")
    assert row.facts == {"sessions_attended": 2}
    assert [what for what, _ in work.told] == ["opened", "erased"]
    with training_db.reading() as session:
        assert len(announced(session)) == before


def test_an_earlier_attempt_of_the_stage_forgets_as_well(training_db: Database) -> None:
    first = offer()
    second = offer(journey_id=first.journey_id, attempt=2)
    works = by_kind([CountedSessions()])
    hear(training_db, works, first, second, taken_back(second))
    assert [row.particulars for row in rows(training_db)] == [None, None]


def test_other_stages_agencies_and_journeys_keep_what_was_shared(training_db: Database) -> None:
    concerned = offer()
    others = [
        offer(),
        offer(journey_id=concerned.journey_id, stage="another"),
        offer(journey_id=concerned.journey_id, agency="dp3a"),
    ]
    hear(training_db, by_kind([CountedSessions()]), concerned, *others, taken_back(concerned))
    kept = {row.id for row in rows(training_db) if row.particulars}
    assert kept == {each.referral_id for each in others}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("times", [1, 2])
def test_in_any_order_and_twice_nothing_of_her_stays(training_db: Database, order: list[int], times: int) -> None:
    offered = offer()
    happenings = [offered, withdrawal(offered), taken_back(offered)]
    for index in order * times:
        hear(training_db, by_kind([CountedSessions()]), happenings[index])
    (row,) = rows(training_db)
    assert (row.state, row.particulars) == (ReferralState.WITHDRAWN, None)
    with training_db.reading() as session:
        assert [type(each) for each in announced(session)] == [ReferralWithdrawn]


def test_a_withdrawal_heard_before_its_offer_opens_nothing(training_db: Database) -> None:
    offered = offer()
    hear(training_db, by_kind([CountedSessions()]), taken_back(offered))
    hear(training_db, by_kind([CountedSessions()]), offered)
    (row,) = rows(training_db)
    assert (row.state, row.particulars) == (ReferralState.WITHDRAWN, None)


def test_what_another_service_was_told_is_not_noted_here(training_db: Database) -> None:
    elsewhere = offer(does="grants.goods-decision")
    hear(training_db, by_kind([CountedSessions()]), taken_back(elsewhere))
    with training_db.reading() as session:
        assert session.scalars(select(EarlyWithdrawal)).all() == []


def test_a_referral_says_on_which_legal_basis_it_stands() -> None:
    assert words.basis(Referral(programme="wrse-kaltim-2023", version=1, stage="briefing", agency="dinsos")) is (
        Basis.PUBLIC_TASK
    )
    unknown = Referral(programme="of-another-city", version=1, stage="support", agency="baznas")
    assert words.basis(unknown) is Basis.CONSENT


def test_what_money_was_given_for_is_named_as_staying() -> None:
    assert all(each.keeps for each in kinds.of_service("grants"))
