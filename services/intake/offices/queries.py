"""The offices of the deployment, what intake knows them to hold, and what was done to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from services.intake.accounts.models import OfficerAccount
from services.intake.journeys.models import Journey
from services.intake.journeys.rules import JourneyStatus
from services.intake.offices.models import OfficeChange
from shared.identity import offices
from shared.identity.offices import Office
from shared.programmes.state import OUT
from shared.succession.queries import left_behind
from shared.succession.rules import LeftBehind


@dataclass(frozen=True, slots=True)
class Listed:
    """An office and how many officers have an account there."""

    office: Office
    officers: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What waits for an office: officers there, open journeys that it leads, and open stages that it has."""

    officers: int
    leads: int
    stages: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An office with what waits for it, and what was done to it, the latest first."""

    office: Office
    owed: Owed
    changes: Sequence[OfficeChange]


def listed(session: Session) -> list[Listed]:
    """Every office, the open ones first, by region and role."""
    rows = session.execute(
        select(OfficerAccount.office, func.count()).where(OfficerAccount.active).group_by(OfficerAccount.office)
    )
    officers = {office: number for office, number in rows}  # noqa: C416
    known = sorted(offices.all_offices().values(), key=lambda each: (not each.is_open, each.region, each.agency))
    return [Listed(each, officers.get(each.id, 0)) for each in known]


def left(session: Session) -> list[LeftBehind]:
    """What intake still keeps for offices that are closed, or that no file names."""
    return left_behind(session)


def shown(session: Session, identifier: str) -> Shown:
    """One office; raises UnknownOffice."""
    return Shown(offices.office(identifier), owed(session, identifier), changes(session, identifier))


def owed(session: Session, office: str) -> Owed:
    """What waits for an office."""
    officers = select(func.count()).where(OfficerAccount.active, OfficerAccount.office == office)
    leads = select(func.count()).where(Journey.status == JourneyStatus.OPEN, Journey.lead_office == office)
    stage = (
        func.jsonb_path_query(Journey.state, cast("$.stages.*", JSONPATH))
        .table_valued("stage")
        .render_derived(name="each")
    )
    stages = (
        select(func.count())
        .select_from(Journey)
        .join(stage, onclause=true())
        .where(
            Journey.status == JourneyStatus.OPEN,
            stage.c.stage.op("->>")("office") == office,
            stage.c.stage.op("->>")("standing").in_(sorted(OUT)),
        )
    )
    return Owed(*(session.scalar(each) or 0 for each in (officers, leads, stages)))


def changes(session: Session, office: str) -> Sequence[OfficeChange]:
    """What was done to an office, the latest first."""
    statement = select(OfficeChange).where(OfficeChange.office == office)
    return session.scalars(statement.order_by(OfficeChange.changed_at.desc(), OfficeChange.id.desc())).all()
