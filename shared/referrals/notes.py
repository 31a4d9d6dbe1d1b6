"""The notes of an office on its referrals; they go with what was shared for them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel.errors import DomainError, NotFound
from shared.notes import commands, queries
from shared.notes.kinds import Kind, Noted
from shared.notes.models import Note
from shared.notes.queries import Line
from shared.notes.rules import About, NoLongerHeld, NothingIsNotedHere
from shared.programmes.definition import Basis
from shared.referrals import words
from shared.referrals.models import Referral
from shared.referrals.queries import hers
from shared.referrals.rules import OPEN, ReferralState
from shared.referrals.work import Works
from shared.web.paging import Page


def kind(works: Works) -> Kind:
    """How the notes on referrals of these kinds are seen and written."""

    def find(session: Session, officer: Officer, referral_id: UUID) -> Noted:
        """A referral of her office and areas; raises NotFound."""
        referral = session.scalar(select(Referral).where(Referral.id == referral_id, hers(officer)))
        if referral is None:
            raise NotFound(what="referral")
        return noted(works, referral)

    return Kind(About.REFERRAL, "referrals", Permission.REFERRALS_WORK, find)


def noted(works: Works, referral: Referral) -> Noted:
    """A referral as what notes are about; its office sees them all."""
    return Noted(
        About.REFERRAL,
        referral.id,
        subject_kind=referral.subject_kind,
        subject_id=referral.subject_id,
        seen=queries.on(About.REFERRAL, [referral.id]),
        closed=_closed(works, referral),
    )


def latest(session: Session, officer: Officer, works: Works, referral: Referral) -> Page[Line]:
    """The latest notes on a referral that the officer is shown."""
    return queries.latest(session, officer, noted(works, referral))


def forget(session: Session, which: ColumnElement[bool] | Any) -> None:
    """Forget what was noted on these referrals: what was shared for them is kept no longer."""
    commands.forget(session, (Note.about == About.REFERRAL) & Note.about_id.in_(select(Referral.id).where(which)))


def _closed(works: Works, referral: Referral) -> DomainError | None:
    if not works[referral.kind].takes_notes:
        return NothingIsNotedHere()
    done = referral.state is ReferralState.COMPLETED
    taken_back = done and referral.particulars is None and words.basis(referral) is Basis.CONSENT
    return NoLongerHeld() if taken_back or not (done or referral.state in OPEN) else None
