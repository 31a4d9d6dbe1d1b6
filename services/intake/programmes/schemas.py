"""The shapes in which programmes cross HTTP."""

from marshmallow import Schema

from shared.kernel import fields
from shared.programmes.definition import Policy, SourceKind, SubjectKind
from shared.web.paging import PageQuery


class VersionAsked(PageQuery):
    """Which version is meant; the newest unless told otherwise."""

    version = fields.Integer(load_default=None, allow_none=True)


class InBothLanguages(Schema):
    """The same words in both languages."""

    id = fields.String()
    en = fields.String()


class SubjectShown(Schema):
    """Whom one journey carries."""

    kind = fields.Enum(SubjectKind, by_value=True)
    least = fields.Integer()
    most = fields.Integer()


class SourceShown(Schema):
    """A text that a programme rests on."""

    kind = fields.Enum(SourceKind, by_value=True)
    title = fields.String()
    file = fields.String(allow_none=True)


class FigureShown(Schema):
    """A number that a programme states; null where nobody has given it."""

    name = fields.String()
    value = fields.Integer(allow_none=True)
    unit = fields.String()
    source = fields.Enum(SourceKind, by_value=True)
    note = fields.String(allow_none=True)


class ClauseShown(Schema):
    """One condition of eligibility."""

    id = fields.String()
    when = fields.String(metadata={"description": "CEL"})
    text = fields.Nested(InBothLanguages)
    source = fields.Enum(SourceKind, by_value=True)


class CompatibilityShown(Schema):
    """Whether aid from another programme may run beside this one."""

    other = fields.String()
    policy = fields.Enum(Policy, by_value=True)
    per = fields.String()
    source = fields.Enum(SourceKind, by_value=True)


class WithinShown(Schema):
    """A time limit."""

    count = fields.Integer()
    unit = fields.String()


class StageShown(Schema):
    """One step of a programme, done by one agency."""

    name = fields.String()
    title = fields.Nested(InBothLanguages)
    agency = fields.String()
    office = fields.String(allow_none=True)
    does = fields.String()
    within = fields.Nested(WithinShown)
    grace = fields.Nested(WithinShown)
    needs = fields.List(fields.String())
    when = fields.String(allow_none=True, metadata={"description": "CEL"})
    settings = fields.Dict(keys=fields.String())
    shares = fields.List(fields.String())


class VersionShown(Schema):
    """A version of a programme and when it was published."""

    version = fields.Integer()
    published_at = fields.AwareDateTime()


class ProgrammeLine(Schema):
    """A programme in a list."""

    id = fields.String()
    version = fields.Integer()
    title = fields.Nested(InBothLanguages)
    budget_year = fields.Integer()
    region = fields.List(fields.String())
    lead = fields.String()
    subject = fields.Nested(SubjectShown)
    versions = fields.List(fields.Nested(VersionShown))


class ProgrammeShown(ProgrammeLine):
    """A programme as a whole; `text` is the file itself."""

    reference_date = fields.Date(allow_none=True)
    sources = fields.List(fields.Nested(SourceShown))
    figures = fields.List(fields.Nested(FigureShown))
    eligibility = fields.List(fields.Nested(ClauseShown))
    compatibility = fields.List(fields.Nested(CompatibilityShown))
    stages = fields.List(fields.Nested(StageShown))
    graduates = fields.String(metadata={"description": "CEL"})
    text = fields.String()


class ProgrammeList(Schema):
    """Every published programme in its newest version."""

    items = fields.List(fields.Nested(ProgrammeLine))
