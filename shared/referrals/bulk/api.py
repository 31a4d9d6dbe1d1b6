"""Door 1 for programs: runs in bulk."""

from typing import Any
from uuid import UUID

from shared.identity.permissions import Permission
from shared.referrals.bulk import commands, queries, schemas
from shared.referrals.bulk.models import BulkItem, BulkRun
from shared.referrals.together import Act
from shared.referrals.work import Works
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.language import language

RUNS = "/<agency>/referrals/together/runs"
ONE = f"{RUNS}/<uuid:run_id>"


def add(api: Blueprint, works: Works) -> None:
    """Give a worklist's API what it takes to do one act for hundreds."""
    _reading(api)
    _acting(api, works)


def _reading(api: Blueprint) -> None:
    @api.get(RUNS)
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(paging.PageQuery, location="query")
    @api.response(200, paging.page_of(schemas.RunSchema))
    def list_bulk_runs(query: dict[str, Any], agency: str) -> paging.Page[BulkRun]:
        """The office's runs, the latest first."""
        with door.reading() as session:
            found = queries.runs_of(door.current_officer())
            return paging.page(session, found, BulkRun.id, newest_first=True, **query)

    @api.get(ONE)
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.RunStandingSchema)
    def get_bulk_run(agency: str, run_id: UUID) -> dict[str, Any]:
        """One run, and how far it has come."""
        with door.reading() as session:
            run = queries.run(session, door.current_officer(), run_id)
            return {**_shown(run), "progress": queries.progress(session, run_id)}

    @api.get(f"{ONE}/items")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.ItemQuery, location="query")
    @api.response(200, paging.page_of(schemas.ItemSchema))
    def list_bulk_items(query: dict[str, Any], agency: str, run_id: UUID) -> paging.Page[dict[str, Any]]:
        """What became of each referral of a run, or of those in one state, and why something was not done."""
        with door.reading() as session:
            queries.run(session, door.current_officer(), run_id)
            found = queries.items(run_id, query.pop("state"))
            page = paging.page(session, found, BulkItem.referral_id, **query)
            return paging.Page([_item(each) for each in page.items], page.next)


def _acting(api: Blueprint, works: Works) -> None:
    @api.post(RUNS)
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.BulkSchema)
    @api.response(202, schemas.RunSchema)
    def begin_bulk_run(given: dict[str, Any], agency: str) -> BulkRun:
        """Try one act for many in the background; nothing is done before it is confirmed."""
        act, whole = Act(given.pop("act")), given.pop("whole")
        stage = (whole["programme"], whole["version"], whole["stage"], whole["kind"]) if whole else None
        with door.transaction() as session:
            return commands.begin(session, door.current_officer(), works, act, whole=stage, **given)

    @api.post(f"{ONE}/confirm")
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.RunSchema)
    def confirm_bulk_run(agency: str, run_id: UUID) -> BulkRun:
        """Do what was looked at, for those for whom it can be done."""
        with door.transaction() as session:
            run = queries.run(session, door.current_officer(), run_id, lock=True)
            commands.confirm(session, door.current_officer(), run)
            session.flush()
            return run

    @api.post(f"{ONE}/stop")
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.RunSchema)
    def stop_bulk_run(agency: str, run_id: UUID) -> BulkRun:
        """Do no more of a run; what was done stays done."""
        with door.transaction() as session:
            run = queries.run(session, door.current_officer(), run_id, lock=True)
            commands.stop(session, run)
            session.flush()
            return run


def _shown(run: BulkRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in schemas.RunSchema().fields}


def _item(item: BulkItem) -> dict[str, Any]:
    why = item.error or {}
    return {
        "referral_id": item.referral_id,
        "state": item.state,
        "outcome": item.outcome,
        "code": why.get("code"),
        "detail": why.get(language()),
    }
