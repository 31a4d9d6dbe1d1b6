"""Letting an officer in, keeping her in, and letting her out: the only place that issues tokens."""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts import keys, log
from services.intake.accounts.commands import choose_own
from services.intake.accounts.models import ApiKey, OfficerAccount, SecondStep
from services.intake.accounts.queries import active_officer, officer_of
from services.intake.accounts.rules import What
from services.intake.acting.queries import acting_now
from services.intake.second_step import commands as second_step
from services.intake.second_step.rules import CodeRefused
from services.intake.sessions.commands import begin_session, keep_session
from services.intake.sessions.models import OfficerSession
from services.intake.signin import guessing
from shared.identity import tokens
from shared.identity.officer import Officer
from shared.identity.revocation import real_now
from shared.identity.rules import SignInRefused
from shared.identity.tokens import Token
from shared.kernel.errors import DomainError, Forbidden, Invalid, Unauthenticated
from shared.storage import Database
from shared.web import access


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


class KeyRefused(Unauthenticated):
    """This key is not known; check that it was copied whole."""

    indonesian = "Kunci ini tidak dikenal; periksa apakah sudah disalin lengkap."


class KeyEnded(Unauthenticated):
    """This key is good no more: it has expired, was revoked, or its owner has left. Ask the office for a new one."""

    indonesian = (
        "Kunci ini tidak berlaku lagi: sudah kedaluwarsa, dicabut, atau pemiliknya sudah tidak bertugas. Mintalah"
        " kunci baru kepada kantor yang bersangkutan."
    )


class KeyAllowsNothing(Forbidden):
    """Its owner holds none of the rights any more that this key was made for."""

    indonesian = "Pemilik kunci ini tidak lagi memegang satu pun hak yang diberikan kepada kunci ini."


@dataclass(frozen=True)
class Half:
    """Somebody who has given her password, and has a step to go; `mark` is good as long as that password is."""

    username: str
    mark: str


class OneMoreStep(DomainError):
    """One more step is needed to sign in."""

    indonesian = "Masih ada satu langkah lagi untuk masuk."

    def __init__(self, half: Half, *, is_set_up: bool) -> None:
        super().__init__()
        self.half, self.is_set_up = half, is_set_up


def sign_in(
    database: Database,
    username: str,
    password: str,
    caller: Caller,
    *,
    new_password: str | None = None,
    code: str | None = None,
) -> str:
    """A token of a session that begins now, for this name and password, and a code where she has a second step.

    Where somebody else set the password, `new_password` takes its place before anything else. Raises SignInRefused,
    TooManySignIns, PasswordToChange, what speaks against a new password, CodeRefused, and, for a page to go on with,
    OneMoreStep. It has a transaction of its own, because a failed attempt is counted although the request is refused.
    """
    refused: list[DomainError] = []

    def proof(account: OfficerAccount | None) -> bool | None:
        if not guessing.has_password(account, password):
            return False
        return _second_step(session, account, code, refused) if account is not None else False

    with database.transaction() as session:
        if new_password:
            log.hold(session)  # before the account's row, as whoever changes accounts does
        officer = guessing.let_in(session, username, proof, caller.address, device=caller.device)
        if officer is not None:
            _change_where_it_must(session, officer, new_password)
        token = opened(session, officer, caller) if officer else None
    if token is None:
        raise refused[0] if refused else SignInRefused()
    return token


def finish(database: Database, half: Half, code: str, caller: Caller) -> tuple[str, list[str]]:
    """A token for somebody who had a step to go, by a code; with recovery codes where she has set the step up by it.

    Raises SignInRefused where her password has changed since, CodeRefused, CodeWrong, TooManySignIns.
    """
    codes: list[str] = []
    refused: list[DomainError] = []

    def proof(account: OfficerAccount | None) -> bool | None:
        if account is None or mark_of(account) != half.mark or account.must_change_password:
            return False
        if second_step.is_set_up(session, account.id):
            return _second_step(session, account, code, refused)
        codes.extend(second_step.confirm(session, account, code))
        return True

    with database.transaction() as session:
        log.hold(session)
        officer = guessing.let_in(session, half.username, proof, caller.address, device=caller.device)
        token = opened(session, officer, caller) if officer else None
    if token is None:
        raise refused[0] if refused else SignInRefused()
    return token, codes


def to_set_up(session: Session, half: Half) -> SecondStep | None:
    """What she sets the second step up with; None where she has it, and a code is what is missing."""
    account = session.scalar(select(OfficerAccount).where(OfficerAccount.username == half.username))
    if account is None or mark_of(account) != half.mark:
        raise SignInRefused
    return None if second_step.is_set_up(session, account.id) else second_step.begin(session, account)


def mark_of(account: OfficerAccount) -> str:
    """What changes with an account's password, and tells nothing of it."""
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()


def _second_step(
    session: Session, account: OfficerAccount, code: str | None, refused: list[DomainError]
) -> bool | None:
    half = Half(account.username, mark_of(account))
    if not second_step.is_set_up(session, account.id):
        if account.must_change_password or not second_step.is_overdue(session, account):
            return True
        refused.append(OneMoreStep(half, is_set_up=False))
        return None
    if not code:
        refused.append(OneMoreStep(half, is_set_up=True))
        return None
    if second_step.passes(session, account.id, code):
        return True
    refused.append(CodeRefused())
    return False


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


def sign_in_by_key(database: Database, text: str, caller: Caller) -> tuple[str, ApiKey]:
    """A token of a session that begins now, for a program that holds a key; and the key.

    It allows what the key says and its owner holds now. Raises KeyRefused, TooManySignIns, KeyEnded, KeyAllowsNothing.
    A failed attempt is counted although the request is refused.
    """
    with database.transaction() as session:
        found = guessing.let_in_by_key(session, keys.read(text), caller.address)
        if found is not None:
            key, account = found
            if not account.active or keys.standing(key, real_now()) is not keys.Standing.GOOD:
                raise KeyEnded
            owner = officer_of(account)
            scopes = frozenset(key.scopes) & frozenset(access.for_keys(owner))
            if not scopes:
                raise KeyAllowsNothing
            key.last_used_at = real_now()
            return opened(session, replace(owner, scopes=scopes), caller, key), key
    raise KeyRefused


def opened(session: Session, officer: Officer, caller: Caller, key: ApiKey | None = None) -> str:
    """The first token of a session that begins now; whoever calls it has asked for all that signing in needs."""
    begun = begin_session(
        session,
        officer.id,
        address=caller.address,
        user_agent=caller.user_agent,
        program=caller.program,
        key_id=key.id if key else None,
    )
    return _issued(session, officer, begun, key)


def renewed(session: Session, token: Token) -> str:
    """A fresh token of the same session, for the officer as she is now; raises TokenRefused when either has ended."""
    session.flush()
    session.get(OfficerAccount, token.officer.id, with_for_update={"read": True}, populate_existing=True)
    officer = active_officer(session, token.officer.id)
    return _issued(session, officer, keep_session(session, token.session_id, officer.id))


def _issued(session: Session, officer: Officer, of: OfficerSession, key: ApiKey | None = None) -> str:
    """The one place where a token gets what its officer may do by acting for a post; a program never acts."""
    lifetime = tokens.LIFETIME
    if key is None:
        officer = officer.acts(acting_now(session, officer))
    else:  # no token outlives the key
        lifetime = min(lifetime, int((key.expires_at - real_now()).total_seconds()))
    return tokens.issue(officer, session_id=of.id, signed_in_at=int(of.signed_in_at.timestamp()), lifetime=lifetime)
