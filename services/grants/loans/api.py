"""Door 1 for programs: an office's loans, what is in arrears, and repayments."""

from typing import Any
from uuid import UUID

from services.grants.loans import commands, queries, schemas
from services.grants.loans.models import Loan
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

ONE = "/<agency>/loans/<uuid:loan_id>"

blueprint = Blueprint("loans", __name__, description="Loans without interest: schedules, repayments and arrears")


@blueprint.get("/<agency>/loans")
@guard(Permission.LOANS_READ)
@blueprint.arguments(schemas.LoanQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.LoanSchema))
def list_loans(query: dict[str, Any], agency: str) -> paging.Page[Any]:
    """The office's loans, the latest first."""
    with door.reading() as session:
        rows = queries.loans_of(door.current_officer(), query.pop("state"))
        found: paging.Page[Loan] = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        return paging.Page(queries.lines(session, found.items), found.next)


@blueprint.get("/<agency>/loans/sums")
@guard(Permission.LOANS_READ)
@blueprint.response(200, schemas.LoanSumsSchema)
def get_sums(agency: str) -> queries.Sums:
    """What the office's loans amount to together; no grant is in it."""
    with door.reading() as session:
        return queries.sums(session, door.current_officer())


@blueprint.get(ONE)
@guard(Permission.LOANS_READ)
@blueprint.response(200, schemas.LoanStandingSchema)
def get_loan(agency: str, loan_id: UUID) -> dict[str, Any]:
    """One loan: its schedule as it stands today, and every repayment."""
    with door.reading() as session:
        return queries.standing(session, queries.loan_for(session, door.current_officer(), loan_id))


@blueprint.post(f"{ONE}/repayments")
@guard(Permission.LOANS_RUN)
@blueprint.arguments(schemas.RepaymentSchema)
@blueprint.response(201, schemas.LoanStandingSchema)
def record_repayment(given: dict[str, Any], agency: str, loan_id: UUID) -> dict[str, Any]:
    """Book money that came back; it fills the oldest instalment first."""
    with door.transaction() as session:
        loan = commands.record_repayment(session, door.current_officer(), loan_id, **given)
        return queries.standing(session, loan)
