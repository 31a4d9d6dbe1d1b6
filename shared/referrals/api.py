"""Door 1 for programs: an office's worklist and what can be done with each referral on it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.errors import Invalid
from shared.notes import api as notes_api
from shared.referrals import (
    commands,
    following,
    handed_on,
    handing_over,
    naming,
    notes,
    promises,
    queries,
    reach,
    revision,
    schemas,
    together,
)
from shared.referrals.bulk import api as bulk_api
from shared.referrals.models import Referral
from shared.referrals.work import StageWork, Works, by_kind
from shared.web import door, paging
from shared.web.api import Blueprint
from shared.web.guard import guard
from shared.web.language import language

Answer = tuple[Any, dict[str, str]]
ONE = "/<agency>/referrals/<uuid:referral_id>"


def blueprint(service: str, works: Iterable[StageWork]) -> Blueprint:
    """The worklist's API of one service, with the work of its own stages."""
    known = by_kind(works)
    api = Blueprint("referrals", __name__, description=f"Referrals to the agencies that work in {service}")
    api.record_once(lambda setup: reach.install(setup.app, known))
    _reading(api, known)
    _answering(api, known)
    _working(api, known)
    _many(api, known)
    bulk_api.add(api, known)
    notes_api.add(api, notes.kind(known))
    return api


def wanted(query: dict[str, Any]) -> tuple[queries.Wanted, dict[str, Any]]:
    """A worklist's query as what it narrows to, and which page of it."""
    return narrowed_to(query), {"after": query["after"], "limit": query["limit"]}


def narrowed_to(query: dict[str, Any]) -> queries.Wanted:
    """What a worklist's query narrows to, whichever page is asked for."""
    narrowed = {name: query[name] for name in ("programme", "stage", "overdue", "mine", "number")}
    narrowed["areas"] = tuple(query["area"])
    narrowed["reach"] = reach.here(door.current_officer())
    if "tray" in query:
        narrowed["tray"] = query["tray"]
    if query.get("state") is not None:
        narrowed["states"] = frozenset({query["state"]})
    return queries.Wanted(**narrowed)


def listed(
    session: Session, officer: Officer, agency: str, narrowed: queries.Wanted, part: dict[str, Any]
) -> paging.Page[Referral]:
    """One page of what an officer narrowed her worklist to, in its order."""
    order = narrowed.order
    rows = queries.worklist(officer, agency, narrowed)
    return paging.page(session, rows, *order["keys"], newest_first=order["newest_first"], **part)


def _reading(api: Blueprint, works: Works) -> None:
    @api.get("/<agency>/referrals")
    @guard(Permission.REFERRALS_READ)
    @api.arguments(schemas.ListQuery, location="query")
    @api.response(200, paging.page_of(schemas.ReferralRowSchema))
    def list_referrals(query: dict[str, Any], agency: str) -> paging.Page[Any]:
        """The worklist, the earliest due date first; what is closed, the latest first. Reading names is a look."""
        narrowed, part = wanted(query)
        with door.reading() as session:
            found = listed(session, door.current_officer(), agency, narrowed, part)
            if not query["names"]:
                return found
            names = naming.listed([each.id for each in found.items], "worklist")
            return paging.Page(naming.lines(schemas.ReferralRowSchema, found.items, names, by="id"), found.next)

    @api.get("/<agency>/referrals/counts")
    @guard(Permission.REFERRALS_READ)
    @api.arguments(schemas.NarrowingQuery, location="query")
    @api.response(200, schemas.CountsSchema)
    def count_referrals(query: dict[str, Any], agency: str) -> queries.Counts:
        """How many referrals lie in each tray of what the worklist is narrowed to."""
        with door.reading() as session:
            return queries.counts(session, door.current_officer(), agency, narrowed_to(query))

    @api.get("/<agency>/referrals/kept")
    @guard(Permission.REFERRALS_READ)
    @api.response(200, schemas.KeptSchema)
    def count_kept_promises(agency: str) -> promises.Kept:
        """What was promised and kept since the first of this month."""
        with door.reading() as session:
            return promises.kept_this_month(session, door.current_officer(), agency)

    @api.get(ONE)
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.ReferralSchema)
    def get_referral(agency: str, referral_id: UUID) -> Answer:
        """One referral with the particulars shared for it; every look is logged, the first is told to the sender."""
        with door.transaction() as session:
            referral = commands.open_referral(session, door.current_officer(), referral_id)
            return _answer(session, works[referral.kind].view(session, referral), referral)

    @api.get(f"{ONE}/next")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.ReferralQuery(exclude=("after", "limit")), location="query")
    @api.response(200, schemas.NextSchema)
    def get_next_referral(query: dict[str, Any], agency: str, referral_id: UUID) -> following.Next:
        """The open referral that comes after this one, done or not, in what the worklist is narrowed to."""
        with door.reading() as session:
            return following.next_to(session, door.current_officer(), referral_id, narrowed_to(query))


def _answering(api: Blueprint, works: Works) -> None:
    @api.post(f"{ONE}/accept")
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.ReferralLineSchema)
    def accept_referral(agency: str, referral_id: UUID) -> Answer:
        """Take the referral on."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            (accepted,) = commands.accept_referrals(session, door.current_officer(), [referral_id])
            return _line(accepted)

    @api.post(f"{ONE}/take-over")
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.ReferralLineSchema)
    def take_over_referral(agency: str, referral_id: UUID) -> Answer:
        """Handle from now on what a colleague of the same office had taken on."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            (taken,) = commands.take_over_referrals(session, door.current_officer(), [referral_id])
            return _line(taken)

    @api.get(f"{ONE}/colleagues")
    @guard(Permission.REFERRALS_WORK)
    @api.response(200, schemas.ColleagueSchema(many=True))
    def list_colleagues(agency: str, referral_id: UUID) -> list[handing_over.Colleague]:
        """Who of the office can be given this referral."""
        with door.reading() as session:
            return handing_over.colleagues(session, door.current_officer(), works, referral_id)

    @api.post(f"{ONE}/hand-over")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.HandedToSchema)
    @api.response(200, schemas.ReferralLineSchema)
    def hand_over_referral(given: dict[str, Any], agency: str, referral_id: UUID) -> Answer:
        """Let a colleague of the same office handle the referral from now on."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            return _line(handing_over.hand_over_referral(session, door.current_officer(), works, referral_id, **given))

    @api.post(f"{ONE}/decline")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.NoSchema)
    @api.response(200, schemas.ReferralLineSchema)
    def decline_referral(given: dict[str, Any], agency: str, referral_id: UUID) -> Answer:
        """Refuse the referral before taking it on."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            return _line(commands.decline_referral(session, door.current_officer(), works, referral_id, **given))

    @api.post(f"{ONE}/return")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.NoSchema)
    @api.response(200, schemas.ReferralLineSchema)
    def return_referral(given: dict[str, Any], agency: str, referral_id: UUID) -> Answer:
        """Give back what was taken on."""
        with door.transaction() as session:
            revision.hold(session, referral_id)
            return _line(commands.return_referral(session, door.current_officer(), works, referral_id, **given))


def _working(api: Blueprint, works: Works) -> None:
    @api.put(f"{ONE}/work")
    @guard(Permission.REFERRALS_WORK)
    @api.doc(requestBody=_one_of(work.work_schema for work in works.values() if work.work_schema))
    @api.response(200, schemas.ReferralLineSchema)
    def record_work(agency: str, referral_id: UUID) -> Answer:
        """Save how far the work has come; what is asked for depends on the stage's kind."""
        with door.transaction() as session:
            officer = door.current_officer()
            kind = queries.kinds_of(session, officer, [referral_id])[referral_id]
            given = schemas.work_of(works, kind, _body())
            revision.hold(session, referral_id)
            return _line(commands.record_work(session, officer, works, referral_id, given))

    @api.post(f"{ONE}/complete")
    @guard(Permission.REFERRALS_WORK)
    @api.doc(requestBody=_one_of(schemas.reporting(work.completion_schema) for work in works.values()))
    @api.response(200, schemas.ReferralLineSchema)
    def complete_referral(agency: str, referral_id: UUID) -> Answer:
        """Close the stage; what is asked for depends on its kind."""
        with door.transaction() as session:
            officer = door.current_officer()
            kind = queries.kinds_of(session, officer, [referral_id])[referral_id]
            told = schemas.completion_of(works, kind, _body())
            revision.hold(session, referral_id)
            (done,) = commands.complete_referrals(
                session, officer, works, {referral_id: told.done}, {referral_id: told.because}
            )
            return _line(done)


def _many(api: Blueprint, works: Works) -> None:
    many = schemas.ReferralLineSchema(many=True)

    @api.post("/<agency>/referrals/accept")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.ReferralIdsSchema)
    @api.response(200, many)
    def accept_referrals(given: dict[str, Any], agency: str) -> list[Referral]:
        """Take several referrals on: all of them, or none."""
        with door.transaction() as session:
            return commands.accept_referrals(session, door.current_officer(), given["ids"])

    @api.post("/<agency>/referrals/together")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.TogetherSchema)
    @api.response(200, schemas.TogetherResultSchema)
    def act_together(given: dict[str, Any], agency: str) -> dict[str, Any]:
        """Do one act for many, as far as it goes: for whom it is refused is said, and hinders nobody else."""
        looks, act = given.pop("look"), together.Act(given.pop("act"))
        with door.trying() if looks else door.transaction() as session:
            result = together.do(session, door.current_officer(), works, act, **given)
        said = language()
        return {
            "looked": looks,
            "done": [{"id": each, "outcome": result.lines[each].outcome} for each in result.done],
            "refused": [
                {"id": each, "code": error.code, "detail": error.message(said)}
                for each, error in result.refused.items()
            ],
        }

    @api.post("/<agency>/referrals/complete")
    @guard(Permission.REFERRALS_WORK)
    @api.arguments(schemas.CompletionsSchema)
    @api.response(200, many)
    def complete_referrals(given: dict[str, Any], agency: str) -> list[Referral]:
        """Close several stages: all of them, or none."""
        with door.transaction() as session:
            officer = door.current_officer()
            kinds = queries.kinds_of(session, officer, [each["id"] for each in given["referrals"]])
            told = {
                each["id"]: schemas.completion_of(works, kinds[each["id"]], each["done"], at=f"referrals.{row}.done.")
                for row, each in enumerate(given["referrals"])
            }
            done = {each: said.done for each, said in told.items()}
            because = {each: said.because for each, said in told.items()}
            return commands.complete_referrals(session, officer, works, done, because)


def _body() -> Any:
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Invalid(errors={"_": ["JSON object"]})
    return found


def _answer(session: Session, work: dict[str, Any], referral: Referral) -> Answer:
    passed = handed_on.of_journey(session, referral.journey_id, referral.id)
    return schemas.shown(referral, work, passed), {"ETag": f'"{referral.revision}"'}


def _line(referral: Referral) -> Answer:
    return referral, {"ETag": f'"{referral.revision}"'}


def _one_of(kinds: Iterable[type[Schema]]) -> dict[str, Any]:
    shapes = list(dict.fromkeys(kinds))
    schema: Any = {"oneOf": shapes} if len(shapes) > 1 else (shapes[0] if shapes else {"type": "object"})
    return {"required": True, "content": {"application/json": {"schema": schema}}}
