"""A cooperative as the common worklist knows it: join one or found one, save, and perhaps borrow capital."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.cooperative import queries, schemas
from services.grants.cooperative.commands import memberships
from services.grants.cooperative.models import CooperativeMember
from services.grants.entitlements import queries as entitlements
from services.grants.subjects import members_of
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.programmes.kinds import BECAUSE
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork, plain


class CooperativeWork(StageWork):
    """She joins a cooperative, or founds one with others."""

    kind = memberships.KIND
    roles = (Role.OFFICER, Role.APPROVER, Role.HEAD)
    signed_by = (Role.APPROVER, Role.HEAD)
    work_schema = schemas.MembershipSchema
    completion_schema = schemas.MembershipDoneSchema
    template = "cooperative/work.html"
    told_as: Mapping[str, str] = {
        **dict.fromkeys(("cooperative_id", "name", "persons"), "cooperative"),
        "savings": "paid_in",
        **dict.fromkeys(("loan", "loan_verdict", "document", "handed_over_on"), "loan_terms"),
        "reason": BECAUSE,
    }
    not_told: Mapping[str, str] = {
        "outcome": "It is the outcome.",
        "aid_acknowledged": "It stands with the claims on aid, where every office that gives aid reads it.",
    }

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Expect a choice."""
        memberships.open_memberships(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """What is recorded, the cooperatives to choose from, and what the fund has left."""
        member = queries.member_of(session, referral.id)
        return {
            "choices": queries.choices(session, referral.office),
            "belongs_to": [str(each) for each in queries.memberships_of(session, referral.subject_id)],
            "fund": queries.fund_free(session, referral.settings.get("fund")),
            "members_known": members_of(referral),
            **entitlements.shown(session, referral),
            **(_recorded(member) if member else {}),
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Record the choice; a loan that is proposed is reserved."""
        memberships.record(session, officer, referral, **work)

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Joined, formed, or not joined; an approver decides on a loan."""
        return memberships.conclude(session, officer, pairs)

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """Which cooperative, what was paid in, the terms of a loan, or why she did not join."""
        members = memberships.locked_members(session, [each.id for each in referrals]).values()
        names = queries.names_of(session, [each.cooperative_id for each in members if each.cooperative_id])
        told = {}
        for each in members:
            found: dict[str, Any] = {
                "cooperative": _named(names, each),
                "paid_in": plain(each, "pokok", "wajib", "sukarela", "receipt"),
                "loan_terms": plain(each, "loan_verdict", "instalments", "first_due"),
                BECAUSE: each.reason,
            }
            told[each.referral_id] = {name: value for name, value in found.items() if value}
        return told

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Let go of what was reserved; they no longer count as founders."""
        memberships.let_go(session, referrals)


def _named(names: Mapping[UUID, str], member: CooperativeMember) -> dict[str, Any]:
    if member.cooperative_id is None:
        return {}
    return {"cooperative_name": names.get(member.cooperative_id), "persons": member.persons}


def _recorded(member: CooperativeMember) -> dict[str, Any]:
    return {
        "state": member.state.value,
        "cooperative_id": str(member.cooperative_id) if member.cooperative_id else None,
        "founder": member.founder,
        "persons": member.persons,
        "savings": {
            "pokok": member.pokok or None,
            "wajib": member.wajib or None,
            "sukarela": member.sukarela or None,
            "receipt": member.receipt,
        },
        "loan": {
            "amount": member.loan_amount,
            "instalments": member.instalments,
            "first_due": member.first_due.isoformat() if member.first_due else None,
        },
    }


WORKS = (CooperativeWork(),)
