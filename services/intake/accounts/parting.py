"""What ends with an officer's account or her place at an office: leave, what she acts in, whom she stands in for.

Whoever she stood in for is on leave without a stand-in from then on: what that officer handles lies in the tray of
what is to be given to somebody, where the head of the office sees it.
"""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.intake.accounts import log
from services.intake.accounts.models import ActingAppointment, OfficerLeave
from services.intake.accounts.rules import What
from shared.bus import announce_all
from shared.events.intake import LeaveNoted
from shared.identity import absences
from shared.kernel import clock


def running(session: Session, officer_ids: Collection[UUID], today: date) -> list[ActingAppointment]:
    """The appointments of these officers that run today or will, and those that stand for them; locked."""
    concerned = or_(ActingAppointment.officer_id.in_(officer_ids), ActingAppointment.stands_for_id.in_(officer_ids))
    asked = select(ActingAppointment).where(
        concerned, ActingAppointment.ended_at.is_(None), ActingAppointment.to_on >= today
    )
    return list(session.scalars(asked.order_by(ActingAppointment.id).with_for_update()))


def let_go(session: Session, by_id: UUID | None, officer_ids: Collection[UUID]) -> list[UUID]:
    """End what these officers act in and their leave, and let nobody be stood in for by them.

    Gives the others whose appointment ended, because they acted for one of these: their access ends, too.
    """
    if not officer_ids:
        return []
    today, now = clock.today(), clock.now()
    ended = running(session, officer_ids, today)
    for each in ended:
        each.ended_at = now
        log.note_all(session, by_id, [each.officer_id], What.APPOINTMENT_ENDED, after={"acts": each.title})
    concerned = or_(OfficerLeave.officer_id.in_(officer_ids), OfficerLeave.stand_in_id.in_(officer_ids))
    left = session.scalars(
        select(OfficerLeave)
        .where(concerned, ~OfficerLeave.withdrawn, OfficerLeave.to_on >= today)
        .order_by(OfficerLeave.id)
        .with_for_update()
    ).all()
    for leave in left:
        if leave.officer_id in officer_ids:
            leave.withdrawn = True
        else:
            leave.stand_in_id = None
        leave.revision += 1
    tell(session, left)
    return sorted({each.officer_id for each in ended} - set(officer_ids))


def tell(session: Session, leaves: Iterable[OfficerLeave]) -> None:
    """Let every service know of leaves as they stand by now; intake itself at once."""
    session.flush()
    told = [
        LeaveNoted(
            officer_id=each.officer_id,
            leave_id=each.id,
            revision=each.revision,
            from_on=each.from_on,
            to_on=each.to_on,
            stand_in_id=each.stand_in_id,
            withdrawn=each.withdrawn,
        )
        for each in leaves
    ]
    if told:
        absences.note_told(session, told)
        announce_all(session, told)
