"""The hand-over deed (BAST): drafted line by line, signed once, and what is done about the rest.

Signing realises what was delivered and frees what a complete line has saved. A line that came short stays open with
its money committed until a later deed completes it or somebody closes it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.grants.entitlements import commands as entitlements
from services.grants.funds import commands as funds
from services.grants.funds import queries as money
from services.grants.funds import rules as moves
from services.grants.funds.rules import Balance
from services.grants.goods import rules
from services.grants.goods.commands import orders
from services.grants.goods.commands.orders import DELIVERING, committed, line_of, money_move, orders_out
from services.grants.goods.models import Grant, HandOver, HandOverLine, PurchaseOrder, RabLine
from services.grants.goods.rules import Delivery, GrantState, HandOverOutcome, OrderState, Settlement
from services.grants.groups import queries as groups
from shared.bus import announce_all
from shared.events.grants import FreedBecause, GoodsHandedOver
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.kernel.money import format_rupiah
from shared.storage.arrays import among


@dataclass(frozen=True)
class SignedDeed:
    """How a grant stands once its deed is signed: over all its deeds so far, in rupiah and in lines."""

    outcome: HandOverOutcome
    realised: int
    lines: int
    handed_over_on: date
    number: str


@dataclass(frozen=True)
class Drafted:
    """A deed as it is to be drafted for a grant: its head, and what was found line by line."""

    grant: Grant
    number: str
    handed_over_on: date
    witnesses: list[str]
    lines: Sequence[Mapping[str, Any]]
    all_as_agreed: bool = False
    """Every open line that `lines` does not speak of was handed over as agreed."""


def draft_deed(
    session: Session,
    officer: Officer,
    grant: Grant,
    *,
    number: str,
    handed_over_on: date,
    witnesses: list[str],
    lines: Sequence[Mapping[str, Any]],
) -> HandOver:
    """Write the deed as it stands, in place of an earlier draft; each finding is checked against its line now."""
    (deed,) = draft_deeds(session, officer, [Drafted(grant, number, handed_over_on, witnesses, lines)])
    return deed


def draft_deeds(session: Session, officer: Officer, drafts: Sequence[Drafted]) -> list[HandOver]:
    """Write the deeds of many locked grants, each in place of an earlier draft; one event may have one number for all.

    Raises NothingOrdered, NoSuchLine, and what `rules.deliver` raises.
    """
    grants = [each.grant for each in drafts]
    placed, budgets = orders_out(session, grants), orders.budgets(session, grants)
    session.execute(
        delete(HandOver).where(among(HandOver.grant_id, [each.id for each in grants]), HandOver.signed_at.is_(None))
    )
    deeds, rows = [], []
    for draft in drafts:
        rules.expect(draft.grant.state, *DELIVERING)
        rules.dated(draft.handed_over_on, clock.today(), "deed.handed_over_on")
        if draft.grant.id not in placed:
            raise rules.NothingOrdered
        known = {each.number: each for each in budgets.get(draft.grant.id, ())}
        told = rules.found_of([each.line for each in known.values()], draft.lines, draft.all_as_agreed)
        deed = HandOver(
            id=new_id(),
            grant_id=draft.grant.id,
            order_id=placed[draft.grant.id].id,
            number=draft.number,
            handed_over_on=draft.handed_over_on,
            witnesses=draft.witnesses,
            recorded_by=officer.id,
        )
        deeds.append(deed)
        for each in told:
            if each["number"] not in known:
                raise rules.NoSuchLine(number=each["number"])
            rules.deliver(known[each["number"]].line, _delivery(each))
            rows.append(
                {
                    "hand_over_id": deed.id,
                    "rab_line_id": known[each["number"]].id,
                    "condition": each["condition"],
                    "quantity": each["quantity"],
                    "unit_price": each["unit_price"],
                    "serial": each.get("serial"),
                    "photo": each.get("photo"),
                }
            )
    session.add_all(deeds)
    session.flush()
    if rows:
        session.execute(insert(HandOverLine), rows)
    return deeds


def sign_deeds(
    session: Session, officer: Officer, grants: Collection[Grant], *, every_line: bool
) -> dict[UUID, SignedDeed]:
    """Sign the drafts of these locked grants: realise what was delivered. By grant, how it stands now.

    With `every_line` a draft has to say something of each open line, as the hand-over stage demands; a later deed
    speaks only of what it brings. Raises DeedIncomplete, CommitmentMissing, GroupFrozen.
    """
    groups.refuse_frozen(session, [each.journey_id for each in grants])
    drafts = _drafts(session, grants)
    found = _findings(session, drafts.values())
    budgets = _budgets(session, grants)
    held = _held_under_lock(session, grants)
    postings: list[funds.MoneyMove] = []
    signed: dict[UUID, SignedDeed] = {}
    news: list[GoodsHandedOver] = []
    for grant in grants:
        rules.expect(grant.state, *DELIVERING)
        deed, lines = drafts.get(grant.id), budgets.get(grant.id, [])
        open_lines = [each for each in lines if not each.line.closed]
        if deed is None or (every_line and any((deed.id, each.id) not in found for each in open_lines)):
            raise rules.DeedIncomplete
        _require_commitment(held.get((grant.fund_id, grant.id), Balance()).committed, open_lines)
        settled = [
            _settle(line, rules.deliver(line.line, found[deed.id, line.id]))
            for line in open_lines
            if (deed.id, line.id) in found
        ]
        deed.signed_by, deed.signed_at = officer.id, clock.now()
        signed[grant.id] = _signed(deed, lines)
        if any(each.received for each in lines):
            grant.state = GrantState.HANDED_OVER
        postings += _postings(grant, deed, settled)
        news.append(_news(grant, deed, settled, lines))
    funds.move_money(session, officer, postings)
    received = [each.journey_id for each in grants if each.state is GrantState.HANDED_OVER]
    entitlements.realise(session, rules.DECISION, received)
    _close_delivered_orders(session, [grant.id for grant in grants])
    announce_all(session, news)
    return signed


def deliver_rest(
    session: Session, officer: Officer, grant: Grant, *, deed: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> SignedDeed:
    """Hand over what had stayed open, by a deed of its own; raises NotNow before the hand-over stage is done."""
    rules.expect(grant.state, GrantState.HANDED_OVER)
    draft_deed(session, officer, grant, **deed, lines=lines)
    return sign_deeds(session, officer, [grant], every_line=False)[grant.id]


def close_line(session: Session, officer: Officer, grant: Grant, number: int) -> RabLine:
    """Stop waiting for the rest of a line: its deficit is freed."""
    rules.expect(grant.state, GrantState.HANDED_OVER)
    line = line_of(session, grant, number)
    have = committed(session, grant)
    settlement = _settle(line, rules.close(line.line))
    if freed := min(settlement.freed, have):
        posting = moves.release_commitment(freed)
        funds.move_money(session, officer, [money_move(grant, posting, because=FreedBecause.LINE_CLOSED)])
    session.flush()
    _close_delivered_orders(session, [grant.id])
    return line


def give_money_back(session: Session, officer: Officer, grant: Grant, *, amount: int, document: str) -> None:
    """Book money that came back after it had been spent (a vendor's refund), with the document that shows it."""
    rules.expect(grant.state, GrantState.HANDED_OVER)
    funds.move_money(session, officer, [money_move(grant, moves.give_back(amount), document=document)])


def _signed(deed: HandOver, lines: Sequence[RabLine]) -> SignedDeed:
    return SignedDeed(
        outcome=rules.outcome_of([each.line for each in lines]),
        realised=sum(each.realised for each in lines),
        lines=sum(each.received > 0 for each in lines),
        handed_over_on=deed.handed_over_on,
        number=deed.number,
    )


def _require_commitment(have: int, open_lines: Sequence[RabLine]) -> None:
    wanted = sum(each.line.open_money for each in open_lines)
    if have < wanted:
        raise rules.CommitmentMissing(committed=format_rupiah(have), wanted=format_rupiah(wanted))


def _settle(line: RabLine, settlement: Settlement) -> Settlement:
    line.received, line.realised = settlement.line.received, settlement.line.realised
    if settlement.line.closed:
        line.closed_at = clock.now()
    return settlement


def _postings(grant: Grant, deed: HandOver, settled: Sequence[Settlement]) -> list[funds.MoneyMove]:
    realised, freed = sum(each.realised for each in settled), sum(each.freed for each in settled)
    found = []
    if realised:
        found.append(money_move(grant, moves.realise(realised), document=deed.number))
    if freed:
        posting = moves.release_commitment(freed)
        found.append(money_move(grant, posting, document=deed.number, because=FreedBecause.LINE_CLOSED))
    return found


def _news(grant: Grant, deed: HandOver, settled: Sequence[Settlement], lines: Sequence[RabLine]) -> GoodsHandedOver:
    return GoodsHandedOver(
        journey_id=grant.journey_id,
        grant_id=grant.id,
        fund_id=grant.fund_id,
        amount=sum(each.realised for each in settled),
        lines=sum(each.realised > 0 for each in settled),
        open_lines=sum(each.closed_at is None for each in lines),
        handed_over_on=deed.handed_over_on,
    )


def _delivery(line: Mapping[str, Any]) -> Delivery:
    return Delivery(line["number"], line["condition"], line["quantity"], line["unit_price"])


def _drafts(session: Session, grants: Collection[Grant]) -> dict[UUID, HandOver]:
    wanted = select(HandOver).where(HandOver.grant_id.in_([each.id for each in grants]), HandOver.signed_at.is_(None))
    return {each.grant_id: each for each in session.scalars(wanted)}


def _findings(session: Session, deeds: Collection[HandOver]) -> dict[tuple[UUID, UUID], Delivery]:
    rows = session.execute(
        select(HandOverLine, RabLine.number)
        .join(RabLine, RabLine.id == HandOverLine.rab_line_id)
        .where(HandOverLine.hand_over_id.in_([each.id for each in deeds]))
    )
    return {
        (line.hand_over_id, line.rab_line_id): Delivery(number, line.condition, line.quantity, line.unit_price)
        for line, number in rows
    }


def _budgets(session: Session, grants: Collection[Grant]) -> dict[UUID, list[RabLine]]:
    wanted = select(RabLine).where(RabLine.grant_id.in_([each.id for each in grants])).with_for_update()
    found: dict[UUID, list[RabLine]] = {}
    for line in session.scalars(
        wanted.order_by(RabLine.grant_id, RabLine.number), execution_options={"populate_existing": True}
    ):
        found.setdefault(line.grant_id, []).append(line)
    return found


def _held_under_lock(session: Session, grants: Collection[Grant]) -> dict[tuple[str, UUID], Balance]:
    funds.lock_funds(session, {grant.fund_id for grant in grants})
    return money.held(session, [grant.id for grant in grants])


def _close_delivered_orders(session: Session, grant_ids: Collection[UUID]) -> None:
    waiting = select(RabLine.grant_id).where(RabLine.grant_id.in_(grant_ids), RabLine.closed_at.is_(None))
    delivered = select(PurchaseOrder).where(
        PurchaseOrder.grant_id.in_(grant_ids),
        PurchaseOrder.state == OrderState.PLACED,
        PurchaseOrder.grant_id.not_in(waiting),
    )
    for order in session.scalars(delivered):
        order.state = OrderState.DELIVERED
    session.flush()
