"""Brings a service's database to the newest schema: Alembic, one line of versions per service."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from shared.kernel.settings import APART, settings
from shared.storage import rights
from shared.storage.database import Database, database


def config(service: str, base: Database | None = None) -> Config:
    """Alembic's configuration for one service's line of versions (`services/<service>/migrations`)."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).with_name("alembic")))
    package = next((name for name, store in APART.items() if store == service), f"services.{service}")
    found.set_main_option(
        "version_locations", str(Path(__file__).parents[2].joinpath(*package.split("."), "migrations"))
    )
    found.set_main_option("path_separator", "os")
    found.attributes["service"] = service
    found.attributes["database"] = base or database(service)
    return found


def prepare(service: str, base: Database | None = None) -> None:
    """Apply, as the owner, every migration that this service's database does not have yet; harmless when there is none.

    Where another role serves, it gets its rights over what there is now.
    """
    owner = base or Database(service, settings().owner_url(service))
    command.upgrade(config(service, owner), "head")
    if base is None:
        serves, owns = (make_url(url).username for url in (settings().database_url(service), owner.url))
        if serves and serves != owns:
            rights.give(owner, serves)
        owner.dispose()
