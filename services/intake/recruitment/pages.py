"""Door 1 for people: how far the programmes that recruit have come."""

from flask import Blueprint, render_template

from services.intake.recruitment import doors
from shared.identity.permissions import Permission
from shared.web import door
from shared.web.guard import guard
from shared.web.language import language

pages = Blueprint("recruitment_pages", __name__, template_folder="templates")


@pages.get("/<agency>/recruitment")
@guard(Permission.RECRUITMENT_READ)
def show_recruitment(agency: str) -> str:
    """How many women and villages each recruiting programme has reached, and who waits for a group."""
    officer = door.current_officer()
    with door.reading() as session:
        return render_template(
            "recruitment/so_far.html",
            agency=agency,
            programmes=[
                (each.title.to(language()), doors.so_far(session, officer, each.id))
                for each in doors.recruiting(session, officer)
            ],
        )
