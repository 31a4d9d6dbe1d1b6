"""Door 1 for programs: goods grants, and what is done about them beside their stages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema

from services.grants.goods import doors, papers, queries, schemas
from services.grants.goods.commands import divisions, hand_overs, orders
from services.grants.goods.models import Grant
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

ONE = "/<agency>/grants/<uuid:grant_id>"
LINE = f"{ONE}/lines/<int:number>"

blueprint = Blueprint("grants", __name__, description="Goods grants: RAB, decision, orders, deeds and account")


class GrantsQuery(paging.PageQuery, schemas.GrantQuerySchema):
    """Which grants to list, and which page of them."""


@blueprint.get("/<agency>/grants")
@guard(Permission.GOODS_READ)
@blueprint.arguments(GrantsQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.GrantSchema))
def list_grants(query: dict[str, Any], agency: str) -> paging.Page[Grant]:
    """The office's grants, the latest first."""
    with door.reading() as session:
        rows = queries.grants_of(door.current_officer(), query.pop("state"), query.pop("to_divide"))
        return paging.page(session, rows, Grant.id, newest_first=True, **query)


@blueprint.get("/<agency>/sk")
@guard(Permission.GOODS_READ)
@blueprint.arguments(schemas.PaperQuery, location="query")
@blueprint.response(200, schemas.SkSchema)
def get_sk(query: dict[str, Any], agency: str) -> dict[str, Any]:
    """One SK with all that it decides."""
    with door.reading() as session:
        found = papers.sk(session, door.current_officer(), **query)
    return {**_head(found), "granted": found.granted, "grants": _named(found.grants, schemas.DecidedSchema, "SK")}


@blueprint.get("/<agency>/hand-overs")
@guard(Permission.GOODS_READ)
@blueprint.arguments(schemas.PaperQuery, location="query")
@blueprint.response(200, schemas.EventSchema)
def get_hand_over_event(query: dict[str, Any], agency: str) -> dict[str, Any]:
    """One hand-over event: who received what, by whose witness."""
    with door.reading() as session:
        found = papers.event(session, door.current_officer(), **query)
    more = {"witnesses": found.witnesses, "amount": found.amount}
    return {**_head(found), **more, "grants": _named(found.grants, schemas.ReceivedSchema, "BAST")}


def _head(paper: papers.Sk | papers.Event) -> dict[str, Any]:
    return {"number": paper.number, "on": paper.on, "office": paper.office}


def _named(grants: Sequence[Any], schema: type[Schema], why: str) -> list[dict[str, Any]]:
    names = naming.listed_journeys((each.journey_id for each in grants), why)
    own = [name for name in schema().fields if name not in naming.NamedSchema().fields]
    return [
        {
            **{name: getattr(each, name) for name in own},
            "number": names[each.journey_id].number,
            "name": names[each.journey_id].name,
        }
        for each in grants
    ]


@blueprint.get(ONE)
@guard(Permission.GOODS_READ)
@blueprint.response(200, schemas.GrantStandingSchema)
def get_grant(agency: str, grant_id: UUID) -> dict[str, Any]:
    """One grant: lines, money, decision, orders, deeds, changes and account."""
    with door.reading() as session:
        return queries.standing(session, queries.grant_for(session, door.current_officer(), grant_id))


@blueprint.post(f"{ONE}/orders/fail")
@guard(Permission.GOODS_RUN)
@blueprint.arguments(schemas.OrderFailedSchema)
@blueprint.response(200, schemas.GrantStandingSchema)
def fail_order(given: dict[str, Any], agency: str, grant_id: UUID) -> dict[str, Any]:
    """The vendor does not deliver: the commitment is freed, the SK stays."""
    with doors.changing(grant_id) as (session, officer, grant):
        orders.fail_order(session, officer, grant, **given)
        return queries.standing(session, grant)


@blueprint.post(f"{ONE}/deliveries")
@guard(Permission.GOODS_RUN)
@blueprint.arguments(schemas.DeliverySchema)
@blueprint.response(201, schemas.GrantStandingSchema)
def record_delivery(given: dict[str, Any], agency: str, grant_id: UUID) -> dict[str, Any]:
    """Hand over a rest by a deed of its own, after the hand-over stage."""
    with doors.changing(grant_id) as (session, officer, grant):
        hand_overs.deliver_rest(session, officer, grant, deed=given["deed"], lines=given["lines"])
        return queries.standing(session, grant)


@blueprint.post(f"{LINE}/close")
@guard(Permission.GOODS_RUN)
@blueprint.response(200, schemas.GrantStandingSchema)
def close_line(agency: str, grant_id: UUID, number: int) -> dict[str, Any]:
    """Stop waiting for the rest of a line: its money is free again."""
    with doors.changing(grant_id) as (session, officer, grant):
        hand_overs.close_line(session, officer, grant, number)
        return queries.standing(session, grant)


@blueprint.post(f"{LINE}/changes")
@guard(Permission.GOODS_RUN)
@blueprint.arguments(schemas.LineChangeSchema)
@blueprint.response(201, schemas.GrantStandingSchema)
def propose_change(given: dict[str, Any], agency: str, grant_id: UUID, number: int) -> dict[str, Any]:
    """Ask to have a line of the RAB approved again with another price or quantity."""
    with doors.changing(grant_id) as (session, officer, grant):
        orders.propose_change(session, officer, grant, number, **given)
        return queries.standing(session, grant)


@blueprint.post(f"{LINE}/changes/approve")
@guard(Permission.GOODS_DECIDE)
@blueprint.response(200, schemas.GrantStandingSchema)
def approve_change(agency: str, grant_id: UUID, number: int) -> dict[str, Any]:
    """Approve a line again; the commitment follows it."""
    with doors.changing(grant_id) as (session, officer, grant):
        orders.approve_change(session, officer, grant, number)
        return queries.standing(session, grant)


@blueprint.post(f"{ONE}/refunds")
@guard(Permission.GOODS_RUN)
@blueprint.arguments(schemas.RefundSchema)
@blueprint.response(201, schemas.GrantStandingSchema)
def book_refund(given: dict[str, Any], agency: str, grant_id: UUID) -> dict[str, Any]:
    """Book money that came back after it had been spent."""
    with doors.changing(grant_id) as (session, officer, grant):
        hand_overs.give_money_back(session, officer, grant, **given)
        return queries.standing(session, grant)


@blueprint.post(f"{ONE}/divisions")
@guard(Permission.GOODS_RUN)
@blueprint.arguments(schemas.DivisionSchema)
@blueprint.response(201, schemas.GrantStandingSchema)
def divide_goods(given: dict[str, Any], agency: str, grant_id: UUID) -> dict[str, Any]:
    """Divide the goods of a group that split between it and those that left it, by berita acara."""
    with doors.changing(grant_id) as (session, officer, grant):
        divisions.divide_goods(session, officer, grant, **given)
        return queries.standing(session, grant)
