"""Letting go of money: a vendor failed, a stage was withdrawn, a journey ended too early. The SK stays what it is."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from services.grants.funds import commands as funds
from services.grants.funds import queries as money
from services.grants.funds import rules as moves
from services.grants.goods.commands.proposals import locked_grants
from services.grants.goods.models import Decision, Grant, HandOver, PurchaseOrder
from services.grants.goods.rules import GrantState, OrderState
from shared.events.grants import FreedBecause
from shared.identity.officer import Officer


def call_off(session: Session, journey_ids: Collection[UUID]) -> None:
    """Free what journeys hold that came to a premature end; what was handed over stays handed over."""
    grants = locked_grants(session, journey_ids, missing_ok=True).values()
    cancel_orders(session, grants)
    ids = [grant.id for grant in grants]
    session.execute(delete(Decision).where(Decision.grant_id.in_(ids), Decision.signed_at.is_(None)))
    for grant in grants:
        if grant.state not in (GrantState.HANDED_OVER, GrantState.ACCOUNTED):
            grant.state = GrantState.WITHDRAWN
    session.flush()


def cancel_orders(session: Session, grants: Collection[Grant]) -> None:
    """Cancel what was ordered for these locked grants and not handed over, and free the money."""
    ids = [grant.id for grant in grants]
    session.execute(delete(HandOver).where(HandOver.grant_id.in_(ids), HandOver.signed_at.is_(None)))
    placed = update(PurchaseOrder).where(PurchaseOrder.grant_id.in_(ids), PurchaseOrder.state == OrderState.PLACED)
    session.execute(placed.values(state=OrderState.CANCELLED))
    free_money(session, None, grants, FreedBecause.WITHDRAWN)


def free_money(session: Session, officer: Officer | None, grants: Collection[Grant], because: FreedBecause) -> None:
    """Release everything that these grants have set aside and not spent, in whichever fund."""
    by_id = {grant.id: grant for grant in grants}
    funds.lock_funds(session, {fund for fund, _ in money.held(session, by_id)})
    funds.move_money(
        session,
        officer,
        [
            funds.MoneyMove(
                fund_id=fund_id,
                grant_id=grant_id,
                journey_id=by_id[grant_id].journey_id,
                posting=moves.release(balance),
                because=because,
            )
            for (fund_id, grant_id), balance in sorted(money.held(session, by_id).items())
            if balance.outstanding
        ],
    )
