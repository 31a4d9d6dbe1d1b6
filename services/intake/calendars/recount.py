"""Counting open dates anew after a calendar has changed, a batch of journeys at a time.

The day on which a stage was offered stands in intake's own log, its time limit in the programme; the services know
neither, so intake counts and tells each of them its dates. Only a stage whose dates the decree really changes is told
of; what is late either way stays late, and no new date is earlier than the end of the next working day. Limits of the
law in hours, or in calendar days and months, know no holidays and never move.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from services.intake.calendars.models import NotedDecree
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from services.intake.journeys.moves import STORE, standing
from services.intake.journeys.rules import JourneyStatus
from shared import calendars
from shared.bus import announce_all
from shared.bus.chain import partition_of
from shared.bus.models import LoggedEvent
from shared.calendars import CalendarDecree
from shared.events.intake import DecisionOwed, StageOffered, StageRescheduled
from shared.identity.areas import within
from shared.kernel import calendar, clock
from shared.kernel.calendar import Days, Within
from shared.kernel.settings import settings
from shared.programmes.definition import Programme
from shared.programmes.kinds import DECISION
from shared.programmes.state import OUT, JourneyState, Standing
from shared.storage import Database
from shared.storage.arrays import among

AT_ONCE = 200
Offer = tuple[datetime, StageOffered | DecisionOwed]


def recount_all(database: Database) -> int:
    """Count anew for every decree that waits for it; says how many dates were told."""
    told = 0
    while True:
        with database.transaction() as session:
            more = recount_some(session)
        if more is None:
            return told
        told += more


def recount_some(session: Session, most: int = AT_ONCE) -> int | None:
    """Count the dates of some journeys anew; says how many, None where no decree waits. Each journey comes once."""
    decree = session.scalar(
        select(NotedDecree)
        .where(NotedDecree.counted_at.is_(None))
        .order_by(NotedDecree.changed_at, NotedDecree.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if decree is None:
        return None
    wanted = select(
        *(Journey.id, Journey.programme, Journey.version, Journey.area, Journey.state),
    ).where(within(Journey.area, [decree.region]), Journey.status == JourneyStatus.OPEN)
    if decree.counted_to is not None:
        wanted = wanted.where(Journey.id > decree.counted_to)
    rows = session.execute(wanted.order_by(Journey.id).limit(most).with_for_update()).all()
    told = _recount(session, decree, rows) if rows else []
    announce_all(session, told)
    decree.counted += len(told)
    if len(rows) < most:
        decree.counted_at = clock.now()
    else:
        decree.counted_to = rows[-1].id
    return len(told)


def _recount(session: Session, decree: NotedDecree, rows: Sequence[Row[Any]]) -> list[StageRescheduled]:
    now, after = clock.now(), calendars.current(session)
    own = CalendarDecree(
        id=decree.id, region=decree.region, number=decree.number, decreed_on=decree.decreed_on, days=decree.days
    )
    before = after.along(own) if decree.removed_at else after.without(decree.id)
    offers, owed = _told_before(session, [row.id for row in rows])
    versions = {(row.programme, row.version) for row in rows}
    versions |= {(each.programme, each.version) for _, each in (*offers.values(), *owed.values())}
    programmes = publishing.published(session, versions)
    told, stored = [], []
    for row in rows:
        state = JourneyState.from_json(row.state)
        changed = False
        for name, at in state.stages.items():
            offer = offers.get(at.referral) if at.standing in OUT else None
            offer = owed.get(at.referral) if at.standing is Standing.STUCK else offer
            if offer is None or at.due_at is None:
                continue
            programme = programmes[offer[1].programme, offer[1].version]
            current, days = datetime.fromisoformat(at.due_at), (before.of(row.area), after.of(row.area))
            event = _counted(decree, offer, current, programme, *days, now)
            if event is not None:
                told.append(event)
                state, changed = state.with_stage(name, due_at=event.due_at.isoformat()), True
        if changed:
            stored.append({"id": row.id, "version": row.version, **standing(state, now)})
    if stored:
        session.execute(STORE, {"moved": orjson.dumps(stored).decode()})
    return told


def _counted(
    decree: NotedDecree,
    offer: Offer,
    current: datetime,
    programme: Programme,
    before: Days,
    after: Days,
    now: datetime,
) -> StageRescheduled | None:
    """The dates of an open stage as they are now; None where the decree does not change them."""
    offered_at, event = offer
    stage = programme.stages[event.stage]
    is_decision = isinstance(event, DecisionOwed)
    within = programme.decides_within if is_decision else stage.within
    grace = None if is_decision else stage.grace
    if _dates(offered_at, within, grace, before) == (new := _dates(offered_at, within, grace, after)):
        return None
    due_at = calendars.anew(current, new[0], now, after)
    if due_at is None:
        return None
    remind_at = calendar.half_way(offered_at, due_at, after)
    if remind_at <= now:
        remind_at = min(calendar.opening(calendars.next_day(now, after)), due_at)
    return StageRescheduled(
        journey_id=event.journey_id,
        referral_id=event.referral_id,
        stage=event.stage,
        does=DECISION.name if is_decision else stage.does,
        agency=event.agency,
        office=event.office,
        remind_at=remind_at,
        due_at=due_at,
        due_before=current,
        expires_at=grace.after(due_at, after) if grace else None,
        decree_number=decree.number,
        decreed_on=decree.decreed_on,
    )


def _dates(start: datetime, within: Within, grace: Within | None, days: Days) -> tuple[datetime, datetime | None]:
    due_at = within.after(start, days)
    return due_at, grace.after(due_at, days) if grace else None


def _told_before(session: Session, journeys: list[UUID]) -> tuple[dict[str | None, Offer], dict[str | None, Offer]]:
    """What was offered, by referral, and which decisions are owed, by the referral that came back, when in the log."""
    kinds: dict[str, type[StageOffered | DecisionOwed]] = {
        StageOffered.type_by("intake"): StageOffered,
        DecisionOwed.type_by("intake"): DecisionOwed,
    }
    rows = session.execute(
        select(LoggedEvent.type, LoggedEvent.body)
        .where(
            LoggedEvent.partition.in_({partition_of(str(each), settings().partitions) for each in journeys}),
            LoggedEvent.type.in_(kinds),
            among(LoggedEvent.stream, [str(each) for each in journeys]),
        )
        .order_by(LoggedEvent.seq)
    )
    offers: dict[str | None, Offer] = {}
    owed: dict[str | None, Offer] = {}
    for kind, body in rows:
        said = json.loads(body)
        event = kinds[kind].from_data(said["data"])
        at = datetime.fromisoformat(said["time"])
        if isinstance(event, DecisionOwed):
            owed[str(event.undone)] = at, event
        else:
            offers[str(event.referral_id)] = at, event
    return offers, owed
