"""A referral on its way to a market: expected when it is offered, and held while an officer works on it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.markets import rules
from services.training.markets.models import MarketCase
from services.training.markets.rules import Channel
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals import commands as worklist
from shared.referrals.models import Referral
from shared.storage.rows import insert_rows


def expect_referred(session: Session, referrals: Sequence[Referral]) -> None:
    """Expect referred persons and groups on their way to a market."""
    rows = [
        {
            "referral_id": each.id,
            "channels": each.settings["channels"],
            "travel": each.settings.get("travel", False),
            "area": each.area,
            "office": each.office,
        }
        for each in referrals
    ]
    insert_rows(session, MarketCase, rows, unless_known=True)


def accepted(session: Session, officer: Officer, referral_ids: Collection[UUID]) -> dict[UUID, MarketCase]:
    """The cases of accepted referrals that are the officer's, all locked; raises NotFound."""
    worklist.require_in_work(session, officer, referral_ids)
    found = session.scalars(
        select(MarketCase)
        .where(MarketCase.referral_id.in_(referral_ids))
        .order_by(MarketCase.referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(set(referral_ids)):
        raise NotFound(what="market-case")
    return {each.referral_id: each for each in found}


def require_channel(case: MarketCase, channel: Channel, field: str) -> None:
    """Refuse a channel that the programme does not open; raises ChannelNotOffered on the field."""
    if channel.value not in case.channels:
        raise rules.ChannelNotOffered(channel=channel.value).at(field)
