"""What the funds did."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.monitoring.money.models import FundFigure
from shared.programmes.definition import Programme


def funds(session: Session, ids: Collection[str]) -> Sequence[FundFigure]:
    """These funds as they stand, by name; those that grants has not opened yet are missing."""
    return session.scalars(select(FundFigure).where(FundFigure.id.in_(ids)).order_by(FundFigure.id)).all()


def fund_ids(programme: Programme) -> tuple[str, ...]:
    """The funds that a programme's stages spend from."""
    named = (stage.settings.get("fund") for stage in programme.stages.values())
    return tuple(dict.fromkeys(fund for fund in named if fund))
