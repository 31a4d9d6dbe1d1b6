"""The compartment for programs. No route of it leaves a trace outside: no request log, no figure, no kept answer."""

from typing import Any
from uuid import UUID

from services.intake.protection import commands, doors, log, queries, schemas
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard, unrecorded

blueprint = Blueprint("protection", __name__, description="The protection compartment of DP3A")
ROOT = "/<agency>/protection"
CASE = f"{ROOT}/cases/<uuid:case_id>"
GLASS = f"{ROOT}/glass/<uuid:glass_id>"


@blueprint.post(f"{ROOT}/requests")
@guard(Permission.PROTECTION_ASK)
@unrecorded
@blueprint.arguments(schemas.WhoSchema)
@blueprint.response(204)
def ask_for_talk(given: dict[str, Any], agency: str) -> None:
    """Write down that a woman asks for a confidential conversation; the answer tells nothing."""
    with door.transaction() as session:
        commands.ask_for_talk(session, door.current_officer(), doors.whom(session, given))


@blueprint.post(f"{ROOT}/requests/<uuid:request_id>/settle")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.SettleSchema)
@blueprint.response(204)
def settle_request(given: dict[str, Any], agency: str, request_id: UUID) -> None:
    """Lay a wish aside that needs no case."""
    with door.transaction() as session:
        commands.settle_request(session, door.current_officer(), request_id, given["reason"])


@blueprint.get(f"{ROOT}/due")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.response(200, schemas.DueSchema)
def list_due(agency: str) -> queries.Due:
    """What the office's counsellors owe, the earliest first; the look is logged."""
    with door.transaction() as session:
        return commands.look_at_due(session, door.current_officer())


@blueprint.get(f"{ROOT}/cases")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.CaseQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.CaseLineSchema))
def list_cases(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The office's cases, the latest first; the look is logged."""
    state = query.pop("state")
    with door.transaction() as session:
        return commands.look_at_cases(session, door.current_officer(), state, **query)


@blueprint.post(f"{ROOT}/cases")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.OpenCaseSchema)
@blueprint.response(201, schemas.CaseSchema)
def open_case(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Open a case for whoever asked or for a woman directly; where she has one that is open, it is the answer."""
    with door.transaction() as session:
        case = commands.open_case(session, door.current_officer(), **doors.opening(session, given))
        return queries.described(session, case)


@blueprint.get(CASE)
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.response(200, schemas.CaseSchema)
def get_case(agency: str, case_id: UUID) -> dict[str, Any]:
    """One case; the look is logged in the compartment."""
    with door.transaction() as session:
        return queries.described(session, commands.look_at_case(session, door.current_officer(), case_id))


@blueprint.put(f"{CASE}/safe-contact")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.ContactWishSchema)
@blueprint.response(204)
def keep_safe_contact(given: dict[str, Any], agency: str, case_id: UUID) -> None:
    """Keep how she may be reached without danger."""
    with door.transaction() as session:
        commands.keep_safe_contact(session, door.current_officer(), case_id, given)


@blueprint.post(f"{CASE}/steps")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.StepSchema)
@blueprint.response(204)
def note_step(given: dict[str, Any], agency: str, case_id: UUID) -> None:
    """Write down what was done for her."""
    with door.transaction() as session:
        commands.note_step(session, door.current_officer(), case_id, **given, once=doors.once())


@blueprint.post(f"{CASE}/report-clock")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.response(204)
def start_report_clock(agency: str, case_id: UUID) -> None:
    """Say that UU TPKS asks for a report to the police: its clock runs from now."""
    with door.transaction() as session:
        commands.start_report_clock(session, door.current_officer(), case_id)


@blueprint.post(f"{CASE}/report")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.ReportSchema)
@blueprint.response(204)
def report_to_police(given: dict[str, Any], agency: str, case_id: UUID) -> None:
    """Write down the number of the report to the police, or why there is none."""
    with door.transaction() as session:
        commands.report_to_police(session, door.current_officer(), case_id, **given, once=doors.once())


@blueprint.post(f"{CASE}/close")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.CloseSchema)
@blueprint.response(204)
def close_case(given: dict[str, Any], agency: str, case_id: UUID) -> None:
    """Close a case."""
    with door.transaction() as session:
        commands.close_case(session, door.current_officer(), case_id, **given)


@blueprint.post(f"{CASE}/onward")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.OnwardSchema)
@blueprint.response(201, schemas.ReferredSchema)
def refer_onward(given: dict[str, Any], agency: str, case_id: UUID) -> dict[str, Any]:
    """Open her journey in a programme that DP3A leads; outside it is an ordinary one."""
    with door.transaction() as session:
        officer = door.current_officer()
        return {"journey_id": commands.refer_onward(session, officer, case_id, given["programme"], doors.once())}


@blueprint.post(f"{ROOT}/glass")
@guard(Permission.PROTECTION_BREAK_GLASS)
@unrecorded
@blueprint.arguments(schemas.AskToReadSchema)
@blueprint.response(202, schemas.GlassSchema)
def ask_to_read(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Ask to read about a woman without the role; the answer is the same whether there is something or nothing."""
    with door.transaction() as session:
        person = doors.whom(session, given)
        return queries.asked(commands.ask_to_read(session, door.current_officer(), person, given["reason"]))


@blueprint.get(f"{ROOT}/glass")
@guard(Permission.PROTECTION_BREAK_GLASS)
@unrecorded
@blueprint.response(200, schemas.GlassSchema(many=True))
def list_glasses(agency: str) -> list[dict[str, Any]]:
    """What the officer asked to read, and what became of it."""
    with door.transaction() as session:
        return commands.look_at_glasses(session, door.current_officer())


@blueprint.get(GLASS)
@guard(Permission.PROTECTION_BREAK_GLASS)
@unrecorded
@blueprint.response(200, schemas.CaseSchema(many=True))
def look_through_glass(agency: str, glass_id: UUID) -> list[dict[str, Any]]:
    """Read a woman's cases with a second person's leave, while it lasts; the look is logged."""
    with door.transaction() as session:
        return commands.look_through_glass(session, door.current_officer(), glass_id)


@blueprint.post(f"{GLASS}/decide")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.DecideSchema)
@blueprint.response(204)
def decide_on_glass(given: dict[str, Any], agency: str, glass_id: UUID) -> None:
    """Let somebody without the role read, or not: a second person decides."""
    with door.transaction() as session:
        commands.decide_on_glass(session, door.current_officer(), glass_id, **given)


@blueprint.get(f"{ROOT}/log")
@guard(Permission.PROTECTION_WORK)
@unrecorded
@blueprint.arguments(schemas.LogQuery, location="query")
@blueprint.response(200, schemas.LogLineSchema(many=True))
def read_log(query: dict[str, Any], agency: str) -> list[log.Line]:
    """The compartment's own log, the latest first."""
    with door.transaction() as session:
        return commands.look_at_log(session, door.current_officer(), query["before"])
