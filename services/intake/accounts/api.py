"""Door 1 for programs: accounts are listed, opened, changed and ended; a one-time link lets its holder in."""

from typing import Any
from uuid import UUID

from flask import request

from services.intake.accounts import commands, log, many, queries, schemas, sheets
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import Wanted
from shared.identity.permissions import Permission
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard, public, shown_once

blueprint = Blueprint("accounts", __name__, description="Officers' accounts")


@blueprint.get("/<agency>/officers")
@guard(Permission.ACCOUNTS_READ)
@blueprint.arguments(schemas.AccountQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.AccountSchema))
def list_accounts(query: dict[str, Any], agency: str) -> paging.Page[dict[str, Any]]:
    """The accounts at the offices of an administrator's or auditor's areas, of a head's own office; by user name."""
    wanted = Wanted(query["office"], query["role"], query["state"])
    with door.reading() as session:
        found = queries.accounts(session, door.current_officer(), wanted, query["after"], query["limit"])
        return paging.Page(queries.described(session, found.items), found.next)


@blueprint.post("/<agency>/officers")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.InvitationSchema)
@blueprint.response(201, schemas.AccountSchema)
def invite(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Invite somebody; a one-time link, which is asked for by itself, lets her choose her password."""
    with door.transaction() as session:
        return _one(session, commands.invite(session, door.current_officer(), **given))


@blueprint.post("/<agency>/officers/list")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.ListSchema)
@blueprint.response(200, schemas.InvitedSchema)
def invite_many(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Invite everybody in a list, all or nobody; a dry run says only what is wrong, by line."""
    with door.transaction() as session:
        invited = many.invite_many(session, door.current_officer(), given["text"], dry_run=given["dry_run"])
    return {"invited": len(invited), "dry_run": given["dry_run"]}


@blueprint.post("/<agency>/officers/links")
@guard(Permission.ACCOUNTS_MANAGE)
@shown_once
@blueprint.arguments(schemas.OfOfficeSchema)
@blueprint.response(200, schemas.HandedListSchema)
def make_links(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """A one-time link for everybody who was invited and has none that is good; they are shown this once."""
    with door.transaction() as session:
        handed = commands.make_links(session, door.current_officer(), given["office"])
    return {"items": [sheets.sheet(each, request.host_url) for each in handed]}


@blueprint.get("/<agency>/officers/review")
@guard(Permission.ACCOUNTS_REVIEW)
@blueprint.response(200, schemas.RightsReviewSchema)
def list_review(agency: str) -> dict[str, Any]:
    """Whose rights the officer looks at once a year, the longest unseen first."""
    with door.reading() as session:
        return {"items": queries.described(session, queries.to_review(session, door.current_officer()))}


@blueprint.post("/<agency>/officers/review")
@guard(Permission.ACCOUNTS_REVIEW)
@blueprint.arguments(schemas.ConfirmationSchema)
@blueprint.response(200, schemas.ConfirmedSchema)
def confirm_rights(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Note that these officers' rights are right for another year."""
    with door.transaction() as session:
        return {"confirmed": commands.confirm_rights(session, door.current_officer(), set(given["account_ids"]))}


@blueprint.post("/<agency>/officers/review/change")
@guard(Permission.ACCOUNTS_REVIEW)
@blueprint.arguments(schemas.ChangeAskedSchema)
@blueprint.response(200, schemas.AccountSchema)
def ask_for_change(given: dict[str, Any], agency: str) -> dict[str, Any]:
    """Note that an officer's rights are not right, and what should change; an administrator sees it."""
    with door.transaction() as session:
        return _one(session, commands.ask_for_change(session, door.current_officer(), **given))


@blueprint.get("/<agency>/officers/log")
@guard(Permission.ACCOUNTS_AUDIT)
@blueprint.arguments(schemas.AccountLogQuery, location="query")
@blueprint.response(200, schemas.AccountLogSchema)
def show_log(query: dict[str, Any], agency: str) -> dict[str, Any]:
    """All that befell the accounts of the officer's areas, the latest first, and whether the log is whole."""
    with door.reading() as session:
        items = queries.lines(session, door.current_officer(), None, query["before"], query["limit"])
        return {"items": items, "broken_at": log.broken_at(session)}


@blueprint.get("/<agency>/officers/<uuid:account_id>")
@guard(Permission.ACCOUNTS_READ)
@blueprint.response(200, schemas.AccountSchema)
def show_account(agency: str, account_id: UUID) -> dict[str, Any]:
    """One account."""
    with door.reading() as session:
        return _one(session, queries.account(session, door.current_officer(), account_id))


@blueprint.get("/<agency>/officers/<uuid:account_id>/log")
@guard(Permission.ACCOUNTS_READ)
@blueprint.arguments(schemas.AccountLogQuery, location="query")
@blueprint.response(200, schemas.AccountLogSchema)
def show_account_log(query: dict[str, Any], agency: str, account_id: UUID) -> dict[str, Any]:
    """What befell one account, the latest first."""
    with door.reading() as session:
        queries.account(session, door.current_officer(), account_id)
        items = queries.lines(session, door.current_officer(), account_id, query["before"], query["limit"])
        return {"items": items, "broken_at": log.broken_at(session)}


@blueprint.put("/<agency>/officers/<uuid:account_id>")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.ChangeSchema)
@blueprint.response(200, schemas.AccountSchema)
def change_account(given: dict[str, Any], agency: str, account_id: UUID) -> dict[str, Any]:
    """Change an officer's name, office, roles or areas; with her rights her sessions end."""
    with door.transaction() as session:
        return _one(session, commands.change(session, door.current_officer(), account_id, **given))


@blueprint.post("/<agency>/officers/<uuid:account_id>/suspend")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.MoveSchema)
@blueprint.response(200, schemas.AccountSchema)
def suspend(given: dict[str, Any], agency: str, account_id: UUID) -> dict[str, Any]:
    """Let an officer sign in no more for a while."""
    with door.transaction() as session:
        return _one(session, commands.suspend(session, door.current_officer(), account_id, **given))


@blueprint.post("/<agency>/officers/<uuid:account_id>/resume")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.MoveSchema)
@blueprint.response(200, schemas.AccountSchema)
def resume(given: dict[str, Any], agency: str, account_id: UUID) -> dict[str, Any]:
    """Let a suspended officer sign in again; nothing that was ended comes back."""
    with door.transaction() as session:
        return _one(session, commands.resume(session, door.current_officer(), account_id, **given))


@blueprint.post("/<agency>/officers/<uuid:account_id>/close")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.MoveSchema)
@blueprint.response(200, schemas.AccountSchema)
def close(given: dict[str, Any], agency: str, account_id: UUID) -> dict[str, Any]:
    """End an account for good."""
    with door.transaction() as session:
        return _one(session, commands.close(session, door.current_officer(), account_id, **given))


@blueprint.post("/<agency>/officers/<uuid:account_id>/reset")
@guard(Permission.ACCOUNTS_MANAGE)
@blueprint.arguments(schemas.RevisionSchema)
@blueprint.response(200, schemas.AccountSchema)
def reset(given: dict[str, Any], agency: str, account_id: UUID) -> dict[str, Any]:
    """Let an officer's password open nothing any more; a link that is handed to her lets her choose another."""
    with door.transaction() as session:
        return _one(session, commands.reset(session, door.current_officer(), account_id, **given))


@blueprint.post("/<agency>/officers/<uuid:account_id>/link")
@guard(Permission.ACCOUNTS_MANAGE)
@shown_once
@blueprint.response(200, schemas.HandedSchema)
def make_link(agency: str, account_id: UUID) -> sheets.Sheet:
    """A one-time link for somebody without a password; it is shown this once, and one from before is good no more."""
    with door.transaction() as session:
        return sheets.sheet(commands.make_link(session, door.current_officer(), account_id), request.host_url)


@blueprint.post("/invitation/holder")
@public("whoever holds a one-time link has no account that lets her in yet")
@blueprint.arguments(schemas.CodeSchema)
@blueprint.response(200, schemas.HolderSchema)
def show_holder(given: dict[str, Any]) -> dict[str, Any]:
    """Whom a one-time link is for; looking uses nothing up."""
    with door.reading() as session:
        link, account = commands.holder_of(session, given["code"])
        return {
            "username": account.username,
            "name": account.name,
            "office": account.office,
            "purpose": link.purpose,
            "expires_at": link.expires_at,
        }


@blueprint.post("/invitation")
@public("whoever holds a one-time link has no account that lets her in yet")
@blueprint.arguments(schemas.PasswordByLinkSchema)
@blueprint.response(200, schemas.NamedSchema)
def choose_password(given: dict[str, Any]) -> dict[str, Any]:
    """Choose a password by a one-time link; then she signs in with it."""
    with door.transaction() as session:
        return {"username": commands.choose_password(session, **given).username}


def _one(session: Any, account: OfficerAccount) -> dict[str, Any]:
    return queries.described(session, [account])[0]
