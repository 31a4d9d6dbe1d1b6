"""What can be told of products: the one that a person or group makes, its evidence, and what was made when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.training.products import rules
from services.training.products.models import Product, ProductEvidence, Production, ProductStage
from services.training.products.rules import Licence, Made, Requirements, Rung, Standing
from shared.events.intake import SubjectKind
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.persons.queries import records_of
from shared.referrals.work import plain
from shared.storage.arrays import among

Subject = tuple[SubjectKind, UUID]
LAST_DAYS = 10
"""How many days of its log a later stage is told of a product."""
LATEST_FIRST = (ProductStage.referral_id,)


@dataclass(frozen=True, slots=True)
class Asked:
    """A stage that an office was asked for, with the product and how high it stands by now."""

    stage: ProductStage
    product: Product | None
    stands: Standing


def stages(officer: Officer) -> Select[Any]:
    """The stages of an officer's office in her areas; read them by `LATEST_FIRST`."""
    return select(ProductStage).where(ProductStage.office == officer.office, within(ProductStage.area, officer.areas))


def with_products(session: Session, asked: Collection[ProductStage], required: Requirements) -> list[Asked]:
    """Stages with their products, in three queries."""
    known = products(session, {(each.subject_kind, each.subject_id) for each in asked})
    ids = [each.id for each in known.values()]
    seen, made = evidence(session, ids), made_lately(session, ids, required)
    found = []
    for each in asked:
        product = known.get((each.subject_kind, each.subject_id))
        stands = (
            stands_at(product, seen[product.id], made[product.id], required)
            if product
            else Standing(None, Licence.NONE)
        )
        found.append(Asked(each, product, stands))
    return found


def stands_at(
    product: Product, found: dict[str, ProductEvidence], made: Sequence[Made], required: Requirements
) -> Standing:
    """How high a product stands by its evidence, and by what was made lately."""
    needed = rules.licence_for(product.kind, product.shelf_days, required)
    steady = rules.is_steady(made, clock.today(), required)
    return rules.standing(rungs(found), needed, steady=steady)


def made_lately(session: Session, product_ids: Collection[UUID], required: Requirements) -> dict[UUID, list[Made]]:
    """What was made of each product lately enough to tell of the present."""
    rows = session.execute(
        select(Production.product_id, Production.made_on, Production.quality_kept).where(
            Production.product_id.in_(product_ids), Production.made_on >= rules.since(clock.today(), required)
        )
    ).all()
    found: dict[UUID, list[Made]] = {each: [] for each in product_ids}
    for product_id, made_on, quality_kept in rows:
        found[product_id].append(Made(made_on, quality_kept))
    return found


def products(session: Session, subjects: Collection[Subject]) -> dict[Subject, Product]:
    """The products of these persons and groups, whichever of a person's records they are noted under.

    Where two of her records brought one each, that of the record under which she lives on counts, else the older.
    """
    persons = records_of(session, {subject_id for _, subject_id in subjects})
    found = session.scalars(
        select(Product)
        .where(Product.subject_kind.in_(list(SubjectKind)), among(Product.subject_id, persons))
        .order_by(Product.id)
        .execution_options(populate_existing=True)
    )
    by_person: dict[Subject, Product] = {}
    for each in found:
        person = persons[each.subject_id]
        if each.subject_id == person:
            by_person[each.subject_kind, person] = each
        else:
            by_person.setdefault((each.subject_kind, person), each)
    return {(kind, who): by_person[kind, persons[who]] for kind, who in subjects if (kind, persons[who]) in by_person}


def evidence(session: Session, product_ids: Collection[UUID]) -> dict[UUID, dict[str, ProductEvidence]]:
    """The latest evidence of each product for each rung and extra, in one query."""
    latest = session.scalars(
        select(ProductEvidence)
        .where(ProductEvidence.product_id.in_(product_ids))
        .ext(distinct_on(ProductEvidence.product_id, ProductEvidence.rung))
        .order_by(ProductEvidence.product_id, ProductEvidence.rung, ProductEvidence.id.desc())
    )
    found: dict[UUID, dict[str, ProductEvidence]] = {each: {} for each in product_ids}
    for each in latest:
        found[each.product_id][each.rung] = each
    return found


def made_last(session: Session, product_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What was made of each of these on the latest days, the latest first."""
    place = func.row_number().over(partition_by=Production.product_id, order_by=Production.made_on.desc())
    numbered = select(Production, place.label("place")).where(Production.product_id.in_(product_ids)).subquery()
    latest = select(numbered).where(numbered.c.place <= LAST_DAYS).order_by(numbered.c.product_id, numbered.c.place)
    found: dict[UUID, list[dict[str, Any]]] = {each: [] for each in product_ids}
    for row in session.execute(latest):
        found[row.product_id].append(plain(row, "made_on", "quantity", "unit", "quality_kept"))
    return found


def missing_of(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, str]:
    """What was said to be missing as these stages were closed below the rung asked for."""
    statement = select(ProductStage.referral_id, ProductStage.missing)
    rows = session.execute(statement.where(ProductStage.referral_id.in_(referral_ids)))
    return {row.referral_id: row.missing for row in rows if row.missing}


def production(session: Session, product_id: UUID) -> Sequence[Production]:
    """What was made, the latest day first."""
    return session.scalars(
        select(Production)
        .where(Production.product_id == product_id)
        .order_by(Production.made_on.desc())
        .execution_options(populate_existing=True)
    ).all()


def rungs(found: dict[str, ProductEvidence]) -> dict[Rung, dict[str, Any]]:
    """The evidence that counts on the ladder, by rung."""
    return {rung: found[rung].details for rung in Rung if rung in found}
