"""Open stages by the share of their time limit that is used: what is late stands first, then what will be."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Numeric, cast, func, literal, select, tuple_
from sqlalchemy.orm import Session

from services.monitoring.flow.models import StageFigure, StageStanding
from services.monitoring.flow.rules import Standing
from services.monitoring.flow.tallies import within
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.web import paging

DAY = 86_400


@dataclass(frozen=True)
class OpenStage:
    """A stage that somebody waits for, with the share of its time limit that is used, in per cent."""

    referral_id: UUID
    journey_id: UUID
    programme: str
    version: int
    area: str
    stage: str
    agency: str
    office: str
    sender_office: str
    offered_at: datetime
    due_at: datetime
    is_accepted: bool
    is_overdue: bool
    used: int
    days: int


def red_list(
    session: Session,
    officer: Officer,
    *,
    programme: str | None = None,
    version: int | None = None,
    stage: str | None = None,
    agency: str | None = None,
    office: str | None = None,
    sender_office: str | None = None,
    area: str | None = None,
    used: int | None = None,
    after: str | None = None,
    limit: int = paging.USUAL,
) -> paging.Page[OpenStage]:
    """Open stages in the officer's areas, the latest first; of which at least `used` per cent are gone, if given.

    All pages of a list are reckoned at the moment of the first, so that none is skipped while time goes on.
    """
    begin = _read(after) if after else None
    moment = begin[0] if begin else clock.now()
    share = _share(moment)
    listed = (
        select(StageStanding, StageFigure.offered_at, share.label("share"))
        .join(StageFigure, StageFigure.id == StageStanding.turn)
        .where(StageStanding.due_at.is_not(None), within(StageStanding.area, officer.areas))
        .order_by(share.desc(), StageStanding.turn.desc())
        .limit(limit + 1)
    )
    narrowed = {
        StageStanding.programme: programme,
        StageStanding.version: version,
        StageStanding.stage: stage,
        StageStanding.agency: agency,
        StageStanding.office: office,
        StageStanding.sender_office: sender_office,
    }
    listed = listed.where(*(column == value for column, value in narrowed.items() if value is not None))
    if area is not None:
        listed = listed.where(within(StageStanding.area, [area]))
    if used is not None:
        listed = listed.where(share > Decimal(used) / 100)
    if begin:
        listed = listed.where(tuple_(share, StageStanding.turn) < tuple_(*begin[1:]))
    rows = session.execute(listed).all()
    items = [_told(*row, moment=moment) for row in rows[:limit]]
    if len(rows) <= limit:
        return paging.Page(items, None)
    last = rows[limit - 1]
    return paging.Page(items, f"{moment.timestamp()}~{last.share}~{last[0].turn}")


def _share(moment: datetime) -> Any:
    """Which part of the time between offer and due date has passed at a moment; more than 1 when it is late."""
    given = func.extract("epoch", StageStanding.due_at - StageFigure.offered_at)
    passed = func.extract("epoch", literal(moment, DateTime(timezone=True)) - StageFigure.offered_at)
    return func.round(cast(passed / func.greatest(given, 1), Numeric), 9)


def _told(turn: StageStanding, offered_at: datetime, share: Any, *, moment: datetime) -> OpenStage:
    assert turn.due_at is not None
    return OpenStage(
        referral_id=turn.turn,
        journey_id=turn.journey_id,
        programme=turn.programme,
        version=turn.version,
        area=turn.area,
        stage=turn.stage,
        agency=turn.agency or "",
        office=turn.office or "",
        sender_office=turn.sender_office or "",
        offered_at=offered_at,
        due_at=turn.due_at,
        is_accepted=turn.standing == Standing.ACTIVE,
        is_overdue=turn.due_at < moment,
        used=int(share * 100),
        days=int((moment - offered_at).total_seconds() // DAY),
    )


def _read(after: str) -> tuple[datetime, Decimal, UUID]:
    try:
        moment, share, last = after.split("~")
        return datetime.fromtimestamp(float(moment), UTC), Decimal(share), UUID(last)
    except (ValueError, InvalidOperation, OverflowError) as unreadable:
        raise paging.CursorUnreadable(errors={"after": ["?"]}) from unreadable
