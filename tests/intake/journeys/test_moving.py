"""Journeys go on by another version of their programme: first one sees what would become of them."""

from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import update

from services.intake.cli import move
from services.intake.journeys import commands, publishing, rules
from services.intake.journeys.models import Journey
from shared.events.intake import JourneyMoved
from shared.events.referrals import ReferralDeclined
from shared.identity.rules import Role
from shared.programmes import library
from shared.programmes.load import read
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.journeys.roads import WRSE, WRSE_WAY, Road

HEAD = an_officer(Role.HEAD)
PAGE = "/intake/dinsos/journeys/move"
API = "/intake/v1/dinsos/journeys/move"
ASKED = {"programme": WRSE, "from_version": 1, "to_version": 2}


@pytest.fixture
def app(road: Road) -> Flask:
    made = web_app("intake", road.database)
    made.testing = True
    return made


def publish(road: Road, **changes: str) -> None:
    """A second version of the programme, as the first but for these passages."""
    text = library.programme(WRSE).text.replace("version: 1\n", "version: 2\n", 1)
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    with road.database.transaction() as session:
        publishing.publish(session, read(text))


def ask(app: Flask, officer: Any = HEAD, **changes: Any) -> Any:
    return app.test_client().post(API, json=ASKED | changes, headers=bearer(officer))


def further(road: Road, journey: UUID, stages: int) -> None:
    for stage, outcome, facts in WRSE_WAY[:stages]:
        road.complete(stage, outcome, facts, journey)


def test_a_journey_goes_on_by_the_other_version_from_where_it_stands(road: Road, app: Flask) -> None:
    (journey,) = road.set_out()
    publish(road)
    answer = ask(app)
    assert answer.json == {"fits": 1, "offers": {}, "ends": 0, "stays": [], "moved": True}
    assert road.journey(journey).version == 2
    assert [(each.journey_id, each.version) for each in road.said(JourneyMoved)] == [(journey, 2)]
    road.complete("verification", "eligible", {}, journey)
    assert [each.version for each in road.offers(journey)] == [1, 2]


def test_looking_changes_nothing(road: Road, app: Flask) -> None:
    (journey,) = road.set_out()
    publish(road)
    before = len(road.said())
    assert ask(app, look=True).json == {"fits": 1, "offers": {}, "ends": 0, "stays": [], "moved": False}
    assert road.journey(journey).version == 1
    assert len(road.said()) == before


def test_what_has_come_further_than_the_other_version_goes_stays_and_hinders_nobody(road: Road, app: Flask) -> None:
    new, far = road.set_out(2)
    further(road, far, 4)
    publish(road, field_check="site_check")
    answer = ask(app).json
    assert (answer["fits"], [each["journey_id"] for each in answer["stays"]]) == (1, [str(far)])
    assert answer["stays"][0]["code"] == "does-not-fit-version"
    assert (road.journey(new).version, road.journey(far).version) == (2, 1)


def test_whoever_is_on_the_way_in_the_other_version_already_stays(road: Road, app: Flask) -> None:
    journey, other = road.set_out(2)
    publish(road)
    with road.database.transaction() as session:  # nobody sets out twice any more; who did so before stays as she is
        kept = update(Journey).where(Journey.id == other)
        session.execute(kept.values(version=2, subject_id=road.journey(journey).subject_id))
    (stays,) = ask(app).json["stays"]
    assert (stays["journey_id"], stays["code"]) == (str(journey), "journey-already-open")
    assert road.journey(journey).version == 1


def test_only_open_journeys_of_the_office_and_of_that_version_move(road: Road, app: Flask) -> None:
    here, over = road.set_out(2)
    with road.database.transaction() as session:
        commands.end_journey(session, an_officer(Role.OFFICER), over, "sudah dibantu")
    publish(road)
    assert ask(app, an_officer(Role.HEAD, office="dinsos-samarinda")).json["fits"] == 0
    assert ask(app, an_officer(Role.HEAD, areas=("64.72",))).json["fits"] == 0
    assert ask(app).json["fits"] == 1
    assert ask(app).json["fits"] == 0
    assert (road.journey(here).version, road.journey(over).version) == (2, 1)


def test_what_is_owed_stays_owed(road: Road, app: Flask) -> None:
    (journey,) = road.set_out()
    no = {"reason": "no-budget", "suggestion": "offer-elsewhere"}
    road.hear(road.of(ReferralDeclined, journey, "verification", **no), sealed={"explanation": "Kuota habis"})
    publish(road)
    assert ask(app).json["fits"] == 1
    assert road.journey(journey).is_stuck
    assert app.test_client().get("/intake/v1/dinsos/referrals/counts", headers=bearer(HEAD)).json["by_state"] == {
        "offered": 1
    }


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"to_version": 1}, 422, "same-version"),
        ({"to_version": 3}, 404, "not-published"),
        ({"from_version": 9}, 404, "not-published"),
        ({"programme": "nowhere-2023"}, 404, "not-published"),
        ({"to_version": 1.5}, 422, None),
        ({"to_version": None}, 422, None),
    ],
)
@pytest.mark.parametrize("look", [True, False])
def test_what_cannot_be_is_refused(
    road: Road, app: Flask, changes: dict[str, Any], status: int, code: str | None, look: bool
) -> None:
    (journey,) = road.set_out()
    publish(road)
    answer = ask(app, **changes, look=look)
    assert (answer.status_code, answer.json["code"]) == (status, code or answer.json["code"])
    assert road.journey(journey).version == 1


@pytest.mark.parametrize(
    "officer", [an_officer(Role.OFFICER), an_officer(Role.APPROVER), an_officer(Role.HEAD, office="dp3a-kukar")]
)
def test_a_head_of_the_leading_agency_moves_and_nobody_else(road: Road, app: Flask, officer: Any) -> None:
    (journey,) = road.set_out()
    publish(road)
    address = API.replace("dinsos", officer.agency)
    assert app.test_client().post(address, json=ASKED, headers=bearer(officer)).status_code == 403
    assert road.journey(journey).version == 1


def test_the_page_shows_what_would_happen_before_it_does(road: Road, app: Flask) -> None:
    (journey,) = road.set_out()
    head = Browser(app, HEAD)
    assert "None of your programmes has more than one version." in head.get(PAGE).text
    publish(road)
    assert PAGE in head.get("/intake/dinsos/journeys").text
    assert PAGE not in Browser(app, an_officer(Role.OFFICER)).get("/intake/dinsos/journeys").text
    asked = f"{PAGE}?programme={WRSE}&from_version=1&to_version="
    assert "Choose another version" in head.get(f"{asked}1").text
    assert "This version was never published" in head.get(f"{asked}7").text
    page = head.get(f"{asked}2").text
    assert "1 journey fits and would move." in page
    assert road.journey(journey).version == 1
    answer = head.submit(PAGE, {name: str(value) for name, value in ASKED.items()})
    assert answer.status_code == 303
    assert "1 journey goes on by the other version." in head.get(answer.location).text
    assert road.journey(journey).version == 2


def test_the_command_looks_and_moves(road: Road) -> None:
    (journey,) = road.set_out()
    publish(road)
    asked = [WRSE, "--from", "1", "--to", "2"]
    assert CliRunner().invoke(move, [*asked, "--look"]).output == "1 fit and would move, 0 stay.\n"
    assert road.journey(journey).version == 1
    assert CliRunner().invoke(move, asked).output == "1 moved, 0 stay.\n"
    assert road.journey(journey).version == 2
    assert CliRunner().invoke(move, [WRSE, "--from", "1", "--to", "9"]).exit_code == 1


def test_what_no_journey_fits_raises_nothing(road: Road) -> None:
    publish(road)
    with road.database.transaction() as session:
        assert commands.move_journeys(session, HEAD, WRSE, 1, 2) == commands.Moving([], {}, commands.Counter(), 0)
        with pytest.raises(rules.SameVersion):
            commands.look_at_move(session, None, WRSE, 2, 2)
