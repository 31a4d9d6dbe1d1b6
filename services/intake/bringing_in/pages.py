"""Door 1 for people: a list or one journey is looked at first; only the second press brings it in."""

import csv
import io
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.intake.bringing_in import asking, commands, rules, schemas
from services.intake.bringing_in.commands import BroughtIn
from services.intake.bringing_in.rules import Line
from services.intake.journeys import publishing
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import Invalid, NotFound
from shared.programmes import engine, kinds
from shared.programmes.definition import Basis, Programme, SubjectKind
from shared.referrals import words
from shared.web import door, forms, posting
from shared.web.guard import guard
from shared.web.language import language

pages = Blueprint("bringing_in_pages", __name__, template_folder="templates")
LIST = "/<agency>/journeys/brought-in"


@pages.get(LIST)
@guard(Permission.JOURNEYS_BRING_IN)
def list_form(agency: str, form: forms.Form | None = None, looked: BroughtIn | None = None) -> str:
    """Choose a programme and give the list of what was done on paper; then what would become of it."""
    with door.reading() as session:
        chosen = _chosen(session, agency, (form.value("programme") if form else None) or request.args.get("programme"))
        return render_template(
            "bringing_in/list.html",
            form=form or forms.filled(request.args),
            looked=looked,
            **_shown(session, agency, chosen),
        )


@pages.post(LIST)
@guard(Permission.JOURNEYS_BRING_IN)
@posting.sent_from(list_form)
def bring_in_list(agency: str) -> str:
    """Look at a list, or bring in what of it fits and say what does not."""
    text = _list_sent()
    programme = request.form.get("programme", "")
    try:
        lines = rules.lines_of(text)
    except Invalid as mistake:
        raise mistake.at("text") from None
    return _look_or_do(agency, programme, lines, text)


@pages.get(f"{LIST}/list.csv")
@guard(Permission.JOURNEYS_BRING_IN)
def model_list(agency: str) -> Response:
    """A list to be filled in: a line for each stage of the programme, with a result that it may have."""
    with door.reading() as session:
        chosen = _chosen(session, agency, request.args.get("programme"))
        acts = [["", name, _outcomes(chosen, name)[0], "", "", "", ""] for name in chosen.order] if chosen else []
    headings = ["siapa", "tahap", "hasil", "tanggal", "nomor", "jumlah", "keterangan"]
    headings = headings if language() == "id" else list(rules.COLUMNS)
    attachment = {"Content-Disposition": 'attachment; filename="on-paper.csv"'}
    return Response(_csv([headings, *acts]), mimetype="text/csv", headers=attachment)


@pages.get(f"{LIST}/one")
@guard(Permission.JOURNEYS_BRING_IN)
def hand_form(agency: str, form: forms.Form | None = None) -> str:
    """The form for one journey: each stage of its programme with a place for what its paper says."""
    with door.reading() as session:
        chosen = _chosen(session, agency, (form.value("programme") if form else None) or request.args.get("programme"))
        form = form or forms.filled(request.args)
        return render_template(
            "bringing_in/one.html",
            form=form,
            at_fault={int(each.split(".")[1]) for each in form.errors if each.startswith("acts.")},
            **_shown(session, agency, chosen),
        )


@pages.post(f"{LIST}/one")
@guard(Permission.JOURNEYS_BRING_IN)
@posting.sent_from(hand_form)
def bring_in_by_hand(agency: str) -> str:
    """Look at one journey; it is brought in from the page that says what will happen."""
    given = forms.load(schemas.JourneyByHand(), request.form)
    acts = [(place, each) for place, each in enumerate(given["acts"]) if each["outcome"]]
    if not acts:
        raise rules.NothingWritten().at("acts.0.outcome")
    with door.transaction() as session:
        chosen = _chosen(session, agency, given["programme"])
        lines = [_line(chosen, given["who"], each, place) for place, each in acts]
        looked = commands.look(session, door.current_officer(), given["programme"], lines)
    for stays in looked.refused:
        _say_beside_field(stays)
    rows = [[getattr(each, name) for name in rules.COLUMNS] for each in lines]
    text = _csv([list(rules.COLUMNS), *rows])
    return list_form(agency, forms.blank({"programme": given["programme"], "text": text}), looked)


def _line(chosen: Programme | None, who: str, told: dict[str, Any], place: int) -> Line:
    """A stage of the form as a line of a list; raises Invalid beside the field that cannot be read."""
    facts = told.pop("facts")
    try:
        reported = asking.as_written(chosen, told["stage"], facts) if chosen else ""
    except Invalid as unread:
        (field,) = unread.errors
        raise Invalid(errors={f"acts.{place}.{field}": [unread]}) from unread
    return Line(who, **told, reported=reported, line=place)


def _look_or_do(agency: str, programme: str, lines: list[Line], text: str) -> str:
    with door.transaction() as session:
        if "confirm" not in request.form:
            looked = commands.look(session, door.current_officer(), programme, lines)
            return list_form(agency, forms.blank({"programme": programme, "text": text}), looked)
        done = commands.bring_in(session, door.current_officer(), programme, lines)
    return render_template(
        "bringing_in/outcome.html",
        agency=agency,
        looked=done,
        said=ngettext("%(num)d journey was brought in.", "%(num)d journeys were brought in.", len(done.brought_in)),
    )


def _say_beside_field(stays: commands.Stays) -> None:
    """Refuse one journey that cannot be brought in, beside the field of the stage at fault where it is known."""
    named = next(iter(stays.why.fields.get("errors", {})), "")
    if isinstance(stays.why, rules.OthersRefused):
        return
    if isinstance(stays.why, (NotFound, rules.GroupNamedTwice, rules.NobodyNamed)):
        raise Invalid(errors={"who": [stays.why]})
    if len(stays.lines) == 1 and (named in rules.COLUMNS or named.startswith("facts.")):
        raise Invalid(errors={f"acts.{stays.lines[0]}.{named}": [stays.why]})
    raise Invalid(errors={f"acts.{stays.lines[0]}.outcome" if len(stays.lines) == 1 else "who": [stays.why]})


def _chosen(session: Session, agency: str, programme: str | None) -> Programme | None:
    return next((each for each in _led(session, agency) if each.id == programme), None)


def _led(session: Session, agency: str) -> list[Programme]:
    return [each for each in publishing.offered_to(session, door.current_officer()) if each.lead == agency]


def _shown(session: Session, agency: str, chosen: Programme | None) -> dict[str, Any]:
    return {
        "agency": agency,
        "chosen": chosen,
        "catalogue": [(each.id, each.title.to(language())) for each in _led(session, agency)],
        "outcomes": {name: [(each, _named(each)) for each in _outcomes(chosen, name)] for name in chosen.order}
        if chosen
        else {},
        "reports": {name: rules.facts_of(chosen, name) for name in chosen.order} if chosen else {},
        "asked": {name: asking.fields_of(chosen, name) for name in chosen.order} if chosen else {},
        "sums": {name: kinds.kind(stage.does).on_paper.amount is not None for name, stage in chosen.stages.items()}
        if chosen
        else {},
        "of_groups": chosen is not None and chosen.subject.kind is SubjectKind.GROUP,
        "most": rules.MOST_ACTS,
        "today": clock.today(),
    }


def _outcomes(programme: Programme, stage: str) -> list[str]:
    """With which results a stage may have ended on paper."""
    found = programme.stages[stage]
    kind = kinds.kind(found.does)
    said = [each for each in kind.outcomes if each not in kind.on_paper.lends]
    return [*said, engine.SKIPPED_OUTCOME] if found.basis is Basis.CONSENT else said


def _named(outcome: str) -> str:
    return _("left out") if outcome == engine.SKIPPED_OUTCOME else words.outcome(outcome)


def _list_sent() -> str:
    """The file, where one was sent, else what was typed."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        raw = sent.read()
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("cp1252", errors="replace")
    return request.form.get("text", "")


def _csv(rows: list[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()
