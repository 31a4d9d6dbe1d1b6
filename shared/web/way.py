"""Which list somebody came from stands in the address of what she opened there, and goes with the page's own forms.

Nothing of it is in her session: two tabs that look at two lists do not disturb each other.
"""

import re
from urllib.parse import urlencode

from flask import has_request_context, request

CAME_BY = "list"
"""The parameter of an address, and the hidden field of a form: what the list was narrowed to."""
NARROWING = re.compile(r"[A-Za-z0-9_.,:%=&+~-]{1,600}")


def came_by() -> str:
    """What the list was narrowed to from which this page was opened; nothing where it was opened otherwise."""
    if not has_request_context():
        return ""
    said = request.args.get(CAME_BY) or (request.form.get(f"_{CAME_BY}") if request.method == "POST" else "") or ""
    return said if NARROWING.fullmatch(said) else ""


def back(address: str) -> str:
    """The list at this address as it was narrowed."""
    return f"{address}?{narrowing}" if (narrowing := came_by()) else address


def along(address: str) -> str:
    """The address of a page that knows the list as well."""
    narrowing = came_by()
    return f"{address}{'&' if '?' in address else '?'}{urlencode({CAME_BY: narrowing})}" if narrowing else address
