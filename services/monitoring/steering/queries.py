"""What can be told of a coordinator's acts: what an office was asked, what came of it, and what is flagged."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from services.monitoring.flow import queries as flow
from services.monitoring.flow.models import JourneyFigure, ReferralFigure, StageFigure
from services.monitoring.flow.queries import Story
from services.monitoring.flow.rules import StageTurn
from services.monitoring.steering.models import CoordinatorAsk, JourneyFlag
from services.monitoring.steering.rules import CONFIDENTIAL
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.outages.rules import OUTAGE_AFTER
from shared.programmes import library
from shared.storage import clock as domain

LATEST_FIRST = (CoordinatorAsk.asked_at, CoordinatorAsk.id)


def journey(session: Session, officer: Officer, journey_id: UUID) -> JourneyFigure:
    """A journey of the officer's areas; raises NotFound."""
    found = session.scalar(select(JourneyFigure).where(JourneyFigure.id == journey_id, *flow.ours(officer, None, None)))
    if found is None:
        raise NotFound(what="journey")
    return found


def waiting(story: Story) -> list[StageTurn]:
    """What of a journey waits for an office that can be asked about it; confidential talks are not spoken of."""
    kept_quiet = _confidential(story.journey)
    return [
        each
        for each in story.turns
        if each.closed_at is None and each.stuck_at is None and each.stage not in kept_quiet
    ]


def asks(officer: Officer, *, answered: bool | None = None) -> Select[CoordinatorAsk]:
    """What her office was asked, or what every office of her areas was where she reads everywhere.

    All of it, what was answered, or what is neither answered nor over.
    """
    whose = true() if officer.reads_everywhere else CoordinatorAsk.office == officer.office
    asked = select(CoordinatorAsk).where(whose, within(CoordinatorAsk.area, officer.areas))
    if answered is None:
        return asked
    return asked.where(CoordinatorAsk.answered_at.is_not(None) if answered else is_open())


def ask(session: Session, officer: Officer, ask_id: UUID, *, lock: bool = False) -> CoordinatorAsk:
    """One of them, for the office that was asked; raises NotFound."""
    found = select(CoordinatorAsk).where(
        CoordinatorAsk.id == ask_id,
        CoordinatorAsk.office == officer.office,
        within(CoordinatorAsk.area, officer.areas),
    )
    if (known := session.scalar(found.with_for_update() if lock else found)) is None:
        raise NotFound(what="question")
    return known


def of_journey(session: Session, journey_id: UUID) -> Sequence[CoordinatorAsk]:
    """All that was asked about a journey, the latest first."""
    asked = select(CoordinatorAsk).where(CoordinatorAsk.journey_id == journey_id)
    return session.scalars(asked.order_by(*(each.desc() for each in LATEST_FIRST))).all()


def of_referral(session: Session, officer: Officer, referral_id: UUID) -> Sequence[CoordinatorAsk]:
    """What the officer's office was asked about a referral, the latest first."""
    asked = asks(officer).where(CoordinatorAsk.referral_id == referral_id)
    return session.scalars(asked.order_by(*(each.desc() for each in LATEST_FIRST))).all()


def owed_by(officer: Officer) -> Select[CoordinatorAsk]:
    """The explanations that the officer's own office owes still."""
    return select(CoordinatorAsk).where(
        CoordinatorAsk.office == officer.office,
        within(CoordinatorAsk.area, officer.areas),
        CoordinatorAsk.due_at.is_not(None),
        is_open(),
    )


def late_to(officer: Officer) -> Select[CoordinatorAsk]:
    """What the officer's own office asked, and was told of as late because it is not explained."""
    return select(CoordinatorAsk).where(
        CoordinatorAsk.coordinating_office == officer.office,
        within(CoordinatorAsk.area, officer.areas),
        CoordinatorAsk.escalated_at.is_not(None),
        is_open(),
    )


def past(*, by: timedelta = timedelta()) -> ColumnElement[bool]:
    """Owed still, past its day by so much, and nobody was told of it."""
    return and_(
        CoordinatorAsk.due_at < domain.now() - by,
        CoordinatorAsk.due_at.is_not(None),
        CoordinatorAsk.escalated_at.is_(None),
        is_open(),
    )


def audit(session: Session) -> Iterator[str]:
    """Explanations that are late although the bells had the time to tell on them, and of which nobody was told."""
    silent = session.scalars(select(CoordinatorAsk).where(past(by=OUTAGE_AFTER)).order_by(CoordinatorAsk.due_at))
    for each in silent:
        yield (
            f"{each.office} owes the explanation {each.id} on journey {each.journey_id} since "
            f"{each.due_at:%Y-%m-%d}, and {each.coordinating_office}, which asked, was not told that it is late"
        )


def flag(session: Session, journey_id: UUID, *, lock: bool = False) -> JourneyFlag | None:
    """The flag on a journey, where it has one."""
    found = select(JourneyFlag).where(JourneyFlag.journey_id == journey_id, JourneyFlag.lifted_at.is_(None))
    return session.scalar(found.with_for_update() if lock else found)


def flags(officer: Officer) -> Select[JourneyFlag]:
    """The flagged journeys of the officer's areas."""
    return select(JourneyFlag).where(JourneyFlag.lifted_at.is_(None), within(JourneyFlag.area, officer.areas))


def is_open() -> ColumnElement[bool]:
    """Not answered, and its stage still waits for that office."""
    closed = exists().where(ReferralFigure.id == CoordinatorAsk.referral_id, ReferralFigure.closed_at.is_not(None))
    gone = exists().where(
        StageFigure.id == CoordinatorAsk.referral_id,
        or_(StageFigure.called_off_at.is_not(None), StageFigure.stuck_at.is_not(None)),
    )
    return and_(CoordinatorAsk.answered_at.is_(None), ~closed, ~gone)


def _confidential(found: JourneyFigure) -> frozenset[str]:
    try:
        programme = library.programme(found.programme, found.version)
    except NotFound:
        return frozenset()
    return frozenset(stage.name for stage in programme.stages.values() if stage.does == CONFIDENTIAL)
