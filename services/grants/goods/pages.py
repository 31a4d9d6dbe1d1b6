"""Door 1 for people: the grants of an office, and one grant with what can be done about it beside its stages.

The templates of the four stages live here, too; the referral's page includes them.
"""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.grants import subjects
from services.grants.funds import queries as funds
from services.grants.goods import api, doors, papers, queries, rules, schemas
from services.grants.goods.commands import divisions, hand_overs, orders
from services.grants.goods.models import Grant
from services.grants.goods.rules import GrantState
from shared.identity.permissions import Permission
from shared.kernel import fields
from shared.referrals import naming
from shared.referrals.words import place, programme_title
from shared.web import access, door, forms, paging, posting
from shared.web.confirming import Asked
from shared.web.guard import guard

pages = Blueprint("grants_pages", __name__, template_folder="templates")
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


class _LineChangeForm(schemas.LineChangeSchema):
    """On the page the line is chosen in the form; in the API it stands in the address."""

    number = fields.Integer(required=True)


@pages.get("/<agency>/grants")
@guard(Permission.GOODS_READ)
def list_grants(agency: str) -> str:
    """The office's grants, the latest first."""
    query = forms.load(api.GrantsQuery(), request.args)
    with door.reading() as session:
        rows = queries.grants_of(door.current_officer(), query.pop("state"), query.pop("to_divide"))
        page = paging.page(session, rows, Grant.id, newest_first=True, **query)
        return render_template(
            "goods/list.html",
            page=page,
            versions=subjects.versions_of(session, {each.journey_id for each in page.items}),
            names=naming.listed_journeys((each.journey_id for each in page.items), "goods grants"),
            form=forms.filled(request.args),
            query={name: value for name, value in request.args.items() if name != "after" and value},
            address=_list(agency),
            states=_states(),
            tags=TAGS,
            place=place,
            programme_title=programme_title,
        )


@pages.get("/<agency>/sk")
@guard(Permission.GOODS_READ)
def show_sk(agency: str) -> str:
    """One SK with all that it decides, to be read and printed."""
    query = forms.load(schemas.PaperQuery(), request.args)
    with door.reading() as session:
        found = papers.sk(session, door.current_officer(), **query)
        return _paper("goods/sk.html", agency, found, "SK")


@pages.get("/<agency>/hand-overs")
@guard(Permission.GOODS_READ)
def show_event(agency: str) -> str:
    """One hand-over event: the list of who received what, with room for signatures."""
    query = forms.load(schemas.PaperQuery(), request.args)
    with door.reading() as session:
        found = papers.event(session, door.current_officer(), **query)
        return _paper("goods/event.html", agency, found, "BAST")


def _paper(template: str, agency: str, paper: papers.Sk | papers.Event, why: str) -> str:
    return render_template(
        template,
        paper=paper,
        names=naming.listed_journeys((each.journey_id for each in paper.grants), why),
        address=_list(agency),
        place=place,
        programme_title=programme_title,
    )


@pages.get(api.ONE)
@guard(Permission.GOODS_READ)
def show_grant(agency: str, grant_id: UUID, form: forms.Form | None = None) -> str:
    """One grant, and what can be done about it."""
    officer = door.current_officer()
    with door.reading() as session:
        found = queries.grant_for(session, officer, grant_id)
        grant = queries.standing(session, found)
        visible_funds = funds.visible_funds(session, officer)
        version = subjects.versions_of(session, {found.journey_id}).get(found.journey_id)
    open_lines = [line for line in grant["lines"] if not line["closed_at"]]
    ours = access.holds(officer, Permission.GOODS_RUN)
    delivering = grant["state"] in (GrantState.ACCEPTED, GrantState.HANDED_OVER)
    handed_over = grant["state"] == GrantState.HANDED_OVER
    ordered = any(order["state"] == rules.OrderState.PLACED for order in grant["orders"])
    return render_template(
        "goods/grant.html",
        grant=grant,
        named=naming.listed_journeys([found.journey_id], f"grant {grant_id}")[found.journey_id],
        version=version,
        visible_funds=visible_funds,
        form=form or forms.blank(),
        open_lines=open_lines,
        line_options=[(line["number"], f"{line['number']}. {line['item']}") for line in open_lines],
        address=f"{_list(agency)}/{grant_id}",
        list_address=_list(agency),
        papers_address=f"/grants/{agency}",
        may_divide=ours,
        may_deliver=ours and handed_over and open_lines and ordered,
        may_change=ours and delivering and open_lines,
        may_fail=ours and ordered,
        may_refund=ours and handed_over,
        may_approve=access.holds(officer, Permission.GOODS_DECIDE),
        tags=TAGS,
        place=place,
        programme_title=programme_title,
    )


def _failing(agency: str, grant_id: UUID) -> Asked:
    return Asked(
        _("You are about to note that this order has failed"),
        [
            _("What the vendor has not delivered is ordered no more; its money is free again for another order."),
            _("It cannot be taken back."),
        ],
        _("Yes, the order has failed"),
    )


@pages.post(f"{api.ONE}/orders/fail")
@guard(Permission.GOODS_RUN)
@posting.sent_from(show_grant, asking=_failing)
def fail_order(agency: str, grant_id: UUID) -> Response:
    """The vendor does not deliver."""
    given = forms.load(schemas.OrderFailedSchema(), request.form)
    with doors.changing(grant_id) as (session, officer, grant):
        orders.fail_order(session, officer, grant, **given)
    return posting.done(_("The order has failed; its money is free again."), f"{_list(agency)}/{grant_id}")


@pages.post(f"{api.ONE}/deliveries")
@guard(Permission.GOODS_RUN)
@posting.sent_from(show_grant)
def record_delivery(agency: str, grant_id: UUID) -> Response:
    """Hand over a rest."""
    given = forms.load(schemas.DeliverySchema(), request.form)
    with doors.changing(grant_id) as (session, officer, grant):
        hand_overs.deliver_rest(session, officer, grant, **given)
    return posting.done(_("The deed is signed."), f"{_list(agency)}/{grant_id}")


def _closing(agency: str, grant_id: UUID, number: int) -> Asked:
    return Asked(
        _("You are about to stop waiting for the rest of line %(number)d", number=number),
        [
            _("Whoever was to receive it gets no more of it; its money is free again."),
            _("It cannot be taken back."),
        ],
        _("Yes, close the line"),
    )


@pages.post(f"{api.LINE}/close")
@guard(Permission.GOODS_RUN)
@posting.sent_from(show_grant, asking=_closing)
def close_line(agency: str, grant_id: UUID, number: int) -> Response:
    """Stop waiting for the rest of a line."""
    with doors.changing(grant_id) as (session, officer, grant):
        hand_overs.close_line(session, officer, grant, number)
    return posting.done(_("The line is closed; its money is free again."), f"{_list(agency)}/{grant_id}")


@pages.post(f"{api.ONE}/changes")
@guard(Permission.GOODS_RUN)
@posting.sent_from(show_grant)
def propose_change(agency: str, grant_id: UUID) -> Response:
    """Ask to have a line approved again."""
    given = forms.load(_LineChangeForm(), request.form)
    with doors.changing(grant_id) as (session, officer, grant):
        orders.propose_change(session, officer, grant, given.pop("number"), **given)
    return posting.done(_("The change waits for an approver."), f"{_list(agency)}/{grant_id}")


@pages.post(f"{api.LINE}/changes/approve")
@guard(Permission.GOODS_DECIDE)
@posting.sent_from(show_grant)
def approve_change(agency: str, grant_id: UUID, number: int) -> Response:
    """Approve a line again."""
    with doors.changing(grant_id) as (session, officer, grant):
        orders.approve_change(session, officer, grant, number)
    return posting.done(_("The line is approved again."), f"{_list(agency)}/{grant_id}")


@pages.post(f"{api.ONE}/refunds")
@guard(Permission.GOODS_RUN)
@posting.sent_from(show_grant)
def book_refund(agency: str, grant_id: UUID) -> Response:
    """Book money that came back."""
    given = forms.load(schemas.RefundSchema(), request.form)
    with doors.changing(grant_id) as (session, officer, grant):
        hand_overs.give_money_back(session, officer, grant, **given)
    return posting.done(_("The money is booked as returned."), f"{_list(agency)}/{grant_id}")


@pages.post(f"{api.ONE}/divisions")
@guard(Permission.GOODS_RUN)
@posting.sent_from(show_grant)
def divide_goods(agency: str, grant_id: UUID) -> Response:
    """Divide the goods of a group that split."""
    given = forms.load(schemas.DivisionSchema(), request.form)
    with doors.changing(grant_id) as (session, officer, grant):
        divisions.divide_goods(session, officer, grant, **given)
    return posting.done(_("The goods are divided."), f"{_list(agency)}/{grant_id}")


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
