"""What intake does in a journey."""

from datetime import date

from marshmallow import fields as shape
from marshmallow import validate

from shared.programmes.definition import Text
from shared.programmes.kinds.kind import Settings, StageKind


class VerificationSettings(Settings):
    """What is looked at: the registries, the file of papers, or the place itself."""

    check = shape.String(required=True, validate=validate.OneOf(["registry", "file", "field"]))


KINDS = (
    StageKind(
        "intake.group-formation",
        Text("Pembentukan kelompok", "Group formation"),
        ("formed", "short-of-members"),
        {"members": int, "berita_acara": str},
    ),
    StageKind(
        "intake.verification",
        Text("Verifikasi", "Verification"),
        ("eligible", "not-eligible", "mend", "check-dukcapil"),
        {"checked_on": date},
        VerificationSettings,
    ),
)
