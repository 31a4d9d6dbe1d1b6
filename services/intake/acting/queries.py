"""Who is away and who acts for a post, from when to when; and in which capacity a token is issued."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.intake.accounts.incompatible import pairs
from services.intake.accounts.models import ActingAppointment, OfficerAccount, OfficerLeave
from services.intake.accounts.queries import names_of, offices_of, seen_by
from services.intake.accounts.rules import State
from shared.identity import offices, rules
from shared.identity.acting import Acting
from shared.identity.officer import Officer
from shared.identity.rules import HELD_ONLY_AT, Role
from shared.kernel import clock
from shared.kernel.errors import NotFound


@dataclass(frozen=True)
class Standing:
    """Who is away and who acts, as both doors show it."""

    leaves: list[dict[str, Any]]
    appointments: list[dict[str, Any]]


def acting_now(session: Session, officer: Officer) -> Acting | None:
    """In which capacity an officer acts today, beside what she is herself.

    Asked whenever a token is issued: an appointment gives nothing where her own roles have changed so that they do not
    go together with it, nor at another office than the one that it was made for.
    """
    today = clock.today()
    found = session.scalar(
        select(ActingAppointment).where(
            ActingAppointment.officer_id == officer.id,
            ActingAppointment.office == officer.office,
            ActingAppointment.ended_at.is_(None),
            ActingAppointment.from_on <= today,
            ActingAppointment.to_on >= today,
            ActingAppointment.post.not_in(sorted(officer.roles)),
        )
    )
    if found is None:
        return None
    post = Role(found.post)
    try:
        rules.checked_roles({*officer.roles, post}, officer.agency, pairs())
    except rules.RolesIncompatible:
        return None
    return Acting(
        id=found.id,
        post=post,
        title=found.title,
        since=max(found.appointed_at, start_of(found.from_on)),
        until=found.to_on,
        areas=(offices.office(found.office).region,),
    )


def start_of(day: date) -> datetime:
    """The first moment of a day in the deployment's zone."""
    return datetime.combine(day, time(), clock.zone())


def of_officer(session: Session, officer_id: UUID) -> Standing:
    """All leaves of an officer and all that she acted in, the latest first."""
    leaves = select(OfficerLeave).where(OfficerLeave.officer_id == officer_id)
    acts = select(ActingAppointment).where(ActingAppointment.officer_id == officer_id)
    return _standing(session, leaves, acts)


def of_offices(session: Session, officer: Officer | None) -> Standing:
    """Who is away or acts, today or later, at the offices that an officer sees."""
    today, seen = clock.today(), select(OfficerAccount.id).where(seen_by(officer))
    leaves = select(OfficerLeave).where(
        OfficerLeave.officer_id.in_(seen), ~OfficerLeave.withdrawn, OfficerLeave.to_on >= today
    )
    acts = select(ActingAppointment).where(
        ActingAppointment.officer_id.in_(seen), ActingAppointment.ended_at.is_(None), ActingAppointment.to_on >= today
    )
    return _standing(session, leaves, acts)


def today_of(session: Session, officer_id: UUID) -> Standing:
    """The leave that an officer is on today, and what she acts in today."""
    today, own = clock.today(), of_officer(session, officer_id)

    def runs(each: dict[str, Any]) -> bool:
        return bool(each["is_open"] and each["from_on"] <= today)

    return Standing(list(filter(runs, own.leaves)), list(filter(runs, own.appointments)))


def leave(session: Session, officer_id: UUID, leave_id: UUID) -> OfficerLeave:
    """One leave of an officer, locked; raises NotFound."""
    asked = select(OfficerLeave).where(OfficerLeave.id == leave_id, OfficerLeave.officer_id == officer_id)
    if (found := session.scalar(asked.with_for_update())) is None:
        raise NotFound(what="Cuti")
    return found


def appointment(session: Session, officer_id: UUID, appointment_id: UUID) -> ActingAppointment:
    """One appointment of an officer, locked; raises NotFound."""
    asked = select(ActingAppointment).where(
        ActingAppointment.id == appointment_id, ActingAppointment.officer_id == officer_id
    )
    if (found := session.scalar(asked.with_for_update())) is None:
        raise NotFound(what="Penunjukan")
    return found


def colleagues(session: Session, account: OfficerAccount) -> list[OfficerAccount]:
    """Who else has an account in use at an officer's office, by name."""
    asked = select(OfficerAccount).where(
        OfficerAccount.office == account.office,
        OfficerAccount.state == State.ACTIVE,
        OfficerAccount.id != account.id,
        ~OfficerAccount.roles.contains([Role.MENTOR.value]),
    )
    return list(session.scalars(asked.order_by(OfficerAccount.name, OfficerAccount.id)))


def without_counsellor(session: Session, officer: Officer | None) -> list[str]:
    """The open offices with a protection compartment that an officer sees and where nobody who is there may read it.

    It says nothing of whether there is anything to read: an office without a case is told the same.
    """
    agency = HELD_ONLY_AT[Role.COUNSELLOR]
    concerned = [each.id for each in offices_of(officer) if each.agency == agency and each.is_open]
    if not concerned:
        return []
    today = clock.today()
    away = select(OfficerLeave.officer_id).where(
        ~OfficerLeave.withdrawn, OfficerLeave.from_on <= today, OfficerLeave.to_on >= today
    )
    there = session.scalars(
        select(OfficerAccount.office)
        .where(
            OfficerAccount.office.in_(concerned),
            OfficerAccount.state == State.ACTIVE,
            OfficerAccount.roles.contains([Role.COUNSELLOR.value]),
            OfficerAccount.id.not_in(away),
        )
        .distinct()
    )
    return sorted(set(concerned) - set(there))


def _standing(session: Session, leaves: Select[OfficerLeave], acts: Select[ActingAppointment]) -> Standing:
    away = session.scalars(leaves.order_by(OfficerLeave.from_on.desc(), OfficerLeave.id)).all()
    acting = session.scalars(acts.order_by(ActingAppointment.from_on.desc(), ActingAppointment.id)).all()
    named = names_of(session, {each for each in _named(away, acting) if each is not None})
    today = clock.today()
    return Standing(
        [
            {
                "id": each.id,
                "officer_id": each.officer_id,
                "name": named[each.officer_id],
                "from_on": each.from_on,
                "to_on": each.to_on,
                "reason": each.reason,
                "stand_in_id": each.stand_in_id,
                "stand_in": named[each.stand_in_id] if each.stand_in_id else None,
                "withdrawn": each.withdrawn,
                "is_open": not each.withdrawn and each.to_on >= today,
            }
            for each in away
        ],
        [
            {
                "id": each.id,
                "officer_id": each.officer_id,
                "name": named[each.officer_id],
                "kind": each.kind,
                "post": Role(each.post),
                "office": each.office,
                "stands_for_id": each.stands_for_id,
                "stands_for": named[each.stands_for_id] if each.stands_for_id else None,
                "title": each.title,
                "letter_number": each.letter_number,
                "letter_on": each.letter_on,
                "from_on": each.from_on,
                "to_on": each.to_on,
                "ended_at": each.ended_at,
                "is_open": each.ended_at is None and each.to_on >= today,
            }
            for each in acting
        ],
    )


def _named(away: Iterable[OfficerLeave], acting: Iterable[ActingAppointment]) -> set[UUID | None]:
    return {
        *(who for each in away for who in (each.officer_id, each.stand_in_id)),
        *(who for each in acting for who in (each.officer_id, each.stands_for_id)),
    }
