"""Door 1 for people: the machine room, which gathers the part of each service, and what can be set right in a part."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from shared.bus import Participant
from shared.bus.models import HeldEvent
from shared.identity.permissions import Permission
from shared.kernel.errors import Conflict, Invalid, NotFound
from shared.kernel.settings import SERVICES
from shared.machine import commands, queries, schemas, words
from shared.web import access, door, forms, problem
from shared.web.guard import guard
from shared.web.messages import N_
from shared.web.navigation import Link

Page = str | Response | tuple[str, int]


def link(service: str) -> Link:
    """The entry of a service's menu that leads to the machine room."""
    return Link(N_("Machine room"), f"/{service}/{{agency}}/machine", Permission.MACHINE_READ)


def blueprint(participant: Participant) -> Blueprint:
    """The machine room's pages of one service; each can show all four, so that one that is away hides no other."""
    pages = Blueprint("machine_pages", __name__, template_folder="templates")
    _looking(pages, participant)
    _retrying(pages, participant)
    _skipping(pages, participant)
    _resuming(pages, participant.name)
    return pages


def _looking(pages: Blueprint, participant: Participant) -> None:
    @pages.get("/<agency>/machine")
    @guard(Permission.MACHINE_READ)
    def machine(agency: str) -> str:
        """The room: each service's part comes from that service."""
        return render_template("machine/room.html", agency=agency, services=SERVICES, here_is=participant.name)

    @pages.get("/<agency>/machine/part")
    @guard(Permission.MACHINE_READ)
    def machine_part(agency: str) -> str:
        """How this service stands: a fragment that the room asks for every few seconds."""
        with door.reading() as session:
            return render_template(
                "machine/part.html",
                agency=agency,
                standing=queries.standing(session, participant),
                may_act=access.holds(door.current_officer(), Permission.MACHINE_RUN),
                words=words,
            )


def _back(service: str, agency: str) -> Response:
    return redirect(f"/{service}/{agency}/machine#{service}", 303)


def _retrying(pages: Blueprint, participant: Participant) -> None:
    @pages.post("/<agency>/machine/held/retry")
    @guard(Permission.MACHINE_RUN)
    def retry_held(agency: str) -> Page:
        """Apply a stream's held events again."""
        given = forms.load(schemas.HeldStreamRefSchema(), request.form)
        try:
            with door.transaction() as session:
                retried = commands.retry(session, door.current_officer(), participant, **given)
        except Conflict as refused:
            problem.say(refused)
            return _back(participant.name, agency)
        if retried.applied:
            flash(ngettext("%(num)d event applied.", "%(num)d events applied.", retried.applied), "success")
        if retried.error:
            flash(_("It failed again: %(error)s", error=words.first_line(retried.error)), "error")
        return _back(participant.name, agency)


def _skipping(pages: Blueprint, participant: Participant) -> None:
    service = participant.name

    @pages.get("/<agency>/machine/held/<uuid:event_id>/skip")
    @guard(Permission.MACHINE_RUN)
    def skip_form(agency: str, event_id: UUID) -> Page:
        """The form that asks why an event may be left out."""
        return _skip_form(service, agency, event_id, forms.blank())

    @pages.post("/<agency>/machine/held/<uuid:event_id>/skip")
    @guard(Permission.MACHINE_RUN)
    def skip_held(agency: str, event_id: UUID) -> Page:
        """Leave one held event out for good."""
        try:
            given = forms.load(schemas.SkipHeldSchema(), request.form)
            with door.transaction() as session:
                commands.skip(session, door.current_officer(), participant, event_id, given["reason"])
        except Invalid as invalid:
            wrong = invalid if invalid.errors else invalid.at("reason")
            return _skip_form(service, agency, event_id, forms.filled(request.form, wrong)), 422
        except Conflict as refused:
            problem.say(refused)
            return _back(service, agency)
        flash(_("Left out. Try again what stands behind it."), "success")
        return _back(service, agency)


def _resuming(pages: Blueprint, service: str) -> None:
    @pages.post("/<agency>/machine/subscribers/<subscriber>/resume")
    @guard(Permission.MACHINE_RUN)
    def resume_subscriber(agency: str, subscriber: str) -> Page:
        """Send to a halted subscriber again."""
        try:
            with door.transaction() as session:
                count = commands.resume(session, door.current_officer(), subscriber)
            flash(ngettext("%(num)d partition is sent again.", "%(num)d partitions are sent again.", count), "success")
        except Conflict as refused:
            problem.say(refused)
        return _back(service, agency)


def _skip_form(service: str, agency: str, event_id: UUID, form: forms.Form) -> str:
    with door.reading() as session:
        held = session.get(HeldEvent, event_id)
        if held is None:
            raise NotFound(what="held event")
        return render_template(
            "machine/skip.html", agency=agency, service=service, held=held, form=form, first_line=words.first_line
        )
