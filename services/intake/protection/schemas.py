"""The shapes in which the compartment crosses HTTP."""

from typing import Any

from marshmallow import Schema, validate

from services.intake.protection.rules import CaseKind, CloseReason, GlassState, StepKind
from services.intake.registry.schemas import ContactWishSchema
from shared.kernel import fields
from shared.web.paging import PageQuery

LONGEST_NOTE = 10_000
LONGEST_LINE = 200
SHORTEST_REASON = 10


def _line(**changes: Any) -> fields.String:
    return fields.String(
        **{"load_default": None, "allow_none": True, "validate": validate.Length(max=LONGEST_LINE)} | changes
    )


def _reason(why: str) -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(min=SHORTEST_REASON, max=2_000), metadata={"description": why}
    )


class WhoSchema(Schema):
    """Which woman: by the identifier of her record or by her NIK, which travels in the body only."""

    person_id = fields.UUID(load_default=None, allow_none=True)
    nik = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))


class TalkDone(Schema):
    """The talk was offered. Whether she asks for a conversation goes into the compartment and is never told again.

    Of a person it has to be said; a group is not asked.
    """

    asks = fields.Boolean(load_default=None, allow_none=True)
    contact = fields.Nested(ContactWishSchema, load_default=None, allow_none=True)


class OpenCaseSchema(WhoSchema):
    """A case as it is opened: for a woman who asked, or for one directly."""

    request_id = fields.UUID(load_default=None, allow_none=True)
    alias = _line(metadata={"description": "What she is called who has no papers or gives no name; no registry entry"})
    kind = fields.Enum(CaseKind, by_value=True, required=True)
    notes = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_NOTE))
    under_tpks = fields.YesNo(metadata={"description": "UU TPKS asks for a report to the police"})
    safe_contact = fields.Nested(ContactWishSchema, load_default=None, allow_none=True)


class SettleSchema(Schema):
    """Why a wish needs no case."""

    reason = _reason("Why it needs no case")


class StepSchema(Schema):
    """Something that was done for her, and when she is spoken to again."""

    kind = fields.Enum(StepKind, by_value=True, required=True)
    note = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NOTE))
    done_on = fields.Date(required=True)
    next_on = fields.Date(load_default=None, allow_none=True)


class ReportSchema(Schema):
    """A report to the police: its number, or why there is none."""

    number = _line()
    reason = _line(validate=validate.Length(min=SHORTEST_REASON, max=2_000))


class CloseSchema(Schema):
    """Why a case is closed."""

    reason = fields.Enum(CloseReason, by_value=True, required=True)
    words = _reason("Why, in words")


class OnwardSchema(Schema):
    """The programme of DP3A's into which she is referred."""

    programme = fields.String(required=True, validate=validate.Length(min=1, max=100))


class AskToReadSchema(WhoSchema):
    """Whom somebody without the role must read about, and why."""

    reason = _reason("Why she must be read about now")


class DecideSchema(Schema):
    """Whether somebody without the role may read, and why."""

    granted = fields.YesNo()
    reason = _reason("Why")


class CaseQuery(PageQuery):
    """Which of the office's cases."""

    state = fields.String(load_default=None, validate=validate.OneOf(["open", "closed"]))


class LogQuery(Schema):
    """Where to read on in the compartment's log."""

    before = fields.LongInteger(load_default=None, allow_none=True)


class CaseLineSchema(Schema):
    """A case as a list shows it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    is_registered = fields.Boolean(required=True, metadata={"description": "False where the name is an alias"})
    kind = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    follow_up_due_at = fields.AwareDateTime(required=True, allow_none=True)
    report_due_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)


class CaseSchema(CaseLineSchema):
    """A case with all that was done; reading it is a look that the compartment logs."""

    person_id = fields.UUID(required=True)
    particulars = fields.Dict(required=True)
    notes = fields.String(required=True, allow_none=True)
    safe_contact = fields.Dict(required=True, allow_none=True)
    steps = fields.List(fields.Dict(), required=True)
    closing = fields.Dict(required=True, allow_none=True)


class RequestSchema(Schema):
    """A woman who asked for a conversation."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    is_overdue = fields.Boolean(required=True)


class WaitingGlassSchema(Schema):
    """Somebody without the role who wants to read."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    asked_by = fields.String(required=True)
    reason = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    may_decide = fields.Boolean(required=True)


class DueSchema(Schema):
    """What an office's counsellors owe."""

    requests = fields.List(fields.Nested(RequestSchema), required=True)
    cases = fields.List(fields.Nested(CaseLineSchema), required=True)
    glasses = fields.List(fields.Nested(WaitingGlassSchema), required=True)


class GlassSchema(Schema):
    """What somebody without the role asked to read, and what became of it."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    state = fields.Enum(GlassState, by_value=True, required=True)
    open_until = fields.AwareDateTime(required=True, allow_none=True)


class LogLineSchema(Schema):
    """A line of the compartment's own log."""

    seq = fields.Integer(required=True)
    at = fields.String(required=True)
    officer_id = fields.UUID(required=True)
    officer = fields.String(required=True)
    what = fields.String(required=True)
    about = fields.String(required=True, allow_none=True)
    why = fields.String(required=True, allow_none=True)


class ReferredSchema(Schema):
    """The journey that was opened for her."""

    journey_id = fields.UUID(required=True)
