"""Adding a decree to a region's calendar and taking it out: every service is told, and open dates are counted anew."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.calendars import rules
from services.intake.calendars.models import NotedDecree
from services.intake.calendars.schemas import CalendarGiven
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from shared import calendars, places
from shared.bus import announce
from shared.events.intake import CalendarChanged, CalendarDay, DayKind
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel import calendar, clock, yaml
from shared.kernel.errors import Invalid, NotFound
from shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Look:
    """A decree that is sound: which of its days are others than the calendar says now, and whom it concerns."""

    decree: NotedDecree
    changes: list[date]
    open_journeys: int


def read(text: str) -> dict[str, Any]:
    """What a calendar file says; raises Invalid with what is to be mended, by line or by name."""
    try:
        tree = yaml.read(text)
    except yaml.YamlRefused as refused:
        raise rules.CalendarUnreadable(line=refused.line, what=refused.what, remedy=refused.remedy) from refused
    if not isinstance(tree, dict):
        raise rules.NoCalendar
    return CalendarGiven().load(_plain(tree))


def look(session: Session, officer: Officer | None, given: dict[str, Any]) -> Look:
    """Whether a decree could be added, and what it would change; keeps nothing. Raises as `add` does."""
    decree = _checked(session, officer, given)
    days = calendars.current(session).of(decree.region)
    changes = [
        each["day"]
        for each in given["days"]
        if calendar.is_working_day(each["day"], days) is not (each["kind"] is DayKind.WORKING)
    ]
    concerned = select(func.count()).where(within(Journey.area, [decree.region]), Journey.status == JourneyStatus.OPEN)
    return Look(decree, changes, session.scalar(concerned) or 0)


def add(session: Session, officer: Officer | None, given: dict[str, Any]) -> NotedDecree:
    """Add a decree to the calendar of its region; the machine's operator may for every region.

    Raises UnknownArea, OutsideArea, DecreeKnown, and what `rules.require_days` raises.
    """
    decree = _checked(session, officer, given)
    session.add(decree)
    session.flush()
    _tell(session, decree)
    return decree


def remove(session: Session, officer: Officer | None, decree_id: UUID, *, reason: str) -> NotedDecree:
    """Take a decree out of the calendar; it stays written down. Raises NotFound, OutsideArea, DecreeRemoved."""
    decree = session.scalar(select(NotedDecree).where(NotedDecree.id == decree_id).with_for_update())
    if decree is None:
        raise NotFound(what="decree")
    _require_area(officer, decree.region)
    if decree.removed_at is not None:
        raise rules.DecreeRemoved
    decree.revision += 1
    decree.removed_at = decree.changed_at = clock.now()
    decree.removed_by, decree.removed_name = _who(officer)
    decree.removed_because = reason
    decree.counted_to = decree.counted_at = None
    session.flush()
    _tell(session, decree)
    return decree


def _checked(session: Session, officer: Officer | None, given: dict[str, Any]) -> NotedDecree:
    source, region = given["source"], given["region"]
    if not places.is_known(region):
        raise places.UnknownArea(code=region).at("region")
    _require_area(officer, region)
    rules.require_days([(each["day"], each["kind"]) for each in given["days"]], source["date"], clock.today())
    number = " ".join(source["number"].split())
    known = select(NotedDecree.id).where(
        NotedDecree.region == region,
        func.lower(NotedDecree.number) == number.lower(),
        NotedDecree.removed_at.is_(None),
    )
    if session.scalar(known.limit(1)) is not None:
        raise rules.DecreeKnown(number=number)
    now, (who, name) = clock.now(), _who(officer)
    return NotedDecree(
        id=new_id(),
        revision=1,
        region=region,
        number=number,
        decreed_on=source["date"],
        issuer=source["issuer"],
        days=[
            {"day": each["day"].isoformat(), "kind": each["kind"].value, "name": each["name"]} for each in given["days"]
        ],
        noted_by=who,
        noted_name=name,
        noted_at=now,
        changed_at=now,
        counted=0,
    )


def _tell(session: Session, decree: NotedDecree) -> None:
    event = CalendarChanged(
        decree_id=decree.id,
        revision=decree.revision,
        region=decree.region,
        number=decree.number,
        decreed_on=decree.decreed_on,
        days=[CalendarDay(day=date.fromisoformat(each["day"]), kind=DayKind(each["kind"])) for each in decree.days],
        withdrawn=decree.removed_at is not None,
    )
    calendars.note(session, [event])
    announce(session, event)


def _who(officer: Officer | None) -> tuple[UUID | None, str]:
    return (officer.id, officer.signs) if officer else (None, "kail")


def _require_area(officer: Officer | None, region: str) -> None:
    if officer is not None:
        officer.require(area=region)


def _plain(tree: Any) -> Any:
    """What YAML read as a day or a number, as the text that JSON has."""
    if isinstance(tree, dict):
        return {str(name): _plain(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(each) for each in tree]
    if isinstance(tree, date):
        return tree.isoformat()
    return str(tree) if isinstance(tree, str) else tree


__all__ = ["Invalid", "Look", "add", "look", "read", "remove"]
