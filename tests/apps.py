"""The web app of each service, made once: a route and its description take longer to set up than to ask."""

from functools import cache
from importlib import import_module

from flask import Flask

from shared.storage import Database


@cache
def web_app(service: str, database: Database | None = None) -> Flask:
    """The app that `kail web` serves, on this database; a test must leave it as it found it."""
    app: Flask = import_module(f"services.{service}.app").create(database)
    app.testing = True
    return app
