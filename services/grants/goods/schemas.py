"""The shapes of a goods grant as they cross HTTP; pages post the same fields as the API."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validate, validates_schema

from services.grants.goods.rules import AccountOutcome, Condition, GrantState, ProposalOutcome, Verdict
from shared.kernel import fields
from shared.referrals import naming

MOST_LINES = 60
POSITIVE = validate.Range(min=1, max=1_000_000_000_000)
NOT_NEGATIVE = validate.Range(min=0, max=1_000_000_000_000)
PIECES = validate.Range(min=0, max=1_000_000)


def _word(longest: int = 120) -> validate.Length:
    return validate.Length(min=1, max=longest)


class RabLineSchema(Schema):
    """One line of the itemised budget, in whole rupiah."""

    item = fields.String(required=True, validate=_word())
    quantity = fields.Integer(required=True, validate=validate.Range(min=1, max=1_000_000))
    unit = fields.String(required=True, validate=_word(30))
    unit_price = fields.Rupiah(required=True, validate=POSITIVE)


class ProposalSchema(Schema):
    """The RAB so far."""

    lines = fields.List(fields.Nested(RabLineSchema), required=True, validate=validate.Length(min=1, max=MOST_LINES))


class ProposalDoneSchema(Schema):
    """The proposal goes in, or the applicant steps back; lines that come along are saved first."""

    outcome = fields.Enum(ProposalOutcome, by_value=True, required=True)
    lines = fields.List(fields.Nested(RabLineSchema), validate=validate.Length(max=MOST_LINES))


class DecisionSchema(Schema):
    """The decision as it is prepared."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    sk_number = fields.String(required=True, validate=_word(60))
    sk_date = fields.Date(required=True)
    aid_acknowledged = fields.String(validate=_word(500))


class DecisionSignedSchema(Schema):
    """The approver signs: what was prepared, or, where she says it anew, all three fields.

    `aid_acknowledged` answers a warning that came up after the decision was prepared.
    """

    verdict = fields.Enum(Verdict, by_value=True)
    sk_number = fields.String(validate=_word(60))
    sk_date = fields.Date()
    aid_acknowledged = fields.String(validate=_word(500))

    @validates_schema
    def all_or_none(self, given: dict[str, Any], **_: Any) -> None:
        """A decision said anew is said completely."""
        whole = {"verdict", "sk_number", "sk_date"}
        missing = whole - given.keys()
        if missing and missing != whole:
            raise ValidationError({name: ["Missing data for required field."] for name in sorted(missing)})


class OrderSchema(Schema):
    """The order to the vendor; `fund` only where another fund than the decision's has to pay: of its owner and source.

    The referral's `work.funds` lists those that may be named.
    """

    number = fields.String(required=True, validate=_word(60))
    vendor = fields.String(required=True, validate=_word())
    ordered_on = fields.Date(required=True)
    fund = fields.String(load_default=None, allow_none=True)


class DeedSchema(Schema):
    """The head of a hand-over deed (BAST)."""

    number = fields.String(required=True, validate=_word(60))
    handed_over_on = fields.Date(required=True)
    witnesses = fields.List(fields.String(validate=_word()), required=True, validate=validate.Length(min=1, max=10))


class DeedLineSchema(Schema):
    """What was found of one line: the quantity that was taken over, at the price that was really paid."""

    number = fields.Integer(required=True)
    condition = fields.Enum(Condition, by_value=True, required=True)
    quantity = fields.Integer(required=True, validate=PIECES)
    unit_price = fields.Rupiah(required=True, validate=POSITIVE)
    serial = fields.String(load_default=None, allow_none=True, validate=_word(200))
    photo = fields.String(load_default=None, allow_none=True, validate=_word(200))


class DeliverySchema(Schema):
    """A deed with its lines."""

    deed = fields.Nested(DeedSchema, required=True)
    lines = fields.List(fields.Nested(DeedLineSchema), required=True, validate=validate.Length(min=1, max=MOST_LINES))

    @validates_schema
    def each_line_once(self, given: dict[str, Any], **_: Any) -> None:
        """A deed speaks once of each line."""
        _once(given.get("lines", ()))


class HandOverSchema(Schema):
    """Order and deed so far; lines count only with the deed that they belong to."""

    order = fields.Nested(OrderSchema)
    deed = fields.Nested(DeedSchema)
    lines = fields.List(fields.Nested(DeedLineSchema), load_default=[], validate=validate.Length(max=MOST_LINES))

    @validates_schema
    def each_line_once(self, given: dict[str, Any], **_: Any) -> None:
        """A deed speaks once of each line."""
        _once(given.get("lines", ()))


class LineFoundSchema(DeedLineSchema):
    """What was found of one line; where all was handed over as agreed, only what differs has to be said."""

    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    quantity = fields.Integer(load_default=None, allow_none=True, validate=PIECES)
    unit_price = fields.Rupiah(load_default=None, allow_none=True, validate=POSITIVE)


class HandOverDoneSchema(HandOverSchema):
    """The goods are handed over; with `all_as_agreed` every open line that `lines` does not speak of, as agreed."""

    lines = fields.List(fields.Nested(LineFoundSchema), load_default=[], validate=validate.Length(max=MOST_LINES))
    all_as_agreed = fields.Boolean(load_default=False)

    @validates_schema
    def said_completely(self, given: dict[str, Any], **_: Any) -> None:
        """Unless the rest is as agreed, a line says its condition, how much was taken over, and at which price."""
        if given.get("all_as_agreed"):
            return
        missing = {
            place: {name: ["Missing data for required field."] for name in FOUND if line.get(name) is None}
            for place, line in enumerate(given.get("lines", ()))
        }
        if missing := {place: found for place, found in missing.items() if found}:
            raise ValidationError({"lines": missing})


FOUND = ("condition", "quantity", "unit_price")


class AccountLineSchema(Schema):
    """What was spent on one line, and the receipt that shows it."""

    number = fields.Integer(required=True)
    spent = fields.Rupiah(load_default=0, validate=NOT_NEGATIVE)
    receipt = fields.String(load_default=None, allow_none=True, validate=_word(60))

    @validates_schema
    def money_has_a_receipt(self, given: dict[str, Any], **_: Any) -> None:
        """Nothing is accounted for without its receipt."""
        if given.get("spent") and not given.get("receipt"):
            raise ValidationError({"receipt": ["Missing data for required field."]})


class AccountSchema(Schema):
    """The accountability report so far."""

    lines = fields.List(
        fields.Nested(AccountLineSchema), required=True, validate=validate.Length(min=1, max=MOST_LINES)
    )

    @validates_schema
    def each_line_once(self, given: dict[str, Any], **_: Any) -> None:
        """A report speaks once of each line."""
        _once(given.get("lines", ()))


class AccountDoneSchema(Schema):
    """The report is accepted, or closed as incomplete; lines that come along are saved first."""

    outcome = fields.Enum(AccountOutcome, by_value=True, required=True)
    lines = fields.List(fields.Nested(AccountLineSchema), validate=validate.Length(max=MOST_LINES))


class OrderFailedSchema(Schema):
    """Why the vendor does not deliver."""

    because = fields.String(required=True, validate=_word(500))


class LineChangeSchema(Schema):
    """How a line of the RAB is to be approved again."""

    quantity = fields.Integer(required=True, validate=validate.Range(min=1, max=1_000_000))
    unit_price = fields.Rupiah(required=True, validate=POSITIVE)
    reason = fields.String(required=True, validate=_word(500))


class RefundSchema(Schema):
    """Money that came back, and the document that shows it."""

    amount = fields.Rupiah(required=True, validate=POSITIVE)
    document = fields.String(required=True, validate=_word(60))


class LineStandingSchema(Schema):
    """A line of the RAB and what has become of it."""

    number = fields.Integer()
    item = fields.String()
    quantity = fields.Integer()
    unit = fields.String()
    unit_price = fields.Rupiah()
    total = fields.Rupiah()
    received = fields.Integer()
    realised = fields.Rupiah()
    open_quantity = fields.Integer(attribute="line.open_quantity")
    open_money = fields.Integer(attribute="line.open_money")
    closed_at = fields.AwareDateTime(allow_none=True)


class GrantSchema(Schema):
    """A goods grant in a list."""

    id = fields.UUID()
    journey_id = fields.UUID()
    programme = fields.String()
    area = fields.String()
    office = fields.String()
    fund_id = fields.String()
    ceiling = fields.Rupiah(allow_none=True)
    state = fields.Enum(GrantState, by_value=True)
    total = fields.Rupiah()
    sk_number = fields.String(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    on_paper = fields.Date(
        allow_none=True, metadata={"description": "The day on which the goods were handed over on paper, before Kail"}
    )
    paper = fields.String(allow_none=True, metadata={"description": "The number of that deed"})


class MoneySchema(Schema):
    """What a grant has in a fund."""

    fund = fields.String()
    title = fields.String(metadata={"description": "What the fund is called"})
    title_en = fields.String(allow_none=True)
    reserved = fields.Rupiah()
    committed = fields.Rupiah()
    realised = fields.Rupiah()
    returned = fields.Rupiah()


class DecisionStandingSchema(Schema):
    """The latest decision, prepared or signed."""

    verdict = fields.String()
    sk_number = fields.String()
    sk_date = fields.String(metadata={"format": "date"})
    office = fields.String(metadata={"description": "Whose SK it is"})
    signed = fields.Boolean()
    signed_as = fields.String(metadata={"description": "Who signed, where she acted for a post; empty otherwise"})


class OrderStandingSchema(Schema):
    """An order and what became of it."""

    number = fields.String()
    vendor = fields.String()
    ordered_on = fields.String(metadata={"format": "date"})
    state = fields.String()
    failed_because = fields.String(allow_none=True)


class DeedLineStandingSchema(Schema):
    """What a deed says of a line."""

    number = fields.Integer()
    condition = fields.String()
    quantity = fields.Integer()
    unit_price = fields.Rupiah()
    serial = fields.String(allow_none=True)
    photo = fields.String(allow_none=True)


class DeedStandingSchema(Schema):
    """A deed, drafted or signed."""

    number = fields.String()
    handed_over_on = fields.String(metadata={"format": "date"})
    witnesses = fields.List(fields.String())
    signed = fields.Boolean()
    lines = fields.List(fields.Nested(DeedLineStandingSchema))


class ChangeStandingSchema(Schema):
    """A line that was approved again, or is to be."""

    number = fields.Integer()
    quantity = fields.Integer()
    unit_price = fields.Rupiah()
    quantity_before = fields.Integer()
    unit_price_before = fields.Rupiah()
    reason = fields.String()
    approved = fields.Boolean()
    approved_as = fields.String(metadata={"description": "Who approved, where she acted for a post; empty otherwise"})


class ShareSchema(Schema):
    """How many units of a line a group holds."""

    group_id = fields.UUID(required=True)
    quantity = fields.Integer(required=True, validate=PIECES)


class SharedLineSchema(Schema):
    """A line, and how many units of it each group holds."""

    number = fields.Integer(required=True)
    shares = fields.List(fields.Nested(ShareSchema), required=True, validate=validate.Length(min=2))


class DivisionSchema(Schema):
    """The berita acara by which the goods of a group that split were divided, line by line."""

    split_id = fields.UUID(required=True)
    berita_acara = fields.String(required=True, validate=_word(60))
    divided_on = fields.Date(required=True)
    lines = fields.List(fields.Nested(SharedLineSchema), required=True, validate=validate.Length(min=1, max=MOST_LINES))


class NamedShareSchema(Schema):
    """How many units of a line a group holds."""

    group_id = fields.String(metadata={"format": "uuid"})
    name = fields.String()
    quantity = fields.Integer()


class DividedLineSchema(Schema):
    """A line as it was divided."""

    number = fields.Integer()
    shares = fields.List(fields.Nested(NamedShareSchema))


class DivisionStandingSchema(Schema):
    """How goods were divided."""

    split_id = fields.String(metadata={"format": "uuid"})
    berita_acara = fields.String()
    divided_on = fields.String(metadata={"format": "date"})
    lines = fields.List(fields.Nested(DividedLineSchema))


class HeldLineSchema(Schema):
    """A line, and how many of its units are there."""

    number = fields.Integer()
    item = fields.String()
    unit = fields.String()
    units = fields.Integer()


class GroupNameSchema(Schema):
    """A group, by what it is called."""

    group_id = fields.String(metadata={"format": "uuid"})
    name = fields.String()


class HolderSchema(GroupNameSchema):
    """A group, and the goods that it holds."""

    lines = fields.List(fields.Nested(HeldLineSchema))


class ToDivideSchema(Schema):
    """A split whose goods wait to be divided: between which groups, and how many units there are of each line."""

    split_id = fields.String(metadata={"format": "uuid"})
    split_on = fields.String(metadata={"format": "date"})
    berita_acara = fields.String(allow_none=True)
    groups = fields.List(fields.Nested(GroupNameSchema))
    lines = fields.List(fields.Nested(HeldLineSchema))


class GrantStandingSchema(Schema):
    """A grant with everything that is known of it; as the referral page shows it, so its values are plain JSON."""

    id = fields.String(metadata={"format": "uuid"})
    journey_id = fields.String(metadata={"format": "uuid"})
    programme = fields.String()
    area = fields.String()
    office = fields.String()
    fund_id = fields.String()
    ceiling = fields.Rupiah(allow_none=True)
    state = fields.String()
    total = fields.Rupiah()
    sk_number = fields.String(allow_none=True)
    decided_on = fields.String(allow_none=True, metadata={"format": "date"})
    lines = fields.List(fields.Dict(keys=fields.String()))
    money = fields.List(fields.Nested(MoneySchema))
    decision = fields.Nested(DecisionStandingSchema, allow_none=True)
    orders = fields.List(fields.Nested(OrderStandingSchema))
    deeds = fields.List(fields.Nested(DeedStandingSchema))
    changes = fields.List(fields.Nested(ChangeStandingSchema))
    account = fields.List(fields.Nested(AccountLineSchema))
    to_divide = fields.Nested(ToDivideSchema, allow_none=True)
    divisions = fields.List(fields.Nested(DivisionStandingSchema))
    holders = fields.List(fields.Nested(HolderSchema))
    frozen_until = fields.String(
        allow_none=True, metadata={"format": "date", "description": "by when its group has to mend, if it has to"}
    )


class GrantQuerySchema(Schema):
    """Which grants of an office to list."""

    state = fields.Enum(GrantState, by_value=True, load_default=None, allow_none=True)
    to_divide = fields.Boolean(
        load_default=False, metadata={"description": "Only grants whose group has split and whose goods wait for it."}
    )


class PaperQuery(Schema):
    """Which paper: what stands on it."""

    class Meta:
        """Leaves the other parameters of an address to other schemas."""

        unknown = EXCLUDE

    number = fields.String(required=True, validate=_word(60))
    on = fields.Date(required=True)
    office = fields.String(required=True, validate=_word(60))


class OnPaperSchema(naming.NamedSchema):
    """A grant on a paper, and whom it is for."""

    grant_id = fields.UUID(required=True)
    journey_id = fields.UUID(required=True)
    area = fields.String(required=True)
    programme = fields.String(required=True)
    signed = fields.Boolean(required=True)


class DecidedSchema(OnPaperSchema):
    """What an SK says of one grant."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    total = fields.Rupiah(required=True)


class SkSchema(Schema):
    """An SK with all that it decides."""

    number = fields.String(required=True)
    on = fields.Date(required=True)
    office = fields.String(required=True)
    granted = fields.Rupiah(required=True)
    grants = fields.List(fields.Nested(DecidedSchema), required=True)


class GivenSchema(Schema):
    """One line of what somebody received."""

    item = fields.String(required=True)
    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    unit_price = fields.Rupiah(required=True)
    condition = fields.Enum(Condition, by_value=True, required=True)
    amount = fields.Rupiah(required=True)


class ReceivedSchema(OnPaperSchema):
    """What one grant was given at a hand-over event."""

    lines = fields.List(fields.Nested(GivenSchema), required=True)
    amount = fields.Rupiah(required=True)


class EventSchema(Schema):
    """A hand-over event: everybody whose deed bears this number and day."""

    number = fields.String(required=True)
    on = fields.Date(required=True)
    office = fields.String(required=True)
    witnesses = fields.List(fields.String(), required=True)
    amount = fields.Rupiah(required=True)
    grants = fields.List(fields.Nested(ReceivedSchema), required=True)


def _once(lines: Any) -> None:
    numbers = [each["number"] for each in lines if "number" in each]
    if len(numbers) != len(set(numbers)):
        raise ValidationError({"lines": ["Invalid value."]})
