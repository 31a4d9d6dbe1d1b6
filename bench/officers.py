"""Officers of the benchmark: each works off one service's worklist with the service's real commands, page by page."""

import time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.grants.goods.rules import ProposalOutcome
from services.grants.goods.work import Proposal
from services.intake.eligibility.work import VerificationWork
from services.monitoring.outcomes.rules import Verdict
from services.monitoring.outcomes.work import Graduation
from services.training.courses import commands as courses
from services.training.courses.commands import Mark
from services.training.courses.work import CourseWork
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.memory import keep_what_is_loaded
from shared.referrals import commands
from shared.referrals.models import Referral
from shared.referrals.rules import WAITING
from shared.referrals.work import by_kind
from shared.storage import database

PAGE = 200
AREA = "64.02.05.2001"
WORKS = {
    "intake": by_kind([VerificationWork()]),
    "training": by_kind([CourseWork()]),
    "grants": by_kind([Proposal()]),
    "monitoring": by_kind([Graduation()]),
}
PAPERS = {"identity_cards": True, "family_cards": True, "proposal_signed": True, "budget_complete": True}


def an_officer(role: Role) -> Officer:
    """Somebody at the office that does all five stages."""
    return Officer(
        id=ids.new_id(), name="Bangku", office="dinsos-kaltim", agency="dinsos", roles=frozenset({role}), areas=("64",)
    )


class Desk:
    """One service's officer at her worklist."""

    def __init__(self, service: str, page: int = PAGE) -> None:
        self.service, self.base, self.page = service, database(service), page
        self.officer = an_officer(Role.HEAD if service == "monitoring" else Role.OFFICER)
        self.course = _plan(an_officer(Role.OFFICER)) if service == "training" else None

    def work_off_page(self) -> int:
        """Accept and complete a page of what waits; says how much it was."""
        officer = self.officer
        with self.base.transaction() as session:
            page = session.execute(
                select(Referral.id, Referral.kind, Referral.settings)
                .where(Referral.agency == "dinsos", Referral.office == officer.office, Referral.state.in_(WAITING))
                .order_by(Referral.due_at, Referral.id)
                .limit(self.page)
            ).all()
            if page:
                commands.accept_referrals(session, officer, [each.id for each in page])
                if self.course:
                    _teach(session, officer, self.course, [each.id for each in page])
                done = {each.id: _done(each.kind, each.settings) for each in page}
                commands.complete_referrals(session, officer, WORKS[self.service], done)
        return len(page)


def work_off(service: str) -> None:
    """Accept and complete whatever waits in one service, until told to stop."""
    desk = Desk(service)
    keep_what_is_loaded()  # as web processes do
    while True:
        if not desk.work_off_page():
            time.sleep(0.02)


def _done(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    if kind == "intake.verification":
        seen = {
            "berita_acara": "BA-1", "visited_on": clock.today(), "lives_there": True, "has_place": True, "remarks": "",
        }  # fmt: skip
        return {"registry": None, "file": PAPERS if settings["check"] == "file" else None, "field": seen}
    if kind == "grants.goods-proposal":
        lines = [{"item": "Beras", "quantity": 10, "unit": "kg", "unit_price": 15_000}]
        return {"outcome": ProposalOutcome.SUBMITTED, "lines": lines}
    if kind == "training.course":
        return {"course_id": None, "attendance": []}
    return {"verdict": Verdict.GRADUATED, "cause": None}


def _plan(officer: Officer) -> UUID:
    with database("training").transaction() as session:
        meeting = [{"held_on": clock.today(), "place": "Balai"}]
        return courses.plan_course(
            session, officer, type="briefing", title="Briefing", area=AREA, places=1_000_000, sessions=meeting
        ).id


def _teach(session: Session, officer: Officer, course: UUID, referrals: list[UUID]) -> None:
    courses.enrol(session, officer, course, referrals)
    courses.mark_attendance(session, officer, course, 1, {each: Mark(True, None) for each in referrals})
