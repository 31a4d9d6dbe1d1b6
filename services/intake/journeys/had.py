"""Who has had a programme already: she finished it, or its aid was handed over to her, alone or in a group.

A programme runs for one budget year. It excludes itself within it unless its file names itself under `compatibility`:
then `allow` lets her set out again, and `warn` does, too, and says so. What a journey that was refused, withdrawn or
stopped had not handed over was let go of, and hinders nobody. Grants looks once more when aid is decided on.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union
from sqlalchemy.orm import Session

from services.intake.groups.models import GroupMember
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from shared.events.intake import JourneyOutcome, SubjectKind
from shared.kernel import clock
from shared.programmes import kinds
from shared.programmes.definition import Policy, Programme
from shared.programmes.state import Standing
from shared.storage.arrays import among

FINISHED = (JourneyOutcome.GRADUATED, JourneyOutcome.COMPLETED)
STRICTNESS = (Policy.ALLOW, Policy.WARN, Policy.BLOCK)


def policy_of(programme: Programme) -> Policy:
    """What a programme says of itself; where it says nothing, that nobody has it twice."""
    said = [each.policy for each in programme.compatibility if each.other == programme.id]
    return max(said, key=STRICTNESS.index, default=Policy.BLOCK)


def who_had_it(session: Session, programme: Programme) -> Select[UUID]:
    """Everybody who has had it, for a query that leaves them out: persons as they live on, and groups."""
    had = _had(session, programme)
    of_persons = select(Journey.subject_id).where(had, Journey.subject_kind == SubjectKind.PERSON)
    in_groups = select(GroupMember.person_id).join(Journey, _belonged()).where(had)
    records = union(of_persons, in_groups).subquery()
    persons = select(func.coalesce(Person.merged_into, Person.id)).where(Person.id.in_(select(records.c[0])))
    groups = select(Journey.subject_id).where(had, Journey.subject_kind == SubjectKind.GROUP)
    return select(union(persons, groups).subquery().c[0])


def had_by(session: Session, programme: Programme, subject_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """By which journey each of these persons, under any of their records, or groups has had it; two queries."""
    had = _had(session, programme)
    records = registry.records_by_person(session, subject_ids) | {each: each for each in subject_ids}
    alone = select(Journey.subject_id, Journey.id).where(had, among(Journey.subject_id, records))
    as_member = (
        select(GroupMember.person_id, Journey.id)
        .join(Journey, _belonged())
        .where(had, among(GroupMember.person_id, records))
    )
    found = session.execute(union(alone, as_member)).all()
    return {records[subject]: journey for subject, journey in sorted(found, key=lambda row: row[1])}


def members_who_had_it(session: Session, programme: Programme, group_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many present members of each of these groups have had it, alone or in another group."""
    present = session.execute(
        select(GroupMember.group_id, GroupMember.person_id).where(
            among(GroupMember.group_id, group_ids), GroupMember.left_on.is_(None)
        )
    ).all()
    had = had_by(session, programme, {row.person_id for row in present}) if present else {}
    found: dict[UUID, int] = {}
    for row in present:
        if row.person_id in had:
            found[row.group_id] = found.get(row.group_id, 0) + 1
    return found


def _had(session: Session, programme: Programme) -> ColumnElement[bool]:
    given = {
        (stage.name, outcome)
        for version in publishing.versions(session, programme.id)
        for stage in version.stages.values()
        for outcome in _gives(stage.does)
    }
    stages = Journey.state["stages"]
    handed_over = [
        and_(
            stages[stage]["standing"].astext == Standing.DONE.value,
            stages[stage]["outcome"].astext == outcome,
        )
        for stage, outcome in sorted(given)
    ]
    return and_(
        Journey.programme == programme.id,
        Journey.status == JourneyStatus.ENDED,
        or_(Journey.outcome.in_(FINISHED), *handed_over, false()),
    )


def _gives(kind: str) -> frozenset[str]:
    paper = kinds.kind(kind).on_paper
    return paper.gives if paper else frozenset()


def _belonged() -> ColumnElement[bool]:
    """Whether somebody belonged to a journey's group on the day, in the deployment's zone, on which it ended."""
    day = func.timezone(str(clock.zone()), Journey.ended_at).cast(GroupMember.joined_on.type)
    return and_(
        GroupMember.group_id == Journey.subject_id,
        GroupMember.joined_on <= day,
        or_(GroupMember.left_on.is_(None), GroupMember.left_on >= day),
    )
