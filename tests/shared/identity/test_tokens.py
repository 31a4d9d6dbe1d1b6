"""A token is believed only when we issued it, for us, and not too long ago."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.identity import tokens
from shared.identity.rules import Role, TokenRefused
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
    assert token.expires_at - token.issued_at == tokens.LIFETIME
    assert 15 * 60 <= tokens.LIFETIME <= 60 * 60


def test_a_renewed_token_remembers_when_its_holder_signed_in() -> None:
    assert tokens.read(tokens.issue(OFFICER, signed_in_at=1_700_000_000)).signed_in_at == 1_700_000_000


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
