"""What both doors do alike where a grant is changed beside its stages: hold it, so that nobody else changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.goods import queries
from services.grants.goods.models import Grant
from shared.identity.officer import Officer
from shared.web import door


@contextmanager
def changing(grant_id: UUID) -> Iterator[tuple[Session, Officer, Grant]]:
    """The request's transaction, the officer, and the grant, which is locked; raises NotFound."""
    with door.transaction() as session:
        officer = door.current_officer()
        yield session, officer, queries.grant_for(session, officer, grant_id, lock=True)
