"""What grants hears of groups: that one is frozen, that it has mended, and that one has split."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.grants.groups import models
from services.grants.groups.models import GroupFreeze
from shared.bus import Heard, batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.intake import GroupFrozen, GroupMended, GroupSplit


def hear_groups_frozen(session: Session, heard: Sequence[Heard[GroupFrozen]]) -> None:
    """Note the latest freeze of each group."""
    latest = _latest(heard)
    _note(
        session,
        [{"group_id": each.group_id, "frozen_at": each.frozen_at, "mend_by": each.mend_by} for each in latest],
        "frozen_at",
        "mend_by",
    )


def hear_groups_mended(session: Session, heard: Sequence[Heard[GroupMended]]) -> None:
    """Note the latest freeze of each group that is over."""
    _note(session, [{"group_id": each.group_id, "mended": each.frozen_at} for each in _latest(heard)], "mended")


def hear_groups_split(session: Session, heard: Sequence[Heard[GroupSplit]]) -> None:
    """Note the splits; what the grants of these groups hold is divided on the grants' pages."""
    rows = [
        {
            "id": each.event.split_id,
            "group_id": each.event.group_id,
            "parts": [str(part) for part in each.event.parts],
            "split_on": each.event.split_on,
            # Heard once more after a loss, the sealed part is gone: then the groups are known by their numbers.
            "berita_acara": (each.sealed or {}).get("berita_acara"),
            "names": (each.sealed or {}).get("names"),
        }
        for each in heard
    ]
    session.execute(insert(models.GroupSplit).on_conflict_do_nothing(), rows)


HEARS: Mapping[type[Event], Hearing] = {
    GroupFrozen: batch(hear_groups_frozen),
    GroupMended: batch(hear_groups_mended),
    GroupSplit: batch(hear_groups_split),
}


def _latest(heard: Sequence[Heard[Any]]) -> list[Any]:
    latest: dict[Any, Any] = {}
    for each in heard:
        if each.event.group_id not in latest or latest[each.event.group_id].frozen_at < each.event.frozen_at:
            latest[each.event.group_id] = each.event
    return [latest[group_id] for group_id in sorted(latest)]


def _note(session: Session, rows: list[dict[str, Any]], *names: str) -> None:
    noted = insert(GroupFreeze)
    # GREATEST passes over NULL: the first thing that is heard counts, whichever it is.
    grown = {name: func.greatest(getattr(GroupFreeze, name), noted.excluded[name]) for name in names}
    session.execute(noted.on_conflict_do_update(index_elements=["group_id"], set_=grown), rows)
