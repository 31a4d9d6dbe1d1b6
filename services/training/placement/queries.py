"""What can be told of job training: batches, vacancies, who is in them, and whether the counts are right."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.training.placement.models import JobBatch, JobSeeker, Vacancy
from services.training.placement.rules import Sector
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState

LATEST_BATCH = (JobBatch.first_day, JobBatch.id)
LATEST_VACANCY = (Vacancy.noted_at, Vacancy.id)
MOST_CHOICES = 50
MOST_WAITING = 200


def batches(office: str) -> Select[Any]:
    """The batches of an office; read them by `LATEST_BATCH`."""
    return select(JobBatch).where(JobBatch.office == office)


def batch(session: Session, office: str, batch_id: UUID) -> JobBatch:
    """One batch of an office; raises NotFound."""
    found = session.scalar(batches(office).where(JobBatch.id == batch_id))
    if found is None:
        raise NotFound(what="batch")
    return found


def vacancies(office: str) -> Select[Any]:
    """The vacancies that an office knows of; read them by `LATEST_VACANCY`."""
    return select(Vacancy).where(Vacancy.office == office)


def vacancy(session: Session, office: str, vacancy_id: UUID) -> Vacancy:
    """One vacancy of an office; raises NotFound."""
    found = session.scalar(vacancies(office).where(Vacancy.id == vacancy_id))
    if found is None:
        raise NotFound(what="vacancy")
    return found


def in_batch(session: Session, batch_id: UUID) -> list[JobSeeker]:
    """Who has a place in a batch."""
    return list(
        session.scalars(select(JobSeeker).where(JobSeeker.batch_id == batch_id).order_by(JobSeeker.referral_id))
    )


def without_batch(session: Session, officer: Officer, batch: JobBatch) -> list[tuple[UUID, str]]:
    """The accepted referrals of an officer's that may come to a batch and are in none, each with its area."""
    rows = session.execute(
        select(Referral.id, Referral.area)
        .join(JobSeeker, JobSeeker.referral_id == Referral.id)
        .where(
            Referral.agency == officer.agency,
            Referral.office == officer.office,
            Referral.state == ReferralState.ACCEPTED,
            JobSeeker.batch_id.is_(None),
            JobSeeker.sectors.contains([batch.sector.value]),
        )
        .order_by(Referral.due_at, Referral.id)
        .limit(MOST_WAITING)
    )
    return [(referral_id, area) for referral_id, area in rows if officer.works_in(area)]


def with_places(session: Session, office: str, sectors: Collection[str], today: date) -> Sequence[JobBatch]:
    """The next batches of these sectors that have places left."""
    return session.scalars(
        batches(office)
        .where(
            JobBatch.sector.in_(sectors),
            JobBatch.last_day >= today,
            JobBatch.taken < JobBatch.places,
            JobBatch.cancelled_at.is_(None),
        )
        .order_by(*LATEST_BATCH)
        .limit(MOST_CHOICES)
    ).all()


def with_openings(session: Session, office: str, sectors: Collection[str]) -> Sequence[Vacancy]:
    """The vacancies of these sectors that still want somebody."""
    return session.scalars(
        vacancies(office)
        .where(Vacancy.sector.in_(sectors), Vacancy.filled < Vacancy.openings, Vacancy.closed_at.is_(None))
        .order_by(Vacancy.noted_at.desc(), Vacancy.id)
        .limit(MOST_CHOICES)
    ).all()


def sectors_of(session: Session, seekers: Collection[JobSeeker]) -> dict[UUID, str]:
    """The sector in which each found work or was trained, by referral."""
    placed = {each.vacancy_id for each in seekers}
    trained = {each.batch_id for each in seekers}
    by_vacancy = _sectors(session, Vacancy, placed)
    by_batch = _sectors(session, JobBatch, trained)
    found = {}
    for each in seekers:
        sector = by_vacancy[each.vacancy_id] if each.vacancy_id else by_batch[each.batch_id] if each.batch_id else None
        if sector is not None:
            found[each.referral_id] = sector.value
    return found


def _sectors(
    session: Session, table: type[Vacancy] | type[JobBatch], wanted: Collection[UUID | None]
) -> dict[UUID, Sector]:
    rows = session.execute(select(table.id, table.sector).where(table.id.in_([each for each in wanted if each])))
    return {row[0]: row[1] for row in rows}


def audit(session: Session) -> list[str]:
    """Where a batch or a vacancy does not count those who are in it."""
    seated = select(JobSeeker.batch_id, func.sum(JobSeeker.seats).label("seats")).group_by(JobSeeker.batch_id)
    seats = seated.subquery()
    placed = select(JobSeeker.vacancy_id, func.count().label("placed")).group_by(JobSeeker.vacancy_id).subquery()
    batches_off = session.execute(
        select(JobBatch.id, JobBatch.taken, func.coalesce(seats.c.seats, 0))
        .outerjoin(seats, seats.c.batch_id == JobBatch.id)
        .where(JobBatch.taken != func.coalesce(seats.c.seats, 0))
        .order_by(JobBatch.id)
    )
    vacancies_off = session.execute(
        select(Vacancy.id, Vacancy.filled, func.coalesce(placed.c.placed, 0))
        .outerjoin(placed, placed.c.vacancy_id == Vacancy.id)
        .where(Vacancy.filled != func.coalesce(placed.c.placed, 0))
        .order_by(Vacancy.id)
    )
    return [f"batch {one} counts {has} places as taken, {sits} are" for one, has, sits in batches_off] + [
        f"vacancy {one} counts {has} openings as filled, {works} are" for one, has, works in vacancies_off
    ]
