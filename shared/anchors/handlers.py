"""What a service does when another tells of the head of its log: keep it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shared.anchors import commands
from shared.bus import Heard
from shared.bus.subscribers import Hearing, each
from shared.events.anchors import AccessLogAnchored, SealedLogAnchored
from shared.events.envelope import Event


def hear_access_log_anchored(session: Session, heard: Heard[Any]) -> None:
    """Keep the head of another service's log; nobody tells of a log that is not its own."""
    told: AccessLogAnchored = heard.event
    if told.log.partition(".")[0] == heard.source:
        commands.note(session, told.log, told.lines, bytes.fromhex(told.hash))


def hear_sealed_log_anchored(session: Session, heard: Heard[Any]) -> None:
    """Keep the seal of another service's log, of which nothing else is known."""
    told: SealedLogAnchored = heard.event
    if told.log.partition(".")[0] == heard.source:
        commands.note(session, told.log, commands.UNTOLD, bytes.fromhex(told.seal))


HEARS: Mapping[type[Event], Hearing] = {
    AccessLogAnchored: each(hear_access_log_anchored),
    SealedLogAnchored: each(hear_sealed_log_anchored),
}
