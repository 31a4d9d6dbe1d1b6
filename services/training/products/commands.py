"""What can be done for a product: describe it, log what was made, record what was seen, and close a stage."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import Date, Text, Uuid, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from services.training.products import queries, rules
from services.training.products.models import Product, ProductEvidence, Production, ProductStage
from services.training.products.requirements import requirements
from services.training.products.rules import Extra, Rung
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import Invalid
from shared.privacy.fields import encrypt
from shared.referrals.models import Referral
from shared.referrals.work import Completion
from shared.storage.rows import insert_rows
from shared.web import access


def expect_referred(session: Session, referrals: Sequence[Referral]) -> None:
    """Note the rung that each stage asks for; the product stands where earlier stages have brought it."""
    rows = [
        {
            "referral_id": each.id,
            "subject_kind": each.subject_kind,
            "subject_id": each.subject_id,
            "office": each.office,
            "area": each.area,
            "target": each.settings["rung"],
        }
        for each in referrals
    ]
    insert_rows(session, ProductStage, rows, unless_known=True)


def describe(session: Session, officer: Officer, referral: Referral, given: Mapping[str, Any]) -> Product:
    """Say what she makes, or put it right; gives her one product, locked."""
    access.require(officer, Permission.PRODUCTS_RUN)
    rules.require_shelf_life(given["kind"], given["shelf_days"])
    subject = (referral.subject_kind, referral.subject_id)
    before = queries.products(session, [subject]).get(subject)
    statement = insert(Product).values(
        id=ids.new_id(),
        subject_kind=referral.subject_kind,
        subject_id=before.subject_id if before else referral.subject_id,
        described_by=officer.id,
        **given,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Product.subject_kind, Product.subject_id],
            set_={name: statement.excluded[name] for name in (*given, "described_by", "described_at")},
        )
    )
    return product_of(session, referral)


def product_of(session: Session, referral: Referral) -> Product:
    """The product of a referral's person or group, locked; raises ProductMissing."""
    subject = (referral.subject_kind, referral.subject_id)
    known = queries.products(session, [subject]).get(subject)
    if known is None:
        raise rules.ProductMissing().at("product.name")
    locked = select(Product).where(Product.id == known.id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def log_production(session: Session, officer: Officer, referral: Referral, days: Sequence[Mapping[str, Any]]) -> None:
    """Log what was made on which days; a day told again is put right."""
    access.require(officer, Permission.PRODUCTS_RUN)
    product = product_of(session, referral)
    for row, each in enumerate(days):
        _require_past(each["made_on"], f"production.{row}.made_on")
    by_day = {
        each["made_on"]: {
            **each,
            "product_id": product.id,
            "written_by": officer.id,
            "written_at": clock.now(),
        }
        for each in days
    }
    statement = insert(Production)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Production.product_id, Production.made_on],
            set_={
                name: statement.excluded[name]
                for name in ("quantity", "unit", "quality_kept", "written_by", "written_at")
            },
        ),
        list(by_day.values()),
    )


def record_evidence(session: Session, officer: Officer, referral: Referral, seen: Sequence[Mapping[str, Any]]) -> None:
    """Record what was seen for each rung, after its own checks: all of it, or nothing."""
    access.require(officer, Permission.PRODUCTS_RUN)
    product = product_of(session, referral)
    asked = requirements()
    made = queries.made_lately(session, [product.id], asked)[product.id]
    rows = []
    for row, each in enumerate(seen):
        _require_past(each["seen_on"], f"evidence.{row}.seen_on")
        if each.get("premises_checked_on"):
            _require_past(each["premises_checked_on"], f"evidence.{row}.premises_checked_on")
        rung = Rung(each["rung"]) if each["rung"] in set(Rung) else Extra(each["rung"])
        try:
            rules.check_evidence(rung, each, kind=product.kind, shelf_days=product.shelf_days, made=made, asked=asked)
        except Invalid as wrong:
            _refuse_at(f"evidence.{row}", wrong)
        rows.append(
            {
                "id": ids.new_id(),
                "product_id": product.id,
                "referral_id": referral.id,
                "rung": rung.value,
                "seen_on": each["seen_on"],
                "details": _details(each),
                "seen_by": officer.id,
                "office": officer.office,
            }
        )
    session.execute(insert(ProductEvidence), rows)


def conclude(session: Session, pairs: Sequence[tuple[Referral, dict[str, Any]]]) -> list[Completion]:
    """Close stages: reached where every rung up to the one asked for has evidence; raises WhatIsMissing."""
    subjects = {(each.subject_kind, each.subject_id) for each, _ in pairs}
    products = queries.products(session, subjects)
    evidence = queries.evidence(session, [each.id for each in products.values()])
    asked, completions, rows = requirements(), [], []
    made = queries.made_lately(session, [each.id for each in products.values()], asked)
    for referral, told in pairs:
        product = products.get((referral.subject_kind, referral.subject_id))
        if product is None:
            raise rules.ProductMissing().at("product.name")
        target = Rung(referral.settings["rung"])
        stands = queries.stands_at(product, evidence[product.id], made[product.id], asked)
        outcome = rules.outcome(stands.rung, target)
        missing = told.get("missing") if outcome is rules.ProductOutcome.NOT_YET else None
        if outcome is rules.ProductOutcome.NOT_YET and not missing:
            raise rules.WhatIsMissing(rung=target.value).at("missing")
        facts = {"rung": stands.rung.value if stands.rung else None, "licence": stands.licence.value}
        completions.append(Completion(outcome.value, facts))
        hidden = encrypt(missing).hex() if missing else None
        rows.append({"id": str(referral.id), "outcome": outcome.value, "missing": hidden, **facts})
    _close(session, rows)
    return completions


def let_go(session: Session, referrals: Sequence[Referral]) -> None:
    """Note that these stages are no longer this office's; the product stays hers."""
    session.execute(
        update(ProductStage)
        .where(ProductStage.referral_id.in_([each.id for each in referrals]))
        .values(left_at=func.kail_now())
        .execution_options(synchronize_session=False)
    )


def _close(session: Session, rows: list[dict[str, Any]]) -> None:
    names = ("outcome", "rung", "licence", "missing")
    told = (
        func.jsonb_to_recordset(literal(rows, JSONB))
        .table_valued(column("id", Uuid), *(column(name, Text) for name in names))
        .render_derived(name="told", with_types=True)
    )
    session.execute(
        update(ProductStage)
        .where(ProductStage.referral_id == told.c.id)
        .values(
            outcome=told.c.outcome,
            rung=told.c.rung,
            licence=told.c.licence,
            missing=func.decode(told.c.missing, "hex"),
            ended_on=literal(clock.today(), Date),
        )
        .execution_options(synchronize_session=False)
    )


def _details(seen: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in seen.items() if name not in ("rung", "seen_on") and value not in (None, [])}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in kept.items()}


def _require_past(day: date, field: str) -> None:
    if day > clock.today():
        raise rules.SeenLater().at(field)


def _refuse_at(row: str, wrong: Invalid) -> NoReturn:
    """The same refusal, at its field of one row."""
    (field,) = wrong.errors
    facts = {name: value for name, value in wrong.fields.items() if name != "errors"}
    raise type(wrong)(**facts).at(f"{row}.{field}") from wrong
