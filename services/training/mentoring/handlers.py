"""What mentoring hears of officers: a student whose account has ended keeps no books any more."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.training.mentoring.models import Mentor
from shared.bus import Heard
from shared.events.intake import AccessEnded


def hear_access_ended(session: Session, heard: Sequence[Heard[AccessEnded]]) -> None:
    """Leave the books of mentors who have left to their office, until another student keeps them."""
    left = {each.event.officer_id for each in heard if each.event.closed}
    if left:
        session.execute(
            update(Mentor)
            .where(Mentor.account_id.in_(left))
            .values(account_id=None)
            .execution_options(synchronize_session=False)
        )
