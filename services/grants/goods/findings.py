"""What offices found at the stages of goods grants, line by line, as it is told to the stages after them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.goods.models import AccountReport, Grant, HandOver, HandOverLine, PurchaseOrder, RabLine
from shared.referrals.models import Referral
from shared.referrals.work import plain

Lines = dict[UUID, list[dict[str, Any]]]


def grants_of(session: Session, referrals: Collection[Referral]) -> dict[UUID, UUID]:
    """The grant behind each referral; a referral without one is missing."""
    rows = session.execute(
        select(Grant.id, Grant.journey_id).where(Grant.journey_id.in_({each.journey_id for each in referrals}))
    )
    grants = {row.journey_id: row.id for row in rows}
    return {each.id: grants[each.journey_id] for each in referrals if each.journey_id in grants}


def budgets(session: Session, grants: Collection[UUID]) -> Lines:
    """The RAB of each grant."""
    found: Lines = {each: [] for each in grants}
    for line in session.scalars(
        select(RabLine).where(RabLine.grant_id.in_(found)).order_by(RabLine.grant_id, RabLine.number)
    ):
        found[line.grant_id].append(plain(line, "number", "item", "quantity", "unit", "unit_price", "total"))
    return found


def orders(session: Session, grants: Collection[UUID]) -> Lines:
    """The orders placed for each grant."""
    found: Lines = {each: [] for each in grants}
    for order in session.scalars(
        select(PurchaseOrder).where(PurchaseOrder.grant_id.in_(found)).order_by(PurchaseOrder.id)
    ):
        found[order.grant_id].append(plain(order, "number", "vendor", "ordered_on"))
    return found


def deeds(session: Session, grants: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the latest signed deed of each grant says of every line, and who was there as a witness."""
    signed = (
        select(HandOver).where(HandOver.grant_id.in_(grants), HandOver.signed_at.is_not(None)).order_by(HandOver.id)
    )
    latest = {deed.grant_id: deed for deed in session.scalars(signed)}
    lines: Lines = {deed.id: [] for deed in latest.values()}
    rows = session.execute(
        select(HandOverLine, RabLine.number, RabLine.item)
        .join(RabLine, RabLine.id == HandOverLine.rab_line_id)
        .where(HandOverLine.hand_over_id.in_(lines))
        .order_by(RabLine.number)
    )
    for line, number, item in rows:
        told = plain(line, "condition", "quantity", "unit_price", "serial", "photo")
        lines[line.hand_over_id].append({"number": number, "item": item, **told})
    return {
        grant: {"handed_over": lines[deed.id], "witnesses": list(deed.witnesses), "number": deed.number}
        for grant, deed in latest.items()
    }


def receipts(session: Session, grants: Collection[UUID]) -> Lines:
    """What the accountability report of each grant says of every line."""
    items = {
        (row.grant_id, row.number): row.item
        for row in session.execute(
            select(RabLine.grant_id, RabLine.number, RabLine.item).where(RabLine.grant_id.in_(grants))
        )
    }
    reports = session.scalars(select(AccountReport).where(AccountReport.grant_id.in_(grants)))
    return {
        report.grant_id: [
            {"number": each["number"], "item": items.get((report.grant_id, each["number"])), **each}
            for each in report.lines
        ]
        for report in reports
    }
