"""Fairs for people: the list, a form to plan one, and one fair with its stands."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.markets import api, queries, schemas
from services.training.markets.commands import fairs
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.referrals import words
from shared.web import door, forms, paging, problem
from shared.web.guard import guard

pages = Blueprint("fairs_pages", __name__, template_folder="templates")
ONE = "/<agency>/fairs/<uuid:fair_id>"
Page = str | Response | tuple[str, int]


@pages.get("/<agency>/fairs")
@guard(Role.OFFICER, Role.HEAD)
def list_fairs(agency: str) -> Page:
    """The office's fairs, the latest first."""
    query = forms.load(schemas.FairQuery(), request.args)
    with door.reading() as session:
        rows = queries.fairs(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        taken = queries.stands_taken(session, [each.id for each in page.items])
        return render_template("markets/list.html", page=page, taken=taken, address=_list(agency), words=words)


@pages.get("/<agency>/fairs/new")
@guard(Role.OFFICER, Role.HEAD)
def plan_form(agency: str) -> Page:
    """The form to plan a fair."""
    return render_template("markets/plan.html", form=forms.blank(), address=_list(agency))


@pages.post("/<agency>/fairs")
@guard(Role.OFFICER, Role.HEAD)
def plan_fair(agency: str) -> Page:
    """Plan a fair with its stands."""
    try:
        given = forms.load(schemas.FairPlanSchema(), request.form)
        with door.transaction() as session:
            fair = fairs.plan_fair(session, door.current_officer(), **given)
    except Invalid as invalid:
        form = forms.filled(request.form, invalid)
        return render_template("markets/plan.html", form=form, address=_list(agency)), 422
    flash(_("The fair is planned."), "success")
    return redirect(f"{_list(agency)}/{fair.id}", 303)


@pages.get(ONE)
@guard(Role.OFFICER, Role.HEAD)
def show_fair(agency: str, fair_id: UUID) -> Page:
    """One fair: who has a stand, from where, and what was sold."""
    return _fair(agency, fair_id, forms.blank())


@pages.post(f"{ONE}/stands")
@guard(Role.OFFICER)
def book_stands(agency: str, fair_id: UUID) -> Page:
    """Give the chosen referrals a stand each."""
    try:
        given = forms.load(schemas.StandBookingSchema(), request.form)
        with door.transaction() as session:
            fairs.book(session, door.current_officer(), fair_id, given["ids"])
        flash(_("The stands are booked."), "success")
    except Invalid as invalid:
        return _fair(agency, fair_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_list(agency)}/{fair_id}", 303)


@pages.post(f"{ONE}/cancel")
@guard(Role.OFFICER, Role.HEAD)
def cancel_fair(agency: str, fair_id: UUID) -> Page:
    """Cancel the fair and free its stands."""
    try:
        given = forms.load(schemas.FairCancelSchema(), request.form)
        with door.transaction() as session:
            fairs.cancel_fair(session, door.current_officer(), fair_id, given["reason"])
        flash(_("The fair is cancelled; its stands are free."), "success")
    except Invalid as invalid:
        return _fair(agency, fair_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_list(agency)}/{fair_id}", 303)


def _fair(agency: str, fair_id: UUID, form: forms.Form) -> str:
    officer = door.current_officer()
    with door.reading() as session:
        fair = queries.fair(session, officer.office, fair_id)
        shown: dict[str, Any] = api.shown(fair, queries.booked(session, fair_id))
        return render_template(
            "markets/fair.html",
            fair=fair,
            shown=shown,
            waiting=queries.without_stand(session, officer, fair) if officer.has(Role.OFFICER) else [],
            form=form,
            address=_list(agency),
            referrals=f"/training/{agency}/referrals",
            words=words,
        )


def _list(agency: str) -> str:
    return f"/training/{agency}/fairs"
