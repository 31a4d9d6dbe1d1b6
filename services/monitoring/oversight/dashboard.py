"""Everything that the dashboard tells, gathered once: the page and the API show the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.monitoring.flow import last_words, passages, process_map, queries, reach
from services.monitoring.flow.last_words import LastWord
from services.monitoring.flow.queries import Headline
from services.monitoring.flow.rules import StageCounts
from services.monitoring.money import queries as money
from services.monitoring.money.models import FundFigure
from services.monitoring.oversight import cohorts, freshness, handovers, promises, reached, red_list
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.programmes.definition import Programme

LATEST = 8
"""Late stages that the dashboard itself lists."""
LATE = 100
"""Per cent of a time limit after which a stage is late."""


@dataclass(frozen=True)
class OneProgramme:
    """What is told of one programme alone."""

    programme: Programme
    drawn: process_map.ProcessMap
    funnel: cohorts.Funnel
    coverage: reach.Coverage | None
    survival: Sequence[reach.Survival]

    @property
    def version(self) -> int | None:
        """Which version; None where all of them are told of together."""
        return self.programme.version or None

    @property
    def stages(self) -> Sequence[StageCounts]:
        """The numbers of every stage, as the map shows them."""
        return [each.counts for each in self.drawn.stages]


@dataclass(frozen=True)
class Dashboard:
    """The figures of an officer's areas, of all programmes or of one, as of a moment."""

    state: str
    as_of: datetime
    last_words: Sequence[LastWord]
    programmes: Sequence[Programme]
    headlines: Sequence[Headline]
    late: Sequence[red_list.OpenStage]
    handovers: Sequence[handovers.Handover]
    regions: Sequence[reached.Region]
    funds: Sequence[FundFigure]
    promises: promises.Promises
    one: OneProgramme | None

    @property
    def open(self) -> int:
        """Journeys that are under way."""
        return sum(each.open for each in self.headlines)

    @property
    def waiting(self) -> int:
        """Stages that somebody waits for."""
        return sum(each.waiting for each in self.handovers)

    @property
    def overdue(self) -> int:
        """Stages whose time limit has passed."""
        return sum(each.overdue for each in self.handovers)

    def ended(self, outcome: str) -> int:
        """Journeys that ended in this way."""
        return sum(each.ended.get(outcome, 0) for each in self.headlines)


def gather(session: Session, officer: Officer, programme: Programme | None) -> Dashboard:
    """The figures of a programme, in one version or in all of them, or of everything in the officer's areas."""
    identifier = programme.id if programme else None
    version = (programme.version or None) if programme else None
    shown = [programme] if programme else queries.programmes_of(officer)
    waited_for = handovers.handovers(session, officer, identifier, version)
    return Dashboard(
        state=freshness.state(session),
        as_of=clock.now(),
        last_words=last_words.last_words(session, offices_of(session, officer, waited_for)),
        programmes=shown,
        headlines=queries.headlines_of(session, officer, *programme.key)
        if programme
        else queries.headlines(session, officer),
        late=red_list.red_list(session, officer, programme=identifier, version=version, used=LATE, limit=LATEST).items,
        handovers=waited_for,
        regions=reached.regions(session, officer, shown, programme=identifier, version=version),
        funds=funds(session, shown),
        promises=promises.promises(session, officer, identifier, version),
        one=_one(session, officer, programme) if programme else None,
    )


def offices_of(session: Session, officer: Officer, waited_for: Sequence[handovers.Handover]) -> set[str]:
    """The offices of the officer's areas that have ever done anything, and those that somebody waits for."""
    regions = {each.id: each.region for each in offices.all_offices().values()}
    heard = {
        each for each in last_words.heard_of(session) if each in regions and queries.is_around(officer, regions[each])
    }
    return heard | {each.office for each in waited_for}


def funds(session: Session, programmes: Sequence[Programme]) -> Sequence[FundFigure]:
    """The funds from which these programmes spend."""
    return money.funds(session, {fund for each in programmes for fund in money.fund_ids(each)})


def _one(session: Session, officer: Officer, programme: Programme) -> OneProgramme:
    return OneProgramme(
        programme=programme,
        drawn=process_map.draw(
            programme,
            queries.stage_counts(session, officer, *programme.key),
            passages.lately(session, officer, *programme.key),
        ),
        funnel=cohorts.funnel(session, officer, programme),
        coverage=reach.coverage(session, officer, programme) if reach.recruits(programme) else None,
        survival=reach.survival(session, officer, programme),
    )
