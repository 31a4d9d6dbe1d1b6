"""The proposals that wait for a second person, and those that were decided."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.proposals.models import ProgrammeProposal
from services.intake.proposals.rules import ProposalState
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.programmes import load
from shared.programmes.definition import Programme
from shared.web.paging import Page, page


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal with its programme, and what whoever looks may do with it."""

    proposal: ProgrammeProposal
    programme: Programme
    may_decide: bool
    may_take_back: bool


def proposals(session: Session, after: str | None, limit: int) -> Page[ProgrammeProposal]:
    """Every proposal, the latest first."""
    wanted = select(ProgrammeProposal)
    return page(session, wanted, ProgrammeProposal.id, after=after, limit=limit, newest_first=True)


def how_many_wait(session: Session) -> int:
    """How many wait for a second person."""
    waiting = ProgrammeProposal.state == ProposalState.WAITING
    return session.scalar(select(func.count()).select_from(ProgrammeProposal).where(waiting)) or 0


def proposal(session: Session, officer: Officer, proposal_id: UUID) -> Shown:
    """One proposal; raises NotFound."""
    found = session.get(ProgrammeProposal, proposal_id)
    if found is None:
        raise NotFound(what="proposal")
    waits, own = found.state is ProposalState.WAITING, found.proposed_by == officer.id
    return Shown(found, load.read_again(found.text, found.programme), waits and not own, waits and own)


def of_trial(session: Session, trial_id: UUID) -> ProgrammeProposal | None:
    """The latest proposal that was made of a trial."""
    found = select(ProgrammeProposal).where(ProgrammeProposal.trial_id == trial_id)
    return session.scalar(found.order_by(ProgrammeProposal.proposed_at.desc(), ProgrammeProposal.id.desc()).limit(1))
