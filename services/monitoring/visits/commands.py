"""Planning visits and writing down what was found."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypedDict

from sqlalchemy.orm import Session

from services.monitoring.causes import Cause
from services.monitoring.visits import queries, rules
from services.monitoring.visits.models import Visit
from services.monitoring.visits.rules import Condition, Goods
from shared.bus import announce
from shared.events.monitoring import VisitRecorded
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.storage.rows import insert_rows


class Findings(TypedDict):
    """What an officer saw: the amounts are those of the last month, in rupiah."""

    visited_on: date
    omzet: int
    profit: int
    goods: Goods
    condition: Condition
    cause: Cause | None


def plan_visits(session: Session, referrals: Iterable[Referral]) -> None:
    """Plan the visits of stages just offered, all in one statement; a visit that is planned already stays."""
    planned = [
        {"referral_id": referral.id, "number": number, "month": month, "due_on": due_on}
        for referral in referrals
        for number, (month, due_on) in enumerate(_plan_of(referral), start=1)
    ]
    insert_rows(session, Visit, planned, unless_known=True)


def record_visit(
    session: Session, officer: Officer, referral: Referral, found: Findings, approval: str | None = None
) -> Visit:
    """Write the findings down for the next planned visit of this referral, which the caller has locked.

    `approval` is the number of the letter that allowed goods to be passed on or sold.
    """
    visits = queries.visits_of(session, [referral.id])[referral.id]
    upcoming = next((each for each in visits if each.visited_on is None), None)
    if upcoming is None:
        raise rules.NoVisitPlanned
    previous = [each.visited_on for each in visits if each.visited_on is not None]
    rules.check_day(
        found["visited_on"],
        today=clock.today(),
        begun_on=_offered_on(referral),
        previous=previous[-1] if previous else None,
    )
    rules.check_findings(found["condition"], found["cause"], omzet=found["omzet"], profit=found["profit"])
    approval = (approval or "").strip() or None
    rules.check_approval(found["goods"], approval)
    upcoming.approval = approval
    upcoming.is_flagged = rules.is_sold_without_approval(
        found["goods"], approval, visited_on=found["visited_on"], begun_on=_offered_on(referral)
    )
    for name, value in found.items():
        setattr(upcoming, name, value)
    upcoming.recorded_by, upcoming.recorded_at = officer.id, clock.now()
    announce(
        session,
        VisitRecorded(
            journey_id=referral.journey_id,
            referral_id=referral.id,
            stage=referral.stage,
            agency=referral.agency,
            office=referral.office,
            number=upcoming.number,
            month=upcoming.month,
            due_on=upcoming.due_on,
            **found,
        ),
    )
    return upcoming


def last_visit(visits: Sequence[Visit]) -> Visit:
    """The visit that closes the plan; raises VisitsOutstanding while one is still to come."""
    outstanding = [each for each in visits if each.visited_on is None]
    if outstanding:
        raise rules.VisitsOutstanding(outstanding=len(outstanding), due_on=outstanding[0].due_on.isoformat())
    return visits[-1]


def _plan_of(referral: Referral) -> Iterable[tuple[int, date]]:
    months = sorted(set(referral.settings["months"]))
    return zip(months, rules.plan(_offered_on(referral), months), strict=True)


def _offered_on(referral: Referral) -> date:
    return referral.offered_at.astimezone(clock.zone()).date()
