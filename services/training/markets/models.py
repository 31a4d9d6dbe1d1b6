"""What training remembers of markets: fairs with their stands, listings, agreements with buyers, and what was sold.

The database itself keeps a stand from being given twice and a buyer from being sent more than was agreed: officers of
several offices work at the same moment, and a check in the program alone would let two of them pass.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from services.training.markets.rules import Channel, Freed, MarketOutcome, Obstacle
from shared.privacy.fields import EncryptedText
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text

STANDING = text("freed_at IS NULL")


class MarketCase(Base):
    """A referred person or group that is to reach a market, and how that ended."""

    __tablename__ = "market_case"
    __table_args__ = (
        CheckConstraint(
            "(outcome IS NULL) = (ended_on IS NULL) AND (outcome IS NULL) = (sales IS NULL) "
            "AND (outcome IS NULL) = (deliveries IS NULL)",
            name="an_end_has_its_figures",
        ),
        CheckConstraint("(outcome = 'marketed') = (channel IS NOT NULL)", name="marketed_in_a_channel"),
        CheckConstraint("(outcome = 'not-marketed') = (obstacle IS NOT NULL)", name="not_marketed_for_a_reason"),
        CheckConstraint("sales >= 0 AND deliveries >= 0", name="nothing_below_nothing"),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    travel: Mapped[bool]
    area: Mapped[str]
    office: Mapped[str]
    outcome: Mapped[MarketOutcome | None] = mapped_column(enum_text(MarketOutcome, "market_outcome"))
    channel: Mapped[Channel | None] = mapped_column(enum_text(Channel, "market_channel"))
    sales: Mapped[int | None] = mapped_column(BigInteger)
    deliveries: Mapped[int | None]
    obstacle: Mapped[Obstacle | None] = mapped_column(enum_text(Obstacle, "market_obstacle"))
    explanation: Mapped[str | None] = mapped_column(EncryptedText)
    ended_on: Mapped[date | None]
    left_at: Mapped[Timestamp | None]


class Fair(Base):
    """A fair (pameran) that an office brings businesses to."""

    __tablename__ = "fair"
    __table_args__ = (
        CheckConstraint("opens_on <= closes_on", name="ends_after_it_begins"),
        CheckConstraint("stands > 0", name="has_stands"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_because IS NULL)", name="cancelled_for_a_reason"),
        # an office lists its fairs, the latest first; an officer chooses among those that are not over
        Index("ix_fair_office", "office", "opens_on", "id"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    venue: Mapped[str]
    area: Mapped[str]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    stands: Mapped[int]
    agency: Mapped[str]
    office: Mapped[str]
    planned_by: Mapped[UUID]
    planned_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    cancelled_at: Mapped[Timestamp | None]
    cancelled_because: Mapped[str | None]


class FairStand(Base):
    """One stand of a fair: there are as many rows as stands, so that nobody can book one that does not exist."""

    __tablename__ = "fair_stand"
    __table_args__ = (CheckConstraint("number >= 1", name="counted_from_one"),)

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fair.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


class FairBooking(Base):
    """A stand given to somebody, with her ticket and lodging; once freed it stays as history."""

    __tablename__ = "fair_booking"
    __table_args__ = (
        ForeignKeyConstraint(["fair_id", "stand"], ["fair_stand.fair_id", "fair_stand.number"]),
        CheckConstraint("(freed_at IS NULL) = (freed_because IS NULL)", name="freed_for_a_reason"),
        # a stand is given once: what keeps a fair from being oversold
        Index("uq_fair_booking_stand", "fair_id", "stand", unique=True, postgresql_where=STANDING),
        # nobody takes two stands at one fair; also finds what a referral has booked
        Index("uq_fair_booking_referral", "referral_id", "fair_id", unique=True, postgresql_where=STANDING),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("market_case.referral_id"))
    fair_id: Mapped[UUID]
    stand: Mapped[int]
    needs_travel: Mapped[bool]
    ticket: Mapped[str | None] = mapped_column(EncryptedText)
    lodging: Mapped[str | None]
    booked_by: Mapped[UUID]
    booked_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    freed_at: Mapped[Timestamp | None]
    freed_because: Mapped[Freed | None] = mapped_column(enum_text(Freed, "fair_booking_freed"))

    @property
    def lacks_travel(self) -> bool:
        """Whether the programme still owes her ticket or lodging."""
        return self.needs_travel and not (self.ticket and self.lodging)


class Listing(Base):
    """A product offered by a modern shop or on an online platform."""

    __tablename__ = "market_listing"
    __table_args__ = (
        CheckConstraint("channel IN ('modern', 'digital')", name="a_shop_or_a_platform"),
        CheckConstraint("channel <> 'modern' OR terms IS NOT NULL", name="a_shop_has_terms"),
        CheckConstraint("channel <> 'digital' OR address IS NOT NULL", name="a_platform_has_an_address"),
        CheckConstraint("listed_from <= ended_on", name="ends_after_it_begins"),
        # what a referral is listed in
        Index("ix_market_listing_referral_id", "referral_id"),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("market_case.referral_id"))
    channel: Mapped[Channel] = mapped_column(enum_text(Channel, "market_listing_channel"))
    place: Mapped[str]
    address: Mapped[str | None]
    terms: Mapped[str | None]
    listed_from: Mapped[date]
    ended_on: Mapped[date | None]
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class Sale(Base):
    """What was sold in a day, at a stand or through a listing, in rupiah; noted again it is corrected."""

    __tablename__ = "market_sale"
    __table_args__ = (
        CheckConstraint("num_nonnulls(booking_id, listing_id) = 1", name="sold_somewhere"),
        CheckConstraint("amount >= 0", name="nothing_below_nothing"),
        # one figure for a day, however often it is noted
        UniqueConstraint("booking_id", "sold_on"),
        UniqueConstraint("listing_id", "sold_on"),
    )

    id: Mapped[Id]
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("fair_booking.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("market_listing.id"))
    sold_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class OffTake(Base):
    """An entrepreneur's agreement to take up goods: how much, at which price, from when until when."""

    __tablename__ = "off_take"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0", name="positive"),
        CheckConstraint("from_day <= until_day", name="ends_after_it_begins"),
        CheckConstraint("counted BETWEEN 0 AND quantity", name="never_more_than_agreed"),
        # the agreements of a referral
        Index("ix_off_take_referral_id", "referral_id"),
    )

    id: Mapped[Id]
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("market_case.referral_id"))
    buyer: Mapped[str] = mapped_column(EncryptedText)
    goods: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    from_day: Mapped[date]
    until_day: Mapped[date]
    signed_on: Mapped[date]
    counted: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class OffTakeAmendment(Base):
    """A change that both sides signed, with what stood before."""

    __tablename__ = "off_take_amendment"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0", name="positive"),
        Index("ix_off_take_amendment_off_take_id", "off_take_id"),  # the amendments of an agreement
    )

    id: Mapped[Id]
    off_take_id: Mapped[UUID] = mapped_column(ForeignKey("off_take.id"))
    amended_on: Mapped[date]
    reason: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    until_day: Mapped[date]
    quantity_before: Mapped[int]
    unit_price_before: Mapped[int] = mapped_column(BigInteger)
    until_day_before: Mapped[date]
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())


class Delivery(Base):
    """Goods brought to the buyer under an agreement, what he accepted of them and what he has paid."""

    __tablename__ = "off_take_delivery"
    __table_args__ = (
        UniqueConstraint("off_take_id", "number"),
        CheckConstraint("delivered > 0 AND accepted BETWEEN 0 AND delivered", name="accepted_of_what_was_delivered"),
        CheckConstraint("paid BETWEEN 0 AND coalesce(accepted, 0) * unit_price", name="paid_for_what_was_accepted"),
    )

    id: Mapped[Id]
    off_take_id: Mapped[UUID] = mapped_column(ForeignKey("off_take.id"))
    number: Mapped[str]
    delivered_on: Mapped[date]
    delivered: Mapped[int]
    accepted: Mapped[int | None]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    noted_by: Mapped[UUID]
    noted_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
