"""The shapes in which fairs, listings, agreements and the work of a market referral cross HTTP."""

from marshmallow import Schema, validate

from services.training.markets.rules import Channel, MarketOutcome, Obstacle
from shared.kernel import fields
from shared.places.shapes import is_known_area
from shared.referrals.naming import NamedSchema
from shared.web.paging import PageQuery

MOST_STANDS = 2_000
MOST_AT_ONCE = 500
MOST_ROWS = 400
SHORT = validate.Length(min=1, max=200)
RUPIAH = validate.Range(min=0, max=10**12)
QUANTITY = validate.Range(min=1, max=10**9)


class FairPlanSchema(Schema):
    """A fair as it is planned: where, from when until when, and how many stands the office has there."""

    title = fields.String(required=True, validate=SHORT)
    venue = fields.String(required=True, validate=SHORT)
    area = fields.String(required=True, validate=is_known_area)
    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    stands = fields.Integer(required=True, validate=validate.Range(min=1, max=MOST_STANDS))


class FairSchema(Schema):
    """A fair."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    venue = fields.String(required=True)
    area = fields.String(required=True)
    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    stands = fields.Integer(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True)


class FairQuery(PageQuery):
    """Which part of an office's fairs."""


class FairStandSchema(NamedSchema):
    """A stand that is taken: the referral, and the name where the office was told it."""

    referral_id = fields.UUID(required=True)
    stand = fields.Integer(required=True)
    area = fields.String(required=True)
    needs_travel = fields.Boolean(required=True)
    has_travel = fields.Boolean(required=True)
    sold = fields.Integer(required=True)


class FairStandsSchema(Schema):
    """Who has a stand at a fair, and how many come from each kecamatan."""

    stands = fields.List(fields.Nested(FairStandSchema), required=True)
    kecamatan = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    free = fields.Integer(required=True)


class StandBookingSchema(Schema):
    """Referrals that get a stand at a fair: all of them, or none."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class SoldAtStandSchema(Schema):
    """What somebody sold at her stand on the day."""

    id = fields.UUID(required=True)
    amount = fields.Rupiah(required=True, validate=RUPIAH)


class FairSalesSchema(Schema):
    """What everybody at a fair sold on one day; noted again, a day is corrected, and whoever is left out stays so."""

    sold_on = fields.DayDone(required=True)
    sales = fields.List(
        fields.Nested(SoldAtStandSchema), required=True, validate=validate.Length(min=1, max=MOST_STANDS)
    )


class FairCancelSchema(Schema):
    """Why a fair does not take place."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=1_000))


class ArrangementSchema(Schema):
    """Ticket and lodging for a fair outside the city."""

    fair_id = fields.UUID(required=True)
    ticket = fields.String(load_default=None, allow_none=True, validate=SHORT)
    lodging = fields.String(load_default=None, allow_none=True, validate=SHORT)


class SaleSchema(Schema):
    """What was sold in a day, at a fair or through a listing; without `amount` it is left out."""

    fair_id = fields.UUID(load_default=None, allow_none=True)
    listing_id = fields.UUID(load_default=None, allow_none=True)
    sold_on = fields.Date(load_default=None, allow_none=True)
    amount = fields.Rupiah(load_default=None, allow_none=True, validate=RUPIAH)


class ListingSchema(Schema):
    """A product offered by a modern shop (with its terms) or on an online platform (with its address)."""

    channel = fields.Enum(
        Channel, by_value=True, required=True, validate=validate.OneOf([Channel.MODERN, Channel.DIGITAL])
    )
    place = fields.String(required=True, validate=SHORT)
    address = fields.Url(load_default=None, allow_none=True, schemes={"http", "https"}, validate=SHORT)
    terms = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=1_000))
    listed_from = fields.Date(required=True)


class ListingEndSchema(Schema):
    """A listing that has ended."""

    listing_id = fields.UUID(required=True)
    ended_on = fields.Date(required=True)


class AgreementSchema(Schema):
    """What an entrepreneur agreed to take up."""

    buyer = fields.String(required=True, validate=SHORT)
    goods = fields.String(required=True, validate=SHORT)
    unit = fields.String(required=True, validate=validate.Length(min=1, max=40))
    quantity = fields.Integer(required=True, validate=QUANTITY)
    unit_price = fields.Rupiah(required=True, validate=validate.Range(min=1, max=10**10))
    from_day = fields.Date(required=True)
    until_day = fields.Date(required=True)
    signed_on = fields.DayDone(required=True)


class AmendmentSchema(Schema):
    """A change of an agreement that both sides signed; what is not told stays."""

    agreement_id = fields.UUID(required=True)
    amended_on = fields.DayDone(required=True)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=1_000))
    quantity = fields.Integer(load_default=None, allow_none=True, validate=QUANTITY)
    unit_price = fields.Rupiah(load_default=None, allow_none=True, validate=validate.Range(min=1, max=10**10))
    until_day = fields.Date(load_default=None, allow_none=True)


class DeliverySchema(Schema):
    """A delivery under an agreement, known by its number; without `number` it is left out."""

    agreement_id = fields.UUID(required=True)
    number = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=60))
    delivered_on = fields.Date(load_default=None, allow_none=True)
    delivered = fields.Integer(load_default=None, allow_none=True, validate=QUANTITY)
    accepted = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=10**9))
    paid = fields.Rupiah(load_default=None, allow_none=True, validate=RUPIAH)


class MarketWorkSchema(Schema):
    """The work of a market referral: stands, travel, sales, listings, agreements and deliveries, whatever is told."""

    fair_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "The fair to book a stand at"})
    release_fair_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "The fair whose stand is let go"}
    )
    arrangements = fields.List(
        fields.Nested(ArrangementSchema), load_default=list, validate=validate.Length(max=MOST_ROWS)
    )
    listing = fields.Nested(ListingSchema, load_default=None, allow_none=True)
    ending = fields.Nested(ListingEndSchema, load_default=None, allow_none=True)
    sales = fields.List(fields.Nested(SaleSchema), load_default=list, validate=validate.Length(max=MOST_ROWS))
    agreement = fields.Nested(AgreementSchema, load_default=None, allow_none=True)
    amendment = fields.Nested(AmendmentSchema, load_default=None, allow_none=True)
    deliveries = fields.List(fields.Nested(DeliverySchema), load_default=list, validate=validate.Length(max=MOST_ROWS))


class MarketDoneSchema(MarketWorkSchema):
    """The end of the way to a market: marketed, or not and why; work told with it is saved first."""

    outcome = fields.Enum(MarketOutcome, by_value=True, required=True)
    obstacle = fields.Enum(Obstacle, by_value=True, load_default=None, allow_none=True)
    explanation = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=2_000))
