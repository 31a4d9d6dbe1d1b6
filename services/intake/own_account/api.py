"""Door 1 for programs: an officer's own account."""

from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from services.intake.accounts.keys import systems_of
from services.intake.accounts.models import OfficerAccount
from services.intake.own_account import commands, schemas
from services.intake.sessions.commands import end_other_sessions, end_session
from services.intake.sessions.queries import sessions_of
from shared.identity.permissions import Permission
from shared.kernel.errors import NotFound
from shared.web import door, sessions
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("own_account", __name__, description="One's own account")


@blueprint.get("/account")
@guard(Permission.ACCOUNT_OWN)
@blueprint.response(200, schemas.OwnAccountSchema)
def show_account() -> OfficerAccount:
    """The officer's own account."""
    with door.reading() as session:
        return commands.own(session, door.current_officer())


@blueprint.put("/account/password")
@guard(Permission.ACCOUNT_OWN)
@blueprint.arguments(schemas.PasswordChange)
@blueprint.response(204)
def change_password(given: dict[str, str]) -> None:
    """Choose another password; every other session ends."""
    change(given)


@blueprint.put("/account/contact")
@guard(Permission.ACCOUNT_OWN)
@blueprint.arguments(schemas.ContactSchema)
@blueprint.response(200, schemas.OwnAccountSchema)
def change_contact(given: dict[str, Any]) -> OfficerAccount:
    """Keep how the officer is reached."""
    with door.transaction() as session:
        return commands.change_contact(session, door.current_officer(), **given)


@blueprint.get("/account/sessions")
@guard(Permission.ACCOUNT_OWN)
@blueprint.response(200, schemas.SessionsSchema)
def list_sessions() -> dict[str, Any]:
    """The officer's open sessions."""
    with door.reading() as session:
        return {"items": opened(session)}


@blueprint.delete("/account/sessions")
@guard(Permission.ACCOUNT_OWN)
@blueprint.response(204)
def sign_out_elsewhere() -> None:
    """End every session but this one."""
    with door.transaction() as session:
        end_other_sessions(session, door.current_officer().id, sessions.current_token().session_id)


@blueprint.delete("/account/sessions/<uuid:session_id>")
@guard(Permission.ACCOUNT_OWN)
@blueprint.response(204)
def end_one(session_id: UUID) -> None:
    """End one of the officer's sessions."""
    end(session_id)


def change(given: dict[str, str]) -> None:
    """Choose another password, once the old one has been proved."""
    officer = door.current_officer()
    commands.prove(door.database(), officer, given["old_password"], request.remote_addr or "unknown")
    with door.transaction() as session:
        commands.change_password(session, officer, given["password"], sessions.current_token().session_id)


def end(session_id: UUID) -> None:
    """End a session of the officer's own; raises NotFound."""
    with door.transaction() as session:
        if session_id not in {each["id"] for each in opened(session)}:
            raise NotFound(what="Sesi")
        end_session(session, session_id)


def opened(session: Session) -> list[dict[str, Any]]:
    """The officer's open sessions as both doors show them."""
    this, officer = sessions.current_token().session_id, door.current_officer()
    systems = systems_of(session, officer.id)
    return [
        {
            "id": each.id,
            "program": each.program,
            "system": systems.get(each.key_id, "") if each.key_id else "",
            "browser": each.browser,
            "signed_in_at": each.signed_in_at,
            "seen_at": each.seen_at,
            "is_this": each.id == this,
        }
        for each in sessions_of(session, officer.id)
    ]
