"""What can be told about goods grants: where each stands, line by line, with its documents and its money."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.grants.funds import queries as money
from services.grants.goods import holdings, schemas
from services.grants.goods.models import (
    AccountReport,
    Decision,
    Grant,
    HandOver,
    HandOverLine,
    PurchaseOrder,
    RabChange,
    RabLine,
)
from services.grants.goods.rules import GrantState, OrderState
from services.grants.groups import queries as groups
from shared.identity import capacity
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral
from shared.storage.arrays import among


def grants_of(officer: Officer, state: GrantState | None = None, to_divide: bool = False) -> Select[Any]:
    """The grants on which her office has a stage; every office's of her areas where her role reads everywhere.

    With `to_divide` only those whose group has split, and whose goods wait to be divided.
    """
    hers = within(Referral.area, officer.areas) if officer.reads_everywhere else Referral.office == officer.office
    wanted = select(Grant).where(exists().where(Referral.journey_id == Grant.journey_id, hers))
    if to_divide:
        wanted = wanted.where(Grant.id.in_(select(holdings.undivided().subquery().c.grant_id)))
    return wanted.where(Grant.state == state) if state else wanted


def grant_for(session: Session, officer: Officer, grant_id: UUID, *, lock: bool = False) -> Grant:
    """One grant that the officer may see; raises NotFound."""
    wanted = grants_of(officer).where(Grant.id == grant_id)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(what="grant")
    return found


def grant_of_journey(session: Session, journey_id: UUID) -> Grant | None:
    """The grant of a journey, if it has one."""
    return session.scalar(select(Grant).where(Grant.journey_id == journey_id))


def lines_by_grant(session: Session, grant_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many lines the RAB of each grant has."""
    counted = select(RabLine.grant_id, func.count()).where(RabLine.grant_id.in_(grant_ids)).group_by(RabLine.grant_id)
    return dict(session.execute(counted).all())


def standing(session: Session, grant: Grant) -> dict[str, Any]:
    """A grant as plain JSON values: its lines, money, decision, orders, deeds and changes of the RAB."""
    lines = session.scalars(select(RabLine).where(RabLine.grant_id == grant.id).order_by(RabLine.number)).all()
    numbers = {line.id: line.number for line in lines}
    changes = session.scalars(select(RabChange).where(RabChange.rab_line_id.in_(numbers)).order_by(RabChange.id))
    return {
        **_plain(schemas.GrantSchema().dump(grant)),
        "lines": schemas.LineStandingSchema(many=True).dump(lines),
        "money": _money(session, grant),
        "decision": _decision(session, grant),
        "orders": [_order(each) for each in _of(session, PurchaseOrder, grant)],
        "deeds": _deeds(session, grant, numbers),
        "changes": [
            {
                "number": numbers[each.rab_line_id],
                "quantity": each.quantity,
                "unit_price": each.unit_price,
                "quantity_before": each.quantity_before,
                "unit_price_before": each.unit_price_before,
                "reason": each.reason,
                "approved": each.approved_at is not None,
                "approved_as": capacity.signature(session, each.approved_by, each.approved_at),
            }
            for each in changes
        ],
        "account": _account(session, grant),
        **holdings.standing(session, grant),
        "frozen_until": groups.frozen_until(session, grant.journey_id),
    }


def open_lines(session: Session, referrals: Collection[Referral]) -> dict[UUID, dict[str, Any]]:
    """By referral, what is still to be handed over, and whether it is ordered; who has no grant is missing."""
    placed = exists().where(PurchaseOrder.grant_id == Grant.id, PurchaseOrder.state == OrderState.PLACED)
    rows = session.execute(
        select(Grant.journey_id, placed, RabLine)
        .join(RabLine, and_(RabLine.grant_id == Grant.id, RabLine.closed_at.is_(None)))
        .where(among(Grant.journey_id, {each.journey_id for each in referrals}))
        .order_by(Grant.id, RabLine.number)
    )
    found: dict[UUID, dict[str, Any]] = {}
    for journey_id, ordered, line in rows:
        grant = found.setdefault(journey_id, {"ordered": ordered, "lines": []})
        plain = {name: getattr(line, name) for name in ("number", "item", "unit", "unit_price")}
        grant["lines"].append({**plain, "open_quantity": line.line.open_quantity})
    return {each.id: found[each.journey_id] for each in referrals if each.journey_id in found}


def prepared_decision(session: Session, referral_id: UUID) -> dict[str, Any]:
    """The decision that waits to be signed, by the fields of its form; empty when there is none."""
    draft = session.scalar(select(Decision).where(Decision.referral_id == referral_id, Decision.signed_at.is_(None)))
    return schemas.DecisionSchema().dump(draft) if draft else {}


def fund_free(session: Session, fund_id: str) -> dict[str, Any] | None:
    """What a decision has to know of the fund that would pay; None while it is not open."""
    try:
        fund = money.fund(session, fund_id)
    except money.NoSuchFund:
        return None
    return {
        "id": fund.id,
        "title": fund.title,
        "title_en": fund.title_en,
        "ceiling": fund.ceiling,
        "free": fund.free,
    }


def funds_to_choose(session: Session, grant: Grant) -> list[dict[str, Any]]:
    """The funds of which an order may name one; none while the grant's own fund holds its money."""
    if any(balance.committed for balance in money.held(session, [grant.id]).values()):
        return []
    return [
        {"id": each.id, "title": each.title, "title_en": each.title_en, "free": each.free}
        for each in money.may_pay_again(session, grant.id)
    ]


def payers() -> Select[UUID, str]:
    """Whose decision each grant's money rests on: the office of its latest decision, else the one that proposed."""
    latest = (
        select(Decision.grant_id, Referral.office)
        .join(Referral, Referral.id == Decision.referral_id)
        .ext(distinct_on(Decision.grant_id))
        .order_by(Decision.grant_id, Decision.id.desc())
        .subquery()
    )
    return select(Grant.id, func.coalesce(latest.c.office, Grant.office)).outerjoin(
        latest, latest.c.grant_id == Grant.id
    )


def _money(session: Session, grant: Grant) -> list[dict[str, Any]]:
    found = sorted(money.held(session, [grant.id]).items())
    titles = money.titles(session, {fund_id for (fund_id, _), _ in found})
    return [
        {
            "fund": fund_id,
            "title": titles[fund_id][0],
            "title_en": titles[fund_id][1],
            "reserved": balance.reserved,
            "committed": balance.committed,
            "realised": balance.realised,
            "returned": balance.returned,
        }
        for (fund_id, _), balance in found
    ]


def _decision(session: Session, grant: Grant) -> dict[str, Any] | None:
    latest = session.scalar(select(Decision).where(Decision.grant_id == grant.id).order_by(Decision.id.desc()).limit(1))
    if latest is None:
        return None
    return {
        "verdict": latest.verdict.value,
        "sk_number": latest.sk_number,
        "sk_date": latest.sk_date.isoformat(),
        "office": session.scalar(select(Referral.office).where(Referral.id == latest.referral_id)),
        "signed": latest.signed_at is not None,
        "signed_as": capacity.signature(session, latest.signed_by, latest.signed_at),
    }


def _order(order: PurchaseOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "vendor": order.vendor,
        "ordered_on": order.ordered_on.isoformat(),
        "state": order.state.value,
        "failed_because": order.failed_because,
    }


def _deeds(session: Session, grant: Grant, numbers: dict[UUID, int]) -> list[dict[str, Any]]:
    deeds = _of(session, HandOver, grant)
    found: dict[UUID, list[dict[str, Any]]] = {deed.id: [] for deed in deeds}
    for line in session.scalars(select(HandOverLine).where(HandOverLine.hand_over_id.in_(found))):
        found[line.hand_over_id].append(
            {
                "number": numbers[line.rab_line_id],
                "condition": line.condition.value,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "serial": line.serial,
                "photo": line.photo,
            }
        )
    return [
        {
            "number": deed.number,
            "handed_over_on": deed.handed_over_on.isoformat(),
            "witnesses": deed.witnesses,
            "signed": deed.signed_at is not None,
            "lines": sorted(found[deed.id], key=lambda line: line["number"]),
        }
        for deed in deeds
    ]


def _account(session: Session, grant: Grant) -> list[dict[str, Any]]:
    report = session.get(AccountReport, grant.id)
    return report.lines if report else []


def _of(session: Session, kind: type[Any], grant: Grant) -> list[Any]:
    return list(session.scalars(select(kind).where(kind.grant_id == grant.id).order_by(kind.id)))


def _plain(dumped: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value
        for name, value in dumped.items()
    }
