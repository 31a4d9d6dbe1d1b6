"""The guide against the table of permissions, the pages that there are, and the programmes."""

from importlib import import_module
from typing import Any

import pytest
from flask import Flask

from shared.guide import reading
from shared.guide.texts import EVERYWHERE, Entry, guide
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.kernel.settings import SERVICES
from shared.programmes import kinds, library
from shared.referrals.work import by_kind
from shared.storage import Database
from shared.web import access, guard
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

ENTRIES = {**{f"role {role}": each for role, each in guide().roles.items()}, **guide().pages}


def everybody() -> list[Officer]:
    """One officer of each role at each office of another agency that there is."""
    one_of_each = {each.agency: each.id for each in offices.open_offices()}
    return [an_officer(role, office=office) for office in one_of_each.values() for role in Role]


@pytest.fixture(scope="module")
def apps() -> dict[str, Flask]:
    """The web apps of all services; what they route and guard is asked, and no database."""
    return {service: web_app(service, None) for service in SERVICES}


def works_of(service: str) -> Any:
    return by_kind(import_module(f"services.{service}.worker").WORKS)


def needed_at(apps: dict[str, Flask], address: str, agency: str) -> Permission | None:
    """The permission that the page at an address asks for; None for the start page."""
    if address == "/":
        return None
    app = apps[address.split("/")[1]]
    endpoint, _given = app.url_map.bind("").match(address.format(agency=agency), method="GET")
    found = guard.guard_of(app, endpoint, "GET")
    assert found is not None
    return found.permission


def test_each_role_and_each_kind_of_stage_is_explained_and_nothing_that_there_is_not() -> None:
    assert set(guide().roles) == set(Role)
    assert set(guide().stages) == {*kinds.CATALOGUE, kinds.DECISION.name}
    for programme in library.published().values():
        assert {stage.does for stage in programme.stages.values()} <= set(guide().stages)


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_every_entry_speaks_both_languages(name: str) -> None:
    entry: Entry = ENTRIES[name]
    assert entry.steps
    for text in (entry.job, entry.next, *(each.text for each in entry.steps)):
        assert text.id.strip()
        assert text.en.strip()
        assert text.id != text.en


def test_every_page_that_a_menu_offers_has_an_entry_and_every_entry_a_page(apps: dict[str, Flask]) -> None:
    offered = set()
    for service, app in apps.items():
        for link in app.extensions["kail"].menu:
            for each in (link, *link.beneath):
                part = each.address.split("/")[3]
                if part != "protection":  # nothing of it is told outside its own pages
                    offered.add((service, part))
                    assert guide().page(service, part), f"{service}/{part}"
    there = {
        (service, str(rule).split("/")[3])
        for service, app in apps.items()
        for rule in app.url_map.iter_rules()
        if str(rule).count("/") > 2
    }
    for key in guide().pages:
        service, _, part = key.rpartition("/")
        assert part == "account" or service == EVERYWHERE or (service, part) in there, key
    assert offered


def test_whoever_is_sent_to_a_page_may_open_it(apps: dict[str, Flask]) -> None:
    sent = 0
    for who in everybody():
        read = reading_as(who, "intake")
        for entry in read.roles:
            for step in entry.steps:
                if step.at and (needed := needed_at(apps, step.at, who.agency)):
                    sent += 1
                    assert access.holds(who, needed), f"{who.agency} {set(who.roles)}: {step.at} asks for {needed}"
    assert sent


def test_every_page_that_the_guide_sends_to_opens_as_it_is_named(databases: dict[str, Database]) -> None:
    sent: dict[str, Officer] = {}
    for who in everybody():
        for entry in reading_as(who, "intake").roles:
            sent |= {step.at.format(agency=who.agency): who for step in entry.steps if step.at and step.at != "/"}
    assert sent
    found = {}
    for address, who in sent.items():
        service = address.split("/")[1]
        found[address] = Browser(web_app(service, databases[service]), who).get(address).status_code
    assert {address: status for address, status in found.items() if status not in (200, 303)} == {}


def reading_as(who: Officer, service: str) -> reading.Read:
    with web_app(service, None).test_request_context():
        return reading.read(who, service, "", works_of(service))


def test_nobody_is_told_to_do_what_her_role_cannot_do() -> None:
    for who in everybody():
        for role in who.roles:
            entry = guide().roles[role]
            (told,) = reading_as(who, "intake").roles
            said = {each.text for each in told.steps}
            for step in entry.steps:
                is_told = bool({step.text.id, step.text.en} & said)
                assert is_told is access.holds(who, step.needs), f"{who.agency} {role}: {step.text.en}"


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_is_told_something_to_do_somewhere(role: Role) -> None:
    told = [reading_as(each, "intake").roles[0].steps for each in everybody() if each.has(role)]
    assert any(told)


def test_only_stages_that_a_programme_gives_to_her_agency_and_her_role_are_named() -> None:
    for who in everybody():
        for service in SERVICES:
            does = {kind for kind, work in works_of(service).items() if who.has(*work.roles)}
            given = {
                title
                for programme in library.published().values()
                for stage in programme.stages.values()
                if stage.agency == who.agency and stage.does in does
                for title in (stage.title.id, stage.title.en)
            }
            named = {each.title for each in reading_as(who, service).stages}
            assert named - {kinds.DECISION.title.id, kinds.DECISION.title.en} <= given, (
                f"{who.agency} {set(who.roles)} {service}"
            )


def test_help_is_reached_from_every_page_and_speaks_of_it(training_db: Database) -> None:
    app = web_app("training", training_db)
    browser = Browser(app, an_officer(Role.OFFICER, office="dp3a-kukar"))
    page = browser.get("/training/dp3a/courses").text
    assert 'href="/training/dp3a/guide?page=courses"' in page
    shown = browser.get("/training/dp3a/guide?page=courses").text
    assert "Courses: dates, participants, attendance." in shown
    assert "As officer" in shown
    told = app.test_client().get(
        "/training/v1/dp3a/guide?page=courses", headers=bearer(an_officer(Role.HEAD, office="dp3a-kukar"))
    )
    assert [each["text"] for each in told.json["page"]["steps"]] == ["Plan a course."], "heads run none"
    assert browser.get("/training/dp3a/guide?page=nonsense").status_code == 200


def test_help_never_says_that_she_came_from_the_compartment(intake_db: Database) -> None:
    app = web_app("intake", intake_db)
    browser = Browser(app, an_officer(Role.COUNSELLOR, office="dp3a-kukar"))
    page = browser.get("/intake/dp3a/protection").text
    assert 'href="/intake/dp3a/guide"' in page
    assert "guide?page=" not in page
