"""What can be done for who seeks work: plan a batch, give places, note results, note vacancies, place.

Everything that counts against a limit locks the row that holds it; referrals are always locked first, so that two
officers never wait for each other in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.training.placement import queries, rules
from services.training.placement.models import JobBatch, JobSeeker, Vacancy
from services.training.placement.rules import Contract, PlacementOutcome, Sector
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.kernel.errors import DomainError, Invalid, NotFound
from shared.referrals import commands as worklist
from shared.referrals.models import Referral
from shared.referrals.work import Completion, plain
from shared.storage.rows import insert_rows
from shared.web import access


def plan_batch(
    session: Session,
    officer: Officer,
    *,
    sector: Sector,
    title: str,
    place: str,
    area: str,
    places: int,
    first_day: date,
    last_day: date,
) -> JobBatch:
    """Plan a batch of job training of the officer's office."""
    access.require(officer, Permission.PLACEMENTS_PLAN, area=area)
    if last_day < first_day:
        raise rules.EndsBeforeItBegins().at("last_day")
    if last_day < clock.today():
        raise rules.BatchOver(day=last_day.isoformat()).at("last_day")
    batch = JobBatch(
        id=ids.new_id(),
        sector=sector,
        title=title,
        place=place,
        area=area,
        places=places,
        first_day=first_day,
        last_day=last_day,
        agency=officer.agency,
        office=officer.office,
        planned_by=officer.id,
    )
    session.add(batch)
    session.flush()
    return batch


def cancel_batch(session: Session, officer: Officer, batch_id: UUID, reason: str) -> JobBatch:
    """Cancel a batch: who had a place waits for another; cancelling it again changes nothing. Raises BatchHasBegun."""
    access.require(officer, Permission.PLACEMENTS_PLAN)
    # who sits in it is locked before the batch, as an officer at a referral's page does it
    seated = session.scalars(
        select(JobSeeker).where(JobSeeker.batch_id == batch_id).order_by(JobSeeker.referral_id).with_for_update()
    ).all()
    batch = _batch(session, officer, batch_id)
    if batch.cancelled_at is not None:
        return batch
    if any(each.took_part is not None for each in seated):
        raise rules.BatchHasBegun
    session.execute(
        update(JobSeeker)
        .where(JobSeeker.batch_id == batch.id)
        .values(batch_id=None)
        .execution_options(synchronize_session="fetch")
    )
    batch.cancelled_at, batch.cancelled_because, batch.taken = clock.now(), reason, 0
    session.flush()
    return batch


def note_vacancy(
    session: Session,
    officer: Officer,
    *,
    employer: str,
    position: str,
    sector: Sector,
    contract: Contract,
    area: str,
    openings: int,
) -> Vacancy:
    """Note a vacancy that an employer told the office of."""
    access.require(officer, Permission.PLACEMENTS_PLAN)
    vacancy = Vacancy(
        id=ids.new_id(),
        employer=employer,
        position=position,
        sector=sector,
        contract=contract,
        area=area,
        openings=openings,
        agency=officer.agency,
        office=officer.office,
        noted_by=officer.id,
        noted_at=clock.now(),
    )
    session.add(vacancy)
    session.flush()
    return vacancy


def close_vacancy(session: Session, officer: Officer, vacancy_id: UUID) -> Vacancy:
    """Take a vacancy off the list; who was placed in it stays placed."""
    access.require(officer, Permission.PLACEMENTS_PLAN)
    vacancy = _vacancy(session, officer, vacancy_id)
    if vacancy.closed_at is None:
        vacancy.closed_at = clock.now()
    session.flush()
    return vacancy


def expect_referred(session: Session, referrals: Sequence[Referral]) -> None:
    """Expect referred persons in a batch that is yet to be chosen."""
    rows = [
        {
            "referral_id": each.id,
            "sectors": each.settings["sectors"],
            "subject_kind": each.subject_kind,
            "subject_id": each.subject_id,
            "office": each.office,
            "seats": _seats(each),
        }
        for each in referrals
    ]
    insert_rows(session, JobSeeker, rows, unless_known=True)


def accepted(session: Session, officer: Officer, referral_ids: Collection[UUID]) -> dict[UUID, JobSeeker]:
    """Who seeks work in accepted referrals of the officer's, all locked; raises NotFound."""
    worklist.require_in_work(session, officer, referral_ids)
    found = session.scalars(
        select(JobSeeker)
        .where(JobSeeker.referral_id.in_(referral_ids))
        .order_by(JobSeeker.referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(set(referral_ids)):
        raise NotFound(what="job-seeker")
    return {each.referral_id: each for each in found}


def enrol(session: Session, officer: Officer, batch_id: UUID, referral_ids: Collection[UUID]) -> None:
    """Give accepted referrals places in a batch of the officer's office: all of them, or none."""
    access.require(officer, Permission.PLACEMENTS_RUN)
    seekers = accepted(session, officer, referral_ids)
    coming = [each for each in seekers.values() if each.batch_id != batch_id]
    if any(each.took_part is not None for each in coming):
        raise rules.ResultOnRecord().at("batch_id")
    _free_places(session, coming)
    batch = _batch(session, officer, batch_id)
    if batch.cancelled_at is not None:
        raise rules.BatchCancelled().at("batch_id")
    if batch.last_day < clock.today():
        raise rules.BatchOver(day=batch.last_day.isoformat()).at("batch_id")
    for each in coming:
        _require_sector(each, batch.sector, "batch_id")
    wanted = sum(each.seats for each in coming)
    if batch.taken + wanted > batch.places:
        raise rules.NoPlacesLeft(free=batch.places - batch.taken, wanted=wanted).at("batch_id")
    batch.taken += wanted
    for each in coming:
        each.batch_id = batch.id
    session.flush()


def leave_batch(session: Session, seeker: JobSeeker) -> None:
    """Let a place in a batch go."""
    if seeker.batch_id is None:
        raise rules.NoBatchChosen().at("leave_batch")
    if seeker.took_part is not None:
        raise rules.ResultOnRecord().at("leave_batch")
    _free_places(session, [seeker])
    session.flush()


def note_results(session: Session, officer: Officer, batch_id: UUID, told: Sequence[Mapping[str, Any]]) -> None:
    """Note how those in a batch did, all at once; raises Invalid with what is wrong at each row."""
    access.require(officer, Permission.PLACEMENTS_RUN)
    _batch(session, officer, batch_id)
    wanted = [each["id"] for each in told]
    hindered = worklist.hindered(session, officer, wanted)
    seekers = accepted(session, officer, [each for each in wanted if each not in hindered])
    errors: dict[str, list[DomainError]] = {}
    with session.no_autoflush:
        for place, each in enumerate(told):
            seeker = seekers.get(each["id"])
            try:
                if each["id"] in hindered:
                    raise hindered[each["id"]]
                if seeker is None or seeker.batch_id != batch_id:
                    raise rules.NoBatchChosen
                _note(session, seeker, each)
            except DomainError as wrong:
                found = wrong.errors if isinstance(wrong, Invalid) and wrong.errors else {"id": [wrong]}
                errors |= {f"results.{place}.{field}": sentences for field, sentences in found.items()}
    if errors:
        raise Invalid(errors=errors)
    session.flush()


def note_result(session: Session, seeker: JobSeeker, told: Mapping[str, Any]) -> None:
    """Note whether she took part (`took_part`) and passed (`passed`, `assessed_on`); told again it is mended."""
    _note(session, seeker, told)
    session.flush()


def _note(session: Session, seeker: JobSeeker, told: Mapping[str, Any]) -> None:
    if seeker.batch_id is None:
        raise rules.NoBatchChosen().at("batch_id")
    if seeker.vacancy_id is not None:
        raise rules.PlacedAlready().at("took_part")
    batch = session.get_one(JobBatch, seeker.batch_id)
    if clock.today() < batch.first_day:
        raise rules.NotBegunYet(day=batch.first_day.isoformat()).at("took_part")
    if told["took_part"] is not None:
        seeker.took_part = told["took_part"]
        if not seeker.took_part:
            seeker.passed = seeker.assessed_on = None
    if told["passed"] is not None:
        rules.assess(seeker.took_part, told["assessed_on"], batch.first_day, clock.today())
        seeker.passed, seeker.assessed_on = told["passed"], told["assessed_on"]


def place(
    session: Session,
    officer: Officer,
    seeker: JobSeeker,
    *,
    vacancy_id: UUID,
    placed_on: date,
    contract: Contract | None = None,
    waiver: str | None = None,
) -> None:
    """Place her with an employer: after she passed, or with a written reason why that is waived."""
    if seeker.vacancy_id is not None:
        raise rules.PlacedAlready().at("placement.vacancy_id")
    rules.may_be_placed(seeker.passed, waiver)
    if placed_on > clock.today() or (seeker.assessed_on and placed_on < seeker.assessed_on):
        raise rules.PlacedOutsideTime().at("placement.placed_on")
    vacancy = _vacancy(session, officer, vacancy_id)
    _require_sector(seeker, vacancy.sector, "placement.vacancy_id")
    if vacancy.closed_at is not None:
        raise rules.VacancyClosed().at("placement.vacancy_id")
    if vacancy.filled >= vacancy.openings:
        raise rules.VacancyFilled().at("placement.vacancy_id")
    vacancy.filled += 1
    seeker.vacancy_id, seeker.placed_on, seeker.contract = vacancy.id, placed_on, contract or vacancy.contract
    if not seeker.passed:
        seeker.waiver, seeker.waived_by = waiver, officer.id
    session.flush()


def conclude(session: Session, officer: Officer, referrals: Sequence[Referral]) -> list[Completion]:
    """Say what each referral came to, all or none: placed, passed, took part or absent."""
    seekers = accepted(session, officer, [each.id for each in referrals])
    sectors = queries.sectors_of(session, seekers.values())
    ends: list[dict[str, Any]] = []
    for each in seekers.values():
        if each.vacancy_id is None and each.batch_id is None:
            raise rules.NoBatchChosen().at("batch_id")
        outcome = rules.outcome(placed=each.vacancy_id is not None, took_part=each.took_part, passed=each.passed)
        ends.append({"referral_id": each.referral_id, "outcome": outcome, "ended_on": clock.today()})
    session.execute(update(JobSeeker), ends)
    outcomes: dict[UUID, PlacementOutcome] = {each["referral_id"]: each["outcome"] for each in ends}
    return [_told(outcomes[each.id], seekers[each.id], sectors[each.id]) for each in referrals]


def let_go(session: Session, referrals: Sequence[Referral]) -> None:
    """Free the places of referrals that are no longer this office's; a part that was taken stays on record."""
    gone = session.scalars(
        select(JobSeeker)
        .where(JobSeeker.referral_id.in_([each.id for each in referrals]), JobSeeker.left_at.is_(None))
        .order_by(JobSeeker.referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    _free_places(session, [each for each in gone if each.took_part is None])
    session.flush()
    session.execute(
        update(JobSeeker)
        .where(JobSeeker.referral_id.in_([each.referral_id for each in gone]))
        .values(left_at=func.kail_now())
        .execution_options(synchronize_session=False)
    )


def _told(outcome: PlacementOutcome, seeker: JobSeeker, sector: str) -> Completion:
    facts: dict[str, Any] = {"sector": sector}
    if seeker.placed_on is not None:
        facts["placed_on"] = seeker.placed_on.isoformat()
    return Completion(outcome.value, facts | plain(seeker, "took_part", "passed", "assessed_on"))


def _free_places(session: Session, seekers: Sequence[JobSeeker]) -> None:
    """Take these out of the batches that they are in, and count their places as free, batch by batch in order."""
    leaving: dict[UUID, int] = {}
    for each in seekers:
        if each.batch_id is not None:
            leaving[each.batch_id] = leaving.get(each.batch_id, 0) + each.seats
            each.batch_id = None
    if not leaving:
        return
    session.flush()
    left = session.scalars(
        select(JobBatch)
        .where(JobBatch.id.in_(leaving))
        .order_by(JobBatch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for batch in left:
        batch.taken -= leaving[batch.id]
    session.flush()


def _require_sector(seeker: JobSeeker, sector: Sector, field: str) -> None:
    if sector.value not in seeker.sectors:
        raise rules.OtherSector(asked=", ".join(seeker.sectors), given=sector.value).at(field)


def _batch(session: Session, officer: Officer, batch_id: UUID) -> JobBatch:
    found = session.scalar(
        queries.batches(officer.office)
        .where(JobBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(what="batch")
    return found


def _vacancy(session: Session, officer: Officer, vacancy_id: UUID) -> Vacancy:
    found = session.scalar(
        queries.vacancies(officer.office)
        .where(Vacancy.id == vacancy_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(what="vacancy")
    return found


def _seats(referral: Referral) -> int:
    """One place for a person; for a group one for each member, as an earlier stage counted them."""
    if referral.subject_kind is not SubjectKind.GROUP:
        return 1
    counted = [report["facts"].get("members") for report in referral.earlier.values() if report.get("facts")]
    return next((count for count in counted if isinstance(count, int) and count > 0), 1)
