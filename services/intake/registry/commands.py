"""Bringing a registry file in: stored at once, read in chunks, each chunk with its progress in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.intake.registry import arrivals, files
from services.intake.registry.arrivals import Arrival
from services.intake.registry.models import (
    ContactWish,
    DuplicateReview,
    DuplicateState,
    ImportFile,
    ImportRefusal,
    ImportRun,
    ImportState,
)
from services.intake.registry.records import NikOfAnother, Record, Refusal, read_record
from services.intake.registry.rules import plain_name
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import Conflict
from shared.kernel.failpoints import failpoint
from shared.privacy.fields import blind_index
from shared.web import access


class ImportHasNotFailed(Conflict):
    """This import has not failed; it is done, or still under way."""

    indonesian = "Impor ini tidak gagal; sudah selesai, atau masih berjalan."


CHUNK = 2_000
"""Rows of one transaction: half a second's work, so that a crash costs no more than that."""

ONE_AT_A_TIME = 0x6B61696C_72656769  # "kailregi": two imports that bring the same people would wait for each other


def begin_import(session: Session, officer: Officer, agency: str, file_name: str, content: bytes) -> ImportRun:
    """Take a registry file in; the same file again, even at this very moment, is the same run.

    Raises Invalid where it cannot be read at all.
    """
    officer.require(agency=agency)
    access.require(officer, Permission.REGISTRY_IMPORT)
    digest = hashlib.sha256(content).digest()
    same = select(ImportRun).where(ImportRun.digest == digest, ImportRun.office == officer.office)
    known = session.scalar(same)
    if known:
        return known
    text = files.decode(content)
    rows = files.read(text)
    now = clock.now()
    begun = upsert(ImportRun).values(
        agency=agency,
        office=officer.office,
        officer_id=officer.id,
        areas=list(officer.areas),
        file_name=file_name[:200],
        digest=digest,
        rows=len(rows),
        created_at=now,
        moved_at=now,
    )
    run = session.scalar(begun.on_conflict_do_nothing().returning(ImportRun))
    if run is None:  # somebody else has sent it meanwhile
        return session.scalars(same).one()
    session.add(ImportFile(run_id=run.id, content=text))
    return run


def note_contact_wishes(session: Session, wishes: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Keep how these persons wish to be reached, in place of what they wished before."""
    if not wishes:
        return
    now = clock.now()
    rows = [{"person_id": person, "wish": dict(wish), "noted_at": now} for person, wish in wishes.items()]
    statement = upsert(ContactWish)
    told = {name: statement.excluded[name] for name in ("wish", "noted_at")}
    session.execute(statement.on_conflict_do_update(index_elements=[ContactWish.person_id], set_=told), rows)


def take_up(session: Session, run_id: UUID) -> bool:
    """Count a try of a run that has work left; one that was tried too often without getting on has failed."""
    run = session.get(ImportRun, run_id, with_for_update=True)
    if run is None or not run.is_under_way:
        return False
    if not run.take_up():
        run.state, run.finished_at = ImportState.FAILED, clock.now()
        return False
    return True


def start_again(session: Session, officer: Officer, run: ImportRun) -> None:
    """Go on with an import that has failed, where it stopped; raises ImportHasNotFailed."""
    officer.require(office=run.office)
    access.require(officer, Permission.REGISTRY_IMPORT)
    session.refresh(run, with_for_update=True)
    if run.state is not ImportState.FAILED:
        raise ImportHasNotFailed
    run.state, run.finished_at, run.moved_at = ImportState.WAITING, None, clock.now()
    run.got_on()


@dataclass(frozen=True)
class OpenFile:
    """A file's rows, and how often a row without a NIK had stood in it before, by its position."""

    rows: list[files.Row]
    repeats: dict[int, int]


def open_file(session: Session, run_id: UUID) -> OpenFile | None:
    """The file of a run that is not finished; None when there is nothing left to do."""
    text = session.scalar(select(ImportFile.content).where(ImportFile.run_id == run_id))
    if text is None:
        return None
    rows = files.read(text)
    seen: Counter[tuple[str, ...]] = Counter()
    repeats: dict[int, int] = {}
    for at, row in enumerate(rows):
        if not row.cells.get("nik"):
            said = tuple(row.cells.values())
            repeats[at] = seen[said]
            seen[said] += 1
    return OpenFile(rows, repeats)


def import_next_chunk(session: Session, run_id: UUID, file: OpenFile) -> bool:
    """Bring the next rows of a run in, where the last chunk stopped; says whether there are more."""
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    run = session.get_one(ImportRun, run_id, with_for_update=True)
    if not run.is_under_way:
        return False
    chunk = range(run.rows_done, min(run.rows_done + CHUNK, run.rows))
    today = clock.today()
    read = [(read_record(file.rows[at], run.areas, today), file.repeats.get(at, 0)) for at in chunk]
    come = [Arrival(record, repeated) for record, repeated in read if isinstance(record, Record)]
    refusals = [refusal for refusal, _ in read if isinstance(refusal, Refusal)]
    settled = arrivals.settle(session, come, run.id, today, clock.now())
    _open_reviews(session, run, come, settled.another)
    refusals += [Refusal(row, "nik", NikOfAnother().code) for row in settled.another]
    if refusals:
        session.execute(insert(ImportRefusal), [{"run_id": run.id, **asdict(refusal)} for refusal in refusals])
    _note_progress(session, run, chunk.stop, settled, len(refusals))
    failpoint("import.before-commit")
    return run.rows_done < run.rows


def _note_progress(session: Session, run: ImportRun, done: int, settled: arrivals.Settled, refused: int) -> None:
    run.rows_done = done
    run.created += settled.created
    run.updated += settled.updated
    run.unchanged += settled.unchanged
    run.refused += refused
    run.moved_at = clock.now()
    run.state = ImportState.RUNNING
    run.got_on()
    if run.rows_done == run.rows:
        run.state, run.finished_at = ImportState.DONE, run.moved_at
        session.execute(delete(ImportFile).where(ImportFile.run_id == run.id))


def _open_reviews(session: Session, run: ImportRun, come: Sequence[Arrival], another: dict[int, UUID]) -> None:
    """Open a review of each writing that nobody has decided on; one that is open already is told the latest."""
    rows = [
        {
            "id": ids.new_id(),
            "person_id": another[arrival.record.row],
            "run_id": run.id,
            "row": arrival.record.row,
            "row_index": arrival.row_index,
            "claim": arrival.record.claim(),
            "name_index": blind_index(plain_name(arrival.record.name), "name"),
            "birth_date": arrival.record.birth_date,
            "opened_at": clock.now(),
        }
        for arrival in come
        if arrival.record.row in another
    ]
    if not rows:
        return
    opened = upsert(DuplicateReview).on_conflict_do_nothing().returning(DuplicateReview.id)
    new = set(session.scalars(opened, rows))
    for row in rows:
        if row["id"] in new:
            continue
        writing = (
            DuplicateReview.person_id == row["person_id"],
            DuplicateReview.name_index == row["name_index"],
            DuplicateReview.birth_date.is_not_distinct_from(row["birth_date"]),
            DuplicateReview.state == DuplicateState.OPEN,
        )
        told = {name: row[name] for name in ("run_id", "row", "row_index", "claim")}
        session.execute(update(DuplicateReview).where(*writing).values(told))
