"""Browsers in which an officer has signed in before: a cookie says so, signed, for each name.

It lets nobody in. It says that a wrong password here is hers rather than a stranger's, so that whoever guesses at her
name elsewhere, or behind the same proxy, does not make her wait.
"""

from uuid import UUID, uuid4

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shared.kernel.settings import settings
from shared.privacy.fields import blind_index
from shared.privacy.keys import keyring
from shared.web import sessions

COOKIE = "device"
PATH = "/intake/signin"
LASTS = 180 * 24 * 60 * 60
"""Seconds for which a browser is known, since the last sign-in."""
MOST = 8
"""Names for which one browser is known: the officers who share it."""


def known(username: str) -> UUID | None:
    """The number of this browser for a name that has signed in here before."""
    return _names().get(_hidden(username))


def remember(response: Response, username: str) -> None:
    """Let this browser be known as one of hers from now on."""
    names = _names()
    own = _hidden(username)
    number = names.pop(own, None) or uuid4()
    kept = [(each, str(other)) for each, other in names.items()][-(MOST - 1) :]
    response.set_cookie(
        sessions.cookie(COOKIE),
        str(_signer().dumps([*kept, (own, str(number))])),
        max_age=LASTS,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings().https or request.is_secure,
    )


def _names() -> dict[str, UUID]:
    try:
        said = _signer().loads(request.cookies.get(sessions.cookie(COOKIE), ""), max_age=LASTS)
        return {str(name): UUID(number) for name, number in said}
    except (BadData, ValueError, TypeError):
        return {}


def _hidden(username: str) -> str:
    name = username.strip().lower()
    return blind_index(name, "sign-in-device").hex()[:24] if name else ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keyring().web_secret, salt="kail-device")
