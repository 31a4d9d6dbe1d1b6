"""Job training for people: batches, one batch with who is in it, and the list of vacancies."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.placement import commands, queries, schemas
from services.training.placement.rules import CONTRACTS, SECTORS
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import Invalid
from shared.referrals import naming, words
from shared.web import access, door, forms, paging, posting, sheets
from shared.web.confirming import Asked
from shared.web.guard import guard
from shared.web.language import language

pages = Blueprint("placement_pages", __name__, template_folder="templates")
BATCH = "/<agency>/batches/<uuid:batch_id>"
VACANCY = "/<agency>/vacancies/<uuid:vacancy_id>"


@pages.get("/<agency>/batches")
@guard(Permission.PLACEMENTS_READ)
def list_batches(agency: str) -> str:
    """The office's batches, the latest first."""
    query = forms.load(schemas.BatchQuery(), request.args)
    with door.reading() as session:
        rows = queries.batches(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_BATCH, newest_first=True, **query)
        return render_template(
            "placement/batches.html", page=page, address=_batches(agency), words=words, sectors=dict(_sectors())
        )


@pages.get("/<agency>/batches/new")
@guard(Permission.PLACEMENTS_PLAN)
def plan_form(agency: str, form: forms.Form | None = None) -> str:
    """The form to plan a batch."""
    form = form or forms.blank({"area": door.current_officer().areas[0]})
    return render_template("placement/plan.html", form=form, address=_batches(agency), sectors=_sectors())


@pages.post("/<agency>/batches")
@guard(Permission.PLACEMENTS_PLAN)
@posting.sent_from(plan_form)
def plan_batch(agency: str) -> Response:
    """Plan a batch."""
    given = forms.load(schemas.BatchPlanSchema(), request.form)
    with door.transaction() as session:
        batch = commands.plan_batch(session, door.current_officer(), **given)
    return posting.done(_("The batch is planned."), f"{_batches(agency)}/{batch.id}")


@pages.get(BATCH)
@guard(Permission.PLACEMENTS_READ)
def show_batch(agency: str, batch_id: UUID, form: forms.Form | None = None) -> str:
    """One batch: who has a place, and how they did."""
    officer = door.current_officer()
    with door.reading() as session:
        batch = queries.batch(session, officer.office, batch_id)
        trainees = queries.in_batch(session, batch_id)
        may_run = access.holds(officer, Permission.PLACEMENTS_RUN)
        waiting = queries.without_batch(session, officer, batch) if may_run else []
        named = [*(each.referral_id for each in trainees), *(referral_id for referral_id, _area in waiting)]
        return render_template(
            "placement/batch.html",
            batch=batch,
            trainees=trainees,
            waiting=waiting,
            may_note=may_run and batch.cancelled_at is None and batch.first_day <= clock.today(),
            names=naming.listed(named, f"batch {batch_id}"),
            form=form or forms.blank(),
            address=_batches(agency),
            referrals=f"/training/{agency}/referrals",
            sectors=dict(_sectors()),
            words=words,
        )


@pages.post(f"{BATCH}/trainees")
@guard(Permission.PLACEMENTS_RUN)
@posting.sent_from(show_batch)
def enrol_trainees(agency: str, batch_id: UUID) -> Response:
    """Give the chosen referrals places."""
    given = forms.load(schemas.BatchEnrolSchema(), request.form)
    with door.transaction() as session:
        commands.enrol(session, door.current_officer(), batch_id, given["ids"])
    return posting.done(_("They have places in the batch."), f"{_batches(agency)}/{batch_id}")


@pages.post(f"{BATCH}/results")
@guard(Permission.PLACEMENTS_RUN)
@posting.sent_from(show_batch)
def note_results(agency: str, batch_id: UUID) -> Response:
    """Note how those in the batch did, everybody with one press."""
    typed = sheets.rows(request.form, "results")
    if not typed:
        raise Invalid(errors={"_": [_("Mark at least one of them.")]})
    with sheets.said_at_rows("results", list(typed)):
        given = sheets.load(schemas.ResultsSchema(), "results", [{"id": key, **row} for key, row in typed.items()])
        with door.transaction() as session:
            commands.note_results(session, door.current_officer(), batch_id, given["results"])
    return posting.done(_("The results are saved."), f"{_batches(agency)}/{batch_id}")


def _cancelling(agency: str, batch_id: UUID) -> Asked:
    return Asked(
        _("You are about to cancel this batch"),
        [
            _("Its places are free, and whoever had one stays in work at her office and needs another batch."),
            _("It cannot be taken back. Kail sends no letter: tell those who had a place."),
        ],
        _("Yes, cancel the batch"),
    )


@pages.post(f"{BATCH}/cancel")
@guard(Permission.PLACEMENTS_PLAN)
@posting.sent_from(show_batch, asking=_cancelling)
def cancel_batch(agency: str, batch_id: UUID) -> Response:
    """Cancel the batch."""
    given = forms.load(schemas.BatchCancelSchema(), request.form)
    with door.transaction() as session:
        commands.cancel_batch(session, door.current_officer(), batch_id, given["reason"])
    return posting.done(_("The batch is cancelled; its places are free."), f"{_batches(agency)}/{batch_id}")


@pages.get("/<agency>/vacancies")
@guard(Permission.PLACEMENTS_READ)
def list_vacancies(agency: str, form: forms.Form | None = None) -> str:
    """The vacancies that the office knows of, the latest first, and the form to note one."""
    query = forms.load(schemas.VacancyQuery(), request.args)
    with door.reading() as session:
        rows = queries.vacancies(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_VACANCY, newest_first=True, **query)
        return render_template(
            "placement/vacancies.html",
            page=page,
            form=form or forms.blank(),
            address=_vacancies(agency),
            sectors=_sectors(),
            contracts=[(each.value, names[_tongue()]) for each, names in CONTRACTS.items()],
            words=words,
        )


@pages.post("/<agency>/vacancies")
@guard(Permission.PLACEMENTS_PLAN)
@posting.sent_from(list_vacancies)
def note_vacancy(agency: str) -> Response:
    """Note a vacancy."""
    given = forms.load(schemas.VacancyNoteSchema(), request.form)
    with door.transaction() as session:
        commands.note_vacancy(session, door.current_officer(), **given)
    return posting.done(_("The vacancy is noted."), _vacancies(agency))


def _closing(agency: str, vacancy_id: UUID) -> Asked:
    return Asked(
        _("You are about to take this vacancy off the list"),
        [_("Nobody is placed with it any more; who was placed stays there."), _("It cannot be taken back.")],
        _("Yes, close the vacancy"),
    )


@pages.post(f"{VACANCY}/close")
@guard(Permission.PLACEMENTS_PLAN)
@posting.sent_from(list_vacancies, asking=_closing)
def close_vacancy(agency: str, vacancy_id: UUID) -> Response:
    """Take the vacancy off the list."""
    with door.transaction() as session:
        commands.close_vacancy(session, door.current_officer(), vacancy_id)
    return posting.done(_("The vacancy is closed."), _vacancies(agency))


def _sectors() -> list[tuple[str, str]]:
    return [(each.value, names[_tongue()]) for each, names in SECTORS.items()]


def _tongue() -> str:
    return "id" if language() == "id" else "en"


def _batches(agency: str) -> str:
    return f"/training/{agency}/batches"


def _vacancies(agency: str) -> str:
    return f"/training/{agency}/vacancies"
