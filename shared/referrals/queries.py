"""What can be told of an office's referrals: the worklist, most late first, one referral, and how many there are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from shared.identity import absences
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral
from shared.referrals.reach import NOTHING, Reach
from shared.referrals.rules import CLOSED, NEAR_WITHIN, OPEN, WAITING, ReferralState, Tray
from shared.storage.arrays import among
from shared.storage.clock import now
from shared.storage.numbers import numbered

LATE_FIRST = (Referral.due_at, Referral.id)
"""The order of a worklist: the earliest due date first."""
LATEST_FIRST = (Referral.closed_at, Referral.id)
"""The order of what is closed; read it with `newest_first`."""
MOST_COUNTED = 1_000
"""Closed referrals are counted up to here: a longer list is looked through, not counted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer narrows her worklist to; without states it is what is open."""

    states: frozenset[ReferralState] | None = None
    tray: Tray = Tray.OPEN
    programme: str | None = None
    stage: str | None = None
    overdue: bool = False
    mine: bool = False
    areas: tuple[str, ...] = ()
    number: str | None = None
    reach: Reach = NOTHING

    @property
    def order(self) -> dict[str, Any]:
        """How its list is read: by due date, what is closed by the day on which that happened."""
        closed = self.tray is Tray.CLOSED and self.states is None
        return {"keys": LATEST_FIRST, "newest_first": True} if closed else {"keys": LATE_FIRST, "newest_first": False}


@dataclass(frozen=True, slots=True)
class Counts:
    """How an office stands: open referrals by state, those that are nearly or past due, and what it could filter by.

    `for_me` are those that the officer can do something about now, `mine` those that she handles, `to_give` those that
    nobody does any more; `closed` is counted up to `MOST_COUNTED`.
    """

    by_state: Mapping[str, int]
    overdue: int
    near: int
    for_me: int
    mine: int
    to_give: int
    closed: int
    stages: tuple[tuple[str, str], ...]

    @property
    def trays(self) -> Mapping[Tray, int]:
        """How much lies in each tray."""
        waiting = sum(self.by_state.get(each, 0) for each in WAITING)
        in_work = self.by_state.get(ReferralState.ACCEPTED, 0)
        return {
            Tray.FOR_ME: self.for_me,
            Tray.OPEN: waiting + in_work,
            Tray.WAITING: waiting,
            Tray.IN_WORK: in_work,
            Tray.MINE: self.mine,
            Tray.TO_GIVE: self.to_give,
            Tray.OVERDUE: self.overdue,
            Tray.CLOSED: self.closed,
        }


def worklist(officer: Officer, agency: str, wanted: Wanted) -> Select[Any]:
    """The referrals that an officer may list, without any particulars; read it by `LATE_FIRST`."""
    return (
        select(Referral)
        .where(listed(officer, agency), *_narrowed(officer, wanted))
        .options(defer(Referral.particulars, raiseload=True), defer(Referral.explanation, raiseload=True))
    )


def counts(session: Session, officer: Officer, agency: str, reach: Reach = NOTHING) -> Counts:
    """How many open referrals an officer may list, and how many of them are for her."""
    rows = session.execute(
        select(
            Referral.state,
            Referral.programme,
            Referral.stage,
            func.count(),
            func.count().filter(is_late()),
            func.count().filter(is_near()),
            func.count().filter(Referral.state == ReferralState.ACCEPTED, handled_by(officer)),
            func.count().filter(given_to_nobody()),
            func.count().filter(*for_her(officer, reach)),
        )
        .where(listed(officer, agency), Referral.state.in_(OPEN))
        .group_by(Referral.state, Referral.programme, Referral.stage)
    ).all()
    by_state: dict[str, int] = {}
    for state, _, _, count, *_ in rows:
        by_state[state.value] = by_state.get(state.value, 0) + count
    stages = tuple(sorted({(programme, stage) for _, programme, stage, *_ in rows}))
    late, near, mine, to_give, for_me = (sum(int(row[place]) for row in rows) for place in (4, 5, 6, 7, 8))
    closed = select(Referral.id).where(listed(officer, agency), Referral.state.in_(CLOSED)).limit(MOST_COUNTED)
    return Counts(
        by_state=by_state,
        overdue=late,
        near=near,
        for_me=for_me,
        mine=mine,
        to_give=to_give,
        closed=session.scalar(select(func.count()).select_from(closed.subquery())) or 0,
        stages=stages,
    )


def kinds_of(session: Session, officer: Officer, ids: Collection[UUID]) -> dict[UUID, str]:
    """The stage kind of each of these referrals; raises NotFound for any that is not her office's."""
    rows = session.execute(select(Referral.id, Referral.kind).where(among(Referral.id, ids), hers(officer)))
    found = {referral_id: kind for referral_id, kind in rows}  # noqa: C416
    if len(found) < len(set(ids)):
        raise NotFound(what="referral")
    return found


def kind_and_area_of(session: Session, officer: Officer, referral_id: UUID) -> tuple[str, str]:
    """The stage kind and the area of one referral; raises NotFound when it is not her office's."""
    asked = select(Referral.kind, Referral.area).where(Referral.id == referral_id, hers(officer))
    if (found := session.execute(asked).first()) is None:
        raise NotFound(what="referral")
    return found.kind, found.area


def hers(officer: Officer) -> ColumnElement[bool]:
    """The referrals that an officer may see: her office's, in her areas."""
    return and_(
        Referral.agency == officer.agency, Referral.office == officer.office, within(Referral.area, officer.areas)
    )


def listed(officer: Officer, agency: str) -> ColumnElement[bool]:
    """The referrals that an officer may list: her office's; a coordinator or auditor, those of every agency."""
    if officer.reads_everywhere:
        return and_(Referral.agency == agency, within(Referral.area, officer.areas))
    return and_(hers(officer), Referral.agency == agency)


def is_late() -> ColumnElement[bool]:
    """Past its due date, as `rules.lateness` says of what is open."""
    return Referral.due_at < now()


def is_near() -> ColumnElement[bool]:
    """Nearly due, as `rules.lateness` says of what is open."""
    return and_(Referral.remind_at <= now(), Referral.due_at >= now(), Referral.due_at <= now() + NEAR_WITHIN)


def for_her(officer: Officer, reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """What an officer of the office can do something about now: what is not answered and of her kind, what she handles,
    what nobody handles and is of her kind, and what is for her to sign.
    """
    does = Referral.kind.in_(reach.does)
    taken = Referral.state == ReferralState.ACCEPTED
    return (
        hers(officer),
        or_(
            and_(Referral.state.in_(WAITING), does),
            and_(taken, handled_by(officer)),
            and_(given_to_nobody(), does),
            and_(taken, Referral.kind.in_(reach.signs)),
        ),
    )


def given_to_nobody() -> ColumnElement[bool]:
    """Taken on by the office, and handled by nobody who is there: by nobody, or by one on leave without a stand-in."""
    alone = Referral.handled_by.in_(absences.nobody_stands_in_for())
    return and_(Referral.state == ReferralState.ACCEPTED, or_(Referral.handled_by.is_(None), alone))


def handled_by(officer: Officer) -> ColumnElement[bool]:
    """What an officer handles, and what is handled by those on leave for whom she stands in."""
    return or_(Referral.handled_by == officer.id, Referral.handled_by.in_(absences.stood_in_for_by(officer.id)))


def _narrowed(officer: Officer, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    conditions += [Referral.state.in_(wanted.states)] if wanted.states is not None else _in_tray(officer, wanted)
    if wanted.programme:
        conditions.append(Referral.programme == wanted.programme)
    if wanted.stage:
        conditions.append(Referral.stage == wanted.stage)
    if wanted.overdue:
        conditions.append(Referral.due_at < now())
    if wanted.mine:
        conditions.append(handled_by(officer))
    if wanted.areas:
        conditions.append(within(Referral.area, wanted.areas))
    if wanted.number:
        conditions.append(numbered(Referral.journey_id, wanted.number))
    return conditions


def _in_tray(officer: Officer, wanted: Wanted) -> list[ColumnElement[bool]]:
    match wanted.tray:
        case Tray.FOR_ME:
            return list(for_her(officer, wanted.reach))
        case Tray.WAITING:
            return [Referral.state.in_(WAITING)]
        case Tray.IN_WORK:
            return [Referral.state == ReferralState.ACCEPTED]
        case Tray.MINE:
            return [Referral.state == ReferralState.ACCEPTED, handled_by(officer)]
        case Tray.TO_GIVE:
            return [given_to_nobody()]
        case Tray.OVERDUE:
            return [Referral.state.in_(OPEN), Referral.due_at < now()]
        case Tray.CLOSED:
            return [Referral.state.in_(CLOSED)]
    return [Referral.state.in_(OPEN)]
