"""Fairs for programs: plan, list, book stands, see who comes from where, cancel."""

from typing import Any
from uuid import UUID

from services.training.markets import queries, schemas
from services.training.markets.commands import fairs, selling
from services.training.markets.models import Fair
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("fairs", __name__, description="Fairs, their stands, and what was sold there")
ONE = "/<agency>/fairs/<uuid:fair_id>"


@blueprint.get("/<agency>/fairs")
@guard(Permission.FAIRS_READ)
@blueprint.arguments(schemas.FairQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.FairSchema))
def list_fairs(query: dict[str, Any], agency: str) -> paging.Page[Fair]:
    """The office's fairs, the latest first."""
    with door.reading() as session:
        rows = queries.fairs(door.current_officer().office)
        return paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)


@blueprint.post("/<agency>/fairs")
@guard(Permission.FAIRS_PLAN)
@blueprint.arguments(schemas.FairPlanSchema)
@blueprint.response(201, schemas.FairSchema)
def plan_fair(given: dict[str, Any], agency: str) -> tuple[Fair, dict[str, str]]:
    """Plan a fair with its stands."""
    with door.transaction() as session:
        fair = fairs.plan_fair(session, door.current_officer(), **given)
        return fair, {"Location": f"/training/v1/{agency}/fairs/{fair.id}"}


@blueprint.get(ONE)
@guard(Permission.FAIRS_READ)
@blueprint.response(200, schemas.FairSchema)
def get_fair(agency: str, fair_id: UUID) -> Fair:
    """One fair."""
    with door.reading() as session:
        return queries.fair(session, door.current_officer().office, fair_id)


@blueprint.get(f"{ONE}/stands")
@guard(Permission.FAIRS_READ)
@blueprint.response(200, schemas.FairStandsSchema)
def list_stands(agency: str, fair_id: UUID) -> dict[str, Any]:
    """Who has a stand at the fair, from which kecamatan, and what she sold."""
    with door.reading() as session:
        return shown(queries.fair(session, door.current_officer().office, fair_id), queries.booked(session, fair_id))


@blueprint.post(f"{ONE}/stands")
@guard(Permission.FAIRS_RUN)
@blueprint.arguments(schemas.StandBookingSchema)
@blueprint.response(200, schemas.FairStandsSchema)
def book_stands(given: dict[str, Any], agency: str, fair_id: UUID) -> dict[str, Any]:
    """Give accepted referrals a stand each; the answer is everybody who has one."""
    with door.transaction() as session:
        officer = door.current_officer()
        fairs.book(session, officer, fair_id, given["ids"])
        return shown(queries.fair(session, officer.office, fair_id), queries.booked(session, fair_id))


@blueprint.put(f"{ONE}/sales")
@guard(Permission.FAIRS_RUN)
@blueprint.arguments(schemas.FairSalesSchema)
@blueprint.response(200, schemas.FairStandsSchema)
def note_fair_sales(given: dict[str, Any], agency: str, fair_id: UUID) -> dict[str, Any]:
    """Note what everybody at the fair sold on one day: all of them, or none."""
    with door.transaction() as session:
        officer = door.current_officer()
        selling.note_day(session, officer, fair_id, given["sold_on"], given["sales"])
        return shown(queries.fair(session, officer.office, fair_id), queries.booked(session, fair_id))


@blueprint.post(f"{ONE}/cancel")
@guard(Permission.FAIRS_PLAN)
@blueprint.arguments(schemas.FairCancelSchema)
@blueprint.response(200, schemas.FairSchema)
def cancel_fair(given: dict[str, Any], agency: str, fair_id: UUID) -> Fair:
    """Cancel the fair and free its stands."""
    with door.transaction() as session:
        return fairs.cancel_fair(session, door.current_officer(), fair_id, given["reason"])


def shown(fair: Fair, booked: list[Any]) -> dict[str, Any]:
    """A fair's stands for `FairStandsSchema` and for its page."""
    names = naming.listed((booking.referral_id for booking, _area, _sold in booked), f"fair {fair.id}")
    return {
        "stands": [
            {
                **naming.of_line(names, booking.referral_id),
                "referral_id": booking.referral_id,
                "stand": booking.stand,
                "area": area,
                "needs_travel": booking.needs_travel,
                "has_travel": not booking.lacks_travel,
                "sold": sold,
            }
            for booking, area, sold in booked
        ],
        "kecamatan": queries.drawn_from([area for _, area, _ in booked]),
        "free": fair.stands - len(booked),
    }
