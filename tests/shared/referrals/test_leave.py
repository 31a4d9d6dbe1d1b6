"""While an officer is on leave, what she handles is before whoever stands in, or is to be given to somebody."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.events.intake import LeaveNoted
from shared.identity.absences import Absence
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.referrals import commands, handing_over, handlers, queries
from shared.referrals.models import Referral
from shared.referrals.rules import NotAColleague, Reason, Suggestion, Tray
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web.roster import Roster
from tests.browsing import token_of
from tests.shared.referrals.offers import PARTICULARS, CountedSessions, heard, offer, officer

WORKS = by_kind([CountedSessions()])


def leave(her: Officer, **changes: Any) -> LeaveNoted:
    given: dict[str, Any] = {"officer_id": her.id, "leave_id": new_id(), "revision": 1}
    given |= {"from_on": clock.today() + timedelta(days=1), "to_on": clock.today() + timedelta(days=2)}
    return LeaveNoted(**given | changes)


def hear(base: Database, *told: LeaveNoted) -> None:
    hearing = handlers.subscriber_hears([CountedSessions()])[LeaveNoted]
    with base.transaction() as session:
        hearing.run(session, [heard(each) for each in told])


def accepted(base: Database, her: Officer) -> UUID:
    given = offer()
    with base.transaction() as session:
        handlers.hear_stages_offered(session, [heard(given, PARTICULARS)], works=WORKS)
        commands.accept_referrals(session, her, [given.referral_id])
    return given.referral_id


def standing(base: Database, *officers: Officer) -> list[tuple[int, int]]:
    """How many are hers, and how many are to be given to somebody, for each of these."""
    with base.reading() as session:
        found = [queries.counts(session, each, "dinsos") for each in officers]
        return [(each.trays[Tray.MINE], each.trays[Tray.TO_GIVE]) for each in found]


def on(ahead: int) -> Any:
    return clock.frozen(clock.now() + timedelta(days=ahead))


def test_it_is_before_whoever_stands_in_on_these_days_and_hers_again_after_them(training_db: Database) -> None:
    her, other = officer(), officer()
    accepted(training_db, her)
    hear(training_db, leave(her, stand_in_id=other.id))
    stood = []
    for ahead in range(4):
        with on(ahead):
            stood.append(standing(training_db, her, other))
    assert stood == [[(1, 0), (0, 0)], [(1, 0), (1, 0)], [(1, 0), (1, 0)], [(1, 0), (0, 0)]]


@pytest.mark.parametrize("stand_in", ["nobody", "away herself"])
def test_where_nobody_is_there_it_is_to_be_given_to_somebody(training_db: Database, stand_in: str) -> None:
    her, other = officer(), officer()
    accepted(training_db, her)
    told = leave(her, stand_in_id=None if stand_in == "nobody" else other.id)
    hear(training_db, told, *([] if stand_in == "nobody" else [leave(other)]))
    assert standing(training_db, her) == [(1, 0)]
    with on(1):
        assert standing(training_db, her) == [(1, 1)]


def test_words_of_one_leave_heard_in_any_order_and_twice_come_to_the_same(training_db: Database) -> None:
    her = officer()
    first = leave(her)
    words = [first, leave(her, leave_id=first.leave_id, revision=2, stand_in_id=new_id())]
    words.append(leave(her, leave_id=first.leave_id, revision=3, withdrawn=True))
    stood = set()
    for order in permutations(words):
        with training_db.transaction() as session:
            session.execute(Absence.__table__.delete())
        hear(training_db, *order)
        for each in order:
            hear(training_db, each, each)
        with training_db.reading() as session:
            row = session.scalars(select(Absence)).one()
            stood.add((row.revision, row.withdrawn, row.stand_in_id))
    assert stood == {(3, True, None)}


def test_nothing_is_handed_to_a_colleague_on_leave(training_db: Database) -> None:
    her, other = officer(), officer(name="Dewi")
    referral = accepted(training_db, her)
    Roster().note(training_db, token_of(other))
    hear(training_db, leave(other, from_on=clock.today()))
    with pytest.raises(NotAColleague), training_db.transaction() as session:
        handing_over.hand_over_referral(session, her, WORKS, referral, colleague=other.id)


@pytest.mark.parametrize("answer", ["accept", "complete", "return"])
def test_an_answer_names_who_acted_for_a_post_and_only_her(training_db: Database, answer: str) -> None:
    plain = officer()
    acts = plain.acts(
        Acting(
            id=new_id(),
            post=Role.HEAD,
            title="Plt. Kepala Dinas Sosial, surat 800/1",
            since=clock.now(),
            until=clock.today(),
            areas=(),
        )
    )
    kept = []
    for her in (plain, acts):
        referral = accepted(training_db, plain if answer != "accept" else her)
        with training_db.transaction() as session:
            if answer == "complete":
                commands.complete_referrals(session, her, WORKS, {referral: {"sessions_attended": 1}})
            elif answer == "return":
                given = {"reason": Reason.NO_PLACES, "explanation": "Penuh", "suggestion": Suggestion.OFFER_AGAIN_LATER}
                commands.return_referral(session, her, WORKS, referral, **given)
        with training_db.reading() as session:
            kept.append(session.get_one(Referral, referral).signed_as)
    assert kept == [None, "Rahmah, Plt. Kepala Dinas Sosial, surat 800/1"]
