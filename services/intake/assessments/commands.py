"""Writing needs assessments down, saved half-way or closed, many at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.assessments import rules
from services.intake.assessments.models import Assessment
from services.intake.protection import commands as protection
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.kernel.unsaid import NotAnswered
from shared.referrals.models import Referral
from shared.referrals.work import Completion

Told = tuple[Referral, Mapping[str, Any]]


def write_down(session: Session, officer: Officer, told: Sequence[Told]) -> dict[UUID, dict[str, Any]]:
    """Save what was said so far; a need that is not mentioned keeps its answer. Gives what is known now, by referral.

    A wish for a confidential talk is handed to protection at once and leaves no trace here.
    """
    known = _known(session, [referral for referral, _ in told])
    rows = [_row(officer, referral, said, known.get(referral.id)) for referral, said in told]
    _pass_wishes_on(session, officer, told)
    statement = insert(Assessment)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Assessment.referral_id],
            set_={name: new[name] for name in ("interviewed_on", "answers", "notes", "recorded_by", "recorded_at")},
        ),
        rows,
    )
    return {row["referral_id"]: row for row in rows}


def conclude(session: Session, officer: Officer, told: Sequence[Told]) -> list[Completion]:
    """Close assessments in which every need was asked about; the needs found are told in the programme's order.

    Where she can be asked whether she wants a talk, she was: raises NotAnswered.
    """
    rows = write_down(session, officer, told)
    if any(said["talk"] is None and rules.may_ask_for_talk(each.agency, each.subject_kind) for each, said in told):
        raise NotAnswered().at("talk")
    done, endings = [], []
    for referral, _ in told:
        row, offered = rows[referral.id], referral.settings["needs"]
        rules.check_complete(offered, row["answers"], row["interviewed_on"])
        needs = rules.needs_found(offered, row["answers"])
        outcome = rules.outcome_of(needs)
        endings.append({**row, "outcome": outcome})
        notes = [{"need": need, "note": note} for need, note in row["notes"].items() if note]
        facts = {"needs": needs, "assessed_on": row["interviewed_on"].isoformat()}
        done.append(Completion(outcome.value, facts, {"notes": notes} if notes else {}))
    closing = insert(Assessment)
    session.execute(
        closing.on_conflict_do_update(
            index_elements=[Assessment.referral_id], set_={"outcome": closing.excluded.outcome}
        ),
        endings,
    )
    return done


def _known(session: Session, referrals: Sequence[Referral]) -> dict[UUID, Assessment]:
    rows = session.scalars(
        select(Assessment)
        .where(Assessment.referral_id.in_([each.id for each in referrals]))
        .execution_options(populate_existing=True)
    )
    return {row.referral_id: row for row in rows}


def _row(officer: Officer, referral: Referral, said: Mapping[str, Any], before: Assessment | None) -> dict[str, Any]:
    entries = said["answers"]
    rules.check_needs(referral.settings["needs"], [each["need"] for each in entries])
    day = said["interviewed_on"] or (before.interviewed_on if before else None)
    rules.check_day(day, clock.today())
    answers = dict(before.answers) if before else {}
    notes = dict(before.notes) if before else {}
    for each in entries:
        need, note = each["need"], each["note"].strip()
        if each["found"] is not None:
            answers[need] = each["found"]
        notes.pop(need, None)
        if note:
            notes[need] = note
    return {
        "referral_id": referral.id,
        "journey_id": referral.journey_id,
        "subject_id": referral.subject_id,
        "interviewed_on": day,
        "answers": answers,
        "notes": notes,
        "recorded_by": officer.id,
        "recorded_at": clock.now(),
    }


def _pass_wishes_on(session: Session, officer: Officer, told: Sequence[Told]) -> None:
    wishing = [referral for referral, said in told if said["talk"]]
    if any(not rules.may_ask_for_talk(each.agency, each.subject_kind) for each in wishing):
        raise rules.TalkIsNotForHere().at("talk")
    if wishing:
        protection.ask_for_talks(session, officer, [each.subject_id for each in wishing])
