"""Who joins a cooperative or founds one, and on which terms.

A loan that is proposed is *reserved* when an officer records it, and lent when another officer, an approver, decides;
the people behind it are claimed in the same two steps, with no amount, because a loan is not aid that they keep.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.grants.cooperative import queries, rules
from services.grants.cooperative.commands import capital
from services.grants.cooperative.models import Cooperative, CooperativeMember, CooperativeSaving
from services.grants.cooperative.rules import COUNTED, MEMBERS, Ending, LoanVerdict, Membership, Saving
from services.grants.entitlements import commands as entitlements
from services.grants.entitlements.commands import Ask
from services.grants.loans import commands as loans
from services.grants.subjects import members_of
from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock, ids
from shared.persons.queries import records_of
from shared.referrals.models import Referral
from shared.referrals.work import Completion
from shared.storage.rows import insert_rows
from shared.web import access

KIND = "grants.cooperative"


def open_memberships(session: Session, referrals: Sequence[Referral]) -> None:
    """Expect the referred to choose a cooperative."""
    rows = [
        {
            "id": ids.new_id(),
            "referral_id": each.id,
            "journey_id": each.journey_id,
            "office": each.office,
            "subject_kind": each.subject_kind,
            "subject_id": each.subject_id,
            "fund_id": each.settings.get("fund"),
            "state": Membership.OPEN,
        }
        for each in referrals
    ]
    insert_rows(session, CooperativeMember, rows, unless_known=True)


def record(
    session: Session,
    officer: Officer,
    referral: Referral,
    *,
    cooperative_id: UUID | None,
    name: str | None,
    persons: int | None,
    savings: Mapping[str, Any] | None,
    loan: Mapping[str, Any] | None,
    aid_acknowledged: str | None,
) -> CooperativeMember:
    """Record which cooperative she joins, or the name of the one that is to be formed; in place of what was recorded.

    Who belongs to it already, by an earlier referral, goes on as its member and pays no simpanan pokok again. A loan
    that is proposed is reserved. Raises JoinOrForm, PersonsUnknown, AlreadyJoining, PokokPaid, NoLoanHere and
    FundExhausted.
    """
    access.require(officer, Permission.COOPERATIVES_RUN)
    (member,) = locked_members(session, [referral.id]).values()
    _expect(member)
    if (cooperative_id is None) == (name is None):
        raise rules.JoinOrForm().at("cooperative_id")
    before = member.cooperative_id
    chosen = _join(session, officer, cooperative_id) if name is None else _form(session, officer, referral, name)
    member.continues = _membership_so_far(session, member, chosen)
    member.cooperative_id, member.founder = chosen.id, chosen.formed_on is None
    member.persons = _persons(referral, persons)
    told = savings or {}
    member.pokok, member.wajib, member.sukarela = (told.get(kind.value) or 0 for kind in Saving)
    member.receipt = told.get("receipt")
    if member.continues and member.pokok:
        raise rules.PokokPaid().at("savings.pokok")
    if member.receipt is None and member.pokok + member.wajib + member.sukarela:
        raise rules.ReceiptMissing().at("savings.receipt")
    capital.propose(member, referral, loan)
    member.recorded_by, member.state = officer.id, Membership.RECORDED
    session.flush()
    if before is not None and before != chosen.id:
        _drop_if_empty(session, [before])
    loans.set_aside(session, officer, [capital.payment(member, member.loan_amount or 0)] if member.fund_id else [])
    if member.loan_amount is None:
        entitlements.unreserve(session, [referral.id])
    else:
        entitlements.reserve(session, officer, [Ask(referral, 0, aid_acknowledged, "loan.amount")])
    return member


def conclude(
    session: Session, officer: Officer, pairs: Sequence[tuple[Referral, Mapping[str, Any]]]
) -> list[Completion]:
    """Close memberships: joined, founded, or neither; where capital is proposed an approver decides. All or none.

    Raises NothingRecorded, FoundersMissing, LoanUndecided, RecorderCannotDecide.
    """
    members = locked_members(session, [referral.id for referral, _ in pairs])
    chosen = _locked_cooperatives(session, members.values())
    founders = queries.founders(session, chosen)
    lendings, released, paid_in = [], [], []
    for referral, done in pairs:
        member = members[referral.id]
        _expect(member)
        if done["outcome"] is Ending.NOT_JOINED:
            _not_joined(member, done)
            released.append(member)
            continue
        if member.state is Membership.OPEN or member.cooperative_id is None:
            raise rules.NothingRecorded
        _become_member(member, chosen[member.cooperative_id], founders.get(member.cooperative_id, 0))
        paid_in += _first_savings(member, officer)
        if member.loan_amount is None:
            continue
        if capital.decide(officer, member, done) is LoanVerdict.APPROVED:
            lendings.append(capital.lending_of(member, referral, done))
        else:
            released.append(member)
    session.flush()
    _drop_if_empty(session, [each.cooperative_id for each in released if each.cooperative_id])
    if paid_in:
        session.execute(insert(CooperativeSaving), paid_in)
    loans.set_aside(session, officer, [capital.payment(each, 0) for each in released if each.fund_id])
    loans.lend(session, officer, lendings)
    entitlements.unreserve(session, [each.referral_id for each in released])
    answers = {referral.id: done.get("aid_acknowledged") for referral, done in pairs}
    asks = [Ask(each.referral, 0, answers[each.referral.id], "loan_verdict") for each in lendings]
    entitlements.commit(session, officer, asks)
    if asks:
        entitlements.realise(session, KIND, [each.referral.journey_id for each in asks])
    lent = {each.case_id for each in lendings}
    return [_completion(members[referral.id], members[referral.id].id in lent) for referral, _ in pairs]


def let_go(session: Session, referrals: Collection[Referral]) -> None:
    """Release what is reserved for referrals that ended without a decision; they no longer count as founders."""
    left = [
        each
        for each in locked_members(session, [each.id for each in referrals]).values()
        if each.state in (Membership.OPEN, Membership.RECORDED)
    ]
    for member in left:
        member.state = Membership.WITHDRAWN
    session.flush()
    _drop_if_empty(session, [each.cooperative_id for each in left if each.cooperative_id])
    loans.set_aside(session, None, [capital.payment(each, 0) for each in left if each.fund_id])
    entitlements.unreserve(session, [each.referral_id for each in left])


def locked_members(session: Session, referral_ids: Collection[UUID]) -> dict[UUID, CooperativeMember]:
    """The memberships of these referrals by referral, locked in one order; a referral without one is missing."""
    wanted = select(CooperativeMember).where(CooperativeMember.referral_id.in_(referral_ids))
    found = session.scalars(
        wanted.order_by(CooperativeMember.id).with_for_update(), execution_options={"populate_existing": True}
    )
    return {each.referral_id: each for each in found}


def _join(session: Session, officer: Officer, cooperative_id: UUID | None) -> Cooperative:
    try:
        return queries.cooperative_for(session, officer, cooperative_id, lock=True)
    except queries.NoSuchCooperative as unknown:
        raise unknown.at("cooperative_id") from unknown


def _form(session: Session, officer: Officer, referral: Referral, name: str) -> Cooperative:
    """A cooperative of this name that is being formed by the office: hers, or the one that others have begun."""
    gathering = select(Cooperative).where(
        Cooperative.office == officer.office, Cooperative.name == name, Cooperative.formed_on.is_(None)
    )
    key = func.hashtextextended(f"cooperative:{officer.office}:{name}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))  # two founders who write the same name found one
    found = session.scalar(gathering.with_for_update())
    if found is None:
        found = Cooperative(
            id=ids.new_id(),
            name=name,
            area=referral.area,
            office=officer.office,
            founders_needed=referral.settings["founders"],
            registered_by=officer.id,
        )
        session.add(found)
        session.flush()
    return found


def _membership_so_far(session: Session, member: CooperativeMember, chosen: Cooperative) -> UUID | None:
    """The membership that an earlier referral led to; raises AlreadyJoining where another one is about to."""
    same = (
        select(CooperativeMember.id, CooperativeMember.state)
        .where(
            CooperativeMember.cooperative_id == chosen.id,
            CooperativeMember.subject_id.in_(records_of(session, [member.subject_id])),
            CooperativeMember.id != member.id,
            CooperativeMember.state.in_(COUNTED),
            CooperativeMember.continues.is_(None),
        )
        .order_by(CooperativeMember.id)
    )
    found = session.execute(same).first()
    if found is None:
        return None
    if found.state not in MEMBERS:
        raise rules.AlreadyJoining().at("cooperative_id")
    return found.id


def _persons(referral: Referral, told: int | None) -> int:
    if referral.subject_kind is not SubjectKind.GROUP:
        return 1
    persons = told or members_of(referral)
    if persons is None:
        raise rules.PersonsUnknown().at("persons")
    return persons


def _locked_cooperatives(session: Session, members: Collection[CooperativeMember]) -> dict[UUID, Cooperative]:
    theirs = {each.cooperative_id for each in members if each.cooperative_id}
    wanted = select(Cooperative).where(Cooperative.id.in_(theirs))
    found = session.scalars(
        wanted.order_by(Cooperative.id).with_for_update(), execution_options={"populate_existing": True}
    )
    return {each.id: each for each in found}


def _become_member(member: CooperativeMember, cooperative: Cooperative, founders: int) -> None:
    if cooperative.formed_on is None:
        try:
            rules.enough_founders(founders, cooperative.founders_needed or 1)
        except rules.FoundersMissing as missing:
            raise missing.at("cooperative_id") from None
        cooperative.formed_on = clock.today()
    member.state = Membership.FORMED if member.founder else Membership.JOINED
    member.joined_on = clock.today()


def _not_joined(member: CooperativeMember, done: Mapping[str, Any]) -> None:
    if not done.get("reason"):
        raise rules.ReasonMissing().at("reason")
    member.state, member.reason = Membership.NOT_JOINED, done["reason"]


def _first_savings(member: CooperativeMember, officer: Officer) -> list[dict[str, Any]]:
    return [
        {
            "id": ids.new_id(),
            "cooperative_id": member.cooperative_id,
            "member_id": member.continues or member.id,
            "kind": kind,
            "amount": amount,
            "saved_on": member.joined_on,
            "receipt": member.receipt,
            "recorded_by": officer.id,
        }
        for kind, amount in zip(Saving, (member.pokok, member.wajib, member.sukarela), strict=True)
        if amount
    ]


def _completion(member: CooperativeMember, lent: bool) -> Completion:
    saved = member.pokok + member.wajib + member.sukarela if member.state in MEMBERS else 0
    return Completion(member.state.value, {"savings": saved, "loan": member.loan_amount if lent else 0})


def _drop_if_empty(session: Session, cooperative_ids: Collection[UUID]) -> None:
    """Forget cooperatives that were never formed and that nobody is founding any more."""
    theirs = (CooperativeMember.cooperative_id == Cooperative.id, CooperativeMember.state.in_(COUNTED))
    empty = select(Cooperative.id).where(
        Cooperative.id.in_(cooperative_ids), Cooperative.formed_on.is_(None), ~exists().where(*theirs)
    )
    gone = list(session.scalars(empty))
    if gone:
        left = select(CooperativeMember).where(CooperativeMember.cooperative_id.in_(gone))
        for member in session.scalars(left):
            member.cooperative_id = None
        session.flush()
        session.execute(delete(Cooperative).where(Cooperative.id.in_(gone)))


def _expect(member: CooperativeMember) -> None:
    if member.state not in (Membership.OPEN, Membership.RECORDED):
        raise rules.AlreadyEnded(state=member.state.value)
