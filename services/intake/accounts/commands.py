"""Opening and changing officers' accounts."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts import passwords
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from shared.identity import offices, rules
from shared.identity.officer import Officer
from shared.kernel.errors import Conflict


class UsernameTaken(Conflict):
    """The user name {username} is taken."""

    indonesian = "Nama pengguna {username} sudah dipakai."


def create_officer(
    session: Session,
    *,
    username: str,
    password: str,
    name: str,
    office: str,
    roles: Iterable[str],
    areas: Iterable[str] = (),
    language: str | None = None,
) -> OfficerAccount:
    """Open an account at an office; without areas the officer works in the whole region of the office."""
    username = username.strip().lower()
    account = unsaved(username, "", name, office, roles, areas, language)
    passwords.check(password)
    if session.scalar(select(OfficerAccount.id).where(OfficerAccount.username == username)):
        raise UsernameTaken(username=username)
    account.password_hash = passwords.hashed(password)
    session.add(account)
    session.flush()
    return account


def unsaved(
    username: str,
    password_hash: str,
    name: str,
    office: str,
    roles: Iterable[str],
    areas: Iterable[str] = (),
    language: str | None = None,
) -> OfficerAccount:
    """An account that stands in no database yet, once its office and roles have been looked at."""
    home = offices.office(office)
    return OfficerAccount(
        username=username,
        name=name,
        office=home.id,
        agency=home.agency,
        roles=sorted(rules.checked_roles(roles, home.agency)),
        areas=list(areas) or [home.region],
        language=language,
        password_hash=password_hash,
    )


def choose_language(session: Session, officer_id: UUID, language: str) -> Officer:
    """Keep the language that pages shall speak to an officer, and give her as she is now; raises TokenRefused."""
    account = session.get(OfficerAccount, officer_id, with_for_update=True)
    if account is None or not account.active:
        raise rules.TokenRefused
    account.language = language
    return officer_of(account)
