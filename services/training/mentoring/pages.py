"""Mentoring for people: cohorts and their students, and the cash books, which a mentor opens as well."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.mentoring import commands, queries, schemas
from services.training.mentoring.api import READERS, WRITERS
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.privacy.looks import log_look
from shared.referrals import words
from shared.web import door, forms, paging, problem
from shared.web.guard import guard

pages = Blueprint("mentoring_pages", __name__, template_folder="templates")
COHORT = "/<agency>/cohorts/<uuid:cohort_id>"
BOOK = "/<agency>/cash-books/<uuid:referral_id>"
ROWS = 4
Page = str | Response | tuple[str, int]


@pages.get("/<agency>/cohorts")
@guard(Role.OFFICER, Role.HEAD)
def list_cohorts(agency: str) -> Page:
    """The office's cohorts, the latest first."""
    query = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        rows = queries.cohorts(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        return render_template("mentoring/cohorts.html", page=page, address=_cohorts(agency))


@pages.get("/<agency>/cohorts/new")
@guard(Role.OFFICER, Role.HEAD)
def plan_form(agency: str) -> Page:
    """The form to take in a cohort."""
    return _plan_form(agency, forms.blank())


@pages.post("/<agency>/cohorts")
@guard(Role.OFFICER, Role.HEAD)
def plan_cohort(agency: str) -> Page:
    """Take in a cohort for a term."""
    try:
        given = forms.load(schemas.CohortPlanSchema(), request.form)
        with door.transaction() as session:
            cohort = commands.plan_cohort(session, door.current_officer(), **given)
    except Invalid as invalid:
        return _plan_form(agency, forms.filled(request.form, invalid)), 422
    flash(_("The cohort is taken in."), "success")
    return redirect(f"{_cohorts(agency)}/{cohort.id}", 303)


@pages.get(COHORT)
@guard(Role.OFFICER, Role.HEAD)
def cohort(agency: str, cohort_id: UUID) -> Page:
    """One cohort with its students."""
    return _cohort(agency, cohort_id, forms.blank())


@pages.post(f"{COHORT}/mentors")
@guard(Role.OFFICER, Role.HEAD)
def add_mentors(agency: str, cohort_id: UUID) -> Page:
    """Take more students into a cohort."""
    try:
        given = forms.load(schemas.MentorsSchema(), request.form)
        with door.transaction() as session:
            commands.add_mentors(session, door.current_officer(), cohort_id, given["mentors"])
    except Invalid as invalid:
        return _cohort(agency, cohort_id, forms.filled(request.form, invalid)), 422
    flash(_("The mentors have joined the cohort."), "success")
    return redirect(f"{_cohorts(agency)}/{cohort_id}", 303)


@pages.post(f"{COHORT}/mentors/<uuid:mentor_id>/account")
@guard(Role.OFFICER, Role.HEAD)
def set_account(agency: str, cohort_id: UUID, mentor_id: UUID) -> Page:
    """Give a mentor the account with which she signs in, or take it from her."""
    try:
        given = forms.load(schemas.MentorAccountSchema(), request.form)
        with door.transaction() as session:
            commands.set_account(session, door.current_officer(), cohort_id, mentor_id, given["account_id"])
    except Invalid as invalid:
        return _cohort(agency, cohort_id, forms.filled(request.form, invalid), mentor_id), 422
    flash(_("Saved."), "success")
    return redirect(f"{_cohorts(agency)}/{cohort_id}", 303)


@pages.get("/<agency>/cash-books")
@guard(*READERS)
def list_books(agency: str) -> Page:
    """The office's cash books; a mentor's own while her term lasts. Her coming by is remembered."""
    query = forms.load(paging.PageQuery(), request.args)
    with door.transaction() as session:
        commands.meet_mentor(session, door.current_officer())
        rows = queries.books(session, door.current_officer())
        page = paging.page(session, rows, *queries.BOOKS_LATEST_FIRST, newest_first=True, **query)
        return render_template("mentoring/books.html", page=page, address=_books(agency), words=words)


@pages.get(BOOK)
@guard(*READERS)
def book(agency: str, referral_id: UUID) -> Page:
    """One cash book with every entry; the look is logged."""
    with door.transaction() as session:
        return _book(agency, session, referral_id, forms.blank())


@pages.post(f"{BOOK}/entries")
@guard(*WRITERS)
def write_entries(agency: str, referral_id: UUID) -> Page:
    """Write entries at the end of the book."""
    try:
        given = forms.load(schemas.CashEntriesSchema(), request.form)
        with door.transaction() as session:
            commands.write_entries(session, door.current_officer(), referral_id, given["entries"])
        flash(_("The entries are written."), "success")
    except Invalid as invalid:
        return _wrong(agency, referral_id, invalid)
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_books(agency)}/{referral_id}", 303)


@pages.post(f"{BOOK}/entries/<int:number>/correction")
@guard(*WRITERS)
def correct_entry(agency: str, referral_id: UUID, number: int) -> Page:
    """Undo an entry by a counter-entry."""
    try:
        given = forms.load(schemas.CashCorrectionSchema(), request.form)
        with door.transaction() as session:
            commands.correct_entry(session, door.current_officer(), referral_id, number, given["why"])
        flash(_("Entry %(number)d is undone by a counter-entry.", number=number), "success")
    except Invalid as invalid:
        return _wrong(agency, referral_id, invalid)
    except Conflict as refused:
        problem.say(refused)
    return redirect(f"{_books(agency)}/{referral_id}", 303)


def _wrong(agency: str, referral_id: UUID, invalid: Invalid) -> Page:
    # A transaction of its own: the answer is an error, which undoes the request's, but this look has happened.
    with door.database().transaction() as session:
        return _book(agency, session, referral_id, forms.filled(request.form, invalid)), 422


def _book(agency: str, session: Any, referral_id: UUID, form: forms.Form) -> str:
    officer = door.current_officer()
    found = queries.visible_book(session, officer, referral_id)
    log_look(session, officer, found.subject_kind, found.subject_id, why=f"cash book {referral_id}")
    return render_template(
        "mentoring/book.html",
        opened=queries.opened(session, found),
        book=found,
        form=form,
        rows=range(ROWS),
        may_write=found.is_open and officer.has(*WRITERS),
        address=_books(agency),
        words=words,
    )


def _cohort(agency: str, cohort_id: UUID, form: forms.Form, about: UUID | None = None) -> str:
    office = door.current_officer().office
    with door.reading() as session:
        found = queries.cohort(session, office, cohort_id)
        known = {each.id: each.name for each in queries.accounts(session, office)}
    taken = {each.account_id for each in found.mentors}
    return render_template(
        "mentoring/cohort.html",
        cohort=found,
        form=form,
        about=about,
        blank=forms.blank(),
        blanks={each.id: forms.blank({"account_id": each.account_id}) for each in found.mentors},
        known=known,
        free=[(each, name) for each, name in known.items() if each not in taken],
        address=_cohorts(agency),
    )


def _plan_form(agency: str, form: forms.Form) -> str:
    with door.reading() as session:
        free = [(each.id, each.name) for each in queries.accounts(session, door.current_officer().office)]
    return render_template("mentoring/plan.html", form=form, free=free, address=_cohorts(agency), rows=range(ROWS))


def _cohorts(agency: str) -> str:
    return f"/training/{agency}/cohorts"


def _books(agency: str) -> str:
    return f"/training/{agency}/cash-books"
