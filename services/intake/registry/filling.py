"""What a record that lives on learns from one that was merged into it: only where it said nothing, and only until the
merge is undone.

Both records keep their own history. A detail that the living record knows stays; an empty one is filled, so that
whoever reads it reads everything that is known of her, and the next list that names her ends what it ends.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.registry.models import ContactWish, HouseholdMember, Listing, Person, Residence
from services.intake.registry.rules import UNLESS_SHE_SAYS
from shared.kernel import clock

PLAIN = ("phone", "sex", "birth_date", "marital_status", "occupation", "pre_prosperous", "has_business")
Filled = dict[str, Any]
"""What was filled, as JSON: `details` by name, and the identifiers of rows that were added."""


def fill(session: Session, merged: Person, kept: Person) -> Filled:
    """Fill what the kept record does not say from the merged one; gives what that was."""
    today = clock.today()
    details = [name for name in PLAIN if getattr(kept, name) is None and getattr(merged, name) is not None]
    for name in details:
        setattr(kept, name, getattr(merged, name))
    filled: Filled = {
        "details": details,
        "address": _fill_address(session, merged, kept),
        "household": _fill_household(session, merged, kept, today),
        "listings": _fill_listings(session, merged, kept),
        "wish": _fill_wish(session, merged, kept),
    }
    session.flush()
    return filled


def unfill(session: Session, merged: Person, kept: Person, filled: Filled) -> None:
    """Take back what a merge had filled, as far as it still stands there as it was."""
    for name in filled.get("details", []):
        if getattr(kept, name) == getattr(merged, name):
            setattr(kept, name, None)
    homes = {each: _home(session, each) for each in (merged.id, kept.id)}
    here, there = homes[kept.id], homes[merged.id]
    if filled.get("address") and here and there and here.address == there.address:
        here.address = None
    if filled.get("household"):
        session.execute(delete(HouseholdMember).where(HouseholdMember.id == UUID(filled["household"])))
    added = [UUID(each) for each in filled.get("listings", [])]
    session.execute(delete(Listing).where(Listing.id.in_(added), Listing.until.is_(None)))
    own = session.get(ContactWish, kept.id)
    other = session.get(ContactWish, merged.id)
    if filled.get("wish") and own and other and own.wish == other.wish:
        own.wish = dict(UNLESS_SHE_SAYS)
    session.flush()


def _fill_address(session: Session, merged: Person, kept: Person) -> bool:
    here, there = _home(session, kept.id), _home(session, merged.id)
    if not (here and there and here.address is None and there.address and here.area == there.area):
        return False
    here.address = there.address
    return True


def _fill_household(session: Session, merged: Person, kept: Person, today: date) -> str | None:
    cards = select(HouseholdMember).where(
        HouseholdMember.person_id.in_([kept.id, merged.id]), HouseholdMember.until.is_(None)
    )
    found = {each.person_id: each for each in session.scalars(cards)}
    if kept.id in found or merged.id not in found:
        return None
    theirs = found[merged.id]
    added = HouseholdMember(person_id=kept.id, household_id=theirs.household_id, relation=theirs.relation, since=today)
    session.add(added)
    session.flush()
    return str(added.id)


def _fill_listings(session: Session, merged: Person, kept: Person) -> list[str]:
    open_ones = select(Listing).where(Listing.person_id.in_([kept.id, merged.id]), Listing.until.is_(None))
    found = session.scalars(open_ones.order_by(Listing.id)).all()
    stands_on = {each.registry_name for each in found if each.person_id == kept.id}
    added = [
        Listing(
            person_id=kept.id,
            registry_name=each.registry_name,
            snapshot_id=each.snapshot_id,
            since=each.since,
        )
        for each in found
        if each.person_id == merged.id and each.registry_name not in stands_on
    ]
    session.add_all(added)
    session.flush()
    return [str(each.id) for each in added]


def _fill_wish(session: Session, merged: Person, kept: Person) -> bool:
    """What she has said of how to reach her holds under both records, lest she is put in danger."""
    wishes = select(ContactWish).where(ContactWish.person_id.in_([kept.id, merged.id]))
    found = {each.person_id: each for each in session.scalars(wishes)}
    own, other = found.get(kept.id), found.get(merged.id)
    if other is None or other.wish == UNLESS_SHE_SAYS or (own is not None and own.wish != UNLESS_SHE_SAYS):
        return False
    if own is None:
        session.add(ContactWish(person_id=kept.id, wish=dict(other.wish), noted_at=other.noted_at))
    else:
        own.wish = dict(other.wish)
    return True


def _home(session: Session, person_id: UUID) -> Residence | None:
    return session.scalar(select(Residence).filter_by(person_id=person_id, until=None))
