"""The shapes in which referrals cross HTTP, whichever service keeps them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validate

from shared.events.intake import SubjectKind
from shared.kernel import fields, requirements
from shared.kernel.errors import Invalid, NotFound
from shared.programmes import kinds
from shared.programmes.definition import Basis
from shared.referrals import words
from shared.referrals.models import Referral
from shared.referrals.rules import Lateness, Move, Reason, ReferralState, Suggestion, Tray
from shared.referrals.work import Works
from shared.web import messages, paging

MOST_AT_ONCE = 500
OWN = Path(__file__).with_name("together.yaml")
LONGEST_EXPLANATION = 2_000
MOST_AREAS = 20
AREA_CODE = re.compile(r"\d{2}(\.\d{2}){0,2}(\.\d{4})?")


def most_together() -> int:
    """How many referrals there are in one act of which some may be refused, in this deployment."""
    return requirements.whole_numbers(OWN, "referrals")["most_together"].value


class AtOnce(validate.Length):
    """So many at once as the deployment does together, asked when something comes and not when a class is made."""

    def __init__(self, min: int | None = None) -> None:  # noqa: A002 (marshmallow's own name)
        super().__init__(min=min, max=1)

    def __getattribute__(self, name: str) -> Any:
        """The largest length is what the deployment says now."""
        return most_together() if name == "max" else super().__getattribute__(name)


class NarrowingQuery(paging.LeavesOthers):
    """What a worklist is narrowed to, in whichever tray.

    `area` are codes with commas between them, `number` a journey's number or its last digits, with or without hyphens.
    """

    programme = fields.String(load_default=None)
    stage = fields.String(load_default=None)
    overdue = fields.Boolean(load_default=False)
    mine = fields.Boolean(load_default=False)
    area = fields.DelimitedList(
        fields.String(validate=validate.Regexp(AREA_CODE)), load_default=list, validate=validate.Length(max=MOST_AREAS)
    )
    number = fields.JourneyNumber(load_default=None)


class ReferralQuery(NarrowingQuery, paging.PageQuery):
    """What a worklist shows; without `tray` or `state` it is what is open."""

    tray = fields.Enum(Tray, by_value=True, load_default=Tray.OPEN)
    state = fields.Enum(ReferralState, by_value=True, load_default=None)


class ListQuery(ReferralQuery):
    """What a worklist shows, and whether it is to say who each referral is about."""

    names = fields.Boolean(load_default=False, metadata={"description": "With names; reading them is a look"})


class ReferralLineSchema(Schema):
    """A referral as the worklist shows it: no particulars, so that a list is not a look at anybody's data."""

    id = fields.UUID(required=True)
    journey_id = fields.UUID(required=True)
    number = fields.String(required=True, metadata={"description": "The journey's, as people read it out"})
    programme = fields.String(required=True)
    version = fields.Integer(required=True)
    stage = fields.String(required=True)
    attempt = fields.Integer(required=True)
    kind = fields.String(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    sender_office = fields.String(required=True)
    area = fields.String(required=True)
    subject_kind = fields.Enum(SubjectKind, by_value=True, required=True)
    subject_id = fields.UUID(required=True)
    state = fields.Enum(ReferralState, by_value=True, required=True)
    lateness = fields.Enum(Lateness, by_value=True, required=True)
    revision = fields.Integer(required=True)
    outcome = fields.String(required=True, allow_none=True)
    handled_by = fields.UUID(required=True, allow_none=True)
    handler_name = fields.String(required=True, allow_none=True)
    offered_at = fields.AwareDateTime(required=True)
    remind_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    escalated_at = fields.AwareDateTime(required=True, allow_none=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    on_paper = fields.Date(
        required=True, allow_none=True, metadata={"description": "The day on which it was done on paper, before Kail"}
    )
    paper = fields.String(required=True, allow_none=True, metadata={"description": "That paper's number"})


class ReferralRowSchema(ReferralLineSchema):
    """A referral as the worklist shows it, with a name where names were asked for."""

    name = fields.String(
        allow_none=True,
        metadata={"description": "As it was told to your office, where it may be shown; only if asked for"},
    )


class EarlierReportSchema(Schema):
    """What a stage reported; `sent_back` where that is why something is to be mended or done again."""

    stage = fields.String(required=True)
    attempt = fields.Integer(required=True)
    office = fields.String(required=True)
    outcome = fields.String(required=True)
    facts = fields.Dict(required=True)
    findings = fields.Dict(required=True)
    sent_back = fields.Boolean(required=True)


class HandedOnSchema(Schema):
    """Who passed a referral to whom, and when; nobody had it before where whoever had it was gone."""

    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    stage = fields.String(required=True)
    office = fields.String(required=True)
    by = fields.UUID(required=True, allow_none=True)
    by_name = fields.String(required=True, allow_none=True)
    from_id = fields.UUID(required=True, allow_none=True, data_key="from", attribute="from")
    from_name = fields.String(required=True, allow_none=True)
    to = fields.UUID(required=True)
    to_name = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class ReferralSchema(ReferralLineSchema):
    """A referral with all that the office may know of it; reading it is a look that is logged."""

    settings = fields.Dict(required=True)
    earlier = fields.Dict(required=True)
    particulars = fields.Dict(required=True, allow_none=True)
    reports = fields.List(
        fields.Nested(EarlierReportSchema),
        required=True,
        metadata={"description": "What earlier stages found beside their facts, as far as it is for this office"},
    )
    basis = fields.Enum(Basis, by_value=True, required=True)
    facts = fields.Dict(required=True, allow_none=True)
    done_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day of the act, where its report says one; `closed_at` is when it was entered"},
    )
    findings = fields.Dict(required=True, allow_none=True)
    reason = fields.Enum(Reason, by_value=True, required=True, allow_none=True)
    explanation = fields.String(required=True, allow_none=True)
    signed_as = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Who answered it last, where she acted for a post: her name, the post, the letter"},
    )
    suggestion = fields.Enum(Suggestion, by_value=True, required=True, allow_none=True)
    moves = fields.List(fields.Enum(Move, by_value=True), required=True)
    handed_on = fields.List(fields.Nested(HandedOnSchema), required=True)
    rescheduled = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Which decree had its dates counted anew last, and when it was due before"},
    )
    work = fields.Dict(required=True)


class CountsSchema(Schema):
    """How many open referrals there are by state, and how many lie in some trays, as their lists have them.

    `for_me` are those that whoever asks can do something about now, `to_give` those that nobody handles any more. What
    is closed is counted up to a thousand.
    """

    by_state = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    overdue = fields.Integer(required=True, attribute="trays.overdue")
    near = fields.Integer(required=True, attribute="trays.nearly-due")
    for_me = fields.Integer(required=True, attribute="trays.for-me")
    mine = fields.Integer(required=True, attribute="trays.mine")
    to_give = fields.Integer(required=True, attribute="trays.to-give")
    closed = fields.Integer(required=True, attribute="trays.closed")


class NextSchema(Schema):
    """What comes after a referral in a part of the worklist; `left` counts what lies there beside it.

    `referral` is null when nothing more lies there.
    """

    tray = fields.Enum(Tray, by_value=True, required=True)
    left = fields.Integer(required=True)
    referral = fields.Nested(ReferralLineSchema, required=True, allow_none=True)


class KeptSchema(Schema):
    """What an office promised and kept from a day on: closed in time, closed late, gone back without an answer."""

    since = fields.AwareDateTime(required=True)
    in_time = fields.Integer(required=True)
    late = fields.Integer(required=True)
    unanswered = fields.Integer(required=True)


class ColleagueSchema(Schema):
    """Somebody of the office who can be given a referral, and how many she handles now."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    handles = fields.Integer(required=True)


class HandedToSchema(Schema):
    """Who is to handle a referral from now on."""

    colleague = fields.UUID(required=True)


class ReferralIdsSchema(Schema):
    """Several referrals at once: all of them, or none."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class TogetherSchema(Schema):
    """One act for many referrals, each once however often it is named; with `look` it is only said what would be done.

    `done` is what the stage's kind asks for, the same for all of them (`save` takes what its work so far asks for);
    `each` is what is told of single ones beside it or in its place; `colleague` is who handles them from now on.
    """

    act = fields.String(required=True, validate=validate.OneOf(["accept", "report", "save", "hand-over"]))
    ids = fields.List(fields.UUID(), required=True, validate=AtOnce(min=1))
    done = fields.Dict(load_default=dict)
    each = fields.Dict(keys=fields.UUID(), values=fields.Dict(), load_default=dict, validate=AtOnce())
    colleague = fields.UUID(load_default=None, allow_none=True)
    look = fields.Boolean(load_default=False)


class ReferralRefusedSchema(Schema):
    """For which referral it could not be done, and why."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "Stable; what a program should look at"})
    detail = fields.String(required=True)


class ReferralEndedSchema(Schema):
    """For which referral it was done, and how its stage ended."""

    id = fields.UUID(required=True)
    outcome = fields.String(required=True, allow_none=True)


class TogetherResultSchema(Schema):
    """What was done, or would be where it was only looked at; whoever was refused hinders nobody else."""

    looked = fields.Boolean(required=True)
    done = fields.List(fields.Nested(ReferralEndedSchema), required=True)
    refused = fields.List(fields.Nested(ReferralRefusedSchema), required=True)


class DoneSchema(Schema):
    """One stage that is done; `done` is what its kind asks for."""

    id = fields.UUID(required=True)
    done = fields.Dict(required=True)


def reporting(asked: type[Schema]) -> type[Schema]:
    """What a kind asks for when its stage is done, and beside it why it ended so."""
    if asked not in _REPORTING:
        _REPORTING[asked] = type(f"{asked.__name__}Reported", (asked,), {**BECAUSE, "__doc__": asked.__doc__})
    return _REPORTING[asked]


def _because() -> fields.String:
    why = "Why, in words; needed where the result ends her journey or sends it back: whoever has to mend it reads it"
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=LONGEST_EXPLANATION),
        metadata={"description": why},
    )


_REPORTING: dict[type[Schema], type[Schema]] = {}
BECAUSE = {kinds.BECAUSE: _because()}


class CompletionsSchema(Schema):
    """Several stages that are done: all of them are closed, or none."""

    referrals = fields.List(fields.Nested(DoneSchema), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class NoSchema(Schema):
    """A no: its reason, an explanation that the sender can act on, and what the office proposes instead."""

    reason = fields.Enum(Reason, by_value=True, required=True)
    explanation = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_EXPLANATION))
    suggestion = fields.Enum(Suggestion, by_value=True, required=True)


def shown(referral: Referral, work: dict[str, Any], passed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A referral together with its work and with who passed it to whom, for `ReferralSchema`."""
    own = {name: getattr(referral, name) for name in ReferralSchema().fields if name not in NOT_STORED}
    return {
        **own,
        "particulars": referral.shared,
        "reports": referral.reports,
        "basis": words.basis(referral),
        "work": work,
        "handed_on": passed,
    }


NOT_STORED = ("particulars", "reports", "work", "basis", "handed_on")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told when a stage is done: what its kind asks for, and why it ended so."""

    done: dict[str, Any]
    because: str | None = None


def completion_of(works: Works, kind: str, given: Any, *, at: str = "", strict: bool = True) -> Told:
    """What is told when a stage of this kind is done, read by its own schema; raises Invalid."""
    loaded = _loaded(reporting(works[kind].completion_schema)(), given, at, strict)
    because = (loaded.pop(kinds.BECAUSE) or "").strip()
    return Told(loaded, because or None)


def work_of(works: Works, kind: str, given: Any, *, strict: bool = True) -> dict[str, Any]:
    """The work so far of a stage of this kind, read by its own schema; raises Invalid, or NotFound without work."""
    schema = works[kind].work_schema
    if schema is None:
        raise NotFound(what="work")
    return _loaded(schema(), given, "", strict)


def _loaded(schema: Schema, given: Any, at: str, strict: bool) -> dict[str, Any]:
    # A page sends one form for both of its buttons; a program must not be left believing that a misspelt field counted.
    try:
        loaded: dict[str, Any] = schema.load(given, unknown=None if strict else EXCLUDE)
    except ValidationError as invalid:
        errors = messages.of_schema(invalid.messages)
        raise Invalid(errors={f"{at}{name}": found for name, found in errors.items()}) from invalid
    return loaded
