"""Door 1 for people: one referral with the form of its stage, the form of a no, and that of passing it to a colleague.

The pages read with the API's schemas and call the same commands; neither door can do what the other cannot. The
worklist itself is `listing`.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shared.identity import absences, offices
from shared.identity.permissions import Permission
from shared.kernel.errors import DomainError, Invalid
from shared.notes import pages as notes_pages
from shared.programmes import kinds
from shared.referrals import (
    commands,
    foreseeing,
    handed_on,
    handing_over,
    listing,
    notes,
    queries,
    reach,
    revision,
    rules,
    schemas,
    together_pages,
    trail,
    words,
)
from shared.referrals.bulk import pages as bulk_pages
from shared.referrals.models import Referral
from shared.referrals.rules import Move, Reason, Suggestion
from shared.referrals.work import StageWork, Works, by_kind
from shared.web import confirming, door, forms, posting, problem
from shared.web.confirming import Asked
from shared.web.guard import guard
from shared.web.language import language

ONE = "/<agency>/referrals/<uuid:referral_id>"


def blueprint(service: str, works: Iterable[StageWork]) -> Blueprint:
    """The worklist's pages of one service."""
    pages = Blueprint("referrals_pages", __name__, template_folder="templates")
    known = by_kind(works)
    listing.add_pages(pages, service, known)
    together_pages.add_pages(pages, service, known)
    bulk_pages.add_pages(pages, service, known)
    pages.record_once(lambda setup: reach.install(setup.app, known))
    _passing_on(pages, service, known)
    referral = _one(pages, service, known)
    _answers(pages, service, referral)
    _no(pages, service, known)
    _work(pages, service, known, referral)
    notes_pages.add(pages, service, notes.kind(known))
    return pages


def _one(pages: Blueprint, service: str, works: Works) -> posting.Page:
    @pages.get(ONE)
    @guard(Permission.REFERRALS_WORK)
    def referral(agency: str, referral_id: UUID, form: forms.Form | None = None) -> str:
        """One referral: who, what earlier stages reported, and the work."""
        officer = door.current_officer()
        with door.looking() as session:
            found = commands.open_referral(session, officer, referral_id)
            stage = works[found.kind]
            work = stage.view(session, found)
            return render_template(
                "referrals/referral.html",
                referral=found,
                stage=stage,
                work=work,
                form=form or forms.blank(work),
                is_stale=bool(form and form.values) and revision.is_another(found.revision),
                settings=found.settings,
                ahead=foreseeing.of(found) if found.moves else [],
                may_work=officer.has(*stage.roles),
                notes=notes.latest(session, officer, works, found),
                notes_closed=notes.noted(works, found).closed,
                note_form=forms.blank().marked("note-"),
                passed=handed_on.of_journey(session, found.journey_id, found.id),
                away=absences.leave_of(session, found.handled_by) if found.handled_by else None,
                address=_list(service, agency),
                came=trail.query(),
                part=trail.shown(),
                next_one=trail.next_to(session, officer, found),
                rules=rules,
                words=words,
            )

    return referral


def _answers(pages: Blueprint, service: str, referral: posting.Page) -> None:
    @pages.post(f"{ONE}/accept")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(referral)
    def accept(agency: str, referral_id: UUID) -> Response:
        """Take it on."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            commands.accept_referrals(session, door.current_officer(), [referral_id])
        return _back_to(service, agency, referral_id, _("You have taken this referral on."))

    @pages.post(f"{ONE}/take-over")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(referral)
    def take_over(agency: str, referral_id: UUID) -> Response:
        """Take it over from a colleague."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            commands.take_over_referrals(session, door.current_officer(), [referral_id])
        return _back_to(service, agency, referral_id, _("You handle this referral now."))


def _passing_on(pages: Blueprint, service: str, works: Works) -> None:
    @pages.get(f"{ONE}/hand-over")
    @guard(Permission.REFERRALS_WORK)
    def hand_over_form(agency: str, referral_id: UUID, form: forms.Form | None = None) -> str:
        """Choose the colleague who handles it from now on."""
        with door.reading() as session:
            return render_template(
                "referrals/hand_over.html",
                colleagues=handing_over.colleagues(session, door.current_officer(), works, referral_id),
                form=form or forms.blank(),
                address=f"{_list(service, agency)}/{referral_id}",
                came=trail.query(),
            )

    @pages.post(f"{ONE}/hand-over")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(hand_over_form)
    def hand_over(agency: str, referral_id: UUID) -> Response:
        """Let a colleague handle it."""
        given = forms.load(schemas.HandedToSchema(), request.form)
        with door.transaction() as session:
            revision.hold(session, referral_id)
            changed = handing_over.hand_over_referral(session, door.current_officer(), works, referral_id, **given)
        said = _("%(name)s handles this referral now.", name=changed.handler_name)
        return _back_to(service, agency, referral_id, said)


def _no(pages: Blueprint, service: str, works: Works) -> None:
    def add(move: Move, command: Callable[..., Any]) -> None:
        @pages.get(f"{ONE}/{move}", endpoint=f"{move}_form")
        @guard(Permission.REFERRALS_WORK)
        def no_form(agency: str, referral_id: UUID, form: forms.Form | None = None) -> str:
            """The form of a no."""
            with door.reading() as session:
                queries.kinds_of(session, door.current_officer(), [referral_id])
            return render_template(
                "referrals/no.html",
                move=move,
                form=form or forms.blank(),
                address=f"{_list(service, agency)}/{referral_id}",
                came=trail.query(),
                reasons=[(reason.value, rules.label(reason, language())) for reason in Reason],
                suggestions=[(each.value, rules.label(each, language())) for each in Suggestion],
            )

        def said(agency: str, referral_id: UUID) -> Asked:
            with door.reading() as session:
                return _what_a_no_does(session.get_one(Referral, referral_id), move)

        @pages.post(f"{ONE}/{move}", endpoint=move.value)
        @guard(Permission.REFERRALS_WORK)
        @posting.sent_from(no_form, asking=said)
        def say_no(agency: str, referral_id: UUID) -> Response:
            """Say no, with reason, explanation and suggestion."""
            given = forms.load(schemas.NoSchema(), request.form)
            with door.transaction() as session:
                revision.hold(session, referral_id)
                command(session, door.current_officer(), works, referral_id, **given)
            return _back_to(service, agency, referral_id, _("The referral has gone back to its sender."))

    add(Move.DECLINE, commands.decline_referral)
    add(Move.RETURN, commands.return_referral)


def _work(pages: Blueprint, service: str, works: Works, referral: posting.Page) -> None:
    @pages.post(f"{ONE}/work")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(referral)
    def record(agency: str, referral_id: UUID) -> Response:
        """Save the work so far."""
        officer = door.current_officer()
        with door.transaction() as session:
            kind = queries.kinds_of(session, officer, [referral_id])[referral_id]
            revision.hold(session, referral_id)
            given = schemas.work_of(works, kind, forms.nested(request.form), strict=False)
            commands.record_work(session, officer, works, referral_id, given)
        return _back_to(service, agency, referral_id, _("Saved."))

    @pages.post(f"{ONE}/complete")
    @guard(Permission.REFERRALS_WORK)
    @posting.sent_from(referral)
    def complete(agency: str, referral_id: UUID) -> Response | str:
        """Close the stage; a result that goes against her is asked about first, and counts with the second press."""
        officer, form = door.current_officer(), request.form
        if form.get(confirming.BACK):
            as_typed = forms.filled(confirming.typed(form, kinds.BECAUSE))
            return referral(agency=agency, referral_id=referral_id, form=as_typed)
        try:
            with door.transaction() as session:
                kind = queries.kinds_of(session, officer, [referral_id])[referral_id]
                revision.hold(session, referral_id)
                told = schemas.completion_of(works, kind, forms.nested(form), strict=False)
                commands.complete_referrals(
                    session,
                    officer,
                    works,
                    {referral_id: told.done},
                    {referral_id: told.because},
                    confirmed=form.get(confirming.CONFIRMED, ""),
                )
        except (rules.NotConfirmed, rules.ReasonMissing) as asked:
            return _asked_again(service, agency, referral_id, asked)
        return _back_to(service, agency, referral_id, _("The stage is done and has been reported."))


def _back_to(service: str, agency: str, referral_id: UUID, said: str) -> Response:
    """To the referral, which offers the next one of the part of the worklist that she came from."""
    return posting.done(said, trail.leading(f"{_list(service, agency)}/{referral_id}"))


def _came() -> str:
    return f"&{came}" if (came := trail.query()) else ""


def _asked_again(service: str, agency: str, referral_id: UUID, asked: DomainError) -> Response:
    """Say what a result would do, with the form as it was typed, so that the second press sends it once more."""
    outcome = str(asked.fields["outcome"])
    said = words.headed(words.outcome(outcome))
    refused = asked if isinstance(asked, Invalid) else None
    with door.looking() as session:
        found = commands.open_referral(session, door.current_officer(), referral_id)
        ends = found.kind == kinds.DECISION.name or foreseeing.ends(found, outcome)
        page = render_template(
            "referrals/confirm.html",
            referral=found,
            asked=Asked(
                title=_("You are about to report: %(outcome)s", outcome=said),
                happens=_what_a_result_does(found, outcome, ends=ends),
                yes=_("Yes, report: %(outcome)s", outcome=said),
            ),
            ends=ends,
            asks_reason=found.kind != kinds.DECISION.name,
            form=forms.filled(request.form, refused),
            typed=list(confirming.typed(request.form, kinds.BECAUSE).items(multi=True)),
            confirmed=outcome,
            address=f"{_list(service, agency)}/{referral_id}/complete?revision={found.revision}{_came()}",
            words=words,
        )
    return make_response(page, problem.status_of(asked) if refused else 200)


def _what_a_result_does(referral: Referral, outcome: str, *, ends: bool) -> list[str]:
    told = [said for each in foreseeing.of(referral) if each.code == outcome for said in each.sentences]
    if ends:
        told.append(_("What other offices still have open of this journey is taken back from them."))
    leading = offices.name_of(referral.sender_office)
    return [
        *told,
        _(
            "%(office)s, which leads the programme, reads the result and your reason; so do the offices that have to do"
            " with it next.",
            office=leading,
        ),
    ]


def _what_a_no_does(referral: Referral, move: Move) -> Asked:
    leading, wanted = offices.name_of(referral.sender_office), Suggestion(request.form["suggestion"])
    declined = move is Move.DECLINE
    declines, gives_back = _("You are about to decline this referral"), _("You are about to give this referral back")
    return Asked(
        title=declines if declined else gives_back,
        happens=[
            _("It leaves your office's worklist, and %(office)s decides what comes next.", office=leading),
            _("You suggest: %(what)s.", what=rules.label(wanted, language())),
            _("%(office)s reads your reason and your explanation.", office=leading),
            _("What was shared of her is deleted at your office, and so are your office's notes about this referral."),
            _("It cannot be taken back; it can be offered to your office anew."),
        ],
        yes=_("Yes, decline it") if declined else _("Yes, give it back"),
    )


def _list(service: str, agency: str) -> str:
    return f"/{service}/{agency}/referrals"
