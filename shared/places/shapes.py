"""What crosses HTTP about places: an area is named by its official code."""

from marshmallow import ValidationError

from shared.places.areas import UnknownArea, is_known


def is_known_area(code: str) -> None:
    """Refuse a code that is no official area's; raises ValidationError."""
    if not is_known(code):
        raise ValidationError([UnknownArea(code=code)])
