"""Door 1 for people: the offices of the deployment, one with what waits for it, and the forms that change them."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.offices import commands, queries, schemas, words
from shared import places
from shared.identity import offices
from shared.identity.permissions import Permission
from shared.identity.rules import AGENCIES
from shared.places import Level
from shared.web import access, door, forms, posting
from shared.web.confirming import Asked
from shared.web.guard import guard
from shared.web.messages import N_
from shared.web.navigation import Link
from shared.web.showing import agency_name

pages = Blueprint("offices_pages", __name__, template_folder="templates")
MENU = Link(N_("Offices"), "/intake/{agency}/offices", Permission.OFFICES_READ)
ONE = "/<agency>/offices/<office>"


@pages.get("/<agency>/offices")
@guard(Permission.OFFICES_READ)
def list_offices(agency: str, form: forms.Form | None = None) -> str:
    """Every office, those that are to be handed over first."""
    with door.reading() as session:
        return render_template(
            "offices/list.html",
            agency=agency,
            found=queries.listed(session),
            left=queries.left(session),
            open_offices=[(each.id, each.name) for each in _open_offices()],
            form=form or forms.blank(),
            words=words,
            may_change=access.holds(door.current_officer(), Permission.OFFICES_CHANGE),
        )


@pages.get("/<agency>/offices/new")
@guard(Permission.OFFICES_CHANGE)
def office_form(agency: str, form: forms.Form | None = None) -> str:
    """The form in which an office is added."""
    return render_template(
        "offices/new.html",
        agency=agency,
        form=form or forms.blank(),
        agencies=[(each, agency_name(each)) for each in AGENCIES],
        areas=_areas(),
    )


@pages.post("/<agency>/offices")
@guard(Permission.OFFICES_CHANGE)
@posting.sent_from(office_form)
def add_office(agency: str) -> Response:
    """Add an office."""
    given = forms.load(schemas.OfficeAdded(), request.form)
    with door.transaction() as session:
        added = commands.add_office(session, commands.by(door.current_officer()), **given)
    return posting.done(_("%(office)s is added.", office=added.name), f"/intake/{agency}/offices/{added.id}")


@pages.get(ONE)
@guard(Permission.OFFICES_READ)
def show_office(agency: str, office: str, form: forms.Form | None = None) -> str:
    """One office: what waits for it, what was done to it, and how it is changed."""
    with door.reading() as session:
        found = queries.shown(session, office)
        kept = found.office
        return render_template(
            "offices/office.html",
            agency=agency,
            found=found,
            form=form or forms.blank({"name": kept.name, "region": kept.region, "registers": kept.registers}),
            successors=[
                (each.id, each.name) for each in _open_offices() if each.agency == kept.agency and each.id != kept.id
            ],
            areas=_areas(),
            words=words,
            may_change=access.holds(door.current_officer(), Permission.OFFICES_CHANGE) and kept.is_open,
        )


@pages.post(f"{ONE}/change")
@guard(Permission.OFFICES_CHANGE)
@posting.sent_from(show_office)
def change_office(agency: str, office: str) -> Response:
    """Change what an office is called, where it works, or whether it registers persons."""
    given = forms.load(schemas.OfficeChanged(), request.form)
    with door.transaction() as session:
        commands.change_office(session, commands.by(door.current_officer()), office, **given)
    return posting.done(_("Saved."), f"/intake/{agency}/offices/{office}")


def _closing(agency: str, office: str) -> Asked:
    successor = request.form.get("successor")
    return Asked(
        _("You are about to close %(office)s", office=offices.name_of(office)),
        [
            _(
                "All that it holds goes to %(office)s.",
                office=offices.name_of(successor),
            )
            if successor
            else _("Only an office that never worked is closed without a successor."),
            _("Nothing is offered to it any more, and nobody signs in there."),
            _("It cannot be opened again."),
        ],
        _("Yes, close the office"),
    )


def _handing_over(agency: str) -> Asked:
    given = forms.load(schemas.OfficeLeft(), request.form)
    after = offices.name_of(given["successor"])
    return Asked(
        _("You are about to hand over all that %(office)s holds", office=offices.name_of(given["office"])),
        [_("It goes to %(office)s, which answers for it from now on.", office=after), _("It cannot be taken back.")],
        _("Yes, hand it over"),
    )


@pages.post(f"{ONE}/close")
@guard(Permission.OFFICES_CHANGE)
@posting.sent_from(show_office, asking=_closing, is_tried=False)
def close_office(agency: str, office: str) -> Response:
    """Close an office: what it holds goes to its successor; without one only an office that never worked."""
    with door.transaction() as session:
        who = commands.by(door.current_officer())
        if successor := request.form.get("successor"):
            after = commands.hand_over_office(session, who, office, successor)
            said = _("The office is closed, and all that it holds goes to %(office)s.", office=after.name)
        else:
            commands.close_office(session, who, office)
            said = _("The office is closed.")
    return posting.done(said, f"/intake/{agency}/offices/{office}")


@pages.post("/<agency>/offices/hand-over")
@guard(Permission.OFFICES_CHANGE)
@posting.sent_from(list_offices, asking=_handing_over, is_tried=False)
def hand_over_office(agency: str) -> Response:
    """Hand over what an office still holds that is closed, or that no file names any more."""
    given = forms.load(schemas.OfficeLeft(), request.form)
    with door.transaction() as session:
        after = commands.hand_over_office(
            session, commands.by(door.current_officer()), given["office"], given["successor"]
        )
    return posting.done(_("All that it holds goes to %(office)s.", office=after.name), f"/intake/{agency}/offices")


def _open_offices() -> list[offices.Office]:
    return sorted(offices.open_offices(), key=lambda each: (each.agency, each.region))


def _areas() -> list[tuple[str, str]]:
    """Provinces, regencies and cities: where an office usually works; any other code can be typed."""
    return places.below(None, Level.REGENCY)
