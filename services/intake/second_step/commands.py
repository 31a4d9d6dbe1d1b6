"""Setting the second step up, asking for it, and removing it."""

import time
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.accounts import log, queries
from services.intake.accounts.models import OfficerAccount, RecoveryCode, SecondStep
from services.intake.accounts.queries import officer_of
from services.intake.accounts.rules import OneselfRefused, What
from services.intake.second_step import rules
from services.intake.sessions.commands import end_access
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.kernel.settings import settings


def is_set_up(session: Session, account_id: UUID) -> bool:
    """Whether she has a second step."""
    step = session.get(SecondStep, account_id)
    return step is not None and step.confirmed_at is not None


def is_asked_of(session: Session, account: OfficerAccount) -> bool:
    """Whether her roles need a second step: as the settings say, never of the only administrator."""
    wanted = frozenset(account.roles) & settings().two_step_roles
    if not wanted or settings().is_demonstration:
        return False
    return not (Role.ADMINISTRATOR in account.roles and queries.administrators(session) == 1)


def due(session: Session, account: OfficerAccount) -> date | None:
    """Until when she may put it off, from her first sign-in on; None where nothing is asked of her."""
    if is_set_up(session, account.id) or not is_asked_of(session, account):
        return None
    if account.step_due_on is None:
        account.step_due_on = clock.today() + rules.PUT_OFF
    return account.step_due_on


def is_overdue(session: Session, account: OfficerAccount) -> bool:
    """Whether she can put it off no longer."""
    until = due(session, account)
    return until is not None and until < clock.today()


def begin(session: Session, account: OfficerAccount) -> SecondStep:
    """A secret for her telephone, which counts once a code of it was typed; a page loaded again shows the same."""
    step = session.get(SecondStep, account.id, with_for_update=True)
    if step is None:
        step = SecondStep(account_id=account.id, secret=rules.new_secret())
        session.add(step)
        session.flush()
    elif step.confirmed_at is not None:
        raise rules.StepThere
    return step


def confirm(session: Session, account: OfficerAccount, code: str) -> list[str]:
    """Let the secret count from now on, and give the recovery codes, which are shown this once."""
    log.hold(session)
    step = session.get(SecondStep, account.id, with_for_update=True, populate_existing=True)
    if step is None or step.confirmed_at is not None:
        raise rules.NoStep
    used = rules.step_of(step.secret, code, time.time(), step.last_step)
    if used is None:
        raise rules.CodeWrong().at("code")
    step.last_step, step.confirmed_at = used, datetime.now(UTC)
    codes = rules.recovery_codes()
    session.add_all(RecoveryCode(account_id=account.id, hash=rules.hash_of(each)) for each in codes)
    log.note(session, officer_of(account), account.id, What.STEP_ENROLLED)
    return codes


def passes(session: Session, account_id: UUID, code: str) -> bool:
    """Whether a code is hers and new; it is used up by that."""
    step = session.get_one(SecondStep, account_id, with_for_update=True, populate_existing=True)
    used = rules.step_of(step.secret, code, time.time(), step.last_step)
    if used is not None:
        step.last_step = used
        return True
    found = session.scalar(
        select(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.hash == rules.hash_of(code))
        .with_for_update()
    )
    if found is None or found.used_at is not None:
        return False
    found.used_at = datetime.now(UTC)
    return True


def remove(session: Session, by: Officer | None, account_id: UUID) -> OfficerAccount:
    """Let somebody who lost her telephone set the second step up anew; all that she has open ends."""
    log.hold(session)
    account = queries.account(session, by, account_id, locked=True)
    if by is not None and by.id == account.id:
        raise OneselfRefused
    step = session.get(SecondStep, account.id, with_for_update=True)
    if step is None:
        raise rules.NoStep
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.delete(step)
    account.step_due_on = None
    account.revision += 1
    log.note(session, by, account.id, What.STEP_REMOVED)
    end_access(session, account.id)
    return account
