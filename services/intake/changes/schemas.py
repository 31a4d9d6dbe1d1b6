"""The shapes in which changes of people and groups cross HTTP."""

from marshmallow import Schema, validate

from shared.kernel import fields
from shared.web.signing import SignedAs

EVIDENCE = validate.Length(min=3, max=300)


class Record(Schema):
    """One of the two records that claim a NIK; one that came out of a file has no `id` yet."""

    id = fields.UUID(allow_none=True)
    nik = fields.String()
    name = fields.String()
    sex = fields.String(allow_none=True)
    birth_date = fields.String(allow_none=True)
    area = fields.String()
    village = fields.String()
    address = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    marital_status = fields.String(allow_none=True)
    occupation = fields.String(allow_none=True)
    relation = fields.String(allow_none=True)
    kk = fields.String(allow_none=True)
    listed = fields.Dict(keys=fields.String(), values=fields.Boolean(allow_none=True))


class Review(Schema):
    """A record that was kept out, beside the person who bears its NIK."""

    id = fields.UUID()
    bearer = fields.Nested(Record)
    claim = fields.Nested(Record)
    opened_at = fields.AwareDateTime()


class DecidedPair(Review):
    """A pair that was decided on: whether both are one person, on which evidence, by whom, and in which capacity."""

    same = fields.Boolean()
    evidence = fields.String(allow_none=True)
    entered_id = fields.UUID(allow_none=True, metadata={"description": "The record as which the claim entered"})
    decided_at = fields.AwareDateTime(allow_none=True)
    decided_by_name = fields.String(allow_none=True)
    signed_as = SignedAs("decided_by", "decided_at")


class Decision(Schema):
    """Whether both are one person, and on which evidence: a letter of Dukcapil, for instance."""

    same = fields.YesNo()
    evidence = fields.String(required=True, validate=EVIDENCE)


class Settled(Schema):
    """The record as which the claim entered the registry; `merged_into` where it is the same person."""

    person_id = fields.UUID(attribute="id")
    merged_into = fields.UUID(allow_none=True)


class Merging(Schema):
    """Of whom a record is another one, by her NIK, and on which evidence; a name alone is never enough."""

    nik = fields.String(required=True, validate=validate.Length(max=40))
    evidence = fields.String(required=True, validate=EVIDENCE)


class Undoing(Schema):
    """Why a merge, or a death, is taken back."""

    because = fields.String(required=True, validate=EVIDENCE)


class MergedRecord(Schema):
    """One side of a merge."""

    id = fields.UUID()
    name = fields.String()


class Merge(Schema):
    """Two records that are one person, or were taken for one."""

    id = fields.UUID()
    kept = fields.Nested(MergedRecord)
    merged = fields.Nested(MergedRecord)
    evidence = fields.String()
    merged_at = fields.AwareDateTime()
    undone_at = fields.AwareDateTime(allow_none=True)
    undone_because = fields.String(allow_none=True)


class Merges(Schema):
    """The latest merges."""

    items = fields.List(fields.Nested(Merge))


class Merged(Schema):
    """A merge as it was made or undone."""

    id = fields.UUID()
    kept_id = fields.UUID()
    merged_id = fields.UUID()
    undone_at = fields.AwareDateTime(allow_none=True)


class Died(Schema):
    """When somebody died, and how that is known: the number of the death certificate (akta kematian), for instance."""

    died_on = fields.Date(required=True)
    evidence = fields.String(required=True, validate=EVIDENCE)


class Farewell(Schema):
    """What followed: the journeys that ended, and the group that lost a member."""

    journeys = fields.List(fields.UUID())
    group_id = fields.UUID(allow_none=True)


class EndedJourney(Schema):
    """A journey that a death ended; where the death is undone, it is opened anew by its leading office."""

    id = fields.UUID()
    programme = fields.String()
    version = fields.Integer()
    lead_office = fields.String()


class LeftGroup(Schema):
    """The group that a death left short of a member."""

    id = fields.UUID()
    name = fields.String()


class NotedDeath(Schema):
    """A death as it was noted, and undone where it had been a mistake."""

    person = fields.Nested(MergedRecord)
    died_on = fields.Date()
    evidence = fields.String()
    noted_at = fields.AwareDateTime()
    may_undo = fields.Boolean()
    journeys = fields.List(fields.Nested(EndedJourney))
    group = fields.Nested(LeftGroup, allow_none=True)
    undone_at = fields.AwareDateTime(allow_none=True)
    undone_because = fields.String(allow_none=True)
    signed_as = SignedAs("undone_by", "undone_at")


class Deaths(Schema):
    """The latest deaths that were noted."""

    items = fields.List(fields.Nested(NotedDeath))


class Returned(Schema):
    """What is left to do: journeys to be opened anew, and whether her group has her again."""

    journeys = fields.List(fields.UUID())
    group_id = fields.UUID(allow_none=True)
    is_member_again = fields.Boolean()


class Ending(Schema):
    """The deliberation (musyawarah) that ended a group; with `into` its members go over to that group."""

    berita_acara = fields.String(required=True, validate=validate.Length(min=1, max=80))
    on = fields.DayDone(required=True)
    into = fields.UUID(load_default=None, allow_none=True)


class Ended(Schema):
    """A group that is no more."""

    id = fields.UUID()
    dissolved_on = fields.Date()
    merged_into = fields.UUID(allow_none=True)
