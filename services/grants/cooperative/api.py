"""Door 1 for programs: an office's cooperatives, their members, and the ledger of savings."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.cooperative import queries, schemas
from services.grants.cooperative.commands import cooperatives, savings
from services.grants.cooperative.models import Cooperative, CooperativeSaving
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

ONE = "/<agency>/cooperatives/<uuid:cooperative_id>"

blueprint = Blueprint("cooperatives", __name__, description="Cooperatives, their members and savings")


@blueprint.get("/<agency>/cooperatives")
@guard(Permission.COOPERATIVES_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.CooperativeSchema))
def list_cooperatives(query: dict[str, Any], agency: str) -> paging.Page[Any]:
    """The office's cooperatives, the latest first."""
    with door.reading() as session:
        rows = queries.cooperatives_of(door.current_officer())
        found: paging.Page[Cooperative] = paging.page(session, rows, Cooperative.id, newest_first=True, **query)
        return paging.Page(queries.lines(session, found.items), found.next)


@blueprint.post("/<agency>/cooperatives")
@guard(Permission.COOPERATIVES_RUN)
@blueprint.arguments(schemas.RegistrationSchema)
@blueprint.response(201, schemas.CooperativeStandingSchema)
def register(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Note a cooperative that exists already."""
    with door.transaction() as session:
        return _standing(session, cooperatives.register(session, door.current_officer(), **given))


@blueprint.get(ONE)
@guard(Permission.COOPERATIVES_READ)
@blueprint.response(200, schemas.CooperativeStandingSchema)
def get_cooperative(agency: str, cooperative_id: UUID) -> dict[str, Any]:
    """One cooperative: its members and what each has saved."""
    with door.reading() as session:
        return _standing(session, queries.shown(session, door.current_officer(), cooperative_id))


@blueprint.put(f"{ONE}/legal-number")
@guard(Permission.COOPERATIVES_RUN)
@blueprint.arguments(schemas.LegalNumberSchema)
@blueprint.response(200, schemas.CooperativeStandingSchema)
def give_legal_number(given: dict[str, Any], agency: str, cooperative_id: UUID) -> dict[str, Any]:
    """Note the number under which it became a legal entity."""
    with door.transaction() as session:
        officer = door.current_officer()
        queries.shown(session, officer, cooperative_id)
        return _standing(session, cooperatives.give_legal_number(session, officer, cooperative_id, **given))


@blueprint.get(f"{ONE}/savings")
@guard(Permission.COOPERATIVES_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.SavingEntrySchema))
def list_savings(query: dict[str, Any], agency: str, cooperative_id: UUID) -> paging.Page[CooperativeSaving]:
    """The ledger of savings, the latest entry first."""
    with door.reading() as session:
        found = queries.shown(session, door.current_officer(), cooperative_id)
        return paging.page(session, queries.savings(found.id), CooperativeSaving.id, newest_first=True, **query)


@blueprint.post(f"{ONE}/savings")
@guard(Permission.COOPERATIVES_RUN)
@blueprint.arguments(schemas.SavingSchema)
@blueprint.response(201, schemas.SavingEntrySchema)
def save_money(given: dict[str, Any], agency: str, cooperative_id: UUID) -> CooperativeSaving:
    """Book what a member pays in, or takes back of her sukarela."""
    with door.transaction() as session:
        officer = door.current_officer()
        queries.shown(session, officer, cooperative_id)
        return savings.save_money(session, officer, cooperative_id, **given)


def _standing(session: Session, cooperative: Cooperative) -> dict[str, Any]:
    found = queries.standing(session, cooperative)
    names = naming.listed((each["referral_id"] for each in found["members"]), f"cooperative {cooperative.id}")
    return {**found, "members": [{**each, **naming.of_line(names, each["referral_id"])} for each in found["members"]]}
