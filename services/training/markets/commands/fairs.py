"""Fairs: planned with their stands, booked by officers at the same moment, travelled to, sold at, or cancelled."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from services.training.markets import queries, rules
from services.training.markets.commands.cases import accepted, require_channel
from services.training.markets.models import Fair, FairBooking, FairStand, MarketCase, Sale
from services.training.markets.rules import Channel, Freed
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound
from shared.web import access

SOLD = select(Sale.id).where(Sale.booking_id == FairBooking.id).exists()


def plan_fair(
    session: Session,
    officer: Officer,
    *,
    title: str,
    venue: str,
    area: str,
    opens_on: date,
    closes_on: date,
    stands: int,
) -> Fair:
    """Plan a fair of the officer's office with its numbered stands; it may lie anywhere, also outside her areas."""
    access.require(officer, Permission.FAIRS_PLAN)
    rules.plan(opens_on, closes_on, clock.today())
    fair = Fair(
        id=ids.new_id(),
        title=title,
        venue=venue,
        area=area,
        opens_on=opens_on,
        closes_on=closes_on,
        stands=stands,
        agency=officer.agency,
        office=officer.office,
        planned_by=officer.id,
    )
    session.add(fair)
    session.flush()
    numbers = func.generate_series(1, stands).column_valued("number")
    session.execute(
        insert(FairStand).from_select(["fair_id", "number"], select(literal(fair.id), numbers)),
    )
    return fair


def cancel_fair(session: Session, officer: Officer, fair_id: UUID, reason: str) -> Fair:
    """Cancel a fair and free its stands; cancelling it again changes nothing. Raises FairHasBegun."""
    access.require(officer, Permission.FAIRS_PLAN)
    fair = _locked(session, officer, fair_id)
    if fair.cancelled_at is not None:
        return fair
    # the stands are locked first: sales that are being noted at this moment are waited for, and then refuse it
    held = session.scalars(
        select(FairBooking.id)
        .where(FairBooking.fair_id == fair.id, FairBooking.freed_at.is_(None))
        .order_by(FairBooking.id)
        .with_for_update()
    ).all()
    sold = session.scalar(select(Sale.id).where(Sale.booking_id.in_(held)).limit(1))
    if sold is not None or fair.closes_on < clock.today():
        raise rules.FairHasBegun
    fair.cancelled_at, fair.cancelled_because = clock.now(), reason
    _free(session, Freed.FAIR_CANCELLED, FairBooking.fair_id == fair.id)
    session.flush()
    return fair


def book(session: Session, officer: Officer, fair_id: UUID, referral_ids: Collection[UUID]) -> None:
    """Give accepted referrals stands at a fair of the officer's office: all of them, or none.

    The fair's row is locked, so that two officers do not reach for the same stand; that a stand is given once is held
    by the database besides.
    """
    access.require(officer, Permission.FAIRS_RUN)
    cases = accepted(session, officer, referral_ids)
    for each in cases.values():
        require_channel(each, Channel.FAIR, "fair_id")
    fair = _locked(session, officer, fair_id)
    if fair.cancelled_at is not None:
        raise rules.FairCancelled().at("fair_id")
    if fair.closes_on < clock.today():
        raise rules.FairOver(day=fair.closes_on.isoformat()).at("fair_id")
    wanted = sorted(cases.keys() - _holders(session, fair.id, cases.keys()))
    free = queries.free_stands(session, fair.id, len(wanted))
    if len(free) < len(wanted):
        raise rules.NoStandsLeft(free=len(free), wanted=len(wanted)).at("fair_id")
    if wanted:
        session.execute(
            insert(FairBooking),
            [
                {
                    "id": ids.new_id(),
                    "referral_id": referral_id,
                    "fair_id": fair.id,
                    "stand": stand,
                    "needs_travel": rules.needs_travel(cases[referral_id].travel, cases[referral_id].area, fair.area),
                    "booked_by": officer.id,
                }
                for referral_id, stand in zip(wanted, free, strict=True)
            ],
        )


def release(session: Session, case: MarketCase, fair_id: UUID) -> None:
    """Let a stand go that is not wanted any more; raises NoStandBooked or SoldThere."""
    booking = stand_of(session, case, fair_id, "release_fair_id")
    freed = _free(session, Freed.RELEASED, FairBooking.id == booking.id, ~SOLD)
    if not freed:
        raise rules.SoldThere().at("release_fair_id")


def arrange_travel(
    session: Session, case: MarketCase, fair_id: UUID, ticket: str | None, lodging: str | None, at: str
) -> None:
    """Note the ticket and the lodging for a fair; what is not told stays as it was."""
    booking = stand_of(session, case, fair_id, f"{at}.fair_id")
    booking.ticket, booking.lodging = ticket or booking.ticket, lodging or booking.lodging


def stand_of(session: Session, case: MarketCase, fair_id: UUID, field: str) -> FairBooking:
    """The stand that a referral holds at a fair; raises NoStandBooked on the field."""
    found = session.scalar(
        select(FairBooking).where(
            FairBooking.referral_id == case.referral_id, FairBooking.fair_id == fair_id, FairBooking.freed_at.is_(None)
        )
    )
    if found is None:
        raise rules.NoStandBooked().at(field)
    return found


def free_unsold(session: Session, referral_ids: Collection[UUID], because: Freed) -> None:
    """Free the stands of these referrals from which nothing was sold."""
    _free(session, because, FairBooking.referral_id.in_(referral_ids), ~SOLD)


def _free(session: Session, because: Freed, *which: object) -> int:
    freed = session.scalars(
        update(FairBooking)
        .where(FairBooking.freed_at.is_(None), *which)  # type: ignore[arg-type]
        .values(freed_at=func.kail_now(), freed_because=because)
        .returning(FairBooking.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(freed)


def _holders(session: Session, fair_id: UUID, referral_ids: Collection[UUID]) -> set[UUID]:
    return set(
        session.scalars(
            select(FairBooking.referral_id).where(
                FairBooking.fair_id == fair_id,
                FairBooking.referral_id.in_(referral_ids),
                FairBooking.freed_at.is_(None),
            )
        )
    )


def _locked(session: Session, officer: Officer, fair_id: UUID) -> Fair:
    found = session.scalar(
        select(Fair)
        .where(Fair.id == fair_id, Fair.office == officer.office)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(what="fair")
    return found
