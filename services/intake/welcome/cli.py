"""`kail welcome`: how the first administrator begins."""

import click

from shared.kernel.settings import settings


@click.command()
def welcome() -> None:
    """Print the code by which the first administrator begins; it takes the place of the one printed before."""
    from services.intake.welcome import commands
    from shared.kernel.errors import DomainError
    from shared.storage import database

    try:
        with database("intake").transaction() as session:
            code = commands.print_code(session)
    except DomainError as refused:
        raise click.ClickException(refused.message(settings().language)) from None
    click.echo(words(f"http://127.0.0.1:{settings().port}", code))


def words(origin: str, code: str) -> str:
    """What the operator reads: where the first administrator begins, and by which code."""
    return (
        f"The first administrator begins at {origin}/intake/welcome\n"
        f"with the code {code}\n"
        "It can be used once, within a day; `kail welcome` prints another one."
    )
