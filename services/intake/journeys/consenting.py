"""Whether an agency may be told of a person or group: everybody whose data would be passed on is asked."""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.consents import queries as consents
from services.intake.consents.rules import together
from services.intake.groups import queries as groups
from services.intake.registry.models import Person
from shared.events.intake import SubjectKind
from shared.programmes.definition import Programme
from shared.programmes.engine import Consents


class Subject(Protocol):
    """Whom a journey carries through which programme."""

    @property
    def programme(self) -> str:
        """The programme's identifier."""

    @property
    def subject_kind(self) -> SubjectKind:
        """Whether it is a person or a group."""

    @property
    def subject_id(self) -> UUID:
        """Which one."""


Key = tuple[str, UUID]
"""A programme and whom it carries."""


def people_behind(session: Session, subjects: Iterable[tuple[SubjectKind, UUID]]) -> Mapping[UUID, Collection[UUID]]:
    """Whose data is passed on with each of these: her own, or that of every present member."""
    wanted = set(subjects)
    of_groups = [each for kind, each in wanted if kind is SubjectKind.GROUP]
    members = groups.person_ids_of(session, of_groups) if of_groups else {}
    return {**{each: [each] for kind, each in wanted if kind is SubjectKind.PERSON}, **members}


def answers(session: Session, subjects: Iterable[Subject]) -> dict[Key, Consents]:
    """What was answered for each of these; asks nothing of the database when nobody is to be asked about."""
    wanted = {(each.programme, each.subject_kind, each.subject_id) for each in subjects}
    return _answers(session, wanted) if wanted else {}


def of_newcomers(
    session: Session, programme: Programme, kind: SubjectKind, subject_ids: Iterable[UUID]
) -> dict[Key, Consents]:
    """What was answered for those who are about to set out.

    Their journeys are not there yet to be locked: so their persons are, lest consent be taken back in between.
    """
    wanted = {(programme.id, kind, each) for each in subject_ids}
    if not wanted or not programme.asks_consent:
        return {}
    behind = people_behind(session, {(kind, each) for _, kind, each in wanted})
    everybody = {person for people in behind.values() for person in people}
    session.execute(select(Person.id).where(Person.id.in_(everybody)).order_by(Person.id).with_for_update(read=True))
    return _answers(session, wanted)


def _answers(session: Session, wanted: Collection[tuple[str, SubjectKind, UUID]]) -> dict[Key, Consents]:
    behind = people_behind(session, {(kind, each) for _, kind, each in wanted})
    everybody = {person for people in behind.values() for person in people}
    said = consents.said_by(session, everybody, {programme for programme, _, _ in wanted})
    found: dict[Key, Consents] = {}
    for programme, _, subject in wanted:
        told = {
            recipient: together(by_person, behind[subject])
            for (about, recipient), by_person in said.items()
            if about == programme
        }
        found[programme, subject] = {recipient: answer for recipient, answer in told.items() if answer}
    return found
