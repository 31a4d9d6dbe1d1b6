"""Printing the code of the first administrator, and opening her office and account by it."""

import hmac
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.accounts.commands import create_officer
from services.intake.accounts.models import OfficerAccount
from services.intake.offices import commands as office_commands
from services.intake.welcome import rules
from services.intake.welcome.models import WelcomeCode
from shared.identity import office_files, offices
from shared.identity.rules import Role
from shared.kernel.errors import DomainError

LOCK = 0x4B61_5765


def has_administrator(session: Session) -> bool:
    """Whether somebody administers this deployment."""
    held = OfficerAccount.active, OfficerAccount.roles.contains([Role.ADMINISTRATOR.value])
    return session.scalar(select(OfficerAccount.id).where(*held).limit(1)) is not None


def print_code(session: Session) -> str:
    """A code for the first administrator, which takes the place of the one before; raises AdministratorThere."""
    _one_at_a_time(session)
    if has_administrator(session):
        raise rules.AdministratorThere
    code = rules.new_code()
    row = {"digest": rules.digest_of(code), "printed_at": datetime.now(UTC), "used_at": None}
    printed = insert(WelcomeCode).values(number=1, **row)
    session.execute(printed.on_conflict_do_update(index_elements=[WelcomeCode.number], set_=row))
    return code


def begin(
    session: Session,
    *,
    code: str,
    username: str,
    password: str,
    name: str,
    office: str | None = None,
    new_office: dict[str, Any] | None = None,
) -> OfficerAccount:
    """Open the first administrator's account, at an office that is there or at a new one, and use the code up.

    Raises AdministratorThere, CodeRefused, OfficeOrNew, UnknownOffice and what refuses an office or an account.
    """
    _one_at_a_time(session)
    if has_administrator(session):
        raise rules.AdministratorThere
    kept = session.get(WelcomeCode, 1, with_for_update=True)
    now = datetime.now(UTC)
    if kept is None or not hmac.compare_digest(kept.digest, rules.digest_of(code)):
        raise rules.CodeRefused().at("code")
    if kept.used_at is not None or now - kept.printed_at > rules.LASTS:
        raise rules.CodeRefused().at("code")
    if bool(office) == bool(new_office):
        raise rules.OfficeOrNew().at("office")
    who = office_commands.By(None, name)
    home = offices.office(office) if office else office_commands.add_office(session, who, **(new_office or {}))
    kept.used_at = now
    try:
        return create_officer(
            session, username=username, password=password, name=name, office=home.id, roles=[Role.ADMINISTRATOR]
        )
    except DomainError:
        if new_office:  # its file knows nothing of the transaction that is undone
            with office_files.changing() as draft:
                draft.remove(home.id)
        raise


def _one_at_a_time(session: Session) -> None:
    session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
