"""The shapes of zakat cases as they cross HTTP; amounts in whole rupiah."""

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema

from services.grants.loans.rules import MOST_INSTALMENTS
from services.grants.zakat.rules import Asnaf, CaseState, Form, Verdict
from shared.kernel import fields
from shared.web import paging
from shared.web.signing import SignedAs

POSITIVE = validate.Range(min=1, max=1_000_000_000_000)
NOT_NEGATIVE = validate.Range(min=0, max=1_000_000_000_000)


class AssessmentSchema(Schema):
    """What an officer found and proposes; without a form she proposes a refusal.

    Of a group, income, households and members are those of all its households together.
    """

    income = fields.Rupiah(required=True, validate=NOT_NEGATIVE, metadata={"description": "Rupiah a month"})
    households = fields.Integer(load_default=1, validate=validate.Range(min=1, max=100))
    members = fields.Integer(required=True, validate=validate.Range(min=1, max=1_000))
    asnaf = fields.Enum(Asnaf, by_value=True, required=True)
    line = fields.Rupiah(load_default=None, allow_none=True, validate=POSITIVE)
    line_source = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=200))
    form = fields.Enum(Form, by_value=True, load_default=None, allow_none=True)
    amount = fields.Rupiah(load_default=None, allow_none=True, validate=POSITIVE)
    instalments = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=MOST_INSTALMENTS)
    )
    first_due = fields.Date(load_default=None, allow_none=True)
    group_members = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, max=100))
    aid_acknowledged = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=500),
        metadata={"description": "Why this aid is right beside what they already receive"},
    )

    @validates_schema
    def somebody_lives_there(self, given: dict[str, Any], **_: Any) -> None:
        """No household is empty."""
        if given.get("members", 1) < given.get("households", 1):
            raise ValidationError({"members": ["Invalid value."]})


class ZakatDecisionSchema(Schema):
    """What the approver decides; an approval says how the money was handed over, a refusal why."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))
    document = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=60),
        metadata={"description": "Number of the receipt, or of the loan's agreement (akad)"},
    )
    handed_over_on = fields.Date(load_default=None, allow_none=True)
    aid_acknowledged = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=500),
        metadata={"description": "Why this aid is right beside what they already receive"},
    )


class CaseQuerySchema(paging.PageQuery):
    """Which cases to list, and which page of them."""

    state = fields.Enum(CaseState, by_value=True, load_default=None, allow_none=True)


class ZakatCaseSchema(Schema):
    """A case in a list: what was decided, never what was said about anybody."""

    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    journey_id = fields.UUID(required=True)
    programme = fields.String(required=True)
    area = fields.String(required=True)
    office = fields.String(required=True)
    fund_id = fields.String(required=True)
    state = fields.Enum(CaseState, by_value=True, required=True)
    asnaf = fields.Enum(Asnaf, by_value=True, required=True, allow_none=True)
    form = fields.Enum(Form, by_value=True, required=True, allow_none=True)
    amount = fields.Rupiah(required=True, allow_none=True)
    instalments = fields.Integer(required=True, allow_none=True)
    first_due = fields.Date(required=True, allow_none=True)
    document = fields.String(required=True, allow_none=True)
    handed_over_on = fields.Date(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)
    signed_as = SignedAs("decided_by", "decided_on")


class ZakatSumsSchema(Schema):
    """What was given and what was lent: two figures that nobody adds up."""

    grants = fields.Integer(required=True)
    granted = fields.Integer(required=True)
    loans = fields.Integer(required=True)
    lent = fields.Rupiah(required=True)
