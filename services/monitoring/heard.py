"""How many events at once become rows: PostgreSQL unpacks them from one JSON parameter, whatever their number."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.bus import Heard
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event

CHANNEL = "kail_figures"
"""Where PostgreSQL tells whoever listens, once a transaction is committed, that figures have changed."""

CHANGED = text(f"NOTIFY {CHANNEL}")


def telling(hears: Mapping[type[Event], Hearing]) -> dict[type[Event], Hearing]:
    """The same handlers, each of which also tells the open pages of its commit; PostgreSQL says it once."""
    told = {hearing: _telling(hearing) for hearing in hears.values()}
    return {event: told[hearing] for event, hearing in hears.items()}


def _telling(hearing: Hearing) -> Hearing:
    def hear(session: Session, heard: Any) -> None:
        hearing.handler(session, heard)
        session.execute(CHANGED)

    return replace(hearing, handler=hear)


def rows_of(heard: Iterable[Heard[Any]], *, key: str, at: str) -> dict[str, list[dict[str, Any]]]:
    """The parameter of these events: what each says, its field `key` as `id`, and its moment under the name `at`.

    Each event stands there once, and in one order, so that two writers never wait for each other in a circle.
    """
    once = {each.envelope["id"]: each.envelope for each in heard}
    rows = [{**each["data"], "id": each["data"][key], at: each["time"]} for each in once.values()]
    return {"rows": sorted(rows, key=lambda row: row["id"])}
