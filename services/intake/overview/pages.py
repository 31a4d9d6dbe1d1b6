"""Door 1 for people: what each of these pages is for, in plain words, and how many wait there for whoever looks."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from services.intake.breaches import queries as breaches
from services.intake.changes import queries as changes
from services.intake.corrections import queries as corrections
from services.intake.disclosures import queries as disclosures
from services.intake.eligibility import overrides
from services.intake.journeys import queries as journeys
from services.intake.rights.rules import Waiting
from services.intake.rights.terms import terms
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.web import access, door
from shared.web.guard import guard
from shared.web.messages import N_
from shared.web.navigation import Link

pages = Blueprint("overview_pages", __name__, template_folder="templates")

DISCLOSURES = Link(N_("Requests for own data"), "/intake/{agency}/disclosures", Permission.DISCLOSURES_SERVE)
CORRECTIONS = Link(N_("Corrections"), "/intake/{agency}/corrections", Permission.CORRECTIONS_READ)
BREACHES = Link(N_("Data breaches"), "/intake/{agency}/breaches", Permission.BREACHES_READ)
DUPLICATES = Link(N_("Duplicate records"), "/intake/{agency}/duplicates", Permission.REGISTRY_READ)
DEATHS = Link(N_("Deaths"), "/intake/{agency}/deaths", Permission.DEATHS_READ)
OVERRIDES = Link(N_("Second person asked"), "/intake/{agency}/overrides", Permission.OVERRIDES_DECIDE)
PAPERS = Link(N_("Papers of data protection"), "/intake/{agency}/papers", Permission.PAPERS_READ)
MENU = Link(
    N_("Data and rights"),
    "/intake/{agency}/data",
    Permission.RIGHTS_SEE,
    beneath=(DISCLOSURES, CORRECTIONS, BREACHES, DUPLICATES, DEATHS, OVERRIDES, PAPERS),
)


@dataclass(frozen=True)
class Entry:
    """One page: where it is, what it is for, and what waits there; `for_others` when somebody else decides on it."""

    title: str
    text: str
    address: str
    waiting: Waiting | None = None
    for_others: bool = False


@pages.get("/<agency>/data")
@guard(Permission.RIGHTS_SEE)
def show_overview(agency: str) -> str:
    """The rights of persons over their data, and what keeps the records right."""
    officer = door.current_officer()
    with door.reading() as session:
        return render_template(
            "overview/data.html",
            agency=agency,
            rights=list(_rights(session, officer)),
            records=list(_records(session, officer)),
        )


def _rights(session: Session, officer: Officer) -> Iterator[Entry]:
    if DISCLOSURES.is_for(officer):
        text = _(
            "Every person may see all that we hold about her. She is answered within %(hours)s hours, nights and"
            " holidays included.",
            hours=terms().disclosure.hours,
        )
        yield _entry(DISCLOSURES, officer, text, disclosures.how_many_wait(session, officer))
    if CORRECTIONS.is_for(officer):
        text = _("Something that we hold about her is wrong. One officer notes it, another one decides on it.")
        waiting = corrections.how_many_wait(session, officer)
        decides = access.holds(officer, Permission.CORRECTIONS_DECIDE)
        yield _entry(CORRECTIONS, officer, text, waiting, for_others=not decides)
    if access.holds(officer, Permission.CONSENTS_ASK):
        yield Entry(
            _("Consents"),
            _("Some agencies learn of her only if she allows it. These journeys wait until everybody was asked."),
            f"/intake/{officer.agency}/journeys?state=consent",
            Waiting(journeys.how_many_await_consent(session, officer)),
        )
    if BREACHES.is_for(officer):
        text = _(
            "Data was lost, or got into the wrong hands. Those concerned and the authority are told within %(hours)s"
            " hours.",
            hours=terms().breach_notice.hours,
        )
        yield _entry(BREACHES, officer, text, breaches.how_many_wait(session, officer))


def _records(session: Session, officer: Officer) -> Iterator[Entry]:
    if DUPLICATES.is_for(officer):
        text = _("Two records claim the same NIK. Compare them, and decide whether they are one person.")
        waiting = changes.how_many_wait(session, officer)
        decides = access.holds(officer, Permission.REGISTRY_CHANGE)
        yield _entry(DUPLICATES, officer, text, waiting, for_others=not decides)
    if DEATHS.is_for(officer):
        text = _("Who died, and which journeys ended with it. A death that was noted by mistake is undone here.")
        yield _entry(DEATHS, officer, text)
    if OVERRIDES.is_for(officer):
        text = _("An officer has evidence against what the registries say of somebody. It counts once you agree.")
        yield _entry(OVERRIDES, officer, text, Waiting(overrides.how_many_wait(session, officer)))
    if PAPERS.is_for(officer):
        text = _("What is done with data of persons, how long it is kept, and who is told what on which basis.")
        yield _entry(PAPERS, officer, text)


def _entry(
    link: Link, officer: Officer, text: str, waiting: Waiting | None = None, *, for_others: bool = False
) -> Entry:
    return Entry(_(link.label), text, link.at(officer), waiting, for_others)
