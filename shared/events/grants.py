"""What grants announces: where the money of a fund stands, and what was handed over to whom."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.events.envelope import Event, event


class FreedBecause(StrEnum):
    """Why committed money was let go before it was spent."""

    LAPSED = "lapsed"  # the fund's year ended
    VENDOR_FAILED = "vendor-failed"  # the decision stays, a new order will commit again
    WITHDRAWN = "withdrawn"  # the stage or the journey was called off
    LINE_CLOSED = "line-closed"  # the rest of a line will not be delivered, or cost less


@event("fund-opened", by="grants", about="fund_id")
class FundOpened(Event):
    """An office may spend from a fund from now on, up to its ceiling."""

    fund_id: str
    title: str
    source: str
    owner_office: str
    budget_year: int
    ceiling: int
    title_en: str | None = None


@event("fund-handed-over", by="grants", about="fund_id")
class FundHandedOver(Event):
    """Another office owns the fund from now on: its former owner was handed over."""

    fund_id: str
    office: str
    successor: str


@event("fund-moved", by="grants", about="fund_id")
class FundMoved(Event):
    """Money of a fund moved: where all of it stands afterwards, and how much each kind of move made of it.

    One transaction announces one of these for each fund, however many grants it served. `moves` holds rupiah by
    move: reserve, commit, realise, release, return, lend, repay, lapse. What is `lent` (and not yet `repaid`) is no
    part of `realised`: a loan is never added to grants.
    """

    fund_id: str
    ceiling: int
    reserved: int
    committed: int
    realised: int
    returned: int
    moves: dict[str, int]
    closed: bool
    lent: int | None = None
    repaid: int | None = None


@event("goods-handed-over", by="grants")
class GoodsHandedOver(Event):
    """Goods of a grant were handed over and witnessed; `open_lines` of its lines still wait for a rest."""

    journey_id: UUID
    grant_id: UUID
    fund_id: str
    amount: int
    lines: int
    open_lines: int
    handed_over_on: date


@event("commitment-freed", by="grants")
class CommitmentFreed(Event):
    """Money that was bound to a grant is free again, or has lapsed."""

    journey_id: UUID
    grant_id: UUID
    fund_id: str
    amount: int
    because: FreedBecause


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareOfGoods:
    """How many units of a line a group holds from now on."""

    group_id: UUID
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DividedLine:
    """A line of a grant's RAB: the units that were divided, and who holds how many; the shares add up to the units."""

    number: int
    units: int
    shares: list[ShareOfGoods]


@event("goods-divided", by="grants")
class GoodsDivided(Event):
    """The goods of a group that split were divided between it and the groups that left it; not one unit was lost."""

    journey_id: UUID
    grant_id: UUID
    split_id: UUID
    group_id: UUID
    lines: list[DividedLine]
    divided_on: date
