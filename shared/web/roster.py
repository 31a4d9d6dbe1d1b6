"""Whom a service knows of an office: the officers who have come by, as their own tokens told of them.

Accounts are intake's alone, and the other services are told nothing of them. But work is handed to a colleague, and
cash books to a mentor, by name; so each service remembers who has asked it for anything, for as long as that may help.
"""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Index, Text, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.identity import absences, capacity, revocation
from shared.identity.areas import covers
from shared.identity.capacity import ActingTerm
from shared.identity.officer import Officer
from shared.identity.revocation import Revocation
from shared.identity.rules import Role
from shared.identity.tokens import Token
from shared.kernel import clock
from shared.privacy.fields import EncryptedText
from shared.storage import Base, Database
from shared.storage.columns import Id

OF_LATE = timedelta(days=90)
"""Whoever has not come by for so long is forgotten: she may work elsewhere by now."""


class KnownOfficer(Base):
    """An officer as she was when she last came by; `seen_on` is the domain's day in the deployment's zone."""

    __tablename__ = "known_officer"
    __table_args__ = (Index("ix_known_officer_office", "office", "seen_on"),)

    id: Mapped[Id]
    office: Mapped[str]
    name: Mapped[str] = mapped_column(EncryptedText)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    seen_on: Mapped[date]


class Roster:
    """Notes who comes by, once a day for each officer and at once when she has changed; forgets who stays away."""

    def __init__(self) -> None:
        self._noted: dict[UUID, tuple[date, Officer]] = {}

    def note(self, database: Database, token: Token) -> None:
        """Remember an officer, in a transaction of its own: a request that is refused has come by all the same."""
        officer = token.officer
        if officer.scopes is not None:  # a program with a key of hers has come by, and not she
            return
        seen = clock.today(), officer
        if self._noted.get(officer.id) == seen:
            return
        row = {
            "office": officer.office,
            "name": officer.name,
            "roles": sorted(officer.own_roles),
            "areas": list(officer.areas),
            "seen_on": seen[0],
        }
        met = insert(KnownOfficer).values(id=officer.id, **row)
        with database.transaction() as session:
            session.execute(delete(KnownOfficer).where(KnownOfficer.seen_on <= seen[0] - OF_LATE))
            session.execute(met.on_conflict_do_update(index_elements=["id"], set_=row))
            revocation.came_back(session, officer.id, token.issued_at)
            capacity.note(session, officer)
        self._noted[officer.id] = seen


def forget(session: Session, officers: Collection[UUID]) -> None:
    """Remember these officers no longer: they have left."""
    session.execute(delete(KnownOfficer).where(KnownOfficer.id.in_(officers)))


def of_office(session: Session, office: str, roles: Collection[Role], area: str | None = None) -> list[KnownOfficer]:
    """Who of an office has come by of late and holds one of the roles, for an area where one is given; by name.

    Whoever has left is never among them, not even when a late request of hers was noted after that; nor is whoever is
    on leave today. A role counts also while somebody acts for the post.
    """
    wanted = sorted(roles)
    acts = exists().where(ActingTerm.officer_id == KnownOfficer.id, ActingTerm.post.in_(wanted), capacity.current())
    found = session.scalars(
        select(KnownOfficer).where(
            KnownOfficer.office == office,
            KnownOfficer.seen_on > clock.today() - OF_LATE,
            or_(KnownOfficer.roles.overlap(wanted), acts),
            KnownOfficer.id.not_in(absences.who_is_away()),
            ~exists().where(Revocation.subject == KnownOfficer.id, revocation.has_left()),
        )
    )
    there = [each for each in found if area is None or any(covers(own, area) for own in each.areas)]
    return sorted(there, key=lambda each: (each.name.casefold(), each.id))
