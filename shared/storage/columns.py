"""The few column types that every table is made of."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import DateTime, Enum
from sqlalchemy.orm import mapped_column

from shared.kernel import ids

Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=ids.new_id)]
RandomId = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
"""An identifier that tells nothing of the moment at which it was made."""
Timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]


def enum_text(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Text that the database itself holds to the values of an enum (a CHECK, so that a value can be added simply)."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        name=name or kind.__name__.lower(),
        length=40,
    )
