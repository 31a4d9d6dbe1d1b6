"""What can be told of an office's referrals: the worklist, most late first, one referral, and how many there are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, defer

from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN, ReferralState
from shared.storage.arrays import among

LATE_FIRST = (Referral.due_at, Referral.id)
"""The order of a worklist: the earliest due date first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer narrows her worklist to; without states it is what is open."""

    states: frozenset[ReferralState] = OPEN
    programme: str | None = None
    stage: str | None = None
    overdue: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How an office stands: open referrals by state, those past due, and what it could filter by."""

    by_state: Mapping[str, int]
    overdue: int
    stages: tuple[tuple[str, str], ...]


def worklist(officer: Officer, agency: str, wanted: Wanted) -> Select[Any]:
    """The referrals that an officer may list, without any particulars; read it by `LATE_FIRST`."""
    return (
        select(Referral)
        .where(listed(officer, agency), *_narrowed(officer, wanted))
        .options(defer(Referral.particulars, raiseload=True), defer(Referral.explanation, raiseload=True))
    )


def counts(session: Session, officer: Officer, agency: str) -> Counts:
    """How many open referrals an officer may list."""
    rows = session.execute(
        select(
            Referral.state,
            Referral.programme,
            Referral.stage,
            func.count(),
            func.count().filter(Referral.due_at < func.kail_now()),
        )
        .where(listed(officer, agency), Referral.state.in_(OPEN))
        .group_by(Referral.state, Referral.programme, Referral.stage)
    ).all()
    by_state: dict[str, int] = {}
    for state, _, _, count, _ in rows:
        by_state[state.value] = by_state.get(state.value, 0) + count
    stages = tuple(sorted({(programme, stage) for _, programme, stage, _, _ in rows}))
    return Counts(by_state, sum(late for *_, late in rows), stages)


def kinds_of(session: Session, officer: Officer, ids: Collection[UUID]) -> dict[UUID, str]:
    """The stage kind of each of these referrals; raises NotFound for any that is not her office's."""
    rows = session.execute(select(Referral.id, Referral.kind).where(among(Referral.id, ids), hers(officer)))
    found = {referral_id: kind for referral_id, kind in rows}  # noqa: C416
    if len(found) < len(set(ids)):
        raise NotFound(what="referral")
    return found


def hers(officer: Officer) -> ColumnElement[bool]:
    """The referrals that an officer may see: her office's, in her areas."""
    return and_(
        Referral.agency == officer.agency, Referral.office == officer.office, in_areas(Referral.area, officer.areas)
    )


def listed(officer: Officer, agency: str) -> ColumnElement[bool]:
    """The referrals that an officer may list: her office's; a coordinator or auditor, those of every agency."""
    if officer.reads_everywhere:
        return and_(Referral.agency == agency, in_areas(Referral.area, officer.areas))
    return and_(hers(officer), Referral.agency == agency)


def in_areas(area: Any, regions: Iterable[str]) -> ColumnElement[bool]:
    """Whether an area code lies in one of the regions; see `identity.rules.covers` for the same in Python."""
    return or_(false(), *(or_(area == region, area.startswith(f"{region}.", autoescape=True)) for region in regions))


def _narrowed(officer: Officer, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Referral.state.in_(wanted.states)]
    if wanted.programme:
        conditions.append(Referral.programme == wanted.programme)
    if wanted.stage:
        conditions.append(Referral.stage == wanted.stage)
    if wanted.overdue:
        conditions.append(Referral.due_at < func.kail_now())
    if wanted.mine:
        conditions.append(Referral.handled_by == officer.id)
    return conditions
