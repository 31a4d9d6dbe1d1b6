"""Door 1 for people: the office's cooperatives, the form that registers one, and one with its members and savings."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.grants.cooperative import api, queries, schemas
from services.grants.cooperative.commands import cooperatives, savings
from services.grants.cooperative.models import Cooperative, CooperativeSaving
from services.grants.cooperative.rules import MEMBERS
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.referrals.words import place
from shared.web import access, door, forms, paging, posting
from shared.web.guard import guard

pages = Blueprint("cooperatives_pages", __name__, template_folder="templates")


@pages.get("/<agency>/cooperatives")
@guard(Permission.COOPERATIVES_READ)
def list_cooperatives(agency: str) -> str:
    """The office's cooperatives, the latest first."""
    officer = door.current_officer()
    part = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        found = paging.page(session, queries.cooperatives_of(officer), Cooperative.id, newest_first=True, **part)
        return render_template(
            "cooperative/list.html",
            cooperatives=queries.lines(session, found.items),
            next=found.next,
            address=_list(agency),
            may_register=access.holds(officer, Permission.COOPERATIVES_RUN),
            place=place,
        )


@pages.get("/<agency>/cooperatives/new")
@guard(Permission.COOPERATIVES_RUN)
def register_form(agency: str, form: forms.Form | None = None) -> str:
    """The form that registers a cooperative."""
    form = form or forms.blank({"area": door.current_officer().areas[0]})
    return render_template("cooperative/new.html", form=form, address=_list(agency))


@pages.post("/<agency>/cooperatives")
@guard(Permission.COOPERATIVES_RUN)
@posting.sent_from(register_form)
def register(agency: str) -> Response:
    """Note a cooperative that exists already."""
    given = forms.load(schemas.RegistrationSchema(), request.form)
    with door.transaction() as session:
        found = cooperatives.register(session, door.current_officer(), **given)
    return posting.done(_("The cooperative is registered."), f"{_list(agency)}/{found.id}")


@pages.get(api.ONE)
@guard(Permission.COOPERATIVES_READ)
def show_cooperative(agency: str, cooperative_id: UUID, form: forms.Form | None = None) -> str:
    """One cooperative: its members and their savings."""
    officer = door.current_officer()
    part = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        found = queries.shown(session, officer, cooperative_id)
        cooperative = queries.standing(session, found)
        names = naming.listed((each["referral_id"] for each in cooperative["members"]), f"cooperative {found.id}")
        return render_template(
            "cooperative/cooperative.html",
            cooperative=cooperative,
            ledger=paging.page(session, queries.savings(found.id), CooperativeSaving.id, newest_first=True, **part),
            savers=[
                (each["id"], names[each["referral_id"]].called)
                for each in cooperative["members"]
                if each["state"] in MEMBERS
            ],
            names=names,
            form=form or forms.blank(),
            address=f"{_list(agency)}/{cooperative_id}",
            list_address=_list(agency),
            referrals=f"/grants/{agency}/referrals",
            may_book=access.holds(officer, Permission.COOPERATIVES_RUN) and officer.office == cooperative["office"],
            place=place,
        )


@pages.post(f"{api.ONE}/legal-number")
@guard(Permission.COOPERATIVES_RUN)
@posting.sent_from(show_cooperative)
def give_legal_number(agency: str, cooperative_id: UUID) -> Response:
    """Note the number under which it became a legal entity."""
    given = forms.load(schemas.LegalNumberSchema(), request.form)
    with door.transaction() as session:
        cooperatives.give_legal_number(session, door.current_officer(), cooperative_id, **given)
    return posting.done(_("The legal number is noted."), f"{_list(agency)}/{cooperative_id}")


@pages.post(f"{api.ONE}/savings")
@guard(Permission.COOPERATIVES_RUN)
@posting.sent_from(show_cooperative)
def save_money(agency: str, cooperative_id: UUID) -> Response:
    """Book a saving."""
    given = forms.load(schemas.SavingSchema(), request.form)
    with door.transaction() as session:
        savings.save_money(session, door.current_officer(), cooperative_id, **given)
    return posting.done(_("The saving is booked."), f"{_list(agency)}/{cooperative_id}")


def _list(agency: str) -> str:
    return f"/grants/{agency}/cooperatives"
