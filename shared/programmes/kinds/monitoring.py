"""What monitoring does in a journey."""

from datetime import date

from marshmallow import validate

from shared.kernel import fields as shape
from shared.programmes.definition import SourceKind, Text
from shared.programmes.kinds.kind import Reach, Settings, StageKind


class VisitSettings(Settings):
    """The months after the hand-over in which a visit is due, in order."""

    months = shape.List(
        shape.Integer(strict=True, validate=validate.Range(min=1)), required=True, validate=validate.Length(min=1)
    )


class CriterionSettings(Settings):
    """What those who sign must find, in both languages, and where that comes from."""

    id = shape.String(required=True, validate=validate.Length(min=1, max=1_000))
    en = shape.String(required=True, validate=validate.Length(min=1, max=1_000))
    source = shape.String(required=True, validate=validate.OneOf([each.value for each in SourceKind]))


class GraduationSettings(Settings):
    """How many officers must sign, and by which criterion; without one they judge as they see it."""

    signatures = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))
    criterion = shape.Nested(CriterionSettings, load_default=None, allow_none=True)


class MeetingSettings(Settings):
    """The months from one meeting to the next."""

    every = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


KINDS = (
    StageKind(
        "monitoring.visits",
        Text("Kunjungan pemantauan", "Monitoring visits"),
        ("growing", "steady", "stalled"),
        {"visits": int, "omzet": int, "profit": int, "goods": ("in-use", "broken", "sold")},
        VisitSettings,
        findings={"visited": Reach.LATER},
    ),
    StageKind(
        "monitoring.graduation",
        Text("Kelulusan", "Graduation"),
        ("graduated", "not-yet", "failed"),
        {"cause": str},
        GraduationSettings,
        findings={"signed_by": Reach.LATER},
        adverse=("not-yet", "failed"),
    ),
    StageKind(
        "monitoring.meeting",
        Text("Rapat lintas instansi", "Cross-agency meeting"),
        ("discussed",),
        {"decisions": int, "met_on": date},
        MeetingSettings,
        findings={"decided": Reach.LATER},
    ),
)
