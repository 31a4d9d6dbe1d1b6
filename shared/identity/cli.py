"""`kail agencies`: which office holds which role where, and what is wrong in the files that say so; `kail officers`:
the accounts of those who work there.
"""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from shared import places
from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel.settings import settings


@click.group()
def agencies() -> None:
    """Check and show which office holds which agency role in which region."""


@agencies.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def check(folder: Path | None) -> None:
    """Tell what is wrong in the files of offices (of a folder, or the deployment's own), line by line."""
    console = Console(highlight=False, soft_wrap=True)
    known, findings = offices.read(folder or settings().programmes_path / "agencies")
    for each in findings:
        console.print(f"[red]{escape(each.file)}:{each.line}[/] {escape(each.what)} [dim]{escape(each.remedy)}[/]")
    if not findings:
        console.print(f"{len(known)} offices are [green]sound[/].")
    sys.exit(1 if findings else 0)


@agencies.command()
@click.argument("area", required=False)
def show(area: str | None) -> None:
    """List the offices; with an area code, only those that answer for it, the nearest of each role."""
    known = list(offices.all_offices().values())
    if area is not None:
        if not places.is_known(area):
            raise click.BadParameter(f"{area} is no area code", param_hint="AREA")
        here = [each for each in known if offices.covers(each.region, area)]
        known = [offices.resolve(agency, area) for agency in dict.fromkeys(each.agency for each in here)]
    console = Console(highlight=False, soft_wrap=True)
    for each in sorted(known, key=lambda office: (office.region, office.agency)):
        region = f"{each.region} {places.name_of(each.region)}"
        console.print(f"{each.agency:<18}{region:<34}{each.id:<27}{escape(each.name)}")


@click.group()
def officers() -> None:
    """Open accounts for the people who work at an office."""


@officers.command()
@click.argument("username")
@click.option("--office", required=True, help="Where she works, as `kail agencies show` lists it.")
@click.option("--name", required=True, help="Her name as pages show it.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What she may do there; several times for several roles.",
)
@click.option("--area", "areas", multiple=True, help="Only these area codes; the office's whole region by default.")
@click.password_option(help="Her first password; asked for when it is left out.")
def add(username: str, office: str, name: str, roles: tuple[str, ...], areas: tuple[str, ...], password: str) -> None:
    """Open an account; its holder signs in at once."""
    from shared.identity import accounts
    from shared.kernel.errors import DomainError
    from shared.storage import database

    unknown = [area for area in areas if not places.is_known(area)]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is no area code", param_hint="--area")
    try:
        with database("intake").transaction() as session:
            account = accounts.create_officer(
                session, username=username, password=password, name=name, office=office, roles=roles, areas=areas
            )
            click.echo(f"{account.username} works at {account.office} as {', '.join(account.roles)}.")
    except DomainError as refused:
        raise click.ClickException(refused.message(settings().language)) from None
