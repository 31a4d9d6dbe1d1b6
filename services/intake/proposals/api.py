"""Door 1 for programs: propose a programme that was tried, and decide on what somebody else has proposed."""

from typing import Any
from uuid import UUID

from services.intake.proposals import commands, queries, schemas
from services.intake.proposals.models import ProgrammeProposal
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("proposals", __name__, description="A tried programme, published once a second person consents")


@blueprint.get("/<agency>/proposals")
@guard(Permission.PROGRAMMES_PUBLISH)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.ProposalSchema))
def list_proposals(query: dict[str, Any], agency: str) -> paging.Page[ProgrammeProposal]:
    """Every proposal, the latest first."""
    with door.reading() as session:
        return queries.proposals(session, **query)


@blueprint.post("/<agency>/proposals")
@guard(Permission.PROGRAMMES_PUBLISH)
@blueprint.arguments(schemas.TrialProposed)
@blueprint.response(201, schemas.ProposalSchema)
def propose(given: dict[str, Any], agency: str) -> ProgrammeProposal:
    """Propose the programme of a clean trial for publication; somebody else decides."""
    with door.transaction() as session:
        return commands.propose(session, door.current_officer(), given["trial"])


@blueprint.get("/<agency>/proposals/<uuid:proposal_id>")
@guard(Permission.PROGRAMMES_PUBLISH)
@blueprint.response(200, schemas.ProposalWithText)
def show_proposal(agency: str, proposal_id: UUID) -> ProgrammeProposal:
    """One proposal with its programme word for word."""
    with door.reading() as session:
        return queries.proposal(session, door.current_officer(), proposal_id).proposal


@blueprint.post("/<agency>/proposals/<uuid:proposal_id>/consent")
@guard(Permission.PROGRAMMES_PUBLISH)
@blueprint.response(200, schemas.ProposalSchema)
def consent(agency: str, proposal_id: UUID) -> ProgrammeProposal:
    """Publish what somebody else has proposed, for good."""
    with door.transaction() as session:
        return commands.consent(session, door.current_officer(), proposal_id)


@blueprint.post("/<agency>/proposals/<uuid:proposal_id>/refuse")
@guard(Permission.PROGRAMMES_PUBLISH)
@blueprint.arguments(schemas.ProposalRefused)
@blueprint.response(200, schemas.ProposalSchema)
def refuse(given: dict[str, str], agency: str, proposal_id: UUID) -> ProgrammeProposal:
    """Refuse what somebody else has proposed, and say why."""
    with door.transaction() as session:
        return commands.refuse(session, door.current_officer(), proposal_id, given["reason"])


@blueprint.post("/<agency>/proposals/<uuid:proposal_id>/take-back")
@guard(Permission.PROGRAMMES_PUBLISH)
@blueprint.response(200, schemas.ProposalSchema)
def take_back(agency: str, proposal_id: UUID) -> ProgrammeProposal:
    """Take one's own proposal back."""
    with door.transaction() as session:
        return commands.take_back(session, door.current_officer(), proposal_id)
