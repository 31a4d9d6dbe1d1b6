"""Asking an app as a program and as a person does: with a real token, a real cookie and a real CSRF token."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from shared.identity import offices, tokens
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.ids import new_id


def an_officer(
    *roles: Role,
    office: str = "dinsos-kaltim",
    officer_id: UUID | None = None,
    areas: tuple[str, ...] | None = None,
    language: str = "en",
) -> Officer:
    """Somebody who works at an office, with the agency role and the area of that office."""
    home = offices.office(office)
    return Officer(
        id=officer_id or new_id(),
        name="Petugas Uji",
        office=home.id,
        agency=home.agency,
        roles=frozenset(roles or (Role.OFFICER,)),
        areas=areas or (home.region,),
        language=language,
    )


def bearer(officer: Officer) -> dict[str, str]:
    """The header by which a program says who it acts for."""
    return {"Authorization": f"Bearer {tokens.issue(officer)}"}


def token_of(officer: Officer) -> tokens.Token:
    """What a token that was issued to somebody just now says."""
    return tokens.read(tokens.issue(officer))


class Browser:
    """A browser in which an officer has signed in (or nobody)."""

    def __init__(self, app: Flask, officer: Officer | None = None) -> None:
        self.app = app
        self.client = app.test_client()
        if officer is not None:
            with self.client.session_transaction() as session:
                session["token"] = tokens.issue(officer)

    def get(self, address: str, **kwargs: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(address, **kwargs)

    def submit(self, address: str, form: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form as a page of ours would."""
        return self.client.post(address, data={**(form or {}), "csrf_token": self.csrf_token()}, **kwargs)

    def submit_twice(self, address: str, form: Mapping[str, Any] | None = None) -> TestResponse:
        """Send a form, read on the page that comes what will happen, and send it once more; a refusal comes at once."""
        asked = self.submit(address, form)
        if asked.status_code >= 400:
            return asked
        (confirmed,) = re.findall(r'name="_confirmed" value="([0-9a-f]{16})"', asked.text)
        return self.submit(address, {**(form or {}), "_confirmed": confirmed})

    def shown_together(self, worklist: str, form: Mapping[str, Any]) -> dict[str, Any]:
        """The form of what is done with the chosen ones of a worklist, with what its officer is shown beforehand."""
        asked = self.submit(f"{worklist}/together/look", form)
        return {**form, "shown[]": re.findall(r'name="shown\[\]" value="([^"]+)"', asked.text)}

    def do_together(self, worklist: str, form: Mapping[str, Any]) -> TestResponse:
        """Look at what would happen with the chosen ones of a worklist, and say yes to just that."""
        return self.submit(f"{worklist}/together/do", self.shown_together(worklist, form))

    def csrf_token(self) -> str:
        """The token that a page opened in this browser carries."""
        with self.client.session_transaction() as session:
            session.setdefault("csrf_token", "a-token-of-this-session")
            raw = session["csrf_token"]
        return str(URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(raw))
