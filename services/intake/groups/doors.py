"""What both doors of the groups do alike: whoever sees the members of a group leaves a trace."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.groups import queries
from services.intake.groups.models import BusinessGroup
from services.intake.groups.queries import Membership
from shared.privacy import looks
from shared.web import door


def look_at(session: Session, group_id: UUID) -> tuple[BusinessGroup, list[Membership]]:
    """A group of the officer's areas with its members; the look at their names is logged."""
    officer = door.current_officer()
    group = session.get_one(BusinessGroup, group_id)
    officer.require(area=group.area)
    members = queries.members_of(session, [group_id])[group_id]
    looks.log_looks(session, officer, "person", [each.person_id for each in members], "group")
    return group, members
