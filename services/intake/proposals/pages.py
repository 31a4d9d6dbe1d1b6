"""Door 1 for people: propose a programme that was tried, and decide on what somebody else has proposed."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.proposals import commands, queries, schemas, words
from services.intake.trials import pages as trials
from shared.identity.permissions import Permission
from shared.web import door, forms, posting
from shared.web.guard import guard

pages = Blueprint("proposals_pages", __name__, template_folder="templates")


@pages.get("/<agency>/proposals")
@guard(Permission.PROGRAMMES_PUBLISH)
def list_proposals(agency: str) -> str:
    """Every proposal, the latest first."""
    with door.reading() as session:
        page = queries.proposals(session, request.args.get("after"), 50)
        return render_template("proposals/list.html", agency=agency, page=page, words=words)


@pages.post("/<agency>/trials/<uuid:trial_id>/propose")
@guard(Permission.PROGRAMMES_PUBLISH)
@posting.sent_from(trials.show_trial)
def propose(agency: str, trial_id: UUID) -> Response:
    """Propose the programme of a clean trial for publication."""
    with door.transaction() as session:
        proposed = commands.propose(session, door.current_officer(), trial_id)
    said = _("It is proposed. It is published once somebody else consents.")
    return posting.done(said, f"/intake/{agency}/proposals/{proposed.id}")


@pages.get("/<agency>/proposals/<uuid:proposal_id>")
@guard(Permission.PROGRAMMES_PUBLISH)
def show_proposal(agency: str, proposal_id: UUID, form: forms.Form | None = None) -> str:
    """One proposal: the programme word for word, who proposed it, and what is decided."""
    with door.reading() as session:
        found = queries.proposal(session, door.current_officer(), proposal_id)
        return render_template(
            "proposals/proposal.html", agency=agency, found=found, form=form or forms.blank(), words=words
        )


@pages.post("/<agency>/proposals/<uuid:proposal_id>/consent")
@guard(Permission.PROGRAMMES_PUBLISH)
@posting.sent_from(show_proposal)
def consent(agency: str, proposal_id: UUID) -> Response:
    """Publish what somebody else has proposed."""
    with door.transaction() as session:
        found = commands.consent(session, door.current_officer(), proposal_id)
    return posting.done(_("The programme is published."), f"/intake/{agency}/programmes/{found.programme}")


@pages.post("/<agency>/proposals/<uuid:proposal_id>/refuse")
@guard(Permission.PROGRAMMES_PUBLISH)
@posting.sent_from(show_proposal)
def refuse(agency: str, proposal_id: UUID) -> Response:
    """Refuse what somebody else has proposed, and say why."""
    given = forms.load(schemas.ProposalRefused(), request.form)
    with door.transaction() as session:
        commands.refuse(session, door.current_officer(), proposal_id, given["reason"])
    return posting.done(_("It is refused, and the reason is kept."), f"/intake/{agency}/proposals/{proposal_id}")


@pages.post("/<agency>/proposals/<uuid:proposal_id>/take-back")
@guard(Permission.PROGRAMMES_PUBLISH)
@posting.sent_from(show_proposal)
def take_back(agency: str, proposal_id: UUID) -> Response:
    """Take one's own proposal back."""
    with door.transaction() as session:
        commands.take_back(session, door.current_officer(), proposal_id)
    return posting.done(_("The proposal is taken back."), f"/intake/{agency}/proposals/{proposal_id}")
