"""Who may sign in, and how often somebody may guess.

Attempts are counted in the database rather than in Redis, so that a broker that is away neither locks everybody out nor
lets everybody guess: by user name, by network address, and by both together. An unknown user name costs as much time
and is counted as much as a known one, so that nobody learns who has an account.
"""

import hmac
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from services.intake.accounts import keys, passwords
from services.intake.accounts.keys import Key
from services.intake.accounts.models import ApiKey, OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.sessions.commands import place_of
from services.intake.sessions.models import OfficerSession
from services.intake.sessions.rules import neighbourhood
from services.intake.signin import rules
from services.intake.signin.models import SignInFailure
from services.intake.signin.rules import Failures
from shared.identity.officer import Officer
from shared.identity.rules import TooManySignIns
from shared.kernel import clock
from shared.privacy.fields import blind_index

Proof = Callable[[OfficerAccount | None], bool | None]
"""Whether somebody has proved that it is she; None where something is missing, which is neither counted nor taken."""


def authenticate(
    session: Session, username: str, password: str, address: str, *, device: UUID | None = None
) -> Officer | None:
    """The officer with this name and password, or None, which has been counted as a failure."""

    return let_in(session, username, lambda account: has_password(account, password), address, device=device)


def has_password(account: OfficerAccount | None, password: str) -> bool:
    """Whether it is her password; it is hashed anew where that was done with less care than today."""
    if not passwords.matches(account.password_hash if account else None, password):
        return False
    if account is not None and account.password_hash and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return True


def let_in(
    session: Session, username: str, proof: Proof, address: str, *, device: UUID | None = None
) -> Officer | None:
    """The officer with this name, once she has proved it, or None, which has been counted as a failure.

    `device` is a browser in which this very name has signed in before. It answers rather than raises, because the count
    must be committed; raises TooManySignIns before looking at all.
    """
    username = username.strip().lower()
    if not username:
        return None
    attempt = _begun(
        session, username, address, device, lambda: device is not None or _has_been_here(session, username, address)
    )
    asked = select(OfficerAccount).where(OfficerAccount.username == username, OfficerAccount.active)
    account = session.scalar(asked.with_for_update())  # whoever ends the account's access waits for this sign-in
    proved = proof(account)
    if account is not None and proved is None:
        return None
    if account is None or not proved:
        attempt.has_failed(session)
        return None
    attempt.has_succeeded(session)
    account.last_signed_in_at = attempt.at
    return officer_of(account)


def let_in_by_key(session: Session, key: Key | None, address: str) -> tuple[ApiKey, OfficerAccount] | None:
    """The key that this is, and whose it is, or None, which has been counted as a failure; both are locked.

    Whether it still holds is for the caller to ask: who holds its secret guesses nothing.
    """
    name = f"{keys.BEGINNING} {key.public if key else ''}"  # no user name has a blank
    known = session.scalar(select(ApiKey).where(ApiKey.public == key.public)) if key else None
    attempt = _begun(
        session, name, address, None, lambda: known is not None and _was_used_here(session, known, address)
    )
    if key is None or known is None or not hmac.compare_digest(known.hash, key.hash):
        attempt.has_failed(session)
        return None
    attempt.has_succeeded(session)
    account = session.get_one(OfficerAccount, known.account_id, with_for_update=True, populate_existing=True)
    return session.get_one(ApiKey, known.id, with_for_update=True, populate_existing=True), account


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in that nothing speaks against so far, and under what its failure is counted."""

    at: datetime
    here: bytes
    name: bytes
    network: bytes
    source: bytes

    def has_failed(self, session: Session) -> None:
        """Count it."""
        counted = (self.here, self.name, self.network, self.source)
        session.add_all(SignInFailure(who=each, failed_at=self.at) for each in counted)

    def has_succeeded(self, session: Session) -> None:
        """Forget what failed before it at the same place."""
        session.execute(delete(SignInFailure).where(SignInFailure.who.in_((self.here, self.network))))


def _begun(session: Session, username: str, address: str, device: UUID | None, is_hers: Callable[[], bool]) -> Attempt:
    """Let somebody try a name now; raises TooManySignIns."""
    place = str(device) if device else address
    here, name = _who("here", username, place), _who("name", username)
    network, source = _who("network", username, neighbourhood(address)), _who("address", address)
    # One attempt per user name at a time: otherwise a hundred parallel guesses would all see "no failures yet".
    _one_at_a_time(session, name)
    now = clock.now()
    seems_hers = is_hers()
    counted = _counted(session, now, (name, network, source))
    if not seems_hers and counted.get(source, Failures()).number >= rules.ADDRESS.free:
        # Neither does an address that has guessed at many names get further by guessing at several of them at once. One
        # that has not is let through in parallel: a whole office may stand behind it.
        _one_at_a_time(session, source)
        counted = _counted(session, now, (name, network, source))
    waiting = rules.wait(
        now,
        here=_latest(session, now, here),
        is_hers=seems_hers,
        of_name=counted.get(name, Failures()),
        of_network=counted.get(network, Failures()),
        of_address=counted.get(source, Failures()),
    )
    if waiting:
        seconds = math.ceil(waiting.total_seconds())
        raise TooManySignIns(minutes=math.ceil(seconds / 60), seconds=seconds)
    return Attempt(now, here, name, network, source)


def forget_failures(session: Session) -> None:
    """Drop the failures that count no longer."""
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at < clock.now() - rules.COUNTED))


def _who(counted: str, *parts: str) -> bytes:
    return blind_index("\0".join(parts), f"sign-in-{counted}")


def _one_at_a_time(session: Session, who: bytes) -> None:
    """Let others who are counted under the same wait until this attempt has been counted."""
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(who[:8], signed=True))))


def _latest(session: Session, now: datetime, who: bytes) -> list[datetime]:
    recent = select(SignInFailure.failed_at).where(
        SignInFailure.who == who, SignInFailure.failed_at > now - rules.WINDOW
    )
    return list(session.scalars(recent.order_by(SignInFailure.failed_at.desc()).limit(rules.STRICT)))


def _counted(session: Session, now: datetime, who: Iterable[bytes]) -> dict[bytes, Failures]:
    rows = session.execute(
        select(SignInFailure.who, func.count(), func.max(SignInFailure.failed_at))
        .where(SignInFailure.who.in_(who), SignInFailure.failed_at > now - rules.COUNTED)
        .group_by(SignInFailure.who)
    )
    return {found: Failures(number, latest) for found, number, latest in rows}


def _has_been_here(session: Session, username: str, address: str) -> bool:
    """Whether this name has signed in from the network around the address of late; an unknown name costs the same."""
    known = exists().where(
        OfficerSession.officer_id == OfficerAccount.id,
        OfficerAccount.username == username,
        OfficerSession.place == place_of(address),
    )
    return session.scalar(select(known)) or False


def _was_used_here(session: Session, key: ApiKey, address: str) -> bool:
    """Whether a key was used from the network around the address of late."""
    known = exists().where(OfficerSession.key_id == key.id, OfficerSession.place == place_of(address))
    return session.scalar(select(known)) or False
