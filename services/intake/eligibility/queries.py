"""What the registries know of persons, in the words in which programmes ask for it."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from services.intake.eligibility.rules import age_on
from services.intake.journeys.models import Journey
from services.intake.registry.models import HouseholdMember, Listing, Person
from services.intake.registry.queries import ACTIVE
from services.intake.registry.rules import Relation
from shared.identity.areas import within
from shared.kernel import clock
from shared.programmes import eligibility, library
from shared.programmes.definition import Programme
from shared.referrals.models import Referral
from shared.storage.arrays import among

Facts = dict[str, Any]
AT_A_TIME = 2_000


def facts_of_persons(session: Session, person_ids: Collection[UUID], on: date) -> dict[UUID, Facts]:
    """The facts of these persons on a day, in one query; a person who is not registered is left out."""
    return {person: facts for (person, _), facts in facts_on(session, [(each, on) for each in person_ids]).items()}


def facts_on(session: Session, days: Collection[tuple[UUID, date]]) -> dict[tuple[UUID, date], Facts]:
    """The facts of these persons, each on a day of its own, in one query; who is not registered is left out."""
    rows = session.execute(_facts().where(among(Person.id, {person for person, _ in days})))
    found = {row.id: row for row in rows}
    return {(person, on): _as_facts(found[person], on) for person, on in days if person in found}


def reference_dates(session: Session, referrals: Collection[Referral]) -> dict[UUID, date]:
    """The day on which the facts of each referral count: the programme's own, or that on which the journey began."""
    journeys = {each.journey_id for each in referrals}
    rows = session.execute(select(Journey.id, Journey.opened_at).where(among(Journey.id, journeys)))
    begun = {row.id: row.opened_at.astimezone(clock.zone()).date() for row in rows}
    return {
        each.id: library.programme(each.programme, each.version).counts_on(begun.get(each.journey_id, clock.today()))
        for each in referrals
    }


def facts_of_registry(session: Session, on: date, areas: Collection[str] | None = None) -> Iterator[tuple[UUID, Facts]]:
    """The facts of all who are alive, of everywhere or of these areas.

    They are read bit by bit: a million persons need no more memory.
    """
    statement = _facts() if areas is None else _within(_facts(), areas)
    ordered = statement.where(ACTIVE).order_by(Person.id).execution_options(yield_per=AT_A_TIME)
    for row in session.execute(ordered):
        yield row.id, _as_facts(row, on)


def facts_after(
    session: Session, on: date, areas: Collection[str], after: UUID | None, limit: int
) -> list[tuple[UUID, Facts]]:
    """The facts of the next persons of these areas who are alive, in the order of their identifiers."""
    statement = _within(_facts(), areas).where(ACTIVE).order_by(Person.id).limit(limit)
    rows = session.execute(statement.where(Person.id > after) if after else statement)
    return [(row.id, _as_facts(row, on)) for row in rows]


def registered(session: Session, areas: Collection[str]) -> int:
    """How many persons of these areas are alive and known under one record."""
    return session.scalar(_within(select(func.count()).select_from(Person), areas).where(ACTIVE)) or 0


def cards_of(session: Session, person_ids: Collection[UUID]) -> tuple[int, int]:
    """How many of these persons are registered with a NIK, and how many on a family card."""
    here = select(HouseholdMember.person_id).where(HouseholdMember.until.is_(None))
    counted = select(
        func.count().filter(Person.nik_index.is_not(None)), func.count().filter(Person.id.in_(here))
    ).where(among(Person.id, person_ids))
    with_nik, on_card = session.execute(counted).one()
    return with_nik, on_card


def cautions_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """What should be checked with Dukcapil about each of these persons."""
    rows = session.execute(select(Person.id, Person.cautions).where(among(Person.id, person_ids)))
    return dict(rows.all())


def candidates(
    session: Session,
    programme: Programme,
    *,
    areas: Collection[str],
    busy: Select[UUID],
    after: UUID | None,
    limit: int,
) -> tuple[list[tuple[UUID, Facts]], UUID | None]:
    """Registered persons whose facts fulfil the programme's conditions, were they to begin now, and who are not `busy`.

    Returns one page and the person after whom the next page begins (None when there is no more).
    """
    statement = _within(_facts(), areas).where(ACTIVE, Person.id.not_in(busy)).order_by(Person.id).limit(AT_A_TIME)
    found: list[tuple[UUID, Facts]] = []
    on = programme.counts_on(clock.today())
    while True:
        rows = session.execute(statement.where(Person.id > after) if after else statement).all()
        for row in rows:
            after = row.id
            facts = _as_facts(row, on)
            if eligibility.decide_member(programme, facts).eligible:
                found.append((row.id, facts))
                if len(found) == limit:
                    return found, after
        if len(rows) < AT_A_TIME:
            return found, None


def _facts() -> Select[Any]:
    listed = (
        select(func.array_agg(Listing.registry_name))
        .where(Listing.person_id == Person.id, Listing.until.is_(None))
        .scalar_subquery()
    )
    heads = exists().where(
        and_(
            HouseholdMember.person_id == Person.id,
            HouseholdMember.until.is_(None),
            HouseholdMember.relation == Relation.HEAD,
        )
    )
    return select(
        Person.id,
        Person.sex,
        Person.birth_date,
        Person.marital_status,
        Person.occupation,
        Person.pre_prosperous,
        Person.has_business,
        Person.area,
        listed.label("registries"),
        heads.label("heads_household"),
    )


def _within(statement: Select[Any], areas: Collection[str]) -> Select[Any]:
    return statement.where(within(Person.area, areas))


def _as_facts(row: Row[Any], on: date) -> Facts:
    return {
        "sex": row.sex and row.sex.value,
        "age": age_on(row.birth_date, on) if row.birth_date else None,
        "marital_status": row.marital_status and row.marital_status.value,
        "registries": sorted(str(each) for each in row.registries or []),
        "pre_prosperous": row.pre_prosperous,
        "occupation": row.occupation and row.occupation.value,
        "heads_household": row.heads_household,
        "has_business": row.has_business,
        "area": row.area,
    }
