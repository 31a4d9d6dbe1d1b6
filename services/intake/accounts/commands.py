"""What is done to accounts. The second argument is the officer who does it; None is the command line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.intake.accounts import keys, log, parting, passwords, queries
from services.intake.accounts.incompatible import pairs
from services.intake.accounts.models import AccountLink, OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.accounts.rules import (
    LINK_HOLDS,
    LastAdministrator,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
    OneselfRefused,
    Purpose,
    Secret,
    State,
    What,
    checked_username,
    hold_to,
    new_secret,
)
from services.intake.sessions.commands import end_access, end_access_of
from shared import places
from shared.identity import offices, rules
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import Conflict, Invalid, Stale

LONGEST_NAME = 120
RIGHTS = ("name", "office", "roles", "areas")
"""What of an account an administrator changes."""


class UsernameTaken(Conflict):
    """The user name {username} is taken."""

    indonesian = "Nama pengguna {username} sudah dipakai."


class UnknownArea(Invalid):
    """{area} is no area code."""

    indonesian = "{area} bukan kode wilayah."


class NameMissing(Invalid):
    """An officer has a name of at most {longest} letters."""

    indonesian = "Petugas memiliki nama, paling panjang {longest} huruf."


class PasswordUnchanged(Invalid):
    """This is the password that you have; choose another one."""

    indonesian = "Ini kata sandi yang sekarang; pilih yang lain."


class ReasonMissing(Invalid):
    """Say in a sentence what should change."""

    indonesian = "Tuliskan dalam satu kalimat apa yang perlu diubah."


class HasPassword(Conflict):
    """She has a password; reset it first, then hand her a link."""

    indonesian = "Ia sudah mempunyai kata sandi; atur ulang lebih dahulu, lalu serahkan tautannya."


class OfficeIsClosed(Invalid):
    """{office} is closed; choose an office that is open."""

    indonesian = "{office} sudah ditutup; pilih kantor yang masih buka."


class HoldsThePost(Conflict):
    """{name} acts for this post or holds it: end the appointment first."""

    indonesian = "{name} menjadi pelaksana jabatan ini atau memegangnya: akhiri penunjukannya lebih dahulu."


class RoleStaysBehind(Invalid):
    """{username} is {role}, which an officer of {agency} cannot be: change her roles first."""

    indonesian = "{username} adalah {role}, yang tidak dapat dipegang petugas {agency}: ubah perannya lebih dahulu."


@dataclass(frozen=True)
class Handed:
    """A link that was just made, to be handed over on paper; its secret is shown this once."""

    account: OfficerAccount
    secret: Secret
    purpose: Purpose
    expires_at: datetime


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
    by: Officer | None = None,
    must_change: bool = False,
) -> OfficerAccount:
    """Open an account with a password; without areas the officer works in the whole region of the office."""
    account = unsaved(username, name, office, roles, areas, language)
    _hold_to_open(account)
    passwords.check(password, names=(account.username, name))
    _hold_to_free(session, account.username)
    account.password_hash = passwords.hashed(password)
    account.must_change_password = must_change
    return _opened(session, by, account, What.OPENED)


def invite(
    session: Session,
    by: Officer | None,
    *,
    username: str,
    name: str,
    office: str,
    roles: Iterable[str],
    areas: Iterable[str] = (),
    language: str | None = None,
) -> OfficerAccount:
    """Open an account for somebody who chooses her own password by a one-time link."""
    account = checked_invitation(
        session, by, username=username, name=name, office=office, roles=roles, areas=areas, language=language
    )
    return _opened(session, by, account, What.INVITED)


def checked_invitation(
    session: Session,
    by: Officer | None,
    *,
    username: str,
    name: str,
    office: str,
    roles: Iterable[str],
    areas: Iterable[str] = (),
    language: str | None = None,
) -> OfficerAccount:
    """An account that stands in no database yet; raises whatever speaks against it."""
    account = unsaved(username, name, office, roles, areas, language)
    account.state = State.INVITED
    _hold_to_open(account)
    _hold_to_own(by, account)
    _hold_to_free(session, account.username)
    return account


def unsaved(
    username: str,
    name: str,
    office: str,
    roles: Iterable[str],
    areas: Iterable[str] = (),
    language: str | None = None,
) -> OfficerAccount:
    """An account that stands in no database yet, once its office, roles and areas have been looked at."""
    home = offices.office(office)
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_NAME:
        raise NameMissing(longest=LONGEST_NAME)
    return OfficerAccount(
        username=checked_username(username),
        name=called,
        office=home.id,
        agency=home.agency,
        roles=sorted(rules.checked_roles(roles, home.agency, pairs())),
        areas=_checked_areas(areas, home),
        language=language,
    )


def change(
    session: Session, by: Officer | None, account_id: UUID, revision: int | None = None, **given: Any
) -> OfficerAccount:
    """Change an officer's name, office, roles or areas; where her rights change, all her sessions end.

    A new office without areas means its whole region. Raises Stale, OneselfRefused, LastAdministrator, OfficeIsClosed.
    """
    account = _taken(session, by, account_id, revision)
    hold_to(account.state, State.INVITED, State.ACTIVE, State.SUSPENDED)
    before = _rights(account)
    wanted = {name: given.get(name) or before[name] for name in RIGHTS}
    if wanted["office"] != before["office"] and not given.get("areas"):
        wanted["areas"] = ()
    fresh = unsaved(account.username, **wanted)
    if fresh.office != account.office:
        _hold_to_open(fresh)
    _hold_to_own(by, fresh)
    if Role.ADMINISTRATOR in account.roles and Role.ADMINISTRATOR not in fresh.roles:
        _hold_to_another_administrator(session, account)
    after = _rights(fresh)
    if after == before:
        return account
    for name in (*RIGHTS, "agency"):
        setattr(account, name, getattr(fresh, name))
    _looked_at(by, account)
    changed = {name for name in RIGHTS if after[name] != before[name]}
    log.note(
        session,
        by,
        account.id,
        What.CHANGED,
        {name: before[name] for name in sorted(changed)},
        {name: after[name] for name in sorted(changed)},
    )
    if "office" in changed:
        keys.revoke_all_of(session, by.id if by else None, [account.id])
    if changed != {"name"}:
        if "office" in changed:
            _part(session, by.id if by else None, [account.id])
        _hold_to_what_she_acts_in(session, account)
        end_access(session, account.id, closed="office" in changed)
    return account


def move_all(session: Session, by_id: UUID | None, office: str, successor: offices.Office) -> int:
    """Give every officer of an office to its successor, as she is but for her office; says how many they were.

    Their sessions end. Nobody is moved where one of them cannot be there what she is: raises RoleStaysBehind.
    """
    log.hold(session)
    moved = session.scalars(
        select(OfficerAccount)
        .where(OfficerAccount.office == office)
        .order_by(OfficerAccount.username)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for each in moved:
        try:
            rules.checked_roles(each.roles, successor.agency, ())
        except rules.RoleElsewhere as refused:
            said = {"role": refused.fields["role"], "agency": successor.agency}
            raise RoleStaysBehind(username=each.username, **said).at("successor") from None
    for each in moved:
        each.office, each.agency = successor.id, successor.agency
        each.revision += 1
    log.note_all(
        session, by_id, [each.id for each in moved], What.CHANGED, {"office": office}, {"office": successor.id}
    )
    keys.revoke_all_of(session, by_id, [each.id for each in moved])
    _part(session, by_id, [each.id for each in moved])
    end_access_of(session, [each.id for each in moved if each.state is not State.CLOSED], closed=True)
    return len(moved)


def suspend(
    session: Session, by: Officer | None, account_id: UUID, revision: int | None = None, why: str | None = None
) -> OfficerAccount:
    """Let an officer sign in no more for a while; what she has open ends at once."""
    account = _taken(session, by, account_id, revision)
    hold_to(account.state, State.ACTIVE)
    _hold_to_another_administrator(session, account)
    return _moved(session, by, account, State.SUSPENDED, What.SUSPENDED, why)


def resume(
    session: Session, by: Officer | None, account_id: UUID, revision: int | None = None, why: str | None = None
) -> OfficerAccount:
    """Let a suspended officer sign in again; links, keys and sessions from before stay ended."""
    account = _taken(session, by, account_id, revision)
    hold_to(account.state, State.SUSPENDED)
    return _moved(session, by, account, State.ACTIVE, What.RESUMED, why)


def close(
    session: Session, by: Officer | None, account_id: UUID, revision: int | None = None, why: str | None = None
) -> OfficerAccount:
    """End an account for good: what she has open ends at once, her password and links open nothing any more."""
    account = _taken(session, by, account_id, revision)
    hold_to(account.state, State.INVITED, State.ACTIVE, State.SUSPENDED)
    _hold_to_another_administrator(session, account)
    account.password_hash = account.phone = account.email = None
    return _moved(session, by, account, State.CLOSED, What.CLOSED, why)


def reset(session: Session, by: Officer | None, account_id: UUID, revision: int | None = None) -> OfficerAccount:
    """Let an officer's password open nothing any more; a link that is handed to her lets her choose another one."""
    account = _taken(session, by, account_id, revision)
    hold_to(account.state, State.ACTIVE)
    account.password_hash = None
    account.must_change_password = False
    account.revision += 1
    log.note(session, by, account.id, What.RESET)
    _revoke_links(session, account.id)
    keys.revoke_all_of(session, by.id if by else None, [account.id])
    end_access(session, account.id)
    return account


def make_link(session: Session, by: Officer | None, account_id: UUID) -> Handed:
    """A one-time link for somebody who has no password; one that was made before is good no more."""
    account = _taken(session, by, account_id, None)
    hold_to(account.state, State.INVITED, State.ACTIVE)
    if account.password_hash is not None:
        raise HasPassword
    return _handed(session, by, account)


def make_links(session: Session, by: Officer | None, office: str | None = None) -> list[Handed]:
    """A one-time link for everybody who was invited and has none that is good, by office and user name."""
    log.hold(session)
    return [_handed(session, by, each) for each in queries.without_link(session, by, office)]


def holder_of(session: Session, code: str) -> tuple[AccountLink, OfficerAccount]:
    """The link with this code and whom it is for; raises LinkUnknown, LinkUsed, LinkRevoked, LinkExpired."""
    link, account = _link(session, code)
    if link.used_at is not None:
        raise LinkUsed
    if link.revoked_at is not None or account.password_hash is not None:
        raise LinkRevoked
    if link.expires_at <= datetime.now(UTC):
        raise LinkExpired
    hold_to(account.state, State.INVITED, State.ACTIVE)
    return link, account


def choose_password(session: Session, code: str, password: str) -> OfficerAccount:
    """Let the holder of a link choose her password; the same choice sent twice is one.

    Raises what `holder_of` raises, and what speaks against the password.
    """
    log.hold(session)
    link, account = _link(session, code)
    if link.used_at is not None and account.active and passwords.matches(account.password_hash, password):
        return account
    holder_of(session, code)
    passwords.check(password, names=(account.username, account.name))
    account.password_hash = passwords.hashed(password)
    account.must_change_password = False
    account.state = State.ACTIVE
    account.revision += 1
    link.used_at = datetime.now(UTC)
    log.note(session, officer_of(account), account.id, What.LINK_USED, after={"purpose": link.purpose.value})
    return account


def choose_own(account: OfficerAccount, password: str) -> None:
    """Let somebody who has proved her password choose another one; raises what speaks against it."""
    passwords.check(password, names=(account.username, account.name))
    if passwords.matches(account.password_hash, password):
        raise PasswordUnchanged
    account.password_hash = passwords.hashed(password)
    account.must_change_password = False
    account.revision += 1


def confirm_rights(session: Session, by: Officer, account_ids: Collection[UUID]) -> int:
    """Note that these officers' rights are right for another year; says how many they were. Never one's own."""
    if by.id in account_ids:
        raise OneselfRefused
    log.hold(session)
    for account_id in sorted(account_ids):
        account = queries.account(session, by, account_id, locked=True)
        hold_to(account.state, State.INVITED, State.ACTIVE, State.SUSPENDED)
        _looked_at(by, account)
        log.note(session, by, account.id, What.CONFIRMED, after=_rights(account))
    return len(account_ids)


def ask_for_change(session: Session, by: Officer, account_id: UUID, why: str) -> OfficerAccount:
    """Note at the yearly review that an officer's rights are not right; an administrator sees it and what should be."""
    log.hold(session)
    if by.id == account_id:
        raise OneselfRefused
    account = queries.account(session, by, account_id, locked=True)
    hold_to(account.state, State.INVITED, State.ACTIVE, State.SUSPENDED)
    said = " ".join(why.split())
    if not said:
        raise ReasonMissing().at("why")
    account.change_asked, account.change_asked_by, account.change_asked_on = said, by.id, clock.today()
    account.revision += 1
    log.note(session, by, account.id, What.CHANGE_ASKED, after={"why": said})
    return account


def choose_language(session: Session, officer_id: UUID, language: str) -> Officer:
    """Keep the language that pages shall speak to an officer, and give her as she is now; raises TokenRefused."""
    account = session.get(OfficerAccount, officer_id, with_for_update=True)
    if account is None or not account.active:
        raise rules.TokenRefused
    account.language = language
    return officer_of(account)


def _link(session: Session, code: str) -> tuple[AccountLink, OfficerAccount]:
    found = session.execute(
        select(AccountLink, OfficerAccount)
        .join(OfficerAccount, OfficerAccount.id == AccountLink.account_id)
        .where(AccountLink.hash == Secret(code).hash)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise LinkUnknown
    return found[0], found[1]


def _handed(session: Session, by: Officer | None, account: OfficerAccount) -> Handed:
    _revoke_links(session, account.id)
    secret, now = new_secret(), datetime.now(UTC)
    purpose = Purpose.INVITATION if account.state is State.INVITED else Purpose.RESET
    link = AccountLink(
        account_id=account.id,
        purpose=purpose,
        hash=secret.hash,
        made_at=now,
        made_by=by.id if by else None,
        expires_at=now + LINK_HOLDS,
    )
    session.add(link)
    log.note(session, by, account.id, What.LINK_MADE, after={"purpose": purpose.value})
    return Handed(account, secret, purpose, link.expires_at)


def _revoke_links(session: Session, account_id: UUID) -> None:
    opened = (AccountLink.account_id == account_id, AccountLink.used_at.is_(None), AccountLink.revoked_at.is_(None))
    session.execute(update(AccountLink).where(*opened).values(revoked_at=func.now()))


def _opened(session: Session, by: Officer | None, account: OfficerAccount, what: What) -> OfficerAccount:
    log.hold(session)
    session.add(account)
    session.flush()
    log.note(session, by, account.id, what, after=_rights(account))
    return account


def _moved(
    session: Session, by: Officer | None, account: OfficerAccount, state: State, what: What, why: str | None
) -> OfficerAccount:
    before, account.state = account.state, state
    account.revision += 1
    said = {"why": why} if why else {}
    log.note(session, by, account.id, what, {"state": before.value}, {"state": state.value, **said})
    _revoke_links(session, account.id)
    if state is not State.ACTIVE:
        keys.revoke_all_of(session, by.id if by else None, [account.id])
        _part(session, by.id if by else None, [account.id])
        end_access(session, account.id, closed=True)
    return account


def _part(session: Session, by_id: UUID | None, officer_ids: Collection[UUID]) -> None:
    others = parting.let_go(session, by_id, officer_ids)
    if others:
        end_access_of(session, others)


def _hold_to_what_she_acts_in(session: Session, account: OfficerAccount) -> None:
    """Her own roles and the post that she acts in go together; raises RolesIncompatible, HoldsThePost."""
    for each in parting.running(session, [account.id], clock.today()):
        if each.officer_id != account.id:
            continue
        if each.post in account.roles:
            raise HoldsThePost(name=account.name)
        rules.checked_roles([*account.roles, each.post], account.agency, pairs())


def _taken(session: Session, by: Officer | None, account_id: UUID, revision: int | None) -> OfficerAccount:
    """The account, for its officer's administrator to change; others wait until she has."""
    log.hold(session)
    account = queries.account(session, by, account_id, locked=True)
    if by is not None and account.id == by.id:
        raise OneselfRefused
    if revision is not None and account.revision != revision:
        raise Stale
    return account


def _looked_at(by: Officer | None, account: OfficerAccount) -> None:
    account.reviewed_on = clock.today()
    account.reviewed_by = by.id if by else None
    account.change_asked = account.change_asked_by = account.change_asked_on = None
    account.revision += 1


def _rights(account: OfficerAccount) -> dict[str, Any]:
    return {
        "name": account.name,
        "office": account.office,
        "roles": list(account.roles),
        "areas": list(account.areas),
    }


def _hold_to_own(by: Officer | None, account: OfficerAccount) -> None:
    """An administrator gives rights at the offices of her areas alone, and for these areas."""
    if by is None:
        return
    for area in (offices.office(account.office).region, *account.areas):
        by.require(area=area)


def _hold_to_open(account: OfficerAccount) -> None:
    """Nobody begins at an office that is closed; who was there before it was closed moves with all that it held."""
    home = offices.office(account.office)
    if not home.is_open:
        raise OfficeIsClosed(office=home.name).at("office")


def _hold_to_free(session: Session, username: str) -> None:
    if session.scalar(select(OfficerAccount.id).where(OfficerAccount.username == username)):
        raise UsernameTaken(username=username)


def _hold_to_another_administrator(session: Session, account: OfficerAccount) -> None:
    is_one = account.active and Role.ADMINISTRATOR in account.roles
    if is_one and queries.administrators(session) == 1:
        raise LastAdministrator


def _checked_areas(areas: Iterable[str], home: offices.Office) -> list[str]:
    wanted = list(dict.fromkeys(areas)) or [home.region]
    for area in wanted:
        if not places.is_known(area):
            raise UnknownArea(area=area)
    return wanted
