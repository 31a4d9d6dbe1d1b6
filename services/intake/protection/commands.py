"""What can be done in the compartment. Whoever works for DP3A may write a wish into it; only counsellors read.

Nothing here announces anything, and what is read or changed is written into the compartment's own log alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.intake.journeys import commands as journeys
from services.intake.journeys.models import Journey
from services.intake.passing import commands as passing
from services.intake.protection import log, queries, rules
from services.intake.protection.models import Glass, Onward, ProtectionCase, Step, TalkRequest
from services.intake.protection.rules import CaseKind, CloseReason, GlassState, StepKind
from services.intake.protection.terms import terms
from services.intake.registry.models import Person
from services.intake.registry.rules import through
from shared import calendars
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.calendar import Days
from shared.kernel.errors import DomainError, NotFound
from shared.kernel.failpoints import failpoint
from shared.storage import Database, database
from shared.web.paging import Page


def ask_for_talk(session: Session, officer: Officer, person_id: UUID) -> None:
    """Write down that a woman asks for a confidential conversation; twice is once, and nothing is told back."""
    ask_for_talks(session, officer, [person_id])


def ask_for_talks(session: Session, officer: Officer, person_ids: Collection[UUID]) -> None:
    """Write down that these women ask for a confidential conversation; raises NotFound for one nobody registered."""
    rules.of_dp3a(officer)
    wanted = set(person_ids)
    if not wanted:
        return
    if set(session.scalars(select(Person.id).where(Person.id.in_(wanted)))) != wanted:
        raise NotFound(what="person")
    for person in sorted(wanted):
        write_down(session, officer, person, clock.now(), uuid4())


def pass_on(session: Session, officer: Officer, talks: Sequence[UUID | None]) -> None:
    """Pass on who asked for a conversation in these talks, or that nobody did; `take_over` writes it down here."""
    rules.of_dp3a(officer)
    now, kept = clock.now().isoformat(), _kept(officer)
    passing.pass_on(
        session,
        [
            {"id": str(uuid4()), "person_id": str(each), "at": now, "officer": kept} if each is not None else {}
            for each in talks
        ],
    )


def take_over(base: Database) -> int:
    """Write down what the talks have passed on; says how many talks there were. Nothing is written twice."""

    def take(notes: list[dict[str, Any]]) -> None:
        with base.transaction() as inside:
            for each in notes:
                asked_at = datetime.fromisoformat(each["at"])
                write_down(inside, _as_kept(each["officer"]), UUID(each["person_id"]), asked_at, UUID(each["id"]))

    with base.transaction() as session:
        return passing.hand_over(session, take)


def write_down(session: Session, officer: Officer, person_id: UUID, asked_at: datetime, request_id: UUID) -> None:
    """Write a wish for a conversation into the compartment; one of this name, or open already, is not written again."""
    due_at = rules.follow_up_by(asked_at, terms(), _days_of(session, officer))
    indexes = queries.indexes_of(session, person_id)
    if session.scalar(_open_requests(officer).where(TalkRequest.person_index.in_(indexes)).limit(1)) is not None:
        return
    row = {
        "id": request_id,
        "office": officer.office,
        "person_index": indexes[0],
        "content": {"person_id": str(person_id), "asked_by": officer.name, "asked_by_id": str(officer.id)},
        "asked_at": asked_at,
        "due_at": due_at,
        "look_on": rules.look_on(due_at),
    }
    if session.scalar(insert(TalkRequest).values(row).on_conflict_do_nothing().returning(TalkRequest.id)) is not None:
        log.note(session, officer, "wrote down a wish for a talk", request_id)


def open_case(
    session: Session,
    officer: Officer,
    *,
    kind: CaseKind,
    notes: str | None = None,
    under_tpks: bool = False,
    safe_contact: Mapping[str, Any] | None = None,
    person_id: UUID | None = None,
    request_id: UUID | None = None,
    alias: str | None = None,
) -> ProtectionCase:
    """Open a case for whoever asked, or for a woman directly; where she has an open one here, that is the answer.

    One who has no papers, or gives no name, is called by an `alias` and looked for in no registry.
    """
    rules.may_read(officer)
    if request_id is not None:
        request = _request(session, officer, request_id)
        person_id = UUID(request.content["person_id"])
    if person_id is None and alias:
        person_id = uuid4()
    elif person_id is None:
        raise rules.WhoIsMissing().at("nik")
    elif session.get(Person, person_id) is None:
        raise NotFound(what="person")
    else:
        alias = None
        person_id = queries.living(session, [person_id])[person_id]
    now, indexes = clock.now(), queries.indexes_of(session, person_id)
    follow_up_due_at = rules.follow_up_by(now, terms(), _days_of(session, officer))
    report_due_at = rules.report_by(now, terms()) if under_tpks else None
    row = {
        "id": uuid4(),
        "office": officer.office,
        "person_index": indexes[0],
        "person_id": str(person_id),
        "alias": alias or "",
        "kind": kind.value,
        "notes": notes,
        "safe_contact": dict(safe_contact) if safe_contact else None,
        "opened_by": str(officer.id),
        "opened_at": now,
        "follow_up_due_at": follow_up_due_at,
        "report_due_at": report_due_at,
        "look_on": rules.look_on(follow_up_due_at, report_due_at),
    }
    # One that was opened under another record of hers, before the two were found to be one person, is hers as well.
    known = queries.cases_about(session, officer.office, person_id)
    has_one = any(each.closed_at is None for each in known)
    opening = insert(ProtectionCase).values(row).on_conflict_do_nothing().returning(ProtectionCase)
    opened = None if has_one else session.scalar(opening)
    for each in session.scalars(_open_requests(officer).where(TalkRequest.person_index.in_(indexes)).with_for_update()):
        each.settled_at = now
        log.note(session, officer, "answered a wish with a case", each.id)
    if opened is not None:
        log.note(session, officer, "opened", opened.id)
        return opened
    return look_at_case(session, officer, queries.cases_about(session, officer.office, person_id)[0].id)


def settle_request(session: Session, officer: Officer, request_id: UUID, reason: str) -> None:
    """Lay a wish aside that needs no case, and say why."""
    rules.may_read(officer)
    request = _request(session, officer, request_id)
    request.settled_at, request.settling = clock.now(), reason
    log.note(session, officer, "laid a wish aside", request.id, reason)


def look_at_due(session: Session, officer: Officer) -> queries.Due:
    """What is due at the officer's office; the look is logged."""
    rules.may_read(officer)
    found = queries.due(session, officer)
    log.note(session, officer, "read what is due")
    return found


def look_at_cases(
    session: Session, officer: Officer, state: str | None = None, after: str | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """The cases of the officer's office, the latest first, all or those that are `open` or `closed`; logged."""
    rules.may_read(officer)
    found = queries.page_of_cases(
        session, officer, closed=None if state is None else state == "closed", after=after, limit=limit
    )
    log.note(session, officer, "read the list of cases")
    return Page(queries.lines(session, found.items), found.next)


def look_at_case(session: Session, officer: Officer, case_id: UUID) -> ProtectionCase:
    """Read a case; the look is logged."""
    rules.may_read(officer)
    found = queries.case(session, officer.office, case_id)
    log.note(session, officer, "read", found.id)
    return found


def keep_safe_contact(session: Session, officer: Officer, case_id: UUID, safe_contact: Mapping[str, Any]) -> None:
    """Keep how she may be reached without danger."""
    case = _open_case(session, officer, case_id)
    case.safe_contact = dict(safe_contact)
    log.note(session, officer, "changed the safe contact", case.id)


def note_step(
    session: Session,
    officer: Officer,
    case_id: UUID,
    *,
    kind: StepKind,
    note: str,
    done_on: date,
    next_on: date | None = None,
    once: str | None = None,
) -> None:
    """Write down what was done for her, and by when she is spoken to again."""
    case = _open_case(session, officer, case_id)
    if kind in rules.TOLD_BY_ITSELF:
        raise rules.HasItsOwnForm().at("kind")
    rules.done_on(done_on, clock.today())
    following = rules.next_follow_up(clock.now(), next_on, terms(), _days_of(session, officer))
    if _step(session, officer, case, once, kind=kind.value, note=note, done_on=done_on.isoformat()):
        case.follow_up_due_at = following
        case.look_on = rules.look_on(following, case.report_due_at)


def start_report_clock(session: Session, officer: Officer, case_id: UUID) -> None:
    """Say that UU TPKS asks for a report to the police: the clock runs from now, once. Raises ClockRanBefore."""
    case = _open_case(session, officer, case_id)
    if case.report_due_at is not None:
        return
    if queries.was_reported(session, case_id):
        raise rules.ClockRanBefore
    case.report_due_at = rules.report_by(clock.now(), terms())
    case.look_on = rules.look_on(case.follow_up_due_at, case.report_due_at)
    log.note(session, officer, "started the clock of the report to the police", case.id)


def report_to_police(
    session: Session,
    officer: Officer,
    case_id: UUID,
    *,
    number: str | None = None,
    reason: str | None = None,
    once: str | None = None,
) -> None:
    """Write down the report's number, or why there is none; this stops its clock. Raises NoReportOwed."""
    case = _open_case(session, officer, case_id)
    if bool(number) == bool(reason):
        raise rules.NumberOrReason().at("number")
    if case.report_due_at is None:
        if queries.was_sent_before(session, case_id, once):
            return
        raise rules.NoReportOwed
    said = {"number": number, "note": reason or "", "in_time": clock.now() <= case.report_due_at}
    today = clock.today().isoformat()
    if _step(session, officer, case, once, kind=StepKind.POLICE_REPORT.value, done_on=today, **said):
        case.report_due_at = None
        case.look_on = rules.look_on(case.follow_up_due_at)


def close_case(session: Session, officer: Officer, case_id: UUID, reason: CloseReason, words: str) -> None:
    """Close a case and say why."""
    case = _open_case(session, officer, case_id)
    case.closing = {"reason": reason.value, "words": words, "closed_by": officer.name}
    case.closed_at = clock.now()
    case.follow_up_due_at = case.report_due_at = case.look_on = None
    log.note(session, officer, "closed", case.id)


def refer_onward(session: Session, officer: Officer, case_id: UUID, programme: str, once: str | None = None) -> UUID:
    """Open her journey in a programme that DP3A leads; outside it says no more than any journey that DP3A opens.

    Where she is only safely reached in a way of her own, its offices are told to go through this office, as whoever
    wishes it may have them told. Raises what refuses the journey.

    The journey and the case stand in two databases. What is to be done is written down first, for good; then the
    journey is opened; then the case notes it. Whoever is killed in between is finished by `resume_onward`.
    """
    case = _open_case(session, officer, case_id)
    if case.alias:
        raise rules.NotRegistered
    known = queries.journey_noted(session, case_id, once)
    if known is not None:
        return known
    intended = uuid4()
    note: dict[str, Any] = {
        "case_id": str(case.id),
        "person_id": case.person_id,
        "programme": programme,
        "journey_id": str(ids.new_id()),
        "contact": through(officer.office) if case.safe_contact else None,
        "on": clock.today().isoformat(),
        "once": once or str(intended),
        "officer": _kept(officer),
    }
    base = database(session.info["service"])
    _hold(session, intended)
    with base.transaction() as alone:
        alone.add(Onward(id=intended, waits=True, content=note))
    failpoint("protection.onward-written")
    try:
        _open_onward(session, note)
    except DomainError:
        _forget_onward(base, intended)
        raise
    _afterwards(session, "after_commit", lambda: _note_onward(base, intended))
    _afterwards(session, "after_rollback", lambda: _forget_onward(base, intended))
    return UUID(note["journey_id"])


def resume_onward(base: Database) -> int:
    """Finish what others began and were killed over; says how many journeys were noted or given up."""
    with base.transaction() as looking:
        waiting = looking.scalars(select(Onward.id).where(Onward.waits)).all()
    return sum(_finish_onward(base, each) for each in waiting)


def _finish_onward(base: Database, intended: UUID) -> bool:
    with base.transaction() as holding:
        if not _hold(holding, intended, wait=False):  # whoever began it is still at it
            return False
        row = holding.get(Onward, intended)
        if row is None or not row.waits:
            return False
        try:
            with base.transaction() as session:
                if session.get(Journey, UUID(row.content["journey_id"])) is None:
                    _open_onward(session, row.content)
        except DomainError:
            _forget_onward(base, intended)
            return True
        failpoint("protection.onward-opened")
        _note_onward(base, intended)
        return True


def _open_onward(session: Session, note: Mapping[str, Any]) -> None:
    """Open the journey that was written down; raises what refuses it."""
    person, journey = UUID(note["person_id"]), UUID(note["journey_id"])
    # The office opens it, as it does for anybody; neither the journey nor its events say which officer it was.
    opener = replace(_as_kept(note["officer"]), roles=frozenset({Role.OFFICER}))
    opening = journeys.open_journeys(
        session, opener, note["programme"], [person], contact=note["contact"], journey_ids={person: journey}
    )
    if person in opening.refused and session.get(Journey, journey) is None:
        raise opening.refused[person]


def _note_onward(base: Database, intended: UUID) -> None:
    """Let the case note its journey, and overwrite what was written down; a second time there is nothing to do."""
    with base.transaction() as session:
        row = session.scalar(select(Onward).where(Onward.id == intended, Onward.waits).with_for_update())
        if row is None:
            return
        note = row.content
        case = session.get_one(ProtectionCase, UUID(note["case_id"]))
        said = {"programme": note["programme"], "journey": note["journey_id"], "done_on": note["on"], "note": ""}
        kind = StepKind.REFERRED_ONWARD.value
        _step(session, _as_kept(note["officer"]), case, note["once"], kind=kind, **said)
        row.waits, row.content = False, {}
        session.flush()
        failpoint("protection.onward-noted")


def _forget_onward(base: Database, intended: UUID) -> None:
    """Overwrite what was written down and is not done; where it was done meanwhile, it stays."""
    with base.transaction() as session:
        row = session.scalar(select(Onward).where(Onward.id == intended, Onward.waits).with_for_update())
        if row is not None:
            row.waits, row.content = False, {}


def _hold(session: Session, intended: UUID, *, wait: bool = True) -> bool:
    """Keep everybody else from finishing it until this transaction ends; says whether we hold it."""
    lock = func.pg_advisory_xact_lock if wait else func.pg_try_advisory_xact_lock
    key = int.from_bytes(intended.bytes[:8], signed=True)
    return session.scalar(select(lock(key)), bind_arguments={"mapper": Onward}) is not False


def _afterwards(session: Session, when: str, do: Callable[[], None]) -> None:
    """Do something once a transaction has ended; whatever the database prevents, the worker does later."""

    def after(_: Session) -> None:
        with suppress(DBAPIError):
            do()

    event.listen(session, when, after, once=True)


def _kept(officer: Officer) -> dict[str, Any]:
    return {**asdict(officer), "id": str(officer.id), "roles": sorted(officer.roles), "areas": list(officer.areas)}


def _days_of(session: Session, officer: Officer) -> Days:
    """The working days of the officer's office: that of the woman would tell where she lives."""
    return calendars.current(session).of(offices.office(officer.office).region)


def _as_kept(known: Mapping[str, Any]) -> Officer:
    roles = frozenset(Role(each) for each in known["roles"])
    return Officer(**{**known, "id": UUID(known["id"]), "roles": roles, "areas": tuple(known["areas"])})


def ask_to_read(session: Session, officer: Officer, person_id: UUID, reason: str) -> Glass:
    """Ask to read about a woman without the role; the answer is the same whether there is something or nothing."""
    rules.may_ask_to_read(officer)
    if session.get(Person, person_id) is None:
        raise NotFound(what="person")
    index = queries.indexes_of(session, person_id)[0]
    content = {
        "person_id": str(person_id),
        "reason": reason,
        "asked_by": officer.name,
        "asked_by_id": str(officer.id),
    }
    row = {
        "id": uuid4(),
        "office": officer.office,
        "person_index": index,
        "content": content,
        "asked_by": queries.account_of(session, officer),
        "asked_at": clock.now(),
    }
    session.execute(insert(Glass).values(row).on_conflict_do_nothing())
    found = session.scalars(
        select(Glass).where(
            Glass.asked_by == queries.account_of(session, officer),
            Glass.person_index == index,
            Glass.decided_at.is_(None),
        )
    ).one()
    log.note(session, officer, "asked to read", found.id, reason)
    return found


def decide_on_glass(session: Session, officer: Officer, glass_id: UUID, *, granted: bool, reason: str) -> None:
    """Let somebody without the role read, or not: a second person decides, with a reason. Raises SecondPerson."""
    rules.may_read(officer)
    glass = session.scalar(select(Glass).where(Glass.id == glass_id, Glass.office == officer.office).with_for_update())
    if glass is None:
        raise NotFound(what="request")
    if glass.asked_by == queries.account_of(session, officer):
        raise rules.SecondPerson
    if glass.decided_at is not None:
        raise rules.AlreadyDecided
    now = clock.now()
    glass.decided_by, glass.decided_at, glass.granted = queries.account_of(session, officer), now, granted
    glass.decision = {"reason": reason, "decided_by": officer.name, "decided_by_id": str(officer.id)}
    glass.open_until = rules.glass_until(now, terms()) if granted else None
    log.note(session, officer, "let somebody read" if granted else "let somebody not read", glass.id, reason)


def look_at_glasses(session: Session, officer: Officer) -> list[dict[str, Any]]:
    """What the officer asked to read, and what became of it; the look is logged."""
    rules.may_ask_to_read(officer)
    found = queries.glasses(session, officer)
    log.note(session, officer, "read the requests to read")
    return found


def look_through_glass(session: Session, officer: Officer, glass_id: UUID) -> list[dict[str, Any]]:
    """Read a woman's cases with a second person's leave, while it lasts; raises NotOpenToYou. The look is logged."""
    rules.may_ask_to_read(officer)
    glass = session.scalar(
        select(Glass).where(
            Glass.id == glass_id, Glass.asked_by == queries.account_of(session, officer), Glass.office == officer.office
        )
    )
    if glass is None:
        raise NotFound(what="request")
    if rules.glass_state(glass.granted, glass.open_until, clock.now()) is not GlassState.GRANTED:
        raise rules.NotOpenToYou
    cases = queries.cases_about(session, glass.office, UUID(glass.content["person_id"]))
    log.note(session, officer, "read through the glass", glass.id, glass.content["reason"])
    return [queries.described(session, each) for each in cases]


def look_at_log(session: Session, officer: Officer, before: int | None = None) -> list[log.Line]:
    """Read the compartment's own log; this look is its next line."""
    rules.may_read(officer)
    found = queries.written(session, officer, before)
    log.note(session, officer, "read the log")
    return found


def _open_requests(officer: Officer) -> Any:
    return select(TalkRequest).where(TalkRequest.office == officer.office, TalkRequest.settled_at.is_(None))


def _request(session: Session, officer: Officer, request_id: UUID) -> TalkRequest:
    found: TalkRequest | None = session.scalar(
        _open_requests(officer).where(TalkRequest.id == request_id).with_for_update()
    )
    if found is None:
        raise NotFound(what="request")
    return found


def _open_case(session: Session, officer: Officer, case_id: UUID) -> ProtectionCase:
    rules.may_read(officer)
    found = queries.case(session, officer.office, case_id, lock=True)
    if found.closed_at is not None:
        raise rules.CaseClosed
    return found


def _step(session: Session, officer: Officer, case: ProtectionCase, once: str | None, **content: Any) -> bool:
    """Write a step down; False when this very form was sent before."""
    row = {
        "id": uuid4(),
        "case_id": case.id,
        "once": queries.name_of_form(session, once),
        "content": content | {"by": officer.name} | ({"once": once} if once else {}),
        "recorded_by": str(officer.id),
        "recorded_at": clock.now(),
    }
    new = session.scalar(insert(Step).values(row).on_conflict_do_nothing().returning(Step.id)) is not None
    if new:
        log.note(session, officer, f"noted a step: {content['kind']}", case.id)
    return new
