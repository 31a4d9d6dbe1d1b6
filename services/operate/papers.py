"""`kail papers`: the papers of data protection as files, for whoever runs the installation."""

from pathlib import Path

import click

STYLE = Path(__file__).with_name("papers.css")
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER, default=Path("papers"))
@click.option("--language", type=click.Choice(["id", "en"]), default="id", help="In which language; Indonesian else.")
def papers(folder: Path, language: str) -> None:
    """Write the register of processing, the schedule of keeping and who is told what: a page, CSV and JSON.

    Mistakes in the deployment's own papers.yaml are said, and nothing is written.
    """
    from flask import render_template
    from flask_babel import force_locale
    from markupsafe import Markup

    from services.intake.app import create
    from services.intake.papers import own, pages, queries, schemas, sheets
    from shared.storage import database
    from shared.web import practising

    try:
        said = own.own()
    except own.PapersInvalid as wrong:
        raise click.ClickException(wrong.message("en")) from None
    base = database("intake")
    with base.reading() as session:
        found = queries.papers(session, said)
    style = Markup("<style>{}</style>").format(Markup(STYLE.read_text(encoding="utf-8")))  # noqa: S704  # our own
    app = create(base)
    with app.test_request_context(), force_locale(language):
        files = {f"{name}.csv": practising.marked(sheets.csv_of(name, found, language)) for name in sheets.NAMES}
        files["papers.html"] = render_template("papers/file.html", style=style, **pages.told(found, language))
        files["papers.json"] = schemas.PapersSchema().dumps(found, indent=1, ensure_ascii=False)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(str(folder / name))
