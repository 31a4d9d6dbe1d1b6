"""The shapes in which accounts cross HTTP."""

from marshmallow import EXCLUDE, Schema, validate

from services.intake.accounts.rules import MOST_AT_ONCE, Purpose, State, What
from shared.identity.rules import Role
from shared.kernel import fields
from shared.web.language import LANGUAGES
from shared.web.paging import PageQuery

NAME = validate.Length(min=1, max=120)
CODE = validate.Length(min=1, max=60)
AREAS = validate.Length(max=50)
LONGEST_LIST = 200_000


class AccountQuery(PageQuery):
    """Which accounts, and where the page begins."""

    office = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))
    role = fields.Enum(Role, by_value=True, load_default=None, allow_none=True)
    state = fields.Enum(State, by_value=True, load_default=None, allow_none=True)


class InvitationSchema(Schema):
    """Somebody who shall work at an office; without areas in its whole region."""

    username = fields.String(required=True, validate=validate.Length(min=2, max=60))
    name = fields.String(required=True, validate=NAME)
    office = fields.String(required=True, validate=validate.Length(min=1, max=60))
    roles = fields.List(fields.Enum(Role, by_value=True), required=True, validate=validate.Length(min=1))
    areas = fields.List(fields.String(validate=CODE), load_default=list, validate=AREAS)
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(LANGUAGES)))


class RevisionSchema(Schema):
    """The revision that was seen."""

    revision = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))


class ChangeSchema(RevisionSchema):
    """What of an account changes; `revision` is the one that was seen."""

    name = fields.String(validate=NAME)
    office = fields.String(validate=validate.Length(min=1, max=60))
    roles = fields.List(fields.Enum(Role, by_value=True), validate=validate.Length(min=1))
    areas = fields.List(fields.String(validate=CODE), validate=AREAS)


class MoveSchema(RevisionSchema):
    """A step in an account's life, and why."""

    why = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=300))


class ListSchema(Schema):
    """Many to be invited, as comma-separated lines with a heading; `dry_run` only looks."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_LIST))
    dry_run = fields.Boolean(load_default=True)


class OfOfficeSchema(Schema):
    """One office, or all that the officer sees."""

    class Meta:
        """A form brings more than this."""

        unknown = EXCLUDE

    office = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))


class ConfirmationSchema(Schema):
    """Whose rights are right for another year."""

    account_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class ChangeAskedSchema(Schema):
    """Whose rights are not right, and what should change, in a sentence."""

    account_id = fields.UUID(required=True)
    why = fields.String(required=True, validate=validate.Length(min=1, max=300))


class AccountLogQuery(Schema):
    """Where the log goes on."""

    class Meta:
        """An address may hold more than this."""

        unknown = EXCLUDE

    before = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, max=2**62))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


class CodeSchema(Schema):
    """The code of a one-time link."""

    code = fields.String(required=True, validate=validate.Length(min=1, max=100))


class NamedSchema(Schema):
    """With which name she signs in."""

    username = fields.String()


class PasswordByLinkSchema(CodeSchema):
    """The code of a one-time link, and the password that its holder chooses."""

    password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=1000))


class AccountSchema(Schema):
    """An account, without anything that opens it."""

    id = fields.UUID()
    username = fields.String()
    name = fields.String()
    office = fields.String()
    agency = fields.String()
    roles = fields.List(fields.String())
    areas = fields.List(fields.String())
    state = fields.Enum(State, by_value=True)
    revision = fields.Integer()
    last_signed_in_at = fields.AwareDateTime(allow_none=True)
    awaits_password = fields.Boolean(metadata={"description": "Only a one-time link lets her choose one"})
    second_step = fields.Boolean(metadata={"description": "Whether signing in needs a code from her telephone"})
    systems = fields.List(
        fields.String(), metadata={"description": "Systems of the office that sign in with a key of hers"}
    )
    reviewed_on = fields.Date()
    reviewed_by = fields.String()
    change_asked = fields.String(allow_none=True, metadata={"description": "What should change, by the review"})
    change_asked_by = fields.String()
    change_asked_on = fields.Date(allow_none=True)
    review_due = fields.Date()
    review_overdue = fields.Boolean()


class HandedSchema(Schema):
    """A one-time link, shown this once."""

    account_id = fields.UUID()
    username = fields.String()
    purpose = fields.Enum(Purpose, by_value=True)
    link = fields.String()
    code = fields.String(metadata={"description": "To be typed where the link cannot be followed"})
    expires_at = fields.AwareDateTime()


class HandedListSchema(Schema):
    """Links, shown this once."""

    items = fields.List(fields.Nested(HandedSchema))


class InvitedSchema(Schema):
    """How many were invited, or would be."""

    invited = fields.Integer()
    dry_run = fields.Boolean()


class ConfirmedSchema(Schema):
    """How many were confirmed."""

    confirmed = fields.Integer()


class RightsReviewSchema(Schema):
    """Whose rights are to be looked at, the longest unseen first."""

    items = fields.List(fields.Nested(AccountSchema))


class AccountLineSchema(Schema):
    """What befell an account."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    by = fields.UUID(allow_none=True, metadata={"description": "Nobody: the command line"})
    by_name = fields.String()
    about = fields.UUID()
    username = fields.String()
    name = fields.String()
    what = fields.Enum(What, by_value=True)
    before = fields.Dict()
    after = fields.Dict()


class AccountLogSchema(Schema):
    """A part of the log, the latest first, and the first line of the whole that does not fit, if one does not."""

    items = fields.List(fields.Nested(AccountLineSchema))
    broken_at = fields.Integer(allow_none=True)


class HolderSchema(Schema):
    """Whom a link is for, and what she may choose by it."""

    username = fields.String()
    name = fields.String()
    office = fields.String()
    purpose = fields.Enum(Purpose, by_value=True)
    expires_at = fields.AwareDateTime()
