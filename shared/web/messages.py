"""What schemas say about fields, in the viewer's language.

marshmallow's sentences are English and come with their values filled in. Its templates stand here as msgids, so that a
finished sentence is recognised and said again in the language of the viewer.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext

from shared.kernel.errors import DomainError
from shared.web.language import language


def N_(msgid: str) -> str:  # noqa: N802
    """Mark a text for the catalogue without translating it yet."""
    return msgid


TEMPLATES = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Answer this: nothing is taken for a yes or a no."),
    N_("Invalid input type."),
    N_("Unknown field."),
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not an amount in whole rupiah: write 1500000 or Rp1.500.000."),
    N_("Not a valid number."),
    N_("Not a journey's number: write 482-109-355, or its last four digits at least."),
    N_("Not a valid boolean."),
    N_("Number too large."),
    N_("Special numeric values (nan or infinity) are not permitted."),
    N_("Not a valid date."),
    N_("Not a valid datetime."),
    N_("This day is still to come: write the day on which it happened."),
    N_("Not a valid UUID."),
    N_("Not a valid email address."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid choice."),
    N_("Invalid value."),
    N_("Must be one of: {choices}."),
    N_("Must be greater than or equal to {min} and less than or equal to {max}."),
    N_("Must be greater than or equal to {min}."),
    N_("Must be greater than {min}."),
    N_("Must be less than or equal to {max}."),
    N_("Must be less than {max}."),
    N_("Length must be between {min} and {max}."),
    N_("Shorter than minimum length {min}."),
    N_("Longer than maximum length {max}."),
    N_("Length must be {equal}."),
    N_("String does not match expected pattern."),
)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template)))


PATTERNS = {template: _pattern(template) for template in TEMPLATES}


def translated(sentence: str) -> str:
    """A schema's sentence in the viewer's language; as it is when nobody has translated it."""
    for template, pattern in PATTERNS.items():
        found = pattern.fullmatch(sentence)
        if found:
            return gettext(template).format(**found.groupdict())
    return sentence


def flatten(found: Any, path: str = "") -> dict[str, list[str]]:
    """Nested messages as {dotted path: sentences}: {"lines": {0: {"item": [...]}}} → {"lines.0.item": [...]}.

    A message may be a DomainError, which is said in the viewer's language.
    """
    return dict(_flat(found, path))


def of_schema(found: Any) -> dict[str, list[str]]:
    """What a schema found, flat and in the viewer's language; `json`, `query` and `_schema` are no fields."""
    named = flatten(found)
    return {_field(path): [translated(each) for each in sentences] for path, sentences in named.items()}


def _flat(found: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(found, dict):
        for key, inner in found.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, [_said(each) for each in (found if isinstance(found, list | tuple) else [found])]


def _said(message: Any) -> str:
    return message.message(language()) if isinstance(message, DomainError) else str(message)


def _field(path: str) -> str:
    steps = [step for step in path.split(".") if step != "_schema"]
    if steps and steps[0] in ("json", "query", "form", "files", "headers"):
        steps = steps[1:]
    return ".".join(steps) or "_"
