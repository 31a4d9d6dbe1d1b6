"""What the tests of entitlements do over and over: two programmes of one year that exclude each other."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.grants.entitlements.models import AidClaim
from services.grants.entitlements.rules import ClaimState
from shared.kernel import ids
from tests.grants.desk import RAB, Desk, Person, sk

KUBE, WRSE = "kube-kaltim-2023", "wrse-kaltim-2023"
REASON = "PKH tidak membiayai usaha; bantuan ini modal kerja."


def journey(desk: Desk, people: Sequence[Person], programme: str = KUBE) -> UUID:
    """A journey of these people whose proposal is submitted."""
    found = ids.new_id()
    desk.people[found], desk.programmes[found] = list(people), programme
    desk.propose(journeys=[found], lines=RAB)
    return found


def granted(desk: Desk, people: Sequence[Person], programme: str = KUBE, **said: Any) -> UUID:
    """A journey of these people whose aid is approved."""
    found = journey(desk, people, programme)
    (referral,) = desk.take("decision", [found])
    desk.record(referral, sk() | said)
    desk.complete([referral], by=desk.approver)
    return found


def states(desk: Desk, journey_id: UUID) -> set[ClaimState]:
    """Where the claims of a journey stand."""
    return {each.state for each in claims(desk, journey_id)}


def claims(desk: Desk, journey_id: UUID) -> list[AidClaim]:
    """The claims of a journey, person by person."""
    with desk.database.reading() as session:
        found = select(AidClaim).where(AidClaim.journey_id == journey_id).order_by(AidClaim.person_id)
        return list(session.scalars(found))
