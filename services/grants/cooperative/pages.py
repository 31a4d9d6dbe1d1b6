"""Door 1 for people: the office's cooperatives, the form that registers one, and one with its members and savings."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.grants.cooperative import api, queries, schemas
from services.grants.cooperative.commands import cooperatives, savings
from services.grants.cooperative.models import Cooperative, CooperativeSaving
from services.grants.cooperative.rules import MEMBERS
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.referrals.words import place
from shared.web import door, forms, paging, problem
from shared.web.guard import guard

pages = Blueprint("cooperatives_pages", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@pages.get("/<agency>/cooperatives")
@guard(*api.READERS)
def list_cooperatives(agency: str) -> Page:
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
            may_register=officer.has(Role.OFFICER),
            place=place,
        )


@pages.get("/<agency>/cooperatives/new")
@guard(Role.OFFICER)
def register_form(agency: str) -> Page:
    """The form that registers a cooperative."""
    form = forms.blank({"area": door.current_officer().areas[0]})
    return render_template("cooperative/new.html", form=form, address=_list(agency))


@pages.post("/<agency>/cooperatives")
@guard(Role.OFFICER)
def register(agency: str) -> Page:
    """Note a cooperative that exists already."""
    try:
        given = forms.load(schemas.RegistrationSchema(), request.form)
        with door.transaction() as session:
            found = cooperatives.register(session, door.current_officer(), **given)
    except Invalid as invalid:
        form = forms.filled(request.form, invalid)
        return render_template("cooperative/new.html", form=form, address=_list(agency)), 422
    flash(_("The cooperative is registered."), "success")
    return redirect(f"{_list(agency)}/{found.id}", 303)


@pages.get(api.ONE)
@guard(*api.READERS)
def show_cooperative(agency: str, cooperative_id: UUID) -> Page:
    """One cooperative: its members and their savings."""
    return _shown(agency, cooperative_id, forms.blank())


@pages.post(f"{api.ONE}/legal-number")
@guard(Role.OFFICER)
def give_legal_number(agency: str, cooperative_id: UUID) -> Page:
    """Note the number under which it became a legal entity."""
    return _done(
        agency,
        cooperative_id,
        schemas.LegalNumberSchema(),
        lambda session, officer, given: cooperatives.give_legal_number(session, officer, cooperative_id, **given),
        _("The legal number is noted."),
    )


@pages.post(f"{api.ONE}/savings")
@guard(Role.OFFICER)
def save_money(agency: str, cooperative_id: UUID) -> Page:
    """Book a saving."""
    return _done(
        agency,
        cooperative_id,
        schemas.SavingSchema(),
        lambda session, officer, given: savings.save_money(session, officer, cooperative_id, **given),
        _("The saving is booked."),
    )


def _done(
    agency: str,
    cooperative_id: UUID,
    schema: Schema,
    act: Callable[[Session, Officer, dict[str, Any]], object],
    sentence: str,
) -> Page:
    officer = door.current_officer()
    try:
        given = forms.load(schema, request.form)
        with door.transaction() as session:
            queries.shown(session, officer, cooperative_id)
            act(session, officer, given)
    except Invalid as invalid:
        return _shown(agency, cooperative_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    else:
        flash(sentence, "success")
    return redirect(f"{_list(agency)}/{cooperative_id}", 303)


def _shown(agency: str, cooperative_id: UUID, form: forms.Form) -> str:
    officer = door.current_officer()
    part = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        found = queries.shown(session, officer, cooperative_id)
        cooperative = queries.standing(session, found)
        return render_template(
            "cooperative/cooperative.html",
            cooperative=cooperative,
            ledger=paging.page(session, queries.savings(found.id), CooperativeSaving.id, newest_first=True, **part),
            savers=[
                (each["id"], _called(each["subject_kind"], each["persons"], each["referral_id"]))
                for each in cooperative["members"]
                if each["state"] in MEMBERS
            ],
            called=_called,
            form=form,
            address=f"{_list(agency)}/{cooperative_id}",
            list_address=_list(agency),
            referrals=f"/grants/{agency}/referrals",
            may_book=officer.has(Role.OFFICER) and officer.office == cooperative["office"],
            place=place,
        )


def _called(subject_kind: str, persons: int, referral_id: UUID) -> str:
    """What a member is called where no name is known: by her referral, as on a course's list."""
    who = _("Group of %(count)d", count=persons) if subject_kind == "group" else _("Person")
    return f"{who} · {str(referral_id)[-6:]}"


def _list(agency: str) -> str:
    return f"/grants/{agency}/cooperatives"
