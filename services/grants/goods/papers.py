"""One paper for many grants: all that one SK decides, and all that one hand-over event (one BAST) gave to whom.

A paper is found by what stands on it: its number, its date, and the office whose it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.goods import queries
from services.grants.goods.models import Decision, Grant, HandOver, HandOverLine, RabLine
from services.grants.goods.rules import Condition, Verdict
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral

MOST = 1_000
"""Grants on one paper that are shown; real SK decide on some forty."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What an SK says of one grant."""

    grant_id: UUID
    journey_id: UUID
    area: str
    programme: str
    verdict: Verdict
    total: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Sk:
    """An SK with all that it decides, as far as an officer may see the grants."""

    number: str
    on: date
    office: str
    grants: Sequence[Decided]

    @property
    def granted(self) -> int:
        """What it grants together, in rupiah."""
        return sum(each.total for each in self.grants if each.verdict is Verdict.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Given:
    """One line of what somebody received."""

    item: str
    unit: str
    quantity: int
    unit_price: int
    condition: Condition

    @property
    def amount(self) -> int:
        """What it cost, in rupiah."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Received:
    """What one grant was given at a hand-over event."""

    grant_id: UUID
    journey_id: UUID
    area: str
    programme: str
    signed: bool
    lines: Sequence[Given]

    @property
    def amount(self) -> int:
        """What it was given, in rupiah."""
        return sum(each.amount for each in self.lines)


@dataclass(frozen=True, slots=True)
class Event:
    """A hand-over event: everybody whose deed bears this number and day, and the witnesses."""

    number: str
    on: date
    office: str
    witnesses: Sequence[str]
    grants: Sequence[Received]

    @property
    def amount(self) -> int:
        """What was handed over together, in rupiah."""
        return sum(each.amount for each in self.grants)


def sk(session: Session, officer: Officer, number: str, on: date, office: str) -> Sk:
    """All that an SK of an office decides; raises NotFound where the officer sees no grant of it."""
    rows = session.execute(
        select(Decision, Grant)
        .join(Grant, Grant.id == Decision.grant_id)
        .join(Referral, Referral.id == Decision.referral_id)
        .where(Decision.sk_number == number, Decision.sk_date == on, Referral.office == office, _visible(officer))
        .order_by(Decision.id)
        .limit(MOST)
    ).all()
    if not rows:
        raise NotFound(what="SK")
    return Sk(
        number,
        on,
        office,
        [
            Decided(
                grant.id,
                grant.journey_id,
                grant.area,
                grant.programme,
                decision.verdict,
                grant.total,
                decision.signed_at is not None,
            )
            for decision, grant in rows
        ],
    )


def event(session: Session, officer: Officer, number: str, on: date, office: str) -> Event:
    """A hand-over event of an office; raises NotFound where the officer sees no grant of it."""
    rows = session.execute(
        select(HandOver, Grant)
        .join(Grant, Grant.id == HandOver.grant_id)
        .where(HandOver.number == number, HandOver.handed_over_on == on, Grant.office == office, _visible(officer))
        .order_by(HandOver.id)
        .limit(MOST)
    ).all()
    if not rows:
        raise NotFound(what="BAST")
    lines = _lines(session, [deed.id for deed, _ in rows])
    return Event(
        number,
        on,
        office,
        list(dict.fromkeys(each for deed, _ in rows for each in deed.witnesses)),
        [
            Received(
                grant.id,
                grant.journey_id,
                grant.area,
                grant.programme,
                deed.signed_at is not None,
                lines.get(deed.id, []),
            )
            for deed, grant in rows
        ],
    )


def _visible(officer: Officer) -> Any:
    return Grant.id.in_(queries.grants_of(officer).with_only_columns(Grant.id))


def _lines(session: Session, deeds: Sequence[UUID]) -> dict[UUID, list[Given]]:
    found: dict[UUID, list[Given]] = {}
    rows = session.execute(
        select(HandOverLine, RabLine.item, RabLine.unit)
        .join(RabLine, RabLine.id == HandOverLine.rab_line_id)
        .where(HandOverLine.hand_over_id.in_(deeds))
        .order_by(RabLine.number)
    )
    for line, item, unit in rows:
        given = Given(item, unit, line.quantity, line.unit_price, line.condition)
        found.setdefault(line.hand_over_id, []).append(given)
    return found
