"""The shapes in which requests to see, and what is held of a person, cross HTTP."""

from marshmallow import Schema, validate

from services.intake.breaches.schemas import HerBreach
from services.intake.consents.rules import How, Said
from services.intake.corrections.schemas import HerCorrection
from services.intake.disclosures.rules import Given
from services.intake.eligibility.rules import Outcome
from services.intake.groups.rules import MemberRole
from services.intake.registry.rules import Registry, Relation
from services.intake.registry.schemas import PersonSchema
from services.intake.rights.rules import Identified
from shared.events.intake import JourneyOutcome, StuckBecause
from shared.kernel import fields
from shared.programmes.definition import Basis


class Asking(Schema):
    """How whoever asks has shown who she is, and what the officer saw."""

    identified = fields.Enum(Identified, by_value=True, required=True)
    seen = fields.String(required=True, validate=validate.Length(min=3, max=300))


class Answering(Schema):
    """How she was told."""

    given = fields.Enum(Given, by_value=True, required=True)


class Asker(Schema):
    """Who asked."""

    id = fields.UUID()
    name = fields.String()


class DisclosureSchema(Schema):
    """A request to see what is held of somebody, and its answer."""

    id = fields.UUID()
    person = fields.Nested(Asker)
    office = fields.String()
    asked_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(metadata={"description": "Hours of the clock after it was asked; UU 27/2022"})
    identified = fields.Enum(Identified, by_value=True)
    seen = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)
    given = fields.Enum(Given, by_value=True, allow_none=True)
    is_overdue = fields.Boolean()


class BothLanguages(Schema):
    """The same words in both languages."""

    id = fields.String()
    en = fields.String()


class OnCard(Schema):
    """A family card on which she stands, or stood."""

    kk = fields.String()
    relation = fields.Enum(Relation, by_value=True, allow_none=True)
    since = fields.Date()
    until = fields.Date(allow_none=True)


class OnList(Schema):
    """A registry on which she stands, or stood, and which office brought it in last."""

    registry = fields.Enum(Registry, by_value=True)
    office = fields.String(allow_none=True)
    since = fields.Date()
    until = fields.Date(allow_none=True)


class InGroup(Schema):
    """A group to which she belongs, or belonged."""

    name = fields.String()
    role = fields.Enum(MemberRole, by_value=True)
    joined_on = fields.Date()
    left_on = fields.Date(allow_none=True)


class Recruited(Schema):
    """A programme for which a member of a group named her."""

    programme = fields.String()
    named_at = fields.AwareDateTime()


class SharedWith(Schema):
    """An office that was told of her: which fields, on which legal basis, when, and whether it still holds them."""

    title = fields.Nested(BothLanguages)
    agency = fields.String()
    office = fields.String()
    service = fields.String()
    basis = fields.Enum(Basis, by_value=True)
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    at = fields.AwareDateTime(allow_none=True)
    is_held = fields.Boolean()


class DoneOnPaper(Schema):
    """The day of an act that was done on paper before Kail, its number, and who entered it when."""

    done_on = fields.Date()
    paper = fields.String(allow_none=True)
    entered_at = fields.AwareDateTime()
    entered_as = fields.String()


class Reported(Schema):
    """What an office reported back when its stage was done."""

    title = fields.Nested(BothLanguages)
    office = fields.String(allow_none=True)
    service = fields.String()
    outcome = fields.String(allow_none=True)
    facts = fields.Dict()
    findings = fields.Dict(metadata={"description": "What it found beside the facts; of a group's journey nothing"})
    on_paper = fields.Nested(DoneOnPaper, allow_none=True)


class ReturnedBy(Schema):
    """A stage that came back undone, and what its office said."""

    stage = fields.String()
    office = fields.String()
    why = fields.Enum(StuckBecause, by_value=True)
    explanation = fields.String(allow_none=True)
    at = fields.AwareDateTime(allow_none=True)


class HerJourney(Schema):
    """A journey of hers, or of a group while she belonged to it."""

    programme = fields.String()
    version = fields.Integer()
    group = fields.String(allow_none=True)
    lead_office = fields.String()
    opened_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.Enum(JourneyOutcome, by_value=True, allow_none=True)
    end_reason = fields.String(allow_none=True)
    shared = fields.List(fields.Nested(SharedWith))
    reports = fields.List(fields.Nested(Reported))
    came_back = fields.List(fields.Nested(ReturnedBy))


class Decided(Schema):
    """A verification of what she qualifies for."""

    decided_at = fields.AwareDateTime()
    outcome = fields.Enum(Outcome, by_value=True)
    findings = fields.Dict()


class Interview(Schema):
    """What an interview found that she needs."""

    interviewed_on = fields.Date(allow_none=True)
    needs = fields.List(fields.String())
    notes = fields.Dict()


class HerAnswer(Schema):
    """What she answered about an agency in a programme; every answer, also those that no longer count."""

    programme = fields.String()
    recipient = fields.String()
    said = fields.Enum(Said, by_value=True)
    how = fields.Enum(How, by_value=True)
    answered_on = fields.Date()
    office = fields.String()


class HerRequest(Schema):
    """An earlier request to see."""

    asked_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)
    office = fields.String()


class LookedAt(Schema):
    """Who looked at her data on a day: the agency, the roles, the purpose and how often; no officer's name."""

    day = fields.Date()
    agency = fields.String()
    office = fields.String()
    roles = fields.List(fields.String())
    why = fields.String()
    times = fields.Integer()


class NoteOnHer(Schema):
    """What an office noted on her or her journey; with the reason where it was struck out."""

    office = fields.String()
    written_at = fields.AwareDateTime()
    words = fields.String()
    struck_because = fields.String(allow_none=True)


class DossierSchema(Schema):
    """Everything that intake holds of a person."""

    made_at = fields.AwareDateTime()
    person = fields.Nested(PersonSchema)
    households = fields.List(fields.Nested(OnCard))
    listings = fields.List(fields.Nested(OnList))
    groups = fields.List(fields.Nested(InGroup))
    recruited = fields.List(fields.Nested(Recruited))
    journeys = fields.List(fields.Nested(HerJourney))
    notes = fields.List(fields.Nested(NoteOnHer))
    decisions = fields.List(fields.Nested(Decided))
    interviews = fields.List(fields.Nested(Interview))
    consents = fields.List(fields.Nested(HerAnswer))
    corrections = fields.List(fields.Nested(HerCorrection))
    breaches = fields.List(fields.Nested(HerBreach))
    requests = fields.List(fields.Nested(HerRequest))
    looks = fields.List(fields.Nested(LookedAt))
