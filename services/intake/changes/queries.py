"""Which records wait to be told apart or put together, and what was decided of others."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, func, select
from sqlalchemy.orm import Session, aliased

from services.intake.accounts.models import OfficerAccount
from services.intake.changes.models import Death, PersonMerge
from services.intake.groups.models import BusinessGroup, GroupMember
from services.intake.journeys.models import Journey
from services.intake.registry.models import (
    DuplicateReview,
    DuplicateState,
    Household,
    HouseholdMember,
    Listing,
    Person,
)
from services.intake.registry.rules import masked
from services.intake.rights.rules import Waiting
from shared import places
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.storage.arrays import among
from shared.web.paging import Page, page

MOST_MERGES = 50
MOST_DEATHS = 50
NOT_SAID: dict[str, Any] = {**dict.fromkeys(("kk", "relation", "marital_status", "occupation")), "listed": {}}
"""What a claim does not say that was kept before all of it was."""


def open_reviews(session: Session, officer: Officer, after: str | None, limit: int) -> Page[DuplicateReview]:
    """The reviews that wait for an officer of these areas, page by page."""
    return page(session, _open(officer), DuplicateReview.id, after=after, limit=limit)


def how_many_wait(session: Session, officer: Officer) -> Waiting:
    """How many reviews that is; they have no date."""
    return Waiting(session.scalar(select(func.count()).select_from(_open(officer).subquery())) or 0)


def _open(officer: Officer) -> Select[Any]:
    here = within(Person.area, officer.areas)
    return (
        select(DuplicateReview)
        .join(Person, Person.id == DuplicateReview.person_id)
        .where(here, DuplicateReview.state == DuplicateState.OPEN)
    )


def side_by_side(session: Session, reviews: Page[DuplicateReview]) -> list[dict[str, Any]]:
    """Each review with both records, as an officer compares them."""
    bearers = {
        each.id: each
        for each in session.scalars(select(Person).where(Person.id.in_([each.person_id for each in reviews.items])))
    }
    cards, lists = _cards(session, bearers), _lists(session, bearers)
    return [
        {
            "id": each.id,
            "bearer": {
                **_record(bearers[each.person_id]),
                **cards.get(each.person_id, {"kk": None, "relation": None}),
                "listed": dict.fromkeys(lists.get(each.person_id, ()), True),
                "id": each.person_id,
                "nik": masked(bearers[each.person_id].nik),
            },
            "claim": {**NOT_SAID, **each.claim, "id": each.record_id, "village": places.name_of(each.claim["area"])},
            "opened_at": each.opened_at,
        }
        for each in reviews.items
    ]


def decided_reviews(session: Session, officer: Officer, after: str | None, limit: int) -> Page[DuplicateReview]:
    """The pairs of these areas that were decided on, the latest first."""
    here = within(Person.area, officer.areas)
    settled = (
        select(DuplicateReview)
        .join(Person, Person.id == DuplicateReview.person_id)
        .where(here, DuplicateReview.state == DuplicateState.SETTLED)
    )
    return page(session, settled, DuplicateReview.id, after=after, limit=limit, newest_first=True)


def decisions(session: Session, reviews: Page[DuplicateReview]) -> list[dict[str, Any]]:
    """Each of these pairs with what was decided of it, on what evidence, by whom and when."""
    both = zip(side_by_side(session, reviews), reviews.items, strict=True)
    entered = {each.entered_id for each in reviews.items if each.entered_id}
    lives = session.execute(select(Person.id, Person.merged_into).where(among(Person.id, entered)))
    merged = {row.id: row.merged_into for row in lives}
    deciders = {each.decided_by for each in reviews.items if each.decided_by}
    names = dict(
        session.execute(select(OfficerAccount.id, OfficerAccount.name).where(among(OfficerAccount.id, deciders))).all()
    )
    return [
        {
            **shown,
            "same": review.same if review.same is not None else merged.get(review.entered_id) is not None,
            "evidence": review.evidence,
            "entered_id": review.entered_id,
            "decided_by": review.decided_by,
            "decided_by_name": names.get(review.decided_by) if review.decided_by else None,
            "decided_at": review.decided_at,
        }
        for shown, review in both
    ]


def _bearer(found: Person) -> dict[str, Any]:
    return {**_record(found), "id": found.id, "nik": masked(found.nik)}


def merges(session: Session, officer: Officer) -> list[dict[str, Any]]:
    """The latest merges of these areas, those that were undone among them."""
    kept, merged = aliased(Person), aliased(Person)
    rows = session.execute(
        select(PersonMerge, kept.name, merged.name)
        .join(kept, kept.id == PersonMerge.kept_id)
        .join(merged, merged.id == PersonMerge.merged_id)
        .where(within(kept.area, officer.areas))
        .order_by(PersonMerge.id.desc())
        .limit(MOST_MERGES)
    )
    return [
        {
            "id": merge.id,
            "kept": {"id": merge.kept_id, "name": kept_name},
            "merged": {"id": merge.merged_id, "name": merged_name},
            "evidence": merge.evidence,
            "merged_at": merge.merged_at,
            "merged_by": merge.merged_by,
            "undone_at": merge.undone_at,
            "undone_because": merge.undone_because,
        }
        for merge, kept_name, merged_name in rows
    ]


def deaths(session: Session, officer: Officer) -> list[dict[str, Any]]:
    """The latest deaths noted in these areas, those that were undone among them, with the journeys that they ended."""
    rows = session.execute(
        select(Death, Person.name)
        .join(Person, Person.id == Death.person_id)
        .where(within(Person.area, officer.areas))
        .order_by(Death.noted_at.desc(), Death.id.desc())
        .limit(MOST_DEATHS)
    ).all()
    ended = {UUID(each) for death, _ in rows for each in death.journeys}
    columns = Journey.id, Journey.programme, Journey.version, Journey.lead_office
    found = session.execute(select(*columns).where(among(Journey.id, ended)))
    journeys = {str(row.id): dict(row._mapping) for row in found}
    groups = session.execute(
        select(BusinessGroup.id, BusinessGroup.name).where(
            among(BusinessGroup.id, {death.group_id for death, _ in rows if death.group_id})
        )
    )
    names = {row.id: row.name for row in groups}
    return [
        {
            "person": {"id": death.person_id, "name": name},
            "died_on": death.died_on,
            "evidence": death.evidence,
            "noted_at": death.noted_at,
            "may_undo": death.undone_at is None and death.noted_by != officer.id,
            "journeys": [journeys[each] for each in death.journeys],
            "group": {"id": death.group_id, "name": names[death.group_id]} if death.group_id else None,
            "undone_at": death.undone_at,
            "undone_because": death.undone_because,
            "undone_by": death.undone_by,
        }
        for death, name in rows
    ]


def merge_of(session: Session, person_id: UUID) -> UUID | None:
    """The merge by which a record is part of another, where it is."""
    return session.scalar(
        select(PersonMerge.id).where(PersonMerge.merged_id == person_id, PersonMerge.undone_at.is_(None))
    )


def group_of(session: Session, person_id: UUID) -> UUID | None:
    """The group to which somebody belongs at present."""
    return session.scalar(select(GroupMember.group_id).filter_by(person_id=person_id, left_on=None))


def other_groups(session: Session, group: BusinessGroup, limit: int = 200) -> list[tuple[UUID, str]]:
    """Groups of the same kecamatan that a group could merge into."""
    kecamatan = places.kecamatan_of(group.area)
    rows = session.execute(
        select(BusinessGroup.id, BusinessGroup.name)
        .where(
            *(within(BusinessGroup.area, [kecamatan]), BusinessGroup.id != group.id),
            *(BusinessGroup.dissolved_on.is_(None), BusinessGroup.berita_acara.is_not(None)),
        )
        .order_by(BusinessGroup.id.desc())
        .limit(limit)
    )
    return [(row.id, row.name) for row in rows]


def _record(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "area": person.area,
        "village": places.name_of(person.area),
        "phone": person.phone,
        "address": None,
        "marital_status": person.marital_status,
        "occupation": person.occupation,
    }


def _cards(session: Session, person_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = session.execute(
        select(HouseholdMember.person_id, Household.kk, HouseholdMember.relation)
        .join(Household, Household.id == HouseholdMember.household_id)
        .where(among(HouseholdMember.person_id, person_ids), HouseholdMember.until.is_(None))
    )
    return {row.person_id: {"kk": row.kk, "relation": row.relation} for row in rows}


def _lists(session: Session, person_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    rows = session.execute(
        select(Listing.person_id, func.array_agg(Listing.registry_name.cast(String)))
        .where(among(Listing.person_id, person_ids), Listing.until.is_(None))
        .group_by(Listing.person_id)
    )
    return {person: sorted(names) for person, names in rows}
