"""Trying a programme on the registry: stored at once, decided in chunks, each with its counts in one transaction."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.eligibility import queries as registry
from services.intake.trials import rules
from services.intake.trials.models import ProgrammeTrial
from services.intake.trials.rules import TrialState
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound
from shared.kernel.failpoints import failpoint
from shared.programmes.definition import Programme
from shared.programmes.trial import Trial
from shared.web import access

CHUNK = 5_000
"""Persons of one transaction: less than a second's work, so that a crash costs no more than that."""


def begin_trial(session: Session, officer: Officer, programme: Programme, file_name: str | None) -> ProgrammeTrial:
    """Store a dry run over the officer's part of a programme's region; raises RegionElsewhere, TrialUnderWay."""
    access.require(officer, Permission.PROGRAMMES_TRY)
    areas = rules.areas_in_common(programme.region, officer.areas)
    now = clock.now()
    row = {
        "id": ids.new_id(),
        "agency": officer.agency,
        "office": officer.office,
        "officer_id": officer.id,
        "programme": programme.id,
        "version": programme.version,
        "file_name": file_name and file_name[:200],
        "text": programme.text,
        "areas": list(areas),
        "on_day": programme.counts_on(clock.today()),
        "state": TrialState.WAITING,
        "persons": registry.registered(session, areas),
        "persons_done": 0,
        "created_at": now,
        "moved_at": now,
    }
    unless_under_way = (
        insert(ProgrammeTrial)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=[ProgrammeTrial.office], index_where=text("state IN ('waiting', 'running')")
        )
        .returning(ProgrammeTrial)
    )
    trial = session.scalar(unless_under_way)
    if trial is None:
        raise rules.TrialUnderWay
    return trial


def take_up(session: Session, trial_id: UUID) -> bool:
    """Count a try of a run that has work left; one that was tried too often without getting on has failed."""
    run = session.get(ProgrammeTrial, trial_id, with_for_update=True)
    if run is None or not run.is_under_way:
        return False
    if not run.take_up():
        give_up(session, trial_id, rules.TrialNeverGotOn().message("en"))
        return False
    return True


def start_again(session: Session, officer: Officer, trial_id: UUID) -> ProgrammeTrial:
    """Go on with a dry run of one's office that has failed; raises TrialHasNotFailed, TrialUnderWay."""
    access.require(officer, Permission.PROGRAMMES_TRY)
    run = session.get(ProgrammeTrial, trial_id, with_for_update=True)
    if run is None or run.office != officer.office:
        raise NotFound(what="trial")
    if run.state is not TrialState.FAILED:
        raise rules.TrialHasNotFailed
    of_office = select(ProgrammeTrial.id).where(ProgrammeTrial.office == run.office)
    if session.scalar(of_office.where(ProgrammeTrial.state.in_(rules.UNDER_WAY))):
        raise rules.TrialUnderWay
    run.state, run.error, run.finished_at, run.moved_at = TrialState.WAITING, None, None, clock.now()
    run.got_on()
    return run


def try_next_chunk(session: Session, trial_id: UUID, programme: Programme) -> bool:
    """Decide the next persons of a dry run, where the last chunk stopped; says whether there are more."""
    run = session.get_one(ProgrammeTrial, trial_id, with_for_update=True)
    if not run.is_under_way:
        return False
    chunk = registry.facts_after(session, run.on_day, run.areas, run.last_person_id, CHUNK)
    trial = Trial.from_json(programme, run.counts)
    trial.add(facts for _, facts in chunk)
    run.counts = trial.to_json()
    run.persons_done = trial.persons
    run.persons = max(run.persons, trial.persons)  # somebody may have been registered meanwhile
    run.last_person_id = chunk[-1][0] if chunk else run.last_person_id
    run.state, run.moved_at = TrialState.RUNNING, clock.now()
    run.got_on()
    is_over = len(chunk) < CHUNK
    if is_over:
        run.state, run.finished_at, run.persons = TrialState.DONE, run.moved_at, trial.persons
    failpoint("trial.before-commit")
    return not is_over


def cancel_trial(session: Session, officer: Officer, trial_id: UUID) -> ProgrammeTrial:
    """End a dry run of one's office before its time; what it had counted is kept. Raises TrialOver."""
    access.require(officer, Permission.PROGRAMMES_TRY)
    run = session.get(ProgrammeTrial, trial_id, with_for_update=True)
    if run is None or run.office != officer.office:
        raise NotFound(what="trial")
    if not run.is_under_way:
        raise rules.TrialOver
    run.state, run.finished_at = TrialState.CANCELLED, clock.now()
    return run


def give_up(session: Session, trial_id: UUID, error: str) -> None:
    """Note that a dry run cannot go on, and why."""
    run = session.get_one(ProgrammeTrial, trial_id, with_for_update=True)
    if run.is_under_way:
        run.state, run.error, run.finished_at = TrialState.FAILED, error, clock.now()
