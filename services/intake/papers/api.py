"""Door 1 for programs: the papers of data protection."""

from typing import Any

from services.intake.papers import own, queries, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.rates import costly

blueprint = Blueprint("papers", __name__, description="The papers that UU 27/2022 (personal data) asks for")


@blueprint.get("/<agency>/papers")
@guard(Permission.PAPERS_READ)
@costly
@blueprint.response(200, schemas.PapersSchema)
def show_papers(agency: str) -> dict[str, Any]:
    """The register of processing, how long data is kept, and who is told what on which basis; 422 names mistakes."""
    with door.reading() as session:
        return queries.papers(session, own.own())
