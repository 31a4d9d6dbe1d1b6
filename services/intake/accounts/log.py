"""The log of all that befell accounts, in a chain that shows when a line was changed or taken out."""

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.accounts.models import AccountLine
from services.intake.accounts.rules import What
from shared.anchors import queries as anchors
from shared.anchors.logs import ChainedLog
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.privacy import chain

CHAIN_LOCK = 0x6B61696C_61636374  # "kailacct"


def hold(session: Session) -> None:
    """Let one change of accounts happen after the other: who is the last administrator is only so decided."""
    chain.end(session, CHAIN_LOCK, AccountLine.seq, AccountLine.hash)


def note(
    session: Session,
    by: Officer | None,
    about: UUID,
    what: What,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what somebody did to an account, and in which capacity where she acts for a post.

    Without an officer it was the command line.
    """
    said = {"signed": by.signs} if by is not None and by.acting is not None else {}
    note_all(session, by.id if by else None, [about], what, before, {**(after or {}), **said})


def note_all(
    session: Session,
    by_id: UUID | None,
    about: Iterable[UUID],
    what: What,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what was done to several accounts at once, a line for each of them."""
    ended, last = chain.end(session, CHAIN_LOCK, AccountLine.seq, AccountLine.hash)
    at = clock.now()
    for seq, account_id in enumerate(about, ended + 1):
        line = AccountLine(
            seq=seq, at=at, by=by_id, about=account_id, what=what, before=before or {}, after=after or {}
        )
        line.hash = last = chain.link(last, _content(line))
        session.add(line)
    session.flush()


def walk(session: Session, since: chain.End = chain.BEGINNING) -> chain.Walked:
    """Walk along the log, all of it or what came after an end that is known to be sound."""
    after = select(AccountLine).where(AccountLine.seq > since[0]).order_by(AccountLine.seq)
    with session.scalars(after.execution_options(yield_per=2_000)) as lines:
        return chain.walk(((each.seq, each.hash, _content(each)) for each in lines), since)


ACCOUNTS = ChainedLog("account", AccountLine.seq, AccountLine.hash, walk)
"""The log of accounts among those whose heads are told to another service."""


def broken_at(session: Session) -> int | None:
    """The first line that was changed, or that is not what was told of it; None when the chain holds."""
    found = walk(session).broken_at
    cut = next(anchors.not_as_told(session, ACCOUNTS, anchors.told_of(session, ACCOUNTS.of("intake"))), None)
    return found if found is not None or cut is None else cut.lines


def _content(line: AccountLine) -> bytes:
    by = str(line.by) if line.by else None
    said = [line.seq, line.at.astimezone(UTC).isoformat(), by, str(line.about), line.what, line.before, line.after]
    return json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
