"""Coverage and survival come from events alone: the same after a replay, and what plain SQL counts by itself."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from services.monitoring.flow import reach
from services.monitoring.worker import FIGURES
from shared.bus.replay import rewind
from shared.events import intake, monitoring
from shared.identity.rules import Role
from shared.kernel import ids
from shared.programmes import library
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring import stories

MATARAM = an_officer(Role.OFFICER, office="dinsos-mataram")
KALTIM = an_officer(Role.OFFICER, office="dinsos-kaltim")
DEFINITION = (
    "Counts as reached: whoever has set out on the programme, and every member of a group that has, whatever became of "
    "the journey; a group counts its members as they were last told. Does not count: who is only registered, a "
    "candidate, proposed or named by a recruiter. In each figure a woman counts once, on however many journeys she is, "
    "and so does a group; journeys count as journeys. Who is on one journey alone and on another as a member of a "
    "group counts on both: the names of members are not known here."
)
VILLAGES = ("52.71.01.1013", "52.71.01.1004", "52.71.02.1001", "52.71.03.1005", "52.71.06.1002")


def opened(story: stories.Story, programme: str, area: str, members: int, parent: UUID | None = None) -> UUID:
    journey = ids.new_id()
    event = intake.JourneyOpened(
        journey_id=journey,
        programme=programme,
        version=1,
        subject_kind=intake.SubjectKind.GROUP,
        subject_id=ids.new_id(),
        area=area,
        members=members,
        opened_on=stories.START.date(),
        lead_office="dinsos-mataram",
        parent_journey_id=parent,
    )
    story.tell("intake", event, stories.START)
    return journey


def recruited() -> stories.Story:
    """Six groups of five, each of the first three brings two more, and one of these another two."""
    story, chance = stories.Story(), random.Random(7)
    first = [opened(story, "kusiapp-mataram", chance.choice(VILLAGES), 5) for _ in range(6)]
    second = [opened(story, "kusiapp-mataram", chance.choice(VILLAGES), 5, one) for one in first[:3] for _ in range(2)]
    for _ in range(2):
        opened(story, "kusiapp-mataram", chance.choice(VILLAGES), 5, second[0])
    opened(story, "kube-kaltim-2023", "64.02.05.2001", 5)
    return story


def visited() -> stories.Story:
    """Forty businesses, visited at 3, 6 and, most of them, 12 months; a stage was done twice for one of them."""
    story, chance = stories.Story(), random.Random(11)
    for number in range(40):
        journey = opened(story, "usaha-mikro-kaltim-2023", "64.02.05.2001", 10)
        for turn in range(2 if number == 0 else 1):
            referral = ids.new_id()
            for count, month in enumerate((3, 6, 12) if number < 33 else (3, 6), start=1):
                condition = chance.choice(("growing", "steady", "stalled"))
                at = stories.START + timedelta(days=30 * month + turn)
                event = monitoring.VisitRecorded(
                    journey_id=journey,
                    referral_id=referral,
                    stage="survival",
                    agency="dinsos",
                    office="dinsos-kukar",
                    number=count,
                    month=month,
                    due_on=at.date(),
                    visited_on=at.date(),
                    condition=condition,
                    goods="in-use",
                    omzet=1,
                    profit=0,
                    cause="market" if condition == "stalled" else None,
                )
                story.tell("monitoring", event, at)
    return story


def coverage(base: Database) -> reach.Coverage:
    with base.reading() as session:
        return reach.coverage(session, MATARAM, library.programme("kusiapp-mataram"))


def survival(base: Database) -> list[reach.Survival]:
    with base.reading() as session:
        return reach.survival(session, KALTIM, library.programme("usaha-mikro-kaltim-2023"))


def sql(base: Database, statement: str) -> Sequence[Any]:
    with base.reading() as session:
        return session.execute(text(statement)).all()


def again(base: Database, story: stories.Story) -> None:
    with base.transaction() as session:
        rewind(session, FIGURES)
    stories.hear(base, story.shuffled(3), at_once=7)
    stories.hear(base, story.heard)


def test_coverage_counts_women_and_kelurahan_by_generation_towards_the_target(monitoring_db: Database) -> None:
    story = recruited()
    stories.hear(monitoring_db, story.heard)
    found = coverage(monitoring_db)
    assert (found.women_wanted, found.kelurahan_wanted) == (6_500, 50)
    kusiapp = "FROM journey_figure WHERE programme = 'kusiapp-mataram'"
    assert [(found.women, found.kelurahan)] == sql(
        monitoring_db, f"SELECT sum(members), count(DISTINCT area) {kusiapp}"
    )
    second = f"id IN (SELECT id {kusiapp} AND parent_journey_id IN (SELECT id {kusiapp} AND parent_journey_id IS NULL))"
    rows = sql(
        monitoring_db,
        f"SELECT CASE WHEN parent_journey_id IS NULL THEN 1 WHEN {second} THEN 2 ELSE 3 END, count(*), sum(members) "
        f"{kusiapp} GROUP BY 1 ORDER BY 1",
    )
    assert [(each.number, each.groups, each.women) for each in found.generations] == rows
    assert [each.groups for each in found.generations] == [6, 6, 2]
    again(monitoring_db, story)
    assert coverage(monitoring_db) == found


def test_survival_counts_each_business_once_a_month_by_its_latest_visit(monitoring_db: Database) -> None:
    story = visited()
    stories.hear(monitoring_db, story.heard)
    found = survival(monitoring_db)
    rows = sql(
        monitoring_db,
        "SELECT month, count(*), sum((condition <> 'stalled')::int), sum((condition = 'stalled')::int) FROM ("
        " SELECT month, (array_agg(condition ORDER BY recorded_at DESC))[1] AS condition"
        " FROM visit_figure GROUP BY journey_id, month) AS latest GROUP BY month ORDER BY month",
    )
    assert [(each.month, each.visited, each.alive, each.stalled) for each in found] == rows
    assert [each.visited for each in found] == [40, 40, 33]
    again(monitoring_db, story)
    assert survival(monitoring_db) == found


@pytest.mark.parametrize(
    ("counted", "shown"),
    [
        ({"alive": 0, "stalled": 0}, (0, None, None)),
        ({"alive": 3, "stalled": 1}, (None, None, None)),
        ({"alive": 9, "stalled": 1}, (10, None, None)),
        ({"alive": 9, "stalled": 5}, (14, 9, 5)),
    ],
)
def test_a_figure_of_fewer_than_five_is_hidden(counted: dict[str, int], shown: tuple[int | None, ...]) -> None:
    found = reach._survival(3, counted)
    assert (found.visited, found.alive, found.stalled) == shown


def test_page_and_endpoint_show_the_same_and_only_of_ones_own_areas(monitoring_db: Database) -> None:
    stories.hear(monitoring_db, [*recruited().heard, *visited().heard])
    app: Flask = web_app("monitoring", monitoring_db)
    app.testing = True

    def ask(officer: Any, programme: str, what: str) -> Any:
        path = f"/monitoring/v1/dinsos/programmes/{programme}/{what}"
        return app.test_client().get(path, headers=bearer(officer)).json

    assert ask(MATARAM, "kusiapp-mataram", "coverage")["women"] == 70
    assert ask(KALTIM, "kusiapp-mataram", "coverage") == {
        "women": None,
        "kelurahan": None,
        "women_wanted": 6_500,
        "kelurahan_wanted": 50,
        "generations": [],
        "who_counts": DEFINITION,
    }
    assert [each["month"] for each in ask(KALTIM, "usaha-mikro-kaltim-2023", "survival")["months"]] == [3, 6, 12]
    assert ask(MATARAM, "kusiapp-mataram", "survival") == {"months": []}
    page = Browser(app, MATARAM).get("/monitoring/dinsos/programmes/kusiapp-mataram").text
    assert "70 / 6,500" in page
    assert (
        "Survival of the businesses"
        in Browser(app, KALTIM).get("/monitoring/dinsos/programmes/usaha-mikro-kaltim-2023").text
    )


def test_the_kelurahan_without_a_group_are_listed_by_page_program_and_table(monitoring_db: Database) -> None:
    stories.hear(monitoring_db, recruited().heard)
    app: Flask = web_app("monitoring", monitoring_db)
    app.testing = True
    rows = sql(monitoring_db, "SELECT DISTINCT area FROM journey_figure WHERE programme = 'kusiapp-mataram'")
    reached = {area for (area,) in rows}
    path = "/dinsos/programmes/kusiapp-mataram"
    found = app.test_client().get(f"/monitoring/v1{path}/unreached", headers=bearer(MATARAM)).json
    codes = {each["code"] for each in found["kelurahan"]}
    assert (found["of"], len(codes), codes & reached) == (50, 50 - len(reached), set())
    assert found["who_counts"] == DEFINITION
    part = an_officer(Role.OFFICER, office="dinsos-mataram", areas=("52.71.01",))
    within = app.test_client().get(f"/monitoring/v1{path}/unreached", headers=bearer(part)).json["kelurahan"]
    assert {each["code"] for each in within} == {each for each in codes if each.startswith("52.71.01.")}
    assert app.test_client().get(f"/monitoring/v1{path}/unreached", headers=bearer(KALTIM)).json["of"] == 0
    browser = Browser(app, MATARAM)
    assert f"/monitoring{path}/unreached" in browser.get(f"/monitoring{path}").text
    page, table = browser.get(f"/monitoring{path}/unreached"), browser.get(f"/monitoring{path}/unreached.csv")
    head, *lines = table.text.splitlines()
    assert head == "id_wilayah,kelurahan,kecamatan,kabupaten_kota"
    assert {line.partition(",")[0] for line in lines[:-1]} == codes
    assert all(code in page.text for code in codes)
    assert DEFINITION in page.text
    assert DEFINITION in lines[-1]


def test_where_few_have_set_out_the_others_are_not_named(monitoring_db: Database) -> None:
    story = stories.Story()
    opened(story, "kusiapp-mataram", VILLAGES[0], 4)
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        found = reach.unreached(session, MATARAM, library.programme("kusiapp-mataram"))
    assert (found.kelurahan, found.of) == (None, 50)


def test_the_dashboard_of_a_programme_leads_to_them_too(monitoring_db: Database) -> None:
    stories.hear(monitoring_db, recruited().heard)
    app: Flask = web_app("monitoring", monitoring_db)
    app.testing = True
    page = Browser(app, MATARAM).get("/monitoring/dinsos/dashboard?programme=kusiapp-mataram")
    assert page.status_code == 200
    assert "/programmes/kusiapp-mataram/unreached" in page.text
    assert "Counts as reached" in page.text
