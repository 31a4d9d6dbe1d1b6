"""What a person reads for the codes that several slices of monitoring share."""

from collections.abc import Mapping

from shared.web.messages import N_

CAUSES: Mapping[str, str] = {
    "illness": N_("illness"),
    "disaster": N_("disaster"),
    "market": N_("market"),
    "misuse": N_("misuse"),
    "other": N_("other"),
}

BUSINESS: Mapping[str, str] = {
    "growing": N_("growing"),
    "steady": N_("steady"),
    "stalled": N_("stalled"),
    "in-use": N_("in use"),
    "broken": N_("broken"),
    "sold": N_("sold"),
}
"""How a business does, and what became of its goods."""
