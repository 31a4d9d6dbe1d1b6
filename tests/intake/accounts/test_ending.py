"""An officer is ended by page, by API and by command: what she has open, in each of the four services, is over."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from services.catalogue import participants
from services.intake.accounts.cli import officers
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.signin import commands as signin
from shared.events.intake import AccessEnded
from shared.identity import revocation
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.settings import SERVICES
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.accounts.desk import opened
from tests.intake.journeys.roads import heard

STEPS = ("suspend", "close", "change", "reset")
ADDRESSES = {
    "intake": "/intake/v1/account",
    "grants": "/grants/v1/dinsos/referrals",
    "training": "/training/v1/dinsos/referrals",
    "monitoring": "/monitoring/v1/dinsos/referrals",
}
Way = Callable[[Flask, Officer, Officer, str], None]


def by_page(app: Flask, ratna: Officer, sari: Officer, step: str) -> None:
    moved = {"name": "Sari", "office": "dp3a-kukar", "areas": "", "roles[]": ["officer"]} if step == "change" else {}
    given = {"revision": 1, **moved}
    page = Browser(app, ratna)
    send = page.submit_twice if step == "close" else page.submit
    assert send(f"/intake/bappeda/officers/{sari.id}/{step}", given).status_code == 303


def by_api(app: Flask, ratna: Officer, sari: Officer, step: str) -> None:
    address, client = f"/intake/v1/bappeda/officers/{sari.id}", app.test_client()
    if step == "change":
        answer = client.put(address, json={"revision": 1, "office": "dp3a-kukar"}, headers=bearer(ratna))
    else:
        answer = client.post(f"{address}/{step}", json={"revision": 1}, headers=bearer(ratna))
    assert answer.status_code == 200


def by_command(app: Flask, ratna: Officer, sari: Officer, step: str) -> None:
    moved = ["--office", "dp3a-kukar"] if step == "change" else []
    assert CliRunner().invoke(officers, [step, "sari", *moved]).exit_code == 0


def tell(databases: dict[str, Database]) -> None:
    """Let the other services hear what intake announced."""
    told = [each for each in announced(databases["intake"]) if isinstance(each, AccessEnded)]
    assert told
    for name in SERVICES:
        for subscriber in participants()[name].subscribers:
            if hearing := subscriber.hearing_of(AccessEnded.type_by("intake")):
                with databases[name].transaction() as session:
                    hearing.run(session, [heard(each, "intake") for each in told])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", [by_page, by_api, by_command])
def test_what_she_has_open_is_over_everywhere(databases: dict[str, Database], way: Way, step: str) -> None:
    base = databases["intake"]
    ratna, sari = opened(base), opened(base, "sari", [Role.OFFICER], "dinsos-kukar")
    with base.transaction() as session:
        token = signin.opened(
            session, officer_of(session.get_one(OfficerAccount, sari.id)), signin.Caller(address="127.0.0.1")
        )
    apps: dict[str, Any] = {name: web_app(name, databases[name]) for name in SERVICES}
    page = Browser(apps["intake"])
    with page.client.session_transaction() as session:
        session["token"] = token

    def answers() -> list[int]:
        revocation._good.clear()  # as if the second for which a service need not ask were over
        asking = {"Authorization": f"Bearer {token}"}
        return [apps[name].test_client().get(ADDRESSES[name], headers=asking).status_code for name in SERVICES]

    assert [401 for each in answers() if each == 401] == []
    assert page.get("/intake/account").status_code == 200
    way(apps["intake"], ratna, sari, step)
    tell(databases)
    assert answers() == [401, 401, 401, 401]
    assert page.get("/intake/account").status_code == 303
