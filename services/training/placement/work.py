"""Job training as the common worklist knows it: a batch, a result, a placement, and what that amounts to."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.placement import commands, queries
from services.training.placement.models import JobBatch, JobSeeker, Vacancy
from services.training.placement.rules import CONTRACTS, SECTORS
from services.training.placement.schemas import PlacementWorkSchema
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork, plain

Json = dict[str, Any]


class PlacementWork(StageWork):
    """A person is trained for a sector, assessed, and placed with an employer."""

    kind = "training.placement"
    work_schema = PlacementWorkSchema
    completion_schema = PlacementWorkSchema
    template = "placement/work.html"
    told_as: Mapping[str, str] = dict.fromkeys(("batch_id", "leave_batch"), "batch")

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Expect them in a batch that is yet to be chosen."""
        commands.expect_referred(session, referrals)

    def view(self, session: Session, referral: Referral) -> Json:
        """Her batch, result and placement, and what can still be chosen."""
        seeker = session.get_one(JobSeeker, referral.id)
        batch = session.get_one(JobBatch, seeker.batch_id) if seeker.batch_id else None
        vacancy = session.get_one(Vacancy, seeker.vacancy_id) if seeker.vacancy_id else None
        batches = [] if batch else queries.with_places(session, seeker.office, seeker.sectors, clock.today())
        vacancies = [] if vacancy else queries.with_openings(session, seeker.office, seeker.sectors)
        return {
            "sectors": seeker.sectors,
            "seats": seeker.seats,
            "batch": _batch(batch) if batch else None,
            "begun": bool(batch and batch.first_day <= clock.today()),
            "took_part": _word(seeker.took_part),
            "passed": _word(seeker.passed),
            "assessed_on": seeker.assessed_on.isoformat() if seeker.assessed_on else None,
            "placed": _placement(seeker, vacancy) if vacancy else None,
            "batches": [_batch(each) for each in batches],
            "vacancies": [_vacancy(each) for each in vacancies],
            "labels": {
                "sectors": {each.value: names for each, names in SECTORS.items()},
                "contracts": {each.value: names for each, names in CONTRACTS.items()},
            },
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: Json) -> None:
        """Save what was told, in the order in which it happens: the batch, the result, the placement."""
        if work["batch_id"]:
            commands.enrol(session, officer, work["batch_id"], [referral.id])
        seeker = commands.accepted(session, officer, [referral.id])[referral.id]
        if work["leave_batch"]:
            commands.leave_batch(session, seeker)
        if seeker.vacancy_id is None and (work["took_part"] is not None or work["passed"] is not None):
            commands.note_result(session, seeker, work)
        if work["placement"]:
            commands.place(session, officer, seeker, **work["placement"])

    def finish(self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, Json]]) -> list[Completion]:
        """Save what was told, then say what it amounts to: placed, passed, took part or absent."""
        for referral, told in pairs:
            if any(value not in (None, False) for value in told.values()) or told["took_part"] is False:
                self.record(session, officer, referral, told)
        return commands.conclude(session, officer, [referral for referral, _ in pairs])

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """The batch, and the place of work with what was agreed there."""
        rows = session.execute(
            select(JobSeeker, JobBatch.title, Vacancy.employer, Vacancy.position)
            .outerjoin(JobBatch, JobBatch.id == JobSeeker.batch_id)
            .outerjoin(Vacancy, Vacancy.id == JobSeeker.vacancy_id)
            .where(JobSeeker.referral_id.in_([each.id for each in referrals]))
        )
        told = {}
        for seeker, batch, employer, position in rows:
            place = {"employer": employer, "position": position, **plain(seeker, "contract", "waiver")}
            found = {"batch": batch, "placement": place if employer else None}
            told[seeker.referral_id] = {name: value for name, value in found.items() if value}
        return told

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Free their places."""
        commands.let_go(session, referrals)


def _word(said: bool | None) -> str | None:
    return None if said is None else "true" if said else "false"


def _batch(batch: JobBatch) -> Json:
    return {
        "id": str(batch.id),
        "title": batch.title,
        "sector": batch.sector.value,
        "place": batch.place,
        "area": batch.area,
        "first_day": batch.first_day.isoformat(),
        "last_day": batch.last_day.isoformat(),
        "free": batch.places - batch.taken,
    }


def _vacancy(vacancy: Vacancy) -> Json:
    return {
        "id": str(vacancy.id),
        "employer": vacancy.employer,
        "position": vacancy.position,
        "sector": vacancy.sector.value,
        "contract": vacancy.contract.value,
        "open": vacancy.openings - vacancy.filled,
    }


def _placement(seeker: JobSeeker, vacancy: Vacancy) -> Json:
    return {
        "employer": vacancy.employer,
        "position": vacancy.position,
        "sector": vacancy.sector.value,
        "contract": seeker.contract.value if seeker.contract else None,
        "placed_on": seeker.placed_on.isoformat() if seeker.placed_on else None,
        "waiver": seeker.waiver,
    }


WORKS = (PlacementWork(),)
