"""Styles, fonts and scripts: files of our own under /static, named by content or by version, so that a browser keeps
them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, request, send_from_directory
from werkzeug.wrappers import Response

from shared.web.guard import public
from shared.web.rates import unlimited

FOLDER = Path(__file__).with_name("static")
FOR_EVER = "public, max-age=31536000, immutable"
NAMED_BY_VERSION = "fonts/"
"""A style sheet cannot ask for the hash of its fonts; their names carry the version instead."""
FONT = "public-sans-5.3.0-latin.woff2"
"""The file that every page needs, asked for before the style sheet has been read."""

files = Blueprint("assets", __name__)
FILE = "assets.static_file"
"""The view that serves them."""


@cache
def version(name: str) -> str:
    """A short hash of a file's content."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file under static/; it changes when the file does."""
    return f"/static/{name}?v={version(name)}"


def font() -> str:
    """The address of the font, exactly as the style sheet names it."""
    return f"/static/{NAMED_BY_VERSION}{FONT}"


@files.get("/static/<path:name>")
@public("styles and scripts hold no data, and the sign-in page needs them")
@unlimited
def static_file(name: str) -> Response:
    """A file under static/, to be kept for ever if it was asked for by its content's name."""
    response = send_from_directory(FOLDER, name)
    if name.startswith(NAMED_BY_VERSION) or request.args.get("v") == version(name):
        response.headers["Cache-Control"] = FOR_EVER
    return response


def install(app: Flask) -> None:
    """Let an app serve them and name them in templates."""
    app.register_blueprint(files)
    app.jinja_env.globals.update(asset=asset, font=font)
