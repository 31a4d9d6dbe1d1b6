"""Door 1 for people: the office's loans with their arrears, and one with its schedule and repayments."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.grants import subjects
from services.grants.funds import queries as funds
from services.grants.loans import api, commands, queries, schemas
from services.grants.loans.rules import LoanState
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.referrals.words import place, programme_title
from shared.web import access, door, forms, paging, posting
from shared.web.guard import guard
from shared.web.showing import or_english

pages = Blueprint("loans_pages", __name__, template_folder="templates")
TAGS = {LoanState.RUNNING: "active", LoanState.IN_ARREARS: "bad", LoanState.REPAID: "good"}


@pages.get("/<agency>/loans")
@guard(Permission.LOANS_READ)
def list_loans(agency: str) -> str:
    """The office's loans, the latest first."""
    officer = door.current_officer()
    query = forms.load(schemas.LoanQuery(), request.args)
    with door.reading() as session:
        rows = queries.loans_of(officer, query.pop("state"))
        found = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        return render_template(
            "loans/list.html",
            loans=queries.lines(session, found.items),
            versions=subjects.versions_of(session, {each.journey_id for each in found.items}),
            names=naming.listed_journeys((each.journey_id for each in found.items), "loans"),
            next=found.next,
            sums=queries.sums(session, officer),
            form=forms.filled(request.args),
            query={name: value for name, value in request.args.items() if name != "after" and value},
            states=[(state.value, label) for state, label in _states().items()],
            labels=_states(),
            address=_list(agency),
            tags=TAGS,
            place=place,
            programme_title=programme_title,
        )


@pages.get(api.ONE)
@guard(Permission.LOANS_READ)
def show_loan(agency: str, loan_id: UUID, form: forms.Form | None = None) -> str:
    """One loan: its schedule, and what came back."""
    officer = door.current_officer()
    with door.reading() as session:
        loan = queries.standing(session, queries.loan_for(session, officer, loan_id))
        fund = or_english(*funds.title(session, loan["fund_id"]))
        version = subjects.versions_of(session, {loan["journey_id"]}).get(loan["journey_id"])
    return render_template(
        "loans/loan.html",
        loan=loan,
        version=version,
        fund=fund,
        form=form or forms.blank(),
        label=_states()[loan["state"]],
        address=f"{_list(agency)}/{loan_id}",
        list_address=_list(agency),
        may_book=access.holds(officer, Permission.LOANS_RUN)
        and officer.office == loan["office"]
        and loan["outstanding"],
        tags=TAGS,
        place=place,
        programme_title=programme_title,
    )


@pages.post(f"{api.ONE}/repayments")
@guard(Permission.LOANS_RUN)
@posting.sent_from(show_loan)
def record_repayment(agency: str, loan_id: UUID) -> Response:
    """Book money that came back."""
    given = forms.load(schemas.RepaymentSchema(), request.form)
    with door.transaction() as session:
        commands.record_repayment(session, door.current_officer(), loan_id, **given)
    return posting.done(_("The repayment is booked."), f"{_list(agency)}/{loan_id}")


def _states() -> dict[LoanState, str]:
    return {
        LoanState.RUNNING: _("running"),
        LoanState.IN_ARREARS: _("in arrears"),
        LoanState.REPAID: _("repaid in full"),
    }


def _list(agency: str) -> str:
    return f"/grants/{agency}/loans"
