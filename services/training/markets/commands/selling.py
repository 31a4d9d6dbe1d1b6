"""Listings in shops and on platforms, and what was sold in a day: at a stand or through a listing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.training.markets import queries, rules
from services.training.markets.commands.cases import require_channel
from services.training.markets.models import Fair, FairBooking, Listing, MarketCase, Sale
from services.training.markets.rules import Channel
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import DomainError, Invalid
from shared.referrals import commands as worklist
from shared.storage.arrays import among
from shared.web import access


def list_product(
    session: Session,
    officer: Officer,
    case: MarketCase,
    *,
    channel: Channel,
    place: str,
    listed_from: date,
    address: str | None = None,
    terms: str | None = None,
) -> Listing:
    """Note that a modern shop or an online platform offers her product from a day on."""
    require_channel(case, channel, "listing.channel")
    if channel is Channel.MODERN and not terms:
        raise rules.Required().at("listing.terms")
    if channel is Channel.DIGITAL and not address:
        raise rules.Required().at("listing.address")
    listing = Listing(
        referral_id=case.referral_id,
        channel=channel,
        place=place,
        address=address,
        terms=terms,
        listed_from=listed_from,
        noted_by=officer.id,
    )
    session.add(listing)
    session.flush()
    return listing


def end_listing(session: Session, case: MarketCase, *, listing_id: UUID, ended_on: date) -> Listing:
    """Note that a shop or a platform no longer offers her product."""
    found = session.scalar(select(Listing).where(Listing.id == listing_id, Listing.referral_id == case.referral_id))
    if found is None:
        raise rules.NoSuchListing().at("ending.listing_id")
    if ended_on > clock.today():
        raise rules.YetToCome().at("ending.ended_on")
    if ended_on < found.listed_from:
        raise rules.EndsBeforeItBegins().at("ending.ended_on")
    found.ended_on = ended_on
    return found


def note_sales(
    session: Session, officer: Officer, case: MarketCase, told: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """Note what was sold on which days, each with its place on the form; noted again, a day is corrected."""
    stands, listings = _stands(session, case), _listings(session, case)
    rows: dict[tuple[str, UUID, date], dict[str, Any]] = {}
    for position, each in told:
        field = f"sales.{position}"
        if each["sold_on"] is None:
            raise rules.Required().at(f"{field}.sold_on")
        if each["fair_id"] is not None:
            place, thing = "booking_id", _on_a_day_of_the_fair(stands.get(each["fair_id"]), each["sold_on"], field)
        else:
            place, thing = "listing_id", _while_listed(listings.get(each["listing_id"]), each["sold_on"], field)
        rows[place, thing, each["sold_on"]] = {
            "id": ids.new_id(),
            place: thing,
            "sold_on": each["sold_on"],
            "amount": each["amount"],
            "noted_by": officer.id,
        }
    for place in ("booking_id", "listing_id"):
        if noted := [row for key, row in rows.items() if key[0] == place]:
            _note(place, session, noted)


def note_day(
    session: Session, officer: Officer, fair_id: UUID, sold_on: date, told: Sequence[Mapping[str, Any]]
) -> None:
    """Note what everybody at a fair sold on one day (`id`, `amount`) with one statement; noted again it is corrected.

    Raises Invalid with what is wrong at each row (`sales.3`), and nothing is noted then.
    """
    access.require(officer, Permission.FAIRS_RUN)
    fair = queries.fair(session, officer.office, fair_id)
    _require_day(fair, sold_on, "sold_on")
    wanted = [each["id"] for each in told]
    hindered = worklist.hindered(session, officer, wanted)
    held = {
        each.referral_id: each.id
        for each in session.scalars(
            select(FairBooking)
            .where(
                FairBooking.fair_id == fair_id, among(FairBooking.referral_id, wanted), FairBooking.freed_at.is_(None)
            )
            .order_by(FairBooking.id)
            .with_for_update()
        )
    }
    rows: dict[UUID, dict[str, Any]] = {}
    errors: dict[str, list[DomainError]] = {}
    for place, each in enumerate(told):
        if each["id"] in hindered:
            errors[f"sales.{place}.id"] = [hindered[each["id"]]]
        elif each["id"] not in held:
            errors[f"sales.{place}.id"] = [rules.NoStandBooked()]
        else:
            booking = held[each["id"]]
            rows[booking] = {
                "id": ids.new_id(),
                "booking_id": booking,
                "sold_on": sold_on,
                "amount": each["amount"],
                "noted_by": officer.id,
            }
    if errors:
        raise Invalid(errors=errors)
    _note("booking_id", session, list(rows.values()))


def _note(place: str, session: Session, noted: Sequence[dict[str, Any]]) -> None:
    statement = insert(Sale)
    told_again = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[place, "sold_on"],
            set_={
                "amount": told_again.amount,
                "noted_by": told_again.noted_by,
                "noted_at": told_again.noted_at,
            },
        ),
        noted,
    )


def _require_day(fair: Fair, day: date, field: str) -> None:
    if not fair.opens_on <= day <= min(fair.closes_on, clock.today()):
        dates = {"opens_on": fair.opens_on.isoformat(), "closes_on": fair.closes_on.isoformat()}
        raise rules.NotOnThatDay(**dates).at(field)


def _on_a_day_of_the_fair(held: tuple[FairBooking, Fair] | None, day: date, field: str) -> UUID:
    if held is None:
        raise rules.NoStandBooked().at(f"{field}.fair_id")
    booking, fair = held
    _require_day(fair, day, f"{field}.sold_on")
    return booking.id


def _while_listed(listing: Listing | None, day: date, field: str) -> UUID:
    if listing is None:
        raise rules.NoSuchListing().at(f"{field}.listing_id")
    if not listing.listed_from <= day <= min(listing.ended_on or date.max, clock.today()):
        raise rules.NotListedThen(listed_from=listing.listed_from.isoformat()).at(f"{field}.sold_on")
    return listing.id


def _stands(session: Session, case: MarketCase) -> dict[UUID, tuple[FairBooking, Fair]]:
    rows = session.execute(
        select(FairBooking, Fair)
        .join(Fair, Fair.id == FairBooking.fair_id)
        .where(FairBooking.referral_id == case.referral_id, FairBooking.freed_at.is_(None))
        # a cancellation waits until the sales are noted, and then refuses
        .with_for_update(of=FairBooking)
    )
    return {fair.id: (booking, fair) for booking, fair in rows}


def _listings(session: Session, case: MarketCase) -> dict[UUID, Listing]:
    return {each.id: each for each in session.scalars(select(Listing).where(Listing.referral_id == case.referral_id))}
