"""Which language a page speaks: the officer's own, which is kept with her account, else ours.

Who has not signed in yet chooses for this browser alone. What the browser itself prefers counts on the API only: an
office's computer came in English whoever sits at it.
"""

from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel
from werkzeug.wrappers import Response

from shared.kernel.settings import settings
from shared.web import assets, sessions

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "language"
TRANSLATIONS = Path(__file__).with_name("translations")


def language() -> str:
    """The language of this request: `id` or `en`."""
    if "language" not in g:
        g.language = _chosen()
    chosen: str = g.language
    return chosen


def install(app: Flask) -> None:
    """Let an app speak the viewer's language, and count days in the deployment's time zone."""
    Babel(
        app,
        default_locale="en",
        default_translation_directories=str(TRANSLATIONS),
        default_timezone=settings().zone,
        locale_selector=language,
    )
    app.after_request(_name)


def _name(response: Response) -> Response:
    if request.endpoint == assets.FILE:  # it speaks none, is the same for everybody, and must not ask who this is
        return response
    response.headers.setdefault("Content-Language", language())
    return response


def _chosen() -> str:
    officer = sessions.officer_or_none()
    kept = officer and officer.language
    here = request.cookies.get(sessions.cookie(COOKIE))
    wanted = (here, kept) if sessions.is_api() else (kept, here)
    for each in wanted:
        if each in LANGUAGES:
            return each
    if not sessions.is_api():
        return settings().language
    accepted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in accepted if tag in LANGUAGES), settings().language)
