"""The one place that knows which HTTP status an error becomes, and how it is said to a program and to a person.

A program gets `application/problem+json` (RFC 9457) with a stable code and the fields at fault; a person gets a page
with a sentence in her language.
"""

import traceback
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, flash, jsonify, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, InterfaceError, NoResultFound, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from shared.kernel import errors
from shared.kernel.errors import DomainError
from shared.kernel.logging import get_logger
from shared.web import guard, kept, messages
from shared.web.language import language
from shared.web.sessions import here, is_api, leading_back

log = get_logger(__name__)

STATUS: Mapping[type[DomainError], int] = {
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.Misaddressed: 400,
    DomainError: 422,
}

AWAY = (OperationalError, InterfaceError)
"""What a database that does not answer, or stops answering, raises."""

SENTENCES = {
    400: lazy_gettext("This request could not be read."),
    403: lazy_gettext("Your role or your office does not allow this."),
    404: lazy_gettext("There is nothing at this address, or it is not yours to see."),
    405: lazy_gettext("This address cannot be used in this way."),
    413: lazy_gettext("What was sent is too large."),
    415: lazy_gettext("What was sent has a form that is not understood here."),
    422: lazy_gettext("Some fields need to be corrected."),
    429: lazy_gettext("Too many requests; wait a little and try again."),
    500: lazy_gettext("Something failed on our side. Nothing was changed; it has been noted."),
    503: lazy_gettext("A part that this needs does not answer at the moment; nothing was lost, try again."),
}

TITLES = {
    400: lazy_gettext("This could not be read"),
    401: lazy_gettext("Sign in again"),
    403: lazy_gettext("Not for this account"),
    404: lazy_gettext("Page not found"),
    409: lazy_gettext("Something has changed meanwhile"),
    412: lazy_gettext("Something has changed meanwhile"),
    413: lazy_gettext("Too large"),
    422: lazy_gettext("Something needs to be corrected"),
    429: lazy_gettext("Too many requests"),
    500: lazy_gettext("Something failed"),
    503: lazy_gettext("Not available for the moment"),
}
"""What a page about an error is called."""

ADVICE = {
    403: lazy_gettext("If this is part of your work, ask your office's administrator for the role that it needs."),
    404: lazy_gettext("Check the address, or look for it in the lists of the menu above."),
    409: lazy_gettext("Go back, load the page again and look at how things stand now; then decide anew."),
    412: lazy_gettext("Go back, load the page again and look at how things stand now; then decide anew."),
    413: lazy_gettext("Make the file smaller or send it in parts."),
    422: lazy_gettext("Go back, correct what is named here, and send it again."),
    429: lazy_gettext("Wait a minute before you try again."),
    500: lazy_gettext("Go back and try once more. If it fails again, tell your administrator when it happened."),
    503: lazy_gettext("Wait a minute and load the page again. What has been saved before is safe."),
}
"""What the reader can do about it."""

SIGN_IN = "/intake/signin"
MEDIA_TYPE = "application/problem+json"
TYPE = "urn:problem-type:kail:{code}"


def status_of(error: DomainError) -> int:
    """The HTTP status of the nearest family that an error belongs to."""
    return next(STATUS[family] for family in type(error).__mro__ if family in STATUS)


def retry_after(error: DomainError) -> dict[str, str]:
    """The header that says after how many seconds to try again, where an error knows it."""
    seconds = error.fields.get("seconds") if isinstance(error, errors.TooMany) else None
    return {} if seconds is None else {"Retry-After": str(seconds)}


def refuse(error: DomainError) -> Response:
    """Answer an error of the domain."""
    if isinstance(error, errors.Unauthenticated) and not is_api() and request.method == "GET":
        if "HX-Request" in request.headers:
            return Response(status=401)
        return redirect(leading_back(SIGN_IN, here()), 303)
    if isinstance(error, errors.Unauthenticated) and not is_api():
        going = kept.page_of_form()
        return _page(status_of(error), error.message(language()), kept=kept.typed(), going=going)
    found = messages.flatten(error.fields.get("errors") or {})
    answer = _answer(status_of(error), error.code, error.message(language()), found, instead=_instead(error))
    answer.headers.update(retry_after(error))
    return answer


def refuse_http(error: HTTPException) -> Response:
    """Answer an error of HTTP itself, of a schema, or one that nobody foresaw."""
    if error.response is not None:  # a redirect that the routing itself asks for
        return cast("Response", error.response)
    if isinstance(error, CSRFError):
        sentence = _(
            "You have signed in again since it was loaded, so nothing was sent. Go back and send it once more."
        )
        title = _("This page was open for too long")
        return _page(400, sentence, title=title, kept=kept.typed(), going=kept.page_of_form())
    # A database that breaks at the commit breaks when the view is over, where only this handler is asked.
    original = getattr(error, "original_exception", None)
    if isinstance(original, DataError):
        return refuse_data(original)
    status = 503 if isinstance(original, AWAY) else error.code or 500
    if status == 503:
        return _answer(503, "unavailable", str(SENTENCES[503]))
    if status == 422:
        found = messages.of_schema(getattr(error, "data", {}).get("messages", {}))
        return _answer(422, "invalid", str(SENTENCES[422]), found)
    answer = _answer(status, _code(error.name), str(SENTENCES.get(status, error.name)))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def refuse_data(error: DataError) -> Response:
    """Answer what only the database found unfit for its columns; a check before it is missing, so it is noted."""
    log_failure("refused-by-database", error)
    return _answer(422, "invalid", str(SENTENCES[422]))


def refuse_fields(error: ValidationError) -> Response:
    """Answer what a schema refused that a view asked itself."""
    return _answer(422, "invalid", str(SENTENCES[422]), messages.of_schema(error.messages))


def log_failure(event: str, error: BaseException) -> None:
    """Note the kind of an error and the lines it came from, never its text; where no trace may be left, the kind."""
    if guard.is_unrecorded():
        log.error(event, error=type(error).__qualname__)
    else:
        log.error(event, error=type(error).__qualname__, route=str(request.url_rule), at=where(error))


def say(error: DomainError) -> None:
    """Put an error's sentence into the notice of the page that is shown next."""
    flash(error.message(language()), "error")


def unsay() -> None:
    """Take back what was said last, where the page that was to show it cannot be shown."""
    said = session.get("_flashes")  # where Flask keeps notices until a page shows them
    if said:
        session["_flashes"] = said[:-1]


def where(error: BaseException) -> list[str]:
    """The lines an error came from, without its text, which may hold personal data."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def install(app: Flask) -> None:
    """Let an app answer every error in this way."""
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(HTTPException, refuse_http)
    app.register_error_handler(NoResultFound, lambda _error: _answer(404, "not-found", str(SENTENCES[404])))
    app.register_error_handler(DataError, refuse_data)
    app.register_error_handler(ValidationError, refuse_fields)
    for away in AWAY:
        app.register_error_handler(away, lambda _error: _answer(503, "unavailable", str(SENTENCES[503])))


def _instead(error: DomainError) -> str:
    """Where to go on instead, by the same door of the same service; nothing where the error does not know."""
    agency = (request.view_args or {}).get("agency")
    if not isinstance(error, errors.Elsewhere) or agency is None:
        return ""
    begin, _, _ = request.path.partition(f"/{agency}/")
    return f"{begin}/{agency}/{error.instead}"


def _answer(
    status: int, code: str, sentence: str, found: dict[str, list[str]] | None = None, *, instead: str = ""
) -> Response:
    title = code.replace("-", " ").capitalize()
    if not is_api():
        return _page(status, sentence, found, instead=instead)
    body: dict[str, Any] = {
        "type": TYPE.format(code=code),
        "title": title,
        "status": status,
        "detail": sentence,
        "code": code,
    }
    if found:
        body["errors"] = found
    if instead:
        body["instead"] = instead
    response = jsonify(body)
    response.status_code, response.mimetype = status, MEDIA_TYPE
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _page(
    status: int,
    sentence: str,
    found: dict[str, list[str]] | None = None,
    *,
    title: str = "",
    kept: str = "",
    going: str = "",
    instead: str = "",
) -> Response:
    """A page that says what is wrong and what to do; `kept` is what had been typed on the page `going`.

    `instead` is where to go on.
    """
    page = render_template(
        "problem.html",
        status=status,
        sentence=sentence,
        title=title or TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400]),
        advice="" if instead else ADVICE.get(status, ""),
        errors=found or {},
        kept=kept,
        action=request.path,
        going=going,
        instead=instead,
        sign_in=leading_back(SIGN_IN, going) if status == 401 else "",
    )
    return Response(page.encode(errors="replace"), status=status, mimetype="text/html")


def _code(name: str) -> str:
    return name.lower().replace(" ", "-")
