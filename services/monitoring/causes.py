"""Why a business does badly, in the codes that a visit and a graduation both write down."""

from enum import StrEnum


class Cause(StrEnum):
    """Why a business stalled or failed."""

    ILLNESS = "illness"
    DISASTER = "disaster"
    MARKET = "market"
    MISUSE = "misuse"
    OTHER = "other"
