"""Signing in, asked by a program."""

from typing import Any

from flask import request

from services.intake.signin import commands
from services.intake.signin.schemas import SignInSchema, TokenSchema
from shared.identity import tokens
from shared.web import door
from shared.web.api import Blueprint
from shared.web.guard import public

blueprint = Blueprint("tokens", __name__, description="Signing in")


@blueprint.post("/tokens")
@public("an officer has no token before she has signed in")
@blueprint.arguments(SignInSchema)
@blueprint.response(200, TokenSchema)
def issue_token(given: dict[str, str]) -> dict[str, Any]:
    """Exchange a user name and password for a token that is good for half an hour."""
    officer = commands.sign_in(door.database(), given["username"], given["password"], request.remote_addr or "unknown")
    return {"access_token": tokens.issue(officer), "token_type": "Bearer", "expires_in": tokens.LIFETIME}
