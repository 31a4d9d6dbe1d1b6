"""One SK for a list of groups: each is granted as if it stood alone, as far as the fund goes."""

from uuid import UUID

from services.grants.goods.rules import ProposerCannotDecide
from services.grants.worker import WORKS
from shared.events.referrals import ReferralCompleted
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.referrals import together
from shared.referrals.rules import AlreadyClosed
from shared.referrals.together import Act, Result
from shared.referrals.work import by_kind
from tests.announcements import announced
from tests.grants.desk import Desk, officer, sk

KNOWN = by_kind(WORKS)


def signed(desk: Desk, ids: list[UUID], her: Officer | None = None, **done: object) -> Result:
    with desk.database.transaction() as session:
        return together.do(session, her or desk.approver, KNOWN, Act.REPORT, ids, done=done)


def test_one_sk_is_signed_for_a_list_of_groups_each_once(desk: Desk) -> None:
    referrals = desk.take("decision", desk.propose(4))
    result = signed(desk, referrals, **sk())
    assert (sorted(referrals), {}) == (result.done, result.refused)
    told = [each for each in announced(desk.database) if isinstance(each, ReferralCompleted)][-4:]
    assert {each.facts["sk_number"] for each in told} == {sk()["sk_number"]}
    assert desk.balance().committed == 4 * 15_000_000
    again = signed(desk, referrals, **sk())
    assert {type(each) for each in again.refused.values()} == {AlreadyClosed}
    assert desk.balance().committed == 4 * 15_000_000


def test_what_was_prepared_is_signed_together(desk: Desk) -> None:
    referrals = desk.prepare(desk.propose(3))
    assert signed(desk, referrals).done == sorted(referrals)


def test_a_fund_that_does_not_suffice_refuses_those_for_whom_it_does_not(desk: Desk) -> None:
    desk.open_fund(ceiling=2 * 15_000_000, fund_id="small")
    referrals = desk.take("decision", desk.propose(3), fund="small")
    result = signed(desk, referrals, **sk())
    assert (len(result.done), len(result.refused)) == (2, 1)
    assert desk.balance("small").committed == 2 * 15_000_000


def test_who_proposed_signs_for_none_of_hers(desk: Desk) -> None:
    both = officer(Role.OFFICER, Role.APPROVER)
    theirs = desk.take("decision", desk.propose(2))
    desk.officer = both
    hers = desk.take("decision", desk.propose(1))
    result = signed(desk, [*theirs, *hers], both, **sk())
    assert (result.done, {type(each) for each in result.refused.values()}) == (sorted(theirs), {ProposerCannotDecide})


def test_looking_sets_no_money_aside(desk: Desk) -> None:
    referrals = desk.take("decision", desk.propose(2))
    before = desk.balance()
    with desk.database.transaction() as session:
        result = together.do(session, desk.approver, KNOWN, Act.REPORT, referrals, done=sk())
        session.rollback()
    assert len(result.done) == 2
    assert desk.balance() == before
