"""What can be told of entitlements: who is behind a referral, which aid meets them, and what each person has."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.grants.entitlements import rules
from services.grants.entitlements.models import AidAcknowledgement, AidBeneficiary, AidCase, AidClaim
from services.grants.entitlements.rules import LIVE, Beneficiary, Claim, Met
from services.grants.groups import queries as groups
from shared.identity import offices
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.persons.models import PersonRecord
from shared.persons.queries import records_of
from shared.programmes.definition import Policy
from shared.referrals.models import Referral
from shared.storage.arrays import among
from shared.web.paging import Page, page


@dataclass(frozen=True, slots=True)
class Case:
    """A referral that may give aid, as it was told, with the people behind it."""

    told: AidCase
    beneficiaries: list[Beneficiary]
    year: int

    @property
    def terms(self) -> tuple[rules.Term, ...]:
        """What its programme says of other aid."""
        return rules.read_terms(self.told.compatibility)


@dataclass(frozen=True, slots=True)
class Finding:
    """Two claims that should not stand beside each other."""

    check: str
    subject: str
    says: str


def cases(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, Case]:
    """The cases of these referrals with their people; one that nobody is known of is left out.

    Who is named twice, under two of her records, is one of them.
    """
    asked = select(AidBeneficiary).where(AidBeneficiary.referral_id.in_(referral_ids))
    named = session.scalars(asked.order_by(AidBeneficiary.person_id)).all()
    known = records_of(session, {each.person_id for each in named})
    people: defaultdict[UUID, dict[UUID, Beneficiary]] = defaultdict(dict)
    for each in named:
        person, here = known[each.person_id], people[each.referral_id]
        before = here.get(person) or Beneficiary(person, record=each.person_id)
        here[person] = replace(
            before,
            household=before.household or each.household_id,
            aid=before.aid | frozenset(each.aid),
            household_aid=before.household_aid | frozenset(each.household_aid),
        )
    told = session.scalars(select(AidCase).where(AidCase.referral_id.in_(people)))
    return {each.referral_id: Case(each, [*people[each.referral_id].values()], each.budget_year) for each in told}


def claimants(session: Session, claims: Collection[AidClaim]) -> dict[UUID, Beneficiary]:
    """Who has each of these claims, by the record under which it is written down."""
    known = records_of(session, {each.person_id for each in claims})
    return {
        each.person_id: Beneficiary(known[each.person_id], each.household_id, record=each.person_id) for each in claims
    }


def open_to(
    session: Session,
    officer: Officer,
    *,
    programme: str | None = None,
    area: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page[Referral]:
    """The referrals of aid whose people an officer may ask about, the latest first."""
    statement = (
        select(Referral)
        .join(AidCase, AidCase.referral_id == Referral.id)
        .where(AidCase.office.in_(offices.readable(officer)))
    )
    if programme is not None:
        statement = statement.where(AidCase.programme == programme)
    if area is not None:
        statement = statement.where(within(Referral.area, [area]))
    return page(session, statement, Referral.id, after=after, limit=limit, newest_first=True)


def programmes_with_cases(session: Session, officer: Officer) -> list[str]:
    """The programmes of these referrals."""
    mine = select(AidCase.programme).where(AidCase.office.in_(offices.readable(officer)))
    return sorted(session.scalars(mine.distinct()))


def other_claims(session: Session, found: Mapping[UUID, Case]) -> dict[UUID, list[Claim]]:
    """For each case the live claims of its year, of other journeys, that its people or their households have.

    A person has those of all her records.
    """
    known = _records(session, found)
    households = {one.household for case in found.values() for one in case.beneficiaries if one.household}
    rows = session.execute(
        select(AidClaim, AidCase)
        .join(AidCase, AidCase.referral_id == AidClaim.referral_id)
        .where(
            or_(AidClaim.person_id.in_(known), AidClaim.household_id.in_(households)),
            AidClaim.budget_year.in_({case.year for case in found.values()}),
            AidClaim.state.in_(LIVE),
        )
        .order_by(AidClaim.id)
        .execution_options(populate_existing=True)
    ).all()
    return {
        referral: [
            _claim(claim, theirs, known.get(claim.person_id, claim.person_id))
            for claim, theirs in rows
            if claim.journey_id != case.told.journey_id and claim.budget_year == case.year
        ]
        for referral, case in found.items()
    }


def given_this_year(session: Session, found: Mapping[UUID, Case]) -> dict[UUID, dict[UUID, int]]:
    """What each case's people have, or are about to have, of its programme in its year on other journeys, by kind."""
    known = _records(session, found)
    rows = session.execute(
        select(AidClaim.person_id, AidClaim.journey_id, AidClaim.kind, AidClaim.budget_year, AidClaim.amount)
        .add_columns(AidCase.programme)
        .join(AidCase, AidCase.referral_id == AidClaim.referral_id)
        .where(
            AidClaim.person_id.in_(known),
            AidClaim.budget_year.in_({case.year for case in found.values()}),
            AidCase.programme.in_({case.told.programme for case in found.values()}),
            AidClaim.state.in_(LIVE),
        )
    ).all()
    given: dict[UUID, dict[UUID, int]] = {}
    for referral, case in found.items():
        same = (case.told.programme, case.told.kind, case.year)
        theirs = given.setdefault(referral, {})
        for row in rows:
            if (row.programme, row.kind, row.budget_year) == same and row.journey_id != case.told.journey_id:
                person = known[row.person_id]
                theirs[person] = theirs.get(person, 0) + row.amount
    return given


def met(session: Session, found: Mapping[UUID, Case]) -> dict[UUID, list[Met]]:
    """The other aid that the people of each case meet, the strictest first."""
    claims = other_claims(session, found)
    return {
        referral: rules.met(case.told.programme, case.terms, case.beneficiaries, claims[referral])
        for referral, case in found.items()
    }


def acknowledged(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Which warnings somebody has answered for each referral, and for how many of its people."""
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    written = select(AidAcknowledgement).where(AidAcknowledgement.referral_id.in_(referral_ids))
    for each in session.scalars(written.order_by(AidAcknowledgement.id)):
        found[each.referral_id] |= each.met
    return found


def shown(session: Session, referral: Referral) -> dict[str, Any]:
    """What whoever decides should know before, as plain JSON values.

    `aid` of others, her answer to a warning so far, and `frozen_until`: by when her group has to mend, if it has to.
    """
    case = cases(session, [referral.id]).get(referral.id)
    known = {"frozen_until": groups.frozen_until(session, referral.journey_id)}
    if case is None:
        return {"aid": None, **known}
    answers = session.scalars(
        select(AidAcknowledgement).where(AidAcknowledgement.referral_id == referral.id).order_by(AidAcknowledgement.id)
    ).all()
    answered = acknowledged(session, [referral.id])[referral.id]
    other = [
        {
            "other": each.other,
            "agency": each.agency,
            "office": each.office,
            "policy": each.policy.value,
            "members": each.members,
            "amount": each.amount,
            "acknowledged": answered.get(each.other, 0) >= each.members,
        }
        for each in met(session, {referral.id: case})[referral.id]
    ]
    aid = {"year": case.told.budget_year, "people": len(case.beneficiaries), "met": other}
    return {"aid": aid, **known, **({"aid_acknowledged": answers[-1].reason} if answers else {})}


def office_name(office: str | None) -> str:
    """What an office is called; aid that only the registries know of comes from the APBN."""
    return "APBN" if office is None else offices.name_of(office)


def claims_of(persons: Collection[UUID]) -> Select[AidClaim, AidCase]:
    """All that these persons have, or had, of aid that went through Kail."""
    return (
        select(AidClaim, AidCase)
        .join(AidCase, AidCase.referral_id == AidClaim.referral_id)
        .where(AidClaim.person_id.in_(persons))
        .order_by(AidClaim.budget_year.desc(), AidClaim.person_id, AidClaim.id)
    )


def people_for(
    session: Session, officer: Officer, *, person: UUID | None = None, referral: UUID | None = None
) -> list[UUID]:
    """The records of the persons whose aid an officer asks for: one, or all behind a referral of her own office.

    Coordinators and auditors may ask about the cases of every office in their areas. Raises NotFound.
    """
    behind = select(AidBeneficiary.person_id).join(AidCase, AidCase.referral_id == AidBeneficiary.referral_id)
    given = select(AidClaim.person_id).join(AidCase, AidCase.referral_id == AidClaim.referral_id)
    wanted, asked = [], records_of(session, [person] if person else [])
    for rows, where in ((behind, AidBeneficiary.person_id), (given, AidClaim.person_id)):
        narrowed = rows.where(where.in_(asked)) if person else rows.where(AidCase.referral_id == referral)
        wanted.append(narrowed.where(AidCase.office.in_(offices.readable(officer))))
    found = sorted(set(session.scalars(wanted[0].union(wanted[1]))))
    if not found:
        raise NotFound(what="person")
    return sorted(records_of(session, found))


def referrals_of(session: Session, people: Collection[UUID]) -> list[UUID]:
    """The referrals behind which these people are, or by which they were given aid."""
    behind = select(AidBeneficiary.referral_id).where(among(AidBeneficiary.person_id, people))
    given = select(AidClaim.referral_id).where(among(AidClaim.person_id, people))
    return list(session.scalars(behind.union(given)))


def audit(session: Session) -> list[Finding]:
    """Every two live claims of one person or household and year that exclude each other."""
    mine, others = _live(), _live()
    one, other = aliased(AidClaim, mine), aliased(AidClaim, others)
    own, theirs = aliased(AidCase), aliased(AidCase)
    rows = [
        row
        for same in (  # two joins that can hash, rather than one that cannot
            mine.c.person == others.c.person,
            and_(one.household_id == other.household_id, mine.c.person != others.c.person),
        )
        for row in session.execute(
            select(one, own, mine.c.person, other, theirs, others.c.person)
            .select_from(one)
            .join(other, and_(same, one.budget_year == other.budget_year, one.journey_id < other.journey_id))
            .join(own, own.referral_id == one.referral_id)
            .join(theirs, theirs.referral_id == other.referral_id)
            .order_by(one.id, other.id)
        )
    ]
    return [
        Finding(
            "double-aid",
            str(claim.journey_id),
            f"{case.programme} and {their_case.programme} exclude each other, and journey {claim.journey_id} and "
            f"journey {another.journey_id} both have a share of one {'person' if person == who else 'household'} in "
            f"{claim.budget_year}",
        )
        for claim, case, person, another, their_case, who in rows
        if rules.between(
            case.programme,
            rules.read_terms(case.compatibility),
            their_case.programme,
            rules.read_terms(their_case.compatibility),
            rules.scopes_of(Beneficiary(person, claim.household_id), who, another.household_id),
        )
        is Policy.BLOCK
    ]


def _live() -> Subquery:
    """The live claims, each with the person under whom its record lives on."""
    person = func.coalesce(PersonRecord.person_id, AidClaim.person_id).label("person")
    known = PersonRecord.record_id == AidClaim.person_id
    return select(AidClaim, person).outerjoin(PersonRecord, known).where(AidClaim.state.in_(LIVE)).subquery()


def _records(session: Session, found: Mapping[UUID, Case]) -> dict[UUID, UUID]:
    return records_of(session, {one.person for case in found.values() for one in case.beneficiaries})


def _claim(claim: AidClaim, case: AidCase, person: UUID) -> Claim:
    return Claim(
        programme=case.programme,
        terms=rules.read_terms(case.compatibility),
        agency=case.agency,
        office=case.office,
        person=person,
        household=claim.household_id,
        amount=claim.amount,
        state=claim.state,
    )
