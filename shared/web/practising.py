"""What a practice copy adds to each answer, so that nothing out of it is taken for the real thing.

Pages have their banner in the layout. Whatever is taken along says it in its name, a table in its first row as well;
programs read it in a header. Cookies have names of their own (`sessions.cookie`): two copies on one machine share them.
"""

from collections.abc import Iterable, Iterator

from flask import Flask
from flask_babel import gettext as _
from werkzeug.http import dump_options_header, parse_options_header
from werkzeug.wrappers import Response

from shared.kernel.settings import settings

HEADER = "Kail-Practice"
NAMED = "latihan-"
MARK = "\N{BYTE ORDER MARK}"


def sentence() -> str:
    """What a practice copy says of itself."""
    return _("PRACTICE: everybody here is made up. Nothing of it counts; enter no real person.")


def row() -> str:
    """The same as the first row of a table."""
    return f'"{sentence()}"\r\n'


def install(app: Flask) -> None:
    """Let an app mark its answers, where it is a practice copy."""
    app.after_request(mark)


def mark(response: Response) -> Response:
    """Mark an answer of a practice copy; that of a real one stays as it is."""
    if not settings().is_practice:
        return response
    response.headers[HEADER] = "yes"
    said, options = parse_options_header(response.headers.get("Content-Disposition"))
    if said == "attachment" and "filename" in options:
        options["filename"] = f"{NAMED}{options['filename']}"
        response.headers["Content-Disposition"] = dump_options_header(said, options)
    if response.mimetype == "text/csv" and response.status_code == 200:
        response.response = _marked(response.response, row())
        response.headers.pop("Content-Length", None)
    return response


def marked(text: str) -> str:
    """A table of a practice copy with its first row; that of a real one as it is."""
    return b"".join(_marked([text], row())).decode() if settings().is_practice else text


def _marked(parts: Iterable[str] | Iterable[bytes], first: str) -> Iterator[bytes]:
    begun = False
    for each in parts:
        part = each.encode() if isinstance(each, str) else each
        if not begun:
            begun = True
            has_mark = part.startswith(MARK.encode())
            yield (MARK.encode() if has_mark else b"") + first.encode()
            part = part.removeprefix(MARK.encode())
        yield part
