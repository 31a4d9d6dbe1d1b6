"""The compartment's own log: every look and every change, in a chain that shows when a line was changed or taken out.

The access log of everybody (`shared.privacy.looks`) would tell its readers that there is a case, so nothing of the
compartment stands there. The chain runs over what is stored, not over what it says, so that an audit without the
compartment's key can walk it, and nobody can guess a line and compare.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.protection.models import LogLine
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.privacy import chain
from shared.privacy.fields import Purpose, decrypt, encrypt

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
    seq, running = end(session)
    said = {
        "at": clock.now().isoformat(),
        "officer_id": str(officer.id),
        "officer": officer.name,
        "what": what,
        "about": str(about) if about else None,
        "why": why,
    }
    line = encrypt(json.dumps(said, ensure_ascii=False), Purpose.PROTECTION)
    hash_ = chain.link(running, content(seq + 1, officer.office, line))
    session.add(LogLine(seq=seq + 1, office=officer.office, line=line, hash=hash_))
    session.flush()


def end(session: Session) -> chain.End:
    """Where the log ends; others who write wait until the door commits."""
    return chain.end(session, CHAIN_LOCK, LogLine.seq, LogLine.hash)


def lines(session: Session, office: str, before: int | None = None, limit: int = 100) -> list[Line]:
    """An office's lines, the latest first."""
    statement = select(LogLine).where(LogLine.office == office)
    if before is not None:
        statement = statement.where(LogLine.seq < before)
    found = session.scalars(statement.order_by(LogLine.seq.desc()).limit(limit))
    return [Line(seq=each.seq, **_said(each)) for each in found]


def broken_at(session: Session) -> int | None:
    """The first line that was changed, or that follows one taken out; None when the chain holds."""
    with session.scalars(select(LogLine).order_by(LogLine.seq).execution_options(yield_per=2_000)) as rows:
        return chain.walk((each.seq, each.hash, content(each.seq, each.office, each.line)) for each in rows).broken_at


def _said(line: LogLine) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decrypt(line.line, Purpose.PROTECTION))
    return found


def content(seq: int, office: str, line: bytes) -> bytes:
    """What of a line its hash covers."""
    return seq.to_bytes(8) + f"{office}\0".encode() + line
