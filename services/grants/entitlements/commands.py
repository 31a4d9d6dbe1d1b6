"""Claiming aid for the people behind it: reserved before it is approved, committed with the approval, then realised.

Two agencies may decide at the same moment on two grants that exclude each other. Each writes its claims under the locks
of all the people it concerns and only then looks for others, so that the second to come sees what the first has
written. The locks are taken in one order, and after those of grants and of funds: a slice moves its money first and
claims then, so that two decisions never wait for each other in a circle.

A slice that gives aid calls `reserve` when a favourable decision is laid before the approver and `commit` when it is
signed (or `commit` alone, where one person decides); `unreserve` when it is decided otherwise or its referral is closed
without the work, `release` when what was approved is taken back; `realise` when the aid was handed over. What a
journey's early end lets go of, this slice hears by itself, and what lapses with a fund's year it is told by `funds`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.grants.entitlements import queries, rules
from services.grants.entitlements.models import AidAcknowledgement, AidCase, AidClaim
from services.grants.entitlements.queries import Case
from services.grants.entitlements.rules import OUTSTANDING, Beneficiary, ClaimState, Met
from services.grants.groups import queries as groups
from shared.events.intake import StageBroughtIn
from shared.identity.officer import Officer
from shared.kernel.money import format_rupiah
from shared.referrals.models import Referral
from shared.storage.rows import insert_rows

SPACE = 0x61696421  # "aid!": the locks of this slice among all advisory locks
SLOTS = 512
"""How many locks share all people: PostgreSQL has room for a few thousand, and one signature may concern hundreds of
groups. Two decisions about different people that meet in a slot wait for each other, and nothing else happens."""
LOCK = text("SELECT pg_advisory_xact_lock(:space, slot) FROM unnest(CAST(:slots AS int[])) AS slot")


@dataclass(frozen=True, slots=True)
class Ask:
    """Aid that is about to be granted: by which referral, how much, and her answer to a warning of other aid.

    `field` is where a form says that other aid excludes it.
    """

    referral: Referral
    amount: int
    acknowledged: str | None = None
    field: str = "verdict"


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Aid that a stage gave on paper: as which kind it counts, how much it was, and for whom."""

    told: StageBroughtIn
    kind: str
    amount: int
    aid: Mapping[str, Any]


def reserve(session: Session, officer: Officer, asks: Sequence[Ask]) -> None:
    """Claim this aid for the people behind it.

    Raises AidExcluded, AidNotAcknowledged, YearCeilingReached, BeneficiariesUnknown, and GroupFrozen below a group's
    minimum.
    """
    groups.refuse_frozen(session, [each.referral.journey_id for each in asks])
    _claim(session, officer, asks, ClaimState.RESERVED)


def commit(session: Session, officer: Officer, asks: Sequence[Ask]) -> None:
    """Make this aid good for the people behind it, reserved before or not; raises what `reserve` raises."""
    groups.refuse_frozen(session, [each.referral.journey_id for each in asks])
    _claim(session, officer, asks, ClaimState.COMMITTED)


def realise(session: Session, kind: str, journey_ids: Collection[UUID]) -> None:
    """Note that the aid of these journeys' decisions of this kind was handed over."""
    _move(session, ClaimState.REALISED, _of(kind, journey_ids), AidClaim.state == ClaimState.COMMITTED)


def realise_on_paper(session: Session, given: Sequence[OnPaper]) -> None:
    """Note aid that was handed over on paper, before Kail; whether it excludes other aid was decided there."""
    cases, claims = [], []
    for each in given:
        told, people = each.told, [UUID(one["person"]) for one in each.aid["beneficiaries"]]
        if not people:
            continue
        about = {"referral_id": told.referral_id, "journey_id": told.journey_id, "kind": each.kind}
        said = {name: each.aid[name] for name in ("budget_year", "compatibility")}
        cases.append({**about, **said, "programme": told.programme, "agency": told.agency, "office": told.office})
        shares = rules.share(each.amount, people)
        claims += [
            {
                **about,
                "person_id": UUID(one["person"]),
                "household_id": UUID(one["household"]) if one["household"] else None,
                "budget_year": each.aid["budget_year"],
                "amount": shares[UUID(one["person"])],
                "state": ClaimState.REALISED,
            }
            for one in each.aid["beneficiaries"]
        ]
    insert_rows(session, AidCase, cases, unless_known=True)
    insert_rows(session, AidClaim, claims, unless_known=True)


def release(session: Session, kind: str, journey_ids: Collection[UUID]) -> None:
    """Let go of what these journeys' decisions of this kind have claimed; what was handed over stays."""
    _move(session, ClaimState.RELEASED, _of(kind, journey_ids), AidClaim.state.in_(OUTSTANDING))


def let_go(session: Session, journey_ids: Collection[UUID]) -> None:
    """Let go of whatever these journeys have claimed and not received."""
    _move(session, ClaimState.RELEASED, AidClaim.journey_id.in_(journey_ids), AidClaim.state.in_(OUTSTANDING))


def unreserve(session: Session, referral_ids: Collection[UUID]) -> None:
    """Take back what was reserved by these referrals and never approved."""
    _move(
        session,
        ClaimState.RELEASED,
        AidClaim.referral_id.in_(referral_ids),
        AidClaim.state == ClaimState.RESERVED,
    )


def claim_again(session: Session, referral_id: UUID, budget_year: int, ceiling: int | None) -> None:
    """Claim for another year what this decision had approved and what lapsed with its own year.

    Raises AidExcluded, and YearCeilingReached where with it somebody would have more than the ceiling in that year.

    A warning is not asked about again: the decision (SK) that answered it still stands.
    """
    lapsed = (AidClaim.referral_id == referral_id, AidClaim.state == ClaimState.RELEASED)
    claims = session.scalars(select(AidClaim).where(*lapsed)).all()
    people = queries.claimants(session, claims)
    if not people:
        return
    shares = _by_person(people, {each.person_id: each.amount for each in claims})
    case = Case(session.get_one(AidCase, referral_id), [*people.values()], budget_year)
    _lock(session, [case])
    _move(session, ClaimState.COMMITTED, *lapsed, budget_year=budget_year)
    (found,) = queries.met(session, {referral_id: case}).values()
    _compatible(case, found, answered={}, given=True, field="order.fund")
    _within_ceiling(session, {referral_id: case}, {referral_id: (ceiling, shares, "order.fund")})


def restate(session: Session, kind: str, journey_id: UUID, total: int, ceiling: int | None) -> None:
    """Share another total among those who have a claim: the budget was approved again; raises YearCeilingReached."""
    claims = session.scalars(select(AidClaim).where(_of(kind, [journey_id]), AidClaim.state.in_(OUTSTANDING))).all()
    shares = rules.share(total, [each.person_id for each in claims]) if claims else {}
    for each in claims:
        each.amount = shares[each.person_id]
    session.flush()
    for each in claims[:1]:
        people = queries.claimants(session, claims)
        case = Case(session.get_one(AidCase, each.referral_id), [*people.values()], each.budget_year)
        _lock(session, [case])
        given = _by_person(people, shares)
        _within_ceiling(session, {each.referral_id: case}, {each.referral_id: (ceiling, given, "unit_price")})


def _by_person(people: Mapping[UUID, Beneficiary], shares: Mapping[UUID, int]) -> dict[UUID, int]:
    """Shares that are written down by record, added up by person."""
    found: dict[UUID, int] = {}
    for record, amount in shares.items():
        found[people[record].person] = found.get(people[record].person, 0) + amount
    return found


def _claim(session: Session, officer: Officer, asks: Sequence[Ask], state: ClaimState) -> None:
    cases = queries.cases(session, [each.referral.id for each in asks])
    if len(cases) < len(asks):
        raise rules.BeneficiariesUnknown
    if not asks:
        return
    _lock(session, cases.values())
    _write(session, asks, cases, state)
    _require(session, officer, asks, cases)
    said = {}
    for ask in asks:
        people = [one.person for one in cases[ask.referral.id].beneficiaries]
        ceiling = ask.referral.settings.get("ceiling")
        said[ask.referral.id] = (ceiling, rules.share(ask.amount, people), ask.field)
    _within_ceiling(session, cases, said)


def _within_ceiling(
    session: Session, cases: Mapping[UUID, Case], said: Mapping[UUID, tuple[int | None, Mapping[UUID, int], str]]
) -> None:
    """Hold a programme's ceiling over the year, by referral: the ceiling, everybody's share, and the form's field."""
    before = queries.given_this_year(session, cases)
    for referral_id, (ceiling, shares, field) in said.items():
        above = rules.above_ceiling(ceiling, shares, before[referral_id])
        if above and ceiling is not None:
            raise rules.YearCeilingReached(
                members=len(above), people=len(shares), year=cases[referral_id].year, ceiling=format_rupiah(ceiling)
            ).at(field)


def _lock(session: Session, cases: Collection[Case]) -> None:
    people = [one for case in cases for one in case.beneficiaries]
    keys = {f"person:{one.person}" for one in people} | {f"household:{one.household}" for one in people}
    slots = sorted({int.from_bytes(sha256(key.encode()).digest()[:4]) % SLOTS for key in keys})
    session.execute(LOCK, {"space": SPACE, "slots": slots})


def _write(session: Session, asks: Sequence[Ask], cases: Mapping[UUID, Case], state: ClaimState) -> None:
    """Write the claims, in place of earlier ones of the same decision; who has left a group since loses hers."""
    rows = []
    for ask in asks:
        case = cases[ask.referral.id]
        shares = rules.share(ask.amount, [one.person for one in case.beneficiaries])
        rows += [
            {
                "referral_id": ask.referral.id,
                "journey_id": ask.referral.journey_id,
                "kind": ask.referral.kind,
                "person_id": one.named,
                "household_id": one.household,
                "budget_year": case.year,
                "amount": shares[one.person],
                "state": state,
            }
            for one in case.beneficiaries
        ]
    claiming = insert(AidClaim)
    anew = ("referral_id", "household_id", "budget_year", "amount", "state")
    session.execute(
        claiming.on_conflict_do_update(
            index_elements=["journey_id", "kind", "person_id"],
            set_={**{name: claiming.excluded[name] for name in anew}, "moved_at": func.kail_now()},
            where=AidClaim.state != ClaimState.REALISED,
        ),
        rows,
    )
    named = tuple_(AidClaim.journey_id, AidClaim.kind, AidClaim.person_id)
    decided = tuple_(AidClaim.journey_id, AidClaim.kind).in_({(row["journey_id"], row["kind"]) for row in rows})
    staying = named.in_([(row["journey_id"], row["kind"], row["person_id"]) for row in rows])
    _move(session, ClaimState.RELEASED, decided, ~staying, AidClaim.state.in_(OUTSTANDING))


def _require(session: Session, officer: Officer, asks: Sequence[Ask], cases: Mapping[UUID, Case]) -> None:
    met = queries.met(session, cases)
    answered = queries.acknowledged(session, cases)
    answers = []
    for ask in asks:
        warned = _compatible(
            cases[ask.referral.id],
            met[ask.referral.id],
            answered=answered.get(ask.referral.id, {}),
            given=bool(ask.acknowledged),
            field=ask.field,
        )
        if warned:
            answers.append(
                {
                    "referral_id": ask.referral.id,
                    "met": {each.other: each.members for each in warned},
                    "reason": ask.acknowledged,
                    "officer_id": officer.id,
                }
            )
    if answers:
        session.execute(insert(AidAcknowledgement), answers)


def _compatible(case: Case, found: Sequence[Met], **said: Any) -> list[Met]:
    return rules.require_compatible(
        found, people=len(case.beneficiaries), year=case.year, called=queries.office_name, **said
    )


def _of(kind: str, journey_ids: Collection[UUID]) -> ColumnElement[bool]:
    return (AidClaim.kind == kind) & AidClaim.journey_id.in_(journey_ids)


def _move(session: Session, state: ClaimState, *which: ColumnElement[bool], **values: object) -> None:
    session.execute(
        update(AidClaim)
        .where(*which)
        .values(state=state, moved_at=func.kail_now(), **values)
        .execution_options(synchronize_session=False)
    )
