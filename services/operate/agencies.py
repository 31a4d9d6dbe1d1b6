"""`kail agencies`: which office holds which role where, what is wrong in the files that say so, and changes to them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared import places
from shared.identity import offices
from shared.identity.rules import AGENCIES
from shared.kernel.errors import DomainError
from shared.kernel.settings import SERVICES, NoServer, settings

console = Console(highlight=False, soft_wrap=True)
WHO: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--by", default=getuser, help="Who does it; the system's user unless told otherwise."
)


@click.group()
def agencies() -> None:
    """Check, show and change which office holds which agency role where."""


@agencies.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def check(folder: Path | None) -> None:
    """Tell what is wrong in the files of offices (of a folder, or the deployment's own), line by line.

    Of the deployment's own it also tells which offices still hold something although they are closed or stand in no
    file, as far as the services' databases can be asked.
    """
    known, findings = offices.read(folder or offices.folder_of_offices())
    for each in findings:
        console.print(f"[red]{escape(each.file)}:{each.line}[/] {escape(each.what)} [dim]{escape(each.remedy)}[/]")
    if not findings:
        console.print(f"{len(known)} offices are [green]sound[/].")
    left = list(left_behind()) if folder is None and not findings else []
    for sentence in left:
        console.print(f"[red]{escape(sentence)}[/]")
    sys.exit(1 if findings or left else 0)


@agencies.command()
@click.argument("area", required=False)
def show(area: str | None) -> None:
    """List the offices; with an area code, only those that answer for it, the nearest of each role."""
    known = list(offices.all_offices().values())
    if area is not None:
        if not places.is_known(area):
            raise click.BadParameter(f"{area} is no area code", param_hint="AREA")
        here = [each for each in known if each.is_open and offices.covers(each.region, area)]
        known = [offices.resolve(agency, area) for agency in dict.fromkeys(each.agency for each in here)]
    for each in sorted(known, key=lambda office: (office.region, office.agency)):
        region = f"{each.region} {places.name_of(each.region)}" if places.is_known(each.region) else each.region
        closed = f" [dim](closed on {each.closed_on})[/]" if each.closed_on else ""
        console.print(f"{each.agency:<18}{region:<34}{each.id:<27}{escape(each.name)}{closed}")


@agencies.command()
@click.argument("office")
@click.option("--agency", type=click.Choice(AGENCIES), required=True, help="The agency role that it holds.")
@click.option("--name", required=True, help="What its letterhead says.")
@click.option("--region", required=True, help="The code of the area that it answers for: 64.02")
@click.option("--registers", is_flag=True, help="It registers persons.")
@WHO
def add(office: str, agency: str, name: str, region: str, registers: bool, by: str) -> None:
    """Add an office; every service knows it at once."""
    from services.intake.offices import commands, schemas

    given = {"id": office, "agency": agency, "name": name, "region": region, "registers": registers}
    if wrong := schemas.OfficeAdded().validate(given):
        raise click.ClickException("; ".join(f"{field}: {' '.join(said)}" for field, said in wrong.items()))
    given["identifier"] = given.pop("id")
    with _changing() as session:
        added = commands.add_office(session, commands.By(None, by), **given)  # type: ignore[arg-type]
    click.echo(f"{added.id} is added.")


@agencies.command()
@click.argument("office")
@click.argument("name")
@WHO
def rename(office: str, name: str, by: str) -> None:
    """Give an office another name; the former one is kept."""
    from services.intake.offices import commands

    with _changing() as session:
        commands.change_office(session, commands.By(None, by), office, name=name)
    click.echo(f"{office} is called {name} now.")


@agencies.command("hand-over")
@click.argument("office")
@click.argument("successor")
@WHO
def hand_over(office: str, successor: str, by: str) -> None:
    """Close an office and give all that it holds, in every service, to its successor.

    An office that is closed, or that no file names any more, can be handed over once more.
    """
    from services.intake.offices import commands

    with _changing() as session:
        after = commands.hand_over_office(session, commands.By(None, by), office, successor)
    click.echo(f"All that {office} holds goes to {after.id}; `kail agencies check` says when nothing is left.")


def left_behind() -> Iterator[str]:
    """What offices still hold that are closed or that no file names, in each service whose database answers."""
    from services.together import participant
    from shared.storage import database
    from shared.succession import queries

    for service in SERVICES:
        participant(service)  # its tables are known then
        try:
            with database(service).reading() as session:
                for each in queries.left_behind(session):
                    yield f"{service}: {each}"
        except (NoServer, DBAPIError):
            console.print(f"[dim]{service} was not asked what it keeps for offices: its database does not answer.[/]")


@contextmanager
def _changing() -> Iterator[Session]:
    from services.intake import worker  # noqa: F401 (all its tables are known then)
    from shared.storage import database

    try:
        with database("intake").transaction() as session:
            yield session
    except DomainError as refused:
        raise click.ClickException(refused.message(settings().language)) from None
    except (NoServer, DBAPIError):
        raise click.ClickException("intake's database does not answer; start Kail first") from None
