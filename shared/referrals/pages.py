"""Door 1 for people: one referral with the form of its stage, the form of a no, and that of passing it to a colleague.

The pages read with the API's schemas and call the same commands; neither door can do what the other cannot. The
worklist itself is `listing`.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.identity.officer import Officer
from shared.kernel.errors import Conflict, Invalid, Stale
from shared.referrals import commands, foreseeing, handing_over, listing, queries, revision, rules, schemas, words
from shared.referrals.commands import WORKERS
from shared.referrals.models import Referral
from shared.referrals.rules import Move, Reason, Suggestion
from shared.referrals.work import StageWork, Works, by_kind
from shared.web import door, forms, problem
from shared.web.guard import guard
from shared.web.language import language

ONE = "/<agency>/referrals/<uuid:referral_id>"
Page = str | Response | tuple[str, int]


def blueprint(service: str, works: Iterable[StageWork]) -> Blueprint:
    """The worklist's pages of one service."""
    pages = Blueprint("referrals_pages", __name__, template_folder="templates")
    known = by_kind(works)
    listing.add_pages(pages, service)
    _passing_on(pages, service, known)
    _one(pages, service, known)
    _no(pages, service, known)
    _work(pages, service, known)
    return pages


def _one(pages: Blueprint, service: str, works: Works) -> None:
    @pages.get(ONE)
    @guard(*WORKERS)
    def referral(agency: str, referral_id: UUID) -> Page:
        """One referral: who, what earlier stages reported, and the work."""
        with door.transaction() as session:
            return _shown(session, service, agency, works, referral_id)

    @pages.post(f"{ONE}/accept")
    @guard(*WORKERS)
    def accept(agency: str, referral_id: UUID) -> Page:
        """Take it on."""
        return _moved(service, agency, referral_id, commands.accept_referrals, _("You have taken this referral on."))

    @pages.post(f"{ONE}/take-over")
    @guard(*WORKERS)
    def take_over(agency: str, referral_id: UUID) -> Page:
        """Take it over from a colleague."""
        return _moved(service, agency, referral_id, commands.take_over_referrals, _("You handle this referral now."))


def _passing_on(pages: Blueprint, service: str, works: Works) -> None:
    @pages.get(f"{ONE}/hand-over")
    @guard(*WORKERS)
    def hand_over_form(agency: str, referral_id: UUID) -> Page:
        """Choose the colleague who handles it from now on."""
        return _hand_over_form(service, agency, works, referral_id, forms.blank())

    @pages.post(f"{ONE}/hand-over")
    @guard(*WORKERS)
    def hand_over(agency: str, referral_id: UUID) -> Page:
        """Let a colleague handle it."""
        try:
            given = forms.load(schemas.HandedToSchema(), request.form)
            with door.transaction() as session:
                revision.hold(session, referral_id)
                changed = handing_over.hand_over_referral(session, door.current_officer(), works, referral_id, **given)
            flash(_("%(name)s handles this referral now.", name=changed.handler_name), "success")
        except Invalid as invalid:
            return _hand_over_form(service, agency, works, referral_id, forms.filled(request.form, invalid)), 422
        except (Conflict, Stale) as refused:
            problem.say(refused)
        return redirect(f"{_list(service, agency)}/{referral_id}", 303)


def _no(pages: Blueprint, service: str, works: Works) -> None:
    for move, command in ((Move.DECLINE, commands.decline_referral), (Move.RETURN, commands.return_referral)):

        def no_form(agency: str, referral_id: UUID, move: Move = move) -> Page:
            """The form of a no."""
            with door.reading() as session:
                queries.kinds_of(session, door.current_officer(), [referral_id])
            return _no_form(service, agency, referral_id, move, forms.blank())

        def say_no(agency: str, referral_id: UUID, move: Move = move, command: Any = command) -> Page:
            """Say no, with reason, explanation and suggestion."""
            try:
                given = forms.load(schemas.NoSchema(), request.form)
                with door.transaction() as session:
                    revision.hold(session, referral_id)
                    command(session, door.current_officer(), works, referral_id, **given)
            except Invalid as invalid:
                return _no_form(service, agency, referral_id, move, forms.filled(request.form, invalid)), 422
            except (Conflict, Stale) as refused:
                problem.say(refused)
                return redirect(f"{_list(service, agency)}/{referral_id}", 303)
            flash(_("The referral has gone back to its sender."), "success")
            return redirect(_list(service, agency), 303)

        pages.get(f"{ONE}/{move}", endpoint=f"{move}_form")(guard(*WORKERS)(no_form))
        pages.post(f"{ONE}/{move}", endpoint=move.value)(guard(*WORKERS)(say_no))


def _work(pages: Blueprint, service: str, works: Works) -> None:
    @pages.post(f"{ONE}/work")
    @guard(*WORKERS)
    def record(agency: str, referral_id: UUID) -> Page:
        """Save the work so far."""

        def save(session: Session, officer: Officer, kind: str) -> None:
            given = schemas.work_of(works, kind, forms.nested(request.form), strict=False)
            commands.record_work(session, officer, works, referral_id, given)

        return _worked(service, agency, works, referral_id, save, _("Saved."))

    @pages.post(f"{ONE}/complete")
    @guard(*WORKERS)
    def complete(agency: str, referral_id: UUID) -> Page:
        """Close the stage."""

        def close(session: Session, officer: Officer, kind: str) -> None:
            given = schemas.completion_of(works, kind, forms.nested(request.form), strict=False)
            commands.complete_referrals(session, officer, works, {referral_id: given})

        return _worked(service, agency, works, referral_id, close, _("The stage is done and has been reported."))


def _worked(
    service: str,
    agency: str,
    works: Works,
    referral_id: UUID,
    act: Callable[[Session, Officer, str], None],
    sentence: str,
) -> Page:
    officer = door.current_officer()
    try:
        with door.transaction() as session:
            kind = queries.kinds_of(session, officer, [referral_id])[referral_id]
            revision.hold(session, referral_id)
            act(session, officer, kind)
    except Invalid as invalid:
        # A transaction of its own: the answer is an error, which undoes the request's, but this look has happened.
        with door.database().transaction() as session:
            form = forms.filled(request.form, invalid if invalid.errors else Invalid(errors={"_": [invalid]}))
            return _shown(session, service, agency, works, referral_id, form), 422
    except (Conflict, Stale) as refused:
        problem.say(refused)
    else:
        flash(sentence, "success")
    return redirect(f"{_list(service, agency)}/{referral_id}", 303)


def _moved(
    service: str,
    agency: str,
    referral_id: UUID,
    command: Callable[[Session, Officer, list[UUID]], list[Referral]],
    sentence: str,
) -> Page:
    try:
        with door.transaction() as session:
            revision.hold(session, referral_id)
            command(session, door.current_officer(), [referral_id])
        flash(sentence, "success")
    except (Conflict, Stale) as refused:
        problem.say(refused)
    return redirect(f"{_list(service, agency)}/{referral_id}", 303)


def _shown(
    session: Session, service: str, agency: str, works: Works, referral_id: UUID, form: forms.Form | None = None
) -> str:
    officer = door.current_officer()
    found = commands.open_referral(session, officer, referral_id)
    stage = works[found.kind]
    work = stage.view(session, found)
    return render_template(
        "referrals/referral.html",
        referral=found,
        stage=stage,
        work=work,
        form=form or forms.blank(work),
        settings=found.settings,
        ahead=foreseeing.of(found) if found.moves else [],
        may_work=officer.has(*stage.roles),
        address=_list(service, agency),
        rules=rules,
        words=words,
    )


def _hand_over_form(service: str, agency: str, works: Works, referral_id: UUID, form: forms.Form) -> str:
    with door.reading() as session:
        found = handing_over.colleagues(session, door.current_officer(), works, referral_id)
        return render_template(
            "referrals/hand_over.html",
            colleagues=found,
            form=form,
            address=f"{_list(service, agency)}/{referral_id}",
        )


def _no_form(service: str, agency: str, referral_id: UUID, move: Move, form: forms.Form) -> str:
    return render_template(
        "referrals/no.html",
        move=move,
        form=form,
        address=f"{_list(service, agency)}/{referral_id}",
        reasons=[(reason.value, rules.label(reason, language())) for reason in Reason],
        suggestions=[(each.value, rules.label(each, language())) for each in Suggestion],
    )


def _list(service: str, agency: str) -> str:
    return f"/{service}/{agency}/referrals"
