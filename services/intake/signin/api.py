"""Signing in, asked by a program."""

from typing import Any

from flask import request

from services.intake.accounts.commands import choose_language as keep_language
from services.intake.signin import commands
from services.intake.signin.schemas import LanguageSchema, SignInSchema, TokenSchema
from shared.identity import tokens
from shared.identity.permissions import Permission
from shared.web import door, sessions
from shared.web.api import Blueprint
from shared.web.guard import guard, public

blueprint = Blueprint("tokens", __name__, description="Signing in")


@blueprint.post("/tokens")
@public("an officer has no token before she has signed in")
@blueprint.arguments(SignInSchema)
@blueprint.response(200, TokenSchema)
def issue_token(given: dict[str, str]) -> dict[str, Any]:
    """Exchange a user name and password for a token that is good for half an hour."""
    officer = commands.sign_in(door.database(), given["username"], given["password"], request.remote_addr or "unknown")
    return {"access_token": tokens.issue(officer), "token_type": "Bearer", "expires_in": tokens.LIFETIME}


@blueprint.put("/language")
@guard(Permission.ACCOUNT_OWN)
@blueprint.arguments(LanguageSchema)
@blueprint.response(200, TokenSchema)
def choose_language(given: dict[str, str]) -> dict[str, Any]:
    """Keep the language that an officer prefers with her account; the token returned says it already."""
    token = sessions.current_token()
    with door.transaction() as session:
        officer = keep_language(session, token.officer.id, given["language"])
    renewed = tokens.issue(officer, signed_in_at=token.signed_in_at)
    return {"access_token": renewed, "token_type": "Bearer", "expires_in": tokens.LIFETIME}
