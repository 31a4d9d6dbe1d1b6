"""Which keys there are, whose they are, and when they were last used."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.intake.accounts import keys
from services.intake.accounts.models import ApiKey, OfficerAccount
from services.intake.accounts.queries import names_of, seen_by
from shared.identity.officer import Officer
from shared.identity.revocation import real_now
from shared.kernel.errors import NotFound
from shared.web.paging import Page, page


def key(session: Session, officer: Officer | None, key_id: UUID) -> ApiKey:
    """One key that this officer sees; raises NotFound."""
    found = session.scalar(_seen(officer).where(ApiKey.id == key_id))
    if found is None:
        raise NotFound(what="Kunci")
    return found


def by_public(session: Session, public: str) -> ApiKey:
    """The key with this public part, however much of the key was given; raises NotFound."""
    named = public.strip().removeprefix(f"{keys.BEGINNING}_").partition("_")[0]
    found = session.scalar(select(ApiKey).where(ApiKey.public == named))
    if found is None:
        raise NotFound(what="Kunci")
    return found


def listed(
    session: Session, officer: Officer | None, *, good: bool = True, after: str | None = None, limit: int = 50
) -> Page[ApiKey]:
    """The keys of the officers whose accounts an officer sees; only those that are good, or all."""
    statement = _seen(officer).where(keys.is_good()) if good else _seen(officer)
    return page(session, statement, ApiKey.id, after=after, limit=limit)


def described(session: Session, found: Iterable[ApiKey]) -> list[dict[str, Any]]:
    """Keys as both doors show them; no secret, no hash."""
    shown, now = list(found), real_now()
    names = names_of(session, {each.account_id for each in shown})
    rows = session.execute(select(OfficerAccount.id, OfficerAccount.office).where(OfficerAccount.id.in_(names)))
    offices = {row.id: row.office for row in rows}
    return [
        {
            "id": each.id,
            "system": each.system,
            "key": f"{keys.BEGINNING}_{each.public}",
            "owner": each.account_id,
            "owner_name": names[each.account_id],
            "office": offices[each.account_id],
            "scopes": each.scopes,
            "standing": keys.standing(each, now),
            "issued_at": each.issued_at,
            "expires_on": keys.last_day(each),
            "ends_soon": keys.standing(each, now) is keys.Standing.GOOD and each.expires_at <= now + keys.REMINDED,
            "last_used_at": each.last_used_at,
            "revoked_at": each.revoked_at,
        }
        for each in shown
    ]


def _seen(officer: Officer | None) -> Select[ApiKey]:
    return select(ApiKey).join(OfficerAccount, OfficerAccount.id == ApiKey.account_id).where(seen_by(officer))
