"""What monitoring counts anew when a city's calendar has changed: tasks, explanations, and how long offices took."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.monitoring.flow import commands as flow
from services.monitoring.meetings import commands as meetings
from services.monitoring.steering import commands as steering
from shared import calendars
from shared.bus import Heard
from shared.events.intake import CalendarChanged
from shared.kernel import clock


def hear_calendars_changed(session: Session, heard: Sequence[Heard[CalendarChanged]]) -> None:
    """Know what cities add to the national calendar, and count anew what is open; a word known before changes nothing.

    Stages and decisions are counted by intake, which says so of each.
    """
    told = [each.event for each in heard]
    before = calendars.current(session)
    calendars.note(session, told)
    after, now = calendars.current(session), clock.now()
    meetings.recount(session, told, before, after, now)
    steering.recount(session, told, before, after, now)
    flow.touch_recounted(session, {each.region for each in told}, before, after)
