"""Door 1 for people: the requests to see, the form in which one is noted, and the pages that are printed for her."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.breaches import words as breach_words
from services.intake.corrections import words as correction_words
from services.intake.disclosures import commands, doors, schemas, words
from services.intake.journeys import words as journey_words
from services.intake.registry import doors as registry_doors
from services.intake.registry import shown
from services.intake.rights import words as rights_words
from services.intake.rights.terms import terms
from services.intake.sharing import words as sharing_words
from shared.identity.permissions import Permission
from shared.referrals import words as referral_words
from shared.web import door, forms, posting
from shared.web.guard import guard
from shared.web.rates import costly
from shared.web.showing import agency_name

pages = Blueprint("disclosure_pages", __name__, template_folder="templates")


@pages.get("/<agency>/disclosures")
@guard(Permission.DISCLOSURES_SERVE)
def list_disclosures(agency: str) -> str:
    """The requests to see that wait for an answer, and the latest answers; the look at the names is logged."""
    with door.transaction() as session:
        return render_template(
            "disclosures/list.html",
            agency=agency,
            waiting=doors.look_at_waiting(session, request.args.get("after"), 50),
            answered=doors.look_at_answered(session),
            given=words.given,
        )


@pages.get("/<agency>/persons/<uuid:person_id>/disclosures/new")
@guard(Permission.DISCLOSURES_SERVE)
def request_form(agency: str, person_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which it is noted that she asks; the look is logged."""
    with door.looking() as session:
        return render_template(
            "disclosures/new.html",
            agency=agency,
            person=registry_doors.look_at_living(session, person_id),
            form=form or forms.blank(),
            ways=rights_words.ways(),
            term=terms().disclosure,
        )


@pages.post("/<agency>/persons/<uuid:person_id>/disclosures")
@guard(Permission.DISCLOSURES_SERVE)
@posting.sent_from(request_form)
def note_request(agency: str, person_id: UUID) -> Response:
    """Note that she asks, and go on to what is held of her."""
    given = forms.load(schemas.Asking(), request.form)
    with door.transaction() as session:
        noted = commands.note_request(session, door.current_officer(), person_id, **given)
    return redirect(f"/intake/{agency}/disclosures/{noted.id}", 303)


@pages.get("/<agency>/disclosures/<uuid:disclosure_id>")
@guard(Permission.DISCLOSURES_SERVE)
def show_disclosure(agency: str, disclosure_id: UUID, form: forms.Form | None = None) -> str:
    """One request, with its clock and the form of its answer; the look is logged."""
    with door.looking() as session:
        found: dict[str, Any] = doors.look_at(session, disclosure_id)
    return render_template(
        "disclosures/disclosure.html",
        agency=agency,
        found=found,
        form=form or forms.blank(),
        identified=rights_words.identified,
        given=words.given,
        givens=words.givens(),
        term=terms().disclosure,
    )


@pages.post("/<agency>/disclosures/<uuid:disclosure_id>/answer")
@guard(Permission.DISCLOSURES_SERVE)
@posting.sent_from(show_disclosure)
def note_answer(agency: str, disclosure_id: UUID) -> Response:
    """Note that she was told."""
    given = forms.load(schemas.Answering(), request.form)
    with door.transaction() as session:
        commands.note_answer(session, door.current_officer(), disclosure_id, **given)
    return posting.done(_("The answer is noted."), f"/intake/{agency}/disclosures/{disclosure_id}")


@pages.get("/<agency>/disclosures/<uuid:disclosure_id>/dossier")
@guard(Permission.DISCLOSURES_SERVE)
@costly
def show_dossier(agency: str, disclosure_id: UUID) -> str:
    """Everything that is held of her, to be read with her or printed; the look is logged."""
    with door.transaction() as session:
        return render_template(
            "disclosures/dossier.html",
            agency=agency,
            request_id=disclosure_id,
            held=doors.look_at_all_of_her(session, disclosure_id),
            labels=shown.labels(),
            words=words,
            correction_words=correction_words,
            breach_words=breach_words,
            journey_words=journey_words,
            referral_words=referral_words,
            said_name=sharing_words.said_name,
            agency_name=agency_name,
        )
