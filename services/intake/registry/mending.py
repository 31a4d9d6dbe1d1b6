"""Correcting what the registry holds of one person: reading each value, and changing it with its history.

What is dated (address in another village, family card) keeps its row until today and gets a new one; the rest is
changed in place, and who asked for it keeps what stood there before (`services/intake/corrections`).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.registry import households, rules, words
from services.intake.registry.commands import ONE_AT_A_TIME
from services.intake.registry.models import (
    DuplicateReview,
    DuplicateState,
    Household,
    HouseholdMember,
    Person,
    Residence,
)
from services.intake.registry.records import (
    BARE_VILLAGE_CODE,
    LONGEST_NAME,
    AreaNotFound,
    NameMissing,
)
from services.intake.registry.rules import Caution, Detail, MaritalStatus, Occupation, Relation, Sex
from shared import places
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound
from shared.privacy.fields import blind_index, blind_indexes
from shared.privacy.renewal import take_over

LONGEST_ADDRESS = 300
Values = Mapping[Detail, str]
"""New values, each as `read` wrote it."""
ABOUT_NIK = (Caution.NIK_MISSING, Caution.SEX_DIFFERS_FROM_NIK, Caution.BIRTH_DATE_DIFFERS_FROM_NIK)
CHOICES: Mapping[Detail, tuple[str, ...]] = {
    Detail.SEX: tuple(Sex),
    Detail.MARITAL_STATUS: tuple(MaritalStatus),
    Detail.OCCUPATION: tuple(Occupation),
    Detail.RELATION: tuple(Relation),
    Detail.PRE_PROSPEROUS: ("true", "false"),
    Detail.HAS_BUSINESS: ("true", "false"),
}
"""The details that know certain words only."""


def read(detail: Detail, text: str, today: date) -> str:
    """A new value in the form in which it is kept; raises Unreadable."""
    given = " ".join(text.split())
    if not words.said("", given):
        raise rules.SaysNothing(text=given)
    if detail is Detail.BIRTH_DATE:
        return rules.parse_birth_date(given, today).isoformat()
    if detail in CHOICES:
        if given not in CHOICES[detail]:
            raise rules.UnknownWord(expected=", ".join(CHOICES[detail]))
        return given
    return READINGS[detail](given)


def held(session: Session, person: Person) -> dict[Detail, str | None]:
    """What the registry holds of a person now, each value in the form in which `read` writes it."""
    home, card = _home(session, person.id), _card(session, person.id)
    return {
        Detail.NAME: person.name,
        Detail.NIK: person.nik,
        Detail.KK: card[1] if card else None,
        Detail.RELATION: card[0].relation if card else None,
        Detail.PHONE: person.phone,
        Detail.SEX: person.sex,
        Detail.BIRTH_DATE: person.birth_date.isoformat() if person.birth_date else None,
        Detail.MARITAL_STATUS: person.marital_status,
        Detail.OCCUPATION: person.occupation,
        Detail.AREA: person.area,
        Detail.ADDRESS: home.address if home else None,
        Detail.PRE_PROSPEROUS: _said(person.pre_prosperous),
        Detail.HAS_BUSINESS: _said(person.has_business),
    }


def locked(session: Session, person_id: UUID) -> Person:
    """A person, locked after the imports: a file that comes in meanwhile must not bring the same NIK unnoticed."""
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    found = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(what="person")
    return found


def bearer_of(session: Session, nik: str) -> UUID | None:
    """Who bears a NIK, whatever her area."""
    return session.scalar(select(Person.id).where(Person.nik_index.in_(blind_indexes(nik, "nik"))))


def open_review(session: Session, record: Person, bearer_id: UUID, cause: UUID) -> DuplicateReview:
    """Open the review of two records that claim a NIK, as an import does; the same cause opens it once."""
    row_index, *before = blind_indexes(f"correction {cause}", "registry-row")
    take_over(session, [DuplicateReview.row_index], [(each, row_index) for each in before])
    known = session.scalar(
        select(DuplicateReview).filter_by(person_id=bearer_id, row_index=row_index, state=DuplicateState.OPEN)
    )
    if known is not None:
        return known
    home = _home(session, record.id)
    review = DuplicateReview(
        person_id=bearer_id,
        record_id=record.id,
        row_index=row_index,
        claim={
            "name": record.name,
            "area": record.area,
            "sex": record.sex,
            "birth_date": record.birth_date.isoformat() if record.birth_date else None,
            "address": home.address if home else None,
            "phone": record.phone,
        },
        opened_at=clock.now(),
    )
    session.add(review)
    session.flush()
    return review


def mend(session: Session, person: Person, wanted: Values) -> dict[Detail, str | None]:
    """Change what is wanted of a locked person; gives what stood there before. Nobody else may bear a new NIK."""
    before = held(session, person)
    for detail, value in wanted.items():
        if detail in PLAIN:
            setattr(person, detail.value, PLAIN[detail](value))
    if Detail.NAME in wanted:
        person.name_index = blind_index(rules.plain_name(person.name), "name")
    if person.nik and Detail.NIK in wanted:
        person.nik_index = blind_index(person.nik, "nik")
    today = clock.today()
    if not wanted.keys().isdisjoint({Detail.AREA, Detail.ADDRESS}):
        _move(session, person, wanted, today)
    if not wanted.keys().isdisjoint({Detail.KK, Detail.RELATION}):
        _change_card(session, person, wanted, today)
    person.cautions = _cautions(person, wanted)
    person.changed_at = clock.now()
    households.mark(session, [person.id], today)
    session.refresh(person)
    return {detail: before[detail] for detail in wanted}


def _truth(value: str) -> bool:
    return value == "true"


PLAIN: Mapping[Detail, Any] = {
    Detail.NAME: str,
    Detail.NIK: str,
    Detail.PHONE: str,
    Detail.SEX: Sex,
    Detail.BIRTH_DATE: date.fromisoformat,
    Detail.MARITAL_STATUS: MaritalStatus,
    Detail.OCCUPATION: Occupation,
    Detail.AREA: str,
    Detail.PRE_PROSPEROUS: _truth,
    Detail.HAS_BUSINESS: _truth,
}
"""The details that stand in the person's own row, and how each is read back."""


def _village(given: str) -> str:
    code = given
    if BARE_VILLAGE_CODE.match(given):
        code = f"{given[:2]}.{given[2:4]}.{given[4:6]}.{given[6:]}"
    if places.is_known(code):
        if places.level_of(code) is places.Level.VILLAGE:
            return code
        raise AreaNotFound
    names = [part.strip() for part in given.split(",")]
    found = places.find(list(reversed(names))) if len(names) == 3 else None  # village, kecamatan, regency
    if found is None:
        raise AreaNotFound
    return found


def _name(given: str) -> str:
    if not rules.plain_name(given) or len(given) > LONGEST_NAME:
        raise NameMissing
    return given


def _phone(given: str) -> str:
    number = rules.parse_phone(given)
    if number is None:
        raise rules.PhoneUnreadable
    return number


READINGS: Mapping[Detail, Callable[[str], str]] = {
    Detail.NAME: _name,
    Detail.NIK: lambda given: rules.parse_nik(given).number,
    Detail.KK: rules.parse_kk,
    Detail.PHONE: _phone,
    Detail.AREA: _village,
    Detail.ADDRESS: lambda given: given[:LONGEST_ADDRESS],
}
"""How each detail that is typed is read."""


def _said(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _home(session: Session, person_id: UUID) -> Residence | None:
    return session.scalar(select(Residence).filter_by(person_id=person_id, until=None))


def _card(session: Session, person_id: UUID) -> tuple[HouseholdMember, str] | None:
    row = session.execute(
        select(HouseholdMember, Household.kk)
        .join(Household, Household.id == HouseholdMember.household_id)
        .where(HouseholdMember.person_id == person_id, HouseholdMember.until.is_(None))
    ).first()
    return (row[0], row[1]) if row else None


def _move(session: Session, person: Person, wanted: Values, today: date) -> None:
    """Another village is another address from today on; within the village the address was written wrongly."""
    home, address = _home(session, person.id), wanted.get(Detail.ADDRESS)
    if home is not None and home.area == person.area:
        home.address = address or home.address
        return
    if home is not None:
        home.until = today
        session.flush()  # the old one ends before the new one begins, or two would be the present one
    session.add(Residence(person_id=person.id, area=person.area, address=address, since=today))


def _change_card(session: Session, person: Person, wanted: Values, today: date) -> None:
    present = _card(session, person.id)
    kk = wanted.get(Detail.KK) or (present[1] if present else None)
    if kk is None:
        raise rules.NoFamilyCard().at(f"wanted.{Detail.RELATION.value}")
    relation = wanted.get(Detail.RELATION) or (present[0].relation if present else None)
    index, *before = blind_indexes(kk, "kk")
    take_over(session, [Household.kk_index], [(each, index) for each in before])
    row = {"id": ids.new_id(), "kk": kk, "kk_index": index}
    session.execute(insert(Household).on_conflict_do_nothing(index_elements=["kk_index"]), [row])
    household = session.scalars(select(Household.id).where(Household.kk_index == index)).one()
    if present is not None:
        present[0].until = today
        session.flush()
    session.add(
        HouseholdMember(
            person_id=person.id,
            household_id=household,
            relation=Relation(relation) if relation else None,
            since=today,
        )
    )


def _cautions(person: Person, wanted: Values) -> list[str]:
    """What is still to be checked: the NIK afresh, and nothing that she has just had corrected."""
    gone = {*ABOUT_NIK, Caution.NIK_AREA_UNKNOWN}
    gone |= {Caution.PHONE_UNREADABLE} if Detail.PHONE in wanted else set()
    gone |= {Caution.KK_UNREADABLE} if Detail.KK in wanted else set()
    kept = [each for each in person.cautions if each not in gone]
    if person.nik is None:
        return [Caution.NIK_MISSING, *kept]
    nik = rules.parse_nik(person.nik)
    return [*rules.nik_warnings(nik, person.sex, person.birth_date, places.is_known), *kept]
