"""What the compartment can tell, and only to those who may ask: its office's counsellors."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.intake.journeys import publishing
from services.intake.protection import heads, log, rules
from services.intake.protection.models import Glass, ProtectionCase, Step, TalkRequest
from services.intake.registry import queries as registry
from services.intake.registry.models import Person
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.privacy.fields import protected_indexes
from shared.privacy.renewal import pairs_of, take_over
from shared.programmes.definition import Programme
from shared.web.paging import CursorUnreadable, Page

OF_HER = ("name", "phone", "village", "address")
MOST_DUE = 200


@dataclass(frozen=True, slots=True)
class Due:
    """What an office's counsellors owe, the earliest first."""

    requests: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    glasses: list[dict[str, Any]]


def due(session: Session, officer: Officer) -> Due:
    """The women who asked and wait, the open cases by when they are due, and who wants to read without the role."""
    requests = session.scalars(
        select(TalkRequest)
        .where(TalkRequest.office == officer.office, TalkRequest.settled_at.is_(None))
        .order_by(TalkRequest.look_on, TalkRequest.id)
        .limit(MOST_DUE)
    ).all()
    cases = session.scalars(
        of_office(officer, closed=False).order_by(ProtectionCase.look_on, ProtectionCase.id).limit(MOST_DUE)
    ).all()
    glasses = session.scalars(
        select(Glass)
        .where(Glass.office == officer.office, Glass.decided_at.is_(None))
        .order_by(Glass.id)
        .limit(MOST_DUE)
    ).all()
    names = _names(
        session,
        [*(_whose(each) for each in requests), *(UUID(each.person_id) for each in cases), *map(_whose, glasses)],
    )
    now = clock.now()
    return Due(
        [
            {
                "id": each.id,
                "person_id": _whose(each),
                "name": names.get(_whose(each)),
                "asked_at": each.asked_at,
                "due_at": each.due_at,
                "is_overdue": each.due_at < now,
            }
            for each in sorted(requests, key=lambda each: each.due_at)
        ],
        [line(each, names) for each in sorted(cases, key=lambda each: each.follow_up_due_at or each.opened_at)],
        [
            {
                "id": each.id,
                "name": names.get(_whose(each)),
                "asked_by": each.content["asked_by"],
                "reason": each.content["reason"],
                "asked_at": each.asked_at,
                "may_decide": each.asked_by != account_of(session, officer),
            }
            for each in sorted(glasses, key=lambda each: each.asked_at)
        ],
    )


def of_office(officer: Officer, *, closed: bool | None = None) -> Select[Any]:
    """The cases of the officer's office, all or only the open or the closed ones; read them by their ids."""
    statement = select(ProtectionCase).where(ProtectionCase.office == officer.office)
    if closed is None:
        return statement
    return statement.where(ProtectionCase.closed_at.is_not(None) if closed else ProtectionCase.closed_at.is_(None))


def page_of_cases(
    session: Session, officer: Officer, *, closed: bool | None, after: str | None, limit: int
) -> Page[ProtectionCase]:
    """The cases of the officer's office, the latest first, from the one behind `after` on; raises CursorUnreadable.

    When a case was opened only the key tells, so that an office's cases are put into order here.
    """
    found = sorted(session.scalars(of_office(officer, closed=closed)), key=lambda each: each.opened_at, reverse=True)
    begin = 0
    if after:
        begin = next((at for at, each in enumerate(found, 1) if str(each.id) == after), 0)
        if not begin:
            raise CursorUnreadable(errors={"after": ["?"]})
    shown = found[begin : begin + limit]
    return Page(shown, str(shown[-1].id) if len(found) > begin + limit else None)


def lines(session: Session, cases: Iterable[ProtectionCase]) -> list[dict[str, Any]]:
    """Cases as a list shows them."""
    found = list(cases)
    names = _names(session, [UUID(each.person_id) for each in found if not each.alias])
    return [line(each, names) for each in found]


def line(case: ProtectionCase, names: dict[UUID, str]) -> dict[str, Any]:
    """A case as a list shows it."""
    now = clock.now()
    return {
        "id": case.id,
        "name": case.alias or names.get(UUID(case.person_id)),
        "is_registered": not case.alias,
        "kind": case.kind,
        "opened_at": case.opened_at,
        "follow_up_due_at": case.follow_up_due_at,
        "report_due_at": case.report_due_at,
        "closed_at": case.closed_at,
        "is_overdue": case.closed_at is None
        and any(each is not None and each < now for each in (case.follow_up_due_at, case.report_due_at)),
    }


def described(session: Session, case: ProtectionCase) -> dict[str, Any]:
    """A case with all that was done, and what is needed to reach the woman."""
    opened_under = UUID(case.person_id)
    person = opened_under if case.alias else living(session, [opened_under]).get(opened_under, opened_under)
    known = {} if case.alias else registry.particulars_of_persons(session, [person], OF_HER)
    particulars = known.get(person, {})
    found = session.scalars(select(Step).where(Step.case_id == case.id))
    steps = sorted(found, key=lambda each: each.recorded_at)
    return {
        **line(case, {opened_under: particulars["name"]} if "name" in particulars else {}),
        "person_id": person,
        "particulars": particulars,
        "notes": case.notes,
        "safe_contact": case.safe_contact,
        "steps": [{"id": each.id, "recorded_at": each.recorded_at, **_told(each)} for each in steps],
        "closing": case.closing,
    }


def case(session: Session, office: str, case_id: UUID, *, lock: bool = False) -> ProtectionCase:
    """One case of an office; raises NotFound."""
    statement = select(ProtectionCase).where(ProtectionCase.id == case_id, ProtectionCase.office == office)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound(what="case")
    return found


def was_sent_before(session: Session, case_id: UUID, once: str | None) -> bool:
    """Whether a form of this name has written its step already."""
    if once is None:
        return False
    said = select(Step.id).where(Step.case_id == case_id, Step.once == name_of_form(session, once))
    return session.scalar(said) is not None


def journey_noted(session: Session, case_id: UUID, once: str | None) -> UUID | None:
    """The journey that a form of this name has opened already."""
    if once is None:
        return None
    said = select(Step.content).where(Step.case_id == case_id, Step.once == name_of_form(session, once))
    found = session.scalar(said)
    return UUID(found["journey"]) if found and "journey" in found else None


def was_reported(session: Session, case_id: UUID) -> bool:
    """Whether a report to the police, or why there is none, was written down in a case."""
    steps = session.scalars(select(Step.content).where(Step.case_id == case_id))
    return any(each["kind"] == rules.StepKind.POLICE_REPORT for each in steps)


def index_of(session: Session, person_id: UUID) -> bytes:
    """By which the compartment finds her; what it knows under an older key is brought under the current one."""
    return _indexed(session, str(person_id), TalkRequest.person_index, ProtectionCase.person_index, Glass.person_index)


def indexes_of(session: Session, person_id: UUID) -> list[bytes]:
    """By which the compartment finds her under all records that the registry knows as her, the living one's first."""
    lives = living(session, [person_id]).get(person_id, person_id)
    return [index_of(session, each) for each in registry.records_of(session, lives) or [lives]]


def living(session: Session, persons: Collection[UUID]) -> dict[UUID, UUID]:
    """Under which record each of these lives on; whoever stands in no registry is left out."""
    rows = session.execute(select(Person.id, Person.merged_into).where(Person.id.in_(persons)))
    return {row.id: row.merged_into or row.id for row in rows}


def account_of(session: Session, officer: Officer) -> bytes:
    """By which the compartment knows an officer's account again; older keys as with `index_of`."""
    return _indexed(session, str(officer.id), Glass.asked_by, Glass.decided_by)


def name_of_form(session: Session, once: str | None) -> bytes | None:
    """By which a form that was sent twice is known again; older keys as with `index_of`."""
    return None if once is None else _indexed(session, once, Step.once)


def _indexed(session: Session, value: str, *columns: InstrumentedAttribute[Any]) -> bytes:
    known = protected_indexes(value)
    take_over(session, columns, pairs_of(known))
    return known[0]


def cases_about(session: Session, office: str, person_id: UUID) -> list[ProtectionCase]:
    """A woman's cases at an office, under whichever of her records they were opened, the open ones first."""
    statement = select(ProtectionCase).where(
        ProtectionCase.office == office, ProtectionCase.person_index.in_(indexes_of(session, person_id))
    )
    found = sorted(session.scalars(statement), key=lambda each: each.opened_at, reverse=True)
    return sorted(found, key=lambda each: each.closed_at is not None)


def glasses(session: Session, officer: Officer) -> list[dict[str, Any]]:
    """What an officer asked to read, the latest first: the same for a woman with a case and for one without."""
    mine = session.scalars(select(Glass).where(Glass.asked_by == account_of(session, officer)))
    found = sorted(mine, key=lambda each: each.asked_at, reverse=True)
    return [asked(each) for each in found[:MOST_DUE]]


def asked(glass: Glass) -> dict[str, Any]:
    """A wish to read as the one who asked sees it."""
    return {
        "id": glass.id,
        "person_id": _whose(glass),
        "reason": glass.content["reason"],
        "asked_at": glass.asked_at,
        "state": rules.glass_state(glass.granted, glass.open_until, clock.now()),
        "open_until": glass.open_until,
    }


def programmes_onward(session: Session, officer: Officer) -> list[Programme]:
    """The programmes for persons that DP3A leads in her region."""
    known = publishing.offered_to(session, officer)
    return [each for each in known if each.lead == rules.AGENCY and each.subject.kind.value == SubjectKind.PERSON]


def audit(session: Session, seals: Collection[bytes] = ()) -> list[str]:
    """What is wrong with the compartment, also beside the seals that were told of its log.

    Nothing that is well is told, not even how much there is.
    """
    is_whole = log.broken_at(session) is None and heads.bears_out(session, seals)
    return [] if is_whole else ["the log of the protection compartment was changed"]


def passed(session: Session, today: date) -> Counter[date]:
    """On which days somebody had to look and something was due that still is: numbers of all offices together."""
    found: Counter[date] = Counter()
    for table, is_open in ((TalkRequest, TalkRequest.settled_at), (ProtectionCase, ProtectionCase.closed_at)):
        days = select(table.look_on, func.count()).where(is_open.is_(None), table.look_on < today)
        found.update({day: count for day, count in session.execute(days.group_by(table.look_on)) if day is not None})
    return found


def written(session: Session, officer: Officer, before: int | None) -> list[log.Line]:
    """The compartment's own log as the office's counsellors read it."""
    return log.lines(session, officer.office, before)


def _told(step: Step) -> dict[str, Any]:
    return {name: value for name, value in step.content.items() if name != "once"}


def _whose(row: TalkRequest | Glass) -> UUID:
    return UUID(row.content["person_id"])


def _names(session: Session, persons: Iterable[UUID]) -> dict[UUID, str]:
    lives = living(session, set(persons))
    found = registry.particulars_of_persons(session, sorted(set(lives.values())), ["name"]) if lives else {}
    return {record: found[person]["name"] for record, person in lives.items() if "name" in found.get(person, {})}
