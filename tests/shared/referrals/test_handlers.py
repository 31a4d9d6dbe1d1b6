from itertools import permutations

import pytest
from sqlalchemy import func, select

from shared.events.intake import StageOffered
from shared.events.referrals import ParticularsMissing, ReferralWithdrawn
from shared.kernel import ids
from shared.referrals.handlers import (
    NobodyDoesThis,
    hear_particulars_shared,
    hear_stages_offered,
    hear_stages_withdrawn,
)
from shared.referrals.models import EarlyWithdrawal, Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.announcements import announced_in as announced
from tests.shared.referrals.offers import (
    PARTICULARS,
    CountedSessions,
    heard,
    offer,
    sharing,
    withdrawal,
)


def test_an_offer_of_this_services_kind_becomes_a_row_with_everything_that_it_says(training_db: Database) -> None:
    work, offered = CountedSessions(), offer()
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(offered, PARTICULARS)], works=by_kind([work]))
    with training_db.reading() as session:
        row = session.scalars(select(Referral)).one()
        assert (row.id, row.state, row.kind, row.revision) == (
            offered.referral_id,
            ReferralState.OFFERED,
            "training.course",
            1,
        )
        assert row.particulars == PARTICULARS
        assert row.earlier["decision"]["facts"]["amount"] == 3_000_000
        assert (row.remind_at, row.due_at, row.expires_at) == (offered.remind_at, offered.due_at, offered.expires_at)
        assert announced(session) == []
    assert work.told == [("opened", (offered.referral_id,))]


def test_the_same_referral_heard_twice_opens_one_worklist_row(training_db: Database) -> None:
    work = CountedSessions()
    once = heard(offer(), PARTICULARS)
    for batch in ([once, once], [once]):
        with training_db.transaction() as session:
            hear_stages_offered(session, batch, works=by_kind([work]))
    with training_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Referral)) == 1
        assert announced(session) == []
    assert len(work.told) == 1


def test_a_second_hearing_does_not_undo_what_the_office_did_meanwhile(training_db: Database) -> None:
    once = heard(offer(), PARTICULARS)
    with training_db.transaction() as session:
        hear_stages_offered(session, [once], works=by_kind([CountedSessions()]))
        session.scalars(select(Referral)).one().state = ReferralState.OPENED
    with training_db.transaction() as session:
        hear_stages_offered(session, [once], works=by_kind([CountedSessions()]))
        assert session.scalars(select(Referral)).one().state is ReferralState.OPENED


def test_offers_of_other_services_are_passed_over(training_db: Database) -> None:
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(offer(does="grants.goods-decision"))], works=by_kind([CountedSessions()]))
        assert session.scalars(select(Referral)).all() == []
        assert announced(session) == []


def test_an_offer_of_a_kind_that_no_slice_of_this_service_does_is_an_error_to_be_held(training_db: Database) -> None:
    with pytest.raises(NobodyDoesThis), training_db.transaction() as session:
        hear_stages_offered(session, [heard(offer(does="training.juggling"))], works=by_kind([CountedSessions()]))


def test_five_hundred_offers_take_one_insert_and_reach_the_slice_at_once(training_db: Database) -> None:
    work = CountedSessions()
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(offer(), {}) for _ in range(500)], works=by_kind([work]))
        assert session.scalar(select(func.count()).select_from(Referral)) == 500
    assert [len(ids) for _, ids in work.told] == [500]


def test_an_offer_whose_sealed_part_is_erased_asks_for_the_particulars_and_gets_them(training_db: Database) -> None:
    offered = offer()
    with training_db.transaction() as session:
        hear_stages_offered(session, [heard(offered)], works=by_kind([CountedSessions()]))
        assert session.scalars(select(Referral)).one().particulars is None
        assert [type(each) for each in announced(session)] == [ParticularsMissing]
    for _ in range(2):
        with training_db.transaction() as session:
            hear_particulars_shared(session, [heard(sharing(offered), PARTICULARS)])
            hear_particulars_shared(session, [heard(sharing(offered))])
    with training_db.reading() as session:
        row = session.scalars(select(Referral)).one()
        assert (row.particulars, row.revision) == (PARTICULARS, 2)


def test_particulars_of_a_closed_or_unknown_referral_are_not_kept(training_db: Database) -> None:
    offered = offer()
    with training_db.transaction() as session:
        works = by_kind([CountedSessions()])
        hear_stages_offered(session, [heard(offered, PARTICULARS)], works=works)
        hear_stages_withdrawn(session, [heard(withdrawal(offered))], works=works)
        hear_particulars_shared(session, [heard(sharing(each), PARTICULARS) for each in (offered, offer())])
        assert session.scalars(select(Referral)).one().particulars is None


def test_a_withdrawn_referral_is_closed_its_particulars_forgotten_and_its_slice_told(training_db: Database) -> None:
    work, offered = CountedSessions(), offer()
    for _ in range(2):
        with training_db.transaction() as session:
            hear_stages_offered(session, [heard(offered, PARTICULARS)], works=by_kind([work]))
            hear_stages_withdrawn(session, [heard(withdrawal(offered))], works=by_kind([work]))
    with training_db.reading() as session:
        row = session.scalars(select(Referral)).one()
        assert (row.state, row.particulars) == (ReferralState.WITHDRAWN, None)
        assert row.closed_at is not None
        assert [type(each) for each in announced(session)] == [ReferralWithdrawn]
    assert [what for what, _ in work.told] == ["opened", "withdrawn"]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_offer_and_withdrawal_in_any_order_and_twice_end_withdrawn_once(
    training_db: Database, order: list[int]
) -> None:
    offered = offer()
    happenings = [heard(offered, PARTICULARS), heard(withdrawal(offered))] * 2
    for each in (happenings[index] for index in order):
        with training_db.transaction() as session:
            hear = hear_stages_offered if isinstance(each.event, StageOffered) else hear_stages_withdrawn
            hear(session, [each], works=by_kind([CountedSessions()]))
    with training_db.reading() as session:
        row = session.scalars(select(Referral)).one()
        assert (row.state, row.particulars) == (ReferralState.WITHDRAWN, None)
        assert [type(each) for each in announced(session)] == [ReferralWithdrawn]


def test_a_withdrawal_of_another_services_referral_stays_a_note_and_is_noted_once(training_db: Database) -> None:
    early = heard(withdrawal(offer()))
    for _ in range(2):
        with training_db.transaction() as session:
            hear_stages_withdrawn(session, [early], works=by_kind([CountedSessions()]))
    with training_db.reading() as session:
        assert len(session.scalars(select(EarlyWithdrawal)).all()) == 1
        assert announced(session) == []


def test_what_a_batch_brings_about_names_the_very_event_that_caused_it(training_db: Database) -> None:
    from shared.bus.models import LoggedEvent
    from shared.events.envelope import canonical

    happenings = [heard(offer(referral_id=ids.new_id())) for _ in range(3)]
    with training_db.transaction() as session:
        hear_stages_offered(session, happenings, works=by_kind([CountedSessions()]))
        bodies = session.scalars(select(LoggedEvent.body)).all()
    for each in happenings:
        (own,) = [body for body in bodies if str(each.event.referral_id) in body]
        assert canonical({"causationid": str(each.id)})[1:-1] in own
