"""The matrix of compatible aid as plain values, and its laws."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.entitlements import rules
from services.grants.entitlements.rules import Beneficiary, Claim, ClaimState, Per, Term
from shared.kernel.ids import new_id
from shared.programmes.definition import Policy
from tests.refusals import refused

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
        (
            (Term("PKH", Policy.WARN, Per.PERSON),),
            Beneficiary(ANA, HOME, frozenset({"PKH"}), frozenset({"PKH"})),
            [],
            [("PKH", Policy.WARN)],
        ),
        (
            (WARNS_HOME,),
            Beneficiary(ANA, HOME, frozenset({"BPNT"}), frozenset({"PKH"})),
            [],
            [("PKH", Policy.WARN), ("BPNT", Policy.ALLOW)],
        ),
        (
            (BLOCKS_HERSELF, WARNS_HOME),
            Beneficiary(ANA, HOME, frozenset({"BPNT", "PKH"})),
            [claim(ANA), claim(ANA, programme=KUBE), claim(ANA, programme="kur")],
            [
                *((KUBE, Policy.BLOCK), (WRSE, Policy.BLOCK), ("PKH", Policy.WARN)),
                *(("BPNT", Policy.ALLOW), ("kur", Policy.ALLOW)),
            ],
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
    with pytest.raises(rules.AidExcluded) as caught:
        ask([found], people=3)
    said = caught.value.message("id") + caught.value.message("en")
    assert WRSE in said
    assert "Dinas Sosial" in said
    assert not any(str(each) in said for each in (ANA, BUDI, CICI))


@pytest.mark.parametrize(("programme", "refusal"), [(WRSE, rules.AidExcluded), (KUBE, rules.AidGivenBefore)])
def test_what_excludes_the_aid_is_said_beside_the_verdict(programme, refusal):
    people = [Beneficiary(each) for each in (ANA, BUDI, CICI)]
    claims = [claim(each, programme=programme) for each in (ANA, CICI)]
    found = rules.met(KUBE, (BLOCKS_HERSELF,), people, claims)
    with refused(refusal, "verdict", other=programme, office="Dinas Sosial", members=2, people=3, year=2023):
        ask(found, people=3, answered={programme: 2}, given=True)


def test_the_aid_of_each_office_is_met_apart_and_told_in_the_order_of_its_offices():
    budi_first = [Beneficiary(BUDI), Beneficiary(ANA)]
    claims = [
        replace(claim(ANA, programme=programme), office=office, agency=agency)
        for programme, office, agency in [(WRSE, "pemkot", "other"), (KUBE, "b", "kube"), (WRSE, "dinsos", "dinsos")]
    ]
    found = rules.met(KUBE, (BLOCKS_HERSELF,), budi_first, claims)
    assert [(each.other, each.office, each.agency, each.is_itself) for each in found] == [
        (KUBE, "b", "kube", True),
        (WRSE, "dinsos", "dinsos", False),
        (WRSE, "pemkot", "other", False),
    ]
    assert all((each.people, each.amount) == ({ANA}, 3_000_000) for each in found)


def test_aid_of_the_apbn_is_of_no_office_and_no_amount():
    (found,) = rules.met(KUBE, (WARNS_HOME,), [Beneficiary(ANA, HOME, frozenset({"PKH"}))], [])
    assert found == rules.Met("PKH", None, None, Policy.WARN, {ANA}, None, is_itself=False)


def test_whoever_else_of_her_home_is_asked_about_what_she_was_given_counts_for_herself():
    home = [Beneficiary(each, HOME) for each in (ANA, BUDI)]
    (found,) = rules.met(KUBE, (BLOCKS_HERSELF,), home, [claim(BUDI, HOME)])
    assert (found.people, found.amount) == ({BUDI}, 3_000_000)


@pytest.mark.parametrize(
    ("answered", "asked"), [({}, True), ({"PKH": 1}, True), ({"PKH": 2}, False), ({"BPNT": 2}, True)]
)
def test_an_answer_to_a_warning_holds_for_as_many_as_it_was_given_for(answered, asked):
    home = [Beneficiary(each, HOME, frozenset(), frozenset({"PKH"})) for each in (ANA, BUDI)]
    found = rules.met(KUBE, (WARNS_HOME,), home, [])
    if asked:
        with refused(rules.AidNotAcknowledged, "aid_acknowledged", other="PKH", office="APBN", members=2, people=2):
            ask(found, answered=answered)
    else:
        assert ask(found, answered=answered) == []
    assert [each.other for each in ask(found, answered=answered, given=True)] == (["PKH"] if asked else [])


def test_a_warning_about_one_is_to_be_answered_too():
    found = rules.met(KUBE, (WARNS_HOME,), [Beneficiary(ANA, HOME, frozenset({"PKH"}))], [])
    with refused(rules.AidNotAcknowledged, "aid_acknowledged", other="PKH", office="APBN", members=1, people=1):
        ask(found, people=1)


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


@pytest.mark.parametrize(
    ("ceiling", "shares", "before", "above"),
    [
        (None, {ANA: 5}, {ANA: 5}, set()),
        (10, {}, {ANA: 11}, set()),
        (10, {ANA: 4}, {ANA: 6}, set()),
        (10, {ANA: 4}, {ANA: 7}, {ANA}),
        (10, {ANA: 11}, {}, set()),  # what one journey gives is held to the ceiling where it is proposed
        (10, {ANA: 11}, {ANA: 0, BUDI: 9}, set()),
        (10, {ANA: 2, BUDI: 2, CICI: 2}, {ANA: 2, BUDI: 1}, set()),
        (10, {ANA: 2, BUDI: 2, CICI: 2}, {ANA: 2, BUDI: 2}, {BUDI}),  # the rupiah left over is the first's
        (10, {ANA: 2, BUDI: 2, CICI: 2}, {ANA: 3, BUDI: 1, CICI: 9}, {ANA, CICI}),
    ],
)
def test_nobody_has_more_in_a_year_than_her_share_of_the_ceiling(ceiling, shares, before, above):
    assert rules.above_ceiling(ceiling, shares, before) == above


def test_terms_are_read_as_a_programme_writes_them_down():
    written = [
        {"with": WRSE, "policy": "block", "per": "person"},
        {"with": "PKH", "policy": "warn", "per": "household", "reason": "not read here"},
    ]
    assert rules.read_terms(written) == (BLOCKS_HERSELF, WARNS_HOME)
    assert rules.read_terms([]) == ()


ITSELF_ALLOWED = Term(KUBE, Policy.ALLOW, Per.PERSON)
ITSELF_BLOCKED = Term(KUBE, Policy.BLOCK, Per.HOUSEHOLD)


@pytest.mark.parametrize(
    ("terms", "other", "other_terms", "scopes", "policy"),
    [
        ((), KUBE, (), {Per.PERSON}, Policy.BLOCK),
        ((BLOCKS_HERSELF,), KUBE, (BLOCKS_HERSELF,), set(Per), Policy.BLOCK),
        ((), KUBE, (), {Per.HOUSEHOLD}, Policy.ALLOW),
        ((), KUBE, (), set(), Policy.ALLOW),
        ((ITSELF_ALLOWED,), KUBE, (), set(Per), Policy.ALLOW),
        ((), KUBE, (ITSELF_ALLOWED,), set(Per), Policy.ALLOW),
        ((ITSELF_ALLOWED,), KUBE, (ITSELF_BLOCKED,), set(Per), Policy.BLOCK),
        ((ITSELF_BLOCKED,), KUBE, (), {Per.PERSON}, Policy.ALLOW),
        ((), WRSE, (), set(Per), Policy.ALLOW),
        ((BLOCKS_HERSELF,), WRSE, (), {Per.HOUSEHOLD}, Policy.ALLOW),
        ((BLOCKS_HERSELF,), WRSE, (ITSELF_ALLOWED,), set(Per), Policy.BLOCK),
        ((Term(WRSE, Policy.WARN, Per.PERSON), BLOCKS_HOME), WRSE, (), {Per.PERSON}, Policy.WARN),
        ((Term(WRSE, Policy.WARN, Per.PERSON), BLOCKS_HOME), WRSE, (), set(Per), Policy.BLOCK),
        ((Term(WRSE, Policy.WARN, Per.PERSON),), WRSE, (ITSELF_ALLOWED,), set(Per), Policy.WARN),
        ((), WRSE, (ITSELF_BLOCKED, BLOCKS_HERSELF), {Per.PERSON}, Policy.ALLOW),
        ((WARNS_HOME,), WRSE, (WARNS_HOME,), set(Per), Policy.ALLOW),
    ],
)
def test_what_two_programmes_say_of_each_other_is_the_strictest_for_the_scope(
    terms, other, other_terms, scopes, policy
):
    assert rules.between(KUBE, terms, other, other_terms, scopes) is policy


@pytest.mark.parametrize("one", Policy)
def test_the_stricter_is_block_before_warn_before_allow(one):
    assert rules.stricter(one, Policy.BLOCK) is rules.stricter(Policy.BLOCK, one) is Policy.BLOCK
    assert rules.stricter(one, Policy.ALLOW) is rules.stricter(Policy.ALLOW, one) is one
