"""Where the engine meets the database: many journeys are locked, moved and told of at once.

One lock, one update, one announcement, however many happenings a batch brings: thousands of journeys pass here every
second. Journeys are locked in the order of their ids, so that two batches never wait for each other.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from services.intake.accounts import staffing
from services.intake.accounts.staffing import Staffing
from services.intake.journeys import consenting, decisions, particulars, publishing, reports
from services.intake.journeys.models import Journey
from services.intake.journeys.particulars import Asked
from services.intake.journeys.rules import JourneyStatus
from shared import calendars
from shared.bus import Announcement, Heard, announce_all
from shared.calendars import Calendars
from shared.events.envelope import Event
from shared.events.intake import (
    DecisionOwed,
    JourneyEnded,
    JourneyMoved,
    JourneyOutcome,
    StageOffered,
    StageSkipped,
    StageStuck,
    StageWithdrawn,
    StuckBecause,
    SubjectKind,
)
from shared.events.referrals import ReferralCompleted
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel import calendar, clock
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.programmes import engine, kinds
from shared.programmes.definition import Programme
from shared.programmes.engine import Offer, Step
from shared.programmes.state import JourneyState, Standing
from shared.storage.arrays import among

Advance = Callable[[Programme, JourneyState, engine.Consents], Step]

STORE = text("""
    UPDATE journey
       SET state = moved.state, status = moved.status, is_stuck = moved.is_stuck, version = moved.version,
           outcome = moved.outcome, because = moved.because, ended_at = moved.ended_at
      FROM jsonb_to_recordset(CAST(:moved AS jsonb))
        AS moved (id uuid, state jsonb, status text, is_stuck boolean, version integer, outcome text, because text,
                  ended_at timestamptz)
     WHERE journey.id = moved.id
""")


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happens to one journey; `office` answers for what is offered then, where it is chosen by hand."""

    journey_id: UUID
    advance: Advance
    cause: Heard[Any] | None = None
    office: str | None = None
    version: int | None = None


def by(happening: engine.Happening) -> Advance:
    """The engine's answer to a happening."""
    return lambda programme, journey, consents: engine.advance(programme, journey, happening, consents=consents)


def onto_version(programme: Programme, journey: JourneyState, consents: engine.Consents) -> Step:
    """The engine's answer to another version of the programme."""
    return engine.move(programme, journey, consents=consents)


@dataclass(frozen=True, slots=True)
class Subject:
    """What every offer says of the journey it belongs to."""

    journey_id: UUID
    kind: SubjectKind
    id: UUID
    area: str
    lead_office: str


@dataclass(slots=True)
class Telling:
    """What will be announced, in order; the particulars of all offers are fetched together at the end."""

    now: datetime
    staff: Staffing = field(default_factory=Staffing)
    calendars: Calendars = field(default_factory=Calendars)
    announcements: list[Announcement] = field(default_factory=list)
    offers: list[tuple[int, Asked, str]] = field(default_factory=list)
    owed: list[decisions.Owed] = field(default_factory=list)

    def say(self, event: Event, cause: Heard[Any] | None) -> None:
        """Announce this after what was said before."""
        self.announcements.append(Announcement(event, cause=cause))

    def offer(self, event: StageOffered, programme: Programme, journey: JourneyState, cause: Heard[Any] | None) -> None:
        """Announce an offer, with what its agency may see, sealed for the service that offers the stage's kind."""
        stage = programme.stages[event.stage]
        asked = particulars.asked(programme, stage, event.subject_kind, event.subject_id, event.journey_id, journey)
        self.offers.append((len(self.announcements), asked, kinds.kind(stage.does).service))
        self.say(event, cause)

    def owe(self, event: DecisionOwed, journey: JourneyState, cause: Heard[Any] | None) -> None:
        """Announce a decision that the leading office owes, with what the stages before reported."""
        self.owed.append(decisions.Owed(event, journey.reports()))
        self.say(event, cause)

    def join(self, other: "Telling") -> None:
        """Say what the other would say, after what was said before."""
        before = len(self.announcements)
        self.announcements += other.announcements
        self.owed += other.owed
        self.offers += [(before + place, asked, service) for place, asked, service in other.offers]

    def out(self, session: Session) -> None:
        """Announce everything with one insert; what the leading offices owe now lies in their worklists."""
        for (place, _, service), part in zip(
            self.offers, particulars.parts(session, [asked for _, asked, _ in self.offers]), strict=True
        ):
            plain = self.announcements[place]
            self.announcements[place] = Announcement(plain.event, {service: part}, plain.cause)
        announce_all(session, self.announcements)
        decisions.owe(session, self.owed, self.now)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a batch of moves did."""

    spawned: list[tuple[UUID, engine.SpawnedJourney, Heard[Any] | None]]
    stuck: list[tuple[UUID, engine.Stuck, str, Heard[Any] | None]]


def carry(
    session: Session, moves: Sequence[Move], *, by: Officer | None = None, deciding: Collection[UUID] = ()
) -> Moved:
    """Let these happen, in this order; raises NotFound for a journey that nobody opened.

    What a leading office owed until then is done: `by` an officer, or by nobody where the journey went on by itself.
    The decisions that she is about to report herself are named in `deciding`, and left to her.
    """
    moving = {move.journey_id for move in moves}
    decisions.hold(session, moving)
    rows = _locked(session, moving)
    versions = {each: row.version for each, row in rows.items()}
    states = {each: JourneyState.from_json(row.state) for each, row in rows.items()}
    wanted = {(row.programme, row.version) for row in rows.values()}
    wanted |= {(rows[move.journey_id].programme, move.version) for move in moves if move.version}
    programmes = publishing.published(session, wanted)
    # Only after the journeys are locked: whoever takes consent back waits for them, and finds what was offered here.
    asking = {programme.id for programme in programmes.values() if programme.asks_consent}
    consents = consenting.answers(session, [row for row in rows.values() if row.programme in asking])
    telling = Telling(clock.now(), staffing.of_programmes(session, programmes.values()), calendars.counting(session))
    changed, done = set(), Moved([], [])
    reported: list[dict[str, Any]] = []
    began = dict(states)
    for move in moves:
        row, journey_id = rows[move.journey_id], move.journey_id
        versions[journey_id] = move.version or versions[journey_id]
        programme = programmes[row.programme, versions[journey_id]]
        before = states[journey_id]
        step = move.advance(programme, before, consents.get((row.programme, row.subject_id), engine.NOBODY_ASKED))
        if not step.changed:
            continue
        changed.add(journey_id)
        if move.cause and isinstance(event := move.cause.event, ReferralCompleted):
            kept = reports.row(move.cause, programme.stages[event.stage], before.stages[event.stage].attempt)
            reported += [kept] if kept else []
        if move.version:
            telling.say(JourneyMoved(journey_id=journey_id, version=move.version), move.cause)
        subject = Subject(journey_id, row.subject_kind, row.subject_id, row.area, row.lead_office)
        states[journey_id] = tell(telling, programme, subject, step, move.cause, move.office)
        done.spawned.extend((journey_id, each, move.cause) for each in step.spawns)
        came_back = [each for each in step.stuck if each.why is not engine.CameBack.CONSENT_MISSING]
        done.stuck.extend((journey_id, each, before.stages[each.stage].office or "", move.cause) for each in came_back)
    if changed:
        stored = [
            {"id": each, "version": versions[each], **standing(states[each], telling.now)} for each in sorted(changed)
        ]
        session.execute(STORE, {"moved": orjson.dumps(stored).decode()})
        decided = {each: decisions.taken(began[each], states[each]) for each in changed if began[each].is_stuck}
        decisions.settle(session, decided, by, deciding)
    reports.keep(session, reported)
    telling.out(session)
    return done


def tell(
    telling: Telling,
    programme: Programme,
    subject: Subject,
    step: Step,
    cause: Heard[Any] | None,
    office: str | None = None,
) -> JourneyState:
    """Note what a step announces; the journey as it is stored, with the office and due date of each offer."""
    journey_id = subject.journey_id
    for taken in step.withdrawals:
        withdrawn = StageWithdrawn(
            journey_id=journey_id, referral_id=taken.referral_id, stage=taken.stage, reason=taken.reason.value
        )
        telling.say(withdrawn, cause)
    for stage in step.skipped:
        telling.say(StageSkipped(journey_id=journey_id, stage=stage, why=step.journey.stages[stage].why), cause)
    for back in step.stuck:
        never_offered = back.why is engine.CameBack.CONSENT_MISSING
        stuck = StageStuck(
            journey_id=journey_id,
            referral_id=back.referral_id,
            stage=back.stage,
            why=StuckBecause(back.why.value),
            accountable_office=subject.lead_office,
            agency=programme.stages[back.stage].agency if never_offered else None,
            attempt=step.journey.stages[back.stage].attempt + 1 if never_offered else None,
        )
        telling.say(stuck, cause)
        owed = _owed(programme, subject, step.journey, back, telling)
        telling.owe(owed, step.journey, cause)
        step.journey = step.journey.with_stage(back.stage, due_at=owed.due_at.isoformat())
    journey = step.journey
    for offer in step.offers:
        offered = _offered(programme, subject, journey, offer, telling, office)
        telling.offer(offered, programme, journey, cause)
        journey = journey.with_stage(offer.stage, office=offered.office, due_at=offered.due_at.isoformat())
    if journey.ended and step.ended:
        outcome, because = journey.ended
        ended_on = telling.now.astimezone(clock.zone()).date()
        ended = JourneyEnded(journey_id=journey_id, outcome=JourneyOutcome(outcome), because=because, ended_on=ended_on)
        telling.say(ended, cause)
    return journey


def _offered(
    programme: Programme, subject: Subject, journey: JourneyState, offer: Offer, telling: Telling, office: str | None
) -> StageOffered:
    stage, now = programme.stages[offer.stage], telling.now
    pins = programme.office_pins(offer.stage)
    days = telling.calendars.of(subject.area)
    due_at = stage.within.after(now, days)
    return StageOffered(
        journey_id=subject.journey_id,
        referral_id=offer.referral_id,
        programme=programme.id,
        version=programme.version,
        stage=offer.stage,
        attempt=offer.attempt,
        does=stage.does,
        agency=stage.agency,
        office=office or offices.resolve(stage.agency, subject.area, pins, telling.staff.has).id,
        sender_office=subject.lead_office,
        area=subject.area,
        subject_kind=subject.kind,
        subject_id=subject.id,
        settings=dict(stage.settings),
        earlier=journey.reports(),
        remind_at=calendar.half_way(now, due_at, days),
        due_at=due_at,
        expires_at=stage.grace.after(due_at, days),
    )


def owe_missing(session: Session, most: int) -> int:
    """Let the leading offices owe what stands undecided from before decisions were owed; says of how many journeys."""
    rows = _locked(session, session.scalars(decisions.without_owner(most)).all())
    owned = {(each.journey_id, each.settings["undone"]) for each in session.scalars(decisions.owed_on(list(rows)))}
    programmes = publishing.published(session, {(row.programme, row.version) for row in rows.values()})
    telling, stored = Telling(clock.now(), calendars=calendars.counting(session)), []
    for journey_id, row in rows.items():
        state, programme = JourneyState.from_json(row.state), programmes[row.programme, row.version]
        subject = Subject(journey_id, row.subject_kind, row.subject_id, row.area, row.lead_office)
        for name in [] if state.ended else state.standing(Standing.STUCK):
            at = state.stages[name]
            if at.referral is None or (journey_id, at.referral) in owned:
                continue
            back = engine.Stuck(name, UUID(at.referral), engine.CameBack(at.why or engine.CameBack.RETURNED))
            owed = _owed(programme, subject, state, back, telling)
            telling.owe(owed, state, None)
            state = state.with_stage(name, due_at=owed.due_at.isoformat())
        stored.append({"id": journey_id, "version": row.version, **standing(state, telling.now)})
    if stored:
        session.execute(STORE, {"moved": orjson.dumps(stored).decode()})
    telling.out(session)
    return len(stored)


def _owed(
    programme: Programme, subject: Subject, journey: JourneyState, back: engine.Stuck, telling: Telling
) -> DecisionOwed:
    at, now, days = journey.stages[back.stage], telling.now, telling.calendars.of(subject.area)
    due_at = programme.decides_within.after(now, days)
    return DecisionOwed(
        journey_id=subject.journey_id,
        referral_id=new_id(),
        undone=back.referral_id,
        why=StuckBecause(back.why.value),
        programme=programme.id,
        version=programme.version,
        stage=back.stage,
        attempt=max(at.attempt, 1),
        agency=programme.lead,
        office=subject.lead_office,
        sender_office=at.office or subject.lead_office,
        area=subject.area,
        subject_kind=subject.kind,
        subject_id=subject.id,
        remind_at=calendar.half_way(now, due_at, days),
        due_at=due_at,
    )


def _locked(session: Session, ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    wanted = set(ids)
    rows = session.execute(
        select(
            *(Journey.id, Journey.programme, Journey.version, Journey.subject_kind, Journey.subject_id),
            *(Journey.area, Journey.lead_office, Journey.state),
        )
        .where(among(Journey.id, wanted))
        .order_by(Journey.id)
        .with_for_update()
    )
    found = {row.id: row for row in rows}
    if found.keys() != wanted:
        raise NotFound(what="journey")
    return found


def standing(journey: JourneyState, now: datetime) -> dict[str, Any]:
    """The columns that say where a journey stands, read off the engine's state."""
    outcome, because = journey.ended or (None, None)
    return {
        "state": journey.to_json(),
        "status": JourneyStatus.ENDED if journey.ended else JourneyStatus.OPEN,
        "is_stuck": journey.is_stuck and not journey.ended,
        "outcome": JourneyOutcome(outcome) if outcome else None,
        "because": because,
        "ended_at": now if journey.ended else None,
    }
