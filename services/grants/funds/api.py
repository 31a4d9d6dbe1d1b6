"""Door 1 for programs: funds, their balances and their ledgers."""

from typing import Any

from services.grants.funds import commands, queries, schemas
from services.grants.funds.models import Fund, FundEntry
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

ONE = "/<agency>/funds/<fund_id>"

blueprint = Blueprint("funds", __name__, description="Funds: ceilings, balances and ledgers")


@blueprint.get("/<agency>/funds")
@guard(Permission.FUNDS_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.FundSchema))
def list_funds(query: dict[str, Any], agency: str) -> paging.Page[Fund]:
    """The office's funds, the latest year first."""
    with door.reading() as session:
        rows = queries.funds_of(door.current_officer())
        return paging.page(session, rows, Fund.budget_year, Fund.id, newest_first=True, **query)


@blueprint.post("/<agency>/funds")
@guard(Permission.FUNDS_OPEN)
@blueprint.arguments(schemas.FundOpeningSchema)
@blueprint.response(201, schemas.FundSchema)
def open_fund(given: dict[str, Any], agency: str) -> Fund:
    """Open a fund; saying the same again changes nothing."""
    with door.transaction() as session:
        return commands.open_fund(session, door.current_officer(), fund_id=given.pop("id"), **given)


@blueprint.get(ONE)
@guard(Permission.FUNDS_READ)
@blueprint.response(200, schemas.FundSchema)
def get_fund(agency: str, fund_id: str) -> Fund:
    """One fund and where its money stands."""
    with door.reading() as session:
        return queries.fund_for(session, door.current_officer(), fund_id)


@blueprint.get(f"{ONE}/entries")
@guard(Permission.FUNDS_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.FundEntrySchema))
def list_entries(query: dict[str, Any], agency: str, fund_id: str) -> paging.Page[FundEntry]:
    """The fund's ledger, the latest entry first."""
    with door.reading() as session:
        fund = queries.fund_for(session, door.current_officer(), fund_id)
        return paging.page(session, queries.entries(fund.id), FundEntry.seq, newest_first=True, **query)


@blueprint.post(f"{ONE}/close")
@guard(Permission.FUNDS_OPEN)
@blueprint.response(200, schemas.ClosedSchema)
def close_fund(agency: str, fund_id: str) -> dict[str, int]:
    """Close the fund's year: what is set aside and not realised lapses; only after 31 December."""
    with door.transaction() as session:
        return {"lapsed": commands.close_year(session, door.current_officer(), fund_id)}
