"""The list of journeys, searched and narrowed by number, name, area, stage, programme and state: page and program."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from services.intake.groups.models import BusinessGroup
from services.intake.journeys.models import Journey
from services.intake.registry.models import Person
from shared.identity.rules import Role
from shared.kernel import numbers
from shared.privacy.looks import Look
from tests import counting
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import OFFICER, Road

LIST = "/intake/dinsos/journeys"
API = "/intake/v1/dinsos/journeys"
COORDINATOR = an_officer(Role.COORDINATOR, office="bappeda-kaltim")


@pytest.fixture
def journeys(road: Road) -> dict[str, UUID]:
    """Two women in one village, one of them in another; and a group."""
    first, second = road.set_out(2)
    (group,) = road.open(road.groups(1), "kube-kaltim-2023").opened.values()
    with road.database.transaction() as session:
        for each, name in ((first, "Sri Wahyuningsih"), (second, "Wahyu Lestari")):
            session.get_one(Person, session.get_one(Journey, each).subject_id).name = name
        session.get_one(Journey, second).area = "64.72.09.1001"
        session.get_one(BusinessGroup, session.get_one(Journey, group).subject_id).name = "KUBE Sri Rejeki"
    return {"first": first, "second": second, "group": group}


@pytest.fixture
def app(road: Road) -> Flask:
    return web_app("intake", road.database)


def rows_of(page: str, journeys: dict[str, UUID]) -> set[str]:
    return {name for name, each in journeys.items() if f"{LIST}/{each}" in page}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"first", "second", "group"}),
        ({"programme": "wrse-kaltim-2023"}, {"first", "second"}),
        ({"programme": "usaha-mikro-kaltim-2023"}, set()),
        ({"stage": "verification"}, {"first", "second"}),
        ({"stage": "formation"}, {"group"}),
        ({"stage": "decision"}, set()),
        ({"stage": "no-such-stage"}, set()),
        ({"area": "64.72"}, {"second"}),
        ({"area": "64.7"}, set()),
        ({"area": "64.72.09.1001", "stage": "verification"}, {"second"}),
        ({"area": "64.72", "programme": "kube-kaltim-2023"}, set()),
        ({"state": "open", "area": "64"}, {"first", "second", "group"}),
        ({"state": "ended"}, set()),
        ({"number": "{first}"}, {"first"}),
        ({"number": "{first}", "area": "64.72"}, set()),
    ],
)
def test_the_list_is_narrowed_alike_by_page_and_by_program(
    app: Flask, journeys: dict[str, UUID], asked: dict[str, str], found: set[str]
) -> None:
    query = {name: value.format(first=numbers.of(journeys["first"])) for name, value in asked.items()}
    page = Browser(app, OFFICER).get(LIST, query_string=query)
    assert page.status_code == 200
    assert rows_of(page.text, journeys) == found
    assert counting.Page(page.text).rows == len(found)
    listed = app.test_client().get(API, headers=bearer(OFFICER), query_string=query).json["items"]
    assert {each["id"] for each in listed} == {str(journeys[each]) for each in found}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("wahyu", {"first", "second"}),
        ("  SRI wahyu ", {"first"}),
        ("lestari", {"second"}),
        ("rejeki", {"group"}),
        ("sri", {"first", "group"}),
        ("100%", None),
        ("Siti Lain", None),
    ],
)
def test_journeys_are_found_by_name_which_stands_in_no_address(
    app: Flask, road: Road, journeys: dict[str, UUID], typed: str, found: set[str] | None
) -> None:
    browser = Browser(app, OFFICER)
    answer = browser.submit(f"{LIST}/search?programme=&state=open", {"name": typed})
    assert answer.status_code == 303
    assert typed.split(maxsplit=1)[0].casefold() not in answer.location.casefold()
    page = browser.get(answer.location).text
    if found is None:
        assert answer.location == f"{LIST}?state=open"
        assert "Nobody on a journey in your areas is called so." in page
    else:
        assert "state=open&subject_id=" in answer.location
        assert rows_of(page, journeys) == found
    said = app.test_client().post(f"{API}/search?state=open", headers=bearer(OFFICER), json={"name": typed}).json
    assert {each["id"] for each in said["items"]} == {str(journeys[each]) for each in found or ()}
    assert all(each["name"] for each in said["items"])


@pytest.mark.parametrize("typed", ["", " ", "si"])
def test_a_name_of_less_than_three_letters_finds_nobody(app: Flask, journeys: dict[str, UUID], typed: str) -> None:
    browser = Browser(app, OFFICER)
    answer = browser.submit(f"{LIST}/search?state=open", {"name": typed})
    assert answer.location == f"{LIST}?state=open"
    assert "at least three letters" in browser.get(answer.location).text
    assert app.test_client().post(f"{API}/search", headers=bearer(OFFICER), json={"name": typed}).status_code == 422


def test_names_are_for_whoever_may_read_the_registry_and_each_is_a_look(
    app: Flask, road: Road, journeys: dict[str, UUID]
) -> None:
    page = Browser(app, OFFICER).get(LIST).text
    assert all(name in page for name in ("Sri Wahyuningsih", "Wahyu Lestari", "KUBE Sri Rejeki"))
    with road.database.reading() as session:
        looks = session.execute(select(Look.subject_kind, Look.why)).all()
    assert sorted(map(tuple, looks)) == [("group", "list of journeys")] + [("person", "list of journeys")] * 2
    browser = Browser(app, COORDINATOR)
    seen = browser.get("/intake/bappeda/journeys").text
    assert numbers.of(journeys["first"]) in seen
    assert "Wahyu" not in seen
    assert "/journeys/search" not in seen
    assert browser.submit("/intake/bappeda/journeys/search", {"name": "wahyu"}).status_code == 403
    refused = app.test_client().post(
        "/intake/v1/bappeda/journeys/search", headers=bearer(COORDINATOR), json={"name": "wahyu"}
    )
    assert refused.status_code == 403


def test_nobody_of_another_area_is_found(app: Flask, journeys: dict[str, UUID]) -> None:
    samarinda: Any = an_officer(Role.OFFICER, office="dinsos-samarinda")
    found = app.test_client().post(f"{API}/search", headers=bearer(samarinda), json={"name": "wahyu"}).json["items"]
    assert [each["id"] for each in found] == [str(journeys["second"])]
    listed = app.test_client().get(API, headers=bearer(samarinda), query_string={"area": "64.02"}).json["items"]
    assert listed == []
