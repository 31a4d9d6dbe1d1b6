"""What training does in a journey."""

from marshmallow import fields as shape
from marshmallow import validate

from shared.programmes.definition import Text
from shared.programmes.kinds.kind import Settings, StageKind


class CourseSettings(Settings):
    """Which course, and over how many sessions."""

    course = shape.String(required=True)
    sessions = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


KINDS = (
    StageKind(
        "training.course",
        Text("Bimbingan dan pelatihan", "Course or briefing"),
        ("attended", "absent"),
        {"sessions_attended": int},
        CourseSettings,
    ),
)
