"""Correcting what was shared: every service that was told the wrong value for a stage is told the right one, sealed.

Journeys are locked first, so that an offer made meanwhile either stands in them already or reads the corrected
registry.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.consents import queries as consents
from services.intake.consents.rules import Said
from services.intake.groups import queries as groups
from services.intake.groups.models import BusinessGroup
from services.intake.groups.queries import Belonging
from services.intake.groups.rules import MemberRole
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from services.intake.registry.rules import Detail
from services.intake.sharing import queries as sharing
from shared.bus import Announcement, announce_all
from shared.events.intake import ParticularsCorrected, SubjectKind
from shared.kernel import clock
from shared.programmes import kinds
from shared.programmes.definition import Basis, Stage
from shared.programmes.state import OUT, JourneyState, Standing

SHARED_AS: Mapping[Detail, tuple[str, ...]] = {
    Detail.NAME: ("name",),
    Detail.NIK: ("nik",),
    Detail.PHONE: ("phone",),
    Detail.AREA: ("village", "address"),
    Detail.ADDRESS: ("address",),
}
"""Under which names a programme shares what may be corrected; the rest is never shared."""
HOLDING = frozenset({*OUT, Standing.DONE, Standing.AGAIN})
"""A stage that stands so has an office that still holds what it was told."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stage whose office holds a copy that is being corrected."""

    journey_id: UUID
    programme: str
    version: int
    stage: str
    office: str | None
    fields: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As the correction keeps it: no value, only where."""
        return {
            "journey_id": str(self.journey_id),
            "programme": self.programme,
            "version": self.version,
            "stage": self.stage,
            "office": self.office,
            "fields": list(self.fields),
        }


def correct(session: Session, person: Person, details: Collection[Detail]) -> list[Told]:
    """Tell every service that holds these details of a person what they are now; gives which were told."""
    fields = sorted({name for detail in details for name in SHARED_AS.get(detail, ())})
    if not fields:
        return []
    records = registry.records_of(session, person.id)
    belonging = {each.group_id: each for each in reversed(groups.belonging_of(session, records))}
    _hold_groups(session, belonging)
    now = registry.particulars_of_persons(session, [person.id], fields).get(person.id, {})
    said = {(each.programme, each.recipient): each.said for each in consents.current(session, records)}
    allowed = {matter for matter, answer in said.items() if answer is Said.GIVEN}
    told: list[Told] = []
    announcements: list[Announcement] = []
    for journey in sharing.journeys_of(session, records):
        membership = belonging.get(journey.subject_id)
        if journey.subject_kind is SubjectKind.GROUP and not _concerns(membership, journey):
            continue
        for stage, standing in _holding(session, journey, allowed):
            part = _part(stage, person, now, membership if journey.subject_kind is SubjectKind.GROUP else None)
            if part is None:
                continue
            event = ParticularsCorrected(
                journey_id=journey.id,
                agency=stage.agency,
                stage=stage.name,
                does=stage.does,
                corrected_on=clock.today(),
                referral_id=UUID(standing.referral) if standing.referral else None,
            )
            announcements.append(Announcement(event, {kinds.kind(stage.does).service: {"corrected": part}}))
            concerned = (*part["fields"], *(("members",) if "member" in part else ()))
            told.append(
                Told(journey.id, journey.programme, journey.version, stage.name, standing.office, tuple(concerned))
            )
    announce_all(session, announcements)
    return told


def _holding(session: Session, journey: Journey, allowed: set[tuple[str, str]]) -> list[tuple[Stage, Any]]:
    """The stages of a journey whose offices still hold what they were told, and may."""
    definition = publishing.newest(session, journey.programme, journey.version)
    return [
        (definition.stages[name], at)
        for name, at in JourneyState.from_json(journey.state).stages.items()
        if name in definition.stages
        and at.attempt
        and at.standing in HOLDING
        and (
            definition.stages[name].basis is not Basis.CONSENT
            or (journey.programme, definition.stages[name].agency) in allowed
        )
    ]


def _part(stage: Stage, person: Person, now: Mapping[str, Any], membership: Belonging | None) -> dict[str, Any] | None:
    """What a stage's service is told: the corrected fields that were shared with it and no others; None where none."""
    if membership is None:
        fields = {name: now[name] for name in stage.shares if name in now}
        return {"fields": fields} if fields else None
    part: dict[str, Any] = {"fields": {}}
    if (
        membership.role is MemberRole.CHAIR
        and membership.left_on is None
        and "phone" in stage.shares
        and "phone" in now
    ):
        part["fields"]["phone"] = now["phone"]
    if "members" in stage.shares and "name" in now:
        part["member"] = {"id": str(person.id), "name": now["name"]}
    return part if part["fields"] or "member" in part else None


def _hold_groups(session: Session, group_ids: Collection[UUID]) -> None:
    """Whoever lets a group set out reads its members' names behind this lock."""
    statement = select(BusinessGroup.id).where(BusinessGroup.id.in_(group_ids)).order_by(BusinessGroup.id)
    session.execute(statement.with_for_update())


def _concerns(membership: Belonging | None, journey: Journey) -> bool:
    return membership is not None and membership.covers(
        _day(journey.opened_at), _day(journey.ended_at) if journey.ended_at else None
    )


def _day(moment: Any) -> date:
    day: date = moment.astimezone(clock.zone()).date()
    return day
