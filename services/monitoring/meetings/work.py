"""The stage `monitoring.meeting` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.monitoring.meetings import commands, queries
from services.monitoring.meetings.agenda import KIND
from services.monitoring.meetings.models import Meeting
from services.monitoring.meetings.schemas import DiscussedSchema
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.calendar import add_months
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork


class Discussion(StageWork):
    """A journey waits for the next meeting; holding it completes the stage, for all that wait at once."""

    kind = KIND
    roles = (Role.OFFICER, Role.HEAD)
    completion_schema = DiscussedSchema
    template = "meetings/work.html"
    told_as: Mapping[str, str] = {"meeting_id": "met_on"}

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The meeting that is planned, the day by which one is due, and those at which it can have been discussed."""
        planned, last = queries.upcoming(session, referral), queries.last_held(session, referral)
        since = last.meets_on if last else referral.offered_at.astimezone(clock.zone()).date()
        return {
            "every": referral.settings["every"],
            "last": _meeting(last) if last else None,
            "planned": _meeting(planned) if planned else None,
            "due_by": add_months(since, int(referral.settings["every"])).isoformat(),
            "held": [_meeting(each) for each in queries.held_since(session, referral)],
        }

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Note at which meeting each was discussed; what the meeting decided about it is counted."""
        return commands.completions(session, officer, [(referral, told["meeting_id"]) for referral, told in pairs])

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Take them off the agendas of meetings to come."""
        commands.leave_agendas(session, referrals)


def _meeting(meeting: Meeting) -> dict[str, str]:
    return {"id": str(meeting.id), "meets_on": meeting.meets_on.isoformat(), "place": meeting.place}


WORKS = (Discussion(),)
