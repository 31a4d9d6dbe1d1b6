"""`kail officers`: the accounts of those who work at an office."""

import click

from shared import places
from shared.identity.rules import Role
from shared.kernel.settings import settings


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
    from services.intake.accounts import commands
    from shared.kernel.errors import DomainError
    from shared.storage import database

    unknown = [area for area in areas if not places.is_known(area)]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is no area code", param_hint="--area")
    try:
        with database("intake").transaction() as session:
            account = commands.create_officer(
                session, username=username, password=password, name=name, office=office, roles=roles, areas=areas
            )
            click.echo(f"{account.username} works at {account.office} as {', '.join(account.roles)}.")
    except DomainError as refused:
        raise click.ClickException(refused.message(settings().language)) from None
