"""An end of access is told over the bus, and counts in all four services: on pages and by programs."""

from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner

from services import catalogue
from services.intake.accounts import commands as accounts
from services.intake.api_keys import commands as api_keys
from services.intake.second_step.cli import officers
from services.intake.sessions import commands
from shared.bus import delivery
from shared.bus.relay import Relay
from shared.identity import offices, revocation, tokens
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.settings import SERVICES
from shared.storage import Database
from shared.web import roster
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.accounts.desk import opened
from tests.shared.bus.harness import Network


def carry(databases: dict[str, Database]) -> None:
    """Let intake's relay send what it announced, twice, and every subscriber hear it."""
    network = Network()
    relay = Relay(databases["intake"], network)
    subscribers = {each.name: each for one in catalogue.participants().values() for each in one.subscribers}
    for _ in range(3):
        relay.step()
    assert network.deliveries
    for batches in [*network.deliveries, *network.deliveries]:
        to = subscribers[batches[0].subscriber]
        delivery.receive(databases[to.service], to, batches, Network())


def lets_in(service: str, base: Database, token: str) -> tuple[bool, bool]:
    """Whether a service lets a token in: on a page, and by API."""
    app = web_app(service, base)
    page = Browser(app)
    with page.client.session_transaction() as session:
        session["token"] = token
    by_page = page.get(f"/{service}/dinsos/referrals").status_code
    asking = {"Authorization": f"Bearer {token}"}
    by_api = app.test_client().get(f"/{service}/v1/dinsos/referrals", headers=asking).status_code
    assert {by_page, by_api} <= {200, 303, 401}
    return by_page == 200, by_api == 200


# ---- an officer is deactivated in each way that there is, while a system of her office works with a key of hers


def by_page(base: Database, administrator: Officer, her: Officer, step: str) -> None:
    address = f"/intake/bappeda/officers/{her.id}/{step}"
    browser = Browser(web_app("intake", base), administrator)
    sent = browser.submit_twice if step == "close" else browser.submit
    assert sent(address, {"revision": "1"}).status_code == 303


def by_api(base: Database, administrator: Officer, her: Officer, step: str) -> None:
    address = f"/intake/v1/bappeda/officers/{her.id}/{step}"
    asked = web_app("intake", base).test_client().post(address, json={"revision": 1}, headers=bearer(administrator))
    assert asked.status_code == 200


def by_command(base: Database, administrator: Officer, her: Officer, step: str) -> None:
    assert CliRunner().invoke(officers, [step, "kepala"]).exit_code == 0


def with_her_office(base: Database, administrator: Officer, her: Officer, step: str) -> None:
    with base.transaction() as session:
        accounts.move_all(session, administrator.id, her.office, offices.office("dinsos-kaltim"))


WAYS = {
    "suspended by page": (by_page, "suspend"),
    "closed by page": (by_page, "close"),
    "suspended by api": (by_api, "suspend"),
    "closed by api": (by_api, "close"),
    "suspended by command": (by_command, "suspend"),
    "closed by command": (by_command, "close"),
    "moved with her office": (with_her_office, ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_deactivates_an_officer_ends_the_key_of_her_system_in_every_service(
    databases: dict[str, Database], way: str
) -> None:
    intake = databases["intake"]
    administrator = opened(intake)
    her = opened(intake, "kepala", [Role.HEAD], "dinsos-kukar")
    with intake.transaction() as session:
        last_day = revocation.real_now().date() + timedelta(days=9)
        _, key = api_keys.issue(session, her, system="SIPD", scopes=["referrals.read"], expires_on=last_day)
    asked = web_app("intake", intake).test_client().post
    token = asked("/intake/v1/tokens", json={"key": str(key)}).json["access_token"]
    for service, base in databases.items():
        assert lets_in(service, base, token) == (False, True), service
    do, step = WAYS[way]
    do(intake, administrator, her, step)
    assert asked("/intake/v1/tokens", json={"key": str(key)}).json["code"] == "key-ended"
    carry(databases)
    for service, base in databases.items():
        assert lets_in(service, base, token) == (False, False), service


@pytest.mark.parametrize("ended", ["session", "access"])
def test_an_end_counts_in_every_service(databases: dict[str, Database], ended: str) -> None:
    her = an_officer(Role.HEAD)
    session_id = a_session(databases["intake"], her)
    token, colleague = tokens.issue(her, session_id=session_id), tokens.issue(an_officer(Role.HEAD))
    for service, base in databases.items():
        assert lets_in(service, base, token) == (True, True), service
    with databases["intake"].transaction() as session:
        if ended == "session":
            commands.end_session(session, session_id)
        else:
            commands.end_access(session, her.id, closed=True)
    assert lets_in("intake", databases["intake"], token) == (False, False)
    carry(databases)
    for service in SERVICES:
        assert lets_in(service, databases[service], token) == (False, False), service
        assert lets_in(service, databases[service], colleague) == (True, True), service
        with databases[service].reading() as session:
            known = {each.id for each in roster.of_office(session, her.office, list(Role))}
        assert (her.id in known) is (ended == "session"), service


def a_session(base: Database, officer: Officer) -> UUID:
    with base.transaction() as session:
        return commands.begin_session(session, officer.id, address="192.0.2.1", user_agent="").id
