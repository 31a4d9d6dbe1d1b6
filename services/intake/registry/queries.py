"""What the registry can tell: persons as officers may see them, imports and their refusals, particulars to share."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from services.intake.registry.models import (
    ContactWish,
    Household,
    HouseholdMember,
    ImportRefusal,
    ImportRun,
    ImportState,
    Listing,
    Person,
    Residence,
)
from services.intake.registry.records import REASONS
from services.intake.registry.rules import RECEIVED, UNLESS_SHE_SAYS, masked, parse_nik
from shared import places
from shared.bus import UnderWay
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.privacy.fields import blind_indexes
from shared.storage.arrays import among
from shared.web.paging import Page, page

ACTIVE = and_(Person.merged_into.is_(None), Person.died_on.is_(None))
"""Who may set out or be chosen: alive, and the record under which she is known."""

OF_PERSON: Mapping[str, Callable[[Person, str | None, dict[str, Any] | None], Any]] = {
    "name": lambda person, _address, _wish: person.name,
    "nik": lambda person, _address, _wish: person.nik,
    "phone": lambda person, _address, _wish: person.phone,
    "village": lambda person, _address, _wish: places.name_of(person.area),
    "address": lambda _person, address, _wish: address,
    "safe_contact": lambda _person, _address, wish: wish or UNLESS_SHE_SAYS,
}
"""What a programme may share of a person, and where it comes from."""


def particulars_of_persons(session: Session, ids: Iterable[UUID], shares: Sequence[str]) -> dict[UUID, dict[str, Any]]:
    """The shared fields of these persons, without those that are not known; one query for all."""
    found = session.execute(
        select(Person, Residence.address, ContactWish.wish)
        .outerjoin(Residence, (Residence.person_id == Person.id) & Residence.until.is_(None))
        .outerjoin(ContactWish, ContactWish.person_id == Person.id)
        .where(among(Person.id, list(ids)))
    )
    told = {
        person.id: {share: OF_PERSON[share](person, address, wish) for share in shares if share in OF_PERSON}
        for person, address, wish in found
    }
    return {
        person_id: {name: value for name, value in fields.items() if value is not None}
        for person_id, fields in told.items()
    }


def named(session: Session, words: str, among_these: Select[Any]) -> list[UUID]:
    """Whose names of these contain all of the words; names are encrypted, so that they are compared here."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(among_these)))
    return [each.id for each in rows if all(word in each.name.casefold() for word in words.casefold().split())]


def areas_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where each of these persons lives."""
    rows = session.execute(select(Person.id, Person.area).where(among(Person.id, person_ids)))
    return dict(rows.all())


def known_aid(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The household of each of these persons, and the aid of the APBN that she (`aid`) and anybody of it receives."""
    here = select(HouseholdMember.person_id, HouseholdMember.household_id).where(HouseholdMember.until.is_(None))
    households = dict(session.execute(here.where(HouseholdMember.person_id.in_(ids))).all())
    together = select(HouseholdMember.person_id).where(
        HouseholdMember.household_id.in_(set(households.values())), HouseholdMember.until.is_(None)
    )
    rows = session.execute(
        select(Listing.person_id, HouseholdMember.household_id, Listing.registry_name)
        .outerjoin(HouseholdMember, (HouseholdMember.person_id == Listing.person_id) & HouseholdMember.until.is_(None))
        .where(
            or_(Listing.person_id.in_(ids), Listing.person_id.in_(together)),
            Listing.registry_name.in_(RECEIVED),
            Listing.until.is_(None),
        )
    )
    received: defaultdict[UUID, set[str]] = defaultdict(set)  # by person and by household alike
    for person_id, household, aid in rows:
        for whose in (person_id, household):
            received[whose].add(aid.value)
    return {
        each: {
            "household": str(households[each]) if each in households else None,
            "aid": sorted(received[each]),
            "household_aid": sorted(received[households.get(each, each)]),
        }
        for each in ids
    }


def persons(session: Session, officer: Officer, area: str | None, after: str | None, limit: int) -> Page[Person]:
    """The persons of an area that the officer works in, page by page."""
    if area is not None:
        officer.require(area=area)
    known = _visible(officer, [area] if area else officer.areas).where(Person.merged_into.is_(None))
    return page(session, known, Person.id, after=after, limit=limit)


def person_by_nik(session: Session, officer: Officer, nik: str) -> Person:
    """The person who bears a NIK; raises Unreadable, or NotFound also where she lives outside the officer's areas."""
    known = blind_indexes(parse_nik(nik).number, "nik")
    bearer = session.execute(select(Person.id, Person.merged_into).where(Person.nik_index.in_(known))).first()
    known_as = bearer and (bearer.merged_into or bearer.id)
    found = session.scalars(_visible(officer, officer.areas).where(Person.id == known_as)).first()
    if found is None:
        raise NotFound(what="person")
    return found


def person(session: Session, officer: Officer, person_id: UUID) -> Person:
    """One person; raises NotFound, or OutsideArea."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound(what="person")
    officer.require(area=found.area)
    return found


def living(session: Session, person_id: UUID) -> Person:
    """The record under which somebody lives on, whichever of hers is named."""
    named = session.get_one(Person, person_id)
    return session.get_one(Person, named.merged_into) if named.merged_into else named


def described(session: Session, found: Person) -> dict[str, Any]:
    """Everything about a person that her officer sees."""
    others = session.execute(
        select(Person.id, Person.name, Person.nik).where(Person.merged_into == found.id).order_by(Person.id)
    ).all()
    records = [found.id, *(each.id for each in others)]  # a merge keeps both histories: each under its own record
    residences = session.scalars(
        select(Residence).where(Residence.person_id.in_(records)).order_by(Residence.since.desc(), Residence.id)
    ).all()
    household = session.execute(
        select(Household.kk, HouseholdMember.household_id, HouseholdMember.relation)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .where(HouseholdMember.person_id == found.id, HouseholdMember.until.is_(None))
    ).first()
    listings = session.scalars(select(Listing).where(Listing.person_id.in_(records)).order_by(Listing.since)).all()
    # Where this record knows of a list itself, what a merged one last said of it is no news.
    own_lists = {each.registry_name for each in listings if each.person_id == found.id}
    wish = session.get(ContactWish, found.id)
    return {
        **summary(found),
        "nik": found.nik,
        "contact_wish": wish.wish if wish else UNLESS_SHE_SAYS,
        "died_on": found.died_on,
        "merged_into": found.merged_into,
        "also_known_as": [{"id": each.id, "name": each.name, "nik": each.nik} for each in others],
        "phone": found.phone,
        "marital_status": found.marital_status,
        "occupation": found.occupation,
        "pre_prosperous": found.pre_prosperous,
        "has_business": found.has_business,
        "kk": household.kk if household else None,
        "household_id": household.household_id if household else None,
        "relation": household.relation if household else None,
        "residences": [
            {"area": each.area, "address": each.address, "since": each.since, "until": each.until}
            for each in residences
        ],
        "listings": [
            {"registry": each.registry_name, "snapshot_id": each.snapshot_id, "since": each.since, "until": each.until}
            for each in listings
            if each.person_id == found.id or each.until is not None or each.registry_name not in own_lists
        ],
    }


def records_of(session: Session, person_id: UUID) -> list[UUID]:
    """All records of a person, the one asked for first."""
    lives = select(func.coalesce(Person.merged_into, Person.id)).where(Person.id == person_id).scalar_subquery()
    records = select(Person.id).where(or_(Person.id == lives, Person.merged_into == lives))
    return sorted(session.scalars(records), key=lambda each: (each != person_id, each))


def records_by_person(session: Session, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Every record of these persons, by the one that is asked for; one query for all."""
    rows = session.execute(
        select(Person.id, Person.merged_into).where(
            or_(among(Person.id, person_ids), among(Person.merged_into, person_ids))
        )
    )
    asked = set(person_ids)
    return {row.id: row.id if row.id in asked else row.merged_into for row in rows}


def households_of(session: Session, records: Collection[UUID]) -> list[dict[str, Any]]:
    """The family cards on which a person stands and stood, the latest first."""
    rows = session.execute(
        select(Household.kk, HouseholdMember.relation, HouseholdMember.since, HouseholdMember.until)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .where(HouseholdMember.person_id.in_(records))
        .order_by(HouseholdMember.since.desc(), HouseholdMember.id)
    )
    return [{"kk": row.kk, "relation": row.relation, "since": row.since, "until": row.until} for row in rows]


def sources_of(session: Session, snapshot_ids: Collection[UUID]) -> dict[UUID, str]:
    """Which office brought each of these files in."""
    rows = session.execute(select(ImportRun.id, ImportRun.office).where(ImportRun.id.in_(snapshot_ids)))
    return {row.id: row.office for row in rows}


def summary(found: Person) -> dict[str, Any]:
    """A person as a list shows her: of her NIK, what tells her from others beside her."""
    return {
        "id": found.id,
        "name": found.name,
        "nik": masked(found.nik),
        "sex": found.sex,
        "birth_date": found.birth_date,
        "area": found.area,
        "village": places.name_of(found.area),
        "kecamatan": places.name_of(places.kecamatan_of(found.area)),
        "cautions": found.cautions,
    }


def import_run(session: Session, officer: Officer, run_id: UUID) -> ImportRun:
    """An import of the officer's own office; raises NotFound."""
    found = session.get(ImportRun, run_id)
    if found is None or (found.office != officer.office and not officer.reads_everywhere):
        raise NotFound(what="import")
    return found


def import_runs(session: Session, officer: Officer, after: str | None, limit: int) -> Page[ImportRun]:
    """The imports of the officer's office, the latest first."""
    statement = select(ImportRun).where(ImportRun.office == officer.office)
    return page(session, statement, ImportRun.id, after=after, limit=limit, newest_first=True)


def imports_under_way(session: Session) -> UnderWay:
    """How many imports wait, run and have failed, for whoever looks after the machine."""
    row = session.execute(
        select(
            func.count().filter(ImportRun.state == ImportState.WAITING),
            func.count().filter(ImportRun.state == ImportState.RUNNING),
            func.count().filter(ImportRun.state == ImportState.FAILED),
            func.min(ImportRun.moved_at).filter(ImportRun.state.in_((ImportState.WAITING, ImportState.RUNNING))),
        ).where(ImportRun.state != ImportState.DONE)
    ).one()
    return UnderWay(*row)


def refusals(session: Session, run: ImportRun, after: str | None, limit: int) -> Page[ImportRefusal]:
    """The rows of a run that did not come in, in the order of the file."""
    statement = select(ImportRefusal).where(ImportRefusal.run_id == run.id)
    return page(session, statement, ImportRefusal.row, after=after, limit=limit)


def sentence(refusal: ImportRefusal, language: str) -> str:
    """Why a row did not come in, in words."""
    return REASONS[refusal.reason](**refusal.fields).message(language)


def _visible(officer: Officer, areas: Iterable[str]) -> Select[Person]:
    return select(Person).where(within(Person.area, areas))
