"""Door 1 for people: the journeys of an office, those that wait for its decision first, and what it may decide.

How a journey came to where it stands is monitoring's to tell; here stands what the leading office can do about it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.intake.accounts import staffing
from services.intake.groups import queries as groups
from services.intake.groups.models import BusinessGroup
from services.intake.journeys import commands, notes, publishing, queries, schemas
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import NobodyThere, NoSuchVersion, OfficeOfAnotherRole
from services.intake.journeys.words import STANDINGS, journey_outcome, place, standing, stuck_because
from services.intake.registry import queries as registry
from shared import places
from shared.events.intake import SubjectKind
from shared.identity import offices
from shared.identity.areas import within
from shared.identity.permissions import Permission
from shared.kernel.errors import Invalid, NotFound
from shared.notes import pages as notes_pages
from shared.notes import queries as noted
from shared.privacy.looks import log_looks
from shared.programmes.definition import Programme
from shared.programmes.state import OPEN
from shared.referrals import rules as referrals
from shared.referrals import words
from shared.web import access, door, forms, paging, posting, showing
from shared.web.confirming import Asked
from shared.web.guard import guard
from shared.web.language import language
from shared.web.rates import searching

pages = Blueprint("journey_pages", __name__, template_folder="templates")
notes_pages.add(pages, "intake", notes.KIND)
ONE = "/<agency>/journeys/<uuid:journey_id>"
NARROWING = ("number", "state", "programme", "stage", "area", "subject_id")
MOVED = ("programme", "from_version", "to_version")


@pages.get("/<agency>/journeys")
@guard(Permission.JOURNEYS_READ)
def list_journeys(agency: str) -> str:
    """The journeys of the officer's areas; those that wait for a decision come first."""
    query, form = forms.narrowed(schemas.JourneyQuery(), request.args)
    officer = door.current_officer()
    with door.looking() as session:
        page = queries.journeys(session, officer, **query)
        choices = publishing.offered_to(session, officer)
        return render_template(
            "journeys/list.html",
            agency=agency,
            page=page,
            journeys=[queries.summary(each) for each in page.items],
            names=queries.names(session, officer, page.items, "list of journeys"),
            programmes=publishing.published(session, {(each.programme, each.version) for each in page.items}),
            choices=[(each.id, each.title.to(language())) for each in choices],
            stages=_stages(each for each in choices if query["programme"] in (None, each.id)),
            areas=places.below(officer.areas, places.Level.KECAMATAN),
            form=form,
            query=_narrowing(),
            can_open=access.holds(officer, Permission.JOURNEYS_START),
            can_bring_in=access.holds(officer, Permission.JOURNEYS_BRING_IN),
            can_move=access.holds(officer, Permission.JOURNEYS_MOVE),
            can_name=access.holds(officer, Permission.REGISTRY_READ),
            day_of=datetime.fromisoformat,
            **_words(),
        )


@pages.post("/<agency>/journeys/search")
@guard(Permission.REGISTRY_READ)
@searching
def search_journeys(agency: str) -> Response:
    """Find the journeys of whoever is called so, in what the list is narrowed to; a name stands in no address."""
    try:
        name = forms.load(schemas.NameSought(), request.form)["name"]
    except Invalid:
        flash(_("Write at least three letters of a name."), "warning")
        return redirect(_listed(agency, _narrowing()), 303)
    rest = {each: value for each, value in _narrowing().items() if each != "subject_id"}
    with door.reading() as session:
        found = queries.named(session, door.current_officer(), name, schemas.MOST_NAMED)
    if not found:
        flash(_("Nobody on a journey in your areas is called so."), "warning")
        return redirect(_listed(agency, rest), 303)
    if len(found) == schemas.MOST_NAMED:
        flash(_("Many are called so; only %(num)d are shown. Write more of the name.", num=len(found)), "info")
    return redirect(_listed(agency, rest | {"subject_id": ",".join(map(str, found))}), 303)


@pages.get("/<agency>/journeys/new")
@guard(Permission.JOURNEYS_START)
def opening_form(agency: str) -> str | Response:
    """Choose a programme, and for a programme of groups, which of them set out; persons are chosen as candidates."""
    with door.reading() as session:
        catalogue = [each for each in publishing.offered_to(session, door.current_officer()) if each.lead == agency]
        chosen = next((each for each in catalogue if each.id == request.args.get("programme")), None)
        if chosen and SubjectKind(chosen.subject.kind.value) is SubjectKind.PERSON:
            return redirect(f"/intake/{agency}/candidates?programme={chosen.id}")
        return render_template(
            "journeys/new.html",
            agency=agency,
            catalogue=catalogue,
            chosen=chosen,
            page=_groups_at_rest(session, chosen) if chosen else None,
            form=forms.filled(request.args),
            **_words(),
        )


@pages.post("/<agency>/journeys")
@guard(Permission.JOURNEYS_START)
def open_journeys(agency: str) -> str | Response:
    """Let the chosen persons or groups set out, and say who could not and why."""
    if not request.form.getlist("subject_ids[]"):
        flash(_("Choose at least one."), "error")
        return redirect(
            f"/intake/{agency}/journeys/new?{urlencode({'programme': request.form.get('programme', '')})}", 303
        )
    given = forms.load(schemas.JourneysOpened(), request.form)
    with door.transaction() as session:
        opening = commands.open_journeys(session, door.current_officer(), **given)
        kind = publishing.newest(session, given["programme"], given["version"]).subject.kind.value
    opened = len(opening.opened)
    if opened:
        flash(ngettext("%(num)s journey was opened.", "%(num)s journeys were opened.", opened), "success")
    for warning in dict.fromkeys(each.message(language()) for each in opening.warned.values()):
        flash(warning, "warning")
    if not opening.refused:
        return redirect(_of_programme(f"/intake/{agency}/journeys", given["programme"]), 303)
    refused = {subject: error.message(language()) for subject, error in opening.refused.items()}
    with door.looking() as session:
        names = _names(session, kind, list(refused))
    return render_template("journeys/refused.html", agency=agency, refused=refused, kind=kind, names=names)


@pages.get("/<agency>/journeys/move")
@guard(Permission.JOURNEYS_MOVE)
def moving_form(agency: str, form: forms.Form | None = None) -> str:
    """Choose which version's journeys go on by which, and see what would become of them."""
    officer = door.current_officer()
    with door.reading() as session:
        led = [each for each in publishing.offered_to(session, officer) if each.lead == agency]
        versions = {each.id: [one.version for one in publishing.versions(session, each.id)] for each in led}
        asked = {name: request.args[name] for name in MOVED if request.args.get(name)}
        moving, target = None, None
        if len(asked) == len(MOVED) and form is None:
            try:
                given = forms.load(schemas.JourneysMoved(), asked)
                given.pop("look")
                moving = commands.look_at_move(session, officer, **given)
                target = publishing.newest(session, given["programme"], given["to_version"])
            except (Invalid, NotFound) as refused:
                form = forms.filled(request.args, refused if isinstance(refused, Invalid) else NoSuchVersion())
        return render_template(
            "journeys/move.html",
            agency=agency,
            programmes=[(each.id, each.title.to(language())) for each in led if len(versions[each.id]) > 1],
            versions=sorted({one for found in versions.values() for one in found}),
            moving=moving,
            target=target,
            asked=asked,
            form=form or forms.filled(request.args),
        )


@pages.post("/<agency>/journeys/move")
@guard(Permission.JOURNEYS_MOVE)
@posting.sent_from(moving_form)
def move_journeys(agency: str) -> Response:
    """Let the journeys that fit go on by the other version."""
    given = forms.load(schemas.JourneysMoved(), request.form)
    given.pop("look")
    with door.transaction() as session:
        moved = len(commands.move_journeys(session, door.current_officer(), **given).fits)
    said = ngettext(
        "%(num)d journey goes on by the other version.", "%(num)d journeys go on by the other version.", moved
    )
    return posting.done(said, _of_programme(f"/intake/{agency}/journeys", given["programme"]))


@pages.get(ONE)
@guard(Permission.JOURNEYS_READ)
def show_journey(agency: str, journey_id: UUID) -> str:
    """One journey, stage by stage, with what came back and what can be decided."""
    officer = door.current_officer()
    with door.looking() as session:
        found = queries.journey(session, officer, journey_id)
        may_note = access.holds(officer, Permission.JOURNEYS_NOTE)
        works_here = access.holds(officer, Permission.JOURNEYS_STEER) and officer.works_in(found.area)
        programme = publishing.newest(session, found.programme, found.version)
        return render_template(
            "journeys/show.html",
            agency=agency,
            journey=queries.described(session, found, officer),
            programme=programme,
            notes=noted.latest(session, officer, notes.noted(session, officer, found)) if may_note else None,
            note_form=forms.blank().marked("note-"),
            can_look=works_here,
            can_decide=works_here and found.lead_office == officer.office,
            can_withdraw=works_here and programme.lead == officer.agency,
            labels=referrals.LABELS,
            day_of=datetime.fromisoformat,
            **_words(),
        )


@pages.get(f"{ONE}/reoffer/<stage>")
@guard(Permission.JOURNEYS_STEER)
def reoffer_form(agency: str, journey_id: UUID, stage: str, form: forms.Form | None = None) -> str:
    """The form in which a stage is offered again."""
    with door.reading() as session:
        found = queries.journey(session, door.current_officer(), journey_id)
        programme = publishing.newest(session, found.programme, found.version)
        if stage not in programme.stages:
            raise NotFound(what="stage")
        role = programme.stages[stage].agency
        able = staffing.of_agencies(session, [role]).able(role, found.area)
    return render_template(
        "journeys/reoffer.html",
        address=f"/intake/{agency}/journeys/{journey_id}",
        stage=stage,
        title=programme.stages[stage].title.to(language()),
        holders=[(each.id, each.name) for each in able],
        form=form or forms.blank(),
    )


@pages.post(f"{ONE}/reoffer/<stage>")
@guard(Permission.JOURNEYS_STEER)
@posting.sent_from(reoffer_form)
def reoffer_stage(agency: str, journey_id: UUID, stage: str) -> Response:
    """Offer a stage again, to the same office or another."""
    given = forms.load(schemas.StageReoffered(), {**request.form, "stage": stage})
    try:
        with door.transaction() as session:
            commands.reoffer_stage(session, door.current_officer(), journey_id, **given)
    except (OfficeOfAnotherRole, NobodyThere) as wrong:
        raise wrong.at("office") from wrong
    return posting.done(_("The stage is offered again."), f"/intake/{agency}/journeys/{journey_id}")


def _ending(agency: str, journey_id: UUID) -> Asked:
    return Asked(_("You are about to end this journey"), _what_an_end_does(journey_id), _("Yes, end the journey"))


def _stepping_back(agency: str, journey_id: UUID) -> Asked:
    title = _("You are about to note that she or the group steps back")
    return Asked(title, _what_an_end_does(journey_id), _("Yes, note it: the journey ends"))


def _what_an_end_does(journey_id: UUID) -> list[str]:
    """Which open stages are taken back from which offices, and what stays."""
    with door.reading() as session:
        found = queries.described(session, session.get_one(Journey, journey_id), door.current_officer())
    taken_back = [
        _(
            "“%(stage)s” is taken back from %(office)s, and what was shared of her for it is deleted there.",
            stage=each["title"][language()],
            office=offices.name_of(each["office"]),
        )
        for each in found["stages"]
        if each["standing"] in OPEN and each["office"]
    ]
    return [
        _("The journey is over and cannot be opened again; a new one can be opened later."),
        *(taken_back or [_("No office has a stage of it open.")]),
        _("What was granted and not handed over goes back to its fund; what was handed over stays."),
        _("Your reason is kept encrypted, and told to no other office."),
        _("Kail sends no letter: tell the people concerned yourself, with the reason."),
    ]


@pages.get(f"{ONE}/end")
@guard(Permission.JOURNEYS_STEER)
def ending_form(agency: str, journey_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which the leading office ends a journey."""
    return _closing(agency, journey_id, "end", form)


@pages.post(f"{ONE}/end")
@guard(Permission.JOURNEYS_STEER)
@posting.sent_from(ending_form, asking=_ending)
def end_journey(agency: str, journey_id: UUID) -> Response:
    """End a journey before its last stage."""
    given = forms.load(schemas.Reason(), request.form)
    with door.transaction() as session:
        commands.end_journey(session, door.current_officer(), journey_id, **given)
    return _closed(agency, journey_id)


@pages.get(f"{ONE}/withdraw")
@guard(Permission.JOURNEYS_STEER)
def withdrawal_form(agency: str, journey_id: UUID, form: forms.Form | None = None) -> str:
    """The form in which it is noted that a person or group steps back."""
    return _closing(agency, journey_id, "withdraw", form)


@pages.post(f"{ONE}/withdraw")
@guard(Permission.JOURNEYS_STEER)
@posting.sent_from(withdrawal_form, asking=_stepping_back)
def withdraw_journey(agency: str, journey_id: UUID) -> Response:
    """Note that a person or group steps back."""
    given = forms.load(schemas.Reason(), request.form)
    with door.transaction() as session:
        commands.withdraw_journey(session, door.current_officer(), journey_id, **given)
    return _closed(agency, journey_id)


def _groups_at_rest(session: Session, programme: Programme) -> paging.Page[BusinessGroup]:
    """The groups of the officer's areas and of the programme's region that are not on the way in it."""
    statement = groups.groups_in(door.current_officer().areas).where(
        within(BusinessGroup.area, programme.region),
        BusinessGroup.id.not_in(queries.kept_out(session, programme)),
    )
    return paging.page(session, statement, BusinessGroup.id, after=request.args.get("after"), newest_first=True)


def _names(session: Session, kind: str, subjects: list[UUID]) -> dict[UUID, str]:
    """What these are called, as far as they are of the officer's areas; whoever is named was looked at."""
    officer = door.current_officer()
    if kind == SubjectKind.GROUP:
        areas, told = groups.areas_of(session, subjects), groups.particulars(session, subjects, ["name"])
    else:
        areas, told = registry.areas_of(session, subjects), registry.particulars_of_persons(session, subjects, ["name"])
    seen = {each: told[each]["name"] for each in subjects if each in told and officer.works_in(areas[each])}
    log_looks(session, officer, kind, sorted(seen), "not set out")
    return seen


def _narrowing() -> dict[str, str]:
    """What the address narrows the list to."""
    return {name: value for name in NARROWING if (value := request.args.get(name))}


def _listed(agency: str, narrowing: dict[str, str]) -> str:
    asked = showing.query(narrowing)
    return f"/intake/{agency}/journeys" + (f"?{asked}" if asked else "")


def _stages(programmes: Iterable[Programme]) -> list[tuple[str, str]]:
    """The stages of these programmes by title, each name once."""
    titles = {name: stage.title.to(language()) for each in programmes for name, stage in each.stages.items()}
    return sorted(titles.items(), key=lambda each: each[1])


def _closing(agency: str, journey_id: UUID, how: str, form: forms.Form | None) -> str:
    with door.reading() as session:
        queries.journey(session, door.current_officer(), journey_id)
    address = f"/intake/{agency}/journeys/{journey_id}"
    return render_template("journeys/close.html", address=address, how=how, form=form or forms.blank())


def _closed(agency: str, journey_id: UUID) -> Response:
    return posting.done(
        _("The journey is over; open offers are taken back."), f"/intake/{agency}/journeys/{journey_id}"
    )


def _of_programme(address: str, programme: str) -> str:
    return f"{address}?{urlencode({'programme': programme})}"


def _words() -> dict[str, Any]:
    return {
        "place": place,
        "standing": standing,
        "stuck_because": stuck_because,
        "tags": STANDINGS,
        "journey_outcome": journey_outcome,
        "outcome": words.outcome,
        "plain": words.plain,
        "words": words,
        "handed": words.handed,
    }
