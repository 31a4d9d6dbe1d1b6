"""What an office can do with a fund: open it, move its money, close its year.

Every move locks the fund's row first, so that two officers at two desks cannot together pass a ceiling that each of
them alone would keep; the funds of one transaction are locked in one order, so that none waits for the other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from services.grants.entitlements import commands as entitlements
from services.grants.funds import queries, rules
from services.grants.funds.models import Fund, FundEntry, PaperPayment
from services.grants.funds.rules import Balance, Move, Posting, Purpose, Source
from shared.bus import announce, announce_all
from shared.events.envelope import Event
from shared.events.grants import CommitmentFreed, FreedBecause, FundMoved, FundOpened
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import Conflict
from shared.programmes.definition import Programme
from shared.storage.rows import insert_rows
from shared.web import access

GIVEN_BY = {Purpose.GOODS: "grants.goods-decision", Purpose.ZAKAT: "grants.zakat", Purpose.LOAN: "grants.cooperative"}
"""The stage kind whose claims a commitment stands for: when the one lapses, the others stand in nobody's way."""


class FundAlreadyOpen(Conflict):
    """A fund {fund} is open already, with other figures."""

    indonesian = "Dana {fund} sudah dibuka dengan angka yang berbeda."


@dataclass(frozen=True, kw_only=True)
class MoneyMove:
    """One posting to a fund on behalf of a grant, with the document (SK, BAST) that it rests on.

    `office` decides, and so names the fund: it has to be its own. Without one the money follows a decision that is in
    force, to its fund or to one that may stand in for it.
    """

    fund_id: str
    grant_id: UUID
    journey_id: UUID
    posting: Posting
    document: str | None = None
    because: FreedBecause | None = None
    purpose: Purpose = Purpose.GOODS
    office: str | None = None


def open_fund(
    session: Session,
    officer: Officer,
    *,
    fund_id: str,
    title: str,
    source: Source,
    owner_office: str,
    budget_year: int,
    ceiling: int,
    ceiling_note: str,
    title_en: str | None = None,
) -> Fund:
    """Let an office spend from a fund; saying the same again changes nothing, other figures raise FundAlreadyOpen.

    What it is called in English is no figure: the first one stays.
    """
    access.require(officer, Permission.FUNDS_OPEN, office=owner_office)
    figures = {
        "title": title,
        "source": source,
        "owner_office": owner_office,
        "budget_year": budget_year,
        "ceiling": ceiling,
        "ceiling_note": ceiling_note,
    }
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"fund:{fund_id}", 0))))
    known = session.get(Fund, fund_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in figures.items()):
            raise FundAlreadyOpen(fund=fund_id)
        return known
    fund = Fund(id=fund_id, opened_by=officer.id, title_en=title_en, **figures)
    session.add(fund)
    session.flush()
    announce(
        session,
        FundOpened(
            fund_id=fund_id,
            title=title,
            source=source,
            owner_office=owner_office,
            budget_year=budget_year,
            ceiling=ceiling,
            title_en=title_en,
        ),
    )
    return fund


def open_programme_funds(session: Session, officer: Officer, programme: Programme) -> list[Fund]:
    """Open the funds that a programme's stages name, with its `budget` figure as the ceiling of each.

    A programme that gives no budget, or names several funds without saying how it is split, opens none: its office
    does that by hand. The fund's name begins with its source: `apbd-kaltim-2023-kube`.
    """
    budget = programme.figures.get("budget")
    names = {str(stage.settings["fund"]) for stage in programme.stages.values() if stage.settings.get("fund")}
    if budget is None or budget.value is None or len(names) != 1:
        return []
    (name,) = names
    why = budget.note.id if budget.note else budget.unit
    begins = f"{name.partition('-')[0].upper()} {programme.budget_year}"
    return [
        open_fund(
            session,
            officer,
            fund_id=name,
            title=f"{begins}: {programme.title.id}",
            title_en=f"{begins}: {programme.title.en}",
            source=Source(name.partition("-")[0]),
            owner_office=programme.offices[programme.lead],
            budget_year=programme.budget_year,
            ceiling=budget.value,
            ceiling_note=f"{programme.id} v{programme.version}: {budget.source}, {why}",
        )
    ]


def lock_funds(session: Session, fund_ids: Collection[str]) -> dict[str, Fund]:
    """Hold the rows of these funds until the transaction ends, all in one order; raises NoSuchFund."""
    if not fund_ids:
        return {}
    wanted = select(Fund).where(Fund.id.in_(fund_ids)).order_by(Fund.id)
    found = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    funds = {fund.id: fund for fund in found}
    for missing in sorted(set(fund_ids) - set(funds)):
        raise queries.NoSuchFund(fund=missing)
    return funds


def move_money(session: Session, officer: Officer | None, moves: Sequence[MoneyMove]) -> None:
    """Post moves in this order, all or none; raises NotYourFund, FundExhausted, FundClosed or MoreThanSetAside.

    The one place where money is set aside, so that no path goes round the question whose fund it is.
    `officer` is None where no person decided: a journey was called off, or the year was closed.
    """
    if not moves:
        return
    funds = lock_funds(session, {move.fund_id for move in moves})
    setting_aside = [move for move in moves if move.posting.move in (Move.RESERVE, Move.COMMIT)]
    _require_own(session, funds, setting_aside)
    for move in setting_aside:
        if funds[move.fund_id].closed_on:
            raise rules.FundClosed(fund=move.fund_id)
    _post(session, officer, funds, moves)


def note_on_paper(session: Session, payments: Sequence[Mapping[str, Any]]) -> None:
    """Note what funds gave on paper before Kail, each payment once."""
    insert_rows(session, PaperPayment, payments, unless_known=True)


def close_year(session: Session, officer: Officer, fund_id: str) -> int:
    """Let what is set aside and not realised lapse, and close the fund; returns the rupiah that lapsed.

    Only after 31 December of its year. The decisions stay: a grant whose commitment lapsed waits for a fund of the
    next year (see `goods.commands`).
    """
    fund = lock_funds(session, [fund_id])[fund_id]
    access.require(officer, Permission.FUNDS_OPEN, office=fund.owner_office)
    rules.may_close(fund.id, fund.budget_year, clock.today())
    if fund.closed_on:
        return 0
    lapsing = [
        MoneyMove(
            fund_id=fund_id,
            grant_id=grant_id,
            journey_id=journey_id,
            posting=rules.lapse(balance),
            purpose=purpose,
            because=FreedBecause.LAPSED if balance.committed else None,
        )
        for (grant_id, journey_id, purpose), balance in queries.outstanding(session, fund_id).items()
    ]
    fund.closed_on = clock.today()
    _post(session, officer, {fund_id: fund}, lapsing)
    for purpose, kind in GIVEN_BY.items():
        entitlements.release(session, kind, [each.journey_id for each in lapsing if each.purpose is purpose])
    return sum(move.posting.amount for move in lapsing)


def _require_own(session: Session, funds: dict[str, Fund], moves: Sequence[MoneyMove]) -> None:
    """Refuse money of a fund to which whoever names it has no right; raises NotYourFund, which names no fund."""
    decided = queries.decided_funds(session, {move.grant_id for move in moves if move.office is None})
    for move in moves:
        purse = queries.purse(funds[move.fund_id])
        if move.office is not None:
            own = purse.owner == queries.answers_for(move.office)
        else:
            before = decided.get(move.grant_id)
            own = before is not None and purse.may_follow(queries.purse(before))
        if not own:
            raise rules.NotYourFund


def _post(session: Session, officer: Officer | None, funds: dict[str, Fund], moves: Sequence[MoneyMove]) -> None:
    with session.no_autoflush:  # one UPDATE for each fund at the end: in between, its CHECKs need not hold
        grants = queries.held(session, {move.grant_id for move in moves})
        for move in moves:
            fund, key = funds[move.fund_id], (move.fund_id, move.grant_id)
            grants[key] = rules.post(grants.get(key, Balance()), move.posting, fund=fund.id)
            fund.balance = rules.post(fund.balance, move.posting, fund=fund.id, ceiling=_ceiling(fund, move))
    session.flush()
    if moves:
        session.execute(insert(FundEntry), [_entry(move, officer) for move in moves])
    announce_all(session, [*_freed(moves), *(_moved(fund, moves) for fund in funds.values())])


def _ceiling(fund: Fund, move: MoneyMove) -> int | None:
    """What a move may use up to; what was set aside before a paper came is never stopped by it."""
    return fund.left_to_kail if move.posting.change.used > 0 else fund.ceiling


def _entry(move: MoneyMove, officer: Officer | None) -> dict[str, object]:
    change = move.posting.change
    return {
        "fund_id": move.fund_id,
        "grant_id": move.grant_id,
        "journey_id": move.journey_id,
        "move": move.posting.move,
        "amount": move.posting.amount,
        "reserved": change.reserved,
        "committed": change.committed,
        "realised": change.realised,
        "returned": change.returned,
        "lent": change.lent,
        "repaid": change.repaid,
        "purpose": move.purpose,
        "document": move.document,
        "moved_by": officer.id if officer else None,
    }


def _freed(moves: Sequence[MoneyMove]) -> list[Event]:
    return [
        CommitmentFreed(
            journey_id=move.journey_id,
            grant_id=move.grant_id,
            fund_id=move.fund_id,
            amount=-move.posting.change.committed,
            because=move.because,
        )
        for move in moves
        if move.because and move.posting.change.committed
    ]


def _moved(fund: Fund, moves: Sequence[MoneyMove]) -> FundMoved:
    made: dict[str, int] = {}
    for move in moves:
        if move.fund_id == fund.id:
            kind = move.posting.move.value
            made[kind] = made.get(kind, 0) + move.posting.amount
    return FundMoved(
        fund_id=fund.id,
        ceiling=fund.ceiling,
        reserved=fund.reserved,
        committed=fund.committed,
        realised=fund.realised,
        returned=fund.returned,
        lent=fund.lent,
        repaid=fund.repaid,
        moves=made,
        closed=fund.closed_on is not None,
    )
