"""The shapes of loans as they cross HTTP; amounts in whole rupiah."""

from marshmallow import Schema, validate

from services.grants.loans.rules import Lender, LoanState
from shared.events.intake import SubjectKind
from shared.kernel import fields
from shared.web import paging
from shared.web.signing import SignedAs


class LoanQuery(paging.PageQuery):
    """Which loans to list, and which page of them."""

    state = fields.Enum(LoanState, by_value=True, load_default=None, allow_none=True)


class LoanSchema(Schema):
    """A loan in a list; the subject is an identifier, never a name."""

    id = fields.UUID(required=True)
    lender = fields.Enum(Lender, by_value=True, required=True)
    journey_id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    programme = fields.String(required=True)
    area = fields.String(required=True)
    office = fields.String(required=True)
    subject_kind = fields.Enum(SubjectKind, by_value=True, required=True)
    subject_id = fields.UUID(required=True)
    fund_id = fields.String(required=True)
    document = fields.String(required=True)
    lent_on = fields.Date(required=True)
    signed_as = SignedAs("decided_by", "lent_on")
    principal = fields.Rupiah(required=True)
    repaid = fields.Rupiah(required=True)
    outstanding = fields.Rupiah(required=True)
    arrears = fields.Integer(required=True)
    state = fields.Enum(LoanState, by_value=True, required=True)


class InstalmentSchema(Schema):
    """An instalment and what was paid of it."""

    number = fields.Integer(required=True)
    due_on = fields.Date(required=True)
    amount = fields.Rupiah(required=True)
    paid = fields.Rupiah(required=True)
    is_overdue = fields.Boolean(required=True)


class RepaidSchema(Schema):
    """A repayment that is booked."""

    amount = fields.Rupiah(required=True)
    paid_on = fields.Date(required=True)
    receipt = fields.String(required=True)


class LoanStandingSchema(LoanSchema):
    """A loan with its schedule as it stands today, and every repayment."""

    schedule = fields.List(fields.Nested(InstalmentSchema), required=True)
    repayments = fields.List(fields.Nested(RepaidSchema), required=True)


class LoanSumsSchema(Schema):
    """What an office's loans amount to; grants are not in it."""

    loans = fields.Integer(required=True)
    lent = fields.Rupiah(required=True)
    repaid = fields.Rupiah(required=True)
    outstanding = fields.Rupiah(required=True)
    arrears = fields.Integer(required=True)


class RepaymentSchema(Schema):
    """Money that came back: how much, when, and by which receipt."""

    amount = fields.Rupiah(required=True, validate=validate.Range(min=1, max=1_000_000_000_000))
    paid_on = fields.Date(required=True)
    receipt = fields.String(required=True, validate=validate.Length(min=1, max=60))
