"""The second press: what a form that is asked about carries, beside all that was typed into it."""

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from shared.programmes.kinds import BECAUSE
from shared.web.forms import NOT_FIELDS

CONFIRMED = "_confirmed"
"""The outcome that the officer was shown: with another one she is asked again."""
BACK = "_back"
"""She goes back to what she had typed, and nothing is reported."""


def typed(form: ImmutableMultiDict[str, str]) -> MultiDict[str, str]:
    """A form without what belongs to one press alone, and without the reason, which the page asks for itself."""
    own = {*NOT_FIELDS, CONFIRMED, BACK, BECAUSE}
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in own])
