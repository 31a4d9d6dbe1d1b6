"""Signing in, asked by a program."""

from typing import Any
from uuid import UUID

from flask import request

from services.intake.accounts.commands import choose_language as keep_language
from services.intake.second_step.rules import CodeNeeded, StepToSetUp
from services.intake.sessions.commands import end_session
from services.intake.signin import commands
from services.intake.signin.schemas import LanguageSchema, TokenAsked, TokenSchema
from shared.identity import tokens
from shared.identity.permissions import Permission
from shared.web import door, sessions
from shared.web.api import Blueprint
from shared.web.guard import guard, public

blueprint = Blueprint("tokens", __name__, description="Signing in")


@blueprint.post("/tokens")
@public("an officer has no token before she has signed in")
@blueprint.arguments(TokenAsked)
@blueprint.response(200, TokenSchema)
def issue_token(given: dict[str, Any]) -> dict[str, Any]:
    """Exchange a user name and password, or the key of an office's own system, for a token good for half an hour."""
    known = caller(program=True)
    if given["key"] is not None:
        token, key = commands.sign_in_by_key(door.database(), given["key"], known)
        scopes = tokens.read(token).officer.scopes or ()
        return {**_answer(token), "scope": sorted(scopes), "key_expires_at": key.expires_at}
    extra = {name: given[name] for name in ("new_password", "code")}
    try:
        token = commands.sign_in(door.database(), given["username"], given["password"], known, **extra)
    except commands.OneMoreStep as step:
        raise (CodeNeeded if step.is_set_up else StepToSetUp) from None
    return _answer(token)


@blueprint.delete("/tokens")
@public("whoever holds a token may end it, a program with a key as well: the view asks for one")
@blueprint.response(204)
def end_tokens() -> None:
    """End the session that the token belongs to: none of its tokens is good any more, in none of the services."""
    with door.transaction() as session:
        end_session(session, sessions.current_token().session_id)


@blueprint.put("/language")
@guard(Permission.ACCOUNT_OWN)
@blueprint.arguments(LanguageSchema)
@blueprint.response(200, TokenSchema)
def choose_language(given: dict[str, str]) -> dict[str, Any]:
    """Keep the language that an officer prefers with her account; the token returned says it already."""
    token = sessions.current_token()
    with door.transaction() as session:
        keep_language(session, token.officer.id, given["language"])
        return _answer(commands.renewed(session, token))


def caller(*, program: bool = False, device: UUID | None = None) -> commands.Caller:
    """Where this request comes from."""
    return commands.Caller(
        address=request.remote_addr or "unknown",
        user_agent=request.headers.get("User-Agent", ""),
        program=program,
        device=device,
    )


def _answer(token: str) -> dict[str, Any]:
    said = tokens.read(token)
    return {"access_token": token, "token_type": "Bearer", "expires_in": said.expires_at - int(said.issued_at)}
