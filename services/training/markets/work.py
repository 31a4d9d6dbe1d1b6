"""A market as the common worklist knows it: stands, listings and agreements, and what was sold."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.training.markets import queries
from services.training.markets.commands import agreements, cases, endings, fairs, selling
from services.training.markets.commands.endings import Verdict
from services.training.markets.models import Delivery, Fair, FairBooking, Listing, MarketCase, OffTake, OffTakeAmendment
from services.training.markets.rules import CHANNELS, OBSTACLES, Channel, regency_of
from services.training.markets.schemas import MarketDoneSchema, MarketWorkSchema
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.programmes.kinds import BECAUSE
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork

VERDICT = ("outcome", "obstacle", "explanation")
Json = dict[str, Any]


class MarketWork(StageWork):
    """A product reaches its buyers: at a fair, in a shop, online, or through an off-taker."""

    kind = "training.market"
    work_schema = MarketWorkSchema
    completion_schema = MarketDoneSchema
    template = "markets/work.html"
    told_as: Mapping[str, str] = {
        **dict.fromkeys(("fair_id", "release_fair_id", "arrangements"), "stands"),
        **dict.fromkeys(("listing", "ending"), "listings"),
        **dict.fromkeys(("agreement", "amendment"), "agreements"),
        "explanation": BECAUSE,
    }
    not_told: Mapping[str, str] = {"outcome": "It is the outcome."}

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Expect them on their way to a market."""
        cases.expect_referred(session, referrals)

    def view(self, session: Session, referral: Referral) -> Json:
        """All that was done so far in each channel, the rows still to fill in, and what can be chosen."""
        case = session.get_one(MarketCase, referral.id)
        held = queries.bookings_of(session, referral.id)
        listings = queries.listings_of(session, referral.id)
        agreed = queries.agreements_of(session, referral.id)
        come = queries.progress(session, [referral.id], clock.today())[referral.id]
        return {
            "channels": case.channels,
            "travel": case.travel,
            "choices": self._choices(session, case, {fair.id for _, fair in held}),
            "bookings": [_stand(booking, fair) for booking, fair in held],
            "arrangements": [
                {"fair_id": str(fair.id), "title": fair.title, "ticket": booking.ticket, "lodging": booking.lodging}
                for booking, fair in held
                if booking.needs_travel
            ],
            "listings": [_listing(each) for each in listings],
            "sales": _sales(session, held, listings),
            "agreements": [_agreement(each) for each in agreed],
            "amendments": [_amendment(each) for each in queries.amendments_of(session, [each.id for each in agreed])],
            "deliveries": [_delivery(each) for each in queries.deliveries_under(session, [each.id for each in agreed])],
            "totals": {
                "sales": come.sold,
                "deliveries": come.deliveries,
                "by_channel": {channel.value: come.sales[channel] for channel in Channel if channel in come.reached},
            },
            "labels": {
                "channels": {each.value: names for each, names in CHANNELS.items()},
                "obstacles": {each.value: names for each, names in OBSTACLES.items()},
            },
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: Json) -> None:
        """Save what was told, in the order in which it happens: book, travel, list, sell, agree, deliver."""
        if work["fair_id"]:
            fairs.book(session, officer, work["fair_id"], [referral.id])
        case = cases.accepted(session, officer, [referral.id])[referral.id]
        if work["release_fair_id"]:
            fairs.release(session, case, work["release_fair_id"])
        for position, each in enumerate(work["arrangements"]):
            if each["ticket"] or each["lodging"]:
                fairs.arrange_travel(session, case, **each, at=f"arrangements.{position}")
        self._sell(session, officer, case, work)
        self._agree(session, officer, case, work)
        session.flush()

    @staticmethod
    def _sell(session: Session, officer: Officer, case: MarketCase, work: Json) -> None:
        if work["listing"]:
            selling.list_product(session, officer, case, **work["listing"])
        if sales := [row for row in enumerate(work["sales"]) if row[1]["amount"] is not None]:
            selling.note_sales(session, officer, case, sales)
        if work["ending"]:
            selling.end_listing(session, case, **work["ending"])

    @staticmethod
    def _agree(session: Session, officer: Officer, case: MarketCase, work: Json) -> None:
        if work["agreement"]:
            agreements.agree(session, officer, case, **work["agreement"])
        if work["amendment"]:
            agreements.amend(session, officer, case, **work["amendment"])
        if deliveries := [row for row in enumerate(work["deliveries"]) if row[1]["number"]]:
            agreements.note_deliveries(session, officer, case, deliveries)

    def finish(self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, Json]]) -> list[Completion]:
        """Save what was told, then say what it amounts to: the channel, the sales and the deliveries."""
        for referral, told in pairs:
            if any(value for name, value in told.items() if name not in VERDICT):
                self.record(session, officer, referral, told)
        said = {referral.id: Verdict(**{name: told[name] for name in VERDICT}) for referral, told in pairs}
        return endings.conclude(session, officer, [referral for referral, _ in pairs], said)

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """Where the product was offered and to whom, or why it did not get there."""
        return queries.told(session, [each.id for each in referrals])

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Free their stands."""
        endings.let_go(session, referrals)

    @staticmethod
    def _choices(session: Session, case: MarketCase, held: set[Any]) -> list[Json]:
        if Channel.FAIR.value not in case.channels:
            return []
        return [
            {
                "id": str(fair.id),
                "title": fair.title,
                "area": fair.area,
                "opens_on": fair.opens_on.isoformat(),
                "closes_on": fair.closes_on.isoformat(),
                "free": free,
                "outside": regency_of(fair.area) != regency_of(case.area),
            }
            for fair, free in queries.with_stands(session, case.office, clock.today())
            if fair.id not in held
        ]


def _stand(booking: FairBooking, fair: Fair) -> Json:
    return {
        "fair_id": str(fair.id),
        "title": fair.title,
        "venue": fair.venue,
        "area": fair.area,
        "opens_on": fair.opens_on.isoformat(),
        "closes_on": fair.closes_on.isoformat(),
        "stand": booking.stand,
        "needs_travel": booking.needs_travel,
        "lacks_travel": booking.lacks_travel,
    }


def _listing(listing: Listing) -> Json:
    return {
        "id": str(listing.id),
        "channel": listing.channel.value,
        "place": listing.place,
        "address": listing.address,
        "terms": listing.terms,
        "listed_from": listing.listed_from.isoformat(),
        "ended_on": listing.ended_on.isoformat() if listing.ended_on else None,
    }


def _sales(session: Session, held: list[tuple[FairBooking, Fair]], listings: list[Listing]) -> list[Json]:
    """A row for each day of a fair up to today, filled or not, and one for each day that a listing sold on."""
    noted = queries.sales_of(session, [booking.id for booking, _ in held], [each.id for each in listings])
    at_stands = {(each.booking_id, each.sold_on): each.amount for each in noted if each.booking_id}
    rows = []
    for booking, fair in held:
        days = (min(fair.closes_on, clock.today()) - fair.opens_on).days + 1
        for day in (fair.opens_on + timedelta(days=number) for number in range(days)):
            amount = at_stands.get((booking.id, day))
            rows.append(
                {
                    "fair_id": str(fair.id),
                    "listing_id": None,
                    "place": fair.title,
                    "sold_on": day.isoformat(),
                    "amount": amount,
                }
            )
    places = {each.id: each.place for each in listings}
    return rows + [
        {
            "fair_id": None,
            "listing_id": str(each.listing_id),
            "place": places[each.listing_id],
            "sold_on": each.sold_on.isoformat(),
            "amount": each.amount,
        }
        for each in noted
        if each.listing_id
    ]


def _agreement(agreed: OffTake) -> Json:
    return {
        "id": str(agreed.id),
        "buyer": agreed.buyer,
        "goods": agreed.goods,
        "unit": agreed.unit,
        "quantity": agreed.quantity,
        "open": agreed.quantity - agreed.counted,
        "unit_price": agreed.unit_price,
        "from_day": agreed.from_day.isoformat(),
        "until_day": agreed.until_day.isoformat(),
        "signed_on": agreed.signed_on.isoformat(),
    }


def _amendment(change: OffTakeAmendment) -> Json:
    return {
        "agreement_id": str(change.off_take_id),
        "amended_on": change.amended_on.isoformat(),
        "reason": change.reason,
        "quantity": change.quantity,
        "quantity_before": change.quantity_before,
        "unit_price": change.unit_price,
        "unit_price_before": change.unit_price_before,
        "until_day": change.until_day.isoformat(),
        "until_day_before": change.until_day_before.isoformat(),
    }


def _delivery(delivery: Delivery) -> Json:
    return {
        "agreement_id": str(delivery.off_take_id),
        "number": delivery.number,
        "delivered_on": delivery.delivered_on.isoformat(),
        "delivered": delivery.delivered,
        "accepted": delivery.accepted,
        "unit_price": delivery.unit_price,
        "paid": delivery.paid,
    }


WORKS = (MarketWork(),)
