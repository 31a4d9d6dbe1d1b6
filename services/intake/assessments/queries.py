"""What can be told before an interview: the answers so far, and what intake knows of her earlier journeys."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from services.intake.assessments.models import Assessment
from services.intake.groups.models import GroupMember
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from shared.kernel import clock
from shared.programmes import kinds
from shared.programmes.definition import Programme
from shared.programmes.state import JourneyState, Standing
from shared.referrals.models import Referral

TEACHES = "training"
"""The service whose stages teach. Their outcome comes back to intake; what was taught in detail stays in training."""


def assessment(session: Session, referral: Referral) -> Assessment | None:
    """What was written down so far."""
    return session.get(Assessment, referral.id, populate_existing=True)


def earlier_journeys(session: Session, referral: Referral, people: Collection[UUID]) -> list[dict[str, Any]]:
    """The other journeys of these persons, alone or in a group they belonged to then, the latest first.

    Of each, only the programme, its days, and which stages taught her something: so that the same training is not
    given twice by agencies that do not know of each other.
    """
    with_her = exists().where(
        GroupMember.group_id == Journey.subject_id,
        GroupMember.person_id.in_(people),
        GroupMember.joined_on <= func.coalesce(cast(Journey.ended_at, Date), clock.today()),
        or_(GroupMember.left_on.is_(None), GroupMember.left_on > cast(Journey.opened_at, Date)),
    )
    rows = session.execute(
        select(Journey.programme, Journey.version, Journey.opened_at, Journey.ended_at, Journey.state)
        .where(
            and_(
                Journey.id != referral.journey_id,
                or_(Journey.subject_id.in_([referral.subject_id, *people]), with_her),
            )
        )
        .order_by(Journey.opened_at.desc(), Journey.id)
    ).all()
    programmes = publishing.published(session, {(row.programme, row.version) for row in rows})
    zone = clock.zone()
    return [
        {
            "programme": row.programme,
            "title": _both(programmes[row.programme, row.version].title),
            "opened_on": row.opened_at.astimezone(zone).date().isoformat(),
            "ended_on": row.ended_at.astimezone(zone).date().isoformat() if row.ended_at else None,
            "taught": _taught(programmes[row.programme, row.version], JourneyState.from_json(row.state)),
        }
        for row in rows
    ]


def _taught(programme: Programme, journey: JourneyState) -> list[dict[str, Any]]:
    return [
        {"title": _both(programme.stages[name].title), "outcome": stage.outcome}
        for name, stage in journey.stages.items()
        if stage.standing is Standing.DONE and kinds.kind(programme.stages[name].does).service == TEACHES
    ]


def _both(text: Any) -> dict[str, str]:
    return {"id": text.id, "en": text.en}
