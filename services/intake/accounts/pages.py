"""Door 1 for people: officers' accounts, the sheets with one-time links, and the page that a link leads to."""

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from services.intake.accounts import commands, log, many, queries, schemas, sheets, words
from services.intake.accounts.queries import Wanted
from services.intake.accounts.rules import PasswordsDiffer
from shared import places
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.errors import DomainError, Invalid
from shared.web import access, door, forms, posting
from shared.web.confirming import Asked
from shared.web.guard import guard, public, shown_once
from shared.web.language import language
from shared.web.messages import N_
from shared.web.navigation import Link
from shared.web.problem import status_of

pages = Blueprint("account_pages", __name__, template_folder="templates")
MENU = Link(N_("Officers"), "/intake/{agency}/officers", Permission.ACCOUNTS_READ)
SHOWN = 50
LARGEST_FILE = 200_000


@pages.get("/<agency>/officers")
@guard(Permission.ACCOUNTS_READ)
def list_accounts(agency: str) -> str:
    """The accounts that an officer sees, with what waits."""
    officer = door.current_officer()
    query = schemas.AccountQuery().load({name: value for name, value in request.args.items() if value})
    wanted = Wanted(query["office"], query["role"], query["state"])
    with door.reading() as session:
        found = queries.accounts(session, officer, wanted, query["after"], SHOWN)
        return render_template(
            "accounts/list.html",
            agency=agency,
            page=found,
            accounts=queries.described(session, found.items),
            asked={name: request.args[name] for name in ("office", "role", "state") if request.args.get(name)},
            form=forms.blank(request.args.to_dict()),
            offices=_offices(),
            may=_may(officer, agency),
            waiting=len(queries.without_link(session, officer)) if _may(officer, agency)["manage"] else 0,
            overdue=sum(queries.is_overdue(each) for each in queries.to_review(session, officer)),
            words=words,
        )


@pages.get("/<agency>/officers/new")
@guard(Permission.ACCOUNTS_MANAGE)
def invitation_form(agency: str, form: forms.Form | None = None) -> str:
    """The form in which somebody is invited."""
    return render_template(
        "accounts/new.html",
        agency=agency,
        form=form or forms.blank(),
        offices=_open_offices(),
        areas=_areas(),
        words=words,
    )


@pages.post("/<agency>/officers")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(invitation_form)
def invite(agency: str) -> Response:
    """Invite somebody, and go on to her account."""
    given = forms.load(schemas.InvitationSchema(), _typed(request.form))
    with door.transaction() as session:
        account = commands.invite(session, door.current_officer(), **given)
    said = _("Invited. Print the sheet with her link and hand it to her.")
    return posting.done(said, f"/intake/{agency}/officers/{account.id}")


@pages.get("/<agency>/officers/many")
@guard(Permission.ACCOUNTS_MANAGE)
def list_form(agency: str, form: forms.Form | None = None, sound: int | None = None) -> str:
    """The form in which many are invited at once."""
    return render_template(
        "accounts/many.html",
        agency=agency,
        form=form or forms.blank(),
        sound=sound,
        offices=_open_offices(),
        words=words,
    )


@pages.post("/<agency>/officers/many")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(list_form)
def invite_many(agency: str) -> str | Response:
    """Look at a list, or invite everybody in it."""
    text = _list_sent()
    dry_run = "invite" not in request.form
    with door.transaction() as session:
        try:
            invited = many.invite_many(session, door.current_officer(), text, dry_run=dry_run)
        except Invalid as mistakes:
            raise mistakes if mistakes.errors else mistakes.at("text") from None
    if dry_run:
        return list_form(agency, form=forms.blank({"text": text}), sound=len(invited))
    said = ngettext("%(num)d officer invited.", "%(num)d officers invited.", len(invited))
    return posting.done(said, f"/intake/{agency}/officers?state=invited")


@pages.post("/<agency>/officers/sheets")
@guard(Permission.ACCOUNTS_MANAGE)
@shown_once
def print_sheets(agency: str) -> str:
    """The sheets of everybody who was invited and has no link that is good; the links are made now, shown once."""
    given = forms.load(schemas.OfOfficeSchema(), request.form)
    with door.transaction() as session:
        handed = commands.make_links(session, door.current_officer(), given["office"])
        return _sheets(agency, handed, f"/intake/{agency}/officers?state=invited")


@pages.get("/<agency>/officers/review")
@guard(Permission.ACCOUNTS_REVIEW)
def show_review(agency: str, form: forms.Form | None = None) -> str:
    """Who has which right, and who looked at it when; what is overdue comes first."""
    with door.reading() as session:
        return render_template(
            "accounts/review.html",
            agency=agency,
            accounts=queries.described(session, queries.to_review(session, door.current_officer())),
            form=form or forms.blank(),
            words=words,
        )


@pages.post("/<agency>/officers/review")
@guard(Permission.ACCOUNTS_REVIEW)
@posting.sent_from(show_review)
def confirm_rights(agency: str) -> Response:
    """Note whose rights are right for another year."""
    chosen = {f"account_ids.{number}": each for number, each in enumerate(request.form.getlist("account_ids[]"))}
    given = forms.load(schemas.ConfirmationSchema(), chosen)
    with door.transaction() as session:
        confirmed = commands.confirm_rights(session, door.current_officer(), set(given["account_ids"]))
    said = ngettext("Confirmed for %(num)d officer.", "Confirmed for %(num)d officers.", confirmed)
    return posting.done(said, f"/intake/{agency}/officers/review")


@pages.post("/<agency>/officers/review/change")
@guard(Permission.ACCOUNTS_REVIEW)
@posting.sent_from(show_review)
def ask_for_change(agency: str) -> Response:
    """Note that an officer's rights are not right, and what should change."""
    given = forms.load(schemas.ChangeAskedSchema(), request.form)
    with door.transaction() as session:
        commands.ask_for_change(session, door.current_officer(), **given)
    return posting.done(_("Noted. An administrator sees it."), f"/intake/{agency}/officers/review")


@pages.get("/<agency>/officers/log")
@guard(Permission.ACCOUNTS_AUDIT)
def show_log(agency: str) -> str:
    """All that befell the accounts of the officer's areas, and whether the log is whole."""
    query = schemas.AccountLogQuery().load(request.args.to_dict())
    with door.reading() as session:
        return render_template(
            "accounts/log.html",
            agency=agency,
            lines=queries.lines(session, door.current_officer(), None, query["before"], SHOWN),
            shown=SHOWN,
            broken_at=log.broken_at(session),
            words=words,
        )


@pages.get("/<agency>/officers/<uuid:account_id>")
@guard(Permission.ACCOUNTS_READ)
def show_account(agency: str, account_id: UUID, form: forms.Form | None = None) -> str:
    """One account: who she is, what may be done, and what was done to it."""
    officer = door.current_officer()
    with door.reading() as session:
        found = queries.account(session, officer, account_id)
        return render_template(
            "accounts/account.html",
            agency=agency,
            account=queries.described(session, [found])[0],
            link=queries.link_of(session, account_id),
            lines=queries.lines(session, officer, account_id),
            form=form
            or forms.blank(
                {"name": found.name, "office": found.office, "roles": found.roles} | {"areas": ", ".join(found.areas)}
            ),
            offices=_open_offices(found.office),
            manages=_may(officer, agency)["manage"] and officer.id != account_id,
            words=words,
        )


@pages.post("/<agency>/officers/<uuid:account_id>/change")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(show_account)
def change_account(agency: str, account_id: UUID) -> Response:
    """Change an officer's name, office, roles or areas."""
    given = forms.load(schemas.ChangeSchema(), _typed(request.form))
    with door.transaction() as session:
        commands.change(session, door.current_officer(), account_id, **given)
    return posting.done(_("Saved. What she had open has ended where her rights changed."), _own(agency, account_id))


@pages.post("/<agency>/officers/<uuid:account_id>/suspend")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(show_account)
def suspend(agency: str, account_id: UUID) -> Response:
    """Let an officer sign in no more for a while."""
    with door.transaction() as session:
        commands.suspend(session, door.current_officer(), account_id, **_moved())
    return posting.done(_("Suspended."), _own(agency, account_id))


@pages.post("/<agency>/officers/<uuid:account_id>/resume")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(show_account)
def resume(agency: str, account_id: UUID) -> Response:
    """Let a suspended officer sign in again."""
    with door.transaction() as session:
        commands.resume(session, door.current_officer(), account_id, **_moved())
    return posting.done(_("She may sign in again."), _own(agency, account_id))


def _closing(agency: str, account_id: UUID) -> Asked:
    return Asked(
        _("You are about to close this account for good"),
        [
            _("She is signed out everywhere at once; her password, links and keys open nothing any more."),
            _("What she handles stays with her office, in the tray “To be given to somebody”."),
            _("The account cannot be opened again. Is she only away for a while, suspend it."),
        ],
        _("Yes, close the account"),
    )


@pages.post("/<agency>/officers/<uuid:account_id>/close")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(show_account, asking=_closing, is_tried=False)
def close(agency: str, account_id: UUID) -> Response:
    """End an account for good."""
    with door.transaction() as session:
        commands.close(session, door.current_officer(), account_id, **_moved())
    return posting.done(_("Closed."), _own(agency, account_id))


@pages.post("/<agency>/officers/<uuid:account_id>/reset")
@guard(Permission.ACCOUNTS_MANAGE)
@posting.sent_from(show_account)
def reset(agency: str, account_id: UUID) -> Response:
    """Let an officer's password open nothing any more."""
    with door.transaction() as session:
        commands.reset(session, door.current_officer(), account_id, _moved()["revision"])
    said = _("Her password opens nothing any more. Print the sheet with her link and hand it to her.")
    return posting.done(said, _own(agency, account_id))


@pages.post("/<agency>/officers/<uuid:account_id>/sheet")
@guard(Permission.ACCOUNTS_MANAGE)
@shown_once
@posting.sent_from(show_account)
def print_sheet(agency: str, account_id: UUID) -> str:
    """The sheet of one officer; its link is made now and shown once."""
    with door.transaction() as session:
        handed = commands.make_link(session, door.current_officer(), account_id)
        return _sheets(agency, [handed], _own(agency, account_id))


@pages.get("/invitation")
@public("whoever holds a one-time link has no account that lets her in yet")
def follow_link() -> Response:
    """Where a link leads: whom it is for, and the form for her password. Looking uses nothing up."""
    return _shown(request.args.get("link", ""), forms.blank())


@pages.post("/invitation")
@public("whoever holds a one-time link has no account that lets her in yet")
def choose_password() -> Response:
    """Keep the password that the holder of a link has chosen; then she signs in."""
    code = request.form.get("code", "")
    try:
        given = forms.load(schemas.PasswordByLinkSchema(), {"code": code, "password": request.form.get("password", "")})
        if request.form.get("again", "") != given["password"]:
            raise PasswordsDiffer().at("again")
        with door.transaction() as session:
            account = commands.choose_password(session, **given)
    except Invalid as invalid:
        return _shown(code, forms.filled({}, invalid if invalid.errors else invalid.at("password")), invalid)
    except DomainError as refused:
        return _shown(code, forms.blank(), refused)
    return _on_paper(make_response(render_template("accounts/chosen.html", account=account)))


def _shown(code: str, form: forms.Form, refused: DomainError | None = None) -> Response:
    holder, link = None, None
    if code:
        try:
            with door.reading() as session:
                link, holder = commands.holder_of(session, code)
        except DomainError as gone:
            refused = gone
    page = render_template(
        "accounts/link.html",
        code=code,
        form=form,
        holder=holder,
        title=_(words.TITLES[link.purpose]) if link else _("Open your account"),
        refusal=refused.message(language()) if refused and not form.errors else "",
        link=link,
    )
    return _on_paper(make_response(page, status_of(refused) if refused else 200))


def _on_paper(response: Response) -> Response:
    """The address holds a secret: it is named to nobody, our own pages included."""
    response.headers["Referrer-Policy"] = "origin"
    return response


def _sheets(agency: str, handed: list[commands.Handed], back: str) -> str:
    return render_template(
        "accounts/sheets.html",
        agency=agency,
        sheets=[sheets.sheet(each, request.host_url) for each in handed],
        back=back,
        words=words,
    )


def _own(agency: str, account_id: UUID) -> str:
    return f"/intake/{agency}/officers/{account_id}"


def _moved() -> dict[str, Any]:
    given: dict[str, Any] = forms.load(schemas.MoveSchema(), request.form)
    return given


def _typed(form: Any) -> dict[str, Any]:
    """The form's fields; roles are boxes, areas stand on one line."""
    given = {name: value for name, value in form.items() if name not in ("roles[]", "areas")}
    given |= {f"roles.{number}": each for number, each in enumerate(form.getlist("roles[]"))}
    areas = form.get("areas", "").replace(",", " ").replace(";", " ").split()
    return given | {f"areas.{number}": each for number, each in enumerate(areas)}


def _list_sent() -> str:
    """The list as it was pasted, or as a file of it."""
    file = request.files.get("file")
    if file and file.filename:
        return file.read(LARGEST_FILE).decode("utf-8-sig", errors="replace")
    return request.form.get("text", "")[:LARGEST_FILE]


def _may(officer: Officer, agency: str) -> dict[str, bool]:
    """What of the pages beside a list an officer may open at an agency's address."""
    wanted = {
        "manage": Permission.ACCOUNTS_MANAGE,
        "review": Permission.ACCOUNTS_REVIEW,
        "audit": Permission.ACCOUNTS_AUDIT,
    }
    own = agency == officer.agency
    return {name: own and access.holds(officer, permission) for name, permission in wanted.items()}


def _offices() -> list[tuple[str, str]]:
    return [(each.id, each.name) for each in queries.offices_of(door.current_officer())]


def _open_offices(own: str | None = None) -> list[tuple[str, str]]:
    """Where somebody can begin, and the office where she is, also when that was closed."""
    known = queries.offices_of(door.current_officer())
    return [(each.id, each.name) for each in known if each.is_open or each.id == own]


def _areas() -> list[tuple[str, str]]:
    return list(places.below(door.current_officer().areas, places.Level.KECAMATAN))
