"""What can be told of the calendars that cities add."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.calendars.models import NotedDecree
from shared.events.intake import DayKind
from shared.identity.areas import meet
from shared.identity.officer import Officer


def decrees(session: Session, officer: Officer | None) -> list[dict[str, Any]]:
    """The decrees of the officer's regions, also those that were removed, the latest first; all for the machine."""
    found: Sequence[NotedDecree] = session.scalars(
        select(NotedDecree).order_by(NotedDecree.noted_at.desc(), NotedDecree.id.desc())
    ).all()
    return [described(each) for each in found if officer is None or meet([each.region], officer.areas)]


def described(decree: NotedDecree) -> dict[str, Any]:
    """A decree as both doors show it."""
    days = sorted(
        ({**each, "day": date.fromisoformat(each["day"]), "kind": DayKind(each["kind"])} for each in decree.days),
        key=lambda each: each["day"],
    )
    names = ("id", "region", "number", "decreed_on", "issuer", "noted_name", "noted_at", "removed_because")
    return {
        **{name: getattr(decree, name) for name in (*names, "removed_name", "removed_at", "counted", "counted_at")},
        "days": days,
    }
