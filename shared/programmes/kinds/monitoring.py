"""What monitoring does in a journey."""

from marshmallow import fields as shape
from marshmallow import validate

from shared.programmes.definition import Text
from shared.programmes.kinds.kind import Settings, StageKind


class VisitSettings(Settings):
    """The months after the hand-over in which a visit is due, in order."""

    months = shape.List(
        shape.Integer(strict=True, validate=validate.Range(min=1)), required=True, validate=validate.Length(min=1)
    )


class GraduationSettings(Settings):
    """How many officers must sign."""

    signatures = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


KINDS = (
    StageKind(
        "monitoring.visits",
        Text("Kunjungan pemantauan", "Monitoring visits"),
        ("growing", "steady", "stalled"),
        {"visits": int, "omzet": int, "profit": int, "goods": ("in-use", "broken", "sold")},
        VisitSettings,
    ),
    StageKind(
        "monitoring.graduation",
        Text("Kelulusan", "Graduation"),
        ("graduated", "not-yet", "failed"),
        {"cause": str},
        GraduationSettings,
    ),
)
