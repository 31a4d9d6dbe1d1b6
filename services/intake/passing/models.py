"""The rows in which intake passes on what only the compartment may read.

Each completed talk writes one, whether a woman asked for a conversation or not; all are equally long, closed with the
compartment's key, and overwritten alike once the compartment has taken over what was in them.
"""

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.privacy.fields import EncryptedJSON, Purpose
from shared.storage import Base
from shared.storage.columns import RandomId

SIZE = 2_048
"""Bytes."""


class PassedOn(Base):
    """What one completed talk passes on: nothing, mostly."""

    __tablename__ = "passed_on"
    __table_args__ = (
        # what has not been taken over yet
        Index("ix_passed_on_waiting", "id", postgresql_where=text("waits")),
    )

    id: Mapped[RandomId]
    waits: Mapped[bool]
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(Purpose.PROTECTION, size=SIZE))
