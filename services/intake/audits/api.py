"""Door 1 for programs: what the last audits found."""

from typing import Any

from services.intake.audits import queries, schemas
from services.intake.audits.models import AuditRun
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("audits", __name__, description="What the audits of all four services found")


@blueprint.get("/<agency>/audits")
@guard(Permission.AUDITS_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.AuditSchema))
def list_audits(query: dict[str, Any], agency: str) -> paging.Page[AuditRun]:
    """The audits that are kept, the latest first."""
    with door.reading() as session:
        return queries.audits(session, **query)
