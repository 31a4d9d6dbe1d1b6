"""What is late or nearly so over all offices, as rows of the start page of whoever looks on: there she can act."""

from sqlalchemy.orm import Session

from services.monitoring.flow.pages import titles
from services.monitoring.oversight import red_list
from shared.desk import rows
from shared.identity.officer import Officer
from shared.referrals.words import number
from shared.web.showing import area_name, office_name


def late(session: Session, officer: Officer) -> rows.Part:
    """Stages in her areas that are late or nearly due, the earliest due first; for those who read everywhere."""
    if not officer.reads_everywhere:
        return rows.Part()
    named = titles()
    found = red_list.red_list(session, officer, limit=rows.MOST).items
    standing = red_list.standing(session, officer)
    lines = [
        rows.Row(
            kind="late-stage",
            act=office_name(each.office),
            what=named.stage(each.programme, each.stage, each.version),
            about=f"{area_name(each.area)} · {number(each.journey_id)}",
            address=f"/monitoring/{officer.agency}/journeys/{each.journey_id}",
            due_at=each.due_at,
            remind_at=each.remind_at,
        )
        for each in found
    ]
    return rows.Part(lines, standing.late + standing.near, standing.late, standing.near)


SOURCES = (late,)
