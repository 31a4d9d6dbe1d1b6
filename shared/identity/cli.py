"""`kail agencies`: which office holds which role where, and what is wrong in the files that say so."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from shared import places
from shared.identity import offices
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
