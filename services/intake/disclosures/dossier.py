"""Everything that intake holds of a person, put together for herself, in plain values.

What other services hold of her is told by what was shared with them and by what they reported back. Nothing here reads
the protection compartment, and nothing that it leaves outside: so this is the same for every woman
(`tests/intake/protection/test_outside.py`). Of other persons nothing is told.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts.models import OfficerAccount
from services.intake.assessments.models import Assessment
from services.intake.breaches import queries as breaches
from services.intake.consents import queries as consents
from services.intake.consents.models import Consent
from services.intake.consents.rules import Said
from services.intake.corrections import queries as corrections
from services.intake.disclosures import queries as disclosures
from services.intake.eligibility.models import Verification
from services.intake.groups import queries as groups
from services.intake.groups.queries import Belonging
from services.intake.groups.rules import MemberRole
from services.intake.journeys import publishing, reports
from services.intake.journeys import queries as journeys
from services.intake.journeys.models import BroughtIn, CameBack, Journey, StageReport
from services.intake.journeys.queries import Told
from services.intake.recruitment.models import Recruit
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from services.intake.sharing import queries as sharing
from shared.events.intake import SubjectKind
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.notes.models import Note
from shared.notes.queries import not_kept_apart, on
from shared.notes.rules import About
from shared.privacy.looks import Seen, looks_at
from shared.programmes import kinds
from shared.programmes.definition import Basis, Programme, Stage
from shared.programmes.state import OUT, JourneyState, Standing
from shared.referrals.models import Referral

OF_MEMBERS = ("phone", "members")
"""What is shared of a group that is data of its members; its name and village are its own."""
OF_OTHERS = frozenset({"witnesses", "mentor", "signed_by", "second_person"})
"""Findings that name other persons."""
KNOWN_AID = "known_aid"
"""A stage that gives aid is also told her household's number and the aid of the APBN that it receives."""


def dossier(session: Session, officer: Officer, found: Person) -> dict[str, Any]:
    """All that is held of her, as she may be shown it by this officer."""
    records = registry.records_of(session, found.id)
    belonging = groups.belonging_of(session, records)
    answers = consents.history(session, records)
    described = registry.described(session, found)
    sources = registry.sources_of(session, {each["snapshot_id"] for each in described["listings"]})
    return {
        "made_at": clock.now(),
        "person": described,
        "households": registry.households_of(session, records),
        "listings": [{**each, "office": sources.get(each["snapshot_id"])} for each in described["listings"]],
        "groups": [
            {"name": each.name, "role": each.role, "joined_on": each.joined_on, "left_on": each.left_on}
            for each in belonging
        ],
        "recruited": _recruited(session, records),
        "journeys": _journeys(session, records, belonging, answers),
        "notes": _notes(session, officer, records),
        "decisions": _decisions(session, records),
        "interviews": _interviews(session, records),
        "consents": [
            {
                "programme": each.programme,
                "recipient": each.recipient,
                "said": each.said,
                "how": each.how,
                "answered_on": each.answered_on,
                "office": each.office,
            }
            for each in answers
        ],
        "corrections": corrections.of_person(session, records),
        "breaches": breaches.of_person(session, records),
        "requests": [
            {"asked_at": each.asked_at, "answered_at": each.answered_at, "office": each.office}
            for each in disclosures.of_person(session, records)
        ],
        "looks": _looks(session, records, belonging),
    }


def _journeys(
    session: Session, records: Collection[UUID], belonging: Sequence[Belonging], answers: Sequence[Consent]
) -> list[dict[str, Any]]:
    mine = {each.group_id: each for each in reversed(belonging)}
    found = [
        each
        for each in sharing.journeys_of(session, records, lock=False)
        if each.subject_kind is SubjectKind.PERSON or _concerns(mine[each.subject_id], each)
    ]
    if not found:
        return []
    told: dict[UUID, list[Told]] = {}
    for each in journeys.offers(session, [each.id for each in found]):
        told.setdefault(each.offer.journey_id, []).append(each)
    versions = {(each.programme, each.version) for each in found}
    versions |= {(each.offer.programme, each.offer.version) for list_ in told.values() for each in list_}
    programmes = publishing.published(session, versions)
    came_back: dict[UUID, list[CameBack]] = {}
    for back in session.scalars(
        select(CameBack).where(CameBack.journey_id.in_([each.id for each in found])).order_by(CameBack.at)
    ):
        came_back.setdefault(back.journey_id, []).append(back)
    kept = reports.of_journeys(session, [each.id for each in found])
    rows = select(BroughtIn).where(BroughtIn.journey_id.in_([each.id for each in found]))
    on_paper = {str(each.referral_id): each for each in session.scalars(rows)}
    allowed = {(each.programme, each.recipient) for each in answers if each.said is Said.GIVEN and not each.replaced_at}
    return [
        {
            "programme": each.programme,
            "version": each.version,
            "group": mine[each.subject_id].name if each.subject_kind is SubjectKind.GROUP else None,
            "lead_office": each.lead_office,
            "opened_at": each.opened_at,
            "ended_at": each.ended_at,
            "outcome": each.outcome,
            "end_reason": each.end_reason,
            "shared": _shared(
                each,
                told.get(each.id, []),
                programmes,
                mine.get(each.subject_id),
                {back.referral_id for back in came_back.get(each.id, [])},
                allowed,
            ),
            "reports": _reports(each, programmes[each.programme, each.version], kept[each.id], on_paper),
            "came_back": [
                {
                    "stage": back.stage,
                    "office": back.office,
                    "why": back.why,
                    "explanation": back.explanation,
                    "at": back.at,
                }
                for back in came_back.get(each.id, [])
            ],
        }
        for each in reversed(found)
    ]


def _concerns(membership: Belonging, journey: Journey) -> bool:
    return membership.covers(_day(journey.opened_at), _day(journey.ended_at) if journey.ended_at else None)


def _shared(
    journey: Journey,
    told: Sequence[Told],
    programmes: dict[tuple[str, int], Programme],
    membership: Belonging | None,
    undone: set[UUID],
    allowed: set[tuple[str, str]],
) -> list[dict[str, Any]]:
    """Who was told of her, offer by offer: which fields, on which basis, when, and whether it is still held there."""
    state = JourneyState.from_json(journey.state)
    lines = []
    for each in told:
        offer = each.offer
        programme = programmes[offer.programme, offer.version]
        if membership is not None and not membership.covers(_day(each.at), _day(each.at)):
            continue
        stage = programme.stages[offer.stage]
        now = state.stages.get(offer.stage)
        allows = stage.basis is not Basis.CONSENT or (programme.id, stage.agency) in allowed
        is_latest = now is not None and now.referral == str(offer.referral_id)
        works = now is not None and now.standing in (*OUT, Standing.DONE, Standing.AGAIN)
        is_held = allows and offer.referral_id not in undone and (not is_latest or works)
        lines.append(_line(stage, offer.office, each.at, is_held, membership))
    seen = {(each.offer.stage, each.offer.attempt) for each in told}
    for name, at in state.stages.items():
        # The log keeps its events for a time only; the journey remembers the last attempt of each stage.
        stage_now = programmes[journey.programme, journey.version].stages.get(name)
        if at.attempt and (name, at.attempt) not in seen and stage_now is not None and at.office:
            allows = stage_now.basis is not Basis.CONSENT or (journey.programme, stage_now.agency) in allowed
            is_held = allows and at.standing in (*OUT, Standing.DONE, Standing.AGAIN)
            lines.append(_line(stage_now, at.office, None, is_held, membership))
    return lines


def _line(
    stage: Stage, office: str, at: datetime | None, is_held: bool, membership: Belonging | None
) -> dict[str, Any]:
    fields = list(stage.shares)
    if membership is not None:
        of_her = OF_MEMBERS if membership.role is MemberRole.CHAIR else ("members",)
        fields = [each for each in fields if each in of_her]
    kind = kinds.kind(stage.does)
    if kind.gives_aid:
        fields.append(KNOWN_AID)
    return {
        "title": {"id": stage.title.id, "en": stage.title.en},
        "agency": stage.agency,
        "office": office,
        "service": kind.service,
        "basis": stage.basis,
        "fields": fields,
        "at": at,
        "is_held": is_held,
    }


def _reports(
    journey: Journey, programme: Programme, kept: Sequence[StageReport], on_paper: Mapping[str, BroughtIn]
) -> list[dict[str, Any]]:
    """What the offices reported back of her journey's stages, every attempt; of what they found, nothing of others.

    A group's findings speak of all its members: she is told the facts. What was reported before reports were kept is
    told from where the journey stands.
    """
    state, alone = JourneyState.from_json(journey.state), journey.subject_kind is SubjectKind.PERSON
    known = {each.stage for each in kept}
    found: list[tuple[str, str | None, str | None, dict[str, Any], dict[str, Any] | None]] = [
        (each.stage, each.office, each.outcome, each.facts, each.findings if alone else None)
        for each in kept
        if each.stage in programme.stages
    ]
    found += [
        (name, at.office, at.outcome, at.facts, None)
        for name, at in state.stages.items()
        if at.standing is Standing.DONE and name in programme.stages and name not in known
    ]
    return [
        {
            "title": {"id": programme.stages[name].title.id, "en": programme.stages[name].title.en},
            "office": office,
            "service": kinds.kind(programme.stages[name].does).service,
            "outcome": outcome,
            "facts": {key: value for key, value in facts.items() if value is not None},
            "findings": {key: value for key, value in (findings or {}).items() if key not in OF_OTHERS},
            "on_paper": on_paper.get(state.stages[name].referral or "") if office is None else None,
        }
        for name, office, outcome, facts, findings in found
    ]


def _notes(session: Session, officer: Officer, records: Collection[UUID]) -> list[dict[str, Any]]:
    """What was noted on her, on her own journeys and on intake's referrals of them.

    What the agency that holds the compartment noted is told to her there and nowhere else. Notes on a group's journey
    speak of others, too, and are not told.
    """
    hers = [
        each.id for each in sharing.journeys_of(session, records, lock=False) if each.subject_kind is SubjectKind.PERSON
    ]
    referrals = session.scalars(select(Referral.id).where(Referral.journey_id.in_(hers))).all() if hers else []
    about = on(About.PERSON, records) | on(About.JOURNEY, hers) | on(About.REFERRAL, referrals)
    found = session.scalars(
        select(Note)
        .where(about, Note.forgotten_at.is_(None), not_kept_apart(officer))
        .order_by(Note.written_at, Note.id)
    )
    return [
        {
            "office": each.office,
            "written_at": each.written_at,
            "words": each.words,
            "struck_because": each.struck_because,
        }
        for each in found
    ]


def _decisions(session: Session, records: Collection[UUID]) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Verification).where(Verification.subject_id.in_(records)).order_by(Verification.decided_at)
    )
    return [{"decided_at": each.decided_at, "outcome": each.outcome, "findings": dict(each.findings)} for each in found]


def _interviews(session: Session, records: Collection[UUID]) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Assessment).where(Assessment.subject_id.in_(records)).order_by(Assessment.recorded_at)
    )
    return [
        {
            "interviewed_on": each.interviewed_on,
            "needs": sorted(need for need, needed in each.answers.items() if needed),
            "notes": dict(each.notes),
        }
        for each in found
    ]


def _recruited(session: Session, records: Collection[UUID]) -> list[dict[str, Any]]:
    """In which programme and when a member of a group named her; who it was is that member's own data."""
    rows = session.execute(
        select(Recruit.programme, Recruit.named_at).where(Recruit.person_id.in_(records)).order_by(Recruit.named_at)
    )
    return [{"programme": row.programme, "named_at": row.named_at} for row in rows]


def _looks(session: Session, records: Collection[UUID], belonging: Sequence[Belonging]) -> list[dict[str, Any]]:
    """Who looked at her, day by day, and at her groups while she belonged to them: agency, role and purpose."""
    of_groups = looks_at(session, "group", {each.group_id for each in belonging})
    concerning = [
        each
        for each in of_groups
        if any(own.group_id == each.subject_id and own.covers(each.day, each.day) for own in belonging)
    ]
    seen = [*looks_at(session, "person", records), *concerning]
    roles = _roles(session, {each.officer_id for each in seen})
    counted: Counter[tuple[date, str, str, tuple[str, ...], str]] = Counter()
    for each in seen:
        counted[each.day, each.office, _agency(each), roles.get(each.officer_id, ()), _purpose(each.why)] += each.times
    return [
        {"day": day, "office": office, "agency": agency, "roles": list(held), "why": why, "times": times}
        for (day, office, agency, held, why), times in sorted(counted.items(), key=lambda each: each[0], reverse=True)
    ]


def _roles(session: Session, officer_ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """What those who looked are at their offices today; that somebody is a counsellor as well is nobody's affair."""
    rows = session.execute(
        select(OfficerAccount.id, OfficerAccount.roles).where(OfficerAccount.id.in_(officer_ids))
    ).all()
    return {row.id: tuple(sorted(set(row.roles) - {Role.COUNSELLOR.value})) for row in rows}


def _agency(seen: Seen) -> str:
    try:
        return offices.office(seen.office).agency
    except NotFound:
        return ""


def _purpose(why: str) -> str:
    """What a look was for, without the number of the referral or programme."""
    first, _, _rest = why.partition(" ")
    return first if first in ("referral", "candidates", "disclosure", "correction", "breach") else why


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.zone()).date()
