"""What the funds did."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.monitoring import versions
from services.monitoring.money.models import FundFigure
from shared.programmes.definition import Programme


def funds(session: Session, ids: Collection[str]) -> Sequence[FundFigure]:
    """These funds as they stand, by name; those that grants has not opened yet are missing."""
    return session.scalars(select(FundFigure).where(FundFigure.id.in_(ids)).order_by(FundFigure.id)).all()


def fund_ids(programme: Programme) -> tuple[str, ...]:
    """The funds that a programme's stages spend from."""
    stages = (stage for each in versions.of(programme) for stage in each.stages.values())
    named = (stage.settings.get("fund") for stage in stages)
    return tuple(dict.fromkeys(fund for fund in named if fund))
