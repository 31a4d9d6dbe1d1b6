"""The decision that a leading office owes, as the common worklist knows it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.intake.accounts import staffing
from services.intake.journeys import commands, decisions, moves, publishing, schemas
from services.intake.journeys.models import CameBack, Journey
from services.intake.journeys.moves import Move
from shared.events.intake import StuckBecause
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes import engine
from shared.programmes.kinds import DECISION
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork
from shared.storage.arrays import among
from shared.web import access


class DecisionWork(StageWork):
    """The leading office offers a stage again, to the same office or another, or ends the journey, and says why."""

    kind = DECISION.name
    roles = (Role.OFFICER, Role.HEAD)
    completion_schema = schemas.DecisionMade
    may_go_back = False
    about = "journeys/decided_about.html"
    together = "journeys/decided_together.html"
    template = "journeys/decision.html"

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """What the office said that gave the stage back, and who could do it."""
        said = session.get(CameBack, UUID(referral.settings["undone"]))
        programme = publishing.newest(session, referral.programme, referral.version)
        agency = programme.stages[referral.stage].agency
        return {
            "why": referral.settings["why"],
            "awaits_consent": referral.settings["why"] == StuckBecause.CONSENT_MISSING,
            "stage": {"id": programme.stages[referral.stage].title.id, "en": programme.stages[referral.stage].title.en},
            "came_back": _said(said) if said else None,
            "holders": [
                {"id": each.id, "name": each.name}
                for each in staffing.of_agencies(session, [agency]).able(agency, referral.area)
            ],
        }

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Carry out what was decided, of many journeys at once; raises what the journey's own commands raise."""
        access.require(officer, Permission.JOURNEYS_STEER)
        found = session.scalars(select(Journey).where(among(Journey.id, {each.journey_id for each, _ in pairs})))
        journeys = {each.id: each for each in found}
        programmes = publishing.published(session, {(each.programme, each.version) for each, _ in pairs})
        staff = staffing.of_programmes(session, programmes.values())
        going, reasons = [], {}
        for referral, given in pairs:
            if given["decision"] == schemas.END:
                reasons[referral.journey_id] = given["reason"]
                going.append(Move(referral.journey_id, moves.by(engine.Stop())))
                continue
            programme, journey = programmes[referral.programme, referral.version], journeys[referral.journey_id]
            office = commands.office_for(staff, programme, journey, referral.stage, given["office"])
            going.append(Move(referral.journey_id, moves.by(engine.OfferAgain(referral.stage)), office=office))
        for journey_id, reason in reasons.items():
            session.execute(update(Journey).where(Journey.id == journey_id).values(end_reason=reason))
        moves.carry(session, going, by=officer, deciding={each.id for each, _ in pairs})
        return [
            Completion(decisions.ENDED, {}, is_explained=True)
            if each.journey_id in reasons
            else Completion(decisions.OFFERED_AGAIN, {})
            for each, _ in pairs
        ]


def _said(undone: CameBack) -> dict[str, Any]:
    """What an office said as it gave a stage back, and on which day in the deployment's zone."""
    day = undone.at.astimezone(clock.zone()).date()
    shown: dict[str, Any] = schemas.CameBack().dump(undone)
    return shown | {"on": day.isoformat()}
