"""Changing one's own password and contact."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.accounts import log
from services.intake.accounts.commands import choose_own
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.accounts.rules import What
from services.intake.sessions.commands import end_other_sessions
from services.intake.signin import guessing
from shared.identity.officer import Officer
from shared.identity.rules import TokenRefused
from shared.kernel.errors import Invalid, NotFound
from shared.storage import Database


class OldPasswordWrong(Invalid):
    """This is not your password."""

    indonesian = "Ini bukan kata sandi Anda."


def prove(database: Database, officer: Officer, password: str, address: str) -> None:
    """Hold her to her own password; raises OldPasswordWrong, TooManySignIns.

    It has a transaction of its own: a wrong guess is counted like one at the sign-in, although the request is refused.
    """
    with database.transaction() as session:
        known = guessing.authenticate(session, _own(session, officer).username, password, address)
    if known is None or known.id != officer.id:
        raise OldPasswordWrong().at("old_password")


def change_password(session: Session, officer: Officer, password: str, spare: UUID) -> None:
    """Choose another password; every session but the one from which she does it ends."""
    log.hold(session)
    account = _own(session, officer)
    try:
        choose_own(account, password)
    except Invalid as refused:
        raise refused.at("password") from None
    log.note(session, officer_of(account), account.id, What.PASSWORD_CHANGED)
    end_other_sessions(session, officer.id, spare)


def change_contact(session: Session, officer: Officer, phone: str | None, email: str | None) -> OfficerAccount:
    """Keep how she is reached; what it was and is stands in no log."""
    log.hold(session)
    account = _own(session, officer)
    if (account.phone, account.email) != (phone, email):
        account.phone, account.email = phone, email
        log.note(session, officer_of(account), account.id, What.CONTACT_CHANGED)
    return account


def own(session: Session, officer: Officer) -> OfficerAccount:
    """Her account, to look at; raises NotFound."""
    found = session.get(OfficerAccount, officer.id)
    if found is None:
        raise NotFound(what="Petugas")
    return found


def _own(session: Session, officer: Officer) -> OfficerAccount:
    found = session.get(OfficerAccount, officer.id, with_for_update=True, populate_existing=True)
    if found is None or not found.active:
        raise TokenRefused
    return found
