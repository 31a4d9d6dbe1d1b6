"""What training does in a journey."""

from datetime import date

from marshmallow import validate

from shared.kernel import fields as shape
from shared.programmes.definition import Text
from shared.programmes.kinds.kind import OnPaper, Reach, Settings, StageKind


class CourseSettings(Settings):
    """Which course, and over how many sessions."""

    course = shape.String(required=True)
    sessions = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


CHANNELS = ("fair", "modern", "digital", "off-taker")
OBSTACLES = (
    "not-steady", "below-standard", "no-licence", "no-buyer", "no-stand", "stepped-back", "other",
)  # fmt: skip
SECTORS = ("manufacturing", "services", "formal")


RUNGS = ("made-to-order", "steady-production", "brand", "packaging-and-standard", "licence")


class MentoringSettings(Settings):
    """How many months the mentors come, and how many entries the cash book must have in each of them."""

    months = shape.Integer(required=True, strict=True, validate=validate.Range(min=1, max=24))
    entries = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))


class ProductSettings(Settings):
    """The rung that a product must reach."""

    rung = shape.String(required=True, validate=validate.OneOf(RUNGS))


class MarketSettings(Settings):
    """The channels that the programme opens, and whether it pays stand, ticket and lodging at fairs out of town."""

    channels = shape.List(
        shape.String(validate=validate.OneOf(CHANNELS)), required=True, validate=validate.Length(min=1)
    )
    travel = shape.Boolean(load_default=False)


class PlacementSettings(Settings):
    """The sectors that the programme trains for."""

    sectors = shape.List(shape.String(validate=validate.OneOf(SECTORS)), required=True, validate=validate.Length(min=1))


BOOK_STAYS = Text(
    "Angka buku kas tetap tercatat, tanpa keterangan dan tanpa data yang dibagikan.",
    "The figures of the cash book stay on record, without their wording and without what was shared.",
)
PRODUCT_STAYS = Text(
    "Kesiapan produk dan izinnya tetap tercatat, tanpa data yang dibagikan, agar tidak diperiksa dua kali.",
    "The product's readiness and licences stay on record, without what was shared, so that nothing is examined twice.",
)
TAUGHT = Text(
    "Kehadiran tetap tercatat, tanpa data yang dibagikan, agar pelatihan yang sama tidak diberikan dua kali.",
    "Attendance stays on record, without what was shared, so that the same training is not given twice.",
)

KINDS = (
    StageKind(
        "training.course",
        Text("Bimbingan dan pelatihan", "Course or briefing"),
        ("attended", "absent"),
        {"sessions_attended": int},
        CourseSettings,
        findings={"course": Reach.LATER, "sessions": Reach.LATER, "taught_before_reason": Reach.LATER},
        adverse=("absent",),
        keeps=TAUGHT,
    ),
    StageKind(
        "training.mentoring",
        Text("Pendampingan mahasiswa", "Student mentoring"),
        ("kept", "not-kept"),
        {"entries": int, "income": int, "expense": int, "months": int},
        MentoringSettings,
        findings={"mentor": Reach.LATER},
        adverse=("not-kept",),
        keeps=BOOK_STAYS,
    ),
    StageKind(
        "training.products",
        Text("Kesiapan produk", "Product readiness"),
        ("reached", "not-yet"),
        {"rung": RUNGS, "licence": ("none", "p-irt", "slhs")},
        ProductSettings,
        findings={"product": Reach.LATER, "production": Reach.LATER, "evidence_seen": Reach.LATER},
        adverse=("not-yet",),
        keeps=PRODUCT_STAYS,
    ),
    StageKind(
        "training.market",
        Text("Pemasaran", "Market access"),
        ("marketed", "not-marketed"),
        {"channel": CHANNELS, "sales": int, "deliveries": int, "obstacle": OBSTACLES},
        MarketSettings,
        on_paper=OnPaper(amount="sales"),
        findings={"listings": Reach.LATER, "stands": Reach.LATER, "agreements": Reach.LATER},
    ),
    StageKind(
        "training.placement",
        Text("Pelatihan dan penempatan kerja", "Job training and placement"),
        ("placed", "passed", "took-part", "absent"),
        {"sector": SECTORS, "placed_on": date, "took_part": bool, "passed": bool, "assessed_on": date},
        PlacementSettings,
        on_paper=OnPaper(day="placed_on"),
        findings={"batch": Reach.LATER, "placement": Reach.LATER},
        adverse=("absent",),
    ),
)
