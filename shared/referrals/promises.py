"""What an office promised and kept: its referrals closed in time, late, or gone back without an answer."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals import queries
from shared.referrals.models import Referral
from shared.referrals.rules import CLOSED, ReferralState


@dataclass(frozen=True, slots=True)
class Kept:
    """How an office's promises ended since a moment; what its sender took back was no longer promised,
    and what was done on paper before Kail never was."""

    since: datetime
    in_time: int
    late: int
    unanswered: int

    @property
    def total(self) -> int:
        """How many promises came to their end."""
        return self.in_time + self.late + self.unanswered


def kept_this_month(session: Session, officer: Officer, agency: str) -> Kept:
    """How the promises ended that came to their end since the first of this month."""
    first = clock.now().astimezone(clock.zone()).date().replace(day=1)
    since = datetime.combine(first, time(), clock.zone()).astimezone(UTC)
    answered = Referral.state.in_(CLOSED - {ReferralState.WITHDRAWN, ReferralState.UNANSWERED})
    row = session.execute(
        select(
            func.count().filter(answered, Referral.closed_at <= Referral.due_at),
            func.count().filter(answered, Referral.closed_at > Referral.due_at),
            func.count().filter(Referral.state == ReferralState.UNANSWERED),
        ).where(
            queries.listed(officer, agency),
            Referral.state.in_(CLOSED),
            Referral.closed_at >= since,
            Referral.on_paper.is_(None),  # nobody had promised what was done before Kail
        )
    ).one()
    return Kept(since, *row)
