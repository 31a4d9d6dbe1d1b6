"""What no request may bring, in whichever field, header or part of its address: what no column can keep.

All of it is refused here, before any schema or view sees it, as an error of the request.
"""

from collections.abc import Iterable
from typing import Any

from flask import request
from webargs import flaskparser
from werkzeug.exceptions import BadRequest, NotFound

from shared.kernel import storable
from shared.kernel.storable import UNKEPT, NotJson


def hold_address() -> None:
    """Refuse an address or a header that cannot be kept; raises NotFound, BadRequest, NotStorable."""
    if UNKEPT.search(request.path):
        raise NotFound
    if any(UNKEPT.search(value) for _, value in request.headers.items()):
        raise BadRequest
    _hold_fields(request.args.lists())


def hold_form() -> None:
    """Refuse a form that cannot be kept; raises NotStorable."""
    _hold_fields(request.form.lists())


def _hold_fields(lists: Iterable[tuple[str, list[str]]]) -> None:
    storable.require({name: values if len(values) > 1 else values[0] for name, values in lists})


class Parser(flaskparser.FlaskParser):
    """Reads a request's arguments, its JSON as everything else here reads it."""

    def _raw_load_json(self, req: Any) -> Any:
        if not flaskparser.is_json_request(req):
            return flaskparser.core.missing
        content = req.get_data(cache=True)
        try:
            return storable.loads(content) if content else flaskparser.core.missing
        except NotJson as unreadable:
            raise BadRequest from unreadable
