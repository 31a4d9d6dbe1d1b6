"""The compartment for people: what is due, one case, the wish for a talk, and a head's request to read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.intake.protection import commands, doors, queries, rules, schemas, words
from services.intake.protection.api import CASE, GLASS, ROOT, WRITERS
from services.intake.protection.terms import terms
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from shared.places import name_of
from shared.web import door, forms, problem
from shared.web.guard import guard, unrecorded

pages = Blueprint("protection_pages", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
Act = Callable[[Session, Officer, dict[str, Any]], Any]


@pages.get(ROOT)
@guard(Role.COUNSELLOR)
@unrecorded
def due(agency: str) -> Page:
    """What the office's counsellors owe, and the office's cases."""
    return _due(agency, forms.blank())


@pages.get(f"{ROOT}/ask")
@guard(*WRITERS)
@unrecorded
def ask_form(agency: str) -> Page:
    """The form in which any officer writes down that a woman asks for a conversation."""
    rules.of_dp3a(door.current_officer())
    return _ask(agency, forms.blank({"person_id": request.args.get("person", "")}))


@pages.post(f"{ROOT}/requests")
@guard(*WRITERS)
@unrecorded
def ask_for_talk(agency: str) -> Page:
    """Write down that a woman asks for a conversation; nothing is told back."""
    try:
        given = forms.load(schemas.WhoSchema(), request.form)
        with door.transaction() as session:
            commands.ask_for_talk(session, door.current_officer(), doors.whom(session, given))
    except Invalid as invalid:
        return _ask(agency, forms.filled(request.form, invalid)), 422
    flash(_("It is written down for the counsellors."), "success")
    return redirect(f"{_root(agency)}/ask", 303)


@pages.post(f"{ROOT}/requests/<uuid:request_id>/settle")
@guard(Role.COUNSELLOR)
@unrecorded
def settle_request(agency: str, request_id: UUID) -> Page:
    """Lay a wish aside that needs no case."""

    def act(session: Session, officer: Officer, given: dict[str, Any]) -> None:
        commands.settle_request(session, officer, request_id, given["reason"])

    return _acted(agency, schemas.SettleSchema(), act, _("The wish is laid aside."), lambda form: _due(agency, form))


@pages.get(f"{ROOT}/cases/new")
@guard(Role.COUNSELLOR)
@unrecorded
def new_case(agency: str) -> Page:
    """The form in which a case is opened."""
    rules.may_read(door.current_officer())
    return _new(agency, forms.blank({"request_id": request.args.get("request", "")}))


@pages.post(f"{ROOT}/cases")
@guard(Role.COUNSELLOR)
@unrecorded
def open_case(agency: str) -> Page:
    """Open a case."""
    try:
        given = forms.load(schemas.OpenCaseSchema(), request.form)
        with door.transaction() as session:
            case = commands.open_case(session, door.current_officer(), **doors.opening(session, given))
            return redirect(f"{_root(agency)}/cases/{case.id}", 303)
    except Invalid as invalid:
        return _new(agency, forms.filled(request.form, invalid)), 422


@pages.get(f"{ROOT}/cases")
@guard(Role.COUNSELLOR)
@unrecorded
def list_cases(agency: str) -> Page:
    """The office's cases, the latest first."""
    query = forms.load(schemas.CaseQuery(), request.args)
    state = query.pop("state")
    with door.transaction() as session:
        page = commands.look_at_cases(session, door.current_officer(), state, **query)
        parameters = {"state": state} if state else {}
        return render_template(
            "protection/cases.html", page=page, root=_root(agency), parameters=parameters, words=words
        )


@pages.get(CASE)
@guard(Role.COUNSELLOR)
@unrecorded
def case(agency: str, case_id: UUID) -> Page:
    """One case with all that was done."""
    return _case(agency, case_id, forms.blank())


def _case_form(path: str, schema: type[Schema], sentence: Callable[[], str], act: Any) -> None:
    """A form of the case's page: read by the API's schema, done by the same command."""

    def submit(agency: str, case_id: UUID) -> Page:
        def with_case(session: Session, officer: Officer, given: dict[str, Any]) -> None:
            act(session, officer, case_id, given)

        def again(form: forms.Form) -> str:
            return _case(agency, case_id, form)

        return _acted(agency, schema(), with_case, sentence(), again, f"{_root(agency)}/cases/{case_id}")

    submit.__doc__ = act.__doc__
    pages.post(f"{CASE}/{path}", endpoint=path.replace("-", "_"))(guard(Role.COUNSELLOR)(unrecorded(submit)))


def _note_step(session: Session, officer: Officer, case_id: UUID, given: dict[str, Any]) -> None:
    """Write down what was done for her."""
    commands.note_step(session, officer, case_id, **given, once=doors.once())


def _start_clock(session: Session, officer: Officer, case_id: UUID, _given: dict[str, Any]) -> None:
    """Start the clock of the report to the police."""
    commands.start_report_clock(session, officer, case_id)


def _report(session: Session, officer: Officer, case_id: UUID, given: dict[str, Any]) -> None:
    """Write down the report to the police, or why there is none."""
    commands.report_to_police(session, officer, case_id, **given, once=doors.once())


def _close(session: Session, officer: Officer, case_id: UUID, given: dict[str, Any]) -> None:
    """Close the case."""
    commands.close_case(session, officer, case_id, **given)


def _onward(session: Session, officer: Officer, case_id: UUID, given: dict[str, Any]) -> None:
    """Open her journey in a programme."""
    commands.refer_onward(session, officer, case_id, given["programme"], doors.once())


_case_form("safe-contact", schemas.ContactWishSchema, lambda: _("Saved."), commands.keep_safe_contact)
_case_form("steps", schemas.StepSchema, lambda: _("The step is noted."), _note_step)
_case_form("report-clock", Schema, lambda: _("The clock of the report runs."), _start_clock)
_case_form("report", schemas.ReportSchema, lambda: _("The report is noted."), _report)
_case_form("close", schemas.CloseSchema, lambda: _("The case is closed."), _close)
_case_form("onward", schemas.OnwardSchema, lambda: _("Her journey is open."), _onward)


@pages.get(f"{ROOT}/glass")
@guard(Role.HEAD)
@unrecorded
def glasses(agency: str) -> Page:
    """What a head asked to read without the role, and the form to ask."""
    return _glasses(agency, forms.blank())


@pages.post(f"{ROOT}/glass")
@guard(Role.HEAD)
@unrecorded
def ask_to_read(agency: str) -> Page:
    """Ask to read about a woman; the answer is the same whether there is something or nothing."""
    try:
        given = forms.load(schemas.AskToReadSchema(), request.form)
        with door.transaction() as session:
            person = doors.whom(session, given)
            commands.ask_to_read(session, door.current_officer(), person, given["reason"])
    except Invalid as invalid:
        return _glasses(agency, forms.filled(request.form, invalid)), 422
    flash(_("The request waits for a second person."), "success")
    return redirect(f"{_root(agency)}/glass", 303)


@pages.get(GLASS)
@guard(Role.HEAD)
@unrecorded
def look_through_glass(agency: str, glass_id: UUID) -> Page:
    """Read with a second person's leave."""
    with door.transaction() as session:
        cases = commands.look_through_glass(session, door.current_officer(), glass_id)
        return render_template("protection/glass.html", cases=cases, root=_root(agency), words=words)


@pages.post(f"{GLASS}/decide")
@guard(Role.COUNSELLOR)
@unrecorded
def decide_on_glass(agency: str, glass_id: UUID) -> Page:
    """Let somebody without the role read, or not."""

    def act(session: Session, officer: Officer, given: dict[str, Any]) -> None:
        commands.decide_on_glass(session, officer, glass_id, **given)

    return _acted(agency, schemas.DecideSchema(), act, _("Your decision is noted."), lambda form: _due(agency, form))


@pages.get(f"{ROOT}/log")
@guard(Role.COUNSELLOR)
@unrecorded
def read_log(agency: str) -> Page:
    """The compartment's own log."""
    before = forms.load(schemas.LogQuery(), request.args)["before"]
    with door.reading() as session:
        lines = commands.look_at_log(session, door.current_officer(), before)
        return render_template("protection/log.html", lines=lines, root=_root(agency), words=words)


def _acted(
    agency: str, schema: Schema, act: Act, sentence: str, again: Callable[[forms.Form], str], back: str = ""
) -> Page:
    try:
        given = forms.load(schema, request.form)
        with door.transaction() as session:
            act(session, door.current_officer(), given)
        flash(sentence, "success")
    except Invalid as invalid:
        return again(forms.filled(request.form, invalid)), 422
    except (Conflict, Forbidden, NotFound) as refused:
        problem.say(refused)
    return redirect(back or _root(agency), 303)


def _due(agency: str, form: forms.Form) -> str:
    with door.transaction() as session:
        found = commands.look_at_due(session, door.current_officer())
        return render_template(
            "protection/due.html", due=found, form=form, root=_root(agency), words=words, terms=terms()
        )


def _ask(agency: str, form: forms.Form) -> str:
    return render_template("protection/ask.html", form=form, root=_root(agency))


def _new(agency: str, form: forms.Form) -> str:
    return render_template("protection/new.html", form=form, root=_root(agency), words=words, terms=terms())


def _case(agency: str, case_id: UUID, form: forms.Form) -> str:
    with door.transaction() as session:
        officer = door.current_officer()
        found = queries.described(session, commands.look_at_case(session, officer, case_id))
        return render_template(
            "protection/case.html",
            case=found,
            form=form,
            contact_form=form if form.errors else forms.blank(found["safe_contact"] or {}),
            step_kinds=[each for each in words.steps().items() if each[0] not in rules.TOLD_BY_ITSELF],
            programmes=queries.programmes_onward(session),
            today=clock.today().isoformat(),
            root=_root(agency),
            terms=terms(),
            words=words,
            name_of=name_of,
        )


def _glasses(agency: str, form: forms.Form) -> str:
    with door.reading() as session:
        asked = commands.look_at_glasses(session, door.current_officer())
        return render_template("protection/glasses.html", asked=asked, form=form, root=_root(agency), words=words)


def _root(agency: str) -> str:
    return f"/intake/{agency}/protection"
