"""`kail calendar`: the days that a city adds to the national calendar, for whoever runs the installation."""

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from services.intake.accounts.cli import changing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def calendar() -> None:
    """Add a decree's days to the calendar of a region, list them, take them out."""


@calendar.command()
@click.argument("file", type=FILE)
@click.option("--look", is_flag=True, help="Only say what would change.")
def add(file: Path, look: bool) -> None:
    """Add the days of a calendar file; open dates are counted anew."""
    from services.intake.calendars import commands

    with changing() as session:
        given = _read(file)
        seen = commands.look(session, None, given)
        click.echo(
            f"{seen.decree.number} ({seen.decree.region}): {len(seen.decree.days)} days, of which {len(seen.changes)} "
            f"change the calendar; {seen.open_journeys} open journeys in this region."
        )
        if not look:
            added = commands.add(session, None, given)
            click.echo(f"Added as {added.id}; open dates are being counted anew.")


@calendar.command("list")
def list_decrees() -> None:
    """List the decrees of all regions, also those that were taken out."""
    from services.intake.calendars import queries

    with changing() as session:
        for each in queries.decrees(session, None):
            days = ", ".join(f"{one['day']} {one['kind'].value}" for one in each["days"])
            end = f" (removed: {each['removed_because']})" if each["removed_at"] else ""
            click.echo(f"{each['id']}  {each['region']}  {each['number']} of {each['decreed_on']}: {days}{end}")


@calendar.command()
@click.argument("decree", type=click.UUID)
@click.option("--reason", required=True, help="Why it is taken out.")
def remove(decree: UUID, reason: str) -> None:
    """Take a decree out of the calendar; open dates are counted anew."""
    from services.intake.calendars import commands

    with changing() as session:
        removed = commands.remove(session, None, decree, reason=reason)
        click.echo(f"{removed.number} is out of the calendar of {removed.region}.")


def _read(file: Path) -> dict[str, Any]:
    from marshmallow import ValidationError

    from services.intake.calendars import commands
    from services.intake.calendars.rules import NoCalendar

    try:
        return commands.read(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise click.ClickException(NoCalendar().message("en")) from None
    except ValidationError as wrong:
        raise click.ClickException(f"{file}: {wrong.messages}") from wrong
