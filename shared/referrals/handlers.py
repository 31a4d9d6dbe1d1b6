"""What a stage-running service hears about referrals: offered, withdrawn, particulars sent once more.

Every service hears every offer; only those whose kind of stage it runs become rows of its worklist. All handlers take
whole batches, and hearing anything twice changes nothing the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared import calendars
from shared.bus import Heard, batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.intake import (
    AccessEnded,
    CalendarChanged,
    ConsentWithdrawn,
    LeaveNoted,
    ParticularsCorrected,
    ParticularsShared,
    StageBroughtIn,
    StageOffered,
    StageRescheduled,
    StageWithdrawn,
)
from shared.events.referrals import ParticularsMissing
from shared.kernel import calendar
from shared.kernel.errors import DomainError
from shared.referrals import announcing, commands, notes
from shared.referrals.leaving import hear_access_ended, hear_leave_noted
from shared.referrals.models import EarlyWithdrawal, Referral
from shared.referrals.rules import OPEN, ReferralState
from shared.referrals.work import StageWork, Works, by_kind
from shared.storage.arrays import among
from shared.storage.rows import core, insertion, names_in, parameter, recordset

COPIED = (
    *("journey_id", "programme", "version", "stage", "attempt", "agency", "office", "sender_office", "area"),
    *("subject_kind", "subject_id", "settings", "earlier", "remind_at", "due_at", "expires_at"),
)

DONE_ON_PAPER = (
    *("journey_id", "programme", "version", "stage", "attempt", "agency", "office", "sender_office", "area"),
    *("subject_kind", "subject_id", "settings", "outcome", "facts", "paper"),
)


class NobodyDoesThis(DomainError):
    """No part of this service does the stage kind '{kind}'."""

    indonesian = "Tidak ada bagian layanan ini yang mengerjakan tahap '{kind}'."


def subscriber_hears(works: Iterable[StageWork]) -> Mapping[type[Event], Hearing]:
    """The part of a service's table of handlers that keeps its worklist."""
    known = by_kind(works)
    return {
        StageOffered: batch(partial(hear_stages_offered, works=known), concerned_only=True),
        StageBroughtIn: batch(partial(hear_stages_brought_in, works=known), concerned_only=True),
        StageWithdrawn: batch(partial(hear_stages_withdrawn, works=known)),
        ParticularsShared: batch(hear_particulars_shared),
        ParticularsCorrected: batch(partial(hear_particulars_corrected, works=known)),
        ConsentWithdrawn: batch(partial(hear_consents_withdrawn, works=known)),
        StageRescheduled: batch(hear_stages_rescheduled, concerned_only=True),
        CalendarChanged: batch(calendars.hear_calendars_changed),
        AccessEnded: batch(hear_access_ended),
        LeaveNoted: batch(hear_leave_noted),
    }


def hear_stages_offered(session: Session, heard: Sequence[Heard[StageOffered]], *, works: Works) -> None:
    """Open a worklist row for each referral of this service's kinds that is not known yet."""
    ours = {each.event.referral_id: each for each in heard if _is_ours(session, each.event.does, works)}
    if not ours:
        return
    rows = {referral_id: _row(each) for referral_id, each in ours.items()}
    told = parameter(Referral, list(rows.values()))
    opening = insertion(Referral, names_in(told)).on_conflict_do_nothing().returning(core(Referral).c.id)
    new = set(session.scalars(opening, told))
    gone = _withdrawn_before(session, new)
    waiting = [Referral(**row) for referral_id, row in rows.items() if referral_id in new - gone]
    for kind in dict.fromkeys(each.kind for each in waiting):
        works[kind].opened(session, [each for each in waiting if each.kind == kind])
    # After a restore from a backup the offers come again, but their sealed parts were erased once confirmed.
    announcing.announce_each(session, ParticularsMissing, (each for each in waiting if each.particulars is None), ours)
    commands.withdraw_referrals(session, works, gone, ours)


def hear_stages_brought_in(session: Session, heard: Sequence[Heard[StageBroughtIn]], *, works: Works) -> None:
    """Keep what was done on paper among what is closed."""
    bring_in(session, heard, works=works)


def bring_in(session: Session, heard: Sequence[Heard[StageBroughtIn]], *, works: Works) -> list[Heard[StageBroughtIn]]:
    """Keep what was done on paper among what is closed; says which of these were not known yet."""
    ours = {each.event.referral_id: each for each in heard if _is_ours(session, each.event.does, works)}
    if not ours:
        return []
    told = parameter(Referral, [_done_on_paper(each) for each in ours.values()])
    keeping = insertion(Referral, names_in(told)).on_conflict_do_nothing().returning(core(Referral).c.id)
    new = set(session.scalars(keeping, told))
    return [each for referral_id, each in ours.items() if referral_id in new]


def hear_stages_withdrawn(session: Session, heard: Sequence[Heard[StageWithdrawn]], *, works: Works) -> None:
    """Close the referrals that are no longer wanted; note those whose offer was not heard yet."""
    causes = {each.event.referral_id: each for each in heard}
    known = commands.withdraw_referrals(session, works, causes.keys(), causes)
    if early := [{"referral_id": each} for each in causes if each not in known]:
        session.execute(insert(EarlyWithdrawal).on_conflict_do_nothing(), early)


def hear_stages_rescheduled(session: Session, heard: Sequence[Heard[StageRescheduled]]) -> None:
    """Take the dates that were counted anew, for referrals that are open still.

    One that was reminded of it is not reminded again; one that was late and is not any more is escalated anew when its
    new due date has passed. A silent office keeps the time that it has already.
    """
    newest = {each.event.referral_id: each for each in heard}
    if not newest:
        return
    rows = [
        {
            "id": str(referral_id),
            "remind_at": each.event.remind_at.isoformat(),
            "due_at": each.event.due_at.isoformat(),
            "expires_at": each.event.expires_at.isoformat() if each.event.expires_at else None,
            "rescheduled": {
                "decree_number": each.event.decree_number,
                "decreed_on": each.event.decreed_on.isoformat(),
                "due_before": each.event.due_before.isoformat(),
                "at": each.time.isoformat(),
            },
        }
        for referral_id, each in newest.items()
    ]
    table, told = core(Referral), recordset(Referral, ["id", "remind_at", "due_at", "expires_at", "rescheduled"])
    session.execute(select(table.c.id).where(among(table.c.id, newest)).order_by(table.c.id).with_for_update())
    session.execute(
        update(table)
        .where(table.c.id == told.c.id, table.c.state.in_(OPEN))
        .values(
            remind_at=case((table.c.reminded_at.is_(None), told.c.remind_at), else_=table.c.remind_at),
            due_at=told.c.due_at,
            expires_at=case(
                (table.c.escalated_at.is_not(None), func.greatest(table.c.expires_at, told.c.expires_at)),
                else_=told.c.expires_at,
            ),
            escalated_at=case((told.c.due_at > func.kail_now(), None), else_=table.c.escalated_at),
            rescheduled=told.c.rescheduled,
        ),
        {"rows": rows},
    )
    session.expire_all()


def hear_particulars_shared(session: Session, heard: Sequence[Heard[ParticularsShared]]) -> None:
    """Put back the shared fields that an open referral had lost."""
    told = {each.event.referral_id: each.sealed for each in heard if each.sealed is not None}
    for referral in commands.locked(session, told.keys()):
        if referral.state in OPEN and referral.particulars is None:
            referral.particulars = told[referral.id]["particulars"]
            referral.revision += 1
    session.flush()


def hear_particulars_corrected(session: Session, heard: Sequence[Heard[ParticularsCorrected]], *, works: Works) -> None:
    """Correct what is held of her for these stages, open or closed; what is not held any more stays forgotten.

    After a restore from a backup the correction comes again without its sealed part: an open referral then asks for its
    particulars anew, lest it be worked on with what was wrong.
    """
    ours = [each for each in heard if _is_ours(session, each.event.does, works)]
    if not ours:
        return
    held: dict[tuple[UUID, str, str], list[Referral]] = {}
    about = {(each.event.journey_id, each.event.agency, each.event.stage) for each in ours}
    statement = (
        select(Referral)
        .where(
            tuple_(Referral.journey_id, Referral.agency, Referral.stage).in_(about), Referral.particulars.is_not(None)
        )
        .order_by(Referral.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for referral in session.scalars(statement):
        held.setdefault((referral.journey_id, referral.agency, referral.stage), []).append(referral)
    lost: dict[UUID, Heard[ParticularsCorrected]] = {}
    for each in ours:
        for referral in held.get((each.event.journey_id, each.event.agency, each.event.stage), ()):
            if each.sealed is None:
                if referral.state in OPEN:
                    referral.particulars = None
                    lost[referral.id] = each
            elif referral.particulars is not None:
                corrected = _corrected(referral.particulars, each.sealed["corrected"])
                if corrected != referral.particulars:
                    referral.particulars = corrected
                    referral.revision += 1
    session.flush()
    wanting = [referral for referrals in held.values() for referral in referrals if referral.id in lost]
    announcing.announce_each(session, ParticularsMissing, wanting, lost)


def hear_consents_withdrawn(session: Session, heard: Sequence[Heard[ConsentWithdrawn]], *, works: Works) -> None:
    """Forget what was shared of her for these stages, whether the referral is open or closed.

    Heard before its offer, a referral is noted and will be closed at once: its journey goes on without this stage.
    """
    ours = [
        (each.event, shared)
        for each in heard
        for shared in each.event.referrals
        if _is_ours(session, shared.does, works)
    ]
    if not ours:
        return
    about = {(event.journey_id, event.agency, shared.stage) for event, shared in ours}
    notes.forget(session, tuple_(Referral.journey_id, Referral.agency, Referral.stage).in_(about))
    erased = session.scalars(
        update(Referral)
        .where(
            tuple_(Referral.journey_id, Referral.agency, Referral.stage).in_(about), Referral.particulars.is_not(None)
        )
        .values(particulars=None, findings=None, revision=Referral.revision + 1)
        .returning(Referral),
        execution_options={"populate_existing": True, "synchronize_session": False},
    ).all()
    for kind in dict.fromkeys(each.kind for each in erased):
        works[kind].erased(session, [each for each in erased if each.kind == kind])
    wanted = {shared.referral_id for _, shared in ours if shared.referral_id}
    if early := [{"referral_id": each} for each in wanted - {each.id for each in commands.locked(session, wanted)}]:
        session.execute(insert(EarlyWithdrawal).on_conflict_do_nothing(), early)


def _corrected(held: Mapping[str, Any], correction: Mapping[str, Any]) -> dict[str, Any]:
    """Particulars with what was wrong corrected; nothing is added that was never shared."""
    now = {name: correction["fields"].get(name, value) for name, value in held.items()}
    member = correction.get("member")
    if member and isinstance(now.get("members"), list):
        now["members"] = [each | member if each.get("id") == member["id"] else each for each in now["members"]]
    return now


def _is_ours(session: Session, kind: str, works: Works) -> bool:
    if kind.partition(".")[0] != session.info["service"]:
        return False
    if kind not in works:
        raise NobodyDoesThis(kind=kind)
    return True


def _row(heard: Heard[StageOffered]) -> dict[str, Any]:
    offer = heard.event
    return {
        "id": offer.referral_id,
        "kind": offer.does,
        "state": ReferralState.OFFERED,
        "offered_at": heard.time,
        "particulars": None if heard.sealed is None else heard.sealed["particulars"],
        **{name: getattr(offer, name) for name in COPIED},
    }


def _done_on_paper(heard: Heard[StageBroughtIn]) -> dict[str, Any]:
    told = heard.event
    at = calendar.start_of_day(told.done_on)
    moments = ("offered_at", "remind_at", "due_at", "accepted_at", "closed_at")
    return {
        "id": told.referral_id,
        "kind": told.does,
        "state": ReferralState.COMPLETED,
        "earlier": {},
        "accepted_by": told.entered_by,
        "on_paper": told.done_on,
        **{name: getattr(told, name) for name in DONE_ON_PAPER},
        **dict.fromkeys(moments, at),
    }


def _withdrawn_before(session: Session, new: set[UUID]) -> set[UUID]:
    noted = (
        delete(EarlyWithdrawal).where(among(EarlyWithdrawal.referral_id, new)).returning(EarlyWithdrawal.referral_id)
    )
    return set(session.scalars(noted)) if new else set()
