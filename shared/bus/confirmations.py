"""The sender hears how far a subscriber has come, and stops when their histories differ."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.chain import GENESIS
from shared.bus.log import CHANNEL
from shared.bus.messages import Confirmation, Saying
from shared.bus.models import Subscription, SubscriptionState, Wish
from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)

QUIET = timedelta(seconds=5)
"""A subscriber that confirms something is well; only a quiet one can have been restored without anybody noticing."""

STANDING = text("""
    SELECT partition, subscription.confirmed, subscription.heard_from_at, event_log.hash, clock_timestamp() AS now,
           wish.declined = CAST(:declined AS text[]) AND wish.elsewhere = CAST(:elsewhere AS text[]) AS wished
      FROM unnest(CAST(:partitions AS smallint[]), CAST(:positions AS bigint[])) AS said (partition, position)
      JOIN subscription USING (partition)
      LEFT JOIN event_log USING (partition, position)
      LEFT JOIN subscriber_wish AS wish USING (subscriber)
     WHERE subscriber = :subscriber AND subscription.state = 'active'
     ORDER BY partition
       FOR UPDATE OF subscription
""")
"""How far the subscriptions are that a subscriber speaks of, and what hash the log itself has at what it says."""

NOTE = text("""
    WITH news AS (
        SELECT *
          FROM unnest(CAST(:partitions AS smallint[]), CAST(:before AS bigint[]), CAST(:positions AS bigint[]),
                      CAST(:missing AS integer[])) AS told (partition, before, position, missing)
    ), moved AS (
        UPDATE subscription
           SET confirmed = news.position, asked = asked + news.missing, heard_from_at = clock_timestamp()
          FROM news
         WHERE subscription.subscriber = :subscriber AND subscription.partition = news.partition
    ), erased AS (
        UPDATE event_log
           SET sealed = nullif(sealed - CAST(:addressee AS text), '{}')
          FROM news
         WHERE event_log.partition = news.partition
           AND event_log.position > news.before AND event_log.position <= news.position
           AND sealed IS NOT NULL AND sealed ? CAST(:addressee AS text)
    )
    SELECT pg_notify(:channel, '')
""")
"""Move subscriptions, erase what was sealed for the addressee and is confirmed by now (the chain covers only the
digest of that), and wake the relay: one statement, because a busy system hears a hundred confirmations a second."""


def hear(database: Database, confirmations: Sequence[Confirmation]) -> None:
    """Note a subscriber's positions, forwards, or backwards where it misses something; halt what cannot be ours."""
    subscriber, said = confirmations[0].subscriber, {each.partition: each for each in confirmations}
    with database.transaction() as session:
        standing = _standing(session, subscriber, said)
        news = []
        for row in standing:
            if alarm := _alarm(row.hash, said[row.partition]):
                _halt(session, subscriber, row.partition, alarm)
            elif _says_something_new(row, said[row.partition]):
                news.append((row.confirmed, said[row.partition]))
        if news:
            _note(session, subscriber, news)


def resume(session: Session, subscriber: str) -> int:
    """Send to a halted subscriber again, after an operator has made the two histories agree; returns how many
    partitions were resumed."""
    resumed = session.execute(
        update(Subscription)
        .where(Subscription.subscriber == subscriber, Subscription.state == SubscriptionState.HALTED)
        .values(state=SubscriptionState.ACTIVE, alarm=None)
        .returning(Subscription.partition)
    ).all()
    return len(resumed)


def _standing(session: Session, subscriber: str, said: Mapping[int, Confirmation]) -> Sequence[Row[Any]]:
    """Lock the active subscriptions that are spoken of; note what the subscriber wishes by now, where that is new."""
    wishes = next(iter(said.values())).wishes
    wished = {"declined": list(wishes.declined), "elsewhere": list(wishes.elsewhere)} if wishes else {}
    asked = {"partitions": list(said), "positions": [each.position for each in said.values()]}
    nothing = {"declined": None, "elsewhere": None}
    rows = session.execute(STANDING, {"subscriber": subscriber, **asked, **nothing, **wished}).all()
    if wished and not (rows and rows[0].wished):
        noted = insert(Wish).values(subscriber=subscriber, **wished)
        session.execute(noted.on_conflict_do_update(index_elements=[Wish.subscriber], set_=wished))
    return rows


def _note(session: Session, subscriber: str, news: Sequence[tuple[int, Confirmation]]) -> None:
    told = {
        "channel": CHANNEL,
        "partitions": [each.partition for _, each in news],
        "before": [before for before, _ in news],
        "positions": [each.position for _, each in news],
        "missing": [int(each.saying is Saying.MISSING) for _, each in news],
    }
    is_service = routes.service_of(subscriber) == subscriber  # a projection is sent nothing that is sealed
    session.execute(NOTE, {"subscriber": subscriber, "addressee": subscriber if is_service else None, **told})


def _halt(session: Session, subscriber: str, partition: int, alarm: str) -> None:
    session.execute(
        update(Subscription)
        .where(Subscription.subscriber == subscriber, Subscription.partition == partition)
        .values(state=SubscriptionState.HALTED, alarm=alarm)
    )
    log.error("subscription-halted", subscriber=subscriber, partition=partition, alarm=alarm)


def _alarm(own: bytes | None, confirmation: Confirmation) -> str | None:
    position = confirmation.position
    own = GENESIS if position == 0 else own
    if own is None:
        return f"it has heard up to {position}, which this log does not reach: this database was restored"
    if own != confirmation.hash:
        return f"its history differs from this log's at position {position}"
    if confirmation.saying is Saying.DIVERGED:
        return f"what follows position {position} does not continue its history"
    return None


def _says_something_new(row: Row[Any], confirmation: Confirmation) -> bool:
    """Whether the relay has anything to do about it: most of what is stated unasked is known, a late word is old."""
    if confirmation.saying is Saying.MISSING:
        return True
    if confirmation.saying is Saying.HEARD:
        return confirmation.position > row.confirmed  # type: ignore[no-any-return]
    return confirmation.position != row.confirmed and not _was_just_heard(row.heard_from_at, row.now)


def _was_just_heard(heard_from_at: datetime | None, now: datetime) -> bool:
    """Whether a position that was stated unasked may be older than what was confirmed meanwhile."""
    return heard_from_at is not None and heard_from_at > now - QUIET
