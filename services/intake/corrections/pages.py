"""Door 1 for people: what persons want corrected, the form in which it is noted, and the decision on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.intake.corrections import commands, doors, rules, schemas, words
from services.intake.corrections.api import DECIDING, LOOKING
from services.intake.corrections.rules import CorrectionState
from services.intake.registry import doors as registry_doors
from services.intake.registry import mending
from services.intake.registry.models import Person
from services.intake.registry.rules import Detail
from services.intake.rights import words as rights_words
from services.intake.rights.rules import require_registering
from services.intake.rights.terms import terms
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.referrals import words as referral_words
from shared.web import door, forms, problem
from shared.web.guard import guard

pages = Blueprint("correction_pages", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@pages.get("/<agency>/corrections")
@guard(*LOOKING)
def list_corrections(agency: str) -> str:
    """The corrections that wait for a decision, and the latest decisions; the look at the names is logged."""
    with door.transaction() as session:
        return render_template(
            "corrections/list.html",
            agency=agency,
            waiting=doors.look_at_undecided(session, request.args.get("after"), 50),
            decided=doors.look_at_decided(session),
            words=words,
        )


@pages.get("/<agency>/persons/<uuid:person_id>/corrections/new")
@guard(Role.OFFICER)
def correction_form(agency: str, person_id: UUID) -> str:
    """The form in which it is noted what is wrong; the look is logged."""
    return _new(agency, person_id, forms.blank())


@pages.post("/<agency>/persons/<uuid:person_id>/corrections")
@guard(Role.OFFICER)
def note_correction(agency: str, person_id: UUID) -> Page:
    """Note what she wants corrected."""
    try:
        given = forms.load(schemas.Noting(), request.form)
        with door.transaction() as session:
            noted = commands.note_correction(session, door.current_officer(), person_id, **given)
            state = noted.state
    except Invalid as invalid:
        return _new(agency, person_id, forms.filled(request.form, invalid)), 422
    except Conflict as refused:
        problem.say(refused)
        return redirect(f"/intake/{agency}/persons/{person_id}", 303)
    _say(state)
    return redirect(f"/intake/{agency}/corrections/{noted.id}", 303)


@pages.get("/<agency>/corrections/<uuid:correction_id>")
@guard(*LOOKING)
def show_correction(agency: str, correction_id: UUID) -> str:
    """One correction: what is held, what she says it is, and the decision; the look is logged."""
    return _shown(agency, correction_id, forms.blank())


@pages.post("/<agency>/corrections/<uuid:correction_id>/grant")
@guard(*DECIDING)
def grant_correction(agency: str, correction_id: UUID) -> Page:
    """Correct it, here and in every copy."""

    def do(session: Session) -> CorrectionState:
        return commands.grant_correction(session, door.current_officer(), correction_id).state

    return _decided(agency, correction_id, do)


@pages.post("/<agency>/corrections/<uuid:correction_id>/refuse")
@guard(*DECIDING)
def refuse_correction(agency: str, correction_id: UUID) -> Page:
    """Refuse it, and say why."""

    def do(session: Session) -> CorrectionState:
        given = forms.load(schemas.Refusing(), request.form)
        return commands.refuse_correction(session, door.current_officer(), correction_id, **given).state

    return _decided(agency, correction_id, do)


def _decided(agency: str, correction_id: UUID, do: Callable[[Session], CorrectionState]) -> Page:
    try:
        with door.transaction() as session:
            state = do(session)
    except Invalid as invalid:
        return _shown(agency, correction_id, forms.filled(request.form, invalid)), 422
    except (Conflict, rules.NoterCannotDecide) as refused:
        problem.say(refused)
    else:
        _say(state)
    return redirect(f"/intake/{agency}/corrections/{correction_id}", 303)


def _say(state: CorrectionState) -> None:
    match state:
        case CorrectionState.IN_REVIEW:
            flash(_("Somebody else bears this NIK: a review of both records has been opened."), "warning")
        case CorrectionState.DONE:
            flash(_("It is corrected here, and the offices that were told of it are told."), "success")
        case _:
            flash(_("Saved."), "success")


def _new(agency: str, person_id: UUID, form: forms.Form) -> str:
    require_registering(door.current_officer().agency)
    with door.database().transaction() as session:
        person = registry_doors.look_at(session, person_id)
        held = mending.held(session, session.get_one(Person, person_id))
    return render_template(
        "corrections/new.html",
        agency=agency,
        person=person,
        held=held,
        form=form,
        details=list(Detail),
        labels={f"wanted.{each.value}": words.detail(each) for each in Detail},
        words=words,
        ways=rights_words.ways(),
        term=terms().correction,
    )


def _shown(agency: str, correction_id: UUID, form: forms.Form) -> str:
    with door.database().transaction() as session:
        found: dict[str, Any] = doors.look_at(session, correction_id)
    return render_template(
        "corrections/correction.html",
        agency=agency,
        found=found,
        form=form,
        words=words,
        referral_words=referral_words,
        identified=rights_words.identified,
        term=terms().correction,
    )
