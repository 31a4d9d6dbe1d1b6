"""The stage `intake.assessment` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.intake.assessments import commands, queries, rules, schemas
from services.intake.eligibility import commands as eligibility
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork


class AssessmentWork(StageWork):
    """An officer asks about each need that the programme can meet."""

    kind = "intake.assessment"
    roles = (Role.OFFICER,)
    work_schema = schemas.AssessmentDone
    completion_schema = schemas.AssessmentDone
    template = "assessments/assessment.html"
    told_as: Mapping[str, str] = {"interviewed_on": "assessed_on", "answers": "notes"}
    not_told: Mapping[str, str] = {"talk": "It goes to the compartment, and nobody is told whether it was said."}

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """First what she has been through already, then each need with its answer so far.

        A wish for a confidential talk is not shown, whether it was said or not.
        """
        known = queries.assessment(session, referral)
        (people,) = eligibility.members_of(session, [referral]).values()
        answers, notes = (known.answers, known.notes) if known else ({}, {})
        words = {True: "true", False: "false", None: None}
        return {
            "earlier": queries.earlier_journeys(session, referral, people),
            "answers": [
                {"need": need, "found": words[answers.get(need)], "note": notes.get(need, "")}
                for need in referral.settings["needs"]
            ],
            "interviewed_on": known.interviewed_on.isoformat() if known and known.interviewed_on else None,
            "may_ask_for_talk": rules.may_ask_for_talk(referral.agency, referral.subject_kind),
            "today": clock.today().isoformat(),
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save the answers so far."""
        commands.write_down(session, officer, [(referral, work)])

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Tell which needs were found."""
        return commands.conclude(session, officer, pairs)
