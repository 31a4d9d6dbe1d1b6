"""Writing down what was heard, so that hearing it again, late, or before its cause changes nothing.

Each function takes all events of a delivery that concern it, in the log's order, and runs one statement.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from services.monitoring.flow import summing
from services.monitoring.flow.models import (
    JourneyFigure,
    OfficeWord,
    ReferralFigure,
    SkippedStage,
    StageFigure,
    TimelineEntry,
    TouchedJourney,
    VisitFigure,
)
from services.monitoring.flow.tallies import COUNTINGS
from services.monitoring.heard import rows_of
from shared.bus import Heard
from shared.calendars import Calendars
from shared.events import referrals
from shared.events.envelope import Event
from shared.events.intake import (
    DecisionOwed,
    JourneyCounted,
    JourneyEnded,
    JourneyHandedOver,
    JourneyMoved,
    JourneyOpened,
    StageBroughtIn,
    StageOffered,
    StageRescheduled,
    StageSkipped,
    StageStuck,
    StageWithdrawn,
    StuckBecause,
)
from shared.events.monitoring import VisitRecorded
from shared.events.referrals import ReferralEvent
from shared.identity.areas import within
from shared.kernel import calendar
from shared.persons.models import PersonRecord
from shared.storage import Base
from shared.storage.arrays import among
from shared.storage.rows import columns_of, core, insertion, recordset

COUNTED = ("members", "counted_as_of")
JOURNEY_ENDED = ("ended_at", "outcome", "because")
STAGE_STUCK = ("stuck_at", "stuck_because", "accountable_office")
RESCHEDULED = ("remind_at", "due_at", "expires_at")
REFERRAL_TOLD = columns_of(ReferralFigure, but=("id", "journey_id", "stage", "agency", "office", "state"))

MOMENTS: Mapping[type[Event], str] = {
    referrals.ReferralOpened: "opened_at",
    referrals.ReferralAccepted: "accepted_at",
    referrals.ReferralReminded: "reminded_at",
    referrals.ReferralEscalated: "escalated_at",
}
CLOSED_AS: Mapping[type[Event], str] = {
    referrals.ReferralCompleted: "completed",
    referrals.ReferralDeclined: "declined",
    referrals.ReferralReturned: "returned",
    referrals.ReferralWithdrawn: "withdrawn",
    referrals.ReferralUnanswered: "unanswered",
}

SAID = (
    *("attempt", "does", "number", "month", "amount", "fund_id", "version"),
    *("outcome", "because", "why", "reason", "suggestion", "accountable_office"),
    *("condition", "goods", "cause", "verdict", "members", "successor", "facts", "done_on", "paper"),
    *("decree_number", "due_before"),
)
"""What a line of the timeline repeats of its event: codes, counts, days and numbers of documents, never more."""


def _told_and_touched() -> Insert:
    told = TOLD.returning(core(TimelineEntry).c.journey_id).cte("told")
    return insert(core(TouchedJourney)).from_select(["journey_id"], select(told.c.journey_id).distinct())


def touch_of_subjects(session: Session, subjects: Collection[UUID]) -> None:
    """Let the journeys of these records be summed anew: whether they are one person's has changed."""
    theirs = select(JourneyFigure.id).where(among(JourneyFigure.subject_id, subjects))
    session.execute(insert(core(TouchedJourney)).from_select(["journey_id"], theirs))


def touch_recounted(session: Session, regions: Collection[str], before: Calendars, after: Calendars) -> None:
    """Let the journeys be summed anew whose promises were kept on days that these regions' calendars have changed."""
    for region in sorted(regions):
        old, new = before.of(region), after.of(region)
        days = old.off | old.on | new.off | new.on
        changed = [day for day in days if calendar.is_working_day(day, old) != calendar.is_working_day(day, new)]
        if not changed:
            continue
        touched = (
            select(StageFigure.journey_id)
            .join(JourneyFigure, JourneyFigure.id == StageFigure.journey_id)
            .join(ReferralFigure, ReferralFigure.id == StageFigure.id)
            .where(
                within(JourneyFigure.area, [region]),
                StageFigure.offered_at < calendar.start_of_day(max(changed)),
                ReferralFigure.closed_at >= calendar.start_of_day(min(changed)),
            )
            .distinct()
        )
        session.execute(insert(core(TouchedJourney)).from_select(["journey_id"], touched))


TOLD = insertion(TimelineEntry, columns_of(TimelineEntry)).on_conflict_do_nothing()
TOLD_AND_TOUCHED = _told_and_touched()
"""One statement: a line that stands there already touches nobody."""


def open_journeys(session: Session, heard: Sequence[Heard[JourneyOpened]]) -> None:
    """Note journeys that set out."""
    opened = insertion(
        JourneyFigure, columns_of(JourneyFigure, but=("counted_as_of", *JOURNEY_ENDED))
    ).on_conflict_do_nothing()
    session.execute(opened, rows_of(heard, key="journey_id", at="opened_at"))


def count_members(session: Session, heard: Sequence[Heard[JourneyCounted]]) -> None:
    """Note how many members the groups of journeys have; what is older than the last word on it changes nothing."""
    last = {each.event.subject: each for each in sorted(heard, key=lambda each: each.position)}
    rows = rows_of(last.values(), key="journey_id", at="counted_at")
    for row in rows["rows"]:
        row["counted_as_of"] = last[row["id"]].position
    table, told = core(JourneyFigure), recordset(JourneyFigure, ["id", *COUNTED])
    counted = update(table).where(table.c.id == told.c.id, table.c.counted_as_of < told.c.counted_as_of)
    session.execute(counted.values({name: told.c[name] for name in COUNTED}), rows)


def end_journeys(session: Session, heard: Sequence[Heard[JourneyEnded]]) -> None:
    """Note how journeys ended."""
    _amend(session, JourneyFigure, JOURNEY_ENDED, rows_of(heard, key="journey_id", at="ended_at"))


def move_journeys(session: Session, heard: Sequence[Heard[JourneyMoved]]) -> None:
    """Note by which version of their programme journeys go on, in the log's order."""
    last = {each.event.journey_id: each for each in sorted(heard, key=lambda each: each.position)}
    _amend(session, JourneyFigure, ["version"], rows_of(last.values(), key="journey_id", at="moved_at"))


def hand_journeys_over(session: Session, heard: Sequence[Heard[JourneyHandedOver]]) -> None:
    """Note which office leads journeys and has their open stages in the place of another; what is closed stays."""
    for each in sorted(heard, key=lambda each: each.position):
        told = each.event
        journey, stage = core(JourneyFigure), core(StageFigure)
        led = update(journey).where(journey.c.id == told.journey_id, journey.c.lead_office == told.office)
        session.execute(led.values(lead_office=told.successor))
        if told.referrals:
            columns = stage.c.office, stage.c.sender_office, stage.c.accountable_office
            taken = {column.name: case((column == told.office, told.successor), else_=column) for column in columns}
            session.execute(update(stage).where(stage.c.id.in_(told.referrals)).values(taken))


def offer_stages(session: Session, heard: Sequence[Heard[StageOffered]]) -> None:
    """Note stages that wait for an office from now on."""
    offered = insertion(
        StageFigure, columns_of(StageFigure, but=("called_off_at", *STAGE_STUCK))
    ).on_conflict_do_nothing()
    session.execute(offered, rows_of(heard, key="referral_id", at="offered_at"))


def bring_in_stages(session: Session, heard: Sequence[Heard[StageBroughtIn]]) -> None:
    """Note stages that were done on paper before Kail, under the day of the act; no service told of a referral."""
    rows = rows_of(heard, key="referral_id", at="entered_at")
    for row in rows["rows"]:
        at = calendar.start_of_day(date.fromisoformat(row["done_on"])).isoformat()
        row.update(dict.fromkeys(("offered_at", "remind_at", "due_at", "accepted_at", "closed_at"), at))
        row.update(on_paper=row["done_on"], closed_as="completed")
    session.execute(insertion(StageFigure, columns_of(StageFigure)).on_conflict_do_nothing(), rows)
    done = insertion(ReferralFigure, columns_of(ReferralFigure, but=["state"])).on_conflict_do_nothing()
    session.execute(done, rows)


def owe_decisions(session: Session, heard: Sequence[Heard[DecisionOwed]]) -> None:
    """Note what leading offices owe on stages that came back."""
    rows = rows_of(heard, key="referral_id", at="offered_at")
    for row in rows["rows"]:
        row["decides"] = row["undone"]
    session.execute(insertion(StageFigure, columns_of(StageFigure)).on_conflict_do_nothing(), rows)


def reschedule_stages(session: Session, heard: Sequence[Heard[StageRescheduled]]) -> None:
    """Take the dates that were counted anew; of several, the last."""
    newest = {each.envelope["data"]["referral_id"]: each for each in heard}
    _amend(session, StageFigure, RESCHEDULED, rows_of(newest.values(), key="referral_id", at="rescheduled_at"))


def skip_stages(session: Session, heard: Sequence[Heard[StageSkipped]]) -> None:
    """Note stages that journeys go on without."""
    skipped = insertion(SkippedStage, columns_of(SkippedStage))
    latest = func.greatest(core(SkippedStage).c.skipped_at, skipped.excluded.skipped_at)
    key = [SkippedStage.journey_id, SkippedStage.stage]
    skipped = skipped.on_conflict_do_update(index_elements=key, set_={"skipped_at": latest})
    again = {(each.event.journey_id, each.event.stage): each for each in heard}
    session.execute(skipped, rows_of(again.values(), key="journey_id", at="skipped_at"))


def call_off_stages(session: Session, heard: Sequence[Heard[StageWithdrawn]]) -> None:
    """Note stages that are no longer wanted from the office that has them."""
    _amend(session, StageFigure, ["called_off_at"], rows_of(heard, key="referral_id", at="called_off_at"))


def stick_stages(session: Session, heard: Sequence[Heard[StageStuck]]) -> None:
    """Note stages that came back, and the office that has to decide now."""
    _amend(session, StageFigure, STAGE_STUCK, _stuck(heard))


def await_consent(session: Session, heard: Sequence[Heard[StageStuck]]) -> None:
    """Note stages that wait for her consent: no office was asked yet, so they are called off as they begin."""
    rows = _stuck([each for each in heard if each.event.why is StuckBecause.CONSENT_MISSING])
    for row in rows["rows"]:
        row["office"] = row["sender_office"] = row["accountable_office"]
        for moment in ("offered_at", "remind_at", "due_at", "called_off_at"):
            row[moment] = row["stuck_at"]
    if rows["rows"]:
        session.execute(insertion(StageFigure, columns_of(StageFigure)).on_conflict_do_nothing(), rows)


def follow_referrals(session: Session, heard: Sequence[Heard[ReferralEvent]]) -> None:
    """Note steps of referrals: the first moment told for a step stays, whatever comes twice or out of order."""
    told = insertion(ReferralFigure, columns_of(ReferralFigure, but=["state"]))
    first = {name: func.coalesce(core(ReferralFigure).c[name], told.excluded[name]) for name in REFERRAL_TOLD}
    rows: dict[str, dict[str, Any]] = {}
    for each in heard:
        row = _step(each)
        rows[row["id"]] = row | rows.get(row["id"], {})
    following = told.on_conflict_do_update(index_elements=[ReferralFigure.id], set_=first)
    session.execute(following, {"rows": sorted(rows.values(), key=itemgetter("id"))})


def note_visits(session: Session, heard: Sequence[Heard[VisitRecorded]]) -> None:
    """Note visits that took place; the first word on a visit stays."""
    noted = insertion(VisitFigure, columns_of(VisitFigure)).on_conflict_do_nothing()
    session.execute(noted, rows_of(heard, key="referral_id", at="recorded_at"))


def tell_timeline(session: Session, heard: Sequence[Heard[Any]]) -> None:
    """Add a line to the story of each event's journey."""
    if heard:
        session.execute(TOLD, {"rows": [_line(each) for each in heard]})


def tell_what_counts(session: Session, heard: Sequence[Heard[Any]]) -> None:
    """Add a line to the story of each event's journey, and have the journey summed: what it counts as may change."""
    if heard:
        session.execute(TOLD_AND_TOUCHED, {"rows": [_line(each) for each in heard]})


def reset(session: Session) -> None:
    """Forget everything that can be heard again."""
    summing.wait_for_the_others(session)
    standings: list[type[Base]] = [each.standing for each in COUNTINGS]
    counts: list[Any] = [tally for each in COUNTINGS for tally, _ in each.tallies]
    figures = (OfficeWord, TimelineEntry, VisitFigure, ReferralFigure, SkippedStage, StageFigure, JourneyFigure)
    for table in (TouchedJourney, *counts, *standings, *figures, PersonRecord):
        session.execute(delete(core(table)))


def _stuck(heard: Sequence[Heard[StageStuck]]) -> dict[str, list[dict[str, Any]]]:
    rows = rows_of(heard, key="referral_id", at="stuck_at")
    for row in rows["rows"]:
        row["stuck_because"] = row["why"]
    return rows


def _amend(session: Session, table: type[Base], names: Sequence[str], rows: dict[str, list[dict[str, Any]]]) -> None:
    told = recordset(table, ["id", *names])
    amended = update(core(table)).where(core(table).c.id == told.c.id)
    session.execute(amended.values({name: told.c[name] for name in names}), rows)


def _step(heard: Heard[ReferralEvent]) -> dict[str, Any]:
    data, at = heard.envelope["data"], heard.envelope["time"]
    about = {name: data[name] for name in ("journey_id", "stage", "agency", "office")}
    closed_as = CLOSED_AS.get(type(heard.event))
    if closed_as is None:
        return {"id": data["referral_id"], **about, MOMENTS[type(heard.event)]: at}
    why = {name: data[name] for name in ("outcome", "reason") if name in data}
    return {"id": data["referral_id"], **about, "closed_at": at, "closed_as": closed_as, **why}


def _line(heard: Heard[Any]) -> dict[str, Any]:
    data = heard.envelope["data"]
    return {
        "id": heard.envelope["id"],
        "happened_at": heard.envelope["time"],
        "service": heard.source,
        "type": heard.envelope["type"].split(".")[1],
        "cause_id": heard.envelope.get("causationid"),
        "trace_id": heard.envelope["traceid"],
        "said": {name: data[name] for name in SAID if data.get(name) is not None},
        **{name: data.get(name) for name in ("journey_id", "stage", "agency", "office", "referral_id")},
    }
