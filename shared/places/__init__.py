"""Indonesia's official areas by code and name: province, regency or city, kecamatan, village (desa or kelurahan)."""

from shared.places.areas import (
    Area,
    Level,
    UnknownArea,
    area,
    below,
    children,
    covers,
    find,
    is_known,
    kecamatan_of,
    level_of,
    name_of,
    path_of,
)

__all__ = [
    "Area",
    "Level",
    "UnknownArea",
    "area",
    "below",
    "children",
    "covers",
    "find",
    "is_known",
    "kecamatan_of",
    "level_of",
    "name_of",
    "path_of",
]
