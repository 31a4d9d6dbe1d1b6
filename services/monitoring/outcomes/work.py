"""The stage `monitoring.graduation` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.monitoring.causes import Cause
from services.monitoring.outcomes import commands, queries, schemas
from services.monitoring.outcomes.models import GraduationSignature
from services.monitoring.outcomes.rules import Verdict
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork, plain


class Graduation(StageWork):
    """An officer signs first, and a head, who must be another person, completes the stage by signing the same."""

    kind = "monitoring.graduation"
    roles = (Role.OFFICER, Role.HEAD)
    signed_by = (Role.HEAD,)
    work_schema = schemas.SignatureGiven
    completion_schema = schemas.SignatureGiven
    template = "monitoring/outcomes/work.html"
    told_as: Mapping[str, str] = {"verdict": "signed_by"}

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Nothing is kept before the first signature."""

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """Who has signed what, by which criterion, how many signatures are needed, and the words a form offers."""
        signed = queries.signatures_of(session, [referral.id])[referral.id]
        return {
            "signatures": schemas.SignatureShown(many=True).dump(signed),
            "needed": referral.settings["signatures"],
            "criterion": referral.settings.get("criterion"),
            "choices": {"verdict": list(Verdict), "cause": list(Cause)},
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Sign before the head does."""
        signed = queries.signatures_of(session, [referral.id])[referral.id]
        commands.sign_early(session, officer, referral, signed, work["verdict"], work["cause"])

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Sign as the head, and report what was signed."""
        signed = queries.signatures_of(session, [referral.id for referral, _ in pairs])
        results = [(referral, given["verdict"], given["cause"]) for referral, given in pairs]
        commands.sign_last(session, officer, results, signed)
        return [
            Completion(given["verdict"].value, {"cause": given["cause"] and given["cause"].value}) for _, given in pairs
        ]

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """Who signed what."""
        signed = queries.signatures_of(session, [each.id for each in referrals])
        return {
            referral: {"signed_by": [{"name": each.officer_name, **plain(each, "verdict", "cause")} for each in found]}
            for referral, found in signed.items()
        }

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Strike the signatures on results that will not be pronounced."""
        session.execute(
            delete(GraduationSignature).where(GraduationSignature.referral_id.in_([each.id for each in referrals]))
        )
