"""Cooperatives as such: one that exists already, and the number by which it became a legal entity."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.cooperative import queries
from services.grants.cooperative.models import Cooperative
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import ids
from shared.web import access


def register(
    session: Session, officer: Officer, *, name: str, area: str, formed_on: date, legal_number: str | None
) -> Cooperative:
    """Note a cooperative that exists already, so that women can join it."""
    access.require(officer, Permission.COOPERATIVES_RUN, area=area)
    found = Cooperative(
        id=ids.new_id(),
        name=name,
        area=area,
        office=officer.office,
        formed_on=formed_on,
        legal_number=legal_number,
        registered_by=officer.id,
    )
    session.add(found)
    session.flush()
    return found


def give_legal_number(session: Session, officer: Officer, cooperative_id: UUID, legal_number: str) -> Cooperative:
    """Note the number under which the cooperative became a legal entity."""
    access.require(officer, Permission.COOPERATIVES_RUN)
    found = queries.cooperative_for(session, officer, cooperative_id, lock=True)
    officer.require(office=found.office)
    found.legal_number = legal_number
    session.flush()
    return found
