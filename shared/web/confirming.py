"""The second press: before something ends or is sent back, a page says what will happen.

It works without scripts: the page carries along all that was typed, and the second press sends it once more. What is
confirmed is what was shown; with anything else one is asked again. Programs are not asked: they name the act.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from shared.web.forms import NOT_FIELDS

CONFIRMED = "_confirmed"
"""What the officer was shown: with anything else she is asked again."""
BACK = "_back"
"""She goes back to what she had typed, and nothing is done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said before the second press: what one is about to do, what will happen, and what the button says."""

    title: str
    happens: Sequence[str]
    yes: str


def typed(form: ImmutableMultiDict[str, str], *without: str) -> MultiDict[str, str]:
    """A form without what belongs to one press alone, and without the fields that the page asks for itself."""
    own = {*NOT_FIELDS, CONFIRMED, BACK, *without}
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in own])


def is_going_back() -> bool:
    """Whether this press leads back to the form."""
    return bool(request.form.get(BACK))


def is_confirmed() -> bool:
    """Whether this is the second press, and for the very form that was shown; whoever goes back confirms nothing."""
    return not is_going_back() and request.form.get(CONFIRMED) == _mark()


def page(asked: Asked) -> str:
    """The page between the two presses, which sends the same form to the same address."""
    return render_template(
        "confirm.html",
        asked=asked,
        typed=list(typed(request.form).items(multi=True)),
        confirmed=_mark(),
        address=request.full_path.rstrip("?"),
    )


def _mark() -> str:
    said = sorted(typed(request.form).items(multi=True))
    return hashlib.sha256(json.dumps([request.full_path, said]).encode()).hexdigest()[:16]
