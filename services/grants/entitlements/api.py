"""Door 1 for programs: what a person, or everybody behind a referral, has of aid."""

from typing import Any

from services.grants.entitlements import doors, schemas
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("entitlements", __name__, description="Entitlements: who has a share of which aid")


@blueprint.get("/<agency>/entitlements")
@guard(Permission.ENTITLEMENTS_READ)
@blueprint.arguments(schemas.EntitlementQuery, location="query")
@blueprint.response(200, schemas.EntitlementSchema(many=True))
def list_entitlements(query: dict[str, Any], agency: str) -> list[dict[str, Any]]:
    """Every share of aid, the latest year first; an officer asks about cases of her own office. Looks are logged."""
    with door.transaction() as session:
        return doors.entitlements(session, door.current_officer(), query)
