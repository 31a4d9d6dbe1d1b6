"""`kail check-deployment`: what stands between this deployment and the way it should be run."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.kernel.settings import STORES, NoServer, Settings, settings
from shared.privacy import keys

OWNS = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'USAGE')"
OTHERS = 0o077


@click.command("check-deployment")
def check_deployment() -> None:
    """Say what is unsafe in how this deployment is set up; exit 1 when something is."""
    found = [*_reached(settings()), *_kept(settings()), *_databases()]
    for each in found:
        click.echo(f"- {each}")
    if not found:
        click.echo("Nothing unsafe was found in the settings, the files and the databases' roles.")
    sys.exit(bool(found))


def _reached(known: Settings) -> Iterator[str]:
    if not known.https:
        yield "KAIL_HTTPS is not set: sign-ins and personal data may travel by plain HTTP, where anybody reads them"
    elif not known.proxies:
        yield "KAIL_HTTPS is set and KAIL_PROXIES is 0: all officers seem to come from the proxy's one address"
    if not known.hosts and known.https:
        yield "KAIL_HOSTS is not set: nobody can reach this deployment under its own name"
    if "*" in known.hosts:
        yield "KAIL_HOSTS is `*`: this deployment answers under any name that somebody else gives it"
    if known.proxies and not known.metrics_token:
        yield "KAIL_METRICS_TOKEN is not set: behind a proxy nobody can read the metrics"


def _kept(known: Settings) -> Iterator[str]:
    if known.is_demonstration:
        yield f"{known.home} is a demonstration's: every made-up officer has the one password that stands in it"
    if known.home.exists() and known.home.stat().st_mode & OTHERS:
        yield f"{known.home} is open to other users of this machine"
    path = keys.file()
    if not path.exists():
        yield f"{path} is not there: `kail keys make` makes the keys"
        return
    if not path.is_relative_to("/run/secrets") and _is_open(path):
        yield f"{path} can be read by other users of this machine"
    if known.https and "part" not in json.loads(path.read_text()):
        yield f"{path} is the whole of every key: `kail keys split` gives each part its own"


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS) and not any(
        above.stat().st_mode & OTHERS == 0 and above.stat().st_uid == os.geteuid() for above in path.parents
    )


def _databases() -> Iterator[str]:
    from shared.storage import Database

    for service in STORES:
        try:
            base = Database(service, settings().database_url(service))
        except NoServer:
            continue  # a container knows one service's database
        try:
            with base.engine.connect() as connection:
                owned = connection.scalar(text(OWNS))
        except SQLAlchemyError:
            yield f"the database of {service} does not answer"
            continue
        finally:
            base.dispose()
        if owned:
            yield f"the role that serves {service} owns its tables: set DATABASE_OWNER_URL_{service.upper()} apart"
