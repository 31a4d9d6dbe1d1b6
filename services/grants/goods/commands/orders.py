"""Ordering the goods, and what to do when the order or its prices do not hold.

An order takes place under a commitment. If the commitment was freed meanwhile (the vendor failed, the year ended), the
SK still stands, and the next order commits again what is still to be delivered: from the same fund, or from a fund of
the same owner and source, of its year or a later one.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.grants.entitlements import commands as entitlements
from services.grants.funds import commands as funds
from services.grants.funds import queries as money
from services.grants.funds import rules as moves
from services.grants.funds.rules import Balance
from services.grants.goods import rules
from services.grants.goods.commands.calling_off import free_money
from services.grants.goods.models import Decision, Grant, HandOver, PurchaseOrder, RabChange, RabLine
from services.grants.goods.rules import GrantState, OrderState, Verdict
from services.grants.groups import queries as groups
from shared.events.grants import FreedBecause
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.kernel.money import format_rupiah
from shared.storage.arrays import among
from shared.web import access

DELIVERING = (GrantState.ACCEPTED, GrantState.HANDED_OVER)


def place_order(
    session: Session,
    officer: Officer,
    grant: Grant,
    *,
    number: str,
    vendor: str,
    ordered_on: date,
    fund_id: str | None = None,
) -> PurchaseOrder:
    """Order what is still to be delivered, or mend the order that is out; commits again what had been freed.

    Raises GroupFrozen: what is committed stays committed, but goods are not ordered for a group below its minimum.
    A fund that is named has to be one that may pay for this grant: raises NotYourFund, FundHoldsTheMoney.
    """
    named = {grant.id: fund_id} if fund_id else {}
    (placed,) = place_orders(
        session, officer, [grant], number=number, vendor=vendor, ordered_on=ordered_on, named=named
    ).values()
    return placed


def place_orders(
    session: Session,
    officer: Officer,
    grants: Sequence[Grant],
    *,
    number: str,
    vendor: str,
    ordered_on: date,
    named: Mapping[UUID, str] = MappingProxyType({}),
) -> dict[UUID, PurchaseOrder]:
    """Order for all of these locked grants from one vendor, under one number; by grant, its order.

    `named` are the funds that are to pay, where others than the decisions'; raises what `place_order` raises.
    """
    for grant in grants:
        rules.expect(grant.state, *DELIVERING)
    groups.refuse_frozen(session, [each.journey_id for each in grants])
    rules.dated(ordered_on, clock.today(), "order.ordered_on")
    _commit_again(session, officer, grants, named, number)
    placed = orders_out(session, grants)
    for grant in grants:
        if grant.id not in placed:
            placed[grant.id] = PurchaseOrder(grant_id=grant.id, placed_by=officer.id, state=OrderState.PLACED)
            session.add(placed[grant.id])
        order = placed[grant.id]
        order.number, order.vendor, order.ordered_on = number, vendor, ordered_on
    session.flush()
    return placed


def fail_order(session: Session, officer: Officer, grant: Grant, *, because: str) -> None:
    """Note that the vendor does not deliver: the commitment is freed, the SK stays."""
    order = order_out(session, grant)
    order.state, order.failed_because = OrderState.FAILED, because
    session.execute(delete(HandOver).where(HandOver.order_id == order.id, HandOver.signed_at.is_(None)))
    free_money(session, officer, [grant], FreedBecause.VENDOR_FAILED)


def order_out(session: Session, grant: Grant) -> PurchaseOrder:
    """The order that the vendor has yet to deliver; raises NothingOrdered."""
    found = orders_out(session, [grant]).get(grant.id)
    if found is None:
        raise rules.NothingOrdered
    return found


def orders_out(session: Session, grants: Collection[Grant]) -> dict[UUID, PurchaseOrder]:
    """By grant, the order that the vendor has yet to deliver, where there is one."""
    placed = (among(PurchaseOrder.grant_id, [each.id for each in grants]), PurchaseOrder.state == OrderState.PLACED)
    return {each.grant_id: each for each in session.scalars(select(PurchaseOrder).where(*placed))}


def propose_change(
    session: Session, officer: Officer, grant: Grant, number: int, *, quantity: int, unit_price: int, reason: str
) -> RabChange:
    """Ask to have one line of the RAB approved again with another price or quantity; nothing changes until then."""
    rules.expect(grant.state, *DELIVERING)
    line = line_of(session, grant, number)
    rules.change(line.line, quantity, unit_price)
    session.execute(delete(RabChange).where(RabChange.rab_line_id == line.id, RabChange.approved_at.is_(None)))
    change = RabChange(
        rab_line_id=line.id,
        quantity=quantity,
        unit_price=unit_price,
        quantity_before=line.quantity,
        unit_price_before=line.unit_price,
        reason=reason,
        proposed_by=officer.id,
    )
    session.add(change)
    session.flush()
    return change


def approve_change(session: Session, officer: Officer, grant: Grant, number: int) -> RabLine:
    """Approve a line again: the commitment follows it up or down, within the programme's and the fund's ceilings."""
    access.require(officer, Permission.GOODS_DECIDE)
    rules.expect(grant.state, *DELIVERING)
    line = line_of(session, grant, number)
    change = session.scalar(select(RabChange).where(RabChange.rab_line_id == line.id, RabChange.approved_at.is_(None)))
    if change is None:
        raise NotFound(what="RAB change")
    rules.may_sign(officer.id, change.proposed_by)
    after = rules.change(line.line, change.quantity, change.unit_price)
    growth = after.total - line.total
    total = grant.total + growth
    if growth > 0:
        groups.refuse_frozen(session, [grant.journey_id])
    if grant.ceiling is not None and total > grant.ceiling:
        raise rules.RabAboveCeiling(total=format_rupiah(total), ceiling=format_rupiah(grant.ceiling))
    if committed(session, grant):
        _follow(session, officer, grant, growth)
    entitlements.restate(session, rules.DECISION, grant.journey_id, total, grant.ceiling)
    line.quantity, line.unit_price, line.total, grant.total = after.quantity, after.unit_price, after.total, total
    change.approved_by, change.approved_at = officer.id, func.kail_now()
    session.flush()
    return line


def line_of(session: Session, grant: Grant, number: int) -> RabLine:
    """One line of a grant's RAB, locked; raises NoSuchLine."""
    wanted = select(RabLine).where(RabLine.grant_id == grant.id, RabLine.number == number).with_for_update()
    found = session.scalar(wanted)
    if found is None:
        raise rules.NoSuchLine(number=number)
    return found


def lines_of(session: Session, grant: Grant) -> Sequence[RabLine]:
    """A grant's RAB, line by line."""
    return budgets(session, [grant]).get(grant.id, [])


def budgets(session: Session, grants: Collection[Grant]) -> dict[UUID, list[RabLine]]:
    """The RAB of each grant, line by line."""
    wanted = select(RabLine).where(among(RabLine.grant_id, [each.id for each in grants]))
    found: dict[UUID, list[RabLine]] = {}
    for line in session.scalars(wanted.order_by(RabLine.grant_id, RabLine.number)):
        found.setdefault(line.grant_id, []).append(line)
    return found


def committed(session: Session, grant: Grant) -> int:
    """What is bound to the grant in its fund, with the fund's row locked."""
    funds.lock_funds(session, [grant.fund_id])
    return money.held(session, [grant.id]).get((grant.fund_id, grant.id), Balance()).committed


def money_move(
    grant: Grant, posting: moves.Posting, *, document: str | None = None, because: FreedBecause | None = None
) -> funds.MoneyMove:
    """A posting to the grant's fund in its name."""
    return funds.MoneyMove(
        fund_id=grant.fund_id,
        grant_id=grant.id,
        journey_id=grant.journey_id,
        posting=posting,
        document=document,
        because=because,
    )


def _commit_again(
    session: Session, officer: Officer, grants: Sequence[Grant], named: Mapping[UUID, str], document: str
) -> None:
    for grant in grants:
        if (fund_id := named.get(grant.id)) and fund_id != grant.fund_id:
            if fund_id not in {each.id for each in money.may_pay_again(session, grant.id)}:
                raise moves.NotYourFund().at("order.fund")
            if committed(session, grant):
                raise moves.FundHoldsTheMoney
            grant.fund_id = fund_id
    funds.lock_funds(session, {each.fund_id for each in grants})
    held, lines = money.held(session, [each.id for each in grants]), budgets(session, grants)
    again: dict[UUID, tuple[Grant, int]] = {}
    for grant in grants:
        have = held.get((grant.fund_id, grant.id), Balance()).committed
        wanted = sum(each.line.open_money for each in lines.get(grant.id, ()))
        if have < wanted:
            if not have and grant.id not in named and len(money.may_pay_again(session, grant.id)) > 1:
                raise moves.FundNotChosen().at("order.fund")
            again[grant.id] = grant, wanted - have
    funds.move_money(
        session,
        officer,
        [money_move(grant, moves.commit(missing), document=document) for grant, missing in again.values()],
    )
    signed = select(Decision).where(among(Decision.grant_id, list(again)), Decision.verdict == Verdict.ACCEPTED)
    for decision in session.scalars(signed).all() if again else ():
        grant, _ = again[decision.grant_id]
        year = money.fund(session, grant.fund_id).budget_year
        entitlements.claim_again(session, decision.referral_id, year, grant.ceiling)


def _follow(session: Session, officer: Officer, grant: Grant, growth: int) -> None:
    if growth > 0:
        funds.move_money(session, officer, [money_move(grant, moves.commit(growth))])
    elif growth < 0:
        freed = money_move(grant, moves.release_commitment(-growth), because=FreedBecause.LINE_CLOSED)
        funds.move_money(session, officer, [freed])
