"""Recording a failure of protection with whom it concerns, and noting that they and the authority were told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from services.intake.breaches import queries, rules
from services.intake.breaches.models import Breach, BreachPerson
from services.intake.breaches.rules import Cause, DataKind, Measure, Scope, Way
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from services.intake.registry.rules import Unreadable
from services.intake.rights.rules import require_registering
from services.intake.rights.terms import terms
from shared import places
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.privacy.looks import log_looks
from shared.storage.arrays import among
from shared.web import access


def record_breach(
    session: Session,
    officer: Officer,
    *,
    data: Sequence[DataKind],
    cause: Cause,
    what: str,
    found_at: datetime,
    measures: Sequence[Measure],
    done: str,
    scope: Scope,
    what_en: str | None = None,
    done_en: str | None = None,
    happened_from: datetime | None = None,
    happened_until: datetime | None = None,
    programme: str | None = None,
    area: str | None = None,
    niks: Sequence[str] = (),
) -> Breach:
    """Write down what happened to whose data; from the finding on the clock runs.

    Those concerned are found now, in the officer's areas. Raises Invalid where a moment or the scope cannot be.
    """
    access.require(officer, Permission.BREACHES_RECORD)
    rules.check_moments(happened_from, happened_until, found_at, clock.now())
    value = {Scope.PERSONS: None, Scope.PROGRAMME: programme, Scope.AREA: area}[scope]
    breach = Breach(
        office=officer.office,
        recorded_by=officer.id,
        recorded_at=clock.now(),
        data=[each.value for each in data],
        cause=cause,
        what=what,
        what_en=what_en,
        happened_from=happened_from,
        happened_until=happened_until,
        found_at=found_at,
        due_at=terms().breach_notice.after(found_at),
        measures=[each.value for each in measures],
        done=done,
        done_en=done_en,
        scope=scope,
        scope_value=value,
    )
    concerned = _concerned(session, officer, scope, value, niks)
    session.add(breach)
    session.flush()
    known = select(literal(breach.id), Person.id, Person.area).where(*concerned)
    added = session.execute(
        insert(BreachPerson).from_select(["breach_id", "person_id", "area"], known).returning(BreachPerson.person_id)
    ).all()
    if not added:
        raise rules.NobodyConcerned().at(FIELDS[scope])
    if scope is Scope.PERSONS:  # whoever names a NIK is told that somebody bears it
        log_looks(session, officer, "person", sorted(row.person_id for row in added), f"breach {breach.id}")
    return breach


FIELDS = {Scope.PERSONS: "niks", Scope.PROGRAMME: "programme", Scope.AREA: "area"}
"""Where a form says who is concerned."""


def note_authority_told(session: Session, officer: Officer, breach_id: UUID, *, told_at: datetime, note: str) -> Breach:
    """The authority was told; raises AuthorityToldAlready, ToldOutOfOrder."""
    access.require(officer, Permission.BREACHES_RECORD)
    breach = session.get(Breach, breach_id, with_for_update=True)
    if breach is None or breach.office != officer.office:
        raise NotFound(what="breach")
    if breach.authority_told_at is not None:
        raise rules.AuthorityToldAlready
    rules.check_told(told_at, breach.found_at, clock.now())
    breach.authority_told_at, breach.authority_told_by, breach.authority_note = told_at, officer.id, note
    session.flush()
    return breach


def note_told(
    session: Session, officer: Officer, breach_id: UUID, *, person_ids: Collection[UUID], told_at: datetime, way: Way
) -> int:
    """These persons were told, in this way; gives for how many it is new. What was noted before stays as it is."""
    require_registering(officer.office)
    access.require(officer, Permission.BREACHES_REACH)
    breach = session.get(Breach, breach_id)
    if breach is None:
        raise NotFound(what="breach")
    rules.check_told(told_at, breach.found_at, clock.now())
    rows = session.execute(
        select(BreachPerson.person_id, BreachPerson.area)
        .where(BreachPerson.breach_id == breach_id, among(BreachPerson.person_id, person_ids))
        .order_by(BreachPerson.person_id)
        .with_for_update()
    ).all()
    if len(rows) < len(set(person_ids)):
        raise NotFound(what="person")
    for row in rows:
        officer.require(area=row.area)
    told = session.execute(
        update(BreachPerson)
        .where(
            BreachPerson.breach_id == breach_id,
            among(BreachPerson.person_id, person_ids),
            BreachPerson.told_at.is_(None),
        )
        .values(told_at=told_at, told_by=officer.id, way=way)
        .returning(BreachPerson.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(told)


def _concerned(
    session: Session, officer: Officer, scope: Scope, value: str | None, niks: Sequence[str]
) -> tuple[Any, ...]:
    """What holds of those concerned, for a query over persons."""
    mine = (Person.merged_into.is_(None), Person.died_on.is_(None), within(Person.area, officer.areas))
    if scope is Scope.PERSONS:
        return (*mine, among(Person.id, _bearers(session, officer, niks)))
    if not value:
        raise rules.ScopeMissing().at(FIELDS[scope])
    if scope is Scope.AREA:
        if not places.is_known(value) or places.level_of(value) is not places.Level.KECAMATAN:
            raise rules.NotKecamatan().at("area")
        officer.require(area=value)
        return (*mine, within(Person.area, [value]))
    return (*mine, Person.id.in_(queries.on_programme(value)))


def _bearers(session: Session, officer: Officer, niks: Sequence[str]) -> list[UUID]:
    if not niks:
        raise rules.ScopeMissing().at("niks")
    found = []
    for line, nik in enumerate(niks, 1):
        try:
            found.append(registry.person_by_nik(session, officer, nik).id)
        except (Unreadable, NotFound):
            raise rules.NikUnknown(line=line).at("niks") from None
    return found
