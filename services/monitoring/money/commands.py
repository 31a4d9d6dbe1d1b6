"""Writing down what grants announced of its funds."""

from collections.abc import Sequence

from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from services.monitoring.heard import rows_of
from services.monitoring.money.models import FundFigure
from shared.bus import Heard
from shared.events.envelope import Event
from shared.events.grants import FundHandedOver, FundMoved, FundOpened
from shared.storage.rows import core, insertion, recordset

LOANS = ("lent", "repaid")
"""Absent from what was announced before there were loans."""
MOVED = ("ceiling", "reserved", "committed", "realised", "returned", *LOANS, "closed", "as_of", "moved_at")
OPENED = ("id", "title", "title_en", "source", "owner_office", "budget_year", "ceiling", "as_of", "moved_at")


def open_funds(session: Session, heard: Sequence[Heard[FundOpened]]) -> None:
    """Note funds that may be spent from."""
    session.execute(insertion(FundFigure, OPENED).on_conflict_do_nothing(), _rows(heard))


def move_funds(session: Session, heard: Sequence[Heard[FundMoved]]) -> None:
    """Note where the money of funds stands; what is older than the figure that is here changes nothing."""
    told = recordset(FundFigure, ["id", *MOVED])
    session.execute(
        update(core(FundFigure))
        .where(FundFigure.id == told.c.id, FundFigure.as_of < told.c.as_of)
        .values({name: func.coalesce(told.c[name], 0) if name in LOANS else told.c[name] for name in MOVED}),
        _rows(heard),
    )


def hand_funds_over(session: Session, heard: Sequence[Heard[FundHandedOver]]) -> None:
    """Note who owns funds from now on; heard twice, there is nothing left to do."""
    for each in sorted(heard, key=lambda each: each.position):
        theirs = FundFigure.id == each.event.fund_id, FundFigure.owner_office == each.event.office
        session.execute(update(core(FundFigure)).where(*theirs).values(owner_office=each.event.successor))


def reset(session: Session) -> None:
    """Forget everything that can be heard again."""
    session.execute(delete(FundFigure))


def _rows(heard: Sequence[Heard[Event]]) -> dict[str, list[dict[str, object]]]:
    """One row for each fund: the latest word on it, with its position in the log."""
    latest = {each.event.subject: each for each in sorted(heard, key=lambda each: each.position)}
    rows = rows_of(latest.values(), key="fund_id", at="moved_at")
    for row in rows["rows"]:
        row["as_of"] = latest[row["id"]].position
    return rows
