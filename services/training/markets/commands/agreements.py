"""Agreements with off-takers: written down, amended by both sides, delivered against, never beyond what they say."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.markets import rules
from services.training.markets.commands.cases import require_channel
from services.training.markets.models import Delivery, MarketCase, OffTake, OffTakeAmendment
from services.training.markets.rules import Channel
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import Invalid


def agree(session: Session, officer: Officer, case: MarketCase, **agreed: Any) -> OffTake:
    """Write down what an entrepreneur agreed to take up: how much of what, at which price, from when until when."""
    require_channel(case, Channel.OFF_TAKER, "agreement.buyer")
    if agreed["until_day"] < agreed["from_day"]:
        raise rules.EndsBeforeItBegins().at("agreement.until_day")
    found = OffTake(referral_id=case.referral_id, noted_by=officer.id, **agreed)
    session.add(found)
    session.flush()
    return found


def amend(
    session: Session,
    officer: Officer,
    case: MarketCase,
    *,
    agreement_id: UUID,
    amended_on: date,
    reason: str,
    quantity: int | None = None,
    unit_price: int | None = None,
    until_day: date | None = None,
) -> OffTake:
    """Change what an agreement says, as both sides signed it; what was delivered before keeps its price."""
    found = _locked(session, case, [agreement_id]).get(agreement_id)
    if found is None:
        raise rules.NoSuchAgreement().at("amendment.agreement_id")
    before = {"quantity": found.quantity, "unit_price": found.unit_price, "until_day": found.until_day}
    found.quantity = quantity or found.quantity
    found.unit_price = unit_price or found.unit_price
    found.until_day = until_day or found.until_day
    if found.quantity < found.counted:
        raise rules.LessThanDelivered(delivered=found.counted).at("amendment.quantity")
    if found.until_day < found.from_day:
        raise rules.EndsBeforeItBegins().at("amendment.until_day")
    session.add(
        OffTakeAmendment(
            off_take_id=found.id,
            amended_on=amended_on,
            reason=reason,
            quantity=found.quantity,
            unit_price=found.unit_price,
            until_day=found.until_day,
            noted_by=officer.id,
            **{f"{name}_before": value for name, value in before.items()},
        )
    )
    session.flush()
    return found


def note_deliveries(
    session: Session, officer: Officer, case: MarketCase, told: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """Note deliveries, what was accepted of them and what was paid, each with its place on the form.

    A delivery is known by its number under its agreement: noted again, it is corrected.
    """
    agreements = _locked(session, case, {each["agreement_id"] for _, each in told})
    known = {
        (each.off_take_id, each.number): each
        for each in session.scalars(select(Delivery).where(Delivery.off_take_id.in_(agreements)))
    }
    for position, each in told:
        agreement = agreements.get(each["agreement_id"])
        try:
            if agreement is None:
                raise rules.NoSuchAgreement().at("agreement_id")
            delivery = known.get((agreement.id, each["number"]))
            if delivery is None:
                delivery = known[agreement.id, each["number"]] = _new(session, officer, agreement, each)
            else:
                _correct(agreement, delivery, each)
        except Invalid as wrong:
            errors = {f"deliveries.{position}.{field}": found for field, found in wrong.errors.items()}
            raise type(wrong)(**wrong.fields | {"errors": errors}) from None
    session.flush()


def _new(session: Session, officer: Officer, agreement: OffTake, told: Mapping[str, Any]) -> Delivery:
    for field in ("delivered_on", "delivered"):
        if told[field] is None:
            raise rules.Required().at(field)
    delivery = Delivery(
        off_take_id=agreement.id,
        number=told["number"],
        delivered_on=told["delivered_on"],
        delivered=told["delivered"],
        accepted=told["accepted"],
        unit_price=agreement.unit_price,
        paid=told["paid"] or 0,
        noted_by=officer.id,
    )
    _count(agreement, delivery, before=0)
    session.add(delivery)
    return delivery


def _correct(agreement: OffTake, delivery: Delivery, told: Mapping[str, Any]) -> None:
    before = rules.counted(delivery.delivered, delivery.accepted)
    for field in ("delivered_on", "delivered", "accepted", "paid"):
        if told[field] is not None:
            setattr(delivery, field, told[field])
    _count(agreement, delivery, before=before)


def _count(agreement: OffTake, delivery: Delivery, *, before: int) -> None:
    day = delivery.delivered_on
    if day > clock.today():
        raise rules.YetToCome().at("delivered_on")
    if not agreement.from_day <= day <= agreement.until_day:
        period = {"from_day": agreement.from_day.isoformat(), "until_day": agreement.until_day.isoformat()}
        raise rules.OutsideThePeriod(**period).at("delivered_on")
    rules.inspect(delivery.delivered, delivery.accepted, delivery.paid, delivery.unit_price)
    uses = rules.counted(delivery.delivered, delivery.accepted)
    others = agreement.counted - before
    rules.room(agreement.quantity, others, uses)
    agreement.counted = others + uses


def _locked(session: Session, case: MarketCase, ids: Collection[UUID]) -> dict[UUID, OffTake]:
    found = session.scalars(
        select(OffTake)
        .where(OffTake.id.in_(ids), OffTake.referral_id == case.referral_id)
        .order_by(OffTake.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in found}
