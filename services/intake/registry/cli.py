"""The registry on the command line: invented files to try Kail with, and imports without a browser."""

from pathlib import Path

import click


@click.group()
def registry() -> None:
    """Invent a registry file, or bring one in."""


@registry.command()
@click.option("--region", required=True, help="Code of the area, for example 64.02.")
@click.option("--persons", type=click.IntRange(1), required=True, help="How many rows.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same file.")
@click.option("--vulnerable-women", is_flag=True, help="Only socio-economically vulnerable women (PRSE).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else standard output.")
def generate(region: str, persons: int, seed: int, vulnerable_women: bool, out: Path | None) -> None:
    """Write an invented registry file of a region, with the mistakes that real files have."""
    from services.intake.registry.generate import registry_file
    from shared import places

    if not places.is_known(region):
        raise click.BadParameter(f"{region} is no area code", param_hint="--region")
    text = registry_file(region, persons, seed, vulnerable_women=vulnerable_women)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


@registry.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--officer", "username", required=True, help="The account on whose authority the file comes in.")
def import_file(file: Path, username: str) -> None:
    """Bring a registry file in at once, and tell what became of its rows."""
    from sqlalchemy import select

    from services.intake.accounts.models import OfficerAccount
    from services.intake.accounts.queries import active_officer
    from services.intake.registry import commands, jobs
    from services.intake.registry.models import ImportRun
    from shared.storage import database

    intake = database("intake")
    with intake.transaction() as session:
        account = session.scalar(select(OfficerAccount.id).where(OfficerAccount.username == username))
        if account is None:
            raise click.BadParameter(f"there is no account {username}", param_hint="--officer")
        officer = active_officer(session, account)
        run_id = commands.begin_import(session, officer, officer.agency, file.name, file.read_bytes()).id
    jobs.run_import.run(intake, import_id=str(run_id))
    with intake.reading() as session:
        run = session.get_one(ImportRun, run_id)
    click.echo(
        f"{run.rows} rows: {run.created} new, {run.updated} brought up to date, {run.unchanged} known, "
        f"{run.refused} refused"
    )
