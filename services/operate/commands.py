"""`kail audit`, `kail held`, `kail replay` and `kail resume`."""

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from getpass import getuser
from socket import gethostname

import click
from rich.console import Console
from rich.table import Table

from shared.kernel.errors import DomainError
from shared.kernel.settings import SERVICES

console = Console(highlight=False)
OPERATOR = "the operator who signs for it; the system's user unless told otherwise"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for events that are under way.")
@click.option("--by", default=getuser, help=OPERATOR)
def audit(as_json: bool, wait: float, by: str) -> None:
    """Prove that nothing is lost, doubled or out of order."""
    from services.intake.audits.commands import note_audit
    from services.operate.audit import audit as find
    from shared.storage import database

    began_at = datetime.now(UTC)
    found = find({name: database(name) for name in SERVICES}, patience=wait)
    ended_at = datetime.now(UTC)
    if as_json:
        click.echo(json.dumps({"clean": not found, "findings": [each.to_json() for each in found]}, indent=1))
    elif not found:
        console.print("[green]Clean.[/] Every event was applied exactly once and in order; every chain is intact;")
        console.print("every open stage has exactly one accountable office; no fund is over its ceiling.")
    else:
        table = Table("", "where", "what", box=None, header_style="dim")
        for each in found:
            table.add_row(each.gravity.value, each.where, each.what)
        console.print(table)
        counts = Counter(each.gravity.value for each in found)
        console.print(", ".join(f"{count} {gravity}" for gravity, count in counts.items()))
    with database("intake").transaction() as session:  # after the word to the operator; the machine room shows it
        note_audit(session, found, began_at=began_at, ended_at=ended_at, by=by, place=gethostname())
    sys.exit(bool(found))


@click.group()
def held() -> None:
    """Show, retry or skip events that could not be applied."""


@held.command("list")
@click.argument("service", required=False, type=click.Choice(SERVICES))
def list_held(service: str | None) -> None:
    """List the held events of a service, or of all."""
    from shared.bus import held as events
    from shared.storage import database

    table = Table("id", "subscriber", "from", "about", "type", "why", box=None, header_style="dim")
    for name in [service] if service else SERVICES:
        with database(name).reading() as session:
            for each in events.held_events(session):
                table.add_row(str(each.id), each.subscriber, each.source, each.stream, each.type, each.error)
    console.print(table if table.row_count else "Nothing is held.")


@held.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--about", help="Only the events about this journey or subject.")
@click.option("--by", default=getuser, help=OPERATOR)
def retry(service: str, about: str | None, by: str) -> None:
    """Apply a service's held events again, in order."""
    from services.catalogue import participants
    from shared.bus import held as events
    from shared.storage import database

    with database(service).reading() as session:
        streams = {(each.subscriber, each.source, each.stream) for each in events.held_events(session)}
    for subscriber, source, stream in sorted(streams):
        if about in (None, stream):
            with database(service).transaction() as session:
                applied, error = events.retry_stream(
                    session, participants()[service].subscriber(subscriber), source, stream, by
                )
            console.print(f"{stream}: {applied} applied" + (f", then: {error}" if error else ""))


@held.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("event_id")
@click.option("--reason", required=True, help="Why it may be left out; kept for good.")
@click.option("--by", default=getuser, help=OPERATOR)
def skip(service: str, event_id: str, reason: str, by: str) -> None:
    """Leave one held event out for good; what stands behind it can then be retried."""
    from services.catalogue import participants
    from shared.bus import held as events
    from shared.bus.models import HeldEvent
    from shared.storage import database

    try:
        with database(service).transaction() as session:
            found = session.get(HeldEvent, event_id)
            if found is None:
                raise click.ClickException(f"{service} holds no event {event_id}; `kail held list` shows what it holds")
            events.skip(session, participants()[service].subscriber(found.subscriber), event_id, by, reason)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    console.print("Skipped. Retry what stands behind it with `kail held retry`.")


@click.command()
@click.argument("service", type=click.Choice(SERVICES))
def replay(service: str) -> None:
    """Empty a service's projection and tell it everything again."""
    from services.catalogue import participants
    from shared.bus import broker, tasks
    from shared.bus.replay import rewind
    from shared.storage import database

    participant = participants()[service]
    projections = [each for each in participant.subscribers if each.reset]
    if not projections:
        raise click.ClickException(f"{service} has no projection: what it does itself is never done a second time")
    with database(service).transaction() as session:
        for each in projections:
            rewind(session, each)
    tasks.state_cursors(database(service), participant, broker.CeleryTransport())
    console.print(f"{', '.join(each.name for each in projections)}: emptied; every log is told again from its start.")


@click.command()
@click.argument("source", type=click.Choice(SERVICES))
@click.argument("subscriber")
def resume(source: str, subscriber: str) -> None:
    """Send to a halted subscriber again, once both histories agree."""
    from shared.bus import confirmations
    from shared.storage import database

    with database(source).transaction() as session:
        count = confirmations.resume(session, subscriber)
    console.print(f"{count} partitions of {source} are sent to {subscriber} again.")
