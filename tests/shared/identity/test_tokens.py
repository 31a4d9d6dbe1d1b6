"""A token is believed only when we issued it, for us, and not too long ago."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.identity import tokens
from shared.identity.rules import Role, TokenRefused
from shared.kernel.ids import new_id
from shared.privacy.keys import keyring
from tests.browsing import an_officer

OFFICER = an_officer(Role.APPROVER, Role.HEAD, office="dinsos-samarinda")


def signed(**changes: Any) -> str:
    claims = jwt.decode(tokens.issue(OFFICER), tokens._key(keyring().token_public), algorithms=["Ed25519"]).claims
    claims = {name: value for name, value in {**claims, **changes}.items() if value != "absent"}
    return jwt.encode({"alg": "Ed25519"}, claims, tokens._key(keyring().token_private), algorithms=["Ed25519"])


def test_a_token_gives_back_the_officer() -> None:
    token = tokens.read(tokens.issue(OFFICER))
    assert token.officer == OFFICER
    assert 0 <= token.issued_at + tokens.LIFETIME - token.expires_at < 1
    assert 15 * 60 <= tokens.LIFETIME <= 60 * 60


def test_a_token_of_a_key_says_what_it_allows_and_one_of_hers_that_nothing_limits_it() -> None:
    scopes = frozenset({"registry.read", "figures.read"})
    assert tokens.read(tokens.issue(replace(OFFICER, scopes=scopes))).officer.scopes == scopes
    assert tokens.read(tokens.issue(replace(OFFICER, scopes=frozenset()))).officer.scopes == frozenset()
    assert tokens.read(tokens.issue(OFFICER)).officer.scopes is None


def test_a_renewed_token_remembers_its_session_and_when_its_holder_signed_in() -> None:
    session_id, an_hour_ago = new_id(), int(time.time()) - 3600
    token = tokens.read(tokens.issue(OFFICER, session_id=session_id, signed_in_at=an_hour_ago))
    assert (token.session_id, token.signed_in_at) == (session_id, an_hour_ago)


def test_no_token_outlives_the_longest_time_of_a_sign_in() -> None:
    nearly = int(time.time()) - tokens.LONGEST + 60
    assert tokens.read(tokens.issue(OFFICER, signed_in_at=nearly)).expires_at == nearly + tokens.LONGEST
    with pytest.raises(TokenRefused):
        tokens.read(tokens.issue(OFFICER, signed_in_at=int(time.time()) - 40 * 24 * 3600))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_700_000_000},
        {"exp": "absent"},
        {"iss": "somebody else"},
        {"aud": "another system"},
        {"sub": "not an id"},
        {"roles": ["emperor"]},
        {"office": "absent"},
        {"sid": "absent"},
        {"sid": "not an id"},
    ],
)
def test_a_token_that_is_stale_or_not_for_us_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        tokens.read(signed(**changes))


def test_a_token_of_another_key_is_refused() -> None:
    stranger = OKPKey.import_key(Ed25519PrivateKey.generate())
    claims = jwt.decode(tokens.issue(OFFICER), tokens._key(keyring().token_public), algorithms=["Ed25519"]).claims
    with pytest.raises(TokenRefused):
        tokens.read(jwt.encode({"alg": "Ed25519"}, claims, stranger, algorithms=["Ed25519"]))


def test_a_token_without_a_signature_is_refused() -> None:
    header = urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    body = tokens.issue(OFFICER).split(".")[1]
    for forged in (f"{header}.{body}.", "nonsense", ""):
        with pytest.raises(TokenRefused):
            tokens.read(forged)
