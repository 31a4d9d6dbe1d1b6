"""Letting an officer in, keeping her in, and letting her out: the only place that issues tokens."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.accounts import log
from services.intake.accounts.commands import choose_own
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import active_officer
from services.intake.accounts.rules import What
from services.intake.sessions.commands import begin_session, keep_session
from services.intake.sessions.models import OfficerSession
from services.intake.signin import guessing
from shared.identity import tokens
from shared.identity.officer import Officer
from shared.identity.rules import SignInRefused
from shared.identity.tokens import Token
from shared.kernel.errors import Forbidden, Invalid
from shared.storage import Database


@dataclass(frozen=True, kw_only=True)
class Caller:
    """From where somebody signs in: her network address, what her browser calls itself, and whether it is a program.

    `device` is the number of a browser in which the name has signed in before.
    """

    address: str
    user_agent: str = ""
    program: bool = False
    device: UUID | None = None


class PasswordToChange(Forbidden):
    """Somebody else set this password: type it once more, and choose one that only you know."""

    indonesian = "Kata sandi ini dibuat orang lain: ketik sekali lagi, lalu pilih yang hanya Anda ketahui."


def sign_in(
    database: Database, username: str, password: str, caller: Caller, *, new_password: str | None = None
) -> str:
    """A token of a session that begins now, for this name and password.

    Where somebody else set the password, `new_password` takes its place before anything else. Raises SignInRefused,
    TooManySignIns, PasswordToChange, and what speaks against a new password. It has a transaction of its own, because
    a failed attempt must be counted although the request is refused.
    """
    with database.transaction() as session:
        if new_password:
            log.hold(session)  # before the account's row, as whoever changes accounts does
        officer = guessing.authenticate(session, username, password, caller.address, device=caller.device)
        if officer is not None:
            _change_where_it_must(session, officer, new_password)
        token = opened(session, officer, caller) if officer else None
    if token is None:
        raise SignInRefused
    return token


def _change_where_it_must(session: Session, officer: Officer, new_password: str | None) -> None:
    account = session.get_one(OfficerAccount, officer.id)
    if not account.must_change_password:
        return
    if not new_password:
        raise PasswordToChange
    try:
        choose_own(account, new_password)
    except Invalid as refused:
        raise refused.at("new_password") from None
    log.note(session, officer, officer.id, What.PASSWORD_CHANGED)


def opened(session: Session, officer: Officer, caller: Caller) -> str:
    """The first token of a session that begins now; whoever calls it has asked for all that signing in needs."""
    begun = begin_session(
        session, officer.id, address=caller.address, user_agent=caller.user_agent, program=caller.program
    )
    return _issued(officer, begun)


def renewed(session: Session, token: Token) -> str:
    """A fresh token of the same session, for the officer as she is now; raises TokenRefused when either has ended."""
    session.flush()
    session.get(OfficerAccount, token.officer.id, with_for_update={"read": True}, populate_existing=True)
    officer = active_officer(session, token.officer.id)
    return _issued(officer, keep_session(session, token.session_id, officer.id))


def _issued(officer: Officer, of: OfficerSession) -> str:
    return tokens.issue(officer, session_id=of.id, signed_in_at=int(of.signed_in_at.timestamp()))
