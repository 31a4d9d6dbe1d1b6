"""What intake does in a journey."""

from datetime import date

from marshmallow import validate

from shared.kernel import fields as shape
from shared.programmes.definition import Text
from shared.programmes.kinds.kind import OnPaper, Reach, Settings, StageKind


class VerificationSettings(Settings):
    """What is looked at: the registries, the file of papers, or the place itself."""

    check = shape.String(required=True, validate=validate.OneOf(["registry", "file", "field"]))


class AssessmentSettings(Settings):
    """The needs that the programme can answer, each a word of its own, in the order in which the form asks for them."""

    needs = shape.List(
        shape.String(validate=validate.Regexp(r"^[a-z]+(-[a-z]+)*$")), required=True, validate=validate.Length(min=1)
    )


class RecruitmentSettings(Settings):
    """How many women one member may recruit, and how many of one kecamatan make a new group."""

    most = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))
    group_size = shape.Integer(required=True, strict=True, validate=validate.Range(min=2))


KINDS = (
    StageKind(
        "intake.group-formation",
        Text("Pembentukan kelompok", "Group formation"),
        ("formed", "short-of-members"),
        {"members": int, "berita_acara": str, "deliberated_on": date},
        on_paper=OnPaper(number="berita_acara"),
        adverse=("short-of-members",),
    ),
    StageKind(
        "intake.verification",
        Text("Verifikasi", "Verification"),
        ("eligible", "not-eligible", "mend", "check-dukcapil"),
        {
            "checked_on": date,
            "conditions_failed": list,
            "papers_missing": list,
            "berita_acara": str,
            "visited_on": date,
            "lives_there": bool,
            "has_place": bool,
        },
        VerificationSettings,
        on_paper=OnPaper(day="checked_on"),
        findings={"evidence": Reach.LATER, "second_person": Reach.LATER, "remarks": Reach.LATER},
        adverse=("not-eligible", "mend", "check-dukcapil"),
    ),
    StageKind(
        "intake.assessment",
        Text("Asesmen kebutuhan", "Needs assessment"),
        ("assessed", "nothing-needed"),
        {"needs": list, "assessed_on": date},
        AssessmentSettings,
        words={"needs": "needs"},
        on_paper=OnPaper(day="assessed_on"),
        findings={"notes": Reach.AGENCY},
    ),
    StageKind(
        "intake.recruitment",
        Text("Perekrutan anggota baru", "Recruitment of new members"),
        ("recruited", "nobody"),
        {"groups": list, "recruits": int},
        RecruitmentSettings,
    ),
    # Every woman of the programme passes it, with one outcome and no facts: that she passed it says nothing of her.
    StageKind("intake.protection", Text("Percakapan rahasia", "Confidential conversation"), ("offered",)),
)
