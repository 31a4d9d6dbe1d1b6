"""What a stage's agency may see of a person or group: the fields that the programme shares with it, and no others.

A stage that gives aid is told more: who would receive it, by identifier and without a name, which aid the registries
know of already, and what the journey's own version of its programme says of other aid. The version decides because a
journey stays on the one it began with, and only intake keeps every version that was ever published: a service that
read `programmes/` would find the newest there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.groups import queries as groups
from services.intake.journeys import reports
from services.intake.journeys.models import Journey
from services.intake.journeys.reports import Reader
from services.intake.registry import queries as registry
from shared.events.intake import SubjectKind
from shared.programmes import kinds
from shared.programmes.definition import Programme, Stage
from shared.programmes.state import JourneyState
from shared.referrals.models import REPORTS
from shared.storage.arrays import among

Part = dict[str, Any]
CONTACT = "safe_contact"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose fields are wanted, and which; `terms` where the stage gives aid: what its programme says of other aid."""

    kind: SubjectKind
    subject_id: UUID
    shares: tuple[str, ...]
    terms: Part | None = None
    journey_id: UUID | None = None
    reader: Reader | None = None


def asked(
    programme: Programme, stage: Stage, kind: SubjectKind, subject_id: UUID, journey_id: UUID, journey: JourneyState
) -> Asked:
    """What a stage's agency has to be told of somebody, in a journey that stands so."""
    terms = terms_of(programme) if kinds.kind(stage.does).gives_aid else None
    return Asked(kind, subject_id, stage.shares, terms, journey_id, Reader(journey_id, programme, stage, journey))


def parts(session: Session, wanted: Sequence[Asked]) -> list[Part]:
    """The sealed part of each offer, in their order: `particulars`, and where the stage gives aid also `aid`."""
    aided = iter(_beneficiaries(session, [each for each in wanted if each.terms is not None]))
    readers = [each.reader for each in wanted if each.reader is not None]
    found = iter(reports.told(session, readers))
    said = [next(found) if each.reader is not None else [] for each in wanted]
    return [
        {"particulars": fields}
        if each.terms is None
        else {"particulars": fields, "aid": each.terms | {"beneficiaries": next(aided)}}
        for each, fields in (
            (each, shared | {REPORTS: heard} if heard else shared)
            for each, shared, heard in zip(wanted, told(session, wanted), said, strict=True)
        )
    ]


def told(session: Session, asked: Iterable[Asked]) -> list[dict[str, Any]]:
    """The fields that each of these may be told, in their order; one query for persons and one for groups."""
    wanted = list(asked)
    fields: dict[SubjectKind, Mapping[UUID, Mapping[str, Any]]] = {}
    for kind, read in ((SubjectKind.PERSON, registry.particulars_of_persons), (SubjectKind.GROUP, groups.particulars)):
        ids = list({each.subject_id for each in wanted if each.kind is kind})
        shares = sorted({share for each in wanted if each.kind is kind for share in each.shares})
        fields[kind] = read(session, ids, shares) if ids and shares else {}
    instead = _contacts(session, wanted)
    return [
        {share: known[share] for share in each.shares if share in known}
        for each in wanted
        for known in ({**fields[each.kind].get(each.subject_id, {}), **instead.get(each.journey_id, {})},)
    ]


def _contacts(session: Session, wanted: Iterable[Asked]) -> dict[UUID | None, dict[str, Any]]:
    """What journeys say of how to reach her, where they say anything instead of her own wish."""
    journeys = {each.journey_id for each in wanted if CONTACT in each.shares and each.journey_id is not None}
    if not journeys:
        return {}
    found = session.execute(select(Journey.id, Journey.contact).where(among(Journey.id, list(journeys))))
    return {journey: {CONTACT: contact} for journey, contact in found if contact}


def terms_of(programme: Programme) -> Part:
    """The budget year of a programme's aid, and what the programme says of other aid."""
    return {
        "budget_year": programme.budget_year,
        "compatibility": [
            {"with": each.other, "policy": each.policy.value, "per": each.per} for each in programme.compatibility
        ],
    }


def _beneficiaries(session: Session, wanted: Sequence[Asked]) -> list[list[Part]]:
    """Who is behind each of these: herself or her group's members, their households, and the aid known of both."""
    if not wanted:
        return []
    members = groups.person_ids_of(session, {each.subject_id for each in wanted if each.kind is SubjectKind.GROUP})
    people = [members[each.subject_id] if each.kind is SubjectKind.GROUP else [each.subject_id] for each in wanted]
    known = registry.known_aid(session, {person for persons in people for person in persons})
    return [[{"person": str(person), **known[person]} for person in sorted(persons)] for persons in people]


def people_behind(session: Session, kind: SubjectKind, subjects: Sequence[UUID]) -> dict[UUID, list[Part]]:
    """Who is behind each of these, by identifier and household alone: what a share of aid is written under."""
    wanted = [Asked(kind, each, (), {}) for each in subjects]
    return {
        subject: [{name: one[name] for name in ("person", "household")} for one in people]
        for subject, people in zip(subjects, _beneficiaries(session, wanted), strict=True)
    }
