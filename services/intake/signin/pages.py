"""Signing in and out, the choice of language, and the start page of the one origin."""

from flask import Blueprint, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.accounts.commands import choose_language as keep_language
from services.intake.sessions.commands import end_session
from services.intake.signin import commands, devices
from services.intake.signin.api import caller
from services.intake.signin.schemas import SignInSchema
from services.intake.welcome.commands import has_administrator
from shared.identity import tokens
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.errors import Invalid, TooMany, Unauthenticated
from shared.programmes import kinds, library
from shared.web import door, forms, kept, language, navigation, sessions
from shared.web.guard import guard, public, unrecorded
from shared.web.problem import SIGN_IN, retry_after, status_of

pages = Blueprint("signin", __name__, template_folder="templates")
front = Blueprint("front", __name__, template_folder="templates")

MOST_URGENT = 10
A_YEAR = 365 * 24 * 60 * 60


@front.get("/")
@public("asks to sign in, or shows an officer where her work is")
def home() -> str | Response:
    """Where an officer's work waits."""
    officer = sessions.officer_or_none()
    if officer is None:
        return redirect(SIGN_IN, 303)
    return render_template("signin/home.html", sources=sorted(_sources(officer)), most_urgent=MOST_URGENT)


@pages.get("/signin")
@public("the way in")
def sign_in_form() -> str | Response:
    """The form to sign in with."""
    officer = sessions.officer_or_none()
    if officer is not None:
        return redirect(sessions.going_on(request.args.get("next"), officer.id), 303)
    return _form(forms.blank())


@pages.post("/signin")
@public("the way in")
def sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Let an officer in and take her where she wanted to go."""
    try:
        given = forms.load(SignInSchema(), request.form)
        known = caller(device=devices.known(given["username"]))
        token = commands.sign_in(door.database(), given["username"], given["password"], known)
    except Invalid as invalid:
        return _form(forms.filled(request.form, invalid)), status_of(invalid)
    except (Unauthenticated, TooMany) as refused:
        shown = _form(forms.filled(request.form), refused.message(language.language()))
        return shown, status_of(refused), retry_after(refused)
    going = sessions.going_on(request.form.get("_next"), tokens.read(token).officer.id)
    _end_session()
    sessions.sign_in(token)
    response = redirect(going, 303)
    devices.remember(response, given["username"])
    return response


@pages.post("/signout")
@public("whoever wants to leave may")
def sign_out() -> Response:
    """Let an officer out, and end her session everywhere: what somebody copied of it is worth nothing any more."""
    _end_session()
    sessions.sign_out()
    response = redirect(SIGN_IN, 303)
    response.delete_cookie(language.COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@pages.get("/renew")
@public("looks at the session itself, and sends whoever has none to sign in")
def renew() -> Response:
    """A fresh token for an officer who is active, if her account still is, and back to where she was."""
    try:
        token = sessions.current_token()
        with door.transaction() as session:
            fresh = commands.renewed(session, token)
    except Unauthenticated:
        whose = sessions.last_officer()
        going = sessions.going_on(request.args.get("next"), whose)
        sessions.sign_out()
        return redirect(sessions.leading_back(SIGN_IN, going, whose), 303)
    going = sessions.going_on(request.args.get("next"), token.officer.id)
    sessions.renew(fresh)
    return redirect(going, 303)


@pages.post("/language")
@public("whoever reads may choose the language")
def choose_language() -> Response:
    """Keep the language that an officer prefers with her account; before she has signed in, with this browser."""
    response = redirect(sessions.local_address(request.form.get("_next")), 303)
    chosen = request.form.get("language", "")
    if chosen not in language.LANGUAGES:
        return response
    if sessions.officer_or_none() is None:
        response.set_cookie(
            language.COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
        return response
    token = sessions.current_token()
    with door.transaction() as session:
        keep_language(session, token.officer.id, chosen)
        fresh = commands.renewed(session, token)
    sessions.renew(fresh)
    return response


@pages.post("/kept")
@guard(Permission.ACCOUNT_OWN)
@unrecorded
def bring_back() -> Response:
    """What the officer had typed when her sign-in ended, for the form that it belongs to."""
    said = kept.opened(request.form.get("closed", ""), door.current_officer().id)
    return jsonify(
        fields=said, sentence=_("What you had typed is back. It has not been sent yet: look it over and send it.")
    )


def _end_session() -> None:
    if (token := sessions.token_or_none()) is not None:
        with door.transaction() as session:
            end_session(session, token.session_id)


def _sources(officer: Officer) -> set[tuple[str, str]]:
    """The worklists whose most urgent referrals she sees at the start, by service and agency.

    Her own agency's; who reads everywhere, those of every agency that has a stage in a programme of her region.
    """
    if not officer.reads_everywhere:
        own = navigation.services_of(officer)
        return {(name, officer.agency) for name in own if navigation.has_worklist(name, officer)}
    return {
        (kinds.kind(stage.does).service, stage.agency)
        for programme in library.published().values()
        if meet(officer.areas, programme.region)
        for stage in programme.stages.values()
    }


def _form(form: forms.Form, refusal: str = "") -> str:
    going = request.form.get("_next") or request.args.get("next", "")
    with door.reading() as session:
        is_begun = has_administrator(session)
    return render_template(
        "signin/signin.html", is_begun=is_begun, form=form, refusal=refusal, going=sessions.local_address(going)
    )
