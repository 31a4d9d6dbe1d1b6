"""Zakat support as the common worklist knows it: an officer assesses, an approver decides and hands over."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.entitlements import queries as entitlements
from services.grants.subjects import members_of
from services.grants.zakat import commands, queries, schemas
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.programmes.kinds import BECAUSE
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork, plain


class ZakatSupport(StageWork):
    """Who is entitled to zakat, and whether money is given, lent without interest, or refused."""

    kind = commands.KIND
    roles = (Role.OFFICER, Role.APPROVER, Role.HEAD)
    signed_by = (Role.APPROVER, Role.HEAD)
    work_schema = schemas.AssessmentSchema
    completion_schema = schemas.ZakatDecisionSchema
    template = "zakat/work.html"
    told_as: Mapping[str, str] = {
        **dict.fromkeys(
            ("income", "households", "members", "line", "line_source", "form", "first_due", "group_members"),
            "assessment",
        ),
        **dict.fromkeys(("document", "handed_over_on"), "hand_over"),
        "reason": BECAUSE,
    }
    not_told: Mapping[str, str] = {
        "verdict": "It is the outcome.",
        "aid_acknowledged": "It stands with the claims on aid, where every office that gives aid reads it.",
    }

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Open a case for each."""
        commands.open_cases(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The case, what the form shows of it, and what the fund has left."""
        case = queries.case_of(session, referral.id)
        standing = queries.standing(case) if case else {}
        given = referral.settings
        by_programme = given.get("had_kifayah") or given.get("household")
        return {
            "case": standing,
            "fund": queries.fund_free(session, given["fund"]),
            "members_known": members_of(referral),
            **entitlements.shown(session, referral),
            **{name: standing.get(name) for name in ASSESSED},
            "line": None if by_programme else standing.get("had_kifayah"),
            "line_source": None if by_programme else standing.get("line_source"),
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save the assessment; what it proposes is reserved."""
        commands.assess(session, officer, referral, **work)

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Decide: the money was handed over, or there is none."""
        return commands.decide(session, officer, pairs)

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """What was assessed, how the money was handed over, or why it was refused."""
        told = {}
        for case in commands.locked_cases(session, [each.id for each in referrals]).values():
            assessed = plain(case, *ASSESSMENT)
            given = plain(case, "document", "handed_over_on")
            why = {BECAUSE: case.reason} if case.reason else {}
            told[case.referral_id] = {"assessment": assessed, **({"hand_over": given} if given else {}), **why}
        return told

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Let go of what was reserved."""
        commands.let_go(session, referrals)


ASSESSED = (
    "income", "households", "members", "asnaf", "form", "amount", "instalments", "first_due", "group_members",
)  # fmt: skip

ASSESSMENT = ("income", "households", "members", "line", "line_source", "form", "first_due", "group_members")

WORKS = (ZakatSupport(),)
