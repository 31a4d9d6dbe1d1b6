"""What a service remembers of the referrals offered to the offices that work in it.

One table, `referral`, in every service's own database. The database itself refuses what must never be: a no without
its grounds, a completion without its outcome, a closed referral without the moment of its closing.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.events.intake import SubjectKind
from shared.kernel import clock, numbers
from shared.privacy.fields import EncryptedJSON, EncryptedText
from shared.programmes.kinds import DECISION, kind
from shared.referrals import rules
from shared.referrals.rules import OPEN, WAITING, Lateness, Move, Reason, ReferralState, Suggestion
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text

REPORTS = "reports"
"""Under which name particulars hold what earlier stages found."""


def _one_of(states: frozenset[ReferralState]) -> str:
    return "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(states)))


IS_OPEN, IS_WAITING = _one_of(OPEN), _one_of(WAITING)
NO = f"state IN ('{ReferralState.DECLINED}', '{ReferralState.RETURNED}')"


class Referral(Base):
    """A stage of somebody's journey, offered to one office, with the clock that runs on it."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(
            f"num_nonnulls(reason, explanation, suggestion) = CASE WHEN {NO} THEN 3 ELSE 0 END",
            name="a_no_has_its_grounds",
        ),
        CheckConstraint(
            f"num_nonnulls(outcome, facts) = CASE WHEN state = '{ReferralState.COMPLETED}' THEN 2 ELSE 0 END",
            name="done_means_an_outcome",
        ),
        CheckConstraint(f"({IS_OPEN}) = (closed_at IS NULL)", name="closed_at_a_moment"),
        CheckConstraint(
            f"state NOT IN ('{ReferralState.ACCEPTED}', '{ReferralState.COMPLETED}', '{ReferralState.RETURNED}') "
            "OR (accepted_at IS NOT NULL AND accepted_by IS NOT NULL)",
            name="taken_on_by_somebody",
        ),
        CheckConstraint(
            "opened_at <= accepted_at AND accepted_at <= closed_at AND remind_at <= due_at", name="times_in_order"
        ),
        CheckConstraint("attempt >= 1 AND revision >= 1", name="counted_from_one"),
        # The worklist of an office, the most late first; closed referrals leave it, so it stays as small as the work.
        Index("ix_referral_worklist", "agency", "office", "due_at", "id", postgresql_where=text(IS_OPEN)),
        # What an office has closed, the latest first.
        Index("ix_referral_closed", "agency", "office", "closed_at", "id", postgresql_where=text(f"NOT {IS_OPEN}")),
        # The three bells read from the left end of these and find nothing else there.
        Index(
            "ix_referral_to_remind",
            "remind_at",
            postgresql_where=text(f"{IS_OPEN} AND reminded_at IS NULL AND escalated_at IS NULL"),
        ),
        Index("ix_referral_to_escalate", "due_at", postgresql_where=text(f"{IS_OPEN} AND escalated_at IS NULL")),
        Index("ix_referral_to_expire", "expires_at", postgresql_where=text(IS_WAITING)),
        # Everything about one journey, and everything about one person or group.
        Index("ix_referral_journey_id", "journey_id"),
        Index("ix_referral_number", text("kail_journey_number(journey_id)")),
        Index("ix_referral_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    programme: Mapped[str]
    version: Mapped[int]
    stage: Mapped[str]
    attempt: Mapped[int]
    kind: Mapped[str]
    agency: Mapped[str]
    office: Mapped[str]
    sender_office: Mapped[str]
    area: Mapped[str]
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_text(SubjectKind, "referral_subject_kind"))
    subject_id: Mapped[UUID]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    earlier: Mapped[dict[str, Any]] = mapped_column(JSONB)
    particulars: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)

    state: Mapped[ReferralState] = mapped_column(enum_text(ReferralState, "referral_state"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    outcome: Mapped[str | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    findings: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    reason: Mapped[Reason | None] = mapped_column(enum_text(Reason, "referral_reason"))
    explanation: Mapped[str | None] = mapped_column(EncryptedText)
    suggestion: Mapped[Suggestion | None] = mapped_column(enum_text(Suggestion, "referral_suggestion"))
    accepted_by: Mapped[UUID | None]
    handled_by: Mapped[UUID | None]
    handler_name: Mapped[str | None]
    signed_as: Mapped[str | None] = mapped_column(EncryptedText)  # who answered last, where she acted for a post

    offered_at: Mapped[Timestamp]
    heard_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
    remind_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    expires_at: Mapped[Timestamp | None]
    rescheduled: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Why its dates were counted anew last, and when it was due before."""
    reminded_at: Mapped[Timestamp | None]
    escalated_at: Mapped[Timestamp | None]
    opened_at: Mapped[Timestamp | None]
    accepted_at: Mapped[Timestamp | None]
    closed_at: Mapped[Timestamp | None]
    on_paper: Mapped[date | None]
    """The day on which it was done on paper, before Kail: no office promised it, and its moments are that day's."""
    paper: Mapped[str | None]

    @property
    def shared(self) -> dict[str, Any] | None:
        """The fields that the programme shares of her with this stage; None where they are not kept any more."""
        if self.particulars is None:
            return None
        return {name: value for name, value in self.particulars.items() if name != REPORTS}

    @property
    def reports(self) -> list[dict[str, Any]]:
        """What earlier stages found, as far as intake told this office: sealed and erased with her particulars."""
        found: list[dict[str, Any]] = (self.particulars or {}).get(REPORTS, [])
        return found

    @property
    def number(self) -> str:
        """The number of its journey, as people read it out; the same in every service."""
        return numbers.of(self.journey_id)

    @property
    def done_on(self) -> date | None:
        """The day of the act that was reported, where its report says one; `closed_at` is when that was entered."""
        if self.on_paper is not None or not self.facts:
            return self.on_paper
        said = self.facts.get(kind(self.kind).on_paper.day or "")
        return date.fromisoformat(said) if said else None

    @property
    def lateness(self) -> Lateness:
        """How it stands against its due date: now while it is open, afterwards as it stood when it was closed."""
        return rules.lateness(self.closed_at or clock.now(), self.remind_at, self.due_at)

    @property
    def moves(self) -> list[Move]:
        """What its office can do with it now."""
        own = rules.moves_from(self.state) & rules.OWN_MOVES
        return sorted(own - rules.REFUSALS if self.kind == DECISION.name else own)


class HandedOn(Base):
    """A referral passed from one officer of its office to another; the id is that of the event which told of it.

    The service in which the office works writes it down, and so do those that show the journey: intake and monitoring.
    `names` are what the officers were called then (`by`, `from`, `to`), as far as that was told.
    """

    __tablename__ = "handed_on"
    __table_args__ = (Index("ix_handed_on_journey_id", "journey_id", "at"),)

    id: Mapped[Id]
    journey_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    stage: Mapped[str]
    office: Mapped[str]
    by_id: Mapped[UUID | None]
    from_id: Mapped[UUID | None]
    to_id: Mapped[UUID]
    names: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    at: Mapped[Timestamp]


class EarlyWithdrawal(Base):
    """A referral that was withdrawn before its offer was heard here: when the offer comes, it is closed at once."""

    __tablename__ = "early_withdrawal"

    referral_id: Mapped[Id]
    heard_at: Mapped[Timestamp] = mapped_column(default=func.kail_now())
