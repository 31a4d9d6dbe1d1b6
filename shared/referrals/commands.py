"""What can be done with referrals: always many at once, always locked in the same order, never committed here.

The officer's authority is checked on every row: her agency, her office, her areas. What another office holds does not
exist for her. An event goes out for every change, in the same transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Update, Uuid, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from shared.bus import Announcement, Heard, announce_all
from shared.events.referrals import (
    ReferralAccepted,
    ReferralCompleted,
    ReferralDeclined,
    ReferralEvent,
    ReferralOpened,
    ReferralReturned,
    ReferralWithdrawn,
)
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import DomainError, NotFound, Stale
from shared.privacy.looks import log_look
from shared.programmes import kinds
from shared.referrals import announcing, handed_on, notes, rules, turns
from shared.referrals.models import Referral
from shared.referrals.rules import Move, Reason, ReferralState, Suggestion
from shared.referrals.work import Completion, Works
from shared.storage.arrays import among

WORKERS = (Role.OFFICER, Role.APPROVER, Role.HEAD)
"""Who may take a stage on for her office, or give it up; who may do its work, the stage's own `StageWork` says."""


def open_referral(session: Session, officer: Officer, referral_id: UUID) -> Referral:
    """Look at a referral and at the particulars shared for it: the sender hears of the first look, the log of all."""
    (referral,) = authorised(session, officer, [referral_id])
    if referral.state is ReferralState.OFFERED:
        (referral,) = _change(
            session, [referral], state=rules.after(referral.state, Move.OPEN), opened_at=func.kail_now()
        )
        announcing.announce_each(session, ReferralOpened, [referral])
    if referral.particulars:
        log_look(session, officer, referral.subject_kind, referral.subject_id, why=f"referral {referral.id}")
    return referral


def accept_referrals(session: Session, officer: Officer, ids: Collection[UUID]) -> list[Referral]:
    """Take referrals on: from now on the officer's office owes their stage, and she handles them; all or none."""
    return _accept(session, officer, authorised(session, officer, ids))


def taken_on(session: Session, officer: Officer, referrals: Sequence[Referral]) -> list[Referral]:
    """These locked referrals, those taken on that nobody had yet; what the officer may do is for the caller to ask."""
    waiting = [each for each in referrals if each.state in rules.WAITING]
    if waiting:
        _accept(session, officer, waiting)
    return list(referrals)


def _accept(session: Session, officer: Officer, found: Sequence[Referral]) -> list[Referral]:
    _require(found, Move.ACCEPT)
    accepted = _change(
        session,
        found,
        state=ReferralState.ACCEPTED,
        opened_at=func.coalesce(Referral.opened_at, func.kail_now()),
        accepted_at=func.kail_now(),
        accepted_by=officer.id,
        handled_by=officer.id,
        handler_name=officer.name,
        signed_as=officer.signs_as,
    )
    announcing.announce_each(session, ReferralAccepted, accepted)
    return accepted


def take_over_referrals(session: Session, officer: Officer, ids: Collection[UUID]) -> list[Referral]:
    """Handle referrals from now on that a colleague of the same office had taken on."""
    return reassign(session, officer, ids, officer.id, officer.name)


def reassign(session: Session, officer: Officer, ids: Collection[UUID], to: UUID, name: str) -> list[Referral]:
    """Let somebody of the office handle referrals that it has taken on; `handing_over` says who that may be."""
    found = authorised(session, officer, ids)
    _require(found, Move.COMPLETE)
    passed = [each for each in found if each.handled_by != to]
    before = {each.id: (each.handled_by, each.handler_name) for each in passed}
    changed = _change(session, passed, handled_by=to, handler_name=name)
    handed_on.tell(session, officer, changed, before)
    return found


def decline_referral(
    session: Session,
    officer: Officer,
    works: Works,
    referral_id: UUID,
    *,
    reason: Reason,
    explanation: str,
    suggestion: Suggestion,
) -> Referral:
    """Say no before taking it on: why, in words, and what next."""
    return _give_up(session, officer, works, referral_id, Move.DECLINE, reason, explanation, suggestion)


def return_referral(
    session: Session,
    officer: Officer,
    works: Works,
    referral_id: UUID,
    *,
    reason: Reason,
    explanation: str,
    suggestion: Suggestion,
) -> Referral:
    """Give back what was taken on: why, in words, and what next."""
    return _give_up(session, officer, works, referral_id, Move.RETURN, reason, explanation, suggestion)


def record_work(session: Session, officer: Officer, works: Works, referral_id: UUID, work: dict[str, Any]) -> Referral:
    """Save how far the work of a stage has come."""
    (referral,) = record_works(session, officer, works, {referral_id: work})
    return referral


def record_works(
    session: Session, officer: Officer, works: Works, given: Mapping[UUID, dict[str, Any]]
) -> list[Referral]:
    """Save how far the work of many stages has come; all or none."""
    found = authorised(session, officer, given.keys())
    _require(found, Move.COMPLETE)
    for kind in dict.fromkeys(each.kind for each in found):
        officer.require(*works[kind].roles)
        works[kind].record_many(session, officer, [(each, given[each.id]) for each in found if each.kind == kind])
    session.flush()
    return _change(session, found)


def complete_referrals(
    session: Session,
    officer: Officer,
    works: Works,
    given: Mapping[UUID, dict[str, Any]],
    because: Mapping[UUID, str | None] | None = None,
    *,
    confirmed: str | None = None,
) -> list[Referral]:
    """Close stages whose work is done; the slice of each kind says with which outcome and facts. All or none.

    `because` says in words why a stage ended so; an outcome that goes against her is refused without. A page asks
    before such an outcome counts, and names in `confirmed` the one that the officer was shown: raises NotConfirmed with
    any other. Programs say nothing there: they name the reason.
    """
    found = authorised(session, officer, given.keys())
    _require(found, Move.COMPLETE)
    ended: dict[UUID, Completion] = {}
    for kind in dict.fromkeys(each.kind for each in found):
        officer.require(*works[kind].roles)
        pairs = [(each, given[each.id]) for each in found if each.kind == kind]
        completions = works[kind].finish(session, officer, pairs)
        session.flush()
        own = works[kind].found(session, [referral for referral, _ in pairs])
        ended |= {
            referral.id: replace(each, findings={**own.get(referral.id, {}), **each.findings})
            for (referral, _), each in zip(pairs, completions, strict=True)
        }
    ended = {each.id: _explained(each, ended[each.id], (because or {}).get(each.id), confirmed) for each in found}
    return conclude_referrals(session, found, ended, signed_as=officer.signs_as)


def _explained(referral: Referral, ended: Completion, because: str | None, confirmed: str | None) -> Completion:
    if turns.goes_against_her(referral, ended.outcome):
        if confirmed is not None and confirmed != ended.outcome:
            raise rules.NotConfirmed(outcome=ended.outcome)
        if not (because or ended.is_explained or ended.findings.get(kinds.BECAUSE)):
            raise rules.ReasonMissing(outcome=ended.outcome).at(kinds.BECAUSE)
    return replace(ended, findings=ended.findings | {kinds.BECAUSE: because}) if because else ended


def conclude_referrals(
    session: Session,
    referrals: Iterable[Referral],
    ended: Mapping[UUID, Completion],
    *,
    signed_as: str | None = None,
) -> list[Referral]:
    """Close accepted and locked referrals with outcomes that their slice knows already, in one statement."""
    closing, rows = list(referrals), []
    for each in closing:
        rules.after(each.state, Move.COMPLETE)
        kinds.kind(each.kind).require_report(ended[each.id].outcome, ended[each.id].facts, each.settings)
        kinds.kind(each.kind).require_findings(ended[each.id].findings)
        rows.append({"id": str(each.id), "outcome": ended[each.id].outcome, "facts": ended[each.id].facts})
    told = (
        func.jsonb_to_recordset(literal(rows, JSONB))
        .table_valued(column("id", Uuid), column("outcome", Text), column("facts", JSONB))
        .render_derived(name="told", with_types=True)
    )
    done = _changed(
        session,
        closing,
        update(Referral).where(Referral.id == told.c.id),
        {
            "state": ReferralState.COMPLETED,
            "outcome": told.c.outcome,
            "facts": told.c.facts,
            "closed_at": func.kail_now(),
            "signed_as": signed_as,
        },
    )
    _keep_findings(session, done, ended)
    announce_all(
        session,
        [
            Announcement(
                announcing.of(ReferralCompleted, each, outcome=each.outcome, facts=each.facts),
                sealed={"intake": {"findings": each.findings}} if each.findings else None,
            )
            for each in done
        ],
    )
    return done


def _keep_findings(session: Session, done: Sequence[Referral], ended: Mapping[UUID, Completion]) -> None:
    """Keep, encrypted, what was found beside the facts; most stages report facts alone."""
    rows = [{"id": each.id, "findings": found} for each in done if (found := ended[each.id].findings)]
    if rows:
        session.execute(update(Referral), rows)
        for referral in done:
            set_committed_value(referral, "findings", ended[referral.id].findings or None)


def withdraw_referrals(
    session: Session, works: Works, ids: Collection[UUID], causes: Mapping[UUID, Heard[Any]]
) -> set[UUID]:
    """Close the open ones of these, as their sender wishes, and forget what was shared; returns the ids known here."""
    known = locked(session, ids)
    closed = close_without_work(session, works, [each for each in known if each.state in rules.OPEN], Move.WITHDRAW)
    announcing.announce_each(session, ReferralWithdrawn, closed, causes)
    return {each.id for each in known}


def close_without_work(
    session: Session, works: Works, referrals: Sequence[Referral], move: Move, **grounds: Any
) -> list[Referral]:
    """Close locked referrals whose work will not be done here: her particulars go, the slice lets go."""
    closed = close_undone(session, referrals, move, **grounds)
    for kind in dict.fromkeys(each.kind for each in closed):
        works[kind].withdrawn(session, [each for each in closed if each.kind == kind])
    return closed


def close_undone(session: Session, referrals: Sequence[Referral], move: Move, **grounds: Any) -> list[Referral]:
    """Close locked referrals whose work will not be done, of which no slice holds anything."""
    _require(referrals, move)
    notes.forget(session, among(Referral.id, [each.id for each in referrals]))
    return _change(
        session,
        referrals,
        state=rules.MOVES[move][1],
        closed_at=func.kail_now(),
        particulars=None,
        **grounds,
    )


def require_revision(session: Session, referral_id: UUID, revision: int) -> None:
    """Lock a referral for this transaction and make sure that nobody changed it since; raises Stale."""
    found = session.scalar(select(Referral.revision).where(Referral.id == referral_id).with_for_update())
    if found is not None and found != revision:
        raise Stale


def locked(session: Session, ids: Collection[UUID]) -> list[Referral]:
    """These referrals, locked in the order of their ids; unknown ones are left out."""
    if not ids:
        return []
    return list(
        session.scalars(
            select(Referral).where(among(Referral.id, ids)).order_by(Referral.id).with_for_update(),
            execution_options={"populate_existing": True},
        )
    )


def authorised(session: Session, officer: Officer, ids: Collection[UUID]) -> list[Referral]:
    """These referrals, locked; raises NotFound for any that is not her office's, Forbidden outside her areas."""
    return _within_authority(officer, ids, locked(session, ids))


def require_in_work(session: Session, officer: Officer, ids: Collection[UUID]) -> None:
    """Lock referrals that the officer's office has taken on, without reading what they say; raises as `authorised`
    does, and as `rules.after` does for any that is not in work."""
    if not ids:
        return
    standing = (
        select(Referral.id, Referral.state, Referral.agency, Referral.office, Referral.area)
        .where(among(Referral.id, ids))
        .order_by(Referral.id)
        .with_for_update()
    )
    _require(_within_authority(officer, ids, session.execute(standing).all()), Move.COMPLETE)


def hindered(session: Session, officer: Officer, ids: Collection[UUID]) -> dict[UUID, DomainError]:
    """Lock referrals as `require_in_work` does, and say of each that cannot be worked on now what hinders it."""
    standing = (
        select(Referral.id, Referral.state, Referral.agency, Referral.office, Referral.area)
        .where(among(Referral.id, ids))
        .order_by(Referral.id)
        .with_for_update()
    )
    known = {row.id: row for row in session.execute(standing)} if ids else {}
    found: dict[UUID, DomainError] = {}
    for each in ids:
        try:
            _require(_within_authority(officer, [each], [known[each]] if each in known else []), Move.COMPLETE)
        except DomainError as why:
            found[each] = why
    return found


def _within_authority(officer: Officer, ids: Collection[UUID], known: Sequence[Any]) -> list[Any]:
    found = [each for each in known if (each.agency, each.office) == (officer.agency, officer.office)]
    if len(found) < len(set(ids)):
        raise NotFound(what="referral")
    for area in dict.fromkeys(each.area for each in found):
        officer.require(*WORKERS, agency=officer.agency, office=officer.office, area=area)
    return found


def _require(referrals: Iterable[Any], move: Move) -> None:
    for each in referrals:
        rules.after(each.state, move)


def _change(session: Session, referrals: Sequence[Referral], **values: Any) -> list[Referral]:
    if not referrals:
        return []
    statement = update(Referral).where(among(Referral.id, [each.id for each in referrals]))
    return _changed(session, referrals, statement, values)


def _changed(
    session: Session, referrals: Sequence[Referral], statement: Update, values: dict[str, Any]
) -> list[Referral]:
    """Change locked referrals in one statement. What it changed comes back, and not again all that they say."""
    known = {each.id: each for each in referrals}
    names = ("revision", *values)
    changed = session.execute(
        statement.values(revision=Referral.revision + 1, **values).returning(
            Referral.id, *(getattr(Referral, name) for name in names)
        ),
        execution_options={"synchronize_session": False},
    )
    for referral_id, *stored in changed:
        referral = known[referral_id]
        for name, value in zip(names, stored, strict=True):
            set_committed_value(referral, name, value)
    return sorted(known.values(), key=lambda each: each.id)


NO_EVENT: dict[Move, type[ReferralEvent]] = {Move.DECLINE: ReferralDeclined, Move.RETURN: ReferralReturned}


def _give_up(
    session: Session,
    officer: Officer,
    works: Works,
    referral_id: UUID,
    move: Move,
    reason: Reason,
    explanation: str,
    suggestion: Suggestion,
) -> Referral:
    found = authorised(session, officer, [referral_id])
    if not works[found[0].kind].may_go_back:
        raise rules.NobodyElses
    words = rules.grounds(explanation)
    said = {"reason": reason, "explanation": words, "suggestion": suggestion, "signed_as": officer.signs_as}
    (closed,) = close_without_work(session, works, found, move, **said)
    event = announcing.of(NO_EVENT[move], closed, reason=reason.value, suggestion=suggestion.value)
    announce_all(session, [Announcement(event, sealed={"intake": {"explanation": words}})])
    return closed
