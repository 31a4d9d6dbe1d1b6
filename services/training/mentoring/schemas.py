"""The shapes in which cohorts and cash books cross HTTP; a cash book tells no name and no NIK."""

from marshmallow import Schema, validate

from services.training.mentoring.rules import Direction, MentoringOutcome
from shared.events.intake import SubjectKind
from shared.kernel import fields
from shared.referrals.naming import NamedSchema

MOST_MENTORS = 100
MOST_ENTRIES = 200
MOST_RUPIAH = 10**12


class MentorSchema(Schema):
    """A student; with `account_id`, the account of a Kail user with the role mentor, she keeps the books herself."""

    id = fields.UUID(dump_only=True)
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    student_number = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9./-]{3,30}\Z"))
    account_id = fields.UUID(load_default=None, allow_none=True)


class MentorsSchema(Schema):
    """Students who join a cohort."""

    mentors = fields.List(fields.Nested(MentorSchema), required=True, validate=validate.Length(min=1, max=MOST_MENTORS))


class MentorAccountSchema(Schema):
    """The account with which a mentor signs in; null takes it from her."""

    account_id = fields.UUID(load_default=None, allow_none=True)


class KnownAccountSchema(Schema):
    """The account of a mentor who has come by, so that she can be given cash books."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class KnownAccountsSchema(Schema):
    """These accounts of an office, by name."""

    items = fields.List(fields.Nested(KnownAccountSchema), required=True)


class CohortPlanSchema(Schema):
    """A cohort as it is planned: its term, first and last day, and its students."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    mentors = fields.List(fields.Nested(MentorSchema), load_default=list, validate=validate.Length(max=MOST_MENTORS))


class CohortSchema(Schema):
    """A cohort with its students."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    mentors = fields.List(fields.Nested(MentorSchema), required=True)


class CashBookLineSchema(NamedSchema):
    """A cash book in a list."""

    referral_id = fields.UUID(required=True)
    subject_kind = fields.Enum(SubjectKind, by_value=True, required=True)
    area = fields.String(required=True)
    mentor_id = fields.UUID(required=True, allow_none=True)
    begins_on = fields.Date(required=True, allow_none=True)
    months = fields.Integer(required=True)
    entries_asked = fields.Integer(required=True)
    outcome = fields.Enum(MentoringOutcome, by_value=True, required=True, allow_none=True)


class CashEntrySchema(Schema):
    """An entry: when, in or out, how much in rupiah, what for."""

    happened_on = fields.Date(required=True)
    direction = fields.Enum(Direction, by_value=True, required=True)
    amount = fields.Rupiah(required=True, validate=validate.Range(min=1, max=MOST_RUPIAH))
    what = fields.String(required=True, validate=validate.Length(min=1, max=200))


class CashEntriesSchema(Schema):
    """Entries for the end of the book: all of them are written, or none."""

    entries = fields.List(
        fields.Nested(CashEntrySchema), required=True, validate=validate.Length(min=1, max=MOST_ENTRIES)
    )


class CashCorrectionSchema(Schema):
    """Why an entry is undone."""

    why = fields.String(required=True, validate=validate.Length(min=3, max=200))


class CashLineSchema(Schema):
    """An entry with the cash in hand after it; `corrects` and `corrected_by` are numbers of entries."""

    number = fields.Integer(required=True, attribute="entry.number")
    happened_on = fields.Date(required=True, attribute="entry.happened_on")
    direction = fields.Enum(Direction, by_value=True, required=True, attribute="entry.direction")
    amount = fields.Rupiah(required=True, attribute="entry.amount")
    what = fields.String(required=True, attribute="entry.what")
    corrects = fields.Integer(required=True, allow_none=True, attribute="entry.corrects")
    corrected_by = fields.Integer(required=True, allow_none=True)
    balance = fields.Integer(required=True)


class CashMonthSchema(Schema):
    """A month of the mentoring and how many entries stand in it."""

    number = fields.Integer(required=True)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    entries = fields.Integer(required=True)


class CashBookSchema(Schema):
    """A cash book with every entry ever written."""

    book = fields.Nested(CashBookLineSchema, required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    balance = fields.Integer(required=True)
    months = fields.List(fields.Nested(CashMonthSchema), required=True)
    entries = fields.List(fields.Nested(CashLineSchema), required=True)


class MentoringWorkSchema(Schema):
    """The work of a mentoring referral: who mentors; the cash book itself is written under `cash-books`."""

    mentor_id = fields.UUID(load_default=None, allow_none=True)
