"""Door 1 for programs: the guide for the officer who asks."""

from collections.abc import Iterable
from typing import Any

from shared.guide import reading, schemas
from shared.identity.permissions import Permission
from shared.referrals.work import StageWork, by_kind
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import guard


def blueprint(service: str, works: Iterable[StageWork]) -> Blueprint:
    """The API of one service's guide."""
    known = by_kind(works)
    api = Blueprint("guide", __name__, description=f"A short guide to {service}, by role and page")

    @api.get("/<agency>/guide")
    @guard(Permission.ACCOUNT_OWN)
    @api.arguments(schemas.GuideQuery, location="query")
    @api.response(200, schemas.GuideSchema)
    def get_guide(query: dict[str, Any], agency: str) -> reading.Read:
        """What is her job here, what can she do, and what comes next: nothing that she may not do."""
        return reading.read(door.current_officer(), service, query["page"], known)

    return api
