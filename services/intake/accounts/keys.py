"""Keys by which the systems of an office sign in: how they are written, how long they hold, and what is over.

A key reads `kail_<public part>_<secret>`: the beginning lets people and scanners of leaked secrets know it, the public
part names it in lists, and of the secret only a hash is kept.
"""

import hashlib
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from services.intake.accounts import log
from services.intake.accounts.models import ApiKey
from services.intake.accounts.rules import What
from services.intake.sessions.commands import end_sessions_of_keys
from shared.identity.revocation import real_now
from shared.kernel import clock

BEGINNING = "kail"
PUBLIC_BYTES = 10
SECRET_BYTES = 35
WRITTEN = re.compile(rf"{BEGINNING}_([a-z2-7]{{16}})_([a-z2-7]{{56}})")
REMINDED = timedelta(days=30)
"""How long before its end its owner is reminded of it."""


class Standing(StrEnum):
    """Whether a key lets a program in."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Key:
    """A key as a program holds it."""

    public: str
    secret: str

    def __str__(self) -> str:
        return f"{BEGINNING}_{self.public}_{self.secret}"

    @property
    def hash(self) -> bytes:
        """What is kept of it; 280 bits of chance need no slow hash."""
        return hashlib.sha256(str(self).encode()).digest()


def new_key() -> Key:
    """A key that nobody has yet."""
    return Key(_chance(PUBLIC_BYTES), _chance(SECRET_BYTES))


def read(text: str) -> Key | None:
    """The key that a text says; None where it says none."""
    found = WRITTEN.fullmatch(text.strip())
    return Key(found[1], found[2]) if found else None


def standing(key: ApiKey, now: datetime) -> Standing:
    """Whether a key still lets a program in."""
    if key.revoked_at is not None:
        return Standing.REVOKED
    return Standing.EXPIRED if key.expires_at <= now else Standing.GOOD


def last_day(key: ApiKey) -> date:
    """The last day on which a key is good, in the deployment's zone."""
    return key.expires_at.astimezone(clock.zone()).date() - timedelta(days=1)


def is_good() -> ColumnElement[bool]:
    """The keys that let a program in, as far as they themselves say."""
    return and_(ApiKey.revoked_at.is_(None), ApiKey.expires_at > real_now())


def ending_soon(session: Session, account_id: UUID) -> list[ApiKey]:
    """The keys of an officer that hold no longer than she is reminded of, the first to end first."""
    asked = select(ApiKey).where(ApiKey.account_id == account_id, is_good(), ApiKey.expires_at <= real_now() + REMINDED)
    return list(session.scalars(asked.order_by(ApiKey.expires_at)))


def systems_of(session: Session, account_id: UUID) -> dict[UUID, str]:
    """The systems that sign in with keys of an officer, by key."""
    asked = select(ApiKey.id, ApiKey.system).where(ApiKey.account_id == account_id)
    return {row.id: row.system for row in session.execute(asked)}


def revoke(session: Session, by_id: UUID | None, keys: Iterable[ApiKey]) -> None:
    """End keys for good, and every session that they began; the log of accounts is held by the caller."""
    now, ended = real_now(), list(keys)
    for each in ended:
        each.revoked_at, each.revoked_by = now, by_id
        log.note_all(session, by_id, [each.account_id], What.KEY_REVOKED, {"system": each.system, "key": each.public})
    session.flush()
    end_sessions_of_keys(session, [each.id for each in ended])


def revoke_all_of(session: Session, by: UUID | None, account_ids: Iterable[UUID]) -> None:
    """End every key of officers whose access has ended; whoever comes back makes new ones."""
    asked = select(ApiKey).where(ApiKey.account_id.in_(list(account_ids)), ApiKey.revoked_at.is_(None))
    revoke(session, by, session.scalars(asked.order_by(ApiKey.id).with_for_update()).all())


def _chance(number: int) -> str:
    return b32encode(secrets.token_bytes(number)).decode().lower().rstrip("=")
