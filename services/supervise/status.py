"""`kail status`: which parts run, how far the events are behind, and what waits for an operator."""

import os
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from services.embedded.process import is_alive
from services.supervise.home import Home
from shared.bus import metrics
from shared.kernel.settings import SERVICES, NoServer, settings
from shared.storage import database

console = Console(highlight=False)


@click.command()
def status() -> None:
    """Tell which parts run, how far behind they are and what is held."""
    home = Home(settings().home)
    if home.is_taken():
        note = home.note()
        console.print(f"Kail runs in {home.path} at http://127.0.0.1:{note['port']} (process {note['supervisor']})\n")
        console.print(_processes(note))
    else:
        console.print(f"No Kail runs in {home.path}.")
        if not settings().database_urls:
            sys.exit(os.EX_UNAVAILABLE)
    try:
        console.print(_events())
    except (NoServer, SQLAlchemyError) as error:
        raise click.ClickException(f"the databases do not answer: {error}") from None


def _processes(note: dict[str, Any]) -> Table:
    table = Table("part", "process", "", "restarts", box=None, header_style="dim")
    for name, pid in note["servers"].items():
        table.add_row(name, str(pid), _state(pid), "")
    for name, part in note["parts"].items():
        table.add_row(name, str(part["pid"] or ""), _state(part["pid"]), str(part["restarts"] or ""))
    return table


def _state(pid: int | None) -> str:
    return "runs" if pid and is_alive(pid) else "does not run"


def _events() -> Table:
    table = Table("log of", "not numbered", "behind", "sent again", "halted", "held here", box=None, header_style="dim")
    for service in SERVICES:
        with database(service).reading() as session:
            lags = metrics.lags(session)
            table.add_row(
                service,
                str(metrics.unnumbered(session)),
                str(sum(lag.behind for lag in lags)),
                str(sum(lag.resent for lag in lags)),
                ", ".join(f"{lag.subscriber}/{lag.partition}" for lag in lags if lag.halted),
                str(sum(metrics.held_by_subscriber(session).values())),
            )
    return table
