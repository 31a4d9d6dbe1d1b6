"""Who may sign in, and how often somebody may guess.

Attempts are counted per user name and per network address in the database rather than in Redis, so that a broker that
is away neither locks everybody out nor lets everybody guess. An unknown user name costs as much time and is counted as
much as a known one, so that nobody learns who has an account.
"""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.intake.accounts import passwords
from services.intake.accounts.models import OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.signin.models import SignInFailure
from shared.identity import rules
from shared.identity.officer import Officer
from shared.privacy.fields import blind_index

FAILURES_PER_USER = 5
FAILURES_PER_ADDRESS = 50
LOCKED_FOR = timedelta(minutes=15)


def authenticate(session: Session, username: str, password: str, address: str) -> Officer | None:
    """The officer with this name and password, or None, which has been counted as a failure.

    It answers rather than raises, because the count must be committed; raises TooManySignIns before looking at all.
    """
    username = username.strip().lower()
    if not username:
        return None
    by_user, by_address = blind_index(username, "sign-in-user"), blind_index(address, "sign-in-address")
    # One attempt per user name at a time: otherwise a hundred parallel guesses would all see "no failures yet".
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(by_user[:8], signed=True))))
    if _failures(session, by_user) >= FAILURES_PER_USER or _failures(session, by_address) >= FAILURES_PER_ADDRESS:
        raise rules.TooManySignIns(minutes=LOCKED_FOR.seconds // 60)
    account = session.scalar(select(OfficerAccount).where(OfficerAccount.username == username, OfficerAccount.active))
    matches = passwords.matches(account.password_hash if account else passwords.hash_of_nobody(), password)
    if account is None or not matches:
        session.add_all([SignInFailure(who=by_user), SignInFailure(who=by_address)])
        return None
    session.execute(
        delete(SignInFailure).where(
            (SignInFailure.who == by_user) | (SignInFailure.failed_at < func.now() - timedelta(days=1))
        )
    )
    if passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return officer_of(account)


def _failures(session: Session, who: bytes) -> int:
    recent = SignInFailure.failed_at > func.now() - LOCKED_FOR
    return session.scalar(select(func.count()).where(SignInFailure.who == who, recent)) or 0
