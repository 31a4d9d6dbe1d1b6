"""Visits for programs, beside their stage: what became of goods that should still be there."""

from typing import Any

from services.monitoring.visits import queries, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("visits", __name__, description="What officers found where goods were given")


@blueprint.get("/<agency>/sold-goods")
@guard(Permission.SOLD_GOODS_READ)
@blueprint.response(200, schemas.Sales)
def list_sold_goods(agency: str) -> dict[str, Any]:
    """Goods that were passed on or sold within the first year without approval, the latest first."""
    with door.reading() as session:
        return {"items": queries.sold_without_approval(session, door.current_officer())}
