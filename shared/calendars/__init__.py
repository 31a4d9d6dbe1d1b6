"""The calendars that cities add to the national one, as every service knows them: intake notes them and tells of them.

A decree (a regent's circular, the ministers' late joint decree) names days off, or weekdays on which offices open after
all, for a region. Nothing happens when one is noted: whoever counts asks for the days of the area.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.bus import Heard
from shared.events.intake import CalendarChanged, DayKind
from shared.identity.areas import covers, within
from shared.kernel import calendar, clock
from shared.kernel.calendar import NATIONAL, Days
from shared.storage import Base
from shared.storage.columns import Id


class CalendarDecree(Base):
    """What a decree says of days in a region, each with its kind; `revision` grows with each word of it."""

    __tablename__ = "calendar_decree"

    id: Mapped[Id]
    revision: Mapped[int]
    region: Mapped[str]
    number: Mapped[str]
    decreed_on: Mapped[date]
    days: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    withdrawn: Mapped[bool] = mapped_column(server_default=false())


LOCK = 0x4B61_4361
"""Shared by whoever counts dates, until what was counted is committed; a decree waits for all of them."""
KEPT = ("revision", "region", "number", "decreed_on", "days", "withdrawn")


@dataclass(frozen=True)
class Calendars:
    """The decrees that count, the earliest first: where two disagree about a day, the later one is followed."""

    decrees: tuple[CalendarDecree, ...] = ()
    _known: dict[str, Days] = field(default_factory=dict, compare=False)

    def of(self, area: str) -> Days:
        """The days of an area, beside the national ones."""
        if area not in self._known:
            said: dict[date, DayKind] = {}
            for each in self.decrees:
                if covers(each.region, area):
                    said |= {date.fromisoformat(one["day"]): DayKind(one["kind"]) for one in each.days}
            on = frozenset(day for day, kind in said.items() if kind is DayKind.WORKING)
            self._known[area] = Days(frozenset(said) - on, on) if said else NATIONAL
        return self._known[area]

    def without(self, decree: UUID) -> "Calendars":
        """The same calendars before a decree."""
        return Calendars(tuple(each for each in self.decrees if each.id != decree))

    def along(self, own: CalendarDecree) -> "Calendars":
        """The same calendars with a decree."""
        return Calendars(_in_order([*self.without(own.id).decrees, own]))

    @property
    def regions(self) -> list[str]:
        """The regions that have days of their own, the narrowest first."""
        return sorted({each.region for each in self.decrees}, key=lambda each: (-len(each), each))


def current(session: Session) -> Calendars:
    """The calendars that count, read once in a transaction."""
    known: Calendars | None = session.info.get("calendars")
    if known is None:
        found = session.scalars(select(CalendarDecree).where(~CalendarDecree.withdrawn)).all()
        known = session.info["calendars"] = Calendars(_in_order(found))
    return known


def counting(session: Session) -> Calendars:
    """The calendars by which this transaction sets dates.

    No decree becomes known between the counting and its commit: a decree waits until whoever counted without it is
    done, so that counting anew finds what they wrote, and whoever comes later counts with it.
    """
    session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    session.info.pop("calendars", None)
    return current(session)


def anew(current: datetime, counted: datetime, now: datetime, days: Days) -> datetime | None:
    """The date that something open has, whose calendar has changed; None where it keeps the one that it has.

    It becomes no earlier than the end of the next working day, and what is late either way stays late.
    """
    due_at = max(counted, earliest(now, days))
    return None if (counted < now and current < now) or due_at == current else due_at


def earliest(now: datetime, days: Days) -> datetime:
    """The earliest that a date can become by counting it anew: the end of the next working day."""
    return calendar.end_of_day(next_day(now, days))


def next_day(now: datetime, days: Days) -> date:
    """The next working day after a moment's."""
    return calendar.add_working_days(now.astimezone(clock.zone()).date(), 1, days)


def why_anew(told: Sequence[CalendarChanged], area: str, due_before: datetime, at: datetime) -> dict[str, Any]:
    """The note that a date keeps: the last of these decrees that its area follows, and when it was due before."""
    decree = next(each for each in reversed(told) if covers(each.region, area))
    return {
        "decree_number": decree.number,
        "decreed_on": decree.decreed_on.isoformat(),
        "due_before": due_before.isoformat(),
        "at": at.isoformat(),
    }


def note(session: Session, told: Iterable[CalendarChanged]) -> None:
    """Keep decrees as they are told; an older word of one changes nothing, nor does the same word twice."""
    newest: dict[UUID, CalendarChanged] = {}
    for each in told:
        if each.decree_id not in newest or each.revision > newest[each.decree_id].revision:
            newest[each.decree_id] = each
    known = select(CalendarDecree.id, CalendarDecree.revision).where(CalendarDecree.id.in_(newest))
    for decree, revision in session.execute(known):
        if newest[decree].revision <= revision:
            del newest[decree]
    if not newest:
        return
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    rows = [
        {
            "id": each.decree_id,
            "revision": each.revision,
            "region": each.region,
            "number": each.number,
            "decreed_on": each.decreed_on,
            "days": [{"day": one.day.isoformat(), "kind": one.kind.value} for one in each.days],
            "withdrawn": each.withdrawn,
        }
        for _, each in sorted(newest.items())
    ]
    row = insert(CalendarDecree).values(rows)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["id"],
            set_={name: getattr(row.excluded, name) for name in KEPT},
            where=CalendarDecree.revision < row.excluded.revision,
        ),
        execution_options={"synchronize_session": False},
    )
    session.info.pop("calendars", None)


def hear_calendars_changed(session: Session, heard: Sequence[Heard[CalendarChanged]]) -> None:
    """Know what cities add to the national calendar."""
    note(session, [each.event for each in heard])


def inside(column: Any, regions: Collection[str]) -> ColumnElement[bool]:
    """Which rows lie in one of these regions."""
    return within(column, list(regions))


def _in_order(decrees: Iterable[CalendarDecree]) -> tuple[CalendarDecree, ...]:
    return tuple(sorted(decrees, key=lambda each: (each.decreed_on, each.id)))
