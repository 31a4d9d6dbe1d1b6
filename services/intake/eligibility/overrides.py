"""Deciding otherwise than the registries say: one officer brings the evidence, a second person agrees or does not.

The second person is another officer of the same office. Where the office has nobody else who works there, an approver
or head of another office in the area takes that part.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.intake.accounts.models import OfficerAccount
from services.intake.eligibility import rules
from services.intake.eligibility.models import Override, Verification
from services.intake.eligibility.rules import Check, Outcome
from shared.bus import announce
from shared.events.intake import OverrideAsked, OverrideDecided
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.errors import NotFound
from shared.privacy.looks import log_look
from shared.referrals.commands import WORKERS
from shared.referrals.models import Referral
from shared.storage.arrays import among

OF_ANOTHER_OFFICE = (Role.APPROVER, Role.HEAD)


def ask(session: Session, officer: Officer, referral: Referral, conditions: Collection[str], evidence: str) -> Override:
    """Ask a second person; the referral is locked and in work. Raises AlreadyAsked."""
    if _waiting(session, referral.id) is not None:
        raise rules.AlreadyAsked
    asked = Override(
        id=ids.new_id(),
        referral_id=referral.id,
        journey_id=referral.journey_id,
        programme=referral.programme,
        version=referral.version,
        office=referral.office,
        area=referral.area,
        conditions=list(conditions),
        evidence=evidence,
        asked_by=officer.id,
        asked_name=officer.name,
        asked_at=clock.now(),
    )
    session.add(asked)
    session.flush()
    announce(
        session,
        OverrideAsked(
            journey_id=asked.journey_id,
            referral_id=asked.referral_id,
            override_id=asked.id,
            office=asked.office,
            conditions=asked.conditions,
        ),
    )
    return asked


def decide(session: Session, officer: Officer, override_id: UUID, *, agreed: bool, reason: str) -> Override:
    """Agree, or not; raises NotFound, OwnOverride, SecondPersonOfThatOffice, AlreadyAnswered."""
    found = session.scalar(
        select(Override).where(Override.id == override_id, within(Override.area, officer.areas)).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound(what="override")
    if found.agreed is not None:
        raise rules.AlreadyAnswered
    if found.asked_by == officer.id:
        raise rules.OwnOverride
    if found.office != officer.office and (not officer.has(*OF_ANOTHER_OFFICE) or _has_second(session, found)):
        raise rules.SecondPersonOfThatOffice(office=found.office)
    found.agreed, found.reason = agreed, reason
    found.decided_by, found.decided_office, found.decided_name = officer.id, officer.office, officer.name
    found.decided_at = clock.now()
    session.flush()
    referral = session.get_one(Referral, found.referral_id)
    log_look(session, officer, referral.subject_kind, referral.subject_id, why=f"override {found.id}")
    announce(
        session,
        OverrideDecided(
            journey_id=found.journey_id,
            referral_id=found.referral_id,
            override_id=found.id,
            office=officer.office,
            agreed=agreed,
        ),
    )
    return found


def waiting_for(officer: Officer) -> Select[Override]:
    """What waits for a second person and is hers to decide: of her office, or of one that has nobody else."""
    second = aliased(OfficerAccount)
    somebody = exists().where(
        second.office == Override.office,
        second.id != Override.asked_by,
        second.active,
        second.roles.overlap([each.value for each in WORKERS]),
    )
    hers = Override.office == officer.office
    if officer.has(*OF_ANOTHER_OFFICE):
        hers = or_(hers, ~somebody)
    return select(Override).where(
        Override.agreed.is_(None), Override.asked_by != officer.id, within(Override.area, officer.areas), hers
    )


def how_many_wait(session: Session, officer: Officer) -> int:
    """How many wait for her."""
    return session.scalar(select(func.count()).select_from(waiting_for(officer).subquery())) or 0


def agreed_of(session: Session, referrals: Collection[UUID]) -> dict[UUID, Override]:
    """What a second person agreed to, by referral."""
    rows = session.scalars(
        select(Override)
        .where(among(Override.referral_id, referrals), Override.agreed.is_(True))
        .order_by(Override.asked_at)
    )
    return {each.referral_id: each for each in rows}


def latest(session: Session, referral_id: UUID) -> Override | None:
    """What was asked last about a verification."""
    asked = select(Override).where(Override.referral_id == referral_id).order_by(Override.asked_at.desc(), Override.id)
    return session.scalars(asked.limit(1)).first()


def shown(found: Override) -> dict[str, Any]:
    """An override as pages and programs show it, in plain values."""
    return {
        "id": str(found.id),
        "referral_id": str(found.referral_id),
        "journey_id": str(found.journey_id),
        "programme": found.programme,
        "version": found.version,
        "office": found.office,
        "area": found.area,
        "conditions": found.conditions,
        "evidence": found.evidence,
        "asked_by": found.asked_name,
        "asked_at": found.asked_at.isoformat(),
        "agreed": found.agreed,
        "decided_by": found.decided_name,
        "decided_office": found.decided_office,
        "decided_at": found.decided_at.isoformat() if found.decided_at else None,
        "reason": found.reason,
    }


def audit(session: Session) -> Iterator[str]:
    """Verifications that depart from the registries and to which no second person agreed, in words."""
    alone = (
        select(Verification.referral_id)
        .outerjoin(Override, Override.id == Verification.override_id)
        .where(
            Verification.check == Check.REGISTRY,
            Verification.outcome == Outcome.ELIGIBLE,
            func.jsonb_array_length(Verification.failed) > 0,
            ~Verification.by_one_person,
            or_(
                Override.id.is_(None),
                Override.referral_id != Verification.referral_id,
                func.coalesce(Override.agreed, False).is_(False),
                Override.decided_by == Override.asked_by,
            ),
        )
        .order_by(Verification.referral_id)
    )
    for referral in session.scalars(alone):
        yield f"the verification {referral} departs from the registries, and no second person agreed"


def _waiting(session: Session, referral_id: UUID) -> Override | None:
    return session.scalar(select(Override).where(Override.referral_id == referral_id, Override.agreed.is_(None)))


def _has_second(session: Session, found: Override) -> bool:
    held = [each.value for each in WORKERS]
    somebody = select(OfficerAccount.id).where(
        OfficerAccount.office == found.office,
        OfficerAccount.id != found.asked_by,
        OfficerAccount.active,
        OfficerAccount.roles.overlap(held),
    )
    return session.scalar(somebody.limit(1)) is not None
