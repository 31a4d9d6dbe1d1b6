"""Officers who decide at the same moment: real threads, real transactions, whatever the order in which they meet."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from threading import Barrier
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.grants.entitlements import commands, queries, rules
from services.grants.entitlements.commands import Ask
from services.grants.entitlements.models import AidClaim
from services.grants.entitlements.rules import LIVE
from shared.kernel import ids
from shared.referrals.models import Referral
from tests.grants.desk import Desk, somebody

PROGRAMMES = ("a-2023", "b-2023", "c-2023")
PEOPLE, HOMES = 4, 2
DECISION = st.tuples(
    st.sampled_from(PROGRAMMES),
    st.sets(st.integers(0, PEOPLE - 1), min_size=1, max_size=3),
    st.booleans(),  # whether it was laid before an approver first
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a race is not made smaller by trying it again
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    said=st.lists(
        st.tuples(st.sampled_from(PROGRAMMES), st.sampled_from(PROGRAMMES), st.sampled_from(["person", "household"])),
        min_size=1,
        max_size=3,
    ),
    decisions=st.lists(DECISION, min_size=2, max_size=5),
)
def test_whatever_the_interleaving_no_two_aids_that_exclude_each_other_are_committed(
    desk: Desk, said: list[tuple[str, str, str]], decisions: list[tuple[str, set[int], bool]]
) -> None:
    for programme in PROGRAMMES:
        terms = [{"with": other, "policy": "block", "per": per} for by, other, per in said if by == programme]
        desk.terms[programme] = {"budget_year": 2023, "compatibility": terms}
    homes = [ids.new_id() for _ in range(HOMES)]
    people = [somebody(None, homes[number % HOMES]) for number in range(PEOPLE)]
    journeys = [_journey(desk, programme, [people[each] for each in chosen]) for programme, chosen, _ in decisions]
    referrals = desk.offer("decision", journeys)
    excluded = _at_once(desk, referrals, [reserved for _, _, reserved in decisions])
    with desk.database.reading() as session:
        assert queries.audit(session) == []
        live = set(session.scalars(select(AidClaim.journey_id).where(AidClaim.state.in_(LIVE))))
    assert set(journeys) - live == {journeys[number] for number in excluded}
    for one, other in combinations(range(len(decisions)), 2):
        if not _exclude(said, decisions[one], decisions[other]):
            continue
        assert not {journeys[one], journeys[other]} <= live
    for number in excluded:  # and nobody was refused for nothing
        assert any(_exclude(said, decisions[number], other) for place, other in enumerate(decisions) if place != number)


def test_two_agencies_that_decide_at_the_same_moment_cannot_both_commit(desk: Desk) -> None:
    for _ in range(5):
        ana = somebody()
        journeys = [_journey(desk, programme, [ana]) for programme in ("kube-kaltim-2023", "wrse-kaltim-2023")]
        assert len(_at_once(desk, desk.offer("decision", journeys), [False, False])) == 1


def _journey(desk: Desk, programme: str, people: Sequence[dict[str, object]]) -> UUID:
    journey = ids.new_id()
    desk.people[journey], desk.programmes[journey] = list(people), programme
    return journey


def _at_once(desk: Desk, referrals: Sequence[UUID], reserved_first: Sequence[bool]) -> list[int]:
    """All decide together; the numbers of those that were excluded."""
    begin = Barrier(len(referrals))

    def decide(number: int) -> bool:
        begin.wait()
        try:
            for act in (commands.reserve, commands.commit) if reserved_first[number] else (commands.commit,):
                with desk.database.transaction() as session:
                    row = session.get_one(Referral, referrals[number])
                    act(session, desk.officer, [Ask(row, 15_000_000)])
        except rules.AidExcluded:
            return False
        return True

    with ThreadPoolExecutor(len(referrals)) as officers:
        committed = list(officers.map(decide, range(len(referrals))))
    return [number for number, done in enumerate(committed) if not done]


def _exclude(
    said: list[tuple[str, str, str]], one: tuple[str, set[int], bool], other: tuple[str, set[int], bool]
) -> bool:
    """Whether two decisions exclude each other, told without the code under test."""
    if one[0] == other[0] and one[1] & other[1]:
        return True  # the same programme, for the same person
    for by, of, per in said:
        if {(by, of), (of, by)} & {(one[0], other[0])}:
            if one[1] & other[1]:
                return True
            if per == "household" and {each % HOMES for each in one[1]} & {each % HOMES for each in other[1]}:
                return True
    return False
