"""The shapes of cooperatives as they cross HTTP; amounts in whole rupiah, members as identifiers."""

from marshmallow import Schema, validate

from services.grants.cooperative.rules import Ending, LoanVerdict, Membership, Saving
from services.grants.loans.rules import MOST_INSTALMENTS
from shared.events.intake import SubjectKind
from shared.kernel import fields
from shared.places.shapes import is_known_area
from shared.referrals.naming import NamedSchema

POSITIVE = validate.Range(min=1, max=1_000_000_000_000)
NOT_NEGATIVE = validate.Range(min=0, max=1_000_000_000_000)


def _word(longest: int) -> validate.Length:
    return validate.Length(min=1, max=longest)


class FirstSavingsSchema(Schema):
    """What is paid in when the membership begins."""

    pokok = fields.Rupiah(load_default=0, allow_none=True, validate=NOT_NEGATIVE)
    wajib = fields.Rupiah(load_default=0, allow_none=True, validate=NOT_NEGATIVE)
    sukarela = fields.Rupiah(load_default=0, allow_none=True, validate=NOT_NEGATIVE)
    receipt = fields.String(load_default=None, allow_none=True, validate=_word(60))


class ProposedLoanSchema(Schema):
    """The capital loan that is proposed; without an amount there is none."""

    amount = fields.Rupiah(load_default=None, allow_none=True, validate=POSITIVE)
    instalments = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=MOST_INSTALMENTS)
    )
    first_due = fields.Date(load_default=None, allow_none=True)


class MembershipSchema(Schema):
    """What an officer records: a cooperative to join, or the name of the one to be formed; savings; a loan."""

    cooperative_id = fields.UUID(load_default=None, allow_none=True)
    name = fields.String(load_default=None, allow_none=True, validate=_word(120))
    persons = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, max=1_000))
    savings = fields.Nested(FirstSavingsSchema, load_default=None, allow_none=True)
    loan = fields.Nested(ProposedLoanSchema, load_default=None, allow_none=True)
    aid_acknowledged = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=500),
        metadata={"description": "Why this aid is right beside what they already receive"},
    )


class MembershipDoneSchema(Schema):
    """How it ended: a member, or not; where a loan is proposed, an approver also decides on it."""

    outcome = fields.Enum(Ending, by_value=True, required=True)
    reason = fields.String(load_default=None, allow_none=True, validate=_word(500))
    loan_verdict = fields.Enum(LoanVerdict, by_value=True, load_default=None, allow_none=True)
    document = fields.String(
        load_default=None,
        allow_none=True,
        validate=_word(60),
        metadata={"description": "Number of the loan's agreement (akad)"},
    )
    handed_over_on = fields.DayDone(load_default=None, allow_none=True)
    aid_acknowledged = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=500),
        metadata={"description": "Why this aid is right beside what they already receive"},
    )


class RegistrationSchema(Schema):
    """A cooperative that exists already."""

    name = fields.String(required=True, validate=_word(120))
    area = fields.String(required=True, validate=is_known_area)
    formed_on = fields.DayDone(required=True)
    legal_number = fields.String(load_default=None, allow_none=True, validate=_word(60))


class LegalNumberSchema(Schema):
    """The number under which a cooperative is a legal entity."""

    legal_number = fields.String(required=True, validate=_word(60))


class SavingSchema(Schema):
    """Money that a member pays in, or takes back of her sukarela."""

    member_id = fields.UUID(required=True)
    kind = fields.Enum(Saving, by_value=True, required=True)
    amount = fields.Rupiah(required=True, validate=POSITIVE)
    taken_back = fields.YesNo(metadata={"description": "False where it is paid in"})
    saved_on = fields.DayDone(required=True)
    receipt = fields.String(required=True, validate=_word(60))


class CooperativeSchema(Schema):
    """A cooperative in a list; without `formed_on` it still gathers its founders."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    legal_number = fields.String(required=True, allow_none=True)
    office = fields.String(required=True)
    area = fields.String(required=True)
    formed_on = fields.Date(required=True, allow_none=True)
    founders_needed = fields.Integer(required=True, allow_none=True)
    persons = fields.Integer(required=True)
    saved = fields.Integer(required=True)


class MemberSchema(NamedSchema):
    """A member: by number, and by name where the office was told it."""

    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    subject_kind = fields.Enum(SubjectKind, by_value=True, required=True)
    subject_id = fields.UUID(required=True)
    persons = fields.Integer(required=True)
    founder = fields.Boolean(required=True)
    state = fields.Enum(Membership, by_value=True, required=True)
    joined_on = fields.Date(required=True, allow_none=True)
    savings = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class CooperativeStandingSchema(CooperativeSchema):
    """A cooperative with its members and what each has saved."""

    members = fields.List(fields.Nested(MemberSchema), required=True)


class SavingEntrySchema(Schema):
    """A line of the ledger of savings; negative where it was taken back."""

    id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    kind = fields.Enum(Saving, by_value=True, required=True)
    amount = fields.Rupiah(required=True)
    saved_on = fields.Date(required=True)
    receipt = fields.String(required=True)
