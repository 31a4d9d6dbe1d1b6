"""Who holds an account, and as what."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.accounts.models import OfficerAccount
from shared.identity import rules
from shared.identity.officer import Officer
from shared.identity.rules import Role


def officer_of(account: OfficerAccount) -> Officer:
    """The account's holder as the value that commands take."""
    return Officer(
        id=account.id,
        name=account.name,
        office=account.office,
        agency=account.agency,
        roles=frozenset(Role(role) for role in account.roles),
        areas=tuple(account.areas),
        language=account.language,
    )


def active_officer(session: Session, officer_id: UUID) -> Officer:
    """The holder of an account that is still active, as it is now; raises TokenRefused."""
    account = session.get(OfficerAccount, officer_id)
    if account is None or not account.active:
        raise rules.TokenRefused
    return officer_of(account)
