"""What can be told of an office's referrals: the worklist, most late first, one referral, and how many there are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
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


EVERYTHING = Wanted()
"""A worklist that is narrowed to nothing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of a part of the worklist is open, by state, and how much of the part lies in each tray.

    What is closed is counted up to `MOST_COUNTED`.
    """

    by_state: Mapping[str, int]
    trays: Mapping[Tray, int]


def worklist(officer: Officer, agency: str, wanted: Wanted) -> Select[Any]:
    """The referrals that an officer may list, without any particulars; read it by `LATE_FIRST`."""
    return (
        select(Referral)
        .where(*_part(officer, agency, wanted), _chosen(officer, wanted))
        .options(defer(Referral.particulars, raiseload=True), defer(Referral.explanation, raiseload=True))
    )


def counts(session: Session, officer: Officer, agency: str, wanted: Wanted = EVERYTHING) -> Counts:
    """How much lies in each tray of what an officer narrowed her worklist to, whichever tray she has before her.

    A tray is counted by the condition by which its list is read, so that its number is that of its rows.
    """
    part = _part(officer, agency, wanted)
    trays: list[Tray] = [each for each in Tray if each != Tray.CLOSED]
    rows = session.execute(
        select(
            Referral.state,
            func.count(),
            *(func.count().filter(in_tray(officer, each, wanted.reach)) for each in trays),
        )
        .where(*part, Referral.state.in_(OPEN))
        .group_by(Referral.state)
    ).all()
    closed = select(Referral.id).where(*part, in_tray(officer, Tray.CLOSED, wanted.reach)).limit(MOST_COUNTED)
    numbers = {each: sum(int(row[place]) for row in rows) for place, each in enumerate(trays, start=2)}
    numbers[Tray.CLOSED] = session.scalar(select(func.count()).select_from(closed.subquery())) or 0
    return Counts({state.value: count for state, count, *_ in rows}, numbers)


def standing(session: Session, officer: Officer, agency: str, wanted: Wanted) -> tuple[int, int, int]:
    """How many referrals a part of the worklist holds, and how many of them are late and nearly due."""
    late, near = (in_tray(officer, each, wanted.reach) for each in (Tray.OVERDUE, Tray.NEAR))
    asked = select(func.count(), func.count().filter(late), func.count().filter(near))
    total, late_ones, near_ones = session.execute(
        asked.where(*_part(officer, agency, wanted), _chosen(officer, wanted))
    ).one()
    return total, late_ones, near_ones


def stages(session: Session, officer: Officer, agency: str, wanted: Wanted) -> list[tuple[str, str]]:
    """Of which programmes and stages a part of the worklist holds referrals, by name: what it can be narrowed to.

    Which of them it is narrowed to already does not count.
    """
    whole = replace(wanted, programme=None, stage=None)
    return [
        (programme, stage)
        for programme, stage in session.execute(
            select(Referral.programme, Referral.stage)
            .where(*_part(officer, agency, whole), _chosen(officer, whole))
            .distinct()
            .order_by(Referral.programme, Referral.stage)
        )
    ]


def holds_any(session: Session, officer: Officer, agency: str, wanted: Wanted) -> bool:
    """Whether a part of the worklist holds anything."""
    found = select(Referral.id).where(*_part(officer, agency, wanted), _chosen(officer, wanted)).limit(1)
    return session.scalar(found) is not None


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


def for_her(officer: Officer, reach: Reach) -> ColumnElement[bool]:
    """What an officer of the office can do something about now: what is not answered and of her kind, what she handles,
    what nobody handles and is of her kind, and what is for her to sign.
    """
    does = Referral.kind.in_(reach.does)
    taken = Referral.state == ReferralState.ACCEPTED
    return and_(
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


def in_tray(officer: Officer, tray: Tray, reach: Reach) -> ColumnElement[bool]:
    """What lies in a tray; lists are read by it, and numbers are counted by it."""
    match tray:
        case Tray.FOR_ME:
            return for_her(officer, reach)
        case Tray.WAITING:
            return Referral.state.in_(WAITING)
        case Tray.IN_WORK:
            return Referral.state == ReferralState.ACCEPTED
        case Tray.MINE:
            return and_(Referral.state == ReferralState.ACCEPTED, handled_by(officer))
        case Tray.TO_GIVE:
            return given_to_nobody()
        case Tray.NEAR:
            return and_(Referral.state.in_(OPEN), is_near())
        case Tray.OVERDUE:
            return and_(Referral.state.in_(OPEN), is_late())
        case Tray.CLOSED:
            return Referral.state.in_(CLOSED)
    return Referral.state.in_(OPEN)


def _part(officer: Officer, agency: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What an officer may list and narrowed her worklist to, in whichever tray it lies."""
    conditions = [listed(officer, agency)]
    if wanted.programme:
        conditions.append(Referral.programme == wanted.programme)
    if wanted.stage:
        conditions.append(Referral.stage == wanted.stage)
    if wanted.overdue:
        conditions.append(is_late())
    if wanted.mine:
        conditions.append(handled_by(officer))
    if wanted.areas:
        conditions.append(within(Referral.area, wanted.areas))
    if wanted.number:
        conditions.append(numbered(Referral.journey_id, wanted.number))
    return conditions


def _chosen(officer: Officer, wanted: Wanted) -> ColumnElement[bool]:
    """Of a part of the worklist, the states that were asked for, or the tray."""
    if wanted.states is not None:
        return Referral.state.in_(wanted.states)
    return in_tray(officer, wanted.tray, wanted.reach)
