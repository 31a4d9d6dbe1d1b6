"""Ending what an officer has open."""

from uuid import UUID

from sqlalchemy.orm import Session


def end_access(session: Session, officer_id: UUID) -> None:
    """SEAM."""
