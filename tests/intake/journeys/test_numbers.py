"""The numbers of journeys: nobody else's, the same in every list, and found however they are typed."""

import importlib
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from services.intake.journeys import numbering
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import NumberTaken
from shared.kernel import ids, numbers
from tests.apps import web_app
from tests.browsing import Browser, bearer
from tests.intake.journeys.roads import OFFICER, Road

LIST = "/intake/dinsos/journeys"


def twin_of(journey_id: UUID) -> UUID:
    """Another identifier with the same number."""
    return UUID(int=journey_id.int ^ (1 << 100))


def test_a_new_journey_never_has_the_number_of_another(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = road.set_out()
    free, third = ids.new_id(), ids.new_id()
    drawn = iter([twin_of(first), free, twin_of(free), third])
    monkeypatch.setattr(numbering.ids, "new_id", lambda: next(drawn))
    with road.database.reading() as session:
        found = numbering.fresh_ids(session, 2)
    assert {numbers.plain(each) for each in found} == {numbers.plain(free), numbers.plain(third)}


def test_two_that_draw_the_same_number_at_once_are_not_both_opened(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    her, another = road.women(2)
    (first,) = road.open([her]).opened.values()
    monkeypatch.setattr(numbering, "fresh_ids", lambda _session, count: [twin_of(first)] * count)
    with pytest.raises(NumberTaken):
        road.open([another])
    assert road.open_journeys_left() == 1


def test_the_database_itself_holds_numbers_apart(road: Road) -> None:
    one, other = road.set_out(2)
    with pytest.raises(IntegrityError, match="uq_journey_number"), road.database.transaction() as session:
        session.execute(update(Journey).where(Journey.id == other).values(id=twin_of(one)))


def test_journeys_from_before_that_share_a_number_are_kept_and_both_found(road: Road) -> None:
    one, other = road.set_out(2)
    before = importlib.import_module("services.intake.migrations.0036_numbers_of_journeys")
    with road.database.transaction() as session:
        session.execute(text("DROP INDEX uq_journey_number"))
        session.execute(update(Journey).where(Journey.id == other).values(id=twin_of(one)))
        session.execute(text(before.SHARED))
        apart = "CREATE UNIQUE INDEX uq_journey_number ON journey (kail_journey_number(id)) WHERE NOT shares_number"
        session.execute(text(apart))
    pair = sorted([one, twin_of(one)])
    assert [road.journey(each).shares_number for each in pair] == [False, True]
    browser = Browser(web_app("intake", road.database), OFFICER)
    page = browser.get(f"{LIST}?number={numbers.of(one)}").text
    assert all(f"{LIST}/{each}" in page for each in pair)


@pytest.mark.parametrize("typed", ["{0}", "{1}", "no. {0}", "{2}"])
def test_a_journey_is_found_by_its_number_on_the_page_and_by_a_program(road: Road, typed: str) -> None:
    one, other = road.set_out(2)
    shown = numbers.of(one)
    asked = typed.format(shown, shown.replace("-", ""), shown[-7:])
    app = web_app("intake", road.database)
    page = Browser(app, OFFICER).get(f"{LIST}?number={asked}").text
    assert f"{LIST}/{one}" in page
    assert shown in page
    assert f"{LIST}/{other}" not in page
    found = (
        app.test_client()
        .get("/intake/v1/dinsos/journeys", headers=bearer(OFFICER), query_string={"number": asked})
        .json
    )
    assert [(each["id"], each["number"]) for each in found["items"]] == [(str(one), shown)]


def test_what_is_no_number_is_said_at_the_field_and_narrows_nothing(road: Road) -> None:
    (one,) = road.set_out()
    app = web_app("intake", road.database)
    page = Browser(app, OFFICER).get(f"{LIST}?number=Siti").text
    assert "Not a journey&#39;s number" in page
    assert f"{LIST}/{one}" in page
    refused = app.test_client().get(
        "/intake/v1/dinsos/journeys", headers=bearer(OFFICER), query_string={"number": "Siti"}
    )
    assert refused.status_code == 422


def test_whoever_opens_a_journey_is_told_its_number(road: Road) -> None:
    (woman,) = road.women()
    opened = (
        web_app("intake", road.database)
        .test_client()
        .post(
            "/intake/v1/dinsos/journeys",
            headers=bearer(OFFICER),
            json={"programme": "wrse-kaltim-2023", "subject_ids": [str(woman)]},
        )
        .json["opened"]
    )
    assert [each["number"] for each in opened] == [numbers.of(UUID(each["journey_id"])) for each in opened] != []
