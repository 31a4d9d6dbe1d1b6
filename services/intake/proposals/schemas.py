"""The shapes in which proposals cross HTTP."""

from marshmallow import Schema, validate

from services.intake.proposals.rules import ProposalState
from shared.kernel import fields


class TrialProposed(Schema):
    """The clean trial whose programme is proposed."""

    trial = fields.UUID(required=True)


class ProposalRefused(Schema):
    """Why the second person does not consent."""

    reason = fields.String(required=True, validate=validate.Length(min=3, max=1000))


class ProposalSchema(Schema):
    """A programme that waits for a second person, or that she decided on."""

    id = fields.UUID()
    programme = fields.String()
    version = fields.Integer()
    trial = fields.UUID(attribute="trial_id")
    state = fields.Enum(ProposalState, by_value=True)
    proposed_by = fields.String(attribute="proposed_name")
    proposed_at = fields.AwareDateTime()
    decided_by = fields.String(attribute="decided_name", allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String(allow_none=True)
    file = fields.String(allow_none=True, metadata={"description": "Where it stands in the folder of programmes"})


class ProposalWithText(ProposalSchema):
    """The same with the programme word for word."""

    text = fields.String()
