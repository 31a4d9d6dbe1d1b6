"""What can be told of markets: fairs and who has a stand there, and how far somebody has come into the market."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from services.training.markets.models import (
    Delivery,
    Fair,
    FairBooking,
    FairStand,
    Listing,
    MarketCase,
    OffTake,
    OffTakeAmendment,
    Sale,
)
from services.training.markets.rules import Channel, kecamatan_of
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.programmes.kinds import BECAUSE
from shared.referrals import queries as worklist
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import plain
from shared.storage.arrays import among

LATEST_FIRST = (Fair.opens_on, Fair.id)
MOST_CHOICES = 50
MOST_WAITING = 200
COUNTED = func.coalesce(Delivery.accepted, Delivery.delivered)


@dataclass(slots=True)
class AtAFair:
    """A stand that somebody holds, and what she sold there."""

    booking: FairBooking
    closes_on: date
    days: int
    sold: int


@dataclass(slots=True)
class Progress:
    """How far a referral has come into the market, in each channel."""

    stands: list[AtAFair] = field(default_factory=list)
    sales: Counter[Channel] = field(default_factory=Counter)
    reached: set[Channel] = field(default_factory=set)
    deliveries: int = 0
    uninspected: int = 0

    @property
    def sold(self) -> int:
        """What was sold in all channels together, in rupiah."""
        return sum(self.sales.values())


def fairs(office: str) -> Select[Any]:
    """The fairs of an office; read them by `LATEST_FIRST`."""
    return select(Fair).where(Fair.office == office)


def fair(session: Session, office: str, fair_id: UUID) -> Fair:
    """One fair of an office; raises NotFound."""
    found = session.scalar(fairs(office).where(Fair.id == fair_id))
    if found is None:
        raise NotFound(what="fair")
    return found


def booked(session: Session, fair_id: UUID) -> list[tuple[FairBooking, str, int]]:
    """Who has a stand at a fair, in the order of the stands: the booking, her area, and what she sold."""
    rows = session.execute(
        select(FairBooking, MarketCase.area, func.coalesce(func.sum(Sale.amount), 0))
        .join(MarketCase, MarketCase.referral_id == FairBooking.referral_id)
        .outerjoin(Sale, Sale.booking_id == FairBooking.id)
        .where(FairBooking.fair_id == fair_id, FairBooking.freed_at.is_(None))
        .group_by(FairBooking.id, MarketCase.area)
        .order_by(FairBooking.stand)
    )
    return [(booking, area, int(sold)) for booking, area, sold in rows]


def sold_on(session: Session, fair_id: UUID, day: date) -> dict[UUID, int]:
    """What was sold at each stand of a fair on a day, by referral, where it is noted."""
    rows = session.execute(
        select(FairBooking.referral_id, Sale.amount)
        .join(Sale, Sale.booking_id == FairBooking.id)
        .where(FairBooking.fair_id == fair_id, FairBooking.freed_at.is_(None), Sale.sold_on == day)
    ).all()
    return {referral_id: amount for referral_id, amount in rows}  # noqa: C416


def in_work(session: Session, officer: Officer, referral_ids: Collection[UUID]) -> set[UUID]:
    """Those of these referrals that the officer's office works on now, in her areas."""
    wanted = (among(Referral.id, referral_ids), worklist.hers(officer), Referral.state == ReferralState.ACCEPTED)
    return set(session.scalars(select(Referral.id).where(*wanted)))


def drawn_from(areas: Collection[str]) -> dict[str, int]:
    """How many come from each kecamatan, by its code."""
    return dict(sorted(Counter(kecamatan_of(each) for each in areas).items()))


def stands_taken(session: Session, fair_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many stands of each fair are taken."""
    rows: Sequence[Any] = session.execute(
        select(FairBooking.fair_id, func.count())
        .where(FairBooking.fair_id.in_(fair_ids), FairBooking.freed_at.is_(None))
        .group_by(FairBooking.fair_id)
    ).all()
    return dict.fromkeys(fair_ids, 0) | dict(tuple(row) for row in rows)


def free_stands(session: Session, fair_id: UUID, wanted: int) -> list[int]:
    """The lowest free stands of a fair, at most as many as are wanted."""
    taken = select(FairBooking.stand).where(FairBooking.fair_id == fair_id, FairBooking.freed_at.is_(None))
    return list(
        session.scalars(
            select(FairStand.number)
            .where(FairStand.fair_id == fair_id, FairStand.number.not_in(taken))
            .order_by(FairStand.number)
            .limit(wanted)
        )
    )


def without_stand(session: Session, officer: Officer, fair: Fair) -> list[tuple[UUID, str]]:
    """The accepted referrals of an officer's that may come to a fair and have no stand there, each with its area."""
    holds = select(FairBooking.id).where(
        FairBooking.referral_id == MarketCase.referral_id,
        FairBooking.fair_id == fair.id,
        FairBooking.freed_at.is_(None),
    )
    rows = session.execute(
        select(Referral.id, Referral.area)
        .join(MarketCase, MarketCase.referral_id == Referral.id)
        .where(
            Referral.agency == officer.agency,
            Referral.office == officer.office,
            Referral.state == ReferralState.ACCEPTED,
            MarketCase.channels.contains([Channel.FAIR.value]),
            ~holds.exists(),
        )
        .order_by(Referral.due_at, Referral.id)
        .limit(MOST_WAITING)
    )
    return [(referral_id, area) for referral_id, area in rows if officer.works_in(area)]


def with_stands(session: Session, office: str, today: date) -> list[tuple[Fair, int]]:
    """An office's next fairs that have stands left, each with how many."""
    found = session.scalars(
        fairs(office)
        .where(Fair.closes_on >= today, Fair.cancelled_at.is_(None))
        .order_by(Fair.opens_on, Fair.id)
        .limit(MOST_CHOICES)
    ).all()
    taken = stands_taken(session, [each.id for each in found])
    return [(each, each.stands - taken[each.id]) for each in found if each.stands > taken[each.id]]


def bookings_of(session: Session, referral_id: UUID) -> list[tuple[FairBooking, Fair]]:
    """The stands that a referral holds, each with its fair."""
    rows = session.execute(
        select(FairBooking, Fair)
        .join(Fair, Fair.id == FairBooking.fair_id)
        .where(FairBooking.referral_id == referral_id, FairBooking.freed_at.is_(None))
        .order_by(Fair.opens_on, Fair.id)
    )
    return [(booking, fair) for booking, fair in rows]


def listings_of(session: Session, referral_id: UUID) -> list[Listing]:
    """Where a referral is or was listed."""
    return list(
        session.scalars(
            select(Listing).where(Listing.referral_id == referral_id).order_by(Listing.listed_from, Listing.id)
        )
    )


def sales_of(session: Session, booking_ids: Collection[UUID], listing_ids: Collection[UUID]) -> list[Sale]:
    """What was sold at these stands and through these listings, day by day."""
    return list(
        session.scalars(
            select(Sale)
            .where(Sale.booking_id.in_(booking_ids) | Sale.listing_id.in_(listing_ids))
            .order_by(Sale.sold_on, Sale.id)
        )
    )


def agreements_of(session: Session, referral_id: UUID) -> list[OffTake]:
    """A referral's agreements with buyers."""
    return list(session.scalars(select(OffTake).where(OffTake.referral_id == referral_id).order_by(OffTake.id)))


def deliveries_under(session: Session, agreement_ids: Collection[UUID]) -> list[Delivery]:
    """What was delivered under these agreements, in order."""
    return list(
        session.scalars(
            select(Delivery)
            .where(Delivery.off_take_id.in_(agreement_ids))
            .order_by(Delivery.delivered_on, Delivery.number)
        )
    )


def amendments_of(session: Session, agreement_ids: Collection[UUID]) -> list[OffTakeAmendment]:
    """How these agreements were changed, in order."""
    return list(
        session.scalars(
            select(OffTakeAmendment)
            .where(OffTakeAmendment.off_take_id.in_(agreement_ids))
            .order_by(OffTakeAmendment.amended_on, OffTakeAmendment.id)
        )
    )


def told(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What others are told of these: stands, shops and agreements, and why nothing was sold where that is so."""
    found: dict[UUID, dict[str, Any]] = {each: {} for each in referral_ids}
    stands = select(FairBooking.referral_id, FairBooking.stand, Fair.title, Fair.opens_on)
    held = stands.join(Fair, Fair.id == FairBooking.fair_id).where(FairBooking.referral_id.in_(found))
    for row in session.execute(held.order_by(Fair.opens_on)):
        stand = {"fair": row.title, "held_on": row.opens_on.isoformat(), "number": row.stand}
        found[row.referral_id].setdefault("stands", []).append(stand)
    for listing in session.scalars(select(Listing).where(Listing.referral_id.in_(found)).order_by(Listing.id)):
        shop = plain(listing, "channel", "place", "terms", "listed_from", "ended_on")
        found[listing.referral_id].setdefault("listings", []).append(shop)
    for agreed in session.scalars(select(OffTake).where(OffTake.referral_id.in_(found)).order_by(OffTake.id)):
        terms = plain(agreed, "buyer", "goods", "unit", "quantity", "unit_price", "until_day")
        found[agreed.referral_id].setdefault("agreements", []).append(terms)
    for way in session.scalars(select(MarketCase).where(MarketCase.referral_id.in_(found))):
        if way.explanation:
            found[way.referral_id][BECAUSE] = way.explanation
    return found


def progress(session: Session, referral_ids: Collection[UUID], today: date) -> dict[UUID, Progress]:
    """How far each of these referrals has come, in three questions however many they are."""
    found = {each: Progress() for each in referral_ids}
    for booking, closes_on, days, sold in session.execute(
        select(FairBooking, Fair.closes_on, func.count(Sale.id), func.coalesce(func.sum(Sale.amount), 0))
        .join(Fair, Fair.id == FairBooking.fair_id)
        .outerjoin(Sale, Sale.booking_id == FairBooking.id)
        .where(FairBooking.referral_id.in_(referral_ids), FairBooking.freed_at.is_(None))
        .group_by(FairBooking.id, Fair.closes_on)
        .order_by(FairBooking.id)
    ):
        one = found[booking.referral_id]
        one.stands.append(AtAFair(booking, closes_on, days, int(sold)))
        one.sales[Channel.FAIR] += int(sold)
        if days:
            one.reached.add(Channel.FAIR)
    for referral_id, channel, sold in session.execute(
        select(Listing.referral_id, Listing.channel, func.coalesce(func.sum(Sale.amount), 0))
        .outerjoin(Sale, Sale.listing_id == Listing.id)
        .where(Listing.referral_id.in_(referral_ids), Listing.listed_from <= today)
        .group_by(Listing.referral_id, Listing.channel)
    ):
        found[referral_id].sales[channel] += int(sold)
        found[referral_id].reached.add(channel)
    for referral_id, taken_up, uninspected, worth in session.execute(
        select(
            OffTake.referral_id,
            func.count().filter(Delivery.accepted > 0),
            func.count().filter(Delivery.accepted.is_(None)),
            func.sum(func.coalesce(Delivery.accepted, 0) * Delivery.unit_price),
        )
        .join(Delivery, Delivery.off_take_id == OffTake.id)
        .where(OffTake.referral_id.in_(referral_ids))
        .group_by(OffTake.referral_id)
    ):
        one = found[referral_id]
        one.sales[Channel.OFF_TAKER] += int(worth)
        one.deliveries, one.uninspected = taken_up, uninspected
        if taken_up:
            one.reached.add(Channel.OFF_TAKER)
    return found


def audit(session: Session) -> list[str]:
    """Where an agreement does not agree with its deliveries, or a cancelled fair still holds a stand."""
    delivered = select(Delivery.off_take_id, func.sum(COUNTED).label("counted")).group_by(Delivery.off_take_id)
    summed = delivered.subquery()
    written = func.coalesce(summed.c.counted, 0)
    agreements = session.execute(
        select(OffTake.id, OffTake.counted, written)
        .outerjoin(summed, summed.c.off_take_id == OffTake.id)
        .where(OffTake.counted != written)
        .order_by(OffTake.id)
    )
    cancelled = session.execute(
        select(Fair.id, func.count(case((FairBooking.freed_at.is_(None), 1))))
        .join(FairBooking, FairBooking.fair_id == Fair.id)
        .where(Fair.cancelled_at.is_not(None), FairBooking.freed_at.is_(None))
        .group_by(Fair.id)
        .order_by(Fair.id)
    )
    return [
        f"agreement {one} counts {has} as delivered, its deliveries add up to {sums}" for one, has, sums in agreements
    ] + [f"fair {one} is cancelled and still holds {stands} stands" for one, stands in cancelled]
