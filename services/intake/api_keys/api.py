"""Door 1 for programs: keys for systems are made, listed and revoked."""

from typing import Any
from uuid import UUID

from flask import request

from services.intake.accounts.keys import Key
from services.intake.accounts.models import ApiKey
from services.intake.api_keys import commands, queries, schemas
from services.intake.own_account.commands import OldPasswordWrong, prove
from shared.identity.permissions import Permission
from shared.web import access, door, idempotency, paging
from shared.web.api import Blueprint
from shared.web.guard import guard, shown_once

blueprint = Blueprint("api_keys", __name__, description="Keys for the systems of offices")


@blueprint.get("/<agency>/api-keys")
@guard(Permission.API_KEYS_READ)
@blueprint.arguments(schemas.KeysQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.KeySchema))
def list_keys(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The keys at the offices of an administrator's or auditor's areas, at a head's own office; the oldest first."""
    with door.reading() as session:
        found = queries.listed(
            session, door.current_officer(), good=not query["all"], after=query["after"], limit=query["limit"]
        )
        return paging.Page(queries.described(session, found.items), found.next)


@blueprint.get("/<agency>/api-keys/scopes")
@guard(Permission.API_KEYS_ISSUE)
@blueprint.response(200, schemas.ScopesSchema)
def list_scopes(agency: str) -> dict[str, Any]:
    """What a key of the officer's may allow: the permissions that she holds, but for what no key may do."""
    return {"scopes": [each.value for each in access.for_keys(door.current_officer())]}


@blueprint.post("/<agency>/api-keys")
@guard(Permission.API_KEYS_ISSUE)
@shown_once
@blueprint.arguments(schemas.KeyWanted)
@blueprint.response(201, schemas.KeyShown)
def issue_key(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Make a key for a system of one's office; it is shown this once, and acts within its owner's rights."""
    key, made = made_of(given)
    with door.transaction() as session:
        return {**queries.described(session, [key])[0], "secret": str(made)}


@blueprint.post("/<agency>/api-keys/<uuid:key_id>/revoke")
@guard(Permission.API_KEYS_REVOKE)
@blueprint.response(200, schemas.KeySchema)
def revoke_key(agency: str, key_id: UUID) -> dict[str, Any]:
    """End a key for good; its tokens are refused by all services within seconds."""
    with door.transaction() as session:
        return queries.described(session, [commands.revoke(session, door.current_officer(), key_id)])[0]


def made_of(given: dict[str, Any]) -> tuple[ApiKey, Key]:
    """The key that was asked for, once its owner has proved that it is she; the same request sent again makes none."""
    officer, password = door.current_officer(), given.pop("password")
    try:
        prove(door.database(), officer, password, request.remote_addr or "unknown")
    except OldPasswordWrong as wrong:
        raise OldPasswordWrong().at("password") from wrong
    with door.transaction() as session:
        return commands.issue(session, officer, **given, request=idempotency.key_of_request())
