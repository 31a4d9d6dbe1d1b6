"""Door 1 for people: a run in bulk: how far it has come, what would happen, and what could not be done and why."""

import csv
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from shared.identity.permissions import Permission
from shared.programmes import kinds
from shared.referrals import foreseeing, naming, queries, words
from shared.referrals.bulk import api, commands, schemas
from shared.referrals.bulk import queries as runs
from shared.referrals.bulk.models import BulkItem, BulkRun, BulkState, ItemState
from shared.referrals.models import Referral
from shared.referrals.together import Act
from shared.referrals.work import Works
from shared.storage.arrays import among
from shared.web import door, forms, paging, posting
from shared.web.guard import guard
from shared.web.language import language

WHY = "run in bulk"
TAGS = {
    BulkState.LOOKING: "active",
    BulkState.LOOKED: "waiting",
    BulkState.RUNNING: "active",
    BulkState.DONE: "good",
    BulkState.STOPPED: "neutral",
    BulkState.FAILED: "bad",
}


def add_pages(pages: Blueprint, service: str, works: Works) -> None:
    """Give a service's worklist the pages of what is done in the background."""
    show, show_all = _showing(pages, service)
    _pressing(pages, service, show)
    _taking_on(pages, service, works, show_all)


def _showing(pages: Blueprint, service: str) -> tuple[posting.Page, posting.Page]:
    @pages.get(api.RUNS)
    @guard(Permission.REFERRALS_WORK)
    def bulk_runs(agency: str, form: forms.Form | None = None) -> str:
        """The office's runs, the latest first, and the stages of which many wait to be taken on."""
        query = forms.load(paging.PageQuery(), request.args)
        with door.reading() as session:
            page = paging.page(session, runs.runs_of(door.current_officer()), BulkRun.id, newest_first=True, **query)
            return render_template(
                "referrals/bulk_runs.html",
                page=page,
                titles=_titles(),
                tags=TAGS,
                states=_states(),
                waiting=runs.waiting(session, door.current_officer()),
                form=form or forms.blank(),
                address=_list(service, agency),
                words=words,
            )

    @pages.get(api.ONE)
    @guard(Permission.REFERRALS_WORK)
    def bulk_run(agency: str, run_id: UUID) -> str:
        """How far a run has come; asked by htmx, only that."""
        query = forms.load(paging.PageQuery(), request.args)
        officer = door.current_officer()
        with door.reading() as session:
            run = runs.run(session, officer, run_id)
            refused = paging.page(session, runs.items(run_id, ItemState.REFUSED), BulkItem.referral_id, **query)
            progress = runs.progress(session, run_id)
            template = "referrals/bulk_progress.html" if "HX-Request" in request.headers else "referrals/bulk_run.html"
            return render_template(
                template,
                run=run,
                progress=progress,
                refused=refused,
                lines=_lines(session, [each.referral_id for each in refused.items]),
                names=naming.listed((each.referral_id for each in refused.items), WHY),
                ahead=_ahead(session, run, progress) if run.state is BulkState.LOOKED else {},
                language=language(),
                title=_titles()[run.act],
                tag=TAGS[run.state],
                states=_states(),
                hers=run.asked_by == officer.id,
                address=_list(service, agency),
                words=words,
            )

    @pages.get(f"{api.ONE}/list.csv")
    @guard(Permission.REFERRALS_WORK)
    def bulk_list(agency: str, run_id: UUID) -> Response:
        """What became of each referral of a run, to be taken along."""
        with door.reading() as session:
            runs.run(session, door.current_officer(), run_id)
            items = session.scalars(runs.items(run_id).order_by(BulkItem.referral_id)).all()
            lines = _lines(session, [each.referral_id for each in items])
        names = naming.listed((each.referral_id for each in items), WHY)
        states = _item_states()
        rows = [
            [
                names[each.referral_id].number if each.referral_id in names else "",
                names[each.referral_id].name or "" if each.referral_id in names else "",
                words.place(lines[each.referral_id].area) if each.referral_id in lines else "",
                states[each.state],
                words.outcome(each.outcome) if each.outcome else "",
                (each.error or {}).get(language(), ""),
            ]
            for each in items
        ]
        headings = [_("Number"), _("Name"), _("Area"), _("State"), _("Result"), _("Why not")]
        attachment = {"Content-Disposition": f'attachment; filename="{run_id}.csv"'}
        return Response(_csv([headings, *rows]), mimetype="text/csv", headers=attachment)

    return bulk_run, bulk_runs


def _pressing(pages: Blueprint, service: str, show: posting.Page) -> None:
    @pages.post(f"{api.ONE}/confirm")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(show)
    def confirm_bulk_run(agency: str, run_id: UUID) -> Answer:
        """Do what was looked at."""
        with door.transaction() as session:
            commands.confirm(
                session, door.current_officer(), runs.run(session, door.current_officer(), run_id, lock=True)
            )
        return posting.done(_("It is being done; you may leave this page."), f"{_list(service, agency)}/{run_id}")

    @pages.post(f"{api.ONE}/stop")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(show)
    def stop_bulk_run(agency: str, run_id: UUID) -> Answer:
        """Do no more of it."""
        with door.transaction() as session:
            commands.stop(session, runs.run(session, door.current_officer(), run_id, lock=True))
        return posting.done(_("Stopped; what was done stays done."), f"{_list(service, agency)}/{run_id}")


def _taking_on(pages: Blueprint, service: str, works: Works, show_all: posting.Page) -> None:
    @pages.post(api.RUNS)
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(show_all)
    def take_on_whole_stage(agency: str) -> Answer:
        """Try to take on all that waits of a stage; nothing is done before it is confirmed."""
        given = forms.load(schemas.WholeStageSchema(), request.form)
        stage = (given["programme"], given["version"], given["stage"], given["kind"])
        with door.transaction() as session:
            run = commands.begin(session, door.current_officer(), works, Act.ACCEPT, whole=stage)
        return redirect(f"{_list(service, agency)}/{run.id}", 303)


def _lines(session: Session, ids: list[UUID]) -> dict[UUID, Any]:
    """What a list says of referrals beside their names: those of the officer's office alone."""
    about = (Referral.id, Referral.journey_id, Referral.programme, Referral.stage, Referral.area)
    hers = queries.hers(door.current_officer())
    rows = session.execute(select(*about).where(among(Referral.id, ids), hers)) if ids else ()
    return {row.id: row for row in rows}


def _ahead(session: Session, run: BulkRun, progress: runs.Progress) -> dict[str, foreseeing.Foreseen]:
    """What follows each outcome, told by one of those that end so."""
    found = {}
    for outcome in progress.outcomes:
        referral = runs.one_of(session, run.id, outcome)
        if referral is not None and referral.kind != kinds.DECISION.name:
            found[outcome] = next((each for each in foreseeing.of(referral) if each.code == outcome), None)
    return {outcome: each for outcome, each in found.items() if each}


def _csv(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _titles() -> dict[Act, str]:
    return {
        Act.ACCEPT: _("Take on"),
        Act.REPORT: _("Report together"),
        Act.SAVE: _("Prepare together"),
        Act.HAND_OVER: _("Hand over to a colleague"),
    }


def _states() -> dict[BulkState, str]:
    return {
        BulkState.LOOKING: _("being looked at"),
        BulkState.LOOKED: _("waits for your confirmation"),
        BulkState.RUNNING: _("being done"),
        BulkState.DONE: _("done"),
        BulkState.STOPPED: _("stopped"),
        BulkState.FAILED: _("failed"),
    }


def _item_states() -> dict[ItemState, str]:
    return {
        ItemState.WAITING: _("not yet"),
        ItemState.ABLE: _("can be done"),
        ItemState.DONE: _("done"),
        ItemState.REFUSED: _("not done"),
    }


def _list(service: str, agency: str) -> str:
    return f"/{service}/{agency}/referrals/together/runs"
