"""The compartment for tests: one office with a counsellor, an officer, a head, and two women of whom one is helped."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import structlog
from flask import Flask
from werkzeug.test import TestResponse

from services.intake.protection import jobs
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.logging import configure
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import an_officer, bearer
from tests.intake.people import register

ROOT = "/intake/v1/dp3a/protection"
OFFICE = "dp3a-kukar"


@dataclass
class Compartment:
    """The app, who works there, and what they ask of it."""

    app: Flask
    base: Database
    counsellor: Officer
    officer: Officer
    head: Officer

    def ask(self, who: Officer, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        client = self.app.test_client()
        return client.open(
            path if path.startswith("/") else f"{ROOT}/{path}",
            method=method,
            json=body,
            headers={**bearer(who), **headers},
        )

    def women(self, count: int = 1) -> list[UUID]:
        with self.base.transaction() as session:
            return register(session, count)

    def take_over(self) -> None:
        """What the compartment's worker does every minute."""
        jobs.look(self.base)

    def due(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(self.counsellor, "GET", "due").get_json()
        return found

    def case(self, person: UUID, **changes: Any) -> dict[str, Any]:
        given = {
            "person_id": str(person),
            "kind": "domestic-violence",
            "notes": "RAHASIA-42",
            "under_tpks": False,
        } | changes
        answer = self.ask(self.counsellor, "POST", "cases", given)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def read(self, case: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(self.counsellor, "GET", f"cases/{case['id']}").get_json()
        return found


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """What Kail logs meanwhile."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    configure("test", written)
    try:
        yield written
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()


@pytest.fixture
def compartment(intake_db: Database) -> Compartment:
    app = web_app("intake", intake_db)
    app.testing = True
    return Compartment(
        app,
        intake_db,
        an_officer(Role.COUNSELLOR, office=OFFICE),
        an_officer(Role.OFFICER, office=OFFICE),
        an_officer(Role.HEAD, office=OFFICE),
    )
