"""What waits for an officer among the rights over one's data, the records, and programmes to be published."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.breaches import queries as breaches
from services.intake.breaches.models import Breach
from services.intake.changes import queries as changes
from services.intake.corrections import queries as corrections
from services.intake.corrections.models import Correction
from services.intake.disclosures import queries as disclosures
from services.intake.journeys import queries as journeys
from services.intake.proposals.models import ProgrammeProposal
from services.intake.proposals.rules import ProposalState
from shared.desk import rows
from shared.desk.rows import Part, Row
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.referrals.words import place
from shared.web import access

Gather = Callable[[Session, Officer], Part]


def _for(permission: Permission) -> Callable[[Gather], rows.Source]:
    """Let a source give nothing to whoever could not do it."""

    def asking(source: Gather) -> rows.Source:
        return lambda session, officer: source(session, officer) if access.holds(officer, permission) else Part()

    return asking


@_for(Permission.DISCLOSURES_SERVE)
def requests_to_see(session: Session, officer: Officer) -> Part:
    """Who asked to see what is held of her, and was not answered yet."""
    found = disclosures.waiting(session, officer, limit=rows.MOST).items
    return rows.listed(
        [
            Row(
                kind="disclosure",
                act=_("Answer"),
                what=_("Request for own data"),
                about=place(each.area),
                address=f"/intake/{officer.agency}/disclosures/{each.id}",
                **rows.dated(each.asked_at, each.due_at),
            )
            for each in found
        ],
        disclosures.how_many_wait(session, officer).number,
    )


@_for(Permission.CORRECTIONS_DECIDE)
def corrections_to_decide(session: Session, officer: Officer) -> Part:
    """What one officer noted as wrong, and another one decides on."""
    hers = corrections.for_her_to_decide(officer)
    found = session.scalars(hers.order_by(Correction.due_at, Correction.id).limit(rows.MOST)).all()
    return rows.listed(
        [
            Row(
                kind="correction",
                act=_("Decide"),
                what=_("Correction of her data"),
                about=place(each.area),
                address=f"/intake/{officer.agency}/corrections/{each.id}",
                **rows.dated(each.noted_at, each.due_at),
            )
            for each in found
        ],
        session.scalar(select(func.count()).select_from(hers.subquery())),
    )


@_for(Permission.BREACHES_REACH)
def breaches_to_tell(session: Session, officer: Officer) -> Part:
    """Failures of protection of which somebody, or the authority, is still to be told."""
    found = session.scalars(breaches.untold(officer).order_by(Breach.due_at).limit(rows.MOST)).all()
    return rows.listed(
        [
            Row(
                kind="breach",
                act=_("Tell them"),
                what=_("Data breach"),
                about="",
                address=f"/intake/{officer.agency}/breaches/{each.id}",
                **rows.dated(each.found_at, each.due_at),
            )
            for each in found
        ],
        breaches.how_many_wait(session, officer).number,
    )


@_for(Permission.REGISTRY_CHANGE)
def duplicates_to_decide(session: Session, officer: Officer) -> Part:
    """Records that claim the same NIK, in one row."""
    waiting = changes.how_many_wait(session, officer).number
    said = ngettext("%(num)d pair of records with one NIK", "%(num)d pairs of records with one NIK", waiting)
    return _together(waiting, Row("duplicates", _("Decide"), said, "", f"/intake/{officer.agency}/duplicates"))


@_for(Permission.CONSENTS_ASK)
def consents_to_ask(session: Session, officer: Officer) -> Part:
    """Journeys that wait until everybody concerned was asked, in one row."""
    waiting = journeys.how_many_await_consent(session, officer)
    said = ngettext("consent for %(num)d journey", "consent for %(num)d journeys", waiting)
    return _together(waiting, Row("consents", _("Ask"), said, "", f"/intake/{officer.agency}/journeys?state=consent"))


@_for(Permission.PROGRAMMES_PUBLISH)
def programmes_to_publish(session: Session, officer: Officer) -> Part:
    """Programmes that somebody else proposed for publication."""
    waits = ProgrammeProposal.state == ProposalState.WAITING, ProgrammeProposal.proposed_by != officer.id
    found = session.scalars(select(ProgrammeProposal).where(*waits).order_by(ProgrammeProposal.id).limit(rows.MOST))
    return rows.listed(
        [
            Row(
                kind="proposal",
                act=_("Decide"),
                what=_("Publish %(programme)s", programme=each.programme),
                about=_("proposed by %(name)s", name=each.proposed_name),
                address=f"/intake/{officer.agency}/proposals/{each.id}",
            )
            for each in found
        ]
    )


def _together(waiting: int, row: Row) -> Part:
    return rows.listed([row]) if waiting else Part()


SOURCES = (
    requests_to_see, corrections_to_decide, breaches_to_tell, duplicates_to_decide, consents_to_ask,
    programmes_to_publish,
)  # fmt: skip
