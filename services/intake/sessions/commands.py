"""Beginning, keeping and ending officers' sessions.

An end is written into intake's own list of ends and announced in the caller's transaction: it counts here from the
commit on, and in the other services within seconds. Whatever renews a token goes through `keep_session`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from services.intake.sessions import rules
from services.intake.sessions.models import OfficerSession
from shared.bus import announce_all
from shared.events.intake import AccessEnded
from shared.identity import revocation
from shared.identity.revocation import real_now
from shared.identity.rules import TokenRefused
from shared.privacy.fields import blind_index

LOCK_ACCOUNTS = text("SELECT FROM officer_account WHERE id = ANY(:officers) ORDER BY id FOR UPDATE")


def begin_session(
    session: Session,
    officer_id: UUID,
    *,
    address: str,
    user_agent: str,
    program: bool = False,
    key_id: UUID | None = None,
) -> OfficerSession:
    """Open the session of an officer who has just signed in; the account's row is locked by the caller."""
    now = real_now()
    begun = OfficerSession(
        officer_id=officer_id,
        program=program,
        key_id=key_id,
        browser=rules.family(user_agent),
        place=place_of(address),
        signed_in_at=now,
        seen_at=now,
    )
    session.add(begun)
    session.flush()
    return begun


def keep_session(session: Session, session_id: UUID, officer_id: UUID) -> OfficerSession:
    """Note that a session is used, before its token is renewed; raises TokenRefused when it is over.

    It is over when it was ended, lay idle, or has lasted as long as any may; one that is not known never began. What a
    key began is never renewed: the key is looked at again each time.
    """
    kept = session.get(OfficerSession, session_id, with_for_update=True, populate_existing=True)
    now = real_now()
    if (
        kept is None
        or kept.officer_id != officer_id
        or kept.key_id is not None
        or kept.ended_at is not None
        or now - kept.seen_at > rules.IDLE
        or now - kept.signed_in_at > rules.LONGEST
    ):
        raise TokenRefused
    kept.seen_at = now
    return kept


def end_session(session: Session, session_id: UUID) -> None:
    """End one session everywhere: none of its tokens is good any more, and none is renewed."""
    ended = session.get(OfficerSession, session_id, with_for_update=True, populate_existing=True)
    if ended is not None and ended.ended_at is None:
        _end(session, [ended])


def end_sessions_of_keys(session: Session, key_ids: Collection[UUID]) -> None:
    """End every session that these keys began."""
    asked = select(OfficerSession).where(OfficerSession.key_id.in_(key_ids), OfficerSession.ended_at.is_(None))
    _end(session, session.scalars(asked.order_by(OfficerSession.id).with_for_update()).all())


def end_other_sessions(session: Session, officer_id: UUID, spare: UUID) -> int:
    """End every session of an officer but the one from which she asks for it; says how many these were."""
    others = [each for each in _open(session, officer_id) if each.id != spare]
    _end(session, others)
    return len(others)


def end_access(session: Session, officer_id: UUID, *, closed: bool = False) -> None:
    """End everything that an officer can enter by: each session and each token issued to her until now, everywhere.

    `closed` says as well that she works no longer where she did (her account is closed, or she moved to another
    office): no service proposes her as a colleague any more, and what she handled is to be given to somebody. Call it
    after the account has been changed; a sign-in under way has ended before, or meets the changed account.
    """
    end_access_of(session, [officer_id], closed=closed)


def end_access_of(session: Session, officer_ids: Collection[UUID], *, closed: bool = False) -> None:
    """End everything that several officers can enter by, as `end_access` does for one."""
    session.flush()
    session.execute(LOCK_ACCOUNTS, {"officers": list(officer_ids)})
    now = real_now()
    for each in _open(session, *officer_ids):
        each.ended_at = now
    session.flush()
    revocation.revoke_all(session, officer_ids, now, closed=closed)
    announce_all(session, [AccessEnded(officer_id=each, ended_at=now, closed=closed) for each in officer_ids])


def forget_sessions(session: Session) -> None:
    """Drop the sessions that have been over for long."""
    session.execute(delete(OfficerSession).where(OfficerSession.seen_at < real_now() - rules.KEPT))


def place_of(address: str) -> bytes:
    """A keyed hash of the network around an address."""
    return blind_index(rules.neighbourhood(address), "session-place")


def _open(session: Session, *officer_ids: UUID) -> list[OfficerSession]:
    asked = select(OfficerSession).where(OfficerSession.officer_id.in_(officer_ids), OfficerSession.ended_at.is_(None))
    return list(session.scalars(asked.order_by(OfficerSession.id).with_for_update()))


def _end(session: Session, ended: Iterable[OfficerSession]) -> None:
    now: datetime = real_now()
    told = []
    for each in ended:
        each.ended_at = now
        revocation.revoke(session, each.id, now)
        told.append(AccessEnded(officer_id=each.officer_id, ended_at=now, session_id=each.id))
    session.flush()
    announce_all(session, told)
