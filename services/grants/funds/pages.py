"""Door 1 for people: the funds, one fund with its ledger, and the form that opens one."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.grants.funds import commands, queries, schemas
from services.grants.funds.models import Fund, FundEntry
from shared.identity.permissions import Permission
from shared.kernel.money import format_rupiah
from shared.web import access, door, forms, paging, posting
from shared.web.confirming import Asked
from shared.web.guard import guard

pages = Blueprint("funds_pages", __name__, template_folder="templates")


@pages.get("/<agency>/funds")
@guard(Permission.FUNDS_READ)
def list_funds(agency: str) -> str:
    """The office's funds, the latest year first."""
    officer = door.current_officer()
    part = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        rows = queries.funds_of(officer)
        found = paging.page(session, rows, Fund.budget_year, Fund.id, newest_first=True, **part)
        return render_template(
            "funds/list.html", page=found, address=_list(agency), may_open=access.holds(officer, Permission.FUNDS_OPEN)
        )


@pages.get("/<agency>/funds/new")
@guard(Permission.FUNDS_OPEN)
def fund_form(agency: str, form: forms.Form | None = None) -> str:
    """The form that opens a fund."""
    return render_template("funds/new.html", form=form or forms.blank(), address=_list(agency))


@pages.post("/<agency>/funds")
@guard(Permission.FUNDS_OPEN)
@posting.sent_from(fund_form)
def open_fund(agency: str) -> Response:
    """Open a fund."""
    given = forms.load(schemas.FundOpeningSchema(), request.form)
    with door.transaction() as session:
        fund = commands.open_fund(session, door.current_officer(), fund_id=given.pop("id"), **given)
    return posting.done(_("The fund is open."), f"{_list(agency)}/{fund.id}")


@pages.get("/<agency>/funds/<fund_id>")
@guard(Permission.FUNDS_READ)
def show_fund(agency: str, fund_id: str) -> str:
    """One fund: where its money stands, and its ledger."""
    officer = door.current_officer()
    part = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        fund = queries.fund_for(session, officer, fund_id)
        return render_template(
            "funds/fund.html",
            fund=fund,
            page=paging.page(session, queries.entries(fund.id), FundEntry.seq, newest_first=True, **part),
            address=f"{_list(agency)}/{fund.id}",
            list_address=_list(agency),
            may_close=access.holds(officer, Permission.FUNDS_OPEN)
            and officer.office == fund.owner_office
            and not fund.closed_on,
        )


def _closing(agency: str, fund_id: str) -> Asked:
    return Asked(
        _("You are about to close the year of the fund %(fund)s", fund=fund_id),
        [
            _("What was granted and not handed over by now lapses; those grants wait for the next year."),
            _("Nothing is committed or paid from this fund any more."),
            _("It cannot be taken back."),
        ],
        _("Yes, close the year"),
    )


@pages.post("/<agency>/funds/<fund_id>/close")
@guard(Permission.FUNDS_OPEN)
@posting.sent_from(show_fund, asking=_closing)
def close_fund(agency: str, fund_id: str) -> Response:
    """Close a fund's year."""
    with door.transaction() as session:
        lapsed = commands.close_year(session, door.current_officer(), fund_id)
    said = _("The year is closed; %(amount)s lapsed.", amount=format_rupiah(lapsed))
    return posting.done(said, f"{_list(agency)}/{fund_id}")


def _list(agency: str) -> str:
    return f"/grants/{agency}/funds"
