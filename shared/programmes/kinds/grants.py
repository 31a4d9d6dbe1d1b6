"""What grants does in a journey."""

from datetime import date

from marshmallow import validate

from shared.kernel import fields as shape
from shared.programmes.definition import Text
from shared.programmes.kinds.kind import OnPaper, Reach, Settings, StageKind


class FundSettings(Settings):
    """The fund that pays."""

    fund = shape.String(required=True)


class GoodsSettings(FundSettings):
    """The fund and the most that one proposal may cost, in rupiah; null where the city has not set it yet."""

    ceiling = shape.LongInteger(required=True, allow_none=True, strict=True, validate=validate.Range(min=1))


class ProposalSettings(GoodsSettings):
    """Also whether the aid is given in goods, never in cash."""

    in_kind = shape.Boolean(load_default=True)


def _rupiah() -> shape.LongInteger:
    return shape.LongInteger(load_default=None, allow_none=True, strict=True, validate=validate.Range(min=1))


class ZakatSettings(FundSettings):
    """Also the most that one case may get, the forms that the programme offers, and the poverty line of the province.

    `household` and `had_kifayah` are the line (had kifayah) in rupiah a month: for a whole household, and for each of
    its members. Where the programme leaves both open, the officer writes down the line and where it comes from.
    """

    ceiling = _rupiah()
    forms = shape.List(
        shape.String(validate=validate.OneOf(["grant", "qardhul-hasan"])),
        required=True,
        validate=validate.Length(min=1),
    )
    household = _rupiah()
    had_kifayah = _rupiah()


class CooperativeSettings(Settings):
    """How many founders a new cooperative needs, and the fund and the most that its capital loan may take, if any."""

    founders = shape.Integer(required=True, strict=True, validate=validate.Range(min=1))
    fund = shape.String(load_default=None, allow_none=True)
    ceiling = _rupiah()


ASNAF = ("fakir", "miskin", "amil", "muallaf", "riqab", "gharimin", "fisabilillah", "ibnu-sabil")
"""The eight groups to whom zakat goes (Al-Quran 9:60; UU 23/2011 article 25 speaks of `mustahik`)."""

KEEPS = Text(
    "Catatan keuangan (usulan, SK, serah terima, pertanggungjawaban) tetap disimpan, tanpa data yang dibagikan: "
    "uang publik harus dapat dipertanggungjawabkan.",
    "Financial records (proposal, SK, hand-over, accountability) stay, without what was shared: "
    "public money must be accounted for.",
)
"""What domain.md says under UU PDP: finance records stay, and she is told so."""

KINDS = (
    StageKind(
        "grants.goods-proposal",
        Text("Usulan dan RAB", "Proposal and itemised budget"),
        ("submitted", "withdrawn"),
        {"total": int, "lines": int},
        ProposalSettings,
        findings={"rab": Reach.LATER},
        adverse=("withdrawn",),
        gives_aid=True,
        keeps=KEEPS,
        on_paper=OnPaper(amount="total"),
    ),
    StageKind(
        "grants.goods-decision",
        Text("Keputusan (SK)", "Decision (SK)"),
        ("accepted", "reserve", "refused"),
        {"sk_number": str, "sk_date": date, "amount": int},
        GoodsSettings,
        adverse=("reserve", "refused"),
        gives_aid=True,
        keeps=KEEPS,
        on_paper=OnPaper(number="sk_number", amount="amount"),
        goes_on_with=("grants.goods-proposal",),
    ),
    StageKind(
        "grants.goods-hand-over",
        Text("Serah terima barang (BAST)", "Hand-over of goods (BAST)"),
        ("as-agreed", "short", "refused"),
        {"amount": int, "lines": int, "handed_over_on": date, "bast_number": str},
        FundSettings,
        findings={"orders": Reach.LATER, "handed_over": Reach.LATER, "witnesses": Reach.LATER},
        adverse=("refused",),
        keeps=KEEPS,
        on_paper=OnPaper(
            day="handed_over_on",
            amount="amount",
            gives=frozenset({"as-agreed", "short"}),
            claimed_as="grants.goods-decision",
        ),
        goes_on_with=("grants.goods-proposal", "grants.goods-decision"),
    ),
    StageKind(
        "grants.goods-accountability",
        Text("Laporan pertanggungjawaban", "Accountability report"),
        ("accepted", "incomplete"),
        {"spent": int},
        findings={"receipts": Reach.LATER},
        adverse=("incomplete",),
        keeps=KEEPS,
        on_paper=OnPaper(amount="spent"),
    ),
    StageKind(
        "grants.zakat",
        Text("Bantuan zakat", "Zakat support"),
        ("granted", "lent", "refused"),
        {"asnaf": ASNAF, "amount": int, "instalments": int},
        ZakatSettings,
        findings={"assessment": Reach.AGENCY, "hand_over": Reach.LATER},
        adverse=("refused",),
        gives_aid=True,
        keeps=KEEPS,
        on_paper=OnPaper(
            amount="amount",
            gives=frozenset({"granted"}),
            claimed_as="grants.zakat",
            lends=frozenset({"lent"}),
        ),
    ),
    StageKind(
        "grants.cooperative",
        Text("Koperasi", "Cooperative"),
        ("joined", "formed", "not-joined"),
        {"savings": int, "loan": int},
        CooperativeSettings,
        findings={"cooperative": Reach.LATER, "paid_in": Reach.AGENCY, "loan_terms": Reach.AGENCY},
        adverse=("not-joined",),
        gives_aid=True,
        keeps=KEEPS,
        on_paper=OnPaper(amount="savings", loan="loan"),
    ),
)
