"""Journeys for tests: persons and groups who set out, and what is heard of their stages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intake.groups.models import BusinessGroup
from services.intake.journeys import commands, publishing
from services.intake.journeys.handlers import HEARS
from services.intake.journeys.models import Journey
from shared.bus import Heard
from shared.events.envelope import Event
from shared.events.intake import StageOffered
from shared.events.referrals import ReferralAccepted, ReferralCompleted, ReferralEvent
from shared.identity.rules import Role
from shared.kernel import clock, ids
from shared.privacy import sealed as seals
from shared.programmes import library
from shared.storage import Database
from tests.announcements import announced
from tests.browsing import an_officer
from tests.intake.people import VILLAGE, register, staff

WRSE, KUBE = "wrse-kaltim-2023", "kube-kaltim-2023"
OFFICER = an_officer(Role.OFFICER)
WRSE_WAY = (
    ("verification", "eligible", {}),
    ("proposal", "submitted", {"total": 2_900_000, "lines": 3}),
    ("file_check", "eligible", {}),
    ("field_check", "eligible", {}),
    ("decision", "accepted", {"sk_number": "460/1", "amount": 2_900_000}),
    ("briefing", "attended", {"sessions_attended": 1}),
    ("hand_over", "as-agreed", {"amount": 2_900_000, "lines": 3}),
    ("monitoring", "growing", {"visits": 3, "goods": "in-use"}),
    ("accountability", "accepted", {"spent": 2_900_000}),
    ("graduation", "graduated", {}),
)


class Road:
    """Intake's side of some journeys; each step in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            for programme in (WRSE, KUBE):
                publishing.publish(session, library.programme(programme))

    def women(self, count: int = 1, **facts: Any) -> list[UUID]:
        with self.database.transaction() as session:
            return register(session, count, **facts)

    def staff(self, *offices: str) -> None:
        """Let somebody work at each of these offices, in its whole region."""
        with self.database.transaction() as session:
            for office in offices:
                staff(session, office)

    def groups(self, count: int = 1, area: str = VILLAGE) -> list[UUID]:
        with self.database.transaction() as session:
            rows = [
                BusinessGroup(
                    name=f"Kelompok {number}",
                    area=area,
                    line_of_business="perikanan",
                    office="dinsos-kaltim",
                    created_by=OFFICER.id,
                    created_at=clock.now(),
                )
                for number in range(count)
            ]
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def open(self, subjects: Sequence[UUID], programme: str = WRSE) -> commands.Opening:
        with self.database.transaction() as session:
            return commands.open_journeys(session, OFFICER, programme, subjects)

    def set_out(self, count: int = 1) -> list[UUID]:
        return list(self.open(self.women(count)).opened.values())

    def journey(self, journey_id: UUID) -> Journey:
        with self.database.reading() as session:
            found = session.get(Journey, journey_id)
            assert found is not None
            return found

    def referral(self, journey_id: UUID, stage: str) -> UUID:
        return UUID(self.journey(journey_id).state["stages"][stage]["referral"])

    def said(self, kind: type[Event] | None = None) -> list[Any]:
        return [each for each in announced(self.database) if kind is None or isinstance(each, kind)]

    def of(self, kind: type[ReferralEvent], journey_id: UUID, stage: str, **more: Any) -> ReferralEvent:
        referral = more.pop("referral_id", None) or self.referral(journey_id, stage)
        return kind(
            journey_id=journey_id, referral_id=referral, stage=stage, agency="dinsos", office="dinsos-kaltim", **more
        )

    def hear(self, *events: ReferralEvent, source: str = "grants", sealed: dict[str, Any] | None = None) -> None:
        """Let intake hear these, which one handler takes together, as one batch."""
        with self.database.transaction() as session:
            HEARS[type(events[0])].run(session, [heard(event, source, sealed) for event in events])

    def complete(self, stage: str, outcome: str, facts: dict[str, Any], *journeys: UUID) -> None:
        accepted = [self.of(ReferralAccepted, each, stage) for each in journeys]
        self.hear(
            *accepted, *[self.of(ReferralCompleted, each, stage, outcome=outcome, facts=facts) for each in journeys]
        )

    def offers(self, journey_id: UUID) -> list[StageOffered]:
        return [each for each in self.said(StageOffered) if each.journey_id == journey_id]

    def open_journeys_left(self) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(Journey.id).where(Journey.status == "open")).all())


def heard(event: Event, source: str, sealed: dict[str, Any] | None = None) -> Heard[Any]:
    """An event as it reaches intake."""
    event_id = ids.new_id()
    envelope = {
        "id": str(event_id),
        "time": clock.now().isoformat(),
        "traceid": str(event_id),
        "data": event.to_data(),
    }
    part = seals.seal(source, "intake", sealed, event_id) if sealed is not None else None
    return Heard(event=event, source=source, subscriber="intake", position=1, envelope=envelope, part=part)
