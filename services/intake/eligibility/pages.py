"""Door 1 for people: who would qualify for a programme, to be chosen to set out on it."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.eligibility import commands, doors, overrides, schemas
from shared import places
from shared.identity.permissions import Permission
from shared.programmes import library
from shared.referrals import queries as worklist
from shared.referrals import words
from shared.referrals.words import place
from shared.web import access, door, forms, posting
from shared.web.guard import guard
from shared.web.language import language

pages = Blueprint("eligibility_pages", __name__, template_folder="templates")


@pages.get("/<agency>/candidates")
@guard(Permission.CANDIDATES_READ)
def list_candidates(agency: str) -> str:
    """Persons who would qualify and are not on the way in the programme; the look at their names is logged."""
    query = forms.load(schemas.CandidateQuery(), request.args)
    officer, programme = door.current_officer(), library.programme(query["programme"])
    regions = [area for own in officer.areas for area in (own, *(each.code for each in places.children(own)))]
    with door.transaction() as session:
        return render_template(
            "eligibility/candidates.html",
            agency=agency,
            programme=programme,
            title=programme.title.to(language()),
            page=doors.candidates(session, officer, query),
            areas=[(code, places.name_of(code)) for code in regions],
            form=forms.filled(request.args),
            query={name: value for name, value in request.args.items() if name != "after" and value},
            can_open=access.holds(officer, Permission.JOURNEYS_START)
            and programme.lead == agency
            and programme.subject.kind == "person",
            place=place,
        )


@pages.get("/<agency>/referrals/<uuid:referral_id>/override")
@guard(Permission.REFERRALS_WORK)
def evidence_form(agency: str, referral_id: UUID, form: forms.Form | None = None) -> str:
    """Name the evidence for deciding a verification otherwise than the registries say."""
    with door.reading() as session:
        worklist.kinds_of(session, door.current_officer(), [referral_id])
    address = f"/intake/{agency}/referrals/{referral_id}"
    return render_template("eligibility/evidence.html", address=address, form=form or forms.blank())


@pages.get("/<agency>/overrides")
@guard(Permission.OVERRIDES_DECIDE)
def list_overrides(agency: str, form: forms.Form | None = None) -> str:
    """What waits for the officer as the second person; the look is logged."""
    with door.looking() as session:
        return render_template(
            "eligibility/overrides.html",
            agency=agency,
            page=doors.overrides_for(session, door.current_officer(), request.args.get("after"), 50),
            form=form or forms.blank(),
            words=words,
            place=place,
        )


@pages.post("/<agency>/referrals/<uuid:referral_id>/override")
@guard(Permission.REFERRALS_WORK)
@posting.sent_from(evidence_form)
def ask_second_person(agency: str, referral_id: UUID) -> Response:
    """Ask a second person to agree that a verification is decided otherwise than the registries say."""
    given = forms.load(schemas.OverrideAsked(), request.form)
    with door.transaction() as session:
        commands.ask_second_person(session, door.current_officer(), referral_id, given["evidence"])
    said = _("A second person is asked. You report the verification once she has agreed.")
    return posting.done(said, f"/intake/{agency}/referrals/{referral_id}")


@pages.post("/<agency>/overrides/<uuid:override_id>/decide")
@guard(Permission.OVERRIDES_DECIDE)
@posting.sent_from(list_overrides)
def decide_override(agency: str, override_id: UUID) -> Response:
    """Agree, or not, as the second person."""
    given = forms.load(schemas.OverrideDecided(), request.form)
    with door.transaction() as session:
        overrides.decide(session, door.current_officer(), override_id, **given)
    return posting.done(_("Your answer is noted; the officer who asked sees it."), f"/intake/{agency}/overrides")
