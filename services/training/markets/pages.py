"""Fairs for people: the list, a form to plan one, and one fair with its stands."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema
from werkzeug.wrappers import Response

from services.training.markets import api, queries, schemas
from services.training.markets.commands import fairs, selling
from services.training.markets.models import Fair
from shared.identity.permissions import Permission
from shared.kernel import clock, fields
from shared.kernel.errors import Invalid
from shared.referrals import naming, words
from shared.web import access, door, forms, paging, posting, sheets
from shared.web.confirming import Asked
from shared.web.guard import guard

pages = Blueprint("fairs_pages", __name__, template_folder="templates")
ONE = "/<agency>/fairs/<uuid:fair_id>"


@pages.get("/<agency>/fairs")
@guard(Permission.FAIRS_READ)
def list_fairs(agency: str) -> str:
    """The office's fairs, the latest first."""
    query = forms.load(schemas.FairQuery(), request.args)
    with door.reading() as session:
        rows = queries.fairs(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        taken = queries.stands_taken(session, [each.id for each in page.items])
        return render_template("markets/list.html", page=page, taken=taken, address=_list(agency), words=words)


@pages.get("/<agency>/fairs/new")
@guard(Permission.FAIRS_PLAN)
def plan_form(agency: str, form: forms.Form | None = None) -> str:
    """The form to plan a fair."""
    return render_template("markets/plan.html", form=form or forms.blank(), address=_list(agency))


@pages.post("/<agency>/fairs")
@guard(Permission.FAIRS_PLAN)
@posting.sent_from(plan_form)
def plan_fair(agency: str) -> Response:
    """Plan a fair with its stands."""
    given = forms.load(schemas.FairPlanSchema(), request.form)
    with door.transaction() as session:
        fair = fairs.plan_fair(session, door.current_officer(), **given)
    return posting.done(_("The fair is planned."), f"{_list(agency)}/{fair.id}")


@pages.get(ONE)
@guard(Permission.FAIRS_READ)
def show_fair(agency: str, fair_id: UUID, form: forms.Form | None = None) -> str:
    """One fair: who has a stand, from where, and what was sold."""
    officer = door.current_officer()
    with door.reading() as session:
        fair = queries.fair(session, officer.office, fair_id)
        shown: dict[str, Any] = api.shown(fair, queries.booked(session, fair_id))
        may_run = access.holds(officer, Permission.FAIRS_RUN)
        waiting = queries.without_stand(session, officer, fair) if may_run else []
        days = _days(fair)
        day = _day_of(days)
        at_stands = [each["referral_id"] for each in shown["stands"]]
        return render_template(
            "markets/fair.html",
            fair=fair,
            shown=shown,
            waiting=waiting,
            names=naming.listed((referral_id for referral_id, _area in waiting), f"fair {fair_id}"),
            days=days if may_run else [],
            day=day,
            noted=queries.sold_on(session, fair_id, day) if day else {},
            workable=queries.in_work(session, officer, at_stands) if may_run and day else set(),
            form=form or forms.blank(),
            address=_list(agency),
            referrals=f"/training/{agency}/referrals",
            words=words,
        )


@pages.post(f"{ONE}/sales")
@guard(Permission.FAIRS_RUN)
@posting.sent_from(show_fair)
def note_fair_sales(agency: str, fair_id: UUID) -> Response:
    """Note what everybody sold on one day, with one press."""
    typed = sheets.rows(request.form, "sales")
    if not typed:
        raise Invalid(errors={"_": [_("Write down what at least one of them sold.")]})
    day = forms.load(_Day(), request.form)["sold_on"]
    with sheets.said_at_rows("sales", list(typed)):
        told = [{"id": key, **row} for key, row in typed.items()]
        given = sheets.load(schemas.FairSalesSchema(only=("sales",)), "sales", told)
        with door.transaction() as session:
            selling.note_day(session, door.current_officer(), fair_id, day, given["sales"])
    return posting.done(_("What was sold is noted."), f"{_list(agency)}/{fair_id}?day={day.isoformat()}")


class _Day(Schema):
    """The day that a sheet is about; the rest of the form are its rows."""

    class Meta:
        unknown = EXCLUDE

    sold_on = fields.DayDone(required=True)


def _days(fair: Fair) -> list[date]:
    """The days of a fair up to today, for which sales can be noted."""
    last = min(fair.closes_on, clock.today())
    return [fair.opens_on + timedelta(days=each) for each in range(max((last - fair.opens_on).days + 1, 0))]


def _day_of(days: list[date]) -> date | None:
    """The day whose sheet is shown: the one that is asked for or was just sent, else the last."""
    asked = request.form.get("sold_on") or request.args.get("day") or ""
    return next((each for each in days if each.isoformat() == asked), days[-1] if days else None)


@pages.post(f"{ONE}/stands")
@guard(Permission.FAIRS_RUN)
@posting.sent_from(show_fair)
def book_stands(agency: str, fair_id: UUID) -> Response:
    """Give the chosen referrals a stand each."""
    given = forms.load(schemas.StandBookingSchema(), request.form)
    with door.transaction() as session:
        fairs.book(session, door.current_officer(), fair_id, given["ids"])
    return posting.done(_("The stands are booked."), f"{_list(agency)}/{fair_id}")


def _cancelling(agency: str, fair_id: UUID) -> Asked:
    return Asked(
        _("You are about to cancel this fair"),
        [
            _("Its stands are free; whoever had one stays in work at her office and needs another way to the market."),
            _("It cannot be taken back. Kail sends no letter: tell those who had a stand."),
        ],
        _("Yes, cancel the fair"),
    )


@pages.post(f"{ONE}/cancel")
@guard(Permission.FAIRS_PLAN)
@posting.sent_from(show_fair, asking=_cancelling)
def cancel_fair(agency: str, fair_id: UUID) -> Response:
    """Cancel the fair and free its stands."""
    given = forms.load(schemas.FairCancelSchema(), request.form)
    with door.transaction() as session:
        fairs.cancel_fair(session, door.current_officer(), fair_id, given["reason"])
    return posting.done(_("The fair is cancelled; its stands are free."), f"{_list(agency)}/{fair_id}")


def _list(agency: str) -> str:
    return f"/training/{agency}/fairs"
