"""The parts one by one, for whoever runs each in a container of its own."""

import click

from services.supervise import parts
from shared.kernel import logging
from shared.kernel.settings import SERVICES, STORES

SERVICE = click.Choice(SERVICES)
STORE = click.Choice(STORES)


@click.command()
@click.argument("services", type=STORE, nargs=-1)
def migrate(services: tuple[str, ...]) -> None:
    """Bring the databases of these services (or all) to the newest schema."""
    from services.together import participant
    from shared.storage import migrate as migrations

    for service in services or STORES:
        participant(service)
        migrations.prepare(service)
        click.echo(f"{service}: up to date")


@click.command()
@click.argument("services", type=SERVICE, nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--workers", default=parts.WEB_WORKERS, show_default=True, help="How many processes answer requests.")
def web(services: tuple[str, ...], host: str, workers: int) -> None:
    """Serve these services (or all) over HTTP until stopped."""
    logging.configure("web")
    parts.run_web(services or SERVICES, host=host, workers=workers)


@click.command()
@click.argument("service", type=SERVICE)
@click.option("--slow", is_flag=True, help="Do the service's long work (imports, reports) instead of its events.")
@click.option("--concurrency", default=1, show_default=True, help="How many processes work side by side.")
def worker(service: str, slow: bool, concurrency: int) -> None:
    """Work off a service's events, or its long work, until stopped."""
    logging.configure(f"{'slow' if slow else 'worker'}-{service}")
    parts.run_worker(service, slow=slow, concurrency=concurrency)


@click.command()
@click.argument("service", type=SERVICE)
def relay(service: str) -> None:
    """Carry a service's events to whoever hears them until stopped."""
    logging.configure(f"relay-{service}")
    parts.run_relay(service)


@click.command()
def protection() -> None:
    """Write down what is passed on to the protection compartment until stopped."""
    logging.configure("protection")
    parts.run_protection()


@click.command()
def beat() -> None:
    """Ring the bells of all services until stopped."""
    logging.configure("beat")
    parts.run_beat()
