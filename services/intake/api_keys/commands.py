"""Making and revoking keys. The second argument is the officer who does it; None is the command line."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.intake.accounts import keys, log
from services.intake.accounts.keys import Key
from services.intake.accounts.models import ApiKey, OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.accounts.rules import What
from services.intake.api_keys import queries, rules
from shared.identity.officer import Officer
from shared.identity.revocation import real_now
from shared.identity.rules import TokenRefused
from shared.kernel import clock
from shared.web import access


def issue(
    session: Session,
    by: Officer,
    *,
    system: str,
    scopes: Collection[str],
    expires_on: date,
    request: str | None = None,
) -> tuple[ApiKey, Key]:
    """Make a key for a system of her office, within what she holds now; it is shown this once.

    `request` names what was sent: sent again, it makes no second key, and raises KeyMade.
    """
    log.hold(session)
    account = session.get(OfficerAccount, by.id, with_for_update=True, populate_existing=True)
    if account is None or not account.active:
        raise TokenRefused
    if request is not None and session.scalar(_made_by(by.id).where(ApiKey.request == request)):
        raise rules.KeyMade
    called = " ".join(system.split())
    if not called:
        raise rules.SystemMissing().at("system")
    allowed = rules.checked_scopes(scopes, access.for_keys(officer_of(account)))
    now = real_now()
    expires_at = rules.end_of(expires_on, now.astimezone(clock.zone()).date(), clock.zone())
    if (session.scalar(_made_by(by.id).where(keys.is_good())) or 0) >= rules.MOST:
        raise rules.TooManyKeys(most=rules.MOST)
    made = keys.new_key()
    key = ApiKey(
        account_id=by.id,
        system=called,
        public=made.public,
        hash=made.hash,
        scopes=allowed,
        request=request,
        issued_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    said = {"system": called, "key": made.public, "scopes": allowed, "expires_on": expires_on.isoformat()}
    log.note(session, by, by.id, What.KEY_ISSUED, after=said)
    return key, made


def revoke(session: Session, by: Officer | None, key_id: UUID) -> ApiKey:
    """End a key for good, and all that it has open; raises NotFound, KeyOver."""
    log.hold(session)
    key = queries.key(session, by, key_id)
    session.get_one(OfficerAccount, key.account_id, with_for_update=True)
    session.refresh(key, with_for_update=True)
    if key.revoked_at is not None:
        raise rules.KeyOver
    keys.revoke(session, by.id if by else None, [key])
    return key


def _made_by(officer_id: UUID) -> Select[int]:
    return select(func.count()).select_from(ApiKey).where(ApiKey.account_id == officer_id)
