"""`kail simulate`: its options, its progress bar and its report."""

import json
import logging

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from services.simulate.accounts import demo_clients
from services.simulate.begin import KUBE, WRSE
from services.simulate.days import Days
from services.simulate.report import Report
from services.simulate.simulation import USUAL, Simulation, Wanted
from shared.kernel import clock
from shared.kernel.settings import SERVICES, settings
from shared.kernel.stopping import Stopping
from shared.storage import database

SPEED = "2"


def speed_of(text: str) -> float | None:
    """Days for each second, or None for as fast as it goes."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if speed <= 0:
        raise click.BadParameter("a number above 0, or max")
    return speed


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed brings the same luck.")
@click.option("--speed", default=SPEED, show_default=True, help="Days for each second, or max.")
@click.option("--programme", "programmes", multiple=True, type=click.Choice(list(USUAL)), help="Only these.")
@click.option(
    "--journeys", type=click.IntRange(1), help="How many set out on each; else each programme's usual number."
)
@click.option("--groups", type=click.IntRange(1), help=f"How many groups set out on {KUBE}, and only on what is named.")
@click.option("--women", type=click.IntRange(1), help=f"How many women set out on {WRSE}, and only on what is named.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def simulate(
    seed: int,
    speed: str,
    programmes: tuple[str, ...],
    journeys: int | None,
    groups: int | None,
    women: int | None,
    as_json: bool,
) -> None:
    """Let simulated officers work through the agencies' endpoints until every journey is over."""
    wanted = Wanted(seed=seed, numbers=numbers(programmes, journeys, groups, women))
    report = run(wanted, speed_of(speed), Console(stderr=True))
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        Console(highlight=False).print(report.tables())


def numbers(programmes: tuple[str, ...], journeys: int | None, groups: int | None, women: int | None) -> dict[str, int]:
    """How many set out on each programme; naming a programme, or a number of groups or women, leaves the others out."""
    given = {KUBE: groups, WRSE: women}
    named = set(programmes) | {programme for programme, number in given.items() if number}
    return {
        programme: given.get(programme) or journeys or usual
        for programme, usual in USUAL.items()
        if not named or programme in named
    }


def run(wanted: Wanted, days_per_second: float | None, console: Console) -> Report:
    """Run a simulation against the Kail of this home, with a progress bar."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line for each request is what the services write
    stopping = Stopping()
    officers = demo_clients(settings().home, settings().port)
    databases = {service: database(service) for service in SERVICES}
    with Progress(
        TextColumn("{task.fields[day]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("journeys over"),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        bar = progress.add_task("", total=None, day="")
        simulation = Simulation(
            wanted=wanted,
            officers=officers,
            days=Days(databases, days_per_second, stopping.is_set),
            tell=lambda ended, total: progress.update(bar, completed=ended, total=total, day=f"{clock.today()}"),
        )
        try:
            return simulation.run()
        finally:
            for each in officers:
                each.close()
