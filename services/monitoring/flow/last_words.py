"""What each office last did for anybody, so that one that has fallen silent is noticed.

A word is what an officer did: an office that was only offered something, reminded or given up on has said nothing, and
looking at something is no word either. Words are kept by the summing, which works alone, out of the journeys that it
sums; the same journeys told again in any order lead to the same words.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, except_, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, distinct_on, insert
from sqlalchemy.orm import Session

from services.monitoring.flow import tallies
from services.monitoring.flow.models import OfficeWord, TimelineEntry
from services.monitoring.flow.tallies import Condition
from shared.storage.rows import columns_of, core

DONE_BY_OFFICERS = (
    *("referral-accepted", "referral-reassigned", "referral-completed", "referral-declined", "referral-returned"),
    "visit-recorded",
)
"""Lines of the timeline that an officer wrote by what she did; each of them has its journey summed."""


@dataclass(frozen=True)
class LastWord:
    """What an office last did, and when; nothing, and never, where nothing was heard of it."""

    office: str
    type: str = ""
    happened_at: datetime | None = None


def last_words(session: Session, offices: Collection[str]) -> list[LastWord]:
    """The last words of these offices; who has been silent longest stands first."""
    said: Mapping[str, LastWord] = {
        each.office: LastWord(each.office, each.type, each.happened_at)
        for each in session.scalars(select(OfficeWord).where(OfficeWord.office.in_(offices)))
    }
    found = [said.get(office, LastWord(office)) for office in offices]
    return sorted(found, key=lambda each: (each.happened_at is not None, each.happened_at, each.office))


def heard_of(session: Session) -> Collection[str]:
    """The offices that have ever done anything."""
    return session.scalars(select(OfficeWord.office)).all()


def _latest(of: Callable[[Any], Condition]) -> Select[Any]:
    entry = TimelineEntry
    told = (entry.office, entry.agency, entry.type, entry.happened_at, entry.id.label("event_id"))
    latest: Select[*tuple[Any, ...]] = select(*told)
    return (
        latest.where(of(entry.journey_id), entry.type.in_(DONE_BY_OFFICERS), entry.office.is_not(None))
        .ext(distinct_on(entry.office))
        .order_by(entry.office, entry.happened_at.desc(), entry.id.desc())
    )


def _heard(of: Callable[[Any], Condition]) -> Insert:
    table = core(OfficeWord)
    heard = insert(table).from_select(columns_of(OfficeWord), _latest(of))
    return heard.on_conflict_do_update(
        index_elements=["office"],
        set_={name: heard.excluded[name] for name in columns_of(OfficeWord, but=["office"])},
        where=tuple_(heard.excluded.happened_at, heard.excluded.event_id)
        > tuple_(table.c.happened_at, table.c.event_id),
    )


HEARD = _heard(tallies.some)
"""Note the last words among the journeys that are summed; what is older than what is known changes nothing."""
HEARD_AFRESH = _heard(tallies.every)


def recount(session: Session) -> None:
    """Find every office's last word anew."""
    session.execute(delete(core(OfficeWord)))
    session.execute(HEARD_AFRESH)


def differences(session: Session) -> list[str]:
    """Where the words kept differ from the timeline, in words; nothing when all is well."""
    table = core(OfficeWord)
    fresh, stored = _latest(tallies.every).subquery("fresh"), select(table)
    missing = session.execute(except_(select(fresh), stored)).all()
    surplus = session.execute(except_(stored, select(fresh))).all()
    return [f"{table.name} is wrong about {each.office}" for each in (*missing, *surplus)]
