"""Registered persons for tests: plainly fictitious, each with the facts that a test asks for."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.rules import State
from services.intake.registry.models import ImportRun, ImportState, Listing, Person
from services.intake.registry.rules import MaritalStatus, Occupation, Registry, Sex
from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.privacy.fields import blind_index

VILLAGE = "64.02.05.2001"


def register(
    session: Session, count: int = 1, *, lists: tuple[Registry, ...] = (Registry.DTKS,), **facts: Any
) -> list[UUID]:
    """Register so many women of one village, listed in these registries; `facts` changes what is said of all."""
    run = _import(session)
    people = [_person(number, facts) for number in range(count)]
    session.add_all(people)
    session.flush()
    session.add_all(
        Listing(person_id=each.id, registry_name=name, snapshot_id=run.id, since=date(2023, 1, 1))
        for each in people
        for name in lists
    )
    session.flush()
    return [each.id for each in people]


def staff(
    session: Session,
    office: str,
    *roles: Role,
    areas: tuple[str, ...] = (),
    state: State = State.ACTIVE,
) -> OfficerAccount:
    """Somebody who works at an office: an officer in its whole region unless told otherwise."""
    home = offices.office(office)
    account = OfficerAccount(
        username=f"uji-{ids.new_id()}",
        name="Petugas Uji",
        office=home.id,
        agency=home.agency,
        roles=[each.value for each in roles or (Role.OFFICER,)],
        areas=list(areas or (home.region,)),
        state=state,
    )
    session.add(account)
    session.flush()
    return account


def _person(number: int, facts: dict[str, Any]) -> Person:
    name = f"Perempuan Uji {number} {ids.new_id()}"
    given: dict[str, Any] = {
        "name": name,
        "name_index": blind_index(name, "name"),
        "phone": "+6281200009001",
        "sex": Sex.FEMALE,
        "birth_date": date(1988, 4, 12),
        "marital_status": MaritalStatus.WIDOWED,
        "occupation": Occupation.HOUSEWIFE,
        "pre_prosperous": True,
        "has_business": False,
        "area": VILLAGE,
        "cautions": [],
        "row_index": blind_index(name, "row"),
        "created_at": clock.now(),
        "changed_at": clock.now(),
    }
    return Person(**given | facts)


def _import(session: Session) -> ImportRun:
    run = ImportRun(
        agency="dinsos",
        office="dinsos-kaltim",
        officer_id=ids.new_id(),
        areas=["64"],
        file_name="uji.csv",
        digest=ids.new_id().bytes,
        state=ImportState.DONE,
        rows=0,
        created_at=clock.now(),
        moved_at=clock.now(),
    )
    session.add(run)
    session.flush()
    return run
