"""Officers' accounts: making them, and letting their holders in.

Attempts are counted per user name and per network address in the database rather than in Redis, so that a broker that
is away neither locks everybody out nor lets everybody guess. An unknown user name costs as much time and is counted as
much as a known one, so that nobody learns who has an account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shared.identity import offices, rules
from shared.identity.models import OfficerAccount, SignInFailure
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel.errors import Conflict, Invalid
from shared.privacy.fields import blind_index

FAILURES_PER_USER = 5
FAILURES_PER_ADDRESS = 50
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 12

HASHER = PasswordHasher()


class UsernameTaken(Conflict):
    """The user name {username} is taken."""

    indonesian = "Nama pengguna {username} sudah dipakai."


class PasswordTooShort(Invalid):
    """A password needs at least {length} characters."""

    indonesian = "Kata sandi paling sedikit {length} karakter."


@cache
def _hash_of_nobody() -> str:
    return HASHER.hash("nobody has this password")


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
    account = _account(username, "", name, office, roles, areas, language)
    _check_password(password)
    if session.scalar(select(OfficerAccount.id).where(OfficerAccount.username == username)):
        raise UsernameTaken(username=username)
    account.password_hash = HASHER.hash(password)
    session.add(account)
    session.flush()
    return account


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(length=SHORTEST_PASSWORD)


def _account(
    username: str,
    password_hash: str,
    name: str,
    office: str,
    roles: Iterable[str],
    areas: Iterable[str] = (),
    language: str | None = None,
) -> OfficerAccount:
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


def choose_language(session: Session, officer_id: UUID, language: str) -> Officer:
    """Keep the language that pages shall speak to an officer, and give her as she is now; raises TokenRefused."""
    account = session.get(OfficerAccount, officer_id, with_for_update=True)
    if account is None or not account.active:
        raise rules.TokenRefused
    account.language = language
    return officer_of(account)


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
    matches = _matches(account.password_hash if account else _hash_of_nobody(), password)
    if account is None or not matches:
        session.add_all([SignInFailure(who=by_user), SignInFailure(who=by_address)])
        return None
    session.execute(
        delete(SignInFailure).where(
            (SignInFailure.who == by_user) | (SignInFailure.failed_at < func.now() - timedelta(days=1))
        )
    )
    if HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = HASHER.hash(password)
    return officer_of(account)


def _failures(session: Session, who: bytes) -> int:
    recent = SignInFailure.failed_at > func.now() - LOCKED_FOR
    return session.scalar(select(func.count()).where(SignInFailure.who == who, recent)) or 0


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@dataclass(frozen=True)
class DemoOfficer:
    """A made-up officer of the demonstration."""

    username: str
    name: str
    office: str
    roles: tuple[Role, ...]


WORDS = {
    Role.OFFICER: "petugas",
    Role.APPROVER: "pemutus",
    Role.HEAD: "kepala",
    Role.COORDINATOR: "koordinator",
    Role.COUNSELLOR: "konselor",
    Role.MENTOR: "mahasiswa",
}
DECIDING = (Role.OFFICER, Role.APPROVER, Role.HEAD)


def _team(office: str, *roles: Role) -> tuple[DemoOfficer, ...]:
    """One made-up officer for each of these roles at an office, called after both."""
    return tuple(
        DemoOfficer(f"{WORDS[role]}-{office}", f"{WORDS[role].title()} Contoh {office}", office, (role,))
        for role in roles
    )


DEMO_OFFICERS = (
    DemoOfficer("petugas1", "Petugas Contoh Satu", "dinsos-kaltim", (Role.OFFICER,)),
    DemoOfficer("petugas2", "Petugas Contoh Dua", "dinsos-kaltim", (Role.OFFICER,)),
    DemoOfficer("pemutus", "Pemutus Contoh", "dinsos-kaltim", (Role.APPROVER,)),
    DemoOfficer("kepala", "Kepala Contoh", "dinsos-kaltim", (Role.HEAD,)),
    *_team("koperasi-kaltim", *DECIDING, Role.MENTOR),
    DemoOfficer("koordinator", "Koordinator Contoh", "bappeda-kaltim", (Role.COORDINATOR,)),
    DemoOfficer("admin", "Administrator Contoh", "bappeda-kaltim", (Role.ADMINISTRATOR,)),
    DemoOfficer("petugas-kukar", "Petugas Contoh Kutai Kartanegara", "dinsos-kukar", (Role.OFFICER,)),
    *_team("dp3a-kukar", *DECIDING, Role.COUNSELLOR),
    *_team("disperindag-kukar", Role.OFFICER, Role.HEAD),
    *_team("koperasi-kukar", *DECIDING, Role.MENTOR),
    *_team("distransnaker-kukar", Role.OFFICER, Role.HEAD),
    *_team("bappeda-kukar", Role.OFFICER, Role.COORDINATOR),
    DemoOfficer("petugas-kubar", "Petugas Contoh Kutai Barat", "dinsos-kubar", (Role.OFFICER,)),
    DemoOfficer("petugas-samarinda", "Petugas Contoh Samarinda", "dinsos-samarinda", (Role.OFFICER,)),
    *_team("dinsos-mataram", *DECIDING),
    *_team("baznas-mataram", *DECIDING),
    *_team("perguruan-tinggi-mataram", Role.OFFICER, Role.MENTOR),
    *_team("pengusaha-mataram", Role.OFFICER),
    *_team("disperindag-mataram", Role.OFFICER, Role.HEAD),
    *_team("koperasi-mataram", *DECIDING),
    *_team("bappeda-mataram", Role.COORDINATOR),
    *_team("dpmp3akb-tangsel", *DECIDING, Role.COUNSELLOR),
    *_team("disperindag-tangsel", Role.OFFICER, Role.HEAD),
    *_team("bappeda-tangsel", Role.COORDINATOR),
)
"""Officers of every office under programmes/agencies, in the order of their regions."""


def demo_officers(session: Session, password: str) -> list[OfficerAccount]:
    """Open the demonstration's accounts that are not there yet, all with this password; gives all of them."""
    usernames = [each.username for each in DEMO_OFFICERS]
    there = set(session.scalars(select(OfficerAccount.username).where(OfficerAccount.username.in_(usernames))))
    missing = [each for each in DEMO_OFFICERS if each.username not in there]
    if missing:
        _check_password(password)
        one_hash = HASHER.hash(password)  # hashing is slow on purpose; half a hundred times it would delay every start
        session.add_all(_account(each.username, one_hash, each.name, each.office, each.roles) for each in missing)
        session.flush()
    return list(session.scalars(select(OfficerAccount).where(OfficerAccount.username.in_(usernames))))
