"""The stage `monitoring.visits` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.monitoring.causes import Cause
from services.monitoring.visits import commands, queries, schemas
from services.monitoring.visits.models import Visit
from services.monitoring.visits.rules import Condition, Goods
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork, plain

VISITED = ("month", "visited_on", "omzet", "profit", "goods", "condition", "cause", "approval")


class Visits(StageWork):
    """An officer visits the business in the months that the programme names; the last visit gives the outcome."""

    kind = "monitoring.visits"
    roles = (Role.OFFICER,)
    work_schema = schemas.VisitFindings
    completion_schema = schemas.VisitsDone
    template = "monitoring/visits/work.html"
    told_as: Mapping[str, str] = dict.fromkeys(("visited_on", "condition", "cause", "approval"), "visited")

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Plan the visits from the day of the offer."""
        commands.plan_visits(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The plan with what was found so far, the number of the next visit, and the words a form offers."""
        visits = queries.visits_of(session, [referral.id])[referral.id]
        upcoming = next((each for each in visits if each.visited_on is None), None)
        return {
            "visits": schemas.VisitPlanned(many=True).dump(visits),
            "next": upcoming.number if upcoming else None,
            "today": clock.today().isoformat(),
            "choices": {"goods": list(Goods), "condition": list(Condition), "cause": list(Cause)},
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Write down the next planned visit."""
        found = {name: value for name, value in work.items() if name != "approval"}
        commands.record_visit(session, officer, referral, commands.Findings(**found), work.get("approval"))  # type: ignore[typeddict-item]

    def finish(
        self,
        session: Session,
        officer: Officer,
        pairs: Sequence[tuple[Referral, dict[str, Any]]],
    ) -> list[Completion]:
        """Close stages whose last visit was recorded: its condition is the outcome."""
        visits = queries.visits_of(session, [referral.id for referral, _ in pairs])
        return [self._completion(visits[referral.id]) for referral, _ in pairs]

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """What was found on every visit."""
        visits = queries.visits_of(session, [each.id for each in referrals])
        return {
            referral: {"visited": [plain(each, *VISITED) for each in found if each.visited_on]}
            for referral, found in visits.items()
        }

    @staticmethod
    def _completion(visits: Sequence[Visit]) -> Completion:
        last = commands.last_visit(visits)
        assert last.condition is not None
        assert last.goods is not None
        facts = {"visits": len(visits), "omzet": last.omzet, "profit": last.profit, "goods": last.goods.value}
        return Completion(last.condition.value, facts)

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Strike the visits that will not take place; those that did are kept."""
        session.execute(
            delete(Visit).where(Visit.referral_id.in_([each.id for each in referrals]), Visit.visited_on.is_(None))
        )
