"""Door 1 for people: who would qualify for a programme, to be chosen to set out on it."""

from flask import Blueprint, render_template, request

from services.intake.eligibility import doors, schemas
from shared import places
from shared.identity.permissions import Permission
from shared.programmes import library
from shared.referrals.words import place
from shared.web import access, door, forms
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
