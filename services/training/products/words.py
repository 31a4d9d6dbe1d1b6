"""What a product's page calls kinds, rungs, licences and the points of the checklist."""

from shared.web.messages import N_

KINDS = {
    "food": N_("Packed food"),
    "catering": N_("Catering and fresh food"),
    "craft": N_("Craft"),
    "clothing": N_("Clothing"),
    "other": N_("Other"),
}
RUNGS = {
    "made-to-order": N_("Made to order"),
    "steady-production": N_("Steady production"),
    "brand": N_("Brand"),
    "packaging-and-standard": N_("Packaging and standard"),
    "licence": N_("Licence"),
    "halal": N_("Halal (self-declaration)"),
    "trade-mark": N_("Trade mark"),
}
LICENCES = {"none": N_("None"), "p-irt": "P-IRT", "slhs": "SLHS"}
POINTS = {
    "food-grade-packaging": N_("Packaging is food-grade"),
    "sealed": N_("Packaging is sealed"),
    "fitting-packaging": N_("Packaging fits the product"),
    "label-name": N_("Label: name of the product"),
    "label-ingredients": N_("Label: ingredients"),
    "label-net-weight": N_("Label: net weight"),
    "label-producer": N_("Label: producer and place"),
    "label-expiry": N_("Label: production code and best before"),
    "same-size-and-quality": N_("Each piece has the same size and quality"),
}
