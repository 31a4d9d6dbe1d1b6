"""Door 1 for people: who has consented, the form of an answer, and the form in which it is taken back."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.intake.consents.rules import Said
from services.intake.sharing import commands, doors, schemas
from services.intake.sharing.queries import Line
from services.intake.sharing.words import SAID, how_names, said_name
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.referrals import words
from shared.web import door, forms, posting
from shared.web.confirming import Asked
from shared.web.guard import guard
from shared.web.showing import agency_name

pages = Blueprint("sharing_pages", __name__, template_folder="templates")
Reading = Callable[[Session, UUID], Sequence[Line]]
OF: dict[str, Reading] = {"journeys": doors.of_journey, "persons": doors.of_person}
"""Whose consents a page shows, by the part of the address that says so."""


@pages.get("/<agency>/journeys/<uuid:journey_id>/consents")
@guard(Permission.CONSENTS_ASK)
def of_journey(agency: str, journey_id: UUID, form: forms.Form | None = None) -> str:
    """Everybody whose consent a journey asks for; the look is logged."""
    return _shown(agency, "journeys", journey_id, form)


@pages.post("/<agency>/journeys/<uuid:journey_id>/consents")
@guard(Permission.CONSENTS_ASK)
@posting.sent_from(of_journey)
def record_for_journey(agency: str, journey_id: UUID) -> Response:
    """Note what the chosen members answered."""
    return _recorded(f"/intake/{agency}/journeys/{journey_id}/consents")


@pages.get("/<agency>/persons/<uuid:person_id>/consents")
@guard(Permission.CONSENTS_ASK)
def of_person(agency: str, person_id: UUID, form: forms.Form | None = None) -> str:
    """What a person answered and is still asked; the look is logged."""
    return _shown(agency, "persons", person_id, form)


@pages.post("/<agency>/persons/<uuid:person_id>/consents")
@guard(Permission.CONSENTS_ASK)
@posting.sent_from(of_person)
def record_for_person(agency: str, person_id: UUID) -> Response:
    """Note what she answered."""
    return _recorded(f"/intake/{agency}/persons/{person_id}/consents")


@pages.get("/<agency>/persons/<uuid:person_id>/consents/<programme>/<recipient>")
@guard(Permission.CONSENTS_ASK)
def taking_back(agency: str, person_id: UUID, programme: str, recipient: str, form: forms.Form | None = None) -> str:
    """The form in which it is noted that she takes her consent back."""
    return render_template(
        "sharing/take_back.html",
        address=f"/intake/{agency}/persons/{person_id}/consents",
        programme=programme,
        recipient=recipient,
        form=form or _today(),
        **_words(),
    )


def _taking(agency: str, person_id: UUID, programme: str, recipient: str) -> Asked:
    office = agency_name(recipient)
    return Asked(
        _("You are about to note that she takes her consent back: %(agency)s", agency=office),
        [
            _("Open offers to this agency are withdrawn, and every copy of what was shared is deleted."),
            _("Her journey goes on without these stages."),
            _("She may consent again later; what was deleted does not come back by that."),
        ],
        _("Yes, take her consent back"),
    )


@pages.post("/<agency>/persons/<uuid:person_id>/consents/<programme>/<recipient>")
@guard(Permission.CONSENTS_ASK)
@posting.sent_from(taking_back, asking=_taking)
def take_back(agency: str, person_id: UUID, programme: str, recipient: str) -> str:
    """Note it, and say what is deleted and what stays."""
    matter = {"person_id": str(person_id), "programme": programme, "recipient": recipient}
    given = forms.load(schemas.Taking(), {**request.form, **matter})
    with door.transaction() as session:
        done = commands.withdraw_consent(session, door.current_officer(), **given)
    return render_template(
        "sharing/taken_back.html", agency=agency, person_id=person_id, done=done, name_of=words.name_of, **_words()
    )


def _recorded(address: str) -> Response:
    given = forms.load(schemas.Recording(), _split(request.form))
    with door.transaction() as session:
        commands.record_consents(session, door.current_officer(), **given)
    return posting.done(_("The answer is noted."), address)


def _today() -> forms.Form:
    return forms.blank({"answered_on": clock.today().isoformat()})


def _shown(agency: str, of: str, subject_id: UUID, form: forms.Form | None) -> str:
    with door.looking() as session:
        lines = OF[of](session, subject_id)
    people = list({each.person_id: each.name for each in lines}.items())
    matters = list(dict.fromkeys((each.programme, each.recipient) for each in lines))
    return render_template(
        "sharing/consents.html",
        address=f"/intake/{agency}/{of}/{subject_id}",
        agency=agency,
        of=of,
        lines=lines,
        people=people,
        matters=[(" ".join(each), f"{agency_name(each[1])} – {words.programme_title(each[0])}") for each in matters],
        answers=[(each.value, said_name(each)) for each in (Said.GIVEN, Said.REFUSED)],
        form=form or _today(),
        **_words(),
    )


def _split(form: Any) -> dict[str, Any]:
    """The form's fields; programme and agency are chosen together, as one matter."""
    programme, _space, recipient = form.get("matter", "").partition(" ")
    told = {name: form[name] for name in ("answer", "how", "answered_on") if form.get(name)}
    chosen = {f"person_ids.{number}": each for number, each in enumerate(form.getlist("person_ids[]"))}
    return {**told, **chosen, "programme": programme, "recipient": recipient}


def _words() -> dict[str, Any]:
    return {
        "said_name": said_name,
        "tags": SAID,
        "ways": how_names(),
        "agency_name": agency_name,
        "programme_title": words.programme_title,
    }
