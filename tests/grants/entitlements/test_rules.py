"""The matrix of compatible aid as plain values, and its laws."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.entitlements import rules
from services.grants.entitlements.rules import Beneficiary, Claim, ClaimState, Per, Term
from shared.kernel.ids import new_id
from shared.programmes.definition import Policy

KUBE, WRSE = "kube-kaltim-2023", "wrse-kaltim-2023"
ANA, BUDI, CICI = sorted(new_id() for _ in range(3))
HOME = new_id()
BLOCKS_HERSELF = Term(WRSE, Policy.BLOCK, Per.PERSON)
BLOCKS_HOME = Term(WRSE, Policy.BLOCK, Per.HOUSEHOLD)
WARNS_HOME = Term("PKH", Policy.WARN, Per.HOUSEHOLD)
TERMS = st.lists(
    st.builds(Term, st.sampled_from(["a", "b", "PKH"]), st.sampled_from(list(Policy)), st.sampled_from(list(Per))),
    max_size=4,
)


def claim(person: UUID, household: UUID | None = None, *terms: Term, programme: str = WRSE) -> Claim:
    return Claim(programme, terms, "dinsos", "dinsos-kaltim", person, household, 3_000_000, ClaimState.COMMITTED)


@pytest.mark.parametrize(
    ("terms", "beneficiary", "claims", "expected"),
    [
        ((BLOCKS_HERSELF,), Beneficiary(ANA), [claim(ANA)], [(WRSE, Policy.BLOCK)]),
        ((), Beneficiary(ANA), [claim(ANA, None, Term(KUBE, Policy.BLOCK, Per.PERSON))], [(WRSE, Policy.BLOCK)]),
        ((), Beneficiary(ANA), [claim(ANA)], [(WRSE, Policy.ALLOW)]),
        ((BLOCKS_HERSELF,), Beneficiary(ANA), [claim(BUDI)], []),
        ((BLOCKS_HERSELF,), Beneficiary(ANA, HOME), [claim(BUDI, HOME)], []),
        ((BLOCKS_HOME,), Beneficiary(ANA, HOME), [claim(BUDI, HOME)], [(WRSE, Policy.BLOCK)]),
        ((BLOCKS_HOME,), Beneficiary(ANA), [claim(ANA)], [(WRSE, Policy.BLOCK)]),
        ((BLOCKS_HOME,), Beneficiary(ANA), [claim(BUDI)], []),
        ((WARNS_HOME,), Beneficiary(ANA, HOME, frozenset(), frozenset({"PKH"})), [], [("PKH", Policy.WARN)]),
        ((), Beneficiary(ANA, HOME, frozenset({"PKH"}), frozenset({"PKH"})), [], [("PKH", Policy.ALLOW)]),
        ((), Beneficiary(ANA, HOME, frozenset(), frozenset({"PKH"})), [], []),
        (
            (Term("PKH", Policy.WARN, Per.PERSON),),
            Beneficiary(ANA, HOME, frozenset(), frozenset({"PKH"})),
            [],
            [],
        ),
    ],
)
def test_which_aid_may_run_beside_which(terms, beneficiary, claims, expected):
    assert [(each.other, each.policy) for each in rules.met(KUBE, terms, [beneficiary], claims)] == expected


def test_group_aid_counts_as_a_share_for_each_member():
    people = [new_id() for _ in range(5)]
    assert rules.share(15_000_000, people) == dict.fromkeys(people, 3_000_000)


@given(st.integers(0, 10**12), st.integers(1, 20))
def test_shares_add_up_to_the_whole_and_differ_by_a_rupiah_at_most(total, members):
    shares = rules.share(total, [new_id() for _ in range(members)]).values()
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@given(TERMS, TERMS, st.sets(st.sampled_from(list(Per))))
def test_what_two_programmes_say_of_each_other_is_the_same_from_either_side(mine, theirs, scopes):
    assert rules.between("a", mine, "b", theirs, scopes) is rules.between("b", theirs, "a", mine, scopes)


@given(TERMS, TERMS, TERMS)
def test_another_term_never_makes_it_laxer(mine, more, theirs):
    before, after = (rules.between("a", terms, "b", theirs, set(Per)) for terms in (mine, mine + more))
    assert rules.stricter(before, after) is after


def test_other_aid_is_counted_by_the_members_it_concerns_and_told_without_them():
    people = [Beneficiary(each) for each in (ANA, BUDI, CICI)]
    (found,) = rules.met(KUBE, (BLOCKS_HERSELF,), people, [claim(ANA), claim(CICI)])
    assert (found.members, found.amount) == (2, 6_000_000)
    with pytest.raises(rules.AidExcluded) as refused:
        ask([found], people=3)
    said = refused.value.message("id") + refused.value.message("en")
    assert WRSE in said
    assert "Dinas Sosial" in said
    assert not any(str(each) in said for each in (ANA, BUDI, CICI))
    assert list(refused.value.errors) == ["verdict"]


@pytest.mark.parametrize(("answered", "asked"), [({}, True), ({"PKH": 1}, True), ({"PKH": 2}, False)])
def test_an_answer_to_a_warning_holds_for_as_many_as_it_was_given_for(answered, asked):
    home = [Beneficiary(each, HOME, frozenset(), frozenset({"PKH"})) for each in (ANA, BUDI)]
    found = rules.met(KUBE, (WARNS_HOME,), home, [])
    if asked:
        with pytest.raises(rules.AidNotAcknowledged):
            ask(found, answered=answered)
    assert [each.other for each in ask(found, answered=answered, given=True)] == (["PKH"] if asked else [])


def ask(found, people=2, answered=None, given=False):
    return rules.require_compatible(
        found,
        people=people,
        year=2023,
        answered=answered or {},
        given=given,
        field="verdict",
        called=lambda office: "Dinas Sosial" if office else "APBN",
    )


def test_what_a_household_is_given_counts_once_however_many_of_it_are_asked_about():
    home = [Beneficiary(each, HOME) for each in (ANA, BUDI)]
    (found,) = rules.met(KUBE, (BLOCKS_HOME,), home, [claim(CICI, HOME), claim(ANA, HOME)])
    assert (found.members, found.amount) == (2, 6_000_000)


def test_what_a_household_is_given_counts_only_where_a_programme_makes_it_so():
    (found,) = rules.met(KUBE, (BLOCKS_HERSELF,), [Beneficiary(ANA, HOME)], [claim(BUDI, HOME), claim(ANA, HOME)])
    assert (found.members, found.amount) == (1, 3_000_000)


@pytest.mark.parametrize(("total", "expected"), [(10, [4, 3, 3]), (11, [4, 4, 3]), (2, [1, 1, 0])])
def test_what_does_not_divide_goes_to_the_first(total, expected):
    assert list(rules.share(total, [CICI, ANA, BUDI]).items()) == list(zip((ANA, BUDI, CICI), expected, strict=True))
