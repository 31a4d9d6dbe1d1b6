"""Door 1 for people: the grants of an office, and one grant with what can be done about it beside its stages.

The templates of the four stages live here, too; the referral's page includes them.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema, fields
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.grants.funds import queries as funds
from services.grants.goods import api, queries, rules, schemas
from services.grants.goods.commands import divisions, hand_overs, orders
from services.grants.goods.models import Grant
from services.grants.goods.rules import GrantState
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.referrals.words import place, programme_title
from shared.web import door, forms, paging, problem
from shared.web.guard import guard

pages = Blueprint("grants_pages", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
ONE = "/<agency>/grants/<uuid:grant_id>"
TAGS = {
    GrantState.DRAFTED: "neutral",
    GrantState.PROPOSED: "waiting",
    GrantState.ACCEPTED: "active",
    GrantState.RESERVE_LISTED: "waiting",
    GrantState.REFUSED: "bad",
    GrantState.HANDED_OVER: "good",
    GrantState.ACCOUNTED: "good",
    GrantState.WITHDRAWN: "neutral",
}
Act = Callable[[Session, Officer, Grant, dict[str, Any]], object]


class _LineChangeForm(schemas.LineChangeSchema):
    """On the page the line is chosen in the form; in the API it stands in the address."""

    number = fields.Integer(required=True)


@pages.get("/<agency>/grants")
@guard(*api.READERS)
def list_grants(agency: str) -> Page:
    """The office's grants, the latest first."""
    query = forms.load(api.GrantsQuery(), request.args)
    with door.reading() as session:
        rows = queries.grants_of(door.current_officer(), query.pop("state"), query.pop("to_divide"))
        return render_template(
            "goods/list.html",
            page=paging.page(session, rows, Grant.id, newest_first=True, **query),
            form=forms.filled(request.args),
            query={name: value for name, value in request.args.items() if name != "after" and value},
            address=_list(agency),
            states=_states(),
            tags=TAGS,
            place=place,
            programme_title=programme_title,
        )


@pages.get(ONE)
@guard(*api.READERS)
def show_grant(agency: str, grant_id: UUID) -> Page:
    """One grant, and what can be done about it."""
    return _shown(agency, grant_id)


@pages.post(f"{ONE}/orders/fail")
@guard(Role.OFFICER)
def fail_order(agency: str, grant_id: UUID) -> Page:
    """The vendor does not deliver."""
    return _done(
        agency,
        grant_id,
        schemas.OrderFailedSchema(),
        lambda session, officer, grant, given: orders.fail_order(session, officer, grant, **given),
        _("The order has failed; its money is free again."),
    )


@pages.post(f"{ONE}/deliveries")
@guard(Role.OFFICER)
def record_delivery(agency: str, grant_id: UUID) -> Page:
    """Hand over a rest."""
    return _done(
        agency,
        grant_id,
        schemas.DeliverySchema(),
        lambda session, officer, grant, given: hand_overs.deliver_rest(session, officer, grant, **given),
        _("The deed is signed."),
    )


@pages.post(f"{ONE}/lines/<int:number>/close")
@guard(Role.OFFICER)
def close_line(agency: str, grant_id: UUID, number: int) -> Page:
    """Stop waiting for the rest of a line."""
    return _done(
        agency,
        grant_id,
        Schema(),
        lambda session, officer, grant, _given: hand_overs.close_line(session, officer, grant, number),
        _("The line is closed; its money is free again."),
    )


@pages.post(f"{ONE}/changes")
@guard(Role.OFFICER)
def propose_change(agency: str, grant_id: UUID) -> Page:
    """Ask to have a line approved again."""
    return _done(
        agency,
        grant_id,
        _LineChangeForm(),
        lambda session, officer, grant, given: orders.propose_change(
            session, officer, grant, given.pop("number"), **given
        ),
        _("The change waits for an approver."),
    )


@pages.post(f"{ONE}/lines/<int:number>/changes/approve")
@guard(Role.APPROVER, Role.HEAD)
def approve_change(agency: str, grant_id: UUID, number: int) -> Page:
    """Approve a line again."""
    return _done(
        agency,
        grant_id,
        Schema(),
        lambda session, officer, grant, _given: orders.approve_change(session, officer, grant, number),
        _("The line is approved again."),
    )


@pages.post(f"{ONE}/refunds")
@guard(Role.OFFICER)
def book_refund(agency: str, grant_id: UUID) -> Page:
    """Book money that came back."""
    return _done(
        agency,
        grant_id,
        schemas.RefundSchema(),
        lambda session, officer, grant, given: hand_overs.give_money_back(session, officer, grant, **given),
        _("The money is booked as returned."),
    )


@pages.post(f"{ONE}/divisions")
@guard(Role.OFFICER)
def divide_goods(agency: str, grant_id: UUID) -> Page:
    """Divide the goods of a group that split."""
    return _done(
        agency,
        grant_id,
        schemas.DivisionSchema(),
        lambda session, officer, grant, given: divisions.divide_goods(session, officer, grant, **given),
        _("The goods are divided."),
    )


def _done(agency: str, grant_id: UUID, schema: Schema, act: Act, sentence: str) -> Page:
    officer = door.current_officer()
    try:
        given = forms.load(schema, request.form) if schema.fields else {}
        with door.transaction() as session:
            act(session, officer, queries.grant_for(session, officer, grant_id, lock=True), given)
    except Invalid as invalid:
        return _shown(agency, grant_id, forms.filled(request.form, invalid)), 422
    except (Conflict, Forbidden) as refused:
        problem.say(refused)
    else:
        flash(sentence, "success")
    return redirect(f"{_list(agency)}/{grant_id}", 303)


def _shown(agency: str, grant_id: UUID, form: forms.Form | None = None) -> str:
    officer = door.current_officer()
    with door.reading() as session:
        grant = queries.standing(session, queries.grant_for(session, officer, grant_id))
        visible_funds = funds.visible_funds(session, officer)
    open_lines = [line for line in grant["lines"] if not line["closed_at"]]
    ours = officer.has(Role.OFFICER)
    delivering = grant["state"] in (GrantState.ACCEPTED, GrantState.HANDED_OVER)
    handed_over = grant["state"] == GrantState.HANDED_OVER
    ordered = any(order["state"] == rules.OrderState.PLACED for order in grant["orders"])
    return render_template(
        "goods/grant.html",
        grant=grant,
        visible_funds=visible_funds,
        form=form or forms.blank(),
        open_lines=open_lines,
        line_options=[(line["number"], f"{line['number']}. {line['item']}") for line in open_lines],
        address=f"{_list(agency)}/{grant_id}",
        list_address=_list(agency),
        may_divide=ours,
        may_deliver=ours and handed_over and open_lines and ordered,
        may_change=ours and delivering and open_lines,
        may_fail=ours and ordered,
        may_refund=ours and handed_over,
        may_approve=officer.has(Role.APPROVER, Role.HEAD),
        tags=TAGS,
        place=place,
        programme_title=programme_title,
    )


def _states() -> list[tuple[str, str]]:
    return [
        (GrantState.DRAFTED, _("being written")),
        (GrantState.PROPOSED, _("submitted")),
        (GrantState.ACCEPTED, _("granted")),
        (GrantState.RESERVE_LISTED, _("on the reserve list")),
        (GrantState.REFUSED, _("refused")),
        (GrantState.HANDED_OVER, _("handed over")),
        (GrantState.ACCOUNTED, _("accounted for")),
        (GrantState.WITHDRAWN, _("withdrawn")),
    ]


def _list(agency: str) -> str:
    return f"/grants/{agency}/grants"
