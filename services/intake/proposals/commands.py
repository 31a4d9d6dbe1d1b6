"""Proposing a programme that was tried, and deciding on what somebody else has proposed."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.journeys import publishing
from services.intake.journeys.models import ProgrammeVersion
from services.intake.proposals import folder, rules
from services.intake.proposals.models import ProgrammeProposal
from services.intake.proposals.rules import ProposalState
from services.intake.trials.models import ProgrammeTrial
from services.intake.trials.rules import TrialState, areas_in_common
from shared.events.envelope import digest
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound
from shared.programmes import load
from shared.programmes.definition import Programme
from shared.web import access


def propose(session: Session, officer: Officer, trial_id: UUID) -> ProgrammeProposal:
    """Propose the programme of a clean trial of one's office for publication.

    Raises TrialNotClean, PublishedAlready, ProposedAlready, and NoOffice where nobody would do one of its stages.
    """
    access.require(officer, Permission.PROGRAMMES_PUBLISH)
    run = session.get(ProgrammeTrial, trial_id)
    if run is None or run.office != officer.office:
        raise NotFound(what="trial")
    if run.state is not TrialState.DONE:
        raise rules.TrialNotClean
    programme = load.read_again(run.text, run.file_name or run.programme)
    if session.get(ProgrammeVersion, programme.key) is not None:
        raise rules.PublishedAlready(programme=programme.id, version=programme.version)
    require_offices(programme)
    row = {
        "id": ids.new_id(),
        "programme": programme.id,
        "version": programme.version,
        "text": programme.text,
        "digest": digest(programme.text),
        "trial_id": run.id,
        "state": ProposalState.WAITING,
        "proposed_by": officer.id,
        "proposed_name": officer.signs,
        "proposed_at": clock.now(),
    }
    unless_waiting = (
        insert(ProgrammeProposal)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=[ProgrammeProposal.programme, ProgrammeProposal.version],
            index_where=text("state = 'waiting'"),
        )
    )
    proposed = session.scalar(unless_waiting.returning(ProgrammeProposal))
    if proposed is None:
        raise rules.ProposedAlready(programme=programme.id, version=programme.version)
    return proposed


def consent(session: Session, officer: Officer, proposal_id: UUID) -> ProgrammeProposal:
    """Publish what somebody else has proposed: in the database, and as a file that every service finds.

    Raises OneselfOnly, ProposalDecided, RegionElsewhere, AlreadyPublishedOtherwise, NoOffice, FileThere, FolderUnsound,
    FolderNotWritable.
    """
    found = _waiting(session, officer, proposal_id)
    if found.proposed_by == officer.id:
        raise rules.OneselfOnly
    programme = load.read_again(found.text, found.programme)
    areas_in_common(programme.region, officer.areas)
    require_offices(programme)
    _decide(found, officer, ProposalState.PUBLISHED)
    publishing.publish(session, programme)
    session.flush()
    found.file = folder.put(programme)  # last: what is refused until here has written nothing
    session.flush()
    return found


def refuse(session: Session, officer: Officer, proposal_id: UUID, reason: str) -> ProgrammeProposal:
    """Refuse what somebody else has proposed, and say why; whoever proposed it mends the file and tries it again."""
    found = _waiting(session, officer, proposal_id)
    if found.proposed_by == officer.id:
        raise rules.OneselfOnly
    areas_in_common(load.read_again(found.text, found.programme).region, officer.areas)
    found.reason = reason
    _decide(found, officer, ProposalState.REFUSED)
    session.flush()
    return found


def take_back(session: Session, officer: Officer, proposal_id: UUID) -> ProgrammeProposal:
    """Take one's own proposal back; raises NotOnesOwn."""
    found = _waiting(session, officer, proposal_id)
    if found.proposed_by != officer.id:
        raise rules.NotOnesOwn
    _decide(found, officer, ProposalState.TAKEN_BACK)
    session.flush()
    return found


def require_offices(programme: Programme) -> None:
    """Refuse a programme for which this deployment has no office somewhere; raises NoOffice."""
    for region in programme.region:
        offices.resolve(programme.lead, region, programme.office_pins())
        for name, stage in programme.stages.items():
            offices.resolve(stage.agency, region, programme.office_pins(name))


def _waiting(session: Session, officer: Officer, proposal_id: UUID) -> ProgrammeProposal:
    access.require(officer, Permission.PROGRAMMES_PUBLISH)
    found = session.scalar(
        select(ProgrammeProposal).where(ProgrammeProposal.id == proposal_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound(what="proposal")
    if found.state is not ProposalState.WAITING:
        raise rules.ProposalDecided
    return found


def _decide(found: ProgrammeProposal, officer: Officer, state: ProposalState) -> None:
    found.state, found.decided_at = state, clock.now()
    found.decided_by, found.decided_name = officer.id, officer.signs
