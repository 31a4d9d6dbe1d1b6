"""Door 1 for people: what persons want corrected, the form in which it is noted, and the decision on it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.corrections import commands, doors, schemas, words
from services.intake.corrections.models import Correction
from services.intake.corrections.rules import CorrectionState
from services.intake.registry import doors as registry_doors
from services.intake.registry import mending
from services.intake.registry.models import Person
from services.intake.registry.rules import Detail
from services.intake.rights import words as rights_words
from services.intake.rights.terms import terms
from shared.identity.permissions import Permission
from shared.referrals import words as referral_words
from shared.web import door, forms, posting
from shared.web.confirming import Asked
from shared.web.guard import guard

pages = Blueprint("correction_pages", __name__, template_folder="templates")


@pages.get("/<agency>/corrections")
@guard(Permission.CORRECTIONS_READ)
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
@guard(Permission.CORRECTIONS_NOTE)
def correction_form(agency: str, person_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which it is noted what is wrong; the look is logged."""
    with door.looking() as session:
        person = registry_doors.look_at_living(session, person_id)
        held = mending.held(session, session.get_one(Person, person_id))
    return render_template(
        "corrections/new.html",
        agency=agency,
        person=person,
        held=held,
        form=form or forms.blank(),
        details=list(Detail),
        labels={f"wanted.{each.value}": words.detail(each) for each in Detail},
        words=words,
        ways=rights_words.ways(),
        term=terms().correction,
    )


@pages.post("/<agency>/persons/<uuid:person_id>/corrections")
@guard(Permission.CORRECTIONS_NOTE)
@posting.sent_from(correction_form)
def note_correction(agency: str, person_id: UUID) -> Response:
    """Note what she wants corrected."""
    given = forms.load(schemas.Noting(), request.form)
    with door.transaction() as session:
        noted = commands.note_correction(session, door.current_officer(), person_id, **given)
    return _went_on(agency, noted)


@pages.get("/<agency>/corrections/<uuid:correction_id>")
@guard(Permission.CORRECTIONS_READ)
def show_correction(agency: str, correction_id: UUID, form: forms.Form | None = None) -> str:
    """One correction: what is held, what she says it is, and the decision; the look is logged."""
    with door.looking() as session:
        found: dict[str, Any] = doors.look_at(session, correction_id)
    return render_template(
        "corrections/correction.html",
        agency=agency,
        found=found,
        form=form or forms.blank(),
        words=words,
        referral_words=referral_words,
        identified=rights_words.identified,
        term=terms().correction,
    )


@pages.post("/<agency>/corrections/<uuid:correction_id>/grant")
@guard(Permission.CORRECTIONS_DECIDE)
@posting.sent_from(show_correction)
def grant_correction(agency: str, correction_id: UUID) -> Response:
    """Correct it, here and in every copy."""
    with door.transaction() as session:
        granted = commands.grant_correction(session, door.current_officer(), correction_id)
    return _went_on(agency, granted)


def _refusing(agency: str, correction_id: UUID) -> Asked:
    return Asked(
        _("You are about to refuse this correction"),
        [
            _("What is recorded stays as it is, here and in every copy."),
            _("She is told the reason that you chose and your explanation; tell her yourself, Kail sends no letter."),
            _("She may ask again with other evidence. The refusal itself cannot be taken back."),
        ],
        _("Yes, refuse it"),
    )


@pages.post("/<agency>/corrections/<uuid:correction_id>/refuse")
@guard(Permission.CORRECTIONS_DECIDE)
@posting.sent_from(show_correction, asking=_refusing)
def refuse_correction(agency: str, correction_id: UUID) -> Response:
    """Refuse it, and say why."""
    given = forms.load(schemas.Refusing(), request.form)
    with door.transaction() as session:
        refused = commands.refuse_correction(session, door.current_officer(), correction_id, **given)
    return _went_on(agency, refused)


def _went_on(agency: str, correction: Correction) -> Response:
    match correction.state:
        case CorrectionState.IN_REVIEW:
            flash(_("Somebody else bears this NIK: a review of both records has been opened."), "warning")
        case CorrectionState.DONE:
            flash(_("It is corrected here, and the offices that were told of it are told."), "success")
        case _:
            flash(_("Saved."), "success")
    return redirect(f"/intake/{agency}/corrections/{correction.id}", 303)
