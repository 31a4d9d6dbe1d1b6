"""`kail programmes` with the two commands that need intake's database: publish a programme, try it on the registry."""

from pathlib import Path

import click

from shared.programmes.cli import FILE, print_trial, programmes, read_or_complain


@programmes.command()
@click.argument("files", type=FILE, nargs=-1)
def publish(files: tuple[Path, ...]) -> None:
    """Publish these files (or all of the deployment's) for good: journeys may be opened in them from now on."""
    from services.intake.journeys import publishing
    from shared.kernel.errors import DomainError
    from shared.kernel.settings import settings
    from shared.programmes import library
    from shared.storage import database

    sound = [read_or_complain(path) for path in files or library.files()]
    try:
        with database("intake").transaction() as session:
            told = [(programme, publishing.publish(session, programme)) for programme in sound]
            unseen = [programme for programme in sound if programme.key not in library.published()]
            if unseen:  # raised in the transaction: nothing is published that the other services could not read
                where = settings().programmes_path
                raise click.ClickException(
                    f"put the file of {unseen[0].id} into {where} first: every service reads it there"
                )
    except DomainError as refused:
        raise click.ClickException(refused.message(settings().language)) from None
    for programme, is_new in told:
        click.echo(f"{programme.id} version {programme.version} is {'published' if is_new else 'published already'}.")


@programmes.command("try")
@click.argument("file", type=FILE)
@click.option("--on", type=click.Choice(["registry"]), default="registry", show_default=True, help="Whom to try it on.")
@click.option("--area", "areas", multiple=True, help="Only who lives there; the programme's own region by default.")
def try_file(file: Path, on: str, areas: tuple[str, ...]) -> None:
    """Tell who would qualify, why the others not, and what it would cost; nothing is stored or announced."""
    from services.intake.eligibility import queries
    from shared.kernel import clock
    from shared.kernel.settings import settings
    from shared.programmes.trial import try_on
    from shared.storage import database

    programme = read_or_complain(file)
    with database("intake").reading() as session:
        day = programme.counts_on(clock.today())
        registry = queries.facts_of_registry(session, day, areas or programme.region or None)
        trial = try_on(programme, (facts for _, facts in registry))
    print_trial(programme, trial, settings().language)


@programmes.command()
@click.argument("programme")
@click.option("--from", "from_version", type=int, required=True, help="The version on which the journeys are.")
@click.option("--to", "to_version", type=int, required=True, help="The version by which they go on.")
@click.option("--look", is_flag=True, help="Only say what would become of them.")
def move(programme: str, from_version: int, to_version: int, look: bool) -> None:
    """Let the open journeys of a version go on by another one, as far as they fit it."""
    from services.intake.journeys import commands
    from shared.kernel.errors import DomainError
    from shared.kernel.settings import settings
    from shared.storage import database

    try:
        with database("intake").transaction() as session:
            act = commands.look_at_move if look else commands.move_journeys
            moving = act(session, None, programme, from_version, to_version)
    except DomainError as refused:
        raise click.ClickException(refused.message(settings().language)) from None
    click.echo(f"{len(moving.fits)} {'fit and would move' if look else 'moved'}, {len(moving.stays)} stay.")
    for stage, number in moving.offers.items():
        click.echo(f"  offered at once: {stage} ({number})")
    for journey, error in moving.stays.items():
        click.echo(f"  {journey}: {error.message(settings().language)}")


__all__ = ["programmes"]
