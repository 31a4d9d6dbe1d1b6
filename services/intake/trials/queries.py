"""What a dry run found, as far as whoever asks may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.trials import rules
from services.intake.trials.models import ProgrammeTrial
from services.intake.trials.rules import UNDER_WAY, TrialState
from shared.bus import UnderWay
from shared.identity.officer import Officer
from shared.identity.permissions import LEADING, REGISTERING
from shared.kernel.errors import NotFound
from shared.privacy import cells
from shared.programmes import load
from shared.programmes.definition import Figure, Programme, Text
from shared.programmes.eligibility import IN_REGION
from shared.programmes.trial import Trial
from shared.web import access
from shared.web.paging import Page, page


@dataclass(frozen=True)
class Failing:
    """How many persons do not fulfil a condition; None where too few to be told."""

    clause: str
    text: Text
    persons: int | None


@dataclass(frozen=True)
class Unknown:
    """Of how many persons, who therefore do not qualify, nobody knows a fact; None where too few to be told."""

    fact: str
    persons: int | None


@dataclass(frozen=True)
class Kecamatan:
    """What a dry run found in one kecamatan; None where too few to be told."""

    area: str
    persons: int | None
    eligible: int | None
    subjects: int | None


@dataclass(frozen=True)
class Report:
    """What a dry run has found so far; None where too few to be told."""

    persons: int
    eligible: int | None
    subjects: int | None
    cost: int | None
    ceiling: int | None
    budget: int | None
    failing: Sequence[Failing]
    not_known: Sequence[Unknown]
    kecamatan: Sequence[Kecamatan]
    hides: bool

    @property
    def share_of_budget(self) -> int | None:
        """What all of them would cost, in percent of the programme's budget."""
        return None if self.cost is None or not self.budget else round(self.cost * 100 / self.budget)


@dataclass(frozen=True)
class TrialRead:
    """A dry run with its programme and what it has found."""

    run: ProgrammeTrial
    programme: Programme
    report: Report


def trials(session: Session, officer: Officer, after: str | None, limit: int) -> Page[ProgrammeTrial]:
    """The dry runs of the officer's office, the latest first."""
    wanted = select(ProgrammeTrial).where(ProgrammeTrial.office == officer.office)
    return page(session, wanted, ProgrammeTrial.id, after=after, limit=limit, newest_first=True)


def trial(session: Session, officer: Officer, trial_id: UUID) -> TrialRead:
    """One dry run of the officer's office; raises NotFound."""
    run = session.get(ProgrammeTrial, trial_id)
    if run is None or run.office != officer.office:
        raise NotFound(what="trial")
    programme = load.read_again(run.text, run.file_name or run.programme)
    entitled = (
        officer.has(*rules.SEES_SMALL_CELLS)
        and access.works_at(officer, REGISTERING, LEADING)
        and all(officer.works_in(area) for area in run.areas)
    )
    return TrialRead(run, programme, report(programme, Trial.from_json(programme, run.counts), entitled=entitled))


def report(programme: Programme, found: Trial, *, entitled: bool) -> Report:
    """What a dry run has found, its small cells hidden from whoever is not entitled to them."""
    by_kecamatan: dict[str, int | None] = {each: found.by_kecamatan[each] for each in found.looked_at}
    looked_at: dict[str, int | None] = dict(found.looked_at)
    failed: dict[str, int | None] = dict(found.failed)
    missing: dict[str, int | None] = dict(found.missing)
    few = not entitled and cells.suppressed(found.eligible)
    if not entitled:
        by_kecamatan, looked_at = (
            cells.shown({each: found.by_kecamatan[each] for each in found.looked_at}),
            cells.shown(found.looked_at),
        )
        failed, missing = rules.told(found.failed, found.persons), rules.told(found.missing, found.persons)
    words = {"region": IN_REGION, **{clause.id: clause.text for clause in programme.eligibility}}
    return Report(
        persons=found.persons,
        eligible=None if few else found.eligible,
        subjects=None if few else found.subjects,
        cost=None if few else found.cost,
        ceiling=_amount(programme.figures.get("ceiling")),
        budget=_amount(programme.figures.get("budget")),
        failing=[
            Failing(clause, words[clause], failed[clause])
            for clause, _ in found.failed.most_common()
            if clause in words
        ],
        not_known=[Unknown(fact, missing[fact]) for fact, _ in found.missing.most_common()],
        kecamatan=[
            Kecamatan(
                area,
                looked_at[area],
                by_kecamatan[area],
                None if by_kecamatan[area] is None else found.subjects_in(area),
            )
            for area in sorted(found.looked_at)
        ],
        hides=not entitled,
    )


def _amount(figure: Figure | None) -> int | None:
    return figure.value if figure else None


def trials_under_way(session: Session) -> UnderWay:
    """How many dry runs wait, run and have failed, for whoever looks after the machine."""
    row = session.execute(
        select(
            func.count().filter(ProgrammeTrial.state == TrialState.WAITING),
            func.count().filter(ProgrammeTrial.state == TrialState.RUNNING),
            func.count().filter(ProgrammeTrial.state == TrialState.FAILED),
            func.min(ProgrammeTrial.moved_at).filter(ProgrammeTrial.state.in_(UNDER_WAY)),
        )
    ).one()
    return UnderWay(*row)
