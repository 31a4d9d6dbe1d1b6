"""Door 1 for programs: an office's zakat cases and what they amount to; the work itself is on the referrals."""

from typing import Any
from uuid import UUID

from services.grants.zakat import queries, schemas
from services.grants.zakat.models import ZakatCase
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

ONE = "/<agency>/zakat/<uuid:case_id>"

blueprint = Blueprint("zakat", __name__, description="Support out of zakat: cases, grants and loans apart")


@blueprint.get("/<agency>/zakat")
@guard(Permission.ZAKAT_READ)
@blueprint.arguments(schemas.CaseQuerySchema, location="query")
@blueprint.response(200, paging.page_of(schemas.ZakatCaseSchema))
def list_cases(query: dict[str, Any], agency: str) -> paging.Page[ZakatCase]:
    """The office's cases, the latest first."""
    with door.reading() as session:
        rows = queries.cases_of(door.current_officer(), query.pop("state"))
        return paging.page(session, rows, ZakatCase.id, newest_first=True, **query)


@blueprint.get("/<agency>/zakat/sums")
@guard(Permission.ZAKAT_READ)
@blueprint.response(200, schemas.ZakatSumsSchema)
def get_sums(agency: str) -> queries.Sums:
    """What was given and what was lent; two figures that nobody adds up."""
    with door.reading() as session:
        return queries.sums(session, door.current_officer())


@blueprint.get(ONE)
@guard(Permission.ZAKAT_READ)
@blueprint.response(200, schemas.ZakatCaseSchema)
def get_case(agency: str, case_id: UUID) -> ZakatCase:
    """One case."""
    with door.reading() as session:
        return queries.case_for(session, door.current_officer(), case_id)
