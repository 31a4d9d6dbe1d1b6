"""The dashboard, asked by a program."""

from typing import Any

from services.monitoring import versions
from services.monitoring.oversight import dashboard, promises, red_list, schemas
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("oversight", __name__, description="Who waits for whom, what is late, who is reached")


@blueprint.get("/<agency>/dashboard")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.DashboardQuery, location="query")
@blueprint.response(200, schemas.DashboardSchema)
def show_dashboard(query: dict[str, Any], agency: str) -> dashboard.Dashboard:
    """Everything that the dashboard shows of your areas, for all programmes or for one."""
    named = query["programme"]
    programme = versions.asked(named, query["version"]) if named else None
    with door.reading() as session:
        return dashboard.gather(session, door.current_officer(), programme)


@blueprint.get("/<agency>/red-list")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.RedListQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.OpenStageSchema))
def list_open_stages(query: dict[str, Any], agency: str) -> paging.Page[red_list.OpenStage]:
    """Open stages in your areas with the share of their time limit that is used, the earliest due first."""
    with door.reading() as session:
        return red_list.red_list(session, door.current_officer(), **query)


@blueprint.get("/<agency>/promises")
@guard(Permission.FIGURES_READ)
@blueprint.arguments(schemas.PromisesQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.ClosedStageSchema))
def list_closed_stages(query: dict[str, Any], agency: str) -> paging.Page[promises.ClosedStage]:
    """Stages that offices in your areas have closed, and whether in time: what the shares of promises count."""
    with door.reading() as session:
        return promises.closed_stages(session, door.current_officer(), **query)
