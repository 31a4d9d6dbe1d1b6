"""What grants does in a journey."""

from datetime import date

from marshmallow import fields as shape
from marshmallow import validate

from shared.programmes.definition import Text
from shared.programmes.kinds.kind import Settings, StageKind


class FundSettings(Settings):
    """The fund that pays."""

    fund = shape.String(required=True)


class GoodsSettings(FundSettings):
    """The fund and the most that one proposal may cost, in rupiah; null where the city has not set it yet."""

    ceiling = shape.Integer(required=True, allow_none=True, strict=True, validate=validate.Range(min=1))


class ProposalSettings(GoodsSettings):
    """Also whether the aid is given in goods, never in cash."""

    in_kind = shape.Boolean(load_default=True)


KINDS = (
    StageKind(
        "grants.goods-proposal",
        Text("Usulan dan RAB", "Proposal and itemised budget"),
        ("submitted", "withdrawn"),
        {"total": int, "lines": int},
        ProposalSettings,
    ),
    StageKind(
        "grants.goods-decision",
        Text("Keputusan (SK)", "Decision (SK)"),
        ("accepted", "reserve", "refused"),
        {"sk_number": str, "amount": int},
        GoodsSettings,
    ),
    StageKind(
        "grants.goods-hand-over",
        Text("Serah terima barang (BAST)", "Hand-over of goods (BAST)"),
        ("as-agreed", "short", "refused"),
        {"amount": int, "lines": int, "handed_over_on": date},
        FundSettings,
    ),
    StageKind(
        "grants.goods-accountability",
        Text("Laporan pertanggungjawaban", "Accountability report"),
        ("accepted", "incomplete"),
        {"spent": int},
    ),
)
