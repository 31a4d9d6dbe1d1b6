"""What intake can tell of journeys: the lists of an officer's areas, stuck ones first, and one with all its stages."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, cast, func, select, union
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from services.intake.accounts import queries as accounts
from services.intake.groups import queries as groups
from services.intake.journeys import had, publishing, reports
from services.intake.journeys.models import BroughtIn, CameBack, Journey
from services.intake.journeys.rules import JourneyStatus
from services.intake.registry import queries as registry
from shared.bus.chain import partition_of
from shared.bus.models import LoggedEvent
from shared.events.intake import StageOffered, SubjectKind
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import numbers
from shared.kernel.errors import NotFound
from shared.kernel.settings import settings
from shared.privacy.looks import log_looks
from shared.programmes.definition import Policy, Programme
from shared.programmes.engine import CameBack as Why
from shared.programmes.state import OPEN, JourneyState, Standing
from shared.referrals import handed_on
from shared.storage.arrays import among
from shared.storage.numbers import numbered
from shared.web import access
from shared.web.paging import Page, page

NOT_ANSWERED = f'$.stages.* ? (@.standing == "{Standing.STUCK.value}" && @.why == "{Why.CONSENT_MISSING.value}")'
AWAITS_CONSENT = (Journey.is_stuck, func.jsonb_path_exists(Journey.state, cast(NOT_ANSWERED, JSONPATH)))
"""A stage waits until everybody concerned was asked; only journeys that wait for somebody are looked into."""


def visible(officer: Officer) -> Select[Journey]:
    """The journeys that an officer may see: those of her areas, also where she reads what other agencies do."""
    return select(Journey).where(within(Journey.area, officer.areas))


def journeys(
    session: Session,
    officer: Officer,
    *,
    after: str | None = None,
    limit: int = 50,
    **asked: Any,
) -> Page[Journey]:
    """The journeys that an officer may see and narrowed her list to (see `narrowed`), those to be decided first."""
    statement = narrowed(officer, **asked)
    return page(session, statement, Journey.is_stuck, Journey.id, after=after, limit=limit, newest_first=True)


def narrowed(
    officer: Officer,
    *,
    state: str | None = None,
    programme: str | None = None,
    stage: str | None = None,
    area: str | None = None,
    subject_id: Collection[UUID] = (),
    number: str | None = None,
) -> Select[Journey]:
    """The journeys that an officer may see and that are so; what she did not ask for narrows nothing.

    `state` is open, stuck, ended, or consent: stuck until everybody concerned has answered. At a `stage` are those in
    which it stands open at present.
    """
    statement = visible(officer)
    if state == "stuck":
        statement = statement.where(Journey.is_stuck)
    elif state == "consent":
        statement = statement.where(*AWAITS_CONSENT)
    elif state is not None:
        statement = statement.where(Journey.status == JourneyStatus(state))
    if programme is not None:
        statement = statement.where(Journey.programme == programme)
    if stage is not None:
        standing = func.jsonb_extract_path_text(Journey.state, "stages", stage, "standing")
        statement = statement.where(standing.in_([each.value for each in OPEN]))
    if area is not None:
        statement = statement.where(within(Journey.area, [area]))
    if subject_id:
        statement = statement.where(among(Journey.subject_id, list(subject_id)))
    if number is not None:
        statement = statement.where(numbered(Journey.id, number))
    return statement


def named(session: Session, officer: Officer, words: str, most: int) -> list[UUID]:
    """The persons and groups on the journeys that an officer may see whose names contain all of these words."""
    ids = {
        kind: visible(officer).where(Journey.subject_kind == kind).with_only_columns(Journey.subject_id)
        for kind in SubjectKind
    }
    found = registry.named(session, words, ids[SubjectKind.PERSON])
    return sorted([*found, *groups.named(session, words, ids[SubjectKind.GROUP])])[:most]


def names(session: Session, officer: Officer, found: Collection[Journey], why: str) -> dict[UUID, str]:
    """What those on these journeys are called, where she may read the registry; whoever is named was looked at."""
    told: dict[UUID, str] = {}
    for kind, permission, particulars in (
        (SubjectKind.PERSON, Permission.REGISTRY_READ, registry.particulars_of_persons),
        (SubjectKind.GROUP, Permission.GROUPS_READ, groups.particulars),
    ):
        if not access.holds(officer, permission):
            continue
        hers = {each.subject_id for each in found if each.subject_kind is kind and officer.works_in(each.area)}
        called = {each: one["name"] for each, one in particulars(session, sorted(hers), ["name"]).items()}
        log_looks(session, officer, kind, sorted(called), why)
        told |= called
    return told


def how_many_await_consent(session: Session, officer: Officer) -> int:
    """How many of the journeys that an officer may see wait until everybody concerned has answered."""
    asked = visible(officer).where(*AWAITS_CONSENT)
    return session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def journey(session: Session, officer: Officer, journey_id: UUID) -> Journey:
    """One journey, as it stands in the database now; raises NotFound also where it is not hers to see."""
    statement = visible(officer).where(Journey.id == journey_id).execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound(what="journey")
    return found


def waits_for(session: Session, journey_ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The stages that stand open in each of these journeys."""
    rows = session.execute(select(Journey.id, Journey.state).where(among(Journey.id, list(journey_ids))))
    return {row.id: tuple(JourneyState.from_json(row.state).standing(*OPEN)) for row in rows}


def described(session: Session, found: Journey, officer: Officer) -> dict[str, Any]:
    """A journey with every stage of its programme: where it stands, with which office, what was reported and came back.

    Findings in words are for those who work on journeys where she lives, each as far as it is for her agency.
    """
    definition = publishing.newest(session, found.programme, found.version)
    state = JourneyState.from_json(found.state)
    came_back: dict[str, list[CameBack]] = {}
    rows = select(CameBack).where(CameBack.journey_id == found.id).order_by(CameBack.at, CameBack.referral_id)
    for each in session.scalars(rows):
        came_back.setdefault(each.stage, []).append(each)
    reads = access.holds(officer, Permission.JOURNEYS_STEER) and officer.works_in(found.area)
    told: dict[str, list[dict[str, Any]]] = {}
    for report in reports.of_journeys(session, [found.id])[found.id]:
        shown = reports.for_officer(report, officer.agency, definition.lead) if reads else {}
        told.setdefault(report.stage, []).append(
            {
                "attempt": report.attempt,
                "office": report.office,
                "outcome": report.outcome,
                "facts": report.facts,
                "findings": shown,
                "reported_at": report.reported_at,
            }
        )
    brought_in: dict[str, list[BroughtIn]] = {}
    for on_paper in session.scalars(
        select(BroughtIn).where(BroughtIn.journey_id == found.id).order_by(BroughtIn.done_on, BroughtIn.attempt)
    ):
        brought_in.setdefault(on_paper.stage, []).append(on_paper)
    stages = []
    for name, stage in definition.stages.items():
        at = state.stages.get(name)
        stages.append(
            {
                "stage": name,
                "title": {"id": stage.title.id, "en": stage.title.en},
                "agency": stage.agency,
                "does": stage.does,
                "basis": stage.basis,
                "standing": at.standing.value if at else "waiting",
                "why": at.why if at else None,
                "attempt": at.attempt if at else 0,
                "office": at.office if at else None,
                "due_at": at.due_at if at else None,
                "referral_id": at.referral if at else None,
                "outcome": at.outcome if at else None,
                "came_back": came_back.get(name, []),
                "reports": told.get(name, []),
                "brought_in": brought_in.get(name, []),
            }
        )
    return {
        **summary(found),
        "end_reason": found.end_reason,
        "asks_consent": definition.asks_consent,
        "stages": stages,
        "handed_on": _handed_on(session, found.id),
    }


def _handed_on(session: Session, journey_id: UUID) -> list[dict[str, Any]]:
    """Who passed which of its referrals to whom; who was not named then is called as her account is."""
    passed = handed_on.of_journey(session, journey_id)
    parts = ("by", "from", "to")
    who = {each[part] for each in passed for part in parts if each[part] and not each[f"{part}_name"]}
    names = accounts.names_of(session, who) if who else {}
    return [each | {f"{part}_name": each[f"{part}_name"] or names.get(each[part]) for part in parts} for each in passed]


def summary(found: Journey) -> dict[str, Any]:
    """A journey as a list shows it: where it stands, and which stages wait for whom."""
    state = JourneyState.from_json(found.state)
    columns = {
        column.name: getattr(found, column.name) for column in Journey.__table__.columns if column.name != "state"
    }
    for kept in ("end_reason", "shares_number"):
        columns.pop(kept)
    waits = [
        {"stage": name, "standing": stage.standing.value, "office": stage.office, "due_at": stage.due_at}
        for name, stage in state.stages.items()
        if stage.standing.value in ("offered", "opened", "accepted", "stuck")
    ]
    return {**columns, "number": numbers.of(found.id), "waits_for": waits}


def begun_on_paper(session: Session, journey_ids: Collection[UUID]) -> set[UUID]:
    """Those of these journeys that were brought in from paper."""
    return set(session.scalars(select(BroughtIn.journey_id).where(among(BroughtIn.journey_id, journey_ids)).distinct()))


def open_subjects(programme: str) -> Select[Any]:
    """Who is on the way in a programme at present, for a query that leaves them out."""
    return select(Journey.subject_id).where(Journey.programme == programme, Journey.status == JourneyStatus.OPEN)


def kept_out(session: Session, programme: Programme) -> Select[Any]:
    """Who cannot set out: who is on the way in it at present, and who has had it, where nobody has it twice."""
    going = open_subjects(programme.id)
    if had.policy_of(programme) is not Policy.BLOCK:
        return going
    return select(union(going, had.who_had_it(session, programme)).subquery().c[0])


@dataclass(frozen=True, slots=True)
class Told:
    """An offer as the log has it: when which office was told."""

    at: datetime
    offer: StageOffered


def offers(session: Session, journey_ids: Collection[UUID]) -> list[Told]:
    """Every offer of these journeys that still stands in the log, the earliest first."""
    rows = session.scalars(
        select(LoggedEvent.body)
        .where(
            LoggedEvent.partition.in_({partition_of(str(each), settings().partitions) for each in journey_ids}),
            LoggedEvent.type == StageOffered.type_by("intake"),
            among(LoggedEvent.stream, [str(each) for each in journey_ids]),
        )
        .order_by(LoggedEvent.seq)
    )
    bodies = [json.loads(each) for each in rows]
    return [Told(datetime.fromisoformat(each["time"]), StageOffered.from_data(each["data"])) for each in bodies]
