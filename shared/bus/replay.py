"""Tells a projection everything again, from the start of every log."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shared.bus.models import Cursor, HeldEvent
from shared.bus.subscribers import Subscriber
from shared.kernel.errors import Conflict


class NotAProjection(Conflict):
    """{name} does things of its own and cannot be told its past again; only a projection can."""

    indonesian = "{name} mengerjakan hal nyata sehingga tidak dapat diulang; hanya proyeksi yang dapat."


def rewind(session: Session, subscriber: Subscriber) -> None:
    """Empty a projection and put its cursors back to the start.

    Once this is committed, `tasks.state_cursors` asks every source to send again from there.
    """
    if subscriber.reset is None:
        raise NotAProjection(name=subscriber.name)
    session.execute(delete(Cursor).where(Cursor.subscriber == subscriber.name))
    session.execute(delete(HeldEvent).where(HeldEvent.subscriber == subscriber.name))
    subscriber.reset(session)
