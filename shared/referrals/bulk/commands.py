"""What can be done with a run in bulk: begin it, confirm it, stop it, and do the next piece of it."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.identity.revocation import Revocation
from shared.kernel.errors import Conflict, DomainError, Invalid
from shared.kernel.failpoints import failpoint
from shared.referrals import queries, together
from shared.referrals.bulk.models import UNDER_WAY, BulkItem, BulkRun, BulkState, ItemState
from shared.referrals.models import Referral
from shared.referrals.rules import MOVES, NotAColleague
from shared.referrals.together import Act, Key, NobodyChosen
from shared.referrals.work import Works
from shared.storage import Database

MOST = 5_000
"""Referrals in one run."""
PIECE = 50
"""Referrals that are done in one transaction; their locks are held as long, about a third of a second."""
MOST_TRIES = 20
"""Pieces that were begun in a row and never ended, before a run counts as failed."""
AUTHORITY = timedelta(days=1)
"""How long a confirmed run goes on with what its officer was entitled to when she confirmed it: an assumption."""
KEPT_FOR = timedelta(days=30)
"""How long it is kept what became of each: an assumption."""


class TooManyChosen(Invalid):
    """One run takes at most {most} referrals; {chosen} are chosen."""

    indonesian = "Sekali jalan paling banyak {most} rujukan; yang dipilih {chosen}."


class NotWaitingForYou(Conflict):
    """This run has been confirmed or stopped, or is still being looked at."""

    indonesian = "Proses ini sudah dijalankan atau dihentikan, atau masih diperiksa."


class Undone(Exception):
    """Thrown into a transaction to undo it: what would be done was only looked at."""


def begin(
    session: Session,
    officer: Officer,
    works: Works,
    act: Act,
    *,
    ids: Collection[UUID] = (),
    whole: Key | None = None,
    done: Mapping[str, Any] | None = None,
    each: Mapping[UUID, Mapping[str, Any]] = MappingProxyType({}),
    colleague: UUID | None = None,
    strict: bool = True,
) -> BulkRun:
    """Write down what is to be tried, for these or for the `whole` stage as far as the office can do it now.

    Raises NobodyChosen, TooManyChosen, and what `together.do` raises for what is told wrong for everybody.
    """
    wanted = sorted({*ids, *(_able(session, officer, act, whole) if whole else ())})
    if not wanted:
        raise NobodyChosen().at("ids")
    if len(wanted) > MOST:
        raise TooManyChosen(most=MOST, chosen=len(wanted)).at("ids")
    stage = whole or together.stage_of_most(session, officer, works, act, wanted)
    if stage is not None:
        together.require_told(works, officer, act, stage, dict(done or {}), strict)
    if act is Act.HAND_OVER and colleague is None:
        raise NotAColleague().at("colleague")
    told = {
        "done": dict(done or {}),
        "each": {str(one): dict(said) for one, said in each.items()},
        "colleague": str(colleague) if colleague else None,
        "stage": list(stage) if stage else None,
        "strict": strict,
        "officer": officer.to_claims(),
    }
    run = BulkRun(
        act=act,
        agency=officer.agency,
        office=officer.office,
        asked_by=officer.id,
        given=told,
        state=BulkState.LOOKING,
    )
    session.add(run)
    session.flush()
    waiting = {"run_id": run.id, "state": ItemState.WAITING}
    session.execute(insert(BulkItem), [{**waiting, "referral_id": one} for one in wanted])
    return run


def confirm(session: Session, officer: Officer, run: BulkRun) -> None:
    """Do what was looked at, for those for whom it can be done; raises NotWaitingForYou a second time.

    Whoever confirms is whoever asked: what is done counts as hers.
    """
    if run.state is not BulkState.LOOKED or run.asked_by != officer.id:
        raise NotWaitingForYou
    run.given = {**run.given, "officer": officer.to_claims()}
    run.state, run.confirmed_at, run.moved_at, run.tries = BulkState.RUNNING, func.kail_now(), func.kail_now(), 0
    session.execute(
        update(BulkItem)
        .where(BulkItem.run_id == run.id, BulkItem.state == ItemState.ABLE)
        .values(state=ItemState.WAITING)
        .execution_options(synchronize_session=False)
    )


def stop(session: Session, run: BulkRun) -> None:
    """Do no more of a run; what was done stays done. Raises NotWaitingForYou for one that has ended."""
    if run.state not in (*UNDER_WAY, BulkState.LOOKED):
        raise NotWaitingForYou
    _end(run, BulkState.STOPPED)


def go_on(database: Database, works: Works, run_id: UUID) -> bool:
    """Do the next piece of a run; whether there may be more. Asked twice at once, the second finds it taken."""
    with database.transaction() as session:
        run = _take(session, run_id)
        if run is None:
            return False
        run.tries += 1
        if run.tries > MOST_TRIES:
            _end(run, BulkState.FAILED)
            return False
        if _may_no_longer(session, run):
            _end(run, BulkState.STOPPED)
            return False
        looking = run.state is BulkState.LOOKING
    return _look(database, works, run_id) if looking else _do(database, works, run_id)


def forget(session: Session) -> None:
    """Drop runs that ended long ago, or that nobody confirmed, with what became of each."""
    old = func.kail_now() - KEPT_FOR
    session.execute(delete(BulkRun).where(BulkRun.moved_at < old, BulkRun.state.not_in(UNDER_WAY)))


def under_way(session: Session) -> list[UUID]:
    """The runs for which there is something to do, the longest still first."""
    wanted = select(BulkRun.id).where(BulkRun.state.in_(UNDER_WAY)).order_by(BulkRun.moved_at)
    return list(session.scalars(wanted))


def _look(database: Database, works: Works, run_id: UUID) -> bool:
    """Try a piece and take it back; then note what would happen with each."""
    found: together.Result | None = None
    with suppress(Undone), database.transaction() as session:
        run = session.get(BulkRun, run_id)
        piece = _piece(session, run_id) if run else []
        found = _tried(session, works, run, piece) if run and piece else None
        raise Undone
    with database.transaction() as session:
        run = _take(session, run_id)
        if run is None or run.state is not BulkState.LOOKING:
            return False
        if found is None:
            run.state, run.moved_at, run.tries = BulkState.LOOKED, func.kail_now(), 0
            return False
        _note(session, run, found, ItemState.ABLE)
    return True


def _do(database: Database, works: Works, run_id: UUID) -> bool:
    """Do a piece, and note in the same transaction what became of each."""
    with database.transaction() as session:
        run = _take(session, run_id)
        if run is None or run.state is not BulkState.RUNNING:
            return False
        piece = _piece(session, run_id)
        if not piece:
            _end(run, BulkState.DONE)
            return False
        found = _tried(session, works, run, piece)
        _note(session, run, found, ItemState.DONE)
        failpoint("bulk.piece-done")
    return True


def _take(session: Session, run_id: UUID) -> BulkRun | None:
    wanted = select(BulkRun).where(BulkRun.id == run_id, BulkRun.state.in_(UNDER_WAY))
    return session.scalar(wanted.with_for_update(skip_locked=True), execution_options={"populate_existing": True})


def _piece(session: Session, run_id: UUID) -> list[UUID]:
    waiting = select(BulkItem.referral_id).where(BulkItem.run_id == run_id, BulkItem.state == ItemState.WAITING)
    return list(session.scalars(waiting.order_by(BulkItem.referral_id).limit(PIECE)))


def _tried(session: Session, works: Works, run: BulkRun, piece: list[UUID]) -> together.Result:
    told = run.given
    try:
        return together.do(
            session,
            Officer.from_claims(told["officer"]),
            works,
            run.act,
            piece,
            stage=_key(told["stage"]),
            done=told["done"],
            each={UUID(one): said for one, said in told["each"].items()},
            colleague=UUID(told["colleague"]) if told["colleague"] else None,
            strict=told["strict"],
        )
    except DomainError as refused:  # what was told, or her right, does not hold any more: for none of them
        return together.Result(refused=dict.fromkeys(piece, refused))


def _note(session: Session, run: BulkRun, found: together.Result, able: ItemState) -> None:
    rows: list[dict[str, Any]] = [
        {"state": able, "referral_id": each, "outcome": found.lines[each].outcome, "error": None} for each in found.done
    ]
    rows += [
        {
            "state": ItemState.REFUSED,
            "referral_id": each,
            "outcome": None,
            "error": {"code": why.code, "id": why.message("id"), "en": why.message("en")},
        }
        for each, why in found.refused.items()
    ]
    session.execute(update(BulkItem), [{"run_id": run.id, **row} for row in rows])
    run.moved_at, run.tries = func.kail_now(), 0


def _end(run: BulkRun, state: BulkState) -> None:
    run.state, run.moved_at, run.finished_at = state, func.kail_now(), func.kail_now()


def _may_no_longer(session: Session, run: BulkRun) -> bool:
    """Whether whoever asked has left since, or confirmed it too long ago."""
    left = select(Revocation.subject).where(
        Revocation.subject == run.asked_by,
        Revocation.closed_at.is_not(None),
        or_(Revocation.back_at.is_(None), Revocation.back_at < Revocation.closed_at),
    )
    over = select(BulkRun.id).where(BulkRun.id == run.id, BulkRun.confirmed_at < func.kail_now() - AUTHORITY)
    return session.scalar(select(left.exists() | over.exists())) or False


def _able(session: Session, officer: Officer, act: Act, whole: Key) -> list[UUID]:
    """Those of a stage for which the act can be tried now: the office's, in her areas."""
    programme, version, stage, kind = whole
    wanted = select(Referral.id).where(
        queries.hers(officer),
        Referral.state.in_(MOVES[together.MOVES[act]][0]),
        Referral.programme == programme,
        Referral.version == version,
        Referral.stage == stage,
        Referral.kind == kind,
    )
    return list(session.scalars(wanted.limit(MOST + 1)))


def _key(written: list[Any] | None) -> Key | None:
    if written is None:
        return None
    programme, version, stage, kind = written
    return programme, version, stage, kind
