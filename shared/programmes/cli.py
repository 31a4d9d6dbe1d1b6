"""`kail programmes`: check a file, look at it as a whole, and say what a trial on a registry found."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shared.kernel.settings import settings
from shared.programmes import library, load
from shared.programmes.definition import Basis, Figure, Programme, Stage
from shared.programmes.findings import ProgrammeInvalid
from shared.programmes.kinds import kind
from shared.programmes.trial import Trial

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def programmes() -> None:
    """Check programme definitions, show them, try them on a registry, publish them."""


@programmes.command()
@click.argument("files", type=FILE, nargs=-1)
def check(files: tuple[Path, ...]) -> None:
    """Tell what is wrong in these files (or in all of the deployment's), line by line."""
    console = Console(highlight=False, soft_wrap=True)
    wrong = False
    for path in files or library.files():
        found = load.check(path)
        wrong = wrong or bool(found)
        if not found:
            console.print(f"[green]{escape(path.name)}[/] is sound.")
        for each in found:
            console.print(f"[red]{escape(path.name)}:{each.line}[/] {escape(each.what)} [dim]{escape(each.remedy)}[/]")
    sys.exit(1 if wrong else 0)


@programmes.command()
@click.argument("which", required=False)
@click.option(
    "--language", type=click.Choice(["id", "en"]), default=None, help="Of titles; the deployment's by default."
)
def show(which: str | None, language: str | None) -> None:
    """Show a programme (an identifier or a file) as a whole; without one, list all."""
    console, language = Console(highlight=False), language or settings().language
    if which is None:
        console.print(_listing(language))
        return
    programme = read_or_complain(Path(which)) if Path(which).is_file() else library.programme(which)
    _show(console, programme, language)


def read_or_complain(path: Path) -> Programme:
    """The programme of a file; ends the command with what is wrong when it is not sound."""
    try:
        return load.load(path)
    except ProgrammeInvalid as invalid:
        raise click.ClickException(
            "\n".join(f"{path.name}:{each.line} {each.what}" for each in invalid.found)
        ) from None


def _listing(language: str) -> Table:
    table = Table("programme", "version", "year", "title", "stages")
    for (identifier, version), programme in sorted(library.published().items()):
        title, year = programme.title.to(language), str(programme.budget_year)
        table.add_row(identifier, str(version), year, title, str(len(programme.stages)))
    return table


def _show(console: Console, programme: Programme, language: str) -> None:
    console.print(f"[bold]{escape(programme.title.to(language))}[/]  {programme.id}, version {programme.version}")
    for source in programme.sources:
        console.print(
            f"  {source.kind.value}: {escape(source.title)} {escape(f'({source.file})' if source.file else '')}"
        )
    figures = Table("figure", "value", "unit", "source", "note", title="Figures")
    for figure in programme.figures.values():
        figures.add_row(
            figure.name,
            _amount(figure),
            figure.unit,
            figure.source.value,
            escape(figure.note.to(language) if figure.note else ""),
        )
    clauses = Table("clause", "in words", "condition", "source", title="Who qualifies")
    for clause in programme.eligibility:
        clauses.add_row(clause.id, clause.text.to(language), escape(clause.when), clause.source.value)
    stages = Table("stage", "after", "agency", "does", "within", "then", title="Stages")
    for stage in programme.stages.values():
        limit = f"{stage.within.count} {stage.within.unit}{'s' if stage.within.count > 1 else ''}"
        after = ", ".join(stage.needs) + (f"\nwhen {stage.when}" if stage.when else "")
        does = f"{kind(stage.does).title.to(language)}\n[dim]{stage.does}[/]"
        agency = stage.agency if stage.basis is Basis.PUBLIC_TASK else f"{stage.agency}\n[dim]with her consent[/]"
        stages.add_row(stage.name, escape(after), agency, does, limit, escape("\n".join(_branches(stage))))
    console.print(figures, clauses, stages, sep="\n")
    console.print(f"graduates when {escape(programme.graduates)}")


def _amount(figure: Figure) -> str:
    return "not given" if figure.value is None else f"{figure.value:,}"


def _branches(stage: Stage) -> list[str]:
    said = []
    if stage.returns_to:
        said.append(f"{', '.join(sorted(stage.returns_to.on))} → {stage.returns_to.stage}, {stage.returns_to.most}x")
    if stage.repeat:
        said.append(f"{', '.join(sorted(stage.repeat.on))} → again, {stage.repeat.most}x")
    return said + [f"{outcome} → ends, {how.value}" for outcome, how in stage.ends.items()]


def print_trial(programme: Programme, trial: Trial, language: str) -> None:
    """Show what a trial on a registry found: who would qualify, why the others not, and what it would cost."""
    console = Console(highlight=False)
    wording = {clause.id: clause.text.to(language) for clause in programme.eligibility}
    console.print(f"{trial.persons:,} persons looked at, [bold]{trial.eligible:,}[/] would qualify.")
    unit = "groups" if programme.subject.kind.value == "group" else "persons"
    console.print(f"They make at most {trial.subjects:,} {unit}.")
    table = Table("condition not fulfilled", "persons")
    for clause, persons in trial.failed.most_common():
        table.add_row(escape(wording.get(clause, clause)), f"{persons:,}")
    console.print(table)
    for fact, persons in trial.missing.most_common():
        console.print(f"Nobody knows {fact} of {persons:,} persons who therefore do not qualify.")
    if trial.cost is not None:
        console.print(f"All of them at the ceiling would cost Rp{trial.cost:,}.".replace(",", "."))
