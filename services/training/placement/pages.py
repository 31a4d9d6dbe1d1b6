"""Job training for people: batches, one batch with who is in it, and the list of vacancies."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.placement import commands, queries, schemas
from services.training.placement.rules import CONTRACTS, SECTORS
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.referrals import words
from shared.web import door, forms, paging, problem
from shared.web.guard import guard
from shared.web.language import language

pages = Blueprint("placement_pages", __name__, template_folder="templates")
BATCH = "/<agency>/batches/<uuid:batch_id>"
VACANCY = "/<agency>/vacancies/<uuid:vacancy_id>"
Page = str | Response | tuple[str, int]


@pages.get("/<agency>/batches")
@guard(Role.OFFICER, Role.HEAD)
def list_batches(agency: str) -> Page:
    """The office's batches, the latest first."""
    query = forms.load(schemas.BatchQuery(), request.args)
    with door.reading() as session:
        rows = queries.batches(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_BATCH, newest_first=True, **query)
        return render_template(
            "placement/batches.html", page=page, address=_batches(agency), words=words, sectors=dict(_sectors())
        )


@pages.get("/<agency>/batches/new")
@guard(Role.OFFICER, Role.HEAD)
def plan_form(agency: str) -> Page:
    """The form to plan a batch."""
    return _plan_form(agency, forms.blank({"area": door.current_officer().areas[0]}))


@pages.post("/<agency>/batches")
@guard(Role.OFFICER, Role.HEAD)
def plan_batch(agency: str) -> Page:
    """Plan a batch."""
    try:
        given = forms.load(schemas.BatchPlanSchema(), request.form)
        with door.transaction() as session:
            batch = commands.plan_batch(session, door.current_officer(), **given)
    except Invalid as invalid:
        return _plan_form(agency, forms.filled(request.form, invalid)), 422
    flash(_("The batch is planned."), "success")
    return redirect(f"{_batches(agency)}/{batch.id}", 303)


@pages.get(BATCH)
@guard(Role.OFFICER, Role.HEAD)
def show_batch(agency: str, batch_id: UUID) -> Page:
    """One batch: who has a place, and how they did."""
    return _batch(agency, batch_id, forms.blank())


@pages.post(f"{BATCH}/trainees")
@guard(Role.OFFICER)
def enrol_trainees(agency: str, batch_id: UUID) -> Page:
    """Give the chosen referrals places."""
    try:
        given = forms.load(schemas.BatchEnrolSchema(), request.form)
        with door.transaction() as session:
            commands.enrol(session, door.current_officer(), batch_id, given["ids"])
        flash(_("They have places in the batch."), "success")
    except Invalid as invalid:
        return _batch(agency, batch_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_batches(agency)}/{batch_id}", 303)


@pages.post(f"{BATCH}/cancel")
@guard(Role.OFFICER, Role.HEAD)
def cancel_batch(agency: str, batch_id: UUID) -> Page:
    """Cancel the batch."""
    try:
        given = forms.load(schemas.BatchCancelSchema(), request.form)
        with door.transaction() as session:
            commands.cancel_batch(session, door.current_officer(), batch_id, given["reason"])
        flash(_("The batch is cancelled; its places are free."), "success")
    except Invalid as invalid:
        return _batch(agency, batch_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_batches(agency)}/{batch_id}", 303)


@pages.get("/<agency>/vacancies")
@guard(Role.OFFICER, Role.HEAD)
def list_vacancies(agency: str) -> Page:
    """The vacancies that the office knows of, the latest first, and the form to note one."""
    return _vacancies(agency, forms.blank())


@pages.post("/<agency>/vacancies")
@guard(Role.OFFICER, Role.HEAD)
def note_vacancy(agency: str) -> Page:
    """Note a vacancy."""
    try:
        given = forms.load(schemas.VacancyNoteSchema(), request.form)
        with door.transaction() as session:
            commands.note_vacancy(session, door.current_officer(), **given)
    except Invalid as invalid:
        return _vacancies(agency, forms.filled(request.form, invalid)), 422
    flash(_("The vacancy is noted."), "success")
    return redirect(f"/training/{agency}/vacancies", 303)


@pages.post(f"{VACANCY}/close")
@guard(Role.OFFICER, Role.HEAD)
def close_vacancy(agency: str, vacancy_id: UUID) -> Page:
    """Take the vacancy off the list."""
    with door.transaction() as session:
        commands.close_vacancy(session, door.current_officer(), vacancy_id)
    flash(_("The vacancy is closed."), "success")
    return redirect(f"/training/{agency}/vacancies", 303)


def _batch(agency: str, batch_id: UUID, form: forms.Form) -> str:
    officer = door.current_officer()
    with door.reading() as session:
        batch = queries.batch(session, officer.office, batch_id)
        return render_template(
            "placement/batch.html",
            batch=batch,
            trainees=queries.in_batch(session, batch_id),
            waiting=queries.without_batch(session, officer, batch) if officer.has(Role.OFFICER) else [],
            form=form,
            address=_batches(agency),
            referrals=f"/training/{agency}/referrals",
            sectors=dict(_sectors()),
            words=words,
        )


def _vacancies(agency: str, form: forms.Form) -> str:
    query = forms.load(schemas.VacancyQuery(), request.args)
    with door.reading() as session:
        rows = queries.vacancies(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_VACANCY, newest_first=True, **query)
        return render_template(
            "placement/vacancies.html",
            page=page,
            form=form,
            address=f"/training/{agency}/vacancies",
            sectors=_sectors(),
            contracts=[(each.value, names[_tongue()]) for each, names in CONTRACTS.items()],
            words=words,
        )


def _plan_form(agency: str, form: forms.Form) -> str:
    return render_template("placement/plan.html", form=form, address=_batches(agency), sectors=_sectors())


def _sectors() -> list[tuple[str, str]]:
    return [(each.value, names[_tongue()]) for each, names in SECTORS.items()]


def _tongue() -> str:
    return "id" if language() == "id" else "en"


def _batches(agency: str) -> str:
    return f"/training/{agency}/batches"
