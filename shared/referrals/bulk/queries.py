"""What can be told of runs in bulk: those of an office, how far one has come, and what became of each referral."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals import queries
from shared.referrals.bulk.models import BulkItem, BulkRun, ItemState
from shared.referrals.models import Referral
from shared.referrals.rules import MOVES
from shared.referrals.together import MOVES as MOVE_OF
from shared.referrals.together import Act, Key


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a run there are in each state, and how many end how."""

    waiting: int
    able: int
    done: int
    refused: int
    outcomes: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.able + self.done + self.refused

    @property
    def looked_at(self) -> int:
        """Those that wait no more."""
        return self.total - self.waiting


@dataclass(frozen=True, slots=True)
class Waits:
    """A stage of which referrals wait to be taken on, and how many; named as a referral's page names it."""

    programme: str
    version: int
    stage: str
    kind: str
    number: int


def runs_of(officer: Officer) -> Select[Any]:
    """The runs of an officer's office."""
    return select(BulkRun).where(BulkRun.agency == officer.agency, BulkRun.office == officer.office)


def run(session: Session, officer: Officer, run_id: UUID, *, lock: bool = False) -> BulkRun:
    """One run of her office; raises NotFound."""
    wanted = runs_of(officer).where(BulkRun.id == run_id)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(what="run in bulk")
    return found


def progress(session: Session, run_id: UUID) -> Progress:
    """How far a run has come."""
    rows = session.execute(
        select(BulkItem.state, BulkItem.outcome, func.count())
        .where(BulkItem.run_id == run_id)
        .group_by(BulkItem.state, BulkItem.outcome)
    )
    by_state: dict[ItemState, int] = {}
    outcomes: dict[str, int] = {}
    for state, outcome, number in rows:
        by_state[state] = by_state.get(state, 0) + number
        if outcome and state in (ItemState.ABLE, ItemState.DONE):
            outcomes[outcome] = outcomes.get(outcome, 0) + number
    counted = {each.value: by_state.get(each, 0) for each in ItemState}
    return Progress(**counted, outcomes=outcomes)


def items(run_id: UUID, state: ItemState | None = None) -> Select[Any]:
    """What became of each referral of a run, or of those in one state; in the order of the referrals' ids."""
    wanted = select(BulkItem).where(BulkItem.run_id == run_id)
    return wanted.where(BulkItem.state == state) if state else wanted


def one_of(session: Session, run_id: UUID, outcome: str) -> Referral | None:
    """A referral that would end so, for what follows it to be told."""
    wanted = select(Referral).join(BulkItem, BulkItem.referral_id == Referral.id)
    return session.scalar(wanted.where(BulkItem.run_id == run_id, BulkItem.outcome == outcome).limit(1))


def waiting(session: Session, officer: Officer) -> list[Waits]:
    """The stages of which referrals wait to be taken on by her office, in her areas, and how many; the most first."""
    about = (Referral.programme, Referral.version, Referral.stage, Referral.kind)
    rows = session.execute(
        select(*about, func.count())
        .where(queries.hers(officer), Referral.state.in_(MOVES[MOVE_OF[Act.ACCEPT]][0]))
        .group_by(*about)
        .order_by(func.count().desc(), *about)
    )
    return [Waits(*row) for row in rows]


def number_of(session: Session, officer: Officer, act: Act, stage: Key) -> int:
    """How many of a stage her office could do this with now."""
    programme, version, name, kind = stage
    wanted = select(func.count()).where(
        queries.hers(officer),
        Referral.state.in_(MOVES[MOVE_OF[act]][0]),
        Referral.programme == programme,
        Referral.version == version,
        Referral.stage == name,
        Referral.kind == kind,
    )
    return session.scalar(wanted) or 0
