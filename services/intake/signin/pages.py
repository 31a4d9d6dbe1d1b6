"""Signing in and out, the choice of language, and the start page of the one origin."""

import time
from urllib.parse import urlencode

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request
from flask import session as flask_session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.intake.accounts.commands import choose_language as keep_language
from services.intake.accounts.keys import ending_soon, last_day
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.rules import PasswordsDiffer
from services.intake.accounts.sheets import picture
from services.intake.second_step import commands as second_step
from services.intake.second_step import rules as rules_of_step
from services.intake.second_step.rules import PUT_OFF, CodeRefused
from services.intake.sessions.commands import end_session
from services.intake.signin import commands, devices
from services.intake.signin.api import caller
from services.intake.signin.schemas import SignInSchema
from services.intake.welcome.commands import has_administrator
from shared.identity import tokens
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import Invalid, TooMany, Unauthenticated
from shared.web import door, forms, kept, language, sessions
from shared.web.guard import guard, public, unrecorded
from shared.web.problem import SIGN_IN, retry_after, status_of
from shared.web.showing import day

pages = Blueprint("signin", __name__, template_folder="templates")
front = Blueprint("front", __name__, template_folder="templates")

A_YEAR = 365 * 24 * 60 * 60
HALF = "half"
"""Under which a browser's session keeps who has given her password and has a step to go."""
HALF_LASTS = 10 * 60
"""Seconds for which she may take it."""
SET_UP = "/intake/account/second-step"


@front.get("/")
@public("asks to sign in, or shows an officer where her work is")
def home() -> str | Response:
    """Where an officer's work waits."""
    officer = sessions.officer_or_none()
    if officer is None:
        return redirect(SIGN_IN, 303)
    return render_template("signin/home.html")


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
        given = forms.load(SignInSchema(), {name: value for name, value in request.form.items() if name != "again"})
        if given["new_password"] and request.form.get("again", "") != given["new_password"]:
            raise PasswordsDiffer().at("again")
        known = caller(device=devices.known(given["username"]))
        token = commands.sign_in(
            door.database(), given["username"], given["password"], known, new_password=given["new_password"]
        )
    except Invalid as invalid:
        return _form(forms.filled(request.form, invalid)), status_of(invalid)
    except commands.PasswordToChange as refused:
        return _form(forms.filled(request.form), refused.message(language.language()), choosing=True), status_of(
            refused
        )
    except (Unauthenticated, TooMany) as refused:
        shown = _form(forms.filled(request.form), refused.message(language.language()))
        return shown, status_of(refused), retry_after(refused)
    except commands.OneMoreStep as step:
        flask_session[HALF] = {"username": step.half.username, "mark": step.half.mark, "at": int(time.time())}
        return redirect(f"/intake/signin/step?{urlencode({'next': _next()})}", 303)
    return _entered(token, given["username"])


@pages.get("/signin/step")
@public("whoever has given her password has a step to go")
def step_form(form: forms.Form | None = None, refusal: str = "") -> str | Response:
    """Where somebody who has given her password types her code, or sets the second step up that she put off."""
    try:
        half = _half()
        with door.transaction() as session:
            step = commands.to_set_up(session, half)
            address = rules_of_step.address_of(step.secret, half.username) if step else ""
            return render_template(
                "signin/step.html",
                form=form or forms.blank(),
                refusal=refusal,
                secret=step.secret if step else "",
                picture=picture(address) if step else "",
                going=_next(),
            )
    except Unauthenticated:
        return redirect(SIGN_IN, 303)


@pages.post("/signin/step")
@public("whoever has given her password has a step to go")
def take_step() -> Response | tuple[str | Response, int] | tuple[str | Response, int, dict[str, str]]:
    """Let her in by her code; where she has set the second step up by it, show her recovery codes this once."""
    try:
        half = _half()
        known = caller(device=devices.known(half.username))
        token, codes = commands.finish(door.database(), half, request.form.get("code", "").strip() or "-", known)
    except Invalid as invalid:
        return step_form(forms.filled({}, invalid)), status_of(invalid)
    except (CodeRefused, TooMany) as refused:
        return step_form(refusal=refused.message(language.language())), status_of(refused), retry_after(refused)
    except Unauthenticated:
        return redirect(SIGN_IN, 303)
    response = _entered(token, half.username)
    if not codes:
        return response
    shown = make_response(render_template("second_step/codes.html", codes=codes, going=response.location))
    devices.remember(shown, half.username)
    return shown


@pages.post("/signout")
@public("whoever wants to leave may")
def sign_out() -> Response:
    """Let an officer out, and end her session everywhere: what somebody copied of it is worth nothing any more."""
    _end_session()
    sessions.sign_out()
    response = redirect(SIGN_IN, 303)
    response.delete_cookie(sessions.cookie(language.COOKIE), httponly=True, samesite="Lax", secure=request.is_secure)
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
            sessions.cookie(language.COOKIE),
            chosen,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
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


def _entered(token: str, username: str) -> Response:
    """Carry the token, and go on: where a second step is asked of her, first to where it is set up, then reminded."""
    officer = tokens.read(token).officer
    going = sessions.going_on(_next(), officer.id)
    _end_session()
    sessions.sign_in(token)
    with door.transaction() as session:
        until = second_step.due(session, session.get_one(OfficerAccount, officer.id))
        for key in ending_soon(session, officer.id):
            said = _(
                "The key of %(system)s ends on %(day)s: make a new one before.",
                system=key.system,
                day=day(last_day(key)),
            )
            flash(said, "warning")
    if until is not None:
        flash(_("Your role needs a second step at signing in; set it up by %(day)s.", day=day(until)), "warning")
        going = SET_UP if until - clock.today() >= PUT_OFF else going
    response = redirect(going, 303)
    devices.remember(response, username)
    return response


def _half() -> commands.Half:
    """Whoever has given her password at this browser a moment ago; raises Unauthenticated."""
    known = flask_session.get(HALF)
    if not known or time.time() - known["at"] > HALF_LASTS:
        raise Unauthenticated
    return commands.Half(known["username"], known["mark"])


def _next() -> str:
    return sessions.local_address(request.form.get("_next") or request.args.get("next"))


def _end_session() -> None:
    if (token := sessions.token_or_none()) is not None:
        with door.transaction() as session:
            end_session(session, token.session_id)


def _form(form: forms.Form, refusal: str = "", *, choosing: bool = False) -> str:
    going = _next()
    with door.reading() as session:
        is_begun = has_administrator(session)
    return render_template(
        "signin/signin.html",
        is_begun=is_begun,
        form=form,
        refusal=refusal,
        choosing=choosing or "new_password" in request.form,
        going=going,
    )
