"""Mentoring as the common worklist knows it: a mentor is chosen, the book is kept, and its term decides."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.mentoring import commands, queries
from services.training.mentoring.models import CashBook, Mentor
from services.training.mentoring.schemas import CashBookSchema, MentoringWorkSchema
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork


class MentoringWork(StageWork):
    """Students help to keep a cash book for a term."""

    kind = "training.mentoring"
    work_schema = MentoringWorkSchema
    completion_schema = MentoringWorkSchema
    template = "mentoring/work.html"
    told_as: Mapping[str, str] = {"mentor_id": "mentor"}

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Lay out a cash book for each."""
        commands.expect_referred(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The book so far, and the mentors to choose from."""
        book = queries.opened(session, session.get_one(CashBook, referral.id, populate_existing=True))
        told: dict[str, Any] = CashBookSchema(exclude=("book", "entries")).dump(book)
        mentor_id = book.book.mentor_id
        choices = [
            {
                "id": str(each.id),
                "name": each.name,
                "cohort": each.cohort.title,
                "ends_on": each.cohort.ends_on.isoformat(),
            }
            for each in queries.serving(session, referral.office, clock.today())
        ]
        return told | {
            "mentor_id": str(mentor_id) if mentor_id else None,
            "begins_on": book.book.begins_on.isoformat() if book.book.begins_on else None,
            "entries_asked": book.book.entries_asked,
            "entries": len(book.entries),
            "choices": choices,
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Give the book its mentor, or another."""
        if work["mentor_id"]:
            commands.assign_mentor(session, officer, work["mentor_id"], [referral.id])

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Count the months: kept or not kept. Who mentors is no longer of interest."""
        return commands.conclude(session, [referral for referral, _ in pairs])

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """Who was the mentor at last."""
        rows = session.execute(
            select(CashBook.referral_id, Mentor.name)
            .join(Mentor, Mentor.id == CashBook.mentor_id)
            .where(CashBook.referral_id.in_([each.id for each in referrals]))
        )
        return {row.referral_id: {"mentor": row.name} for row in rows}

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Close their books."""
        commands.let_go(session, referrals)

    def erased(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Forget what the entries were for; the figures stay."""
        commands.forget_wording(session, referrals)


WORKS = (MentoringWork(),)
