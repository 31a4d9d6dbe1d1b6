"""Which aid may run beside which: a matrix of allow, warn and block, by pair, person or household, and budget year.

Both programmes have a say, and the stricter counts: a programme that was published first cannot know the one that came
after it. A programme excludes itself within its year, unless its file says otherwise, and where it does so its ceiling
holds for all that somebody is given of it in that year. Aid that goes to a group counts as a share for each of its
members.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.kernel.errors import Conflict, Invalid
from shared.programmes.definition import Policy

STRICTNESS = (Policy.ALLOW, Policy.WARN, Policy.BLOCK)


class ClaimState(StrEnum):
    """Where a person's share of an aid stands."""

    RESERVED = "reserved"  # lies before the approver: nobody else can commit what it excludes
    COMMITTED = "committed"  # approved
    REALISED = "realised"  # handed over
    RELEASED = "released"  # refused, withdrawn, lapsed or called off: it stands in nobody's way


LIVE = frozenset({ClaimState.RESERVED, ClaimState.COMMITTED, ClaimState.REALISED})
OUTSTANDING = frozenset({ClaimState.RESERVED, ClaimState.COMMITTED})


class Per(StrEnum):
    """For whom a policy counts."""

    PERSON = "person"
    HOUSEHOLD = "household"


class AidExcluded(Invalid):
    """{other} ({office}) has {members} of these {people} in {year}, and the two exclude each other: refuse this one."""

    indonesian = (
        "{other} ({office}) sudah mencakup {members} dari {people} penerima ini untuk tahun {year}, dan keduanya tidak "
        "boleh bersamaan: putuskan ditolak."
    )


class AidGivenBefore(AidExcluded):
    """{members} of these {people} have a share of this programme in {year} already ({office}): refuse this one."""

    indonesian = (
        "{members} dari {people} penerima ini sudah mendapat bagian dari program ini untuk tahun {year} ({office}): "
        "putuskan ditolak."
    )


class YearCeilingReached(Invalid):
    """{members} of these {people} would have more of this programme in {year} than its ceiling of {ceiling} allows."""

    indonesian = (
        "{members} dari {people} penerima ini akan mendapat lebih dari program ini dalam tahun {year} daripada batas "
        "{ceiling}."
    )


class AidNotAcknowledged(Invalid):
    """{members} of these {people} already receive {other} ({office}): write down why this aid is right beside it."""

    indonesian = (
        "{members} dari {people} penerima ini sudah menerima {other} ({office}): tuliskan alasan mengapa bantuan ini "
        "tetap diberikan."
    )


class BeneficiariesUnknown(Conflict):
    """Who would receive this aid is not known here yet, so nothing can be granted; try again in a moment."""

    indonesian = "Penerima bantuan ini belum diketahui di sini, jadi belum dapat dikabulkan; coba lagi sebentar lagi."


@dataclass(frozen=True, slots=True)
class Term:
    """What a programme says of one other aid."""

    other: str
    policy: Policy
    per: Per


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Somebody behind a referral, her household, and the aid of the APBN that she and her household receive.

    `record` is the one under which she was named, where she lives on under another one.
    """

    person: UUID
    household: UUID | None = None
    aid: frozenset[str] = frozenset()
    household_aid: frozenset[str] = frozenset()
    record: UUID | None = None

    @property
    def named(self) -> UUID:
        """The record under which her share is written down: a merge that is undone leaves it where it was."""
        return self.record or self.person


@dataclass(frozen=True, slots=True)
class Claim:
    """A share of some aid that a person has, or is about to have."""

    programme: str
    terms: tuple[Term, ...]
    agency: str
    office: str
    person: UUID
    household: UUID | None
    amount: int
    state: ClaimState


@dataclass(slots=True)
class Met:
    """Other aid that meets the beneficiaries: how many of them, and the strictest that either programme says of it."""

    other: str
    agency: str | None
    office: str | None
    policy: Policy = Policy.ALLOW
    people: set[UUID] = field(default_factory=set)
    amount: int | None = None
    is_itself: bool = False
    """Whether it is the same programme's, on another journey."""

    @property
    def members(self) -> int:
        """How many of the beneficiaries it concerns."""
        return len(self.people)


def read_terms(written: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    """The terms as a programme's file, and the offer that carries them, write them down."""
    return tuple(Term(each["with"], Policy(each["policy"]), Per(each["per"])) for each in written)


def stricter(one: Policy, other: Policy) -> Policy:
    """The stricter of two policies."""
    return max(one, other, key=STRICTNESS.index)


def share(total: int, people: Collection[UUID]) -> dict[UUID, int]:
    """What each of a group is given of an aid: equal shares, and what does not divide a rupiah each to the first."""
    each, left = divmod(total, len(people))
    return {person: each + (place < left) for place, person in enumerate(sorted(people))}


def above_ceiling(ceiling: int | None, shares: Mapping[UUID, int], before: Mapping[UUID, int]) -> set[UUID]:
    """Who would have more than her share of the ceiling, with what other journeys gave her this year."""
    if ceiling is None or not shares:
        return set()
    most = share(ceiling, shares.keys())
    return {each for each, amount in shares.items() if before.get(each) and before[each] + amount > most[each]}


def between(
    programme: str, terms: Iterable[Term], other: str, other_terms: Iterable[Term], scopes: Collection[Per]
) -> Policy:
    """What two programmes say of each other for these scopes; what neither mentions is allowed.

    A programme that does not speak of itself excludes itself, for the same person.
    """
    if programme == other and not any(term.other == programme for term in (*terms, *other_terms)):
        return Policy.BLOCK if Per.PERSON in scopes else Policy.ALLOW
    said = [term.policy for term in terms if term.other == other and term.per in scopes]
    said += [term.policy for term in other_terms if term.other == programme and term.per in scopes]
    return max(said, key=STRICTNESS.index, default=Policy.ALLOW)


def scopes_of(one: Beneficiary, person: UUID, household: UUID | None) -> frozenset[Per]:
    """In which scopes two are the same: a person is always of her own household, whether it is known or not."""
    if one.person == person:
        return frozenset(Per)
    if one.household is not None and one.household == household:
        return frozenset({Per.HOUSEHOLD})
    return frozenset()


def met(
    programme: str, terms: Sequence[Term], beneficiaries: Iterable[Beneficiary], claims: Iterable[Claim]
) -> list[Met]:
    """All other aid that these meet, the strictest first; the claims are of the same year and of other journeys.

    What is given to their households counts like what they are given, once each, where a programme makes it so.
    """
    found: dict[tuple[str, str | None], Met] = {}
    people = list(beneficiaries)
    for one in people:
        for other in sorted(one.aid | one.household_aid):
            scopes = frozenset(Per) if other in one.aid else frozenset({Per.HOUSEHOLD})
            policy = between(programme, terms, other, (), scopes)
            if other in one.aid or policy is not Policy.ALLOW:
                _note(found.setdefault((other, None), Met(other, None, None)), one, policy)
    for claim in claims:
        counted = False
        for one in people:
            scopes = scopes_of(one, claim.person, claim.household)
            if not scopes:
                continue
            policy = between(programme, terms, claim.programme, claim.terms, scopes)
            if one.person != claim.person and policy is Policy.ALLOW:
                continue  # what her husband receives is nobody's business here, unless a programme makes it so
            other_aid = found.setdefault(
                (claim.programme, claim.office),
                Met(claim.programme, claim.agency, claim.office, amount=0, is_itself=claim.programme == programme),
            )
            _note(other_aid, one, policy)
            other_aid.amount = (other_aid.amount or 0) + (0 if counted else claim.amount)
            counted = True
    return sorted(found.values(), key=lambda each: (-STRICTNESS.index(each.policy), each.other, each.office or ""))


def require_compatible(
    found: Iterable[Met],
    *,
    people: int,
    year: int,
    answered: Mapping[str, int],
    given: bool,
    field: str,
    called: Callable[[str | None], str],
) -> list[Met]:
    """The warnings that are still to be answered; raises AidExcluded, or AidNotAcknowledged when none was `given`.

    `answered` holds, for each aid that somebody has acknowledged before, how many beneficiaries it concerned then;
    `called` gives an office's name.
    """
    warned = []
    for each in found:
        said = {"other": each.other, "office": called(each.office), "members": each.members, "people": people}
        if each.policy is Policy.BLOCK:
            raise (AidGivenBefore if each.is_itself else AidExcluded)(**said, year=year).at(field)
        if each.policy is Policy.WARN and answered.get(each.other, 0) < each.members:
            if not given:
                raise AidNotAcknowledged(**said).at("aid_acknowledged")
            warned.append(each)
    return warned


def _note(other: Met, one: Beneficiary, policy: Policy) -> None:
    other.people.add(one.person)
    other.policy = stricter(other.policy, policy)
