"""What intake can do with journeys: open many at once, and decide on those that came back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.accounts import staffing
from services.intake.accounts.staffing import Staffing
from services.intake.groups import queries as groups
from services.intake.groups.models import BusinessGroup
from services.intake.journeys import consenting, had, moves, numbering, paper, publishing, rules
from services.intake.journeys.models import Journey
from services.intake.journeys.moves import Move, Subject, Telling
from services.intake.registry.models import Person
from services.intake.registry.rules import RecordMerged
from shared import calendars
from shared.bus import Heard
from shared.events.intake import JourneyOpened, SubjectKind
from shared.identity import offices
from shared.identity.areas import covers, within
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, numbers
from shared.kernel.errors import DomainError, NotFound
from shared.programmes import engine
from shared.programmes.definition import Policy, Programme
from shared.programmes.half_way import Act
from shared.programmes.state import JourneyState
from shared.storage.arrays import among
from shared.web import access

MOST_MOVED = 5_000
"""How many journeys are moved at once; more are moved by moving again."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Which journeys were opened, by subject, why the others were not, and what should be known of those that were."""

    opened: dict[UUID, UUID]
    refused: dict[UUID, DomainError]
    warned: dict[UUID, DomainError] = field(default_factory=dict)


def open_journeys(
    session: Session,
    officer: Officer,
    programme: str,
    subject_ids: Iterable[UUID],
    version: int | None = None,
    contact: Mapping[str, Any] | None = None,
    journey_ids: Mapping[UUID, UUID] | None = None,
) -> Opening:
    """Let these persons or groups set out; each is refused for itself. Whether she qualifies is decided on the way.

    With `contact` the offices on the way are told this of how to reach them, and not their own wish; `journey_ids`
    names journeys beforehand, by subject.
    """
    definition = publishing.newest(session, programme, version)
    access.require(officer, Permission.JOURNEYS_START, agency=definition.lead)
    going, refused = _may_go(session, officer, definition, subject_ids)
    warned = _refuse_again(session, definition, going, refused)
    opened = _open(session, definition, going, refused, contact=contact, journey_ids=journey_ids)
    return Opening(opened, refused, {subject: warned[subject] for subject in opened if subject in warned})


def bring_in_journeys(
    session: Session, officer: Officer, programme: str, acts: Mapping[UUID, Sequence[Act]], version: int | None = None
) -> Opening:
    """Let journeys begin where what was done on paper has led these persons or groups; each is refused for itself."""
    definition = publishing.newest(session, programme, version)
    access.require(officer, Permission.JOURNEYS_BRING_IN, agency=definition.lead)
    going, refused = _may_go(session, officer, definition, acts)
    for subject, at in paper.brought_in_before(session, definition.id, list(going)).items():
        del going[subject]
        refused[subject] = rules.AlreadyBroughtIn(day=at.astimezone(clock.zone()).date().isoformat())
    warned = _refuse_again(session, definition, going, refused)
    opened = _open(session, definition, going, refused, on_paper=paper.Papers(officer, acts))
    return Opening(opened, refused, {subject: warned[subject] for subject in opened if subject in warned})


def _may_go(
    session: Session, officer: Officer, definition: Programme, subject_ids: Iterable[UUID]
) -> tuple[dict[UUID, str], dict[UUID, DomainError]]:
    """Where those are at home who can set out, and why the others cannot."""
    wanted = list(dict.fromkeys(subject_ids))
    areas = _areas_of(session, definition, wanted)
    refused: dict[UUID, DomainError] = {}
    for subject in wanted:
        if subject not in areas:
            refused[subject] = rules.SubjectUnknown(kind=definition.subject.kind.value)
        elif not officer.works_in(areas[subject]):
            refused[subject] = rules.OutsideOwnArea(area=areas[subject])
    refused |= _hindered(session, definition, [subject for subject in wanted if subject not in refused])
    return {subject: areas[subject] for subject in wanted if subject not in refused}, refused


def _refuse_again(
    session: Session, definition: Programme, going: dict[UUID, str], refused: dict[UUID, DomainError]
) -> dict[UUID, DomainError]:
    """Take those out who have had the programme or are on its way; what should be known of the others."""
    twice, warned = _had_it(session, definition, list(going))
    for subject, why in twice.items():
        del going[subject]
        refused[subject] = why
    return warned


def open_spawned(session: Session, spawned: Sequence[tuple[UUID, engine.SpawnedJourney, Heard[Any] | None]]) -> None:
    """Open the journeys that stages asked for; whoever cannot set out, or already has, is left as she is."""
    asked: dict[tuple[UUID, str], tuple[list[UUID], Heard[Any] | None]] = {}
    for parent, each, cause in spawned:
        asked.setdefault((parent, each.programme), ([], cause))[0].append(each.subject_id)
    for (parent, programme), (subjects, cause) in asked.items():
        definition = publishing.newest(session, programme)
        refused, _warned = _had_it(session, definition, subjects)
        areas = {each: area for each, area in _areas_of(session, definition, subjects).items() if each not in refused}
        _open(session, definition, areas, {}, parent, cause)


def reoffer_stage(session: Session, officer: Officer, journey_id: UUID, stage: str, office: str | None = None) -> None:
    """Offer a stage again, to the same office or the one named; raises StageNotStuck, OfficeOfAnotherRole."""
    journey = _of_lead(session, officer, journey_id)
    definition = publishing.newest(session, journey.programme, journey.version)
    staff = staffing.of_programmes(session, [definition])
    chosen = office_for(staff, definition, journey, stage, office)
    moves.carry(session, [Move(journey_id, moves.by(engine.OfferAgain(stage)), office=chosen)], by=officer)


def office_for(staff: Staffing, definition: Programme, journey: Journey, stage: str, office: str | None) -> str | None:
    """To whom a stage is offered again: the office named, or the one that had it, else the nearest.

    Raises OfficeOfAnotherRole; NobodyThere for one at which nobody could open it, with those that could.
    """
    if stage not in definition.stages:
        raise NotFound(what="stage")
    agency = definition.stages[stage].agency
    if office is not None and not _holds(office, agency):
        raise rules.OfficeOfAnotherRole(office=office, agency=agency)
    if office is not None and not staff.has(office, journey.area):
        able = ", ".join(each.name for each in staff.able(agency, journey.area)) or "-"
        raise rules.NobodyThere(office=offices.name_of(office), area=journey.area, able=able)
    same = offices.in_its_place(journey.state["stages"].get(stage, {}).get("office"))
    return office or (same if same and staff.has(same, journey.area) else None)


def end_journey(session: Session, officer: Officer, journey_id: UUID, reason: str) -> None:
    """End a journey before its end; the reason is kept. Raises JourneyIsOver."""
    journey = _of_lead(session, officer, journey_id)
    journey.end_reason = reason
    session.flush()
    moves.carry(session, [Move(journey_id, moves.by(engine.Stop()))], by=officer)


def withdraw_journey(session: Session, officer: Officer, journey_id: UUID, reason: str) -> None:
    """The person or group steps back; any officer of the leading agency in her area may note it."""
    journey = _locked(session, journey_id)
    lead = publishing.newest(session, journey.programme, journey.version).lead
    access.require(officer, Permission.JOURNEYS_STEER, agency=lead, area=journey.area)
    journey.end_reason = reason
    session.flush()
    moves.carry(session, [Move(journey_id, moves.by(engine.StepBack()))], by=officer)


def stop_journeys_of(session: Session, subject_id: UUID, reason: str) -> list[UUID]:
    """End every open journey of somebody who died or of a group that is no more.

    Whatever was not handed over goes back to its fund. Who may say so is for the caller to ask.
    """
    statement = select(Journey).where(Journey.subject_id == subject_id, Journey.status == rules.JourneyStatus.OPEN)
    found = session.scalars(statement.order_by(Journey.id).with_for_update()).all()
    for journey in found:
        journey.end_reason = reason
    session.flush()
    moves.carry(session, [Move(each.id, moves.by(engine.Stop())) for each in found])
    return [each.id for each in found]


@dataclass(frozen=True, slots=True)
class Moving:
    """Which journeys fit another version of their programme, why others stay, and what the move itself brings about.

    `offers` says how many stages are offered at once, by stage, and `ends` how many journeys come to their end.
    """

    fits: list[UUID]
    stays: dict[UUID, DomainError]
    offers: Counter[str]
    ends: int


def look_at_move(
    session: Session, officer: Officer | None, programme: str, from_version: int, to_version: int
) -> Moving:
    """What would become of the open journeys of a version, up to `MOST_MOVED`, if they went on by another one.

    Those that the officer's office leads; from the command line all. Raises NotPublished, SameVersion.
    """
    if from_version == to_version:
        raise rules.SameVersion().at("to_version")
    definition = publishing.newest(session, programme, to_version)
    publishing.newest(session, programme, from_version)
    is_open = (Journey.programme == programme, Journey.status == rules.JourneyStatus.OPEN)
    asked = select(Journey).where(*is_open, Journey.version == from_version)
    if officer is not None:
        access.require(officer, Permission.JOURNEYS_MOVE, agency=definition.lead)
        asked = asked.where(Journey.lead_office == officer.office, within(Journey.area, officer.areas))
    found = session.scalars(asked.order_by(Journey.id).limit(MOST_MOVED)).all()
    there = set(session.scalars(select(Journey.subject_id).where(*is_open, Journey.version == to_version)))
    consents = consenting.answers(session, found) if definition.asks_consent else {}
    fits: list[UUID] = []
    stays: dict[UUID, DomainError] = {}
    offers, ends = Counter[str](), 0
    for each in found:
        try:
            if each.subject_id in there:
                raise rules.JourneyAlreadyOpen(programme=programme, version=to_version)
            said = consents.get((programme, each.subject_id), engine.NOBODY_ASKED)
            step = engine.move(definition, JourneyState.from_json(each.state), consents=said)
        except DomainError as hinders:
            stays[each.id] = hinders
            continue
        fits.append(each.id)
        offers.update(offer.stage for offer in step.offers)
        ends += step.ended
    return Moving(fits, stays, offers, ends)


def move_journeys(
    session: Session, officer: Officer | None, programme: str, from_version: int, to_version: int
) -> Moving:
    """Let the open journeys of a version go on by another one, as far as they fit; says what `look_at_move` says."""
    moving = look_at_move(session, officer, programme, from_version, to_version)
    onto = [Move(each, moves.onto_version, version=to_version) for each in moving.fits]
    if onto:
        moves.carry(session, onto, by=officer)
    return moving


def _holds(office: str, agency: str) -> bool:
    found = offices.office(office)
    return found.is_open and found.agency == agency


def _locked(session: Session, journey_id: UUID) -> Journey:
    journey = session.get(Journey, journey_id, with_for_update=True, populate_existing=True)
    if journey is None:
        raise NotFound(what="journey")
    return journey


def _of_lead(session: Session, officer: Officer, journey_id: UUID) -> Journey:
    journey = _locked(session, journey_id)
    access.require(officer, Permission.JOURNEYS_STEER, office=journey.lead_office, area=journey.area)
    return journey


def _areas_of(session: Session, definition: Programme, subjects: Sequence[UUID]) -> Mapping[UUID, str]:
    if SubjectKind(definition.subject.kind.value) is SubjectKind.GROUP:
        return groups.areas_of(session, subjects)
    rows = session.execute(select(Person.id, Person.area).where(among(Person.id, subjects)))
    return {row.id: row.area for row in rows}


def _hindered(session: Session, definition: Programme, subjects: Sequence[UUID]) -> dict[UUID, DomainError]:
    """Who cannot set out although she is known: dead, known under another record, or a group frozen or dissolved."""
    # Locked against whoever notes a death, merges records or replaces a member just now; in the order of their ids.
    if SubjectKind(definition.subject.kind.value) is SubjectKind.PERSON:
        people = session.execute(
            select(Person.id, Person.died_on, Person.merged_into)
            .where(among(Person.id, subjects))
            .order_by(Person.id)
            .with_for_update(read=True)
        )
        return {
            row.id: RecordMerged(row.merged_into) if row.merged_into else rules.PersonNotActive()
            for row in people
            if row.died_on or row.merged_into
        }
    groups_found = session.execute(
        select(BusinessGroup.id, BusinessGroup.dissolved_on, BusinessGroup.frozen_at)
        .where(among(BusinessGroup.id, subjects))
        .order_by(BusinessGroup.id)
        .with_for_update(read=True)
    )
    return {
        row.id: rules.GroupEnded() if row.dissolved_on else rules.GroupFrozen()
        for row in groups_found
        if row.dissolved_on or row.frozen_at
    }


def _had_it(
    session: Session, definition: Programme, subjects: Sequence[UUID]
) -> tuple[dict[UUID, DomainError], dict[UUID, DomainError]]:
    """Who has had the programme already or is on its way by another version, and may not set out on it again.

    And who may, with a warning.
    """
    policy = had.policy_of(definition)
    is_open = (Journey.programme == definition.id, Journey.status == rules.JourneyStatus.OPEN)
    rows = session.execute(
        select(Journey.subject_id, Journey.version).where(*is_open, among(Journey.subject_id, subjects))
    )
    going: dict[UUID, DomainError] = {
        row.subject_id: rules.JourneyAlreadyOpen(programme=definition.id, version=row.version) for row in rows
    }
    if policy is Policy.ALLOW or not subjects:
        return going, {}
    says = rules.HadItAlready if policy is Policy.BLOCK else rules.HadItBefore
    found: dict[UUID, DomainError] = {
        subject: says(programme=definition.id, number=numbers.of(journey))
        for subject, journey in had.had_by(session, definition, subjects).items()
    }
    if policy is not Policy.BLOCK:
        return going, found
    if SubjectKind(definition.subject.kind.value) is SubjectKind.GROUP:
        members = had.members_who_had_it(session, definition, subjects)
        found = {
            **{group: rules.MembersHadIt(programme=definition.id, members=number) for group, number in members.items()},
            **found,
        }
    return found | going, {}


def _open(
    session: Session,
    definition: Programme,
    areas: Mapping[UUID, str],
    refused: dict[UUID, DomainError],
    parent: UUID | None = None,
    cause: Heard[Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    journey_ids: Mapping[UUID, UUID] | None = None,
    on_paper: paper.Papers | None = None,
) -> dict[UUID, UUID]:
    kind, now = SubjectKind(definition.subject.kind.value), clock.now()
    consents = consenting.of_newcomers(session, definition, kind, areas)
    members = groups.sizes_of(session, list(areas)) if kind is SubjectKind.GROUP else {}
    staff, cities = staffing.of_programmes(session, [definition]), calendars.counting(session)
    aided = paper.beneficiaries(session, definition, kind, list(areas)) if on_paper else {}
    rows, tellings = [], {}
    new_ids = iter(numbering.fresh_ids(session, len(areas)))
    for subject, area in areas.items():
        if not any(covers(region, area) for region in definition.region):
            refused[subject] = rules.OutsideRegion(area=area)
            continue
        lead = offices.resolve(definition.lead, area, definition.office_pins(), staff.has).id
        whose, telling = (
            Subject((journey_ids or {}).get(subject) or next(new_ids), kind, subject, area, lead),
            Telling(now, staff, cities),
        )
        allowed = consents.get((definition.id, subject), engine.NOBODY_ASKED)
        try:
            taken = on_paper.take_up(definition, subject, members, allowed) if on_paper else None
        except DomainError as hinders:
            refused[subject] = hinders
            continue
        event = JourneyOpened(
            journey_id=whose.journey_id,
            programme=definition.id,
            version=definition.version,
            subject_kind=kind,
            subject_id=subject,
            area=area,
            members=members.get(subject, 1),
            opened_on=taken.began_on if taken else now.astimezone(clock.zone()).date(),
            lead_office=lead,
            parent_journey_id=parent,
        )
        telling.say(event, cause)
        if on_paper and taken:
            on_paper.tell(telling, definition, whose, taken, aided.get(subject, []))
        step = taken.step if taken else engine.start(definition, consents=allowed)
        state = moves.tell(telling, definition, whose, step, cause)
        tellings[subject] = telling
        rows.append(
            {
                "id": whose.journey_id,
                "programme": definition.id,
                "version": definition.version,
                "subject_kind": kind,
                "subject_id": subject,
                "area": area,
                "lead_office": lead,
                "parent_id": parent,
                "contact": dict(contact or {}),
                "opened_at": now,
                **moves.standing(state, now),
            }
        )
    opened = _insert(session, rows)
    everything = Telling(now)
    for subject, telling in tellings.items():
        if subject in opened:
            everything.join(telling)
        else:
            refused[subject] = rules.JourneyAlreadyOpen(programme=definition.id, version=definition.version)
    if on_paper:
        on_paper.keep(session, definition, opened, now)
    everything.out(session)
    return opened


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> dict[UUID, UUID]:
    """The journeys that are new, by subject; the partial unique index decides, also between two officers at once."""
    if not rows:
        return {}
    statement = insert(Journey).on_conflict_do_nothing().returning(Journey.subject_id, Journey.id)
    opened = {row.subject_id: row.id for row in session.execute(statement, rows)}
    numbering.require_own(session, [row["id"] for row in rows if row["subject_id"] not in opened])
    return opened
