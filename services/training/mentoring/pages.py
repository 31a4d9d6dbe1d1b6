"""Mentoring for people: cohorts and their students, and the cash books, which a mentor opens as well."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.training.mentoring import commands, queries, schemas
from shared.identity.permissions import Permission
from shared.privacy.looks import log_look
from shared.referrals import naming, words
from shared.web import access, door, forms, paging, posting
from shared.web.guard import guard

pages = Blueprint("mentoring_pages", __name__, template_folder="templates")
COHORT = "/<agency>/cohorts/<uuid:cohort_id>"
BOOK = "/<agency>/cash-books/<uuid:referral_id>"
ROWS = 4


@pages.get("/<agency>/cohorts")
@guard(Permission.MENTORS_RUN)
def list_cohorts(agency: str) -> str:
    """The office's cohorts, the latest first."""
    query = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        rows = queries.cohorts(door.current_officer().office)
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        return render_template("mentoring/cohorts.html", page=page, address=_cohorts(agency))


@pages.get("/<agency>/cohorts/new")
@guard(Permission.MENTORS_RUN)
def plan_form(agency: str, form: forms.Form | None = None) -> str:
    """The form to take in a cohort."""
    form = form or forms.blank()
    with door.reading() as session:
        free = [(each.id, each.name) for each in queries.accounts(session, door.current_officer().office)]
    return render_template("mentoring/plan.html", form=form, free=free, address=_cohorts(agency), rows=range(ROWS))


@pages.post("/<agency>/cohorts")
@guard(Permission.MENTORS_RUN)
@posting.sent_from(plan_form)
def plan_cohort(agency: str) -> Response:
    """Take in a cohort for a term."""
    given = forms.load(schemas.CohortPlanSchema(), request.form)
    with door.transaction() as session:
        cohort = commands.plan_cohort(session, door.current_officer(), **given)
    return posting.done(_("The cohort is taken in."), f"{_cohorts(agency)}/{cohort.id}")


@pages.get(COHORT)
@guard(Permission.MENTORS_RUN)
def cohort(agency: str, cohort_id: UUID, form: forms.Form | None = None, mentor_id: UUID | None = None) -> str:
    """One cohort with its students; what was typed is about one of them, or about those who are to join."""
    office = door.current_officer().office
    with door.reading() as session:
        found = queries.cohort(session, office, cohort_id)
        known = {each.id: each.name for each in queries.accounts(session, office)}
    taken = {each.account_id for each in found.mentors}
    return render_template(
        "mentoring/cohort.html",
        cohort=found,
        form=form or forms.blank(),
        about=mentor_id,
        blank=forms.blank(),
        blanks={each.id: forms.blank({"account_id": each.account_id}) for each in found.mentors},
        known=known,
        free=[(each, name) for each, name in known.items() if each not in taken],
        address=_cohorts(agency),
    )


@pages.post(f"{COHORT}/mentors")
@guard(Permission.MENTORS_RUN)
@posting.sent_from(cohort)
def add_mentors(agency: str, cohort_id: UUID) -> Response:
    """Take more students into a cohort."""
    given = forms.load(schemas.MentorsSchema(), request.form)
    with door.transaction() as session:
        commands.add_mentors(session, door.current_officer(), cohort_id, given["mentors"])
    return posting.done(_("The mentors have joined the cohort."), f"{_cohorts(agency)}/{cohort_id}")


@pages.post(f"{COHORT}/mentors/<uuid:mentor_id>/account")
@guard(Permission.MENTORS_RUN)
@posting.sent_from(cohort)
def set_account(agency: str, cohort_id: UUID, mentor_id: UUID) -> Response:
    """Give a mentor the account with which she signs in, or take it from her."""
    given = forms.load(schemas.MentorAccountSchema(), request.form)
    with door.transaction() as session:
        commands.set_account(session, door.current_officer(), cohort_id, mentor_id, given["account_id"])
    return posting.done(_("Saved."), f"{_cohorts(agency)}/{cohort_id}")


@pages.get("/<agency>/cash-books")
@guard(Permission.CASH_BOOKS_READ)
def list_books(agency: str) -> str:
    """The office's cash books; a mentor's own while her term lasts."""
    query = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        rows = queries.books(session, door.current_officer())
        page = paging.page(session, rows, *queries.BOOKS_LATEST_FIRST, newest_first=True, **query)
        names = naming.listed((each.referral_id for each in page.items), "cash books")
        return render_template("mentoring/books.html", page=page, names=names, address=_books(agency), words=words)


@pages.get(BOOK)
@guard(Permission.CASH_BOOKS_READ)
def book(agency: str, referral_id: UUID, form: forms.Form | None = None) -> str:
    """One cash book with every entry; the look is logged."""
    officer = door.current_officer()
    with door.looking() as session:
        found = queries.visible_book(session, officer, referral_id)
        log_look(session, officer, found.subject_kind, found.subject_id, why=f"cash book {referral_id}")
        return render_template(
            "mentoring/book.html",
            opened=queries.opened(session, found),
            book=found,
            named=naming.of(session, officer, [referral_id], f"cash book {referral_id}")[referral_id],
            form=form or forms.blank(),
            rows=range(ROWS),
            may_write=found.is_open and access.holds(officer, Permission.CASH_BOOKS_WRITE),
            address=_books(agency),
            words=words,
        )


@pages.post(f"{BOOK}/entries")
@guard(Permission.CASH_BOOKS_WRITE)
@posting.sent_from(book)
def write_entries(agency: str, referral_id: UUID) -> Response:
    """Write entries at the end of the book."""
    given = forms.load(schemas.CashEntriesSchema(), request.form)
    with door.transaction() as session:
        commands.write_entries(session, door.current_officer(), referral_id, given["entries"])
    return posting.done(_("The entries are written."), f"{_books(agency)}/{referral_id}")


@pages.post(f"{BOOK}/entries/<int:number>/correction")
@guard(Permission.CASH_BOOKS_WRITE)
@posting.sent_from(book)
def correct_entry(agency: str, referral_id: UUID, number: int) -> Response:
    """Undo an entry by a counter-entry."""
    given = forms.load(schemas.CashCorrectionSchema(), request.form)
    with door.transaction() as session:
        commands.correct_entry(session, door.current_officer(), referral_id, number, given["why"])
    said = _("Entry %(number)d is undone by a counter-entry.", number=number)
    return posting.done(said, f"{_books(agency)}/{referral_id}")


def _cohorts(agency: str) -> str:
    return f"/training/{agency}/cohorts"


def _books(agency: str) -> str:
    return f"/training/{agency}/cash-books"
