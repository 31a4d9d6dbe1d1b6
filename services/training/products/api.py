"""Products for programs: those that the office was asked about, and how high each stands."""

from typing import Any

from services.training.products import queries, schemas
from services.training.products.queries import Asked
from services.training.products.requirements import requirements
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("products", __name__, description="Products on their way from made to order to licensed")


@blueprint.get("/<agency>/products")
@guard(Permission.PRODUCTS_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.ProductLineSchema))
def list_products(query: dict[str, Any], agency: str) -> paging.Page[Asked]:
    """The products that the office was asked about, the latest first."""
    with door.reading() as session:
        rows = queries.stages(door.current_officer())
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        return paging.Page(queries.with_products(session, page.items, requirements()), page.next)
