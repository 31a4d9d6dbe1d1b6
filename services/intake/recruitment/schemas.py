"""The shapes in which recruitment crosses HTTP."""

from marshmallow import Schema, validate

from shared.kernel import fields

MOST_AT_ONCE = 200


class RecruitNamed(Schema):
    """One member names one candidate: by the registry's identifier, or by the NIK on her identity card.

    A place in which nobody is named counts for nothing: a form has one for everybody whom the members may bring.
    """

    recruiter_id = fields.UUID(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    nik = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))


class RecruitsNamed(Schema):
    """Everybody whom the members of the group recruit; whoever is left out is not recruited any more."""

    recruits = fields.List(fields.Nested(RecruitNamed), required=True, validate=validate.Length(max=MOST_AT_ONCE))


class RecruitmentDone(Schema):
    """The same, or nothing where it is written down already."""

    recruits = fields.List(
        fields.Nested(RecruitNamed), load_default=None, allow_none=True, validate=validate.Length(max=MOST_AT_ONCE)
    )


class RecruitmentQuery(Schema):
    """Which programme."""

    programme = fields.String(required=True)


class WaitingRecruits(Schema):
    """How many recruits of a kecamatan wait for a group."""

    area = fields.String()
    name = fields.String()
    recruits = fields.Integer()


class RecruitmentSoFar(Schema):
    """How far a programme has come, and who is still without a group; counts only."""

    programme = fields.String()
    women = fields.Integer(metadata={"description": "who set out and was not turned away, each counted once"})
    villages = fields.Integer(metadata={"description": "in which one of the programme's groups is at home"})
    waiting = fields.List(fields.Nested(WaitingRecruits))
