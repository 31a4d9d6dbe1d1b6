"""How a way to a market ends: with the channel that was reached, with what stood in its way, or elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from services.training.markets import queries, rules
from services.training.markets.commands import fairs
from services.training.markets.commands.cases import accepted
from services.training.markets.models import MarketCase
from services.training.markets.queries import Progress
from services.training.markets.rules import Freed, MarketOutcome, Obstacle
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.referrals.work import Completion


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an officer says at the end: marketed, or why not."""

    outcome: MarketOutcome
    obstacle: Obstacle | None = None
    explanation: str | None = None


def conclude(
    session: Session, officer: Officer, referrals: Sequence[Referral], said: Mapping[UUID, Verdict]
) -> list[Completion]:
    """End the way to a market, all or none: marketed with channel, sales and deliveries, or not, and why."""
    today = clock.today()
    accepted(session, officer, said.keys())
    come = queries.progress(session, said.keys(), today)
    ends = [_end(each.id, said[each.id], come[each.id], today) for each in referrals]
    fairs.free_unsold(session, said.keys(), Freed.REFERRAL_CLOSED)
    session.execute(update(MarketCase), ends)
    return [_told(each) for each in ends]


def let_go(session: Session, referrals: Sequence[Referral]) -> None:
    """Free the stands of referrals that are no longer this office's; what they sold stays on record."""
    gone = [each.id for each in referrals]
    fairs.free_unsold(session, gone, Freed.REFERRAL_CLOSED)
    session.execute(
        update(MarketCase)
        .where(MarketCase.referral_id.in_(gone), MarketCase.left_at.is_(None))
        .values(left_at=func.kail_now())
        .execution_options(synchronize_session=False)
    )


def _end(referral_id: UUID, said: Verdict, come: Progress, today: date) -> dict[str, Any]:
    marketed = said.outcome is MarketOutcome.MARKETED
    if come.uninspected:
        raise rules.NotInspected().at("outcome")
    if marketed:
        _hold_to_stands(come, today)
        if not come.reached:
            raise rules.NoMarketReached().at("outcome")
    else:
        if come.sold:
            raise rules.SoldAlready().at("outcome")
        if said.obstacle is None:
            raise rules.Required().at("obstacle")
        if said.obstacle is Obstacle.OTHER and not said.explanation:
            raise rules.Required().at("explanation")
    return {
        "referral_id": referral_id,
        "outcome": said.outcome,
        "channel": rules.main_channel(come.sales, come.reached) if marketed else None,
        "sales": come.sold,
        "deliveries": come.deliveries,
        "obstacle": None if marketed else said.obstacle,
        "explanation": None if marketed else said.explanation,
        "ended_on": today,
    }


def _hold_to_stands(come: Progress, today: date) -> None:
    """Every stand that she holds is accounted for: the fair is over, she could get there, and her sales are noted."""
    for each in come.stands:
        if each.closes_on > today:
            raise rules.FairNotOver(day=each.closes_on.isoformat()).at("outcome")
        if not each.days:
            raise rules.SalesMissing().at("outcome")
        if each.booking.lacks_travel:
            raise rules.TravelMissing().at("outcome")


def _told(end: Mapping[str, Any]) -> Completion:
    facts = {"sales": end["sales"], "deliveries": end["deliveries"]}
    if end["channel"] is not None:
        facts["channel"] = end["channel"].value
    if end["obstacle"] is not None:
        facts["obstacle"] = end["obstacle"].value
    return Completion(end["outcome"].value, facts, is_explained=end["obstacle"] is not None)
