"""Mentoring for programs: cohorts with their students, and cash books for officers and for the mentors themselves."""

from typing import Any
from uuid import UUID

from services.training.mentoring import commands, queries, schemas
from services.training.mentoring.models import CashBook, MentorCohort
from services.training.mentoring.queries import OpenedBook
from shared.identity.permissions import Permission
from shared.privacy.looks import log_look
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("mentoring", __name__, description="Student mentors, their terms, and the cash books they keep")
COHORT = "/<agency>/cohorts/<uuid:cohort_id>"
BOOK = "/<agency>/cash-books/<uuid:referral_id>"


@blueprint.get("/<agency>/cohorts")
@guard(Permission.MENTORS_RUN)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.CohortSchema))
def list_cohorts(query: dict[str, Any], agency: str) -> paging.Page[MentorCohort]:
    """The office's cohorts, the latest first."""
    with door.reading() as session:
        rows = queries.cohorts(door.current_officer().office)
        return paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)


@blueprint.post("/<agency>/cohorts")
@guard(Permission.MENTORS_RUN)
@blueprint.arguments(schemas.CohortPlanSchema)
@blueprint.response(201, schemas.CohortSchema)
def plan_cohort(given: dict[str, Any], agency: str) -> tuple[MentorCohort, dict[str, str]]:
    """Take in a cohort for a term."""
    with door.transaction() as session:
        cohort = commands.plan_cohort(session, door.current_officer(), **given)
        return cohort, {"Location": f"/training/v1/{agency}/cohorts/{cohort.id}"}


@blueprint.get(COHORT)
@guard(Permission.MENTORS_RUN)
@blueprint.response(200, schemas.CohortSchema)
def get_cohort(agency: str, cohort_id: UUID) -> MentorCohort:
    """One cohort with its students."""
    with door.reading() as session:
        return queries.cohort(session, door.current_officer().office, cohort_id)


@blueprint.post(f"{COHORT}/mentors")
@guard(Permission.MENTORS_RUN)
@blueprint.arguments(schemas.MentorsSchema)
@blueprint.response(200, schemas.CohortSchema)
def add_mentors(given: dict[str, Any], agency: str, cohort_id: UUID) -> MentorCohort:
    """Take more students into a cohort."""
    with door.transaction() as session:
        return commands.add_mentors(session, door.current_officer(), cohort_id, given["mentors"])


@blueprint.put(f"{COHORT}/mentors/<uuid:mentor_id>/account")
@guard(Permission.MENTORS_RUN)
@blueprint.arguments(schemas.MentorAccountSchema)
@blueprint.response(200, schemas.CohortSchema)
def set_account(given: dict[str, Any], agency: str, cohort_id: UUID, mentor_id: UUID) -> MentorCohort:
    """Give a mentor the account with which she signs in, or take it from her."""
    with door.transaction() as session:
        return commands.set_account(session, door.current_officer(), cohort_id, mentor_id, given["account_id"])


@blueprint.get("/<agency>/mentor-accounts")
@guard(Permission.MENTORS_RUN)
@blueprint.response(200, schemas.KnownAccountsSchema)
def list_accounts(agency: str) -> dict[str, Any]:
    """The mentors of the office who have come by of late, and so can be given cash books."""
    with door.reading() as session:
        return {"items": queries.accounts(session, door.current_officer().office)}


@blueprint.get("/<agency>/cash-books")
@guard(Permission.CASH_BOOKS_READ)
@blueprint.arguments(paging.PageQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.CashBookLineSchema))
def list_books(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The office's cash books; a mentor's own while her term lasts."""
    with door.reading() as session:
        rows = queries.books(session, door.current_officer())
        page: paging.Page[CashBook] = paging.page(
            session, rows, *queries.BOOKS_LATEST_FIRST, newest_first=True, **query
        )
        names = naming.listed((each.referral_id for each in page.items), "cash books")
        return paging.Page(naming.lines(schemas.CashBookLineSchema, page.items, names), page.next)


@blueprint.get(BOOK)
@guard(Permission.CASH_BOOKS_READ)
@blueprint.response(200, schemas.CashBookSchema)
def get_book(agency: str, referral_id: UUID) -> OpenedBook:
    """One cash book with every entry; the look is logged."""
    with door.transaction() as session:
        officer = door.current_officer()
        book = queries.visible_book(session, officer, referral_id)
        log_look(session, officer, book.subject_kind, book.subject_id, why=f"cash book {referral_id}")
        return queries.opened(session, book)


@blueprint.post(f"{BOOK}/entries")
@guard(Permission.CASH_BOOKS_WRITE)
@blueprint.arguments(schemas.CashEntriesSchema)
@blueprint.response(200, schemas.CashBookSchema)
def write_entries(given: dict[str, Any], agency: str, referral_id: UUID) -> OpenedBook:
    """Write entries at the end of the book; the answer is the whole book."""
    with door.transaction() as session:
        book = commands.write_entries(session, door.current_officer(), referral_id, given["entries"])
        return queries.opened(session, book)


@blueprint.post(f"{BOOK}/entries/<int:number>/correction")
@guard(Permission.CASH_BOOKS_WRITE)
@blueprint.arguments(schemas.CashCorrectionSchema)
@blueprint.response(200, schemas.CashBookSchema)
def correct_entry(given: dict[str, Any], agency: str, referral_id: UUID, number: int) -> OpenedBook:
    """Undo an entry by a counter-entry."""
    with door.transaction() as session:
        book = commands.correct_entry(session, door.current_officer(), referral_id, number, given["why"])
        return queries.opened(session, book)
