"""What is remembered of a proposal: the programme word for word, who proposed it, and who decided."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.proposals.rules import ProposalState
from shared.storage import Base
from shared.storage.columns import Id, Timestamp, enum_text


class ProgrammeProposal(Base):
    """One version of a programme that waits for a second person, or that she decided on; both are named and kept."""

    __tablename__ = "programme_proposal"
    __table_args__ = (
        Index(
            "uq_programme_proposal_waiting",
            *("programme", "version"),
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint("state <> 'published' OR decided_by <> proposed_by", name="never_published_alone"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_at_a_moment"),
        CheckConstraint("num_nonnulls(decided_at, decided_by, decided_name) IN (0, 3)", name="decided_by_somebody"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refused_with_a_reason"),
    )

    id: Mapped[Id]
    programme: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    trial_id: Mapped[UUID] = mapped_column(ForeignKey("programme_trial.id"))
    state: Mapped[ProposalState] = mapped_column(enum_text(ProposalState), default=ProposalState.WAITING)
    proposed_by: Mapped[UUID]
    proposed_name: Mapped[str]
    proposed_at: Mapped[Timestamp]
    decided_by: Mapped[UUID | None]
    decided_name: Mapped[str | None]
    decided_at: Mapped[Timestamp | None]
    reason: Mapped[str | None]
    file: Mapped[str | None]
