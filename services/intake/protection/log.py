"""The compartment's own log: every look and every change, in a chain that shows when a line was changed or taken out.

The access log of everybody (`shared.privacy.looks`) would tell its readers that there is a case, so nothing of the
compartment stands there. The chain runs over what is stored, not over what it says, so that an audit without the
compartment's key can walk it, and nobody can guess a line and compare.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.protection.models import LogLine
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.privacy.fields import Purpose, decrypt, encrypt

GENESIS = bytes(32)
CHAIN_LOCK = 0x6B61696C_70726F74  # "kailprot"


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says."""

    seq: int
    at: str
    officer_id: str
    officer: str
    what: str
    about: str | None
    why: str | None


def note(session: Session, officer: Officer, what: str, about: UUID | None = None, why: str | None = None) -> None:
    """Write down what the officer read or did; the lock lasts until the door commits."""
    session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)), bind_arguments={"mapper": LogLine})
    last = session.execute(select(LogLine.seq, LogLine.hash).order_by(LogLine.seq.desc()).limit(1)).first()
    seq, running = last or (0, GENESIS)
    said = {
        "at": clock.now().isoformat(),
        "officer_id": str(officer.id),
        "officer": officer.name,
        "what": what,
        "about": str(about) if about else None,
        "why": why,
    }
    line = encrypt(json.dumps(said, ensure_ascii=False), Purpose.PROTECTION)
    session.add(
        LogLine(seq=seq + 1, office=officer.office, line=line, hash=_link(running, seq + 1, officer.office, line))
    )
    session.flush()


def lines(session: Session, office: str, before: int | None = None, limit: int = 100) -> list[Line]:
    """An office's lines, the latest first."""
    statement = select(LogLine).where(LogLine.office == office)
    if before is not None:
        statement = statement.where(LogLine.seq < before)
    found = session.scalars(statement.order_by(LogLine.seq.desc()).limit(limit))
    return [Line(seq=each.seq, **_said(each)) for each in found]


def broken_at(session: Session) -> int | None:
    """The first line that was changed, or that follows one taken out; None when the chain holds."""
    running = GENESIS
    with session.scalars(select(LogLine).order_by(LogLine.seq).execution_options(yield_per=2_000)) as rows:
        for count, each in enumerate(rows, 1):
            running = _link(running, count, each.office, each.line)
            if each.seq != count or each.hash != running:
                return each.seq
    return None


def _said(line: LogLine) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decrypt(line.line, Purpose.PROTECTION))
    return found


def _link(previous: bytes, seq: int, office: str, line: bytes) -> bytes:
    return hashlib.sha256(previous + seq.to_bytes(8) + f"{office}\0".encode() + line).digest()
