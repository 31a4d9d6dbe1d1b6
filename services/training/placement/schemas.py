"""The shapes in which batches, vacancies and the work of a placement referral cross HTTP."""

from marshmallow import Schema, validate

from services.training.placement.rules import Contract, PlacementOutcome, Sector
from shared.kernel import fields
from shared.places.shapes import is_known_area
from shared.referrals.naming import NamedSchema
from shared.web.paging import PageQuery

MOST_AT_ONCE = 500
SHORT = validate.Length(min=1, max=200)
COUNT = validate.Range(min=1, max=10_000)


class BatchPlanSchema(Schema):
    """A batch of job training as it is planned."""

    sector = fields.Enum(Sector, by_value=True, required=True)
    title = fields.String(required=True, validate=SHORT)
    place = fields.String(required=True, validate=SHORT)
    area = fields.String(required=True, validate=is_known_area)
    places = fields.Integer(required=True, validate=COUNT)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)


class JobBatchSchema(Schema):
    """A batch of job training."""

    id = fields.UUID(required=True)
    sector = fields.Enum(Sector, by_value=True, required=True)
    title = fields.String(required=True)
    place = fields.String(required=True)
    area = fields.String(required=True)
    places = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True)


class BatchQuery(PageQuery):
    """Which part of an office's batches."""


class TraineeSchema(NamedSchema):
    """Who has a place in a batch: the referral, and the name where the office was told it."""

    referral_id = fields.UUID(required=True)
    seats = fields.Integer(required=True)
    took_part = fields.Boolean(required=True, allow_none=True)
    passed = fields.Boolean(required=True, allow_none=True)
    assessed_on = fields.Date(required=True, allow_none=True)
    outcome = fields.Enum(PlacementOutcome, by_value=True, required=True, allow_none=True)


class ResultSchema(Schema):
    """Who took part in a batch, and how she did in the assessment; what is left out stays as it was."""

    id = fields.UUID(required=True, metadata={"description": "The referral"})
    took_part = fields.Boolean(load_default=None, allow_none=True)
    passed = fields.Boolean(load_default=None, allow_none=True)
    assessed_on = fields.Date(load_default=None, allow_none=True)


class ResultsSchema(Schema):
    """The results of a batch."""

    results = fields.List(fields.Nested(ResultSchema), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class BatchEnrolSchema(Schema):
    """Referrals that get a place in a batch: all of them, or none."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class BatchCancelSchema(Schema):
    """Why a batch does not take place."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=1_000))


class VacancyNoteSchema(Schema):
    """A vacancy as an employer tells it."""

    employer = fields.String(required=True, validate=SHORT)
    position = fields.String(required=True, validate=SHORT)
    sector = fields.Enum(Sector, by_value=True, required=True)
    contract = fields.Enum(Contract, by_value=True, required=True)
    area = fields.String(required=True, validate=is_known_area)
    openings = fields.Integer(required=True, validate=COUNT)


class VacancySchema(VacancyNoteSchema):
    """A vacancy, and how many of its openings are filled."""

    id = fields.UUID(required=True)
    filled = fields.Integer(required=True)
    agency = fields.String(required=True)
    office = fields.String(required=True)
    noted_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class VacancyQuery(PageQuery):
    """Which part of the vacancies that an office knows of."""


class PlacementSchema(Schema):
    """A placement with an employer; `waiver` says why, where she has not passed."""

    vacancy_id = fields.UUID(required=True)
    placed_on = fields.Date(required=True)
    contract = fields.Enum(Contract, by_value=True, load_default=None, allow_none=True)
    waiver = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=2_000))


class PlacementWorkSchema(Schema):
    """The work of a placement referral: the batch, her part in it, her assessment, and her placement."""

    batch_id = fields.UUID(load_default=None, allow_none=True)
    leave_batch = fields.Boolean(load_default=False)
    took_part = fields.Boolean(load_default=None, allow_none=True)
    passed = fields.Boolean(load_default=None, allow_none=True)
    assessed_on = fields.Date(load_default=None, allow_none=True)
    placement = fields.Nested(PlacementSchema, load_default=None, allow_none=True)
