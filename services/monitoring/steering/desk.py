"""Explanations on start pages: at the office that owes one, and, once it is late, at the coordinator's who asked."""

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.monitoring.flow.pages import titles
from services.monitoring.steering import queries
from services.monitoring.steering.models import CoordinatorAsk
from shared.desk import rows
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.referrals.words import number
from shared.web import access
from shared.web.showing import area_name, office_name


def owed(session: Session, officer: Officer) -> rows.Part:
    """What her office owes an explanation about, the earliest due first."""
    if not access.holds(officer, Permission.TASKS_DO):
        return rows.Part()

    def lines(asks: Sequence[CoordinatorAsk]) -> list[rows.Row]:
        named = titles()
        return [
            rows.Row(
                kind="explanation",
                act=_("Answer the coordinator"),
                what=named.stage(each.programme, each.stage, each.version),
                about=f"{area_name(each.area)} · {number(each.journey_id)}",
                address=f"/monitoring/{officer.agency}/asks/{each.id}",
                **(rows.dated(each.asked_at, each.due_at) if each.due_at else {}),
            )
            for each in asks
        ]

    return _part(session, queries.owed_by(officer), lines)


def late(session: Session, officer: Officer) -> rows.Part:
    """What offices have not explained in time to her own office, which had asked, the longest late first."""
    if not access.holds(officer, Permission.JOURNEYS_COORDINATE):
        return rows.Part()

    def lines(asks: Sequence[CoordinatorAsk]) -> list[rows.Row]:
        named = titles()
        return [
            rows.Row(
                kind="late-explanation",
                act=office_name(each.office),
                what=_("No explanation: %(stage)s", stage=named.stage(each.programme, each.stage, each.version)),
                about=f"{area_name(each.area)} · {number(each.journey_id)}",
                address=f"/monitoring/{officer.agency}/journeys/{each.journey_id}/steer",
                due_at=each.due_at,
            )
            for each in asks
        ]

    return _part(session, queries.late_to(officer), lines)


def _part(
    session: Session, wanted: Select[CoordinatorAsk], lines: Callable[[Sequence[CoordinatorAsk]], list[rows.Row]]
) -> rows.Part:
    found = session.scalars(wanted.order_by(CoordinatorAsk.due_at, CoordinatorAsk.id).limit(rows.MOST)).all()
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return rows.listed(lines(found), total)


SOURCES = (owed, late)
