"""Where women are counted, each counts once in each figure; where journeys are counted, each journey does."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.monitoring.flow import queries, reach, summing
from services.monitoring.flow.models import JourneyFigure, TallyRepeated, TouchedJourney
from services.monitoring.flow.rules import Ended
from services.monitoring.oversight import reached as squares
from services.monitoring.worker import FIGURES
from services.operate.audit import _tallies
from shared.bus.audit import Gravity
from shared.bus.replay import rewind
from shared.events import intake
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import ids
from shared.programmes import library
from shared.storage import Database
from tests.browsing import an_officer
from tests.monitoring import stories
from tests.monitoring.flow.test_reach import MATARAM

PROGRAMME, OTHER = "kusiapp-mataram", "kube-kaltim-2023"
HERE, BESIDE = "52.71.01.1013", "52.71.02.1001"
COORDINATOR = an_officer(Role.COORDINATOR, office="bappeda-mataram", areas=("52.71",))
PERSON, GROUP = intake.SubjectKind.PERSON, intake.SubjectKind.GROUP
Journeys = Sequence[tuple[str, str, str, int]]
"""Of each: by whose name it is known here, in which programme and village, and how many members it has."""


class Women:
    """Persons and groups by name, and what is told of them."""

    def __init__(self, base: Database) -> None:
        self.base, self.story = base, stories.Story()
        self.known: dict[str, UUID] = {}

    def of(self, name: str) -> UUID:
        return self.known.setdefault(name, ids.new_id())

    def open(self, name: str, programme: str = PROGRAMME, area: str = HERE, members: int = 1) -> UUID:
        journey = ids.new_id()
        event = intake.JourneyOpened(
            journey_id=journey,
            programme=programme,
            version=1,
            subject_kind=PERSON if members == 1 else GROUP,
            subject_id=self.of(name),
            area=area,
            members=members,
            opened_on=stories.START.date(),
            lead_office="dinsos-mataram",
        )
        self.story.tell("intake", event, stories.START)
        return journey

    def end(self, journey: UUID) -> None:
        ended = intake.JourneyEnded(
            journey_id=journey, outcome=intake.JourneyOutcome.GRADUATED, ended_on=stories.START.date()
        )
        self.story.tell("intake", ended, stories.START + timedelta(days=1))

    def merge(self, record: str, person: str, revision: int = 1) -> None:
        event = intake.PersonsMerged(record_id=self.of(record), person_id=self.of(person), revision=revision)
        self.story.tell("intake", event, stories.START + timedelta(days=2))

    def part(self, record: str, revision: int) -> None:
        event = intake.PersonsParted(record_id=self.of(record), revision=revision)
        self.story.tell("intake", event, stories.START + timedelta(days=3))

    def hear(self, seed: int | None = None) -> None:
        with self.base.transaction() as session:
            rewind(session, FIGURES)
        heard = self.story.heard if seed is None else self.story.shuffled(seed)
        stories.hear(self.base, heard, at_once=1 if seed is None else 5)
        stories.hear(self.base, self.story.heard)

    def reached(self, officer: Officer = COORDINATOR, **asked: object) -> tuple[int, int | None]:
        with self.base.reading() as session:
            assert summing.differences(session) == []
            found = queries.reached(session, officer, **asked)  # type: ignore[arg-type]
        assert found is not None
        return found.journeys, found.people

    def tile(self, area: str) -> int | None:
        return next(each.people for each in self.region().tiles if each.code == area[:8])

    def region(self) -> squares.Region:
        programmes = [library.programme(PROGRAMME)]
        with self.base.reading() as session:
            return squares.regions(session, COORDINATOR, programmes, programme=None, version=None)[0]


@pytest.fixture
def women(monitoring_db: Database) -> Women:
    return Women(monitoring_db)


@pytest.mark.parametrize(
    ("told", "in_all", "in_one"),
    [
        ([("a", PROGRAMME, HERE, 1)], (1, 1), (1, 1)),
        ([("a", PROGRAMME, HERE, 1), ("b", PROGRAMME, HERE, 1)], (2, 2), (2, 2)),
        ([("a", PROGRAMME, HERE, 1), ("a", PROGRAMME, HERE, 1)], (2, 1), (2, 1)),
        ([("a", PROGRAMME, HERE, 1), ("a", OTHER, HERE, 1)], (2, 1), (1, 1)),
        ([("a", PROGRAMME, HERE, 1), ("a", PROGRAMME, BESIDE, 1)], (2, 1), (2, 1)),
        ([("a", PROGRAMME, HERE, 1)] * 3 + [("a", OTHER, BESIDE, 1)] * 2, (5, 1), (3, 1)),
        ([("g", PROGRAMME, HERE, 5), ("g", OTHER, HERE, 5)], (2, 5), (1, 5)),
        ([("g", PROGRAMME, HERE, 5), ("g", PROGRAMME, HERE, 7)], (2, 7), (2, 7)),
        ([("g", PROGRAMME, HERE, 5), ("h", OTHER, HERE, 5), ("a", OTHER, HERE, 1)], (3, 11), (1, 5)),
    ],
)
def test_a_woman_counts_once_in_a_figure_and_a_journey_each_time(
    women: Women, told: Journeys, in_all: tuple[int, int], in_one: tuple[int, int]
) -> None:
    for name, programme, area, members in told:
        women.open(name, programme, area, members)
    for seed in (None, 1, 2):
        women.hear(seed)
        assert women.reached() == in_all
        assert women.reached(programme=PROGRAMME) == in_one


def test_she_counts_in_each_part_in_which_she_has_a_journey_and_once_in_the_whole(women: Women) -> None:
    for name in "abcdef":
        women.open(name, area=HERE)
    women.open("a", area=BESIDE)
    women.end(women.open("b"))
    women.hear()
    assert (women.tile(HERE), women.tile(BESIDE)) == (6, 1)
    assert (women.region().people, women.region().journeys) == (6, 8)
    assert women.reached(state=Ended.GRADUATED) == (1, 1)
    assert women.reached(area="52.71.02") == (1, 1)
    with women.base.reading() as session:
        found = reach.coverage(session, COORDINATOR, library.programme(PROGRAMME))
    assert (found.women, [each.women for each in found.generations]) == (6, [6])


def test_of_an_area_below_the_kecamatan_she_counts_once_too(women: Women) -> None:
    for name in ("a", "a", "b"):
        women.open(name, area=HERE)
    women.open("a", area=BESIDE)
    women.hear()
    assert women.reached(an_officer(Role.COORDINATOR, areas=(HERE,))) == (3, 2)


def test_few_women_with_many_journeys_stay_hidden(women: Women) -> None:
    for name in "abcd":
        for _ in range(3):
            women.open(name)
    women.hear()
    assert women.reached(MATARAM) == (12, None)
    with women.base.reading() as session:
        assert reach.coverage(session, MATARAM, library.programme(PROGRAMME)).women is None


def test_records_that_are_one_person_are_one_woman_until_they_are_parted(women: Women) -> None:
    for name in ("a", "b", "c"):
        women.open(name)
    women.hear()
    assert women.reached() == (3, 3)
    women.merge("b", "a")
    for seed in (None, 1, 2, 3):
        women.hear(seed)
        assert women.reached() == (3, 2)
    women.merge("c", "a")
    women.hear()
    assert women.reached() == (3, 1)
    women.part("b", revision=2)
    for seed in (None, 1, 2, 3):
        women.hear(seed)
        assert women.reached() == (3, 2)


def test_a_merge_that_is_heard_later_moves_what_is_counted_already(women: Women) -> None:
    women.open("a")
    women.open("b", OTHER)
    women.hear()
    women.merge("b", "a")
    stories.hear(women.base, women.story.heard[-1:])
    assert women.reached() == (2, 1)
    women.part("b", revision=2)
    stories.hear(women.base, women.story.heard[-1:])
    assert women.reached() == (2, 2)


def test_a_second_journey_that_is_heard_later_counts_nobody_anew(women: Women) -> None:
    women.open("a")
    women.hear()
    women.open("a", OTHER)
    stories.hear(women.base, women.story.heard[-1:])
    assert women.reached() == (2, 1)


def test_whose_journey_was_not_kept_counts_for_itself(women: Women) -> None:
    for _ in range(2):
        women.open("a")
    women.hear()
    with women.base.transaction() as session:
        session.execute(text("UPDATE journey_figure SET subject_id = NULL"))
        session.add_all(TouchedJourney(journey_id=each) for each in session.scalars(select(JourneyFigure.id)).all())
    summing.sum_up(women.base)
    assert women.reached() == (2, 2)


def test_the_audit_finds_a_woman_who_is_counted_twice(women: Women) -> None:
    for _ in range(2):
        women.open("a")
    women.hear()
    assert _tallies(women.base) == []
    with women.base.transaction() as session:
        session.execute(TallyRepeated.__table__.delete())
    (found,) = _tallies(women.base)
    assert (found.gravity, "tally_repeated has 1 lines too few" in found.what) == (Gravity.BROKEN, True)


def test_a_recount_says_the_same(women: Women) -> None:
    for name in ("a", "a", "b"):
        women.open(name)
    women.merge("b", "a")
    women.hear()
    with women.base.transaction() as session:
        summing.recount(session)
    assert women.reached() == (3, 1)
