"""`kail officers` with what concerns the second step."""

import click

from services.intake.accounts.cli import changing, officers


@officers.command("remove-step")
@click.argument("username")
def remove_step(username: str) -> None:
    """Let somebody who lost her telephone set the second step up anew; what she has open ends."""
    from services.intake.accounts import queries
    from services.intake.second_step.commands import remove

    with changing() as session:
        click.echo(f"{remove(session, None, queries.by_username(session, username).id).username} has no second step.")


__all__ = ["officers"]
