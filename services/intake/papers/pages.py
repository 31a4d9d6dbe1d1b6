"""Door 1 for people: the papers of data protection, to be read, printed, and taken along."""

from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_babel import format_date

from services.intake.papers import own, queries, sheets, words
from services.intake.papers.own import Own, PapersInvalid
from shared.identity.permissions import Permission
from shared.web import door, language
from shared.web.guard import guard
from shared.web.rates import costly

pages = Blueprint("papers_pages", __name__, template_folder="templates")


@pages.get("/<agency>/papers")
@guard(Permission.PAPERS_READ)
@costly
def show_papers(agency: str) -> str:
    """All papers on one page; mistakes in the deployment's own words are named above them."""
    said, faults = own_words()
    with door.reading() as session:
        found = queries.papers(session, said)
    return render_template("papers/papers.html", agency=agency, faults=faults, **told(found, language.language()))


@pages.get("/<agency>/papers/<name>.csv")
@guard(Permission.PAPERS_READ)
@costly
def download_paper(agency: str, name: str) -> Response:
    """One of the papers as a table."""
    if name not in sheets.NAMES:
        abort(404)
    said, _ = own_words()
    with door.reading() as session:
        text = sheets.csv_of(name, queries.papers(session, said), language.language())
    attachment = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, mimetype="text/csv", headers=attachment)


def own_words() -> tuple[Own, str]:
    """The deployment's own words and what is wrong with them; with mistakes none are used."""
    try:
        return own.own(), ""
    except PapersInvalid as wrong:
        return Own(), str(wrong.fields["findings"])


def told(papers: dict[str, Any], in_language: str) -> dict[str, Any]:
    """What the templates need to show the papers in a language."""
    return {
        "papers": papers,
        "tongue": in_language,
        "words": words,
        "keeping": sheets.said_of_keeping,
        "made_on": format_date(papers["made_on"], "d MMMM y"),
        "names": sheets.NAMES,
        "own_file": own.NAME,
    }
