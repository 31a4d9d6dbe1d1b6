"""The head of the compartment's log, sealed: told to the other services daily, so that a cut end does not pass unseen.

What is told is a hash over the head and a random salt that stays in the compartment: another one every day, whether a
line was added or not, so that nobody outside learns even that. Where the seal comes from, the compartment's own row of
that day shows; without this row, or with a log that does not bear it out, what was told cannot be.
"""

import hashlib
import os
from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.protection import log
from services.intake.protection.models import LogLine, SealedHead
from shared.anchors import commands as anchors
from shared.kernel import clock
from shared.privacy.chain import GENESIS
from shared.storage import Database

NAME = "intake.protection"
"""What the log is called among those whose heads are told."""
SALT_BYTES = 32


def anchor(base: Database) -> None:
    """Note where the log ends today, and then tell the seal of it; both once a day, also after being killed between."""
    with base.reading() as session:
        today = clock.today()
        is_noted = session.get(SealedHead, today) is not None
    if not is_noted:
        with base.transaction() as session:
            _note(session, today)
    with base.transaction() as session:
        noted = session.get_one(SealedHead, today)
        anchors.tell_seal(session, NAME, noted.day, seal_of(noted))


def bears_out(session: Session, seals: Collection[bytes]) -> bool:
    """Whether the log still ends, or goes on, where it ended on every day, and every seal that was told is of one."""
    stands = exists().where(and_(LogLine.seq == SealedHead.lines, LogLine.hash == SealedHead.hash))
    begun = and_(SealedHead.lines == 0, SealedHead.hash == GENESIS)
    if session.scalar(select(SealedHead.day).where(~or_(begun, stands)).limit(1)) is not None:
        return False
    return set(seals) <= {seal_of(each) for each in session.scalars(select(SealedHead))}


def seal_of(head: SealedHead) -> bytes:
    """What is told of a head."""
    return hashlib.sha256(head.salt + f"{head.day}\0{head.lines}\0".encode() + head.hash).digest()


def _note(session: Session, day: date) -> None:
    lines, hash_ = log.end(session)
    row = {"day": day, "salt": os.urandom(SALT_BYTES), "lines": lines, "hash": hash_}
    session.execute(insert(SealedHead).values(row).on_conflict_do_nothing(), bind_arguments={"mapper": SealedHead})
