"""The sender hears how far a subscriber has come, and stops when their histories differ."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, literal, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.bus import routes
from shared.bus.log import CHANNEL
from shared.bus.messages import Confirmation, Saying
from shared.bus.models import LoggedEvent, Subscription, SubscriptionState, Wish
from shared.bus.relay import hashes_at
from shared.kernel.logging import get_logger
from shared.storage.database import Database

log = get_logger(__name__)

ONE_ROW = select(literal(1)).subquery()
QUIET = timedelta(seconds=5)
"""A subscriber that confirms something is well; only a quiet one can have been restored without anybody noticing."""


def hear(database: Database, confirmations: Sequence[Confirmation]) -> None:
    """Note a subscriber's positions, forwards, or backwards where it misses something; halt what cannot be ours."""
    said = {each.partition: each for each in confirmations}
    with database.transaction() as session:
        subscriptions = session.scalars(
            select(Subscription)
            .where(
                Subscription.subscriber == confirmations[0].subscriber,
                Subscription.partition.in_(said),
                Subscription.state == SubscriptionState.ACTIVE,
            )
            .order_by(Subscription.partition)
            .with_for_update()
        ).all()
        own = hashes_at(session, {each.partition: said[each.partition].position for each in subscriptions})
        now = _keep_wishes(session, confirmations[0])
        moved = []
        for subscription in subscriptions:
            confirmation = said[subscription.partition]
            if alarm := _alarm(own.get(subscription.partition), confirmation):
                subscription.state, subscription.alarm = SubscriptionState.HALTED, alarm
                log.error(
                    "subscription-halted",
                    subscriber=subscription.subscriber,
                    partition=subscription.partition,
                    alarm=alarm,
                )
            elif _says_something_new(subscription, confirmation, now):
                moved.append((subscription, subscription.confirmed, confirmation.position))
                subscription.asked += confirmation.saying is Saying.MISSING
                subscription.confirmed, subscription.heard_from_at = confirmation.position, now
        if moved:
            _erase_sealed(session, moved)
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


def _keep_wishes(session: Session, said: Confirmation) -> datetime:
    """Note what the subscriber wishes by now, where that is new; says what time it is."""
    known = select(Wish.declined, Wish.elsewhere).where(Wish.subscriber == said.subscriber).subquery()
    asked = select(func.clock_timestamp().label("now"), known.c.declined, known.c.elsewhere)
    now, *before = session.execute(asked.select_from(ONE_ROW.outerjoin(known, true()))).one()
    if (wishes := said.wishes) and before != [list(wishes.declined), list(wishes.elsewhere)]:
        said_now = {"declined": list(wishes.declined), "elsewhere": list(wishes.elsewhere)}
        noted = insert(Wish).values(subscriber=said.subscriber, **said_now)
        session.execute(noted.on_conflict_do_update(index_elements=[Wish.subscriber], set_=said_now))
    return now  # type: ignore[no-any-return]


def _alarm(own: bytes | None, confirmation: Confirmation) -> str | None:
    position = confirmation.position
    if own is None:
        return f"it has heard up to {position}, which this log does not reach: this database was restored"
    if own != confirmation.hash:
        return f"its history differs from this log's at position {position}"
    if confirmation.saying is Saying.DIVERGED:
        return f"what follows position {position} does not continue its history"
    return None


def _says_something_new(subscription: Subscription, confirmation: Confirmation, now: datetime) -> bool:
    """Whether the relay has anything to do about it: most of what is stated unasked is known, a late word is old."""
    if confirmation.saying is Saying.MISSING:
        return True
    if confirmation.saying is Saying.HEARD:
        return confirmation.position > subscription.confirmed
    return confirmation.position != subscription.confirmed and not _was_just_heard(subscription, now)


def _was_just_heard(subscription: Subscription, now: datetime) -> bool:
    """Whether a position that was stated unasked may be older than what was confirmed meanwhile."""
    return subscription.heard_from_at is not None and subscription.heard_from_at > now - QUIET


def _erase_sealed(session: Session, moved: Sequence[tuple[Subscription, int, int]]) -> None:
    """Erase the parts sealed for this subscriber that it has now confirmed; the chain covers their digest only."""
    subscriber = moved[0][0].subscriber
    addressee = routes.service_of(subscriber)
    if subscriber != addressee:
        return
    session.execute(
        update(LoggedEvent)
        .where(
            or_(
                *(
                    and_(
                        LoggedEvent.partition == subscription.partition,
                        LoggedEvent.position > before,
                        LoggedEvent.position <= confirmed,
                    )
                    for subscription, before, confirmed in moved
                )
            ),
            LoggedEvent.sealed.is_not(None),
            LoggedEvent.sealed.has_key(addressee),
        )
        .values(sealed=func.nullif(LoggedEvent.sealed.op("-")(addressee), text("'{}'::jsonb")))
        .execution_options(synchronize_session=False)
    )
