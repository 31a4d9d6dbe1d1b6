"""Who holds an account, as what, and what befell it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from services.intake.accounts.models import AccountLine, AccountLink, ApiKey, OfficerAccount, SecondStep
from services.intake.accounts.rules import State, review_due
from shared.identity import offices, rules
from shared.identity.officer import Officer
from shared.identity.revocation import real_now
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.web.paging import Page, page


@dataclass(frozen=True)
class Wanted:
    """Which accounts are asked for; nothing asked for leaves nothing out."""

    office: str | None = None
    role: Role | None = None
    state: State | None = None


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


def offices_of(officer: Officer | None) -> list[offices.Office]:
    """The offices whose accounts an officer sees: those in her areas, a head's own; from the command line all."""
    known = sorted(offices.all_offices().values())
    if officer is None:
        return known
    if officer.has(Role.ADMINISTRATOR, Role.AUDITOR):
        return [each for each in known if officer.works_in(each.region)]
    return [each for each in known if each.id == officer.office]


def seen_by(officer: Officer | None) -> ColumnElement[bool]:
    """Which accounts an officer sees; from the command line all of them."""
    if officer is None:
        return true()
    return OfficerAccount.office.in_([each.id for each in offices_of(officer)])


def account(session: Session, officer: Officer | None, account_id: UUID, *, locked: bool = False) -> OfficerAccount:
    """One account that this officer sees; raises NotFound."""
    statement = select(OfficerAccount).where(OfficerAccount.id == account_id, seen_by(officer))
    found = session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound(what="Petugas")
    return found


def accounts(
    session: Session, officer: Officer | None, wanted: Wanted, after: str | None = None, limit: int = 50
) -> Page[OfficerAccount]:
    """The accounts that an officer sees, by user name."""
    return page(session, _wanted(officer, wanted), OfficerAccount.username, after=after, limit=limit)


def by_username(session: Session, username: str) -> OfficerAccount:
    """The account of this user name; raises NotFound."""
    found = session.scalar(select(OfficerAccount).where(OfficerAccount.username == username.strip().lower()))
    if found is None:
        raise NotFound(what="Petugas")
    return found


def without_link(session: Session, officer: Officer | None, office: str | None = None) -> list[OfficerAccount]:
    """Who was invited and has no link yet that is good, by office and user name."""
    good = select(AccountLink.account_id).where(
        AccountLink.used_at.is_(None), AccountLink.revoked_at.is_(None), AccountLink.expires_at > func.now()
    )
    statement = _wanted(officer, Wanted(office=office, state=State.INVITED)).where(OfficerAccount.id.not_in(good))
    return list(session.scalars(statement.order_by(OfficerAccount.office, OfficerAccount.username)))


def link_of(session: Session, account_id: UUID) -> AccountLink | None:
    """The account's newest link."""
    statement = select(AccountLink).where(AccountLink.account_id == account_id)
    return session.scalar(statement.order_by(AccountLink.made_at.desc(), AccountLink.id.desc()).limit(1))


def administrators(session: Session) -> int:
    """How many administrators sign in."""
    holds = OfficerAccount.roles.contains([Role.ADMINISTRATOR.value])
    return session.scalar(select(func.count()).where(OfficerAccount.active, holds)) or 0


def to_review(session: Session, officer: Officer) -> list[OfficerAccount]:
    """The accounts in use whose rights an officer looks at once a year, never her own.

    Those for whom a change was asked come first, then the longest unseen.
    """
    statement = _wanted(officer, Wanted()).where(OfficerAccount.state != State.CLOSED, OfficerAccount.id != officer.id)
    wanting = OfficerAccount.change_asked.is_(None)
    return list(session.scalars(statement.order_by(wanting, OfficerAccount.reviewed_on, OfficerAccount.username)))


def is_overdue(account: OfficerAccount) -> bool:
    """Whether nobody has looked at an account's rights in time."""
    return account.state != State.CLOSED and review_due(account.reviewed_on) < clock.today()


def lines(
    session: Session, officer: Officer | None, about: UUID | None = None, before: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """What befell the accounts that an officer sees, or one of them, the latest first."""
    statement = (
        select(AccountLine, OfficerAccount)
        .join(OfficerAccount, OfficerAccount.id == AccountLine.about)
        .where(seen_by(officer))
    )
    if about is not None:
        statement = statement.where(AccountLine.about == about)
    if before is not None:
        statement = statement.where(AccountLine.seq < before)
    found = session.execute(statement.order_by(AccountLine.seq.desc()).limit(limit)).all()
    names = names_of(session, {line.by for line, _ in found if line.by})
    return [
        {
            "seq": line.seq,
            "at": line.at,
            "by": line.by,
            "by_name": names.get(line.by, "") if line.by else "",
            "about": line.about,
            "username": holder.username,
            "name": holder.name,
            "what": line.what,
            "before": line.before,
            "after": line.after,
        }
        for line, holder in found
    ]


def names_of(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """What these officers are called."""
    rows = session.execute(select(OfficerAccount.id, OfficerAccount.name).where(OfficerAccount.id.in_(ids)))
    return {row.id: row.name for row in rows}


def described(session: Session, found: Iterable[OfficerAccount]) -> list[dict[str, Any]]:
    """Accounts as both doors show them; no hash, no telephone."""
    listed = list(found)
    asked = (who for each in listed for who in (each.reviewed_by, each.change_asked_by))
    names = names_of(session, {who for who in asked if who is not None})
    confirmed = select(SecondStep.account_id).where(SecondStep.confirmed_at.is_not(None))
    good = select(ApiKey.account_id, ApiKey.system).where(ApiKey.revoked_at.is_(None), ApiKey.expires_at > real_now())
    systems: dict[UUID, list[str]] = {}
    for owner, system in session.execute(good.where(ApiKey.account_id.in_([each.id for each in listed]))):
        systems.setdefault(owner, []).append(system)
    stepped = set(session.scalars(confirmed.where(SecondStep.account_id.in_([each.id for each in listed]))))
    return [
        {
            "id": each.id,
            "username": each.username,
            "name": each.name,
            "office": each.office,
            "agency": each.agency,
            "roles": each.roles,
            "areas": each.areas,
            "state": each.state,
            "revision": each.revision,
            "last_signed_in_at": each.last_signed_in_at,
            "awaits_password": each.state != State.CLOSED and each.password_hash is None,
            "second_step": each.id in stepped,
            "systems": sorted(systems.get(each.id, ())),
            "reviewed_on": each.reviewed_on,
            "reviewed_by": names.get(each.reviewed_by, "") if each.reviewed_by else "",
            "change_asked": each.change_asked,
            "change_asked_by": names.get(each.change_asked_by, "") if each.change_asked_by else "",
            "change_asked_on": each.change_asked_on,
            "review_due": review_due(each.reviewed_on),
            "review_overdue": is_overdue(each),
        }
        for each in listed
    ]


def _wanted(officer: Officer | None, wanted: Wanted) -> Select[OfficerAccount]:
    statement = select(OfficerAccount).where(seen_by(officer))
    if wanted.office:
        statement = statement.where(OfficerAccount.office == wanted.office)
    if wanted.role:
        statement = statement.where(OfficerAccount.roles.contains([wanted.role.value]))
    if wanted.state:
        statement = statement.where(OfficerAccount.state == wanted.state)
    return statement
