"""Offers as a service hears them, and a stage whose work is one number: the worklist needs no more to be tried."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from shared.bus.subscribers import Heard
from shared.events.envelope import Event
from shared.events.intake import ParticularsShared, StageOffered, StageWithdrawn, SubjectKind
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.kernel.errors import Invalid
from shared.privacy import sealed as seals
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork

AREA = "64.02.05.2001"
PARTICULARS = {"name": "Siti Aminah", "phone": "0812-0000-9001"}


class NobodyCounted(Invalid):
    """Say how many sessions she attended."""

    indonesian = "Isi jumlah pertemuan yang diikuti."


class Attended(Schema):
    sessions_attended = fields.Integer(required=True)


@dataclass
class CountedSessions(StageWork):
    """A stage that asks one number, and remembers what the worklist told it."""

    told: list[tuple[str, tuple[UUID, ...]]] = field(default_factory=list)

    kind = "training.course"
    work_schema = Attended
    completion_schema = Attended
    template = "counted_sessions.html"

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        self.told.append(("opened", tuple(each.id for each in referrals)))

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        self.told.append(("recorded", (referral.id,)))

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        if any(told["sessions_attended"] < 0 for _, told in pairs):
            raise NobodyCounted(errors={"sessions_attended": ["?"]})
        return [Completion("attended" if told["sessions_attended"] else "absent", dict(told)) for _, told in pairs]

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        self.told.append(("withdrawn", tuple(each.id for each in referrals)))


def officer(**changes: Any) -> Officer:
    """An officer of Dinsos Kalimantan Timur who works in all of Kutai Kartanegara."""
    given: dict[str, Any] = {
        "id": ids.new_id(),
        "name": "Rahmah",
        "office": "dinsos-kaltim",
        "agency": "dinsos",
        "roles": frozenset({Role.OFFICER}),
        "areas": ("64.02",),
    }
    return Officer(**given | changes)


def offer(**changes: Any) -> StageOffered:
    """A course offered to Dinsos Kalimantan Timur just now, due in ten days and given back after twenty."""
    now = clock.now().astimezone(UTC)
    given: dict[str, Any] = {
        "journey_id": ids.new_id(),
        "referral_id": ids.new_id(),
        "programme": "wrse-kaltim-2023",
        "version": 1,
        "stage": "briefing",
        "attempt": 1,
        "does": "training.course",
        "agency": "dinsos",
        "office": "dinsos-kaltim",
        "sender_office": "dinsos-kaltim",
        "area": AREA,
        "subject_kind": SubjectKind.PERSON,
        "subject_id": ids.new_id(),
        "settings": {"course": "technical-briefing", "sessions": 2},
        "earlier": {"decision": {"outcome": "accepted", "facts": {"amount": 3_000_000}}},
        "remind_at": now + timedelta(days=5),
        "due_at": now + timedelta(days=10),
        "expires_at": now + timedelta(days=20),
    }
    return StageOffered(**given | changes)


def withdrawal(of: StageOffered) -> StageWithdrawn:
    """The sender no longer wants this offer's stage."""
    return StageWithdrawn(journey_id=of.journey_id, referral_id=of.referral_id, stage=of.stage, reason="moved")


def sharing(of: StageOffered) -> ParticularsShared:
    """The sender shares this offer's particulars once more."""
    return ParticularsShared(journey_id=of.journey_id, referral_id=of.referral_id)


def heard(event: Event, particulars: dict[str, Any] | None = None, *, by: str = "training") -> Heard[Any]:
    """An event of intake's as a service's handler meets it, with particulars sealed for that service."""
    event_id = ids.new_id()
    part = None if particulars is None else seals.seal("intake", by, {"particulars": particulars}, event_id)
    envelope = {"id": str(event_id), "time": clock.now().isoformat(), "traceid": str(event_id), "data": event.to_data()}
    return Heard(event=event, source="intake", subscriber=by, position=1, envelope=envelope, part=part)


def at(day: int) -> datetime:
    """A moment of January 2026."""
    return datetime(2026, 1, day, tzinfo=UTC)
