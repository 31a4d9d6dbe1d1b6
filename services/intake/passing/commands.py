"""What is done with the rows that pass something on: written by every talk, and overwritten once they were read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.passing.models import PassedOn
from shared.kernel.failpoints import failpoint

AT_ONCE = 100


def pass_on(session: Session, notes: Sequence[Mapping[str, Any]]) -> None:
    """Write one row for each completed talk; an empty note looks like any other."""
    session.add_all(PassedOn(waits=True, content=dict(each)) for each in notes)
    session.flush()


def hand_over(session: Session, take: Callable[[list[dict[str, Any]]], None]) -> int:
    """Let somebody take over what waits, and overwrite it when she has it for good; says how many rows there were.

    `take` may be told the same again after a crash.
    """
    rows = session.scalars(
        select(PassedOn).where(PassedOn.waits).order_by(PassedOn.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    take([each.content for each in rows if each.content])
    failpoint("protection.taken-over")
    for each in rows:
        each.waits, each.content = False, {}
    session.flush()
    return len(rows)
