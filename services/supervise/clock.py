"""The domain's clock in an operator's hand: a demonstration travels through a programme's year in minutes."""

from datetime import timedelta

import click

from shared.kernel import clock as domain_clock
from shared.kernel.settings import SERVICES


@click.group()
def clock() -> None:
    """Ask or advance the domain's clock, for demonstrations."""


@clock.command()
def show() -> None:
    """Tell what time it is for the domain."""
    from shared.storage import database

    with database("intake").reading():
        ahead = domain_clock.offset()
    click.echo(f"{domain_clock.now().astimezone(domain_clock.zone()):%Y-%m-%d %H:%M:%S %Z}, {ahead} ahead of real time")


@clock.command()
@click.option("--days", type=click.FloatRange(min=0, min_open=True), required=True, help="How many days to go ahead.")
def advance(days: float) -> None:
    """Move the domain's time forward; there is no way back."""
    from shared.storage import database
    from shared.storage.clock import advance as move

    move((database(service) for service in SERVICES), timedelta(days=days))
    click.echo(f"Now it is {domain_clock.now().astimezone(domain_clock.zone()):%Y-%m-%d %H:%M %Z}.")
