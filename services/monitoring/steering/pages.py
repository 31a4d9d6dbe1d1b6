"""Door 1 for people: what a coordinator does about a journey, and what an office was asked and answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.monitoring.flow import queries as flow
from services.monitoring.flow.pages import titles
from services.monitoring.steering import commands, queries, rules, schemas
from services.monitoring.steering.models import JourneyFlag
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.web import door, forms, paging, posting
from shared.web.guard import guard
from shared.web.showing import day

pages = Blueprint("steering_pages", __name__, template_folder="templates")
ONE = "/<agency>/journeys/<uuid:journey_id>"
MOST_WAITING = 3


@pages.get(f"{ONE}/steer")
@guard(Permission.JOURNEYS_COORDINATE)
def steer(agency: str, journey_id: UUID, form: forms.Form | None = None) -> str:
    """What a coordinator has done about a journey, and what she can do."""
    officer = door.current_officer()
    with door.reading() as session:
        story = flow.story(session, officer, journey_id)
        return render_template(
            "steering/journey.html",
            journey=story.journey,
            waiting=queries.waiting(story) if story.journey.ended_at is None else [],
            asks=queries.of_journey(session, journey_id),
            flag=queries.flag(session, journey_id),
            form=form or forms.blank(),
            within=rules.EXPLAIN_WITHIN,
            titles=titles(),
            now=clock.now(),
            address=f"/monitoring/{agency}/journeys/{journey_id}",
        )


def _act(part: str, act: Callable[[Session, UUID, dict[str, Any]], str], schema: type[schemas.Reason] | None) -> None:
    @pages.post(f"{ONE}/{part}", endpoint=f"steer_{part.replace('/', '_')}")
    @guard(Permission.JOURNEYS_COORDINATE)
    @posting.sent_from(steer)
    def acted(agency: str, journey_id: UUID) -> Response:
        """Do what the coordinator asks for."""
        given = forms.load(schema(), request.form) if schema else {}
        with door.transaction() as session:
            said = act(session, journey_id, given)
        return posting.done(said, f"/monitoring/{agency}/journeys/{journey_id}/steer")


def _nudge(session: Session, journey_id: UUID, given: dict[str, Any]) -> str:
    commands.nudge_office(session, door.current_officer(), journey_id, **given)
    return _("The office is reminded; it sees so on its start page and beside the referral.")


def _ask(session: Session, journey_id: UUID, given: dict[str, Any]) -> str:
    ask = commands.ask_for_explanation(session, door.current_officer(), journey_id, **given)
    return _("The office is asked; it owes an answer until %(day)s.", day=day(ask.due_at))


def _flag(session: Session, journey_id: UUID, given: dict[str, Any]) -> str:
    commands.flag_journey(session, door.current_officer(), journey_id, **given)
    return _("The journey is flagged.")


def _lift(session: Session, journey_id: UUID, given: dict[str, Any]) -> str:
    commands.lift_flag(session, door.current_officer(), journey_id)
    return _("The flag is lifted.")


def _agenda(session: Session, journey_id: UUID, given: dict[str, Any]) -> str:
    meeting = commands.put_on_agenda(session, door.current_officer(), journey_id, **given)
    if meeting is None:
        return _("It comes on the agenda of the next meeting that is convened.")
    return _("It stands on the agenda of the meeting of %(day)s.", day=day(meeting.meets_on))


_act("nudge", _nudge, schemas.Asking)
_act("explanation", _ask, schemas.Asking)
_act("flag", _flag, schemas.Reason)
_act("flag/lift", _lift, None)
_act("agenda", _agenda, schemas.Reason)


@pages.get("/<agency>/asks")
@guard(Permission.TASKS_READ)
def list_asks(agency: str) -> str:
    """What coordinators asked of the office; for a coordinator, of every office of her areas, and what is flagged."""
    officer = door.current_officer()
    query = forms.load(schemas.AskQuery(), request.args)
    answered = query.pop("answered")
    with door.reading() as session:
        found = queries.asks(officer, answered=bool(answered))
        flags = session.scalars(
            queries.flags(officer).order_by(JourneyFlag.flagged_at.desc(), JourneyFlag.id.desc()).limit(50)
        ).all()
        return render_template(
            "steering/asks.html",
            page=paging.page(session, found, *queries.LATEST_FIRST, newest_first=True, **query),
            answered=bool(answered),
            flags=flags if officer.reads_everywhere else [],
            titles=titles(),
            now=clock.now(),
            agency=agency,
            address=f"/monitoring/{agency}/asks",
        )


@pages.get("/<agency>/asks/<uuid:ask_id>")
@guard(Permission.TASKS_DO)
def answer_form(agency: str, ask_id: UUID, form: forms.Form | None = None) -> str:
    """What the office was asked, and the form of its answer."""
    with door.reading() as session:
        return render_template(
            "steering/answer.html",
            ask=queries.ask(session, door.current_officer(), ask_id),
            form=form or forms.blank(),
            titles=titles(),
            now=clock.now(),
            agency=agency,
            address=f"/monitoring/{agency}/asks",
        )


@pages.post("/<agency>/asks/<uuid:ask_id>")
@guard(Permission.TASKS_DO)
@posting.sent_from(answer_form)
def answer(agency: str, ask_id: UUID) -> Response:
    """Say why it does not move."""
    given = forms.load(schemas.Answer(), request.form)
    with door.transaction() as session:
        commands.explain(session, door.current_officer(), ask_id, **given)
    return posting.done(_("The coordinator sees your answer."), f"/monitoring/{agency}/asks")


@pages.get("/<agency>/asks/waiting")
@guard(Permission.TASKS_READ)
def waiting_asks(agency: str) -> str:
    """What the office was asked and has not seen to: a part that the start page fetches."""
    officer = door.current_officer()
    with door.reading() as session:
        wanted = queries.asks(officer, answered=False).order_by(*(e.desc() for e in queries.LATEST_FIRST))
        return _part(agency, session.scalars(wanted.limit(MOST_WAITING)).all(), is_start=True)


@pages.get("/<agency>/asks/about/<uuid:referral_id>")
@guard(Permission.TASKS_READ)
def asks_about(agency: str, referral_id: UUID) -> str:
    """What the office was asked about a referral: a part that the referral's page fetches."""
    with door.reading() as session:
        return _part(agency, queries.of_referral(session, door.current_officer(), referral_id), is_start=False)


def _part(agency: str, asks: Any, *, is_start: bool) -> str:
    return render_template(
        "steering/waiting.html",
        asks=asks,
        is_start=is_start,
        titles=titles(),
        now=clock.now(),
        agency=agency,
        address=f"/monitoring/{agency}/asks",
    )
