"""A product's readiness as the common worklist knows it: describe, log, see, and how high it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.training.products import commands, queries, rules, words
from services.training.products.models import Product, ProductEvidence
from services.training.products.requirements import requirements
from services.training.products.rules import LADDER, Extra, Rung
from services.training.products.schemas import ProductCompletionSchema, ProductSchema, ProductWorkSchema
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.requirements import Value
from shared.programmes.kinds import BECAUSE
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork


class ProductWork(StageWork):
    """A product climbs to a rung of the ladder."""

    kind = "training.products"
    work_schema = ProductWorkSchema
    completion_schema = ProductCompletionSchema
    template = "products/work.html"
    told_as: Mapping[str, str] = {"evidence": "evidence_seen", "missing": BECAUSE}
    words = words

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Note the rung asked for."""
        commands.expect_referred(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """Her product, the rungs with their evidence, what was made, and what the rungs ask."""
        asked = requirements()
        shown: dict[str, Any] = {
            "target": referral.settings["rung"],
            "product": None,
            "rung": None,
            "licence": rules.Licence.NONE.value,
            "licence_needed": None,
            "ladder": [{"rung": rung.value, "evidence": None} for rung in (*LADDER, *Extra)],
            "log": [],
            "steady_weeks": 0,
            "points": [],
            "requirements": {name: asdict(value) for name, value in _each(asked)},
        }
        subject = (referral.subject_kind, referral.subject_id)
        product = queries.products(session, [subject]).get(subject)
        return shown if product is None else shown | _of_product(session, product, asked)

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save what was described, made and seen, in this order."""
        if work["product"]:
            commands.describe(session, officer, referral, work["product"])
        if work["production"]:
            commands.log_production(session, officer, referral, work["production"])
        if work["evidence"]:
            commands.record_evidence(session, officer, referral, work["evidence"])

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Reached, or not yet with what is missing."""
        for referral, told in pairs:
            self.record(session, officer, referral, told)
        return commands.conclude(session, pairs)

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """The product, what was made at this stage, the evidence for each rung, and what is missing."""
        subjects = {(each.subject_kind, each.subject_id) for each in referrals}
        known = queries.products(session, subjects)
        seen = queries.evidence(session, [each.id for each in known.values()])
        made = queries.made_last(session, [each.id for each in known.values()])
        missing = queries.missing_of(session, [each.id for each in referrals])
        told = {}
        for referral in referrals:
            product = known[referral.subject_kind, referral.subject_id]
            found: dict[str, Any] = {
                "product": product.name,
                "production": made[product.id],
                "evidence_seen": [
                    {"rung": each.rung, "seen_on": each.seen_on.isoformat(), **_readable(each.details)}
                    for each in seen[product.id].values()
                ],
                BECAUSE: missing.get(referral.id),
            }
            told[referral.id] = {name: value for name, value in found.items() if value}
        return told

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Close the stage; the product stays hers."""
        commands.let_go(session, referrals)


def _readable(details: dict[str, Any]) -> dict[str, Any]:
    return {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in details.items()}


def _of_product(session: Session, product: Product, asked: rules.Requirements) -> dict[str, Any]:
    found = queries.evidence(session, [product.id])[product.id]
    log = queries.production(session, product.id)
    lately = rules.recent([each.made for each in log], clock.today(), asked)
    stands = queries.stands_at(product, found, lately, asked)
    return {
        "product": ProductSchema().dump(product),
        "rung": stands.rung.value if stands.rung else None,
        "licence": stands.licence.value,
        "licence_needed": rules.licence_for(product.kind, product.shelf_days, asked).value,
        "ladder": [{"rung": rung.value, "evidence": _evidence(found.get(rung))} for rung in (*Rung, *Extra)],
        "log": [
            {
                "made_on": each.made_on.isoformat(),
                "quantity": each.quantity,
                "unit": each.unit,
                "quality_kept": each.quality_kept,
            }
            for each in log
        ],
        "steady_weeks": rules.steady_weeks(lately),
        "points": list(asked.points(product.kind)),
    }


def _evidence(found: ProductEvidence | None) -> dict[str, Any] | None:
    if found is None:
        return None
    seen_by = {"seen_on": found.seen_on.isoformat(), "seen_by": str(found.seen_by), "office": found.office}
    return {**seen_by, "brand": None, "document_number": None, **found.details}


def _each(asked: rules.Requirements) -> list[tuple[str, Value[Any]]]:
    return [(name, getattr(asked, name)) for name in asked.__slots__]


WORKS = (ProductWork(),)
