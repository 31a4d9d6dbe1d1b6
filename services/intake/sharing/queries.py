"""What can be told of sharing: who has answered what about whom, and what an agency was told of her."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.intake.consents import queries as consents
from services.intake.consents.models import Consent
from services.intake.consents.rules import How, Said, effective_by
from services.intake.groups.models import GroupMember
from services.intake.journeys import consenting, publishing
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from shared.bus.log import unheard
from shared.events.intake import ConsentWithdrawn
from shared.outages.rules import Owed
from shared.programmes import kinds
from shared.programmes.definition import Basis, Programme, Stage, Text
from shared.programmes.engine import CameBack
from shared.programmes.state import OUT, JourneyState, StageState, Standing


@dataclass(frozen=True, slots=True)
class Line:
    """What one person answered about one agency in one programme; without `said` she was not asked yet."""

    person_id: UUID
    name: str
    programme: str
    recipient: str
    said: Said | None = None
    how: How | None = None
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A stage for which an agency was told of her: which fields, whether it is still at it, and what stays there."""

    journey_id: UUID
    referral_id: UUID | None
    stage: str
    does: str
    title: Text
    office: str | None
    fields: tuple[str, ...]
    is_open: bool
    keeps: Text | None


def lines_of_journey(session: Session, found: Journey) -> list[Line]:
    """Everybody whose consent a journey asks for, agency by agency; empty when it asks for none."""
    definition = publishing.newest(session, found.programme, found.version)
    recipients = recipients_of(definition)
    if not recipients:
        return []
    people = consenting.people_behind(session, {(found.subject_kind, found.subject_id)})[found.subject_id]
    names = _names(session, people)
    records = registry.records_by_person(session, people)
    said = {
        (records[each.person_id], each.recipient): each for each in consents.current(session, records, found.programme)
    }
    return [
        _line(person, names[person], found.programme, recipient, said.get((person, recipient)))
        for recipient in recipients
        for person in sorted(names, key=lambda each: names[each])
    ]


def lines_of_person(session: Session, person_id: UUID) -> list[Line]:
    """What a person answered, and what her open journeys still ask her."""
    (name,) = _names(session, [person_id]).values()
    records = registry.records_of(session, person_id)
    said = {(each.programme, each.recipient): each for each in consents.current(session, records)}
    asked = {
        (journey.programme, recipient)
        for journey in journeys_of(session, records, is_open=True, lock=False)
        for recipient in recipients_of(publishing.newest(session, journey.programme, journey.version))
    }
    return [_line(person_id, name, *matter, said.get(matter)) for matter in sorted(asked | said.keys())]


def journeys_of(
    session: Session,
    person_ids: Collection[UUID],
    programme: str | None = None,
    *,
    is_open: bool | None = None,
    lock: bool = True,
) -> Sequence[Journey]:
    """The journeys of these persons and of the groups they belong to, or once belonged to, locked by their ids."""
    groups = select(GroupMember.group_id).where(GroupMember.person_id.in_(person_ids))
    statement = select(Journey).where(or_(Journey.subject_id.in_(person_ids), Journey.subject_id.in_(groups)))
    if programme is not None:
        statement = statement.where(Journey.programme == programme)
    if is_open:
        statement = statement.where(Journey.status == JourneyStatus.OPEN)
    if lock:
        statement = statement.with_for_update()
    return session.scalars(statement.order_by(Journey.id), execution_options={"populate_existing": True}).all()


def shared(session: Session, journeys: Sequence[Journey], recipient: str, records: Collection[UUID]) -> list[Shared]:
    """What an agency was told of a person with her consent, stage by stage of these journeys of hers."""
    behind = consenting.people_behind(session, {(each.subject_kind, each.subject_id) for each in journeys})
    found = []
    for journey in journeys:
        definition = publishing.newest(session, journey.programme, journey.version)
        stages = JourneyState.from_json(journey.state).stages
        for stage in definition.consent_stages(recipient):
            state = stages.get(stage.name)
            if state is None or not state.attempt:
                continue
            told = _shared(journey, stage, state)
            # What a group that she has left is still being worked on for belongs to those who stayed.
            if not told.is_open or any(each in behind[journey.subject_id] for each in records):
                found.append(told)
    return found


def waits_for(found: Journey) -> list[str]:
    """The stages of a journey that wait for consent."""
    stages = JourneyState.from_json(found.state).stages
    return [name for name, state in stages.items() if _awaits_consent(state)]


def owed(session: Session, now: datetime) -> Iterator[Owed]:
    """The withdrawals that should have taken effect by now, and that some service has not heard."""
    for event, at in unheard(session, ConsentWithdrawn):
        if (due_at := effective_by(at)) < now:
            yield Owed(f"withdrawal on journey {event.subject}", event.agency, due_at)


def recipients_of(definition: Programme) -> list[str]:
    """The agencies that a programme tells of her with her consent alone."""
    return list(dict.fromkeys(each.agency for each in definition.stages.values() if each.basis is Basis.CONSENT))


def _names(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {person: name for person, name in rows}  # noqa: C416


def _line(person: UUID, name: str, programme: str, recipient: str, said: Consent | None) -> Line:
    if said is None:
        return Line(person, name, programme, recipient)
    return Line(person, name, programme, recipient, said.said, said.how, said.answered_on)


def _awaits_consent(state: StageState) -> bool:
    return state.standing is Standing.STUCK and state.why == CameBack.CONSENT_MISSING


def _shared(journey: Journey, stage: Stage, state: StageState) -> Shared:
    return Shared(
        journey_id=journey.id,
        referral_id=UUID(state.referral) if state.referral else None,
        stage=stage.name,
        does=stage.does,
        title=stage.title,
        office=state.office,
        fields=stage.shares,
        is_open=state.standing in OUT,
        keeps=kinds.kind(stage.does).keeps,
    )
