"""Short-lived signed tokens: how the four services know an officer without asking intake's database.

Only intake issues them; a service needs no more than the public key. A token names the session that it belongs to:
renewing one looks at session and account again, and each service refuses those whose end it has heard of.
A token of somebody who acts for a post runs out with the last day of that, and gives nothing of it after that day,
where a demonstration moves the days faster than its time runs.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OKPKey

from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import TokenRefused
from shared.kernel import calendar, clock
from shared.kernel.ids import new_id
from shared.privacy.keys import keyring

ISSUER = "kail/intake"
AUDIENCE = "kail"
ALGORITHM = "Ed25519"
LIFETIME = 30 * 60
"""Seconds for which a token is good; real time, never the domain's clock."""
LEEWAY = 30
LONGEST = 12 * 60 * 60
"""Seconds after which an officer has to sign in again, however active she is: no token of a sign-in lives longer."""

CLAIMS = jwt.JWTClaimsRegistry(
    leeway=LEEWAY,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    sub={"essential": True},
    exp={"essential": True},
    iat={"essential": True},
    sid={"essential": True},
)


@dataclass(frozen=True)
class Token:
    """What a verified token says."""

    officer: Officer
    issued_at: float
    expires_at: int
    signed_in_at: int
    session_id: UUID


@lru_cache(maxsize=16)
def _key(pem: str | bytes) -> OKPKey:
    return OKPKey.import_key(pem)


def issue(
    officer: Officer, *, session_id: UUID | None = None, signed_in_at: int | None = None, lifetime: int = LIFETIME
) -> str:
    """A token for this officer; session and `signed_in_at` are kept when an older token is renewed."""
    issued_at = time.time()
    began = signed_in_at or int(issued_at)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": issued_at,
        "exp": min(int(issued_at) + lifetime, began + LONGEST, *_end_of(officer.acting, issued_at)),
        "jti": str(new_id()),
        "sid": str(session_id or new_id()),
        "auth_time": began,
        **officer.to_claims(),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, _key(keyring().token_private), algorithms=[ALGORITHM])


def _end_of(acting: Acting | None, now: float) -> list[int]:
    """When the last day of an appointment is over, in the real time that tokens count in."""
    if acting is None:
        return []
    left = calendar.end_of_day(acting.until) - clock.now()
    return [int(now + left.total_seconds())]


def _signed_by_us(text: str) -> dict[str, Any]:
    """What it claims, if any key of this deployment signed it, whatever it says of its key; raises JoseError."""
    refused: JoseError = BadSignatureError()
    for public in keyring().token_publics.values():
        try:
            return jwt.decode(text, _key(public), algorithms=[ALGORITHM]).claims
        except BadSignatureError as error:
            refused = error
    raise refused


def holder(text: str) -> UUID | None:
    """Whose token it is or was, if we signed it; it lets nobody in."""
    try:
        return UUID(_signed_by_us(text)["sub"])
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def read(text: str) -> Token:
    """What a token says, once its signature, issuer, audience and time have been checked; raises TokenRefused."""
    try:
        claims = _signed_by_us(text)
        CLAIMS.validate(claims)
        officer = Officer.from_claims(claims)
        return Token(officer, claims["iat"], claims["exp"], claims["auth_time"], UUID(claims["sid"]))
    except (JoseError, ValueError, KeyError, TypeError) as refused:
        raise TokenRefused from refused
