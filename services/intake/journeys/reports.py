"""What offices reported of the stages of journeys: kept as it comes, and told to later stages as far as it is for them.

Who may be told a finding is said by the catalogue of stage kinds (`Reach`). A stage that rests on her consent is told
what she consented to share, and no finding of another agency's. The confidential conversation is told nothing at all.
Why a stage was sent back is told to whoever has to mend it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.journeys.models import StageReport
from shared.bus import Heard
from shared.events.referrals import ReferralCompleted
from shared.programmes import kinds
from shared.programmes.definition import Basis, Programme, Stage
from shared.programmes.kinds import BECAUSE, Reach
from shared.programmes.state import JourneyState, Standing
from shared.storage.arrays import among
from shared.storage.rows import insert_rows

Told = dict[str, Any]
CONFIDENTIAL = "intake.protection"


@dataclass(frozen=True, slots=True)
class Reader:
    """A stage that is offered in a journey as it stands then."""

    journey_id: UUID
    programme: Programme
    stage: Stage
    journey: JourneyState


def row(heard: Heard[ReferralCompleted], stage: Stage, attempt: int) -> dict[str, Any] | None:
    """A report as it is kept; nothing of a stage that reports nothing but that it took place."""
    event, findings = heard.event, (heard.sealed or {}).get("findings")
    if stage.does == CONFIDENTIAL:
        return None
    return {
        "referral_id": event.referral_id,
        "journey_id": event.journey_id,
        "stage": event.stage,
        "attempt": attempt,
        "kind": stage.does,
        "agency": event.agency,
        "office": event.office,
        "outcome": event.outcome,
        "facts": event.facts,
        "findings": findings or None,
        "reported_at": heard.time,
    }


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep reports; one that is heard again changes nothing."""
    if rows:
        insert_rows(session, StageReport, rows, unless_known=True)


def of_journeys(session: Session, journeys: Collection[UUID]) -> dict[UUID, list[StageReport]]:
    """The reports of these journeys, in the order in which they came: one question for all."""
    found: dict[UUID, list[StageReport]] = {each: [] for each in journeys}
    if found:
        statement = select(StageReport).where(among(StageReport.journey_id, found))
        for each in session.scalars(statement.order_by(StageReport.reported_at, StageReport.referral_id)):
            found[each.journey_id].append(each)
    return found


def told(session: Session, readers: Sequence[Reader]) -> list[list[Told]]:
    """What each of these stages is told of the reports before it, in their order."""
    asking = {each.journey_id for each in readers if each.stage.does != CONFIDENTIAL and _has_begun(each.journey)}
    found = of_journeys(session, asking)
    return [
        list(_for(each, found[each.journey_id]))
        if each.journey_id in asking and each.stage.does != CONFIDENTIAL
        else []
        for each in readers
    ]


def for_officer(found: StageReport, agency: str, lead: str) -> dict[str, Any]:
    """The findings of a report that an officer of this agency may read on the page of the journey."""
    kind = kinds.kind(found.kind)
    return {
        name: value
        for name, value in (found.findings or {}).items()
        if agency in (found.agency, lead) or kind.reach(name) is Reach.LATER
    }


def _has_begun(journey: JourneyState) -> bool:
    return any(each.standing in (Standing.DONE, Standing.AGAIN) or each.attempt > 1 for each in journey.stages.values())


def _for(reader: Reader, reports: Iterable[StageReport]) -> Iterable[Told]:
    latest: dict[str, StageReport] = {each.stage: each for each in reports}
    for report in latest.values():
        now = reader.journey.stages.get(report.stage)
        settled = now is not None and now.standing is Standing.DONE and now.attempt == report.attempt
        stage = reader.programme.stages.get(report.stage)
        against = report.outcome in kinds.kind(report.kind).adverse or (
            stage is not None and stage.goes_against_her(report.outcome)
        )
        if not settled and not against:
            continue  # done once, and to be done again: what will be reported then counts
        findings = _for_stage(reader, report, sent_back=not settled)
        if findings or not settled:
            yield {
                "stage": report.stage,
                "attempt": report.attempt,
                "office": report.office,
                "outcome": report.outcome,
                "facts": report.facts,
                "findings": findings,
                "sent_back": not settled,
            }


def _for_stage(reader: Reader, report: StageReport, *, sent_back: bool) -> Mapping[str, Any]:
    stage, kind = reader.stage, kinds.kind(report.kind)
    same = stage.agency in (report.agency, reader.programme.lead)
    open_to_it = same or stage.basis is Basis.PUBLIC_TASK
    return {
        name: value
        for name, value in (report.findings or {}).items()
        if same or (open_to_it and kind.reach(name) is Reach.LATER) or (sent_back and name == BECAUSE)
    }
