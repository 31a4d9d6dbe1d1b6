"""The decision (SK): an officer prepares it, an approver signs it.

Preparing a favourable decision *reserves* the RAB's total, signing it *commits* the same money. So what lies on the
approvers' desks already counts against the ceiling, and approvers who sign at the same moment cannot pass it together:
both steps lock the fund. Reserving earlier, with the proposal, would let the first to apply shut out the rest before
anybody has looked at them; reserving later would let officers prepare decisions that can never be signed.
A place on the reserve list (cadangan) and a refusal set nothing aside.

The people behind a grant are claimed in the same two steps, for the same reason: what lies on one approver's desk
already counts on another's, whatever agency she works for (see `entitlements`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.grants.entitlements import commands as entitlements
from services.grants.entitlements.commands import Ask
from services.grants.funds import commands as funds
from services.grants.funds import queries as money
from services.grants.funds import rules as moves
from services.grants.funds.rules import Balance
from services.grants.goods import rules
from services.grants.goods.commands.proposals import locked_grants
from services.grants.goods.models import Decision, Grant
from services.grants.goods.rules import GrantState, Verdict
from shared.events.grants import FreedBecause
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.ids import new_id
from shared.kernel.money import format_rupiah
from shared.referrals.models import Referral
from shared.web import access

DECIDABLE = (GrantState.PROPOSED, GrantState.RESERVE_LISTED)
DECIDED = {
    Verdict.ACCEPTED: GrantState.ACCEPTED,
    Verdict.RESERVE: GrantState.RESERVE_LISTED,
    Verdict.REFUSED: GrantState.REFUSED,
}


@dataclass(frozen=True)
class Prepared:
    """A decision as it is laid before the approver."""

    referral: Referral
    verdict: Verdict
    sk_number: str
    sk_date: date
    aid_acknowledged: str | None = None


def prepare_decisions(session: Session, officer: Officer, told: Sequence[Prepared]) -> None:
    """Lay decisions before the approver, each in place of an earlier draft; one SK may decide on a whole list.

    Raises NotYourFund, FundExhausted, RabAboveCeiling, AidExcluded, AidNotAcknowledged.
    """
    grants = locked_grants(session, [each.referral.journey_id for each in told])
    wanted: dict[UUID, int] = {}
    for each in told:
        grant, ceiling = grants[each.referral.journey_id], each.referral.settings.get("ceiling")
        rules.expect(grant.state, *DECIDABLE)
        rules.dated(each.sk_date, clock.today(), "sk_date")
        if each.verdict is Verdict.ACCEPTED and ceiling is not None and grant.total > ceiling:
            raise rules.RabAboveCeiling(total=format_rupiah(grant.total), ceiling=format_rupiah(ceiling))
        wanted[each.referral.id] = grant.total if each.verdict is Verdict.ACCEPTED else 0
    _reserve(session, officer, grants, [each.referral for each in told], wanted)
    asks = [Ask(each.referral, wanted[each.referral.id], each.aid_acknowledged) for each in told]
    favourable = [ask for ask, each in zip(asks, told, strict=True) if each.verdict is Verdict.ACCEPTED]
    if favourable:
        entitlements.reserve(session, officer, favourable)
    if others := [each.referral.id for each in told if each.verdict is not Verdict.ACCEPTED]:
        entitlements.unreserve(session, others)
    draft = insert(Decision)
    anew = ("verdict", "sk_number", "sk_date", "prepared_by")
    session.execute(
        draft.on_conflict_do_update(index_elements=["referral_id"], set_={name: draft.excluded[name] for name in anew}),
        [
            {
                "id": new_id(),
                "grant_id": grants[each.referral.journey_id].id,
                "referral_id": each.referral.id,
                "verdict": each.verdict,
                "sk_number": each.sk_number,
                "sk_date": each.sk_date,
                "prepared_by": officer.id,
            }
            for each in told
        ],
    )


def sign_decisions(
    session: Session,
    officer: Officer,
    referrals: Sequence[Referral],
    aid_acknowledged: Mapping[UUID, str | None] = MappingProxyType({}),
) -> dict[UUID, Decision]:
    """Put prepared decisions into force, by referral; one approver may sign a whole list under one SK.

    Raises DecisionNotPrepared, ProposerCannotDecide, FundExhausted, AidExcluded, AidNotAcknowledged.
    """
    access.require(officer, Permission.GOODS_DECIDE)
    grants = locked_grants(session, [each.journey_id for each in referrals])
    drafts = _drafts(session, [each.id for each in referrals])
    held = _held_under_lock(session, grants.values(), also=_funds_needed(grants, referrals, drafts))
    commitments, asks = [], []
    for referral in referrals:
        grant, decision = grants[referral.journey_id], drafts.get(referral.id)
        rules.expect(grant.state, *DECIDABLE)
        if decision is None:
            raise rules.DecisionNotPrepared
        rules.may_sign(officer.id, grant.recorded_by, grant.submitted_by)
        decision.signed_by = grant.decided_by = officer.id
        decision.signed_at = clock.now()
        grant.sk_number, grant.decided_on = decision.sk_number, decision.sk_date
        grant.state = DECIDED[decision.verdict]
        if decision.verdict is Verdict.ACCEPTED:
            reserved = held.get((grant.fund_id, grant.id), Balance()).reserved
            posting = moves.commit(grant.total, reserved=reserved)
            commitments.append(_move(grant, posting, decision.sk_number, office=referral.office))
            asks.append(Ask(referral, grant.total, aid_acknowledged.get(referral.id)))
    funds.move_money(session, officer, commitments)
    entitlements.commit(session, officer, asks)
    return drafts


def drop_preparations(session: Session, referrals: Collection[Referral]) -> None:
    """Withdraw unsigned decisions with their reservations: the referral is no longer this office's."""
    grants = locked_grants(session, [each.journey_id for each in referrals], missing_ok=True)
    unsigned = (Decision.referral_id.in_([each.id for each in referrals]), Decision.signed_at.is_(None))
    session.execute(delete(Decision).where(*unsigned))
    held = _held_under_lock(session, grants.values())
    by_id = {grant.id: grant for grant in grants.values()}
    funds.move_money(
        session,
        None,
        [
            _move(by_id[grant_id], moves.release(Balance(reserved=balance.reserved)), None, fund_id)
            for (fund_id, grant_id), balance in sorted(held.items())
            if balance.reserved
        ],
    )
    entitlements.unreserve(session, [each.id for each in referrals])


def _reserve(
    session: Session,
    officer: Officer,
    grants: Mapping[UUID, Grant],
    referrals: Sequence[Referral],
    wanted: Mapping[UUID, int],
) -> None:
    """Hold what each decision asks for, in its own fund; what an earlier draft held otherwise goes first."""
    paying = {each.settings["fund"] for each in referrals if wanted[each.id]}
    held = _held_under_lock(session, grants.values(), also=paying)
    releases, reservations = [], []
    for referral in referrals:
        grant, amount = grants[referral.journey_id], wanted[referral.id]
        grant.fund_id = fund_id = referral.settings["fund"]
        for (holding, _), balance in sorted((key, each) for key, each in held.items() if key[1] == grant.id):
            if balance.reserved and (holding != fund_id or balance.reserved != amount):
                releases.append(_move(grant, moves.release(Balance(reserved=balance.reserved)), None, holding))
        if amount and held.get((fund_id, grant.id), Balance()).reserved != amount:
            reservations.append(_move(grant, moves.reserve(amount), None, office=referral.office))
    funds.move_money(session, officer, releases + reservations)


def _held_under_lock(
    session: Session, grants: Collection[Grant], also: Collection[str] = ()
) -> dict[tuple[str, UUID], Balance]:
    ids = [grant.id for grant in grants]
    funds.lock_funds(session, {*also, *(fund for fund, _ in money.held(session, ids))})
    return money.held(session, ids)


def _funds_needed(
    grants: Mapping[UUID, Grant], referrals: Sequence[Referral], drafts: Mapping[UUID, Decision]
) -> set[str]:
    return {
        grants[each.journey_id].fund_id
        for each in referrals
        if each.id in drafts and drafts[each.id].verdict is Verdict.ACCEPTED
    }


def _drafts(session: Session, referral_ids: Sequence[UUID]) -> dict[UUID, Decision]:
    wanted = select(Decision).where(Decision.referral_id.in_(referral_ids), Decision.signed_at.is_(None))
    return {each.referral_id: each for each in session.scalars(wanted)}


def _move(
    grant: Grant,
    posting: moves.Posting,
    document: str | None,
    fund_id: str | None = None,
    *,
    office: str | None = None,
) -> funds.MoneyMove:
    return funds.MoneyMove(
        fund_id=fund_id or grant.fund_id,
        grant_id=grant.id,
        journey_id=grant.journey_id,
        posting=posting,
        document=document,
        because=FreedBecause.WITHDRAWN if posting.move is moves.Move.RELEASE else None,
        office=office,
    )
