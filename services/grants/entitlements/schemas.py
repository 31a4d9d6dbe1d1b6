"""The shapes of entitlements as they cross HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from services.grants.entitlements.rules import ClaimState
from shared.kernel import fields
from shared.referrals.naming import NamedSchema
from shared.web.paging import PageQuery


class EntitlementQuery(Schema):
    """Whose aid is asked for: one person's, or that of everybody behind a referral."""

    person = fields.UUID()
    referral = fields.UUID()

    @validates_schema
    def one_of_both(self, given: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two is named."""
        if len(given) != 1:
            raise ValidationError({"person": ["Missing data for required field."]})


class CaseQuery(PageQuery):
    """Which cases to list, to choose one: of a programme, in an area."""

    programme = fields.String(load_default=None)
    area = fields.String(load_default=None)


class EntitlementSchema(NamedSchema):
    """A person's share of one aid, in one budget year, in whole rupiah."""

    person_id = fields.UUID()
    programme = fields.String()
    budget_year = fields.Integer()
    kind = fields.String()
    agency = fields.String()
    office = fields.String()
    amount = fields.Rupiah()
    state = fields.Enum(ClaimState, by_value=True)
    claimed_at = fields.AwareDateTime()
    moved_at = fields.AwareDateTime()
    journey_id = fields.UUID()
