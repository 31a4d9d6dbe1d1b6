"""The sender hears how far a subscriber has come, and stops when their histories differ."""

from datetime import timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.log import CHANNEL
from shared.bus.messages import Confirmation, Saying
from shared.bus.models import LoggedEvent, Subscription, SubscriptionState
from shared.bus.relay import hash_at
from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)

QUIET = timedelta(seconds=5)
"""A subscriber that confirms something is well; only a quiet one can have been restored without anybody noticing."""


def hear(database: Database, confirmation: Confirmation) -> None:
    """Note a subscriber's position, forwards, or backwards when it misses something; halt when it cannot be ours."""
    with database.transaction() as session:
        subscription = session.get(
            Subscription, (confirmation.subscriber, confirmation.partition), with_for_update=True
        )
        if subscription is None or subscription.state is SubscriptionState.HALTED:
            return
        alarm = _alarm(session, confirmation)
        if alarm:
            subscription.state, subscription.alarm = SubscriptionState.HALTED, alarm
            log.error(
                "subscription-halted", subscriber=confirmation.subscriber, partition=confirmation.partition, alarm=alarm
            )
            return
        if not _says_something_new(session, subscription, confirmation):
            return
        subscription.asked += confirmation.saying is Saying.MISSING
        _erase_sealed(session, subscription, confirmation.position)
        subscription.confirmed = confirmation.position
        subscription.heard_from_at = func.clock_timestamp()
        session.execute(text(f"NOTIFY {CHANNEL}"))


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


def _alarm(session: Session, confirmation: Confirmation) -> str | None:
    position = confirmation.position
    own = hash_at(session, confirmation.partition, position)
    if own is None:
        return f"it has heard up to {position}, which this log does not reach: this database was restored"
    if own != confirmation.hash:
        return f"its history differs from this log's at position {position}"
    if confirmation.saying is Saying.DIVERGED:
        return f"what follows position {position} does not continue its history"
    return None


def _says_something_new(session: Session, subscription: Subscription, confirmation: Confirmation) -> bool:
    """Whether the relay has anything to do about it: most of what is stated unasked is known, a late word is old."""
    if confirmation.saying is Saying.MISSING:
        return True
    if confirmation.saying is Saying.HEARD:
        return confirmation.position > subscription.confirmed
    return confirmation.position != subscription.confirmed and not _was_just_heard(session, subscription)


def _was_just_heard(session: Session, subscription: Subscription) -> bool:
    """Whether a position that was stated unasked may be older than what was confirmed meanwhile."""
    heard_at = subscription.heard_from_at
    return heard_at is not None and heard_at > session.scalars(select(func.clock_timestamp() - QUIET)).one()


def _erase_sealed(session: Session, subscription: Subscription, confirmed: int) -> None:
    """Erase the parts sealed for this subscriber that it has now confirmed; the chain covers their digest only."""
    addressee = routes.service_of(subscription.subscriber)
    if subscription.subscriber != addressee:
        return
    session.execute(
        update(LoggedEvent)
        .where(
            LoggedEvent.partition == subscription.partition,
            LoggedEvent.position > subscription.confirmed,
            LoggedEvent.position <= confirmed,
            LoggedEvent.sealed.is_not(None),
            LoggedEvent.sealed.has_key(addressee),
        )
        .values(sealed=func.nullif(LoggedEvent.sealed.op("-")(addressee), text("'{}'::jsonb")))
        .execution_options(synchronize_session=False)
    )
