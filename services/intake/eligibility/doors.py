"""What both doors do alike: find the candidates of a programme, and log the look at their names."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.eligibility import overrides, queries
from services.intake.eligibility.models import Override
from services.intake.journeys import queries as journeys
from services.intake.registry.models import Person
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.privacy import looks
from shared.programmes import library
from shared.referrals.models import Referral
from shared.storage.arrays import among
from shared.web import paging


def candidates(session: Session, officer: Officer, query: Mapping[str, Any]) -> paging.Page[dict[str, Any]]:
    """Persons of the officer's areas who would qualify and are not kept out; raises OutsideArea."""
    programme = library.programme(query["programme"])
    areas = [query["area"]] if query["area"] else list(officer.areas)
    for area in areas:
        officer.require(area=area)
    found, following = queries.candidates(
        session,
        programme,
        areas=areas,
        busy=journeys.kept_out(session, programme),
        after=UUID(query["after"]) if query["after"] else None,
        limit=query["limit"],
    )
    everybody = [who for who, _ in found]
    names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(everybody))).all())
    looks.log_looks(session, officer, "person", everybody, f"candidates {programme.id}")
    items = [{"id": who, "name": names[who], "area": facts["area"], "facts": facts} for who, facts in found]
    return paging.Page(items, str(following) if following else None)


def overrides_for(session: Session, officer: Officer, after: str | None, limit: int) -> paging.Page[dict[str, Any]]:
    """What waits for an officer as the second person, the latest first; the look at whom it is about is logged."""
    found = paging.page(
        session, overrides.waiting_for(officer), Override.id, after=after, limit=limit, newest_first=True
    )
    subjects: dict[SubjectKind, set[UUID]] = {}
    for referral in session.scalars(
        select(Referral).where(among(Referral.id, [each.referral_id for each in found.items]))
    ):
        subjects.setdefault(referral.subject_kind, set()).add(referral.subject_id)
    for kind, seen in sorted(subjects.items()):
        looks.log_looks(session, officer, kind, sorted(seen), "overrides")
    return paging.Page([overrides.shown(each) for each in found.items], found.next)
