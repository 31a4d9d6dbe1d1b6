"""Job training for programs: batches with their places, and the vacancies that employers told the office of."""

from typing import Any
from uuid import UUID

from services.training.placement import commands, queries, schemas
from services.training.placement.models import JobBatch, JobSeeker, Vacancy
from shared.identity.permissions import Permission
from shared.referrals import naming
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard

blueprint = Blueprint("placement", __name__, description="Batches of job training, and vacancies")
BATCH = "/<agency>/batches/<uuid:batch_id>"
VACANCY = "/<agency>/vacancies/<uuid:vacancy_id>"


@blueprint.get("/<agency>/batches")
@guard(Permission.PLACEMENTS_READ)
@blueprint.arguments(schemas.BatchQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.JobBatchSchema))
def list_batches(query: dict[str, Any], agency: str) -> paging.Page[JobBatch]:
    """The office's batches, the latest first."""
    with door.reading() as session:
        rows = queries.batches(door.current_officer().office)
        return paging.page(session, rows, *queries.LATEST_BATCH, newest_first=True, **query)


@blueprint.post("/<agency>/batches")
@guard(Permission.PLACEMENTS_PLAN)
@blueprint.arguments(schemas.BatchPlanSchema)
@blueprint.response(201, schemas.JobBatchSchema)
def plan_batch(given: dict[str, Any], agency: str) -> tuple[JobBatch, dict[str, str]]:
    """Plan a batch."""
    with door.transaction() as session:
        batch = commands.plan_batch(session, door.current_officer(), **given)
        return batch, {"Location": f"/training/v1/{agency}/batches/{batch.id}"}


@blueprint.get(BATCH)
@guard(Permission.PLACEMENTS_READ)
@blueprint.response(200, schemas.JobBatchSchema)
def get_batch(agency: str, batch_id: UUID) -> JobBatch:
    """One batch."""
    with door.reading() as session:
        return queries.batch(session, door.current_officer().office, batch_id)


@blueprint.get(f"{BATCH}/trainees")
@guard(Permission.PLACEMENTS_READ)
@blueprint.response(200, schemas.TraineeSchema(many=True))
def list_trainees(agency: str, batch_id: UUID) -> list[dict[str, Any]]:
    """Who has a place in the batch, and how they did; the names are a look, which is logged."""
    with door.reading() as session:
        queries.batch(session, door.current_officer().office, batch_id)
        return _named(queries.in_batch(session, batch_id))


@blueprint.post(f"{BATCH}/trainees")
@guard(Permission.PLACEMENTS_RUN)
@blueprint.arguments(schemas.BatchEnrolSchema)
@blueprint.response(200, schemas.TraineeSchema(many=True))
def enrol_trainees(given: dict[str, Any], agency: str, batch_id: UUID) -> list[dict[str, Any]]:
    """Give accepted referrals places in the batch; the answer is everybody who has one."""
    with door.transaction() as session:
        commands.enrol(session, door.current_officer(), batch_id, given["ids"])
        return _named(queries.in_batch(session, batch_id))


@blueprint.put(f"{BATCH}/results")
@guard(Permission.PLACEMENTS_RUN)
@blueprint.arguments(schemas.ResultsSchema)
@blueprint.response(200, schemas.TraineeSchema(many=True))
def note_results(given: dict[str, Any], agency: str, batch_id: UUID) -> list[dict[str, Any]]:
    """Note how those in the batch did, all at once; what is wrong is said of each row."""
    with door.transaction() as session:
        commands.note_results(session, door.current_officer(), batch_id, given["results"])
        return _named(queries.in_batch(session, batch_id))


@blueprint.post(f"{BATCH}/cancel")
@guard(Permission.PLACEMENTS_PLAN)
@blueprint.arguments(schemas.BatchCancelSchema)
@blueprint.response(200, schemas.JobBatchSchema)
def cancel_batch(given: dict[str, Any], agency: str, batch_id: UUID) -> JobBatch:
    """Cancel the batch; who had a place waits for another."""
    with door.transaction() as session:
        return commands.cancel_batch(session, door.current_officer(), batch_id, given["reason"])


@blueprint.get("/<agency>/vacancies")
@guard(Permission.PLACEMENTS_READ)
@blueprint.arguments(schemas.VacancyQuery, location="query")
@blueprint.response(200, paging.page_of(schemas.VacancySchema))
def list_vacancies(query: dict[str, Any], agency: str) -> paging.Page[Vacancy]:
    """The vacancies that the office knows of, the latest first."""
    with door.reading() as session:
        rows = queries.vacancies(door.current_officer().office)
        return paging.page(session, rows, *queries.LATEST_VACANCY, newest_first=True, **query)


@blueprint.post("/<agency>/vacancies")
@guard(Permission.PLACEMENTS_PLAN)
@blueprint.arguments(schemas.VacancyNoteSchema)
@blueprint.response(201, schemas.VacancySchema)
def note_vacancy(given: dict[str, Any], agency: str) -> tuple[Vacancy, dict[str, str]]:
    """Note a vacancy."""
    with door.transaction() as session:
        vacancy = commands.note_vacancy(session, door.current_officer(), **given)
        return vacancy, {"Location": f"/training/v1/{agency}/vacancies/{vacancy.id}"}


@blueprint.get(VACANCY)
@guard(Permission.PLACEMENTS_READ)
@blueprint.response(200, schemas.VacancySchema)
def get_vacancy(agency: str, vacancy_id: UUID) -> Vacancy:
    """One vacancy."""
    with door.reading() as session:
        return queries.vacancy(session, door.current_officer().office, vacancy_id)


@blueprint.post(f"{VACANCY}/close")
@guard(Permission.PLACEMENTS_PLAN)
@blueprint.response(200, schemas.VacancySchema)
def close_vacancy(agency: str, vacancy_id: UUID) -> Vacancy:
    """Take the vacancy off the list."""
    with door.transaction() as session:
        return commands.close_vacancy(session, door.current_officer(), vacancy_id)


def _named(trainees: list[JobSeeker]) -> list[dict[str, Any]]:
    names = naming.listed((each.referral_id for each in trainees), "batch")
    return naming.lines(schemas.TraineeSchema, trainees, names)
