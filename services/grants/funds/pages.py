"""Door 1 for people: the funds, one fund with its ledger, and the form that opens one."""

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.grants.funds import api, commands, queries, schemas
from services.grants.funds.models import Fund, FundEntry
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.kernel.money import format_rupiah
from shared.web import door, forms, paging, problem
from shared.web.guard import guard

pages = Blueprint("funds_pages", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@pages.get("/<agency>/funds")
@guard(*api.READERS)
def list_funds(agency: str) -> Page:
    """The office's funds, the latest year first."""
    officer = door.current_officer()
    part = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        rows = queries.funds_of(officer)
        found = paging.page(session, rows, Fund.budget_year, Fund.id, newest_first=True, **part)
        return render_template("funds/list.html", page=found, address=_list(agency), may_open=officer.has(Role.HEAD))


@pages.get("/<agency>/funds/new")
@guard(Role.HEAD)
def fund_form(agency: str) -> Page:
    """The form that opens a fund."""
    return render_template("funds/new.html", form=forms.blank(), address=_list(agency))


@pages.post("/<agency>/funds")
@guard(Role.HEAD)
def open_fund(agency: str) -> Page:
    """Open a fund."""
    try:
        given = forms.load(schemas.FundOpeningSchema(), request.form)
        with door.transaction() as session:
            fund = commands.open_fund(session, door.current_officer(), fund_id=given.pop("id"), **given)
    except Invalid as invalid:
        return render_template("funds/new.html", form=forms.filled(request.form, invalid), address=_list(agency)), 422
    except Conflict as refused:
        problem.say(refused)
        return redirect(_list(agency), 303)
    flash(_("The fund is open."), "success")
    return redirect(f"{_list(agency)}/{fund.id}", 303)


@pages.get("/<agency>/funds/<fund_id>")
@guard(*api.READERS)
def show_fund(agency: str, fund_id: str) -> Page:
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
            may_close=officer.has(Role.HEAD) and officer.office == fund.owner_office and not fund.closed_on,
        )


@pages.post("/<agency>/funds/<fund_id>/close")
@guard(Role.HEAD)
def close_fund(agency: str, fund_id: str) -> Page:
    """Close a fund's year."""
    try:
        with door.transaction() as session:
            lapsed = commands.close_year(session, door.current_officer(), fund_id)
        flash(_("The year is closed; %(amount)s lapsed.", amount=format_rupiah(lapsed)), "success")
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_list(agency)}/{fund_id}", 303)


def _list(agency: str) -> str:
    return f"/grants/{agency}/funds"
