import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from shared.events.intake import StageOffered
from shared.events.referrals import ReferralAccepted, ReferralCompleted
from shared.identity.rules import OutsideArea, Role, RoleMissing
from shared.kernel.errors import DomainError, NotFound
from shared.programmes.kinds import WrongReport
from shared.referrals import commands
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.rules import AlreadyAccepted, NotYetAccepted, Reason, ReferralState, Suggestion
from shared.referrals.work import Completion, by_kind
from shared.storage import Database
from shared.storage.rows import columns_of
from tests.announcements import announced
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

WORKS = by_kind([CountedSessions()])


def offers(base: Database, *given: StageOffered) -> None:
    with base.transaction() as session:
        hear_stages_offered(session, [heard(each, PARTICULARS) for each in given], works=WORKS)


def test_two_officers_accept_at_the_same_moment_and_exactly_one_has_it(training_db: Database) -> None:
    rounds = 8
    for _ in range(rounds):
        given = offer()
        offers(training_db, given)
        start = threading.Barrier(2)

        def accept(_: int, given: StageOffered = given, start: threading.Barrier = start) -> str:
            her = officer()
            start.wait()
            try:
                with training_db.transaction() as session:
                    commands.accept_referrals(session, her, [given.referral_id])
            except AlreadyAccepted:
                return "late"
            return "has it"

        with ThreadPoolExecutor(2) as officers:
            assert Counter(officers.map(accept, range(2))) == {"has it": 1, "late": 1}
    assert Counter(type(each) for each in announced(training_db)) == {ReferralAccepted: rounds}


def test_officers_who_take_the_same_many_in_opposite_orders_do_not_lock_each_other(training_db: Database) -> None:
    given = [offer() for _ in range(40)]
    offers(training_db, *given)
    ids = [each.referral_id for each in given]
    start = threading.Barrier(2)

    def accept(order: int) -> bool:
        start.wait()
        try:
            with training_db.transaction() as session:
                commands.accept_referrals(session, officer(), ids[::order])
        except AlreadyAccepted:
            return False
        return True

    with ThreadPoolExecutor(2) as officers:
        assert sorted(officers.map(accept, (1, -1))) == [False, True]


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ({"areas": ("64.72",)}, OutsideArea),
        ({"areas": ("64.02.0",)}, OutsideArea),
        ({"areas": ()}, OutsideArea),
        ({"agency": "dp3a"}, NotFound),
        ({"office": "dinsos-kukar"}, NotFound),
        ({"roles": frozenset({Role.AUDITOR})}, RoleMissing),
        ({"roles": frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})}, RoleMissing),
    ],
)
def test_no_command_reaches_across_offices_areas_or_roles(
    training_db: Database, who: dict[str, Any], refusal: type[DomainError]
) -> None:
    given = offer()
    offers(training_db, given)
    stranger, one = officer(**who), given.referral_id
    no: dict[str, Any] = {"reason": Reason.OTHER, "explanation": "x", "suggestion": Suggestion.END_JOURNEY}
    for attempt in (
        lambda session: commands.open_referral(session, stranger, one),
        lambda session: commands.accept_referrals(session, stranger, [one]),
        lambda session: commands.take_over_referrals(session, stranger, [one]),
        lambda session: commands.decline_referral(session, stranger, WORKS, one, **no),
        lambda session: commands.return_referral(session, stranger, WORKS, one, **no),
        lambda session: commands.record_work(session, stranger, WORKS, one, {}),
        lambda session: commands.complete_referrals(session, stranger, WORKS, {one: {}}),
    ):
        with pytest.raises(refusal), training_db.transaction() as session:
            attempt(session)
    assert announced(training_db) == []


def test_an_approver_may_take_a_stage_on_but_its_work_belongs_to_the_roles_of_its_kind(training_db: Database) -> None:
    given, approver = offer(), officer(roles=frozenset({Role.APPROVER}))
    offers(training_db, given)
    with training_db.transaction() as session:
        commands.accept_referrals(session, approver, [given.referral_id])
    with pytest.raises(RoleMissing), training_db.transaction() as session:
        commands.complete_referrals(session, approver, WORKS, {given.referral_id: {"sessions_attended": 1}})


def test_an_outcome_that_the_kind_does_not_know_is_never_announced(training_db: Database) -> None:
    given = offer()
    offers(training_db, given)
    with training_db.transaction() as session:
        accepted = commands.accept_referrals(session, officer(), [given.referral_id])
    for wrong in (Completion("passed", {}), Completion("attended", {"grade": 7})):
        with pytest.raises(WrongReport), training_db.transaction() as session:
            commands.conclude_referrals(session, accepted, {given.referral_id: wrong})
    assert [type(each) for each in announced(training_db)] == [ReferralAccepted]


def test_many_are_completed_each_with_its_own_outcome_and_facts(training_db: Database) -> None:
    given = [offer() for _ in range(200)]
    offers(training_db, *given)
    counted = {each.referral_id: {"sessions_attended": number % 3} for number, each in enumerate(given)}
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), list(counted))
        commands.complete_referrals(session, officer(), WORKS, counted, dict.fromkeys(counted, "Sakit."))
    told = {each.referral_id: each for each in announced(training_db) if isinstance(each, ReferralCompleted)}
    assert {each: event.facts for each, event in told.items()} == counted
    assert all((event.outcome == "absent") == (not event.facts["sessions_attended"]) for event in told.values())


CLOSED, WORDS = "closed_at = kail_now()", "explanation = 'x', suggestion = 'end-journey'"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        (f"state = 'declined', {CLOSED}", "a_no_has_its_grounds"),
        (f"state = 'declined', {CLOSED}, reason = 'other', suggestion = 'end-journey'", "a_no_has_its_grounds"),
        (f"state = 'declined', {CLOSED}, {WORDS}", "a_no_has_its_grounds"),
        (f"state = 'declined', {CLOSED}, explanation = 'x', reason = 'other'", "a_no_has_its_grounds"),
        (f"state = 'returned', {CLOSED}, accepted_at = kail_now(), accepted_by = id", "a_no_has_its_grounds"),
        (f"reason = 'other', {WORDS}", "a_no_has_its_grounds"),
        (f"state = 'completed', {CLOSED}, accepted_at = kail_now(), accepted_by = id", "done_means_an_outcome"),
        (f"state = 'completed', {CLOSED}, outcome = 'attended', facts = '{{}}'", "taken_on_by_somebody"),
        ("outcome = 'attended'", "done_means_an_outcome"),
        ("outcome = 'attended', facts = '{}'", "done_means_an_outcome"),
        ("state = 'accepted'", "taken_on_by_somebody"),
        ("state = 'withdrawn'", "closed_at_a_moment"),
        (CLOSED, "closed_at_a_moment"),
        ("remind_at = due_at + interval '1 s'", "times_in_order"),
        ("opened_at = kail_now(), accepted_at = kail_now() - interval '1 h', accepted_by = id", "times_in_order"),
        ("attempt = 0", "counted_from_one"),
        (f"state = 'lost', {CLOSED}", "referral_state"),
        (f"state = 'declined', {CLOSED}, {WORDS}, reason = 'tired'", "referral_reason"),
        ("reason = 'other'", "a_no_has_its_grounds"),
    ],
)
def test_the_database_itself_refuses_what_must_never_be(training_db: Database, change: str, constraint: str) -> None:
    offers(training_db, offer())
    with pytest.raises(IntegrityError, match=constraint), training_db.transaction() as session:
        session.execute(text(f"UPDATE referral SET {change}"))


def test_her_particulars_and_an_offices_explanation_are_unreadable_in_the_database(training_db: Database) -> None:
    given = offer()
    offers(training_db, given)
    with training_db.transaction() as session:
        stored = session.execute(text("SELECT particulars FROM referral")).scalar_one()
        assert PARTICULARS["name"].encode() not in bytes(stored)
        assert session.get_one(Referral, given.referral_id).particulars == PARTICULARS


def test_what_a_command_gives_back_is_what_is_stored(training_db: Database) -> None:
    given = [offer(), offer()]
    offers(training_db, *given)
    first, second = (each.referral_id for each in given)
    with training_db.transaction() as session:
        accepted = commands.accept_referrals(session, officer(), [first, second])
        assert [each.id for each in accepted] == sorted([first, second])
        assert {(each.state, each.revision, each.handler_name) for each in accepted} == {
            (ReferralState.ACCEPTED, 2, "Rahmah")
        }
        assert all(each.opened_at and each.opened_at <= each.accepted_at for each in accepted)
        done = commands.complete_referrals(
            session,
            officer(),
            WORKS,
            {first: {"sessions_attended": 2}, second: {"sessions_attended": 0}},
            {second: "Anaknya sakit."},
        )
        returned = [{name: getattr(each, name) for name in columns_of(Referral)} for each in done]
    with training_db.reading() as session:
        stored = session.scalars(select(Referral).order_by(Referral.id)).all()
        assert returned == [{name: getattr(each, name) for name in columns_of(Referral)} for each in stored]


def test_work_needs_referrals_that_the_office_has_taken_on(training_db: Database) -> None:
    given = [offer(), offer()]
    offers(training_db, *given)
    waiting, taken = (each.referral_id for each in given)
    with training_db.transaction() as session:
        commands.accept_referrals(session, officer(), [taken])
        commands.require_in_work(session, officer(), [taken])
        commands.require_in_work(session, officer(), [])
    for who, ids, refusal in (
        (officer(), [taken, waiting], NotYetAccepted),
        (officer(office="dinsos-kukar"), [taken], NotFound),
        (officer(areas=("64.03",)), [taken], OutsideArea),
    ):
        with pytest.raises(refusal), training_db.transaction() as session:
            commands.require_in_work(session, who, ids)
