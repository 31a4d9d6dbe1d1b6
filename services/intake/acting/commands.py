"""Noting leave and who acts for a post. The second argument is the officer who does it; None is the command line."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.intake.accounts import log, parting
from services.intake.accounts.incompatible import pairs
from services.intake.accounts.models import ActingAppointment, OfficerAccount, OfficerLeave
from services.intake.accounts.queries import account as account_of
from services.intake.accounts.rules import LeaveReason, State, What, hold_to
from services.intake.acting import queries
from services.intake.acting.rules import (
    A_DAY,
    LONGEST_LETTER,
    ActsAlready,
    AwayAlready,
    Days,
    EndedAlready,
    HolderMissing,
    HoldsItHerself,
    LetterAhead,
    LetterMissing,
    NotOfThisOffice,
    NotOneself,
    NotTheHolder,
    OfficeIsClosed,
    PostHeld,
    PostTaken,
    checked_days,
)
from services.intake.acting.terms import terms
from services.intake.sessions.commands import end_access
from shared.identity import offices, rules
from shared.identity.acting import ActingKind, title_of
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock


def note_leave(
    session: Session,
    by: Officer | None,
    account_id: UUID,
    *,
    from_on: date,
    to_on: date,
    reason: LeaveReason | None = None,
    stand_in_id: UUID | None = None,
) -> OfficerLeave:
    """Note that an officer is away for some days, and who stands in for her; every service is told.

    Raises DaysReversed, Over, TooLong, AwayAlready, NotOfThisOffice, NotFromHere.
    """
    account = _taken(session, by, account_id)
    days = Days(from_on, to_on)
    checked_days(days, clock.today(), terms().leave)
    _hold_to_there(session, account, days)
    _hold_to_not_acting(session, account, days)
    if stand_in_id is not None:
        _hold_to_there(session, _colleague(session, account, stand_in_id, "stand_in_id"), days)
    noted = OfficerLeave(
        officer_id=account.id,
        from_on=from_on,
        to_on=to_on,
        reason=reason,
        stand_in_id=stand_in_id,
        noted_by=by.id if by else None,
        noted_at=clock.now(),
    )
    session.add(noted)
    session.flush()
    said = {"from": from_on.isoformat(), "to": to_on.isoformat()}
    log.note(session, by, account.id, What.LEAVE_NOTED, after=said)
    parting.tell(session, [noted])
    return noted


def end_leave(session: Session, by: Officer | None, account_id: UUID, leave_id: UUID) -> OfficerLeave:
    """End a leave: she is back today, and nobody acts for her any more. One that had not begun is taken back whole."""
    account = _seen(session, by, account_id)
    leave, today = queries.leave(session, account.id, leave_id), clock.today()
    if leave.withdrawn or leave.to_on < today:
        raise EndedAlready
    if leave.from_on >= today:
        leave.withdrawn = True
    else:
        leave.to_on = today - A_DAY
    leave.revision += 1
    log.note(session, by, account.id, What.LEAVE_ENDED, after={"from": leave.from_on.isoformat()})
    parting.tell(session, [leave])
    for each in parting.running(session, [account.id], today):
        if each.stands_for_id == account.id and each.from_on <= today:
            end_appointment(session, by, each.officer_id, each.id)
    return leave


def appoint(
    session: Session,
    by: Officer | None,
    account_id: UUID,
    *,
    kind: ActingKind,
    post: Role,
    from_on: date,
    to_on: date,
    letter_number: str,
    letter_on: date,
    stands_for_id: UUID | None = None,
) -> ActingAppointment:
    """Let an officer act for a post of her own office for some days, by a letter.

    Whatever she may do by it stands in tokens issued to her from the first of these days on, never in one that lives
    longer than the last. Raises what speaks against it, RolesIncompatible among others.
    """
    account = _taken(session, by, account_id)
    if by is not None and by.id == account.id:
        raise NotOneself
    office, days = offices.office(account.office), Days(from_on, to_on)
    if not office.is_open:
        raise OfficeIsClosed
    if post.value in account.roles:
        raise HoldsItHerself(name=account.name).at("post")
    rules.checked_roles([*account.roles, post], account.agency, pairs())
    number = _checked_letter(letter_number, letter_on)
    earlier = session.scalars(_same_post(account, post).where(ActingAppointment.officer_id == account.id)).all()
    checked_days(days, clock.today(), terms().of(kind), [_days(each) for each in earlier if each.kind is kind])
    _hold_to_there(session, account, days)
    holder = _checked_holder(session, account, kind, post, stands_for_id)
    _hold_to_free(session, account, post, holder, days)
    appointed = ActingAppointment(
        officer_id=account.id,
        kind=kind,
        post=post.value,
        office=account.office,
        stands_for_id=holder,
        title=title_of(kind, post, office.name, number),
        letter_number=number,
        letter_on=letter_on,
        from_on=from_on,
        to_on=to_on,
        appointed_by=by.id if by else None,
        appointed_at=clock.now(),
    )
    session.add(appointed)
    session.flush()
    said = {"acts": appointed.title, "from": from_on.isoformat(), "to": to_on.isoformat()}
    log.note(session, by, account.id, What.APPOINTED, after=said)
    return appointed


def end_appointment(
    session: Session, by: Officer | None, account_id: UUID, appointment_id: UUID, why: str | None = None
) -> ActingAppointment:
    """End an appointment before its last day is over; every token that it stands in is refused within seconds."""
    account = _seen(session, by, account_id)
    ended = queries.appointment(session, account.id, appointment_id)
    if ended.ended_at is not None or ended.to_on < clock.today():
        raise EndedAlready
    ended.ended_at = clock.now()
    said = {"acts": ended.title} | ({"why": why} if why else {})
    log.note(session, by, account.id, What.APPOINTMENT_ENDED, after=said)
    if ended.from_on <= clock.today():
        end_access(session, account.id)
    return ended


def _seen(session: Session, by: Officer | None, account_id: UUID) -> OfficerAccount:
    log.hold(session)
    return account_of(session, by, account_id, locked=True)


def _taken(session: Session, by: Officer | None, account_id: UUID) -> OfficerAccount:
    account = _seen(session, by, account_id)
    hold_to(account.state, State.ACTIVE)
    return account


def _colleague(session: Session, account: OfficerAccount, colleague_id: UUID, field: str) -> OfficerAccount:
    found = session.get(OfficerAccount, colleague_id)
    if found is None or found.id == account.id or found.office != account.office or not found.active:
        raise NotOfThisOffice().at(field)
    return found


def _checked_letter(number: str, letter_on: date) -> str:
    said = " ".join(number.split())
    if not 0 < len(said) <= LONGEST_LETTER:
        raise LetterMissing(longest=LONGEST_LETTER).at("letter_number")
    if letter_on > clock.today():
        raise LetterAhead().at("letter_on")
    return said


def _checked_holder(
    session: Session, account: OfficerAccount, kind: ActingKind, post: Role, stands_for_id: UUID | None
) -> UUID | None:
    """Whose post it is: nobody's for a Plt, its holder's for a Plh; raises PostHeld, HolderMissing, NotTheHolder."""
    holds = select(OfficerAccount).where(
        OfficerAccount.office == account.office,
        OfficerAccount.roles.contains([post.value]),
        OfficerAccount.state.in_([State.ACTIVE, State.SUSPENDED]),
    )
    if kind is ActingKind.PLT:
        if (held := session.scalars(holds.order_by(OfficerAccount.name)).first()) is not None:
            raise PostHeld(name=held.name)
        return None
    if stands_for_id is None:
        raise HolderMissing().at("stands_for_id")
    if session.scalar(holds.where(OfficerAccount.id == stands_for_id)) is None:
        raise NotTheHolder().at("stands_for_id")
    return stands_for_id


def _hold_to_there(session: Session, account: OfficerAccount, days: Days) -> None:
    away = session.scalars(
        select(OfficerLeave).where(
            OfficerLeave.officer_id == account.id,
            ~OfficerLeave.withdrawn,
            OfficerLeave.from_on <= days.to_on,
            OfficerLeave.to_on >= days.from_on,
        )
    ).first()
    if away is not None:
        raise AwayAlready(name=account.name, from_on=away.from_on.isoformat(), to_on=away.to_on.isoformat())


def _hold_to_not_acting(session: Session, account: OfficerAccount, days: Days) -> None:
    own = select(ActingAppointment).where(
        ActingAppointment.officer_id == account.id, ActingAppointment.ended_at.is_(None)
    )
    for each in session.scalars(own).all():
        if days.meets(_days(each)):
            raise ActsAlready(name=account.name, **_said(each))


def _hold_to_free(session: Session, account: OfficerAccount, post: Role, holder: UUID | None, days: Days) -> None:
    _hold_to_not_acting(session, account, days)
    others = _same_post(account, post).where(ActingAppointment.ended_at.is_(None))
    for each in session.scalars(others).all():
        is_this_post = post is Role.HEAD or each.stands_for_id == holder
        if is_this_post and days.meets(_days(each)):
            raise PostTaken(name=session.get_one(OfficerAccount, each.officer_id).name, **_said(each))


def _same_post(account: OfficerAccount, post: Role) -> Select[ActingAppointment]:
    return select(ActingAppointment).where(
        ActingAppointment.office == account.office, ActingAppointment.post == post.value
    )


def _days(each: ActingAppointment) -> Days:
    ended = each.ended_at.astimezone(clock.zone()).date() if each.ended_at else each.to_on
    return Days(each.from_on, max(each.from_on, min(each.to_on, ended)))


def _said(each: ActingAppointment) -> dict[str, str]:
    return {"from_on": each.from_on.isoformat(), "to_on": each.to_on.isoformat()}
