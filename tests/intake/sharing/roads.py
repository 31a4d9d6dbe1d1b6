"""A programme of Mataram in which students teach and Baznas supports, and women who answer whether they may know."""

import json
from collections.abc import Iterable
from textwrap import dedent
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intake.consents.models import Consent
from services.intake.consents.rules import How, Said
from services.intake.groups.models import GroupMember
from services.intake.groups.rules import MemberRole
from services.intake.journeys import publishing
from services.intake.sharing import commands
from shared.bus.models import LoggedEvent
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes.load import read
from shared.storage import Database
from tests.browsing import an_officer
from tests.intake.journeys import roads
from tests.intake.people import register

VILLAGE = "52.71.01.1004"
STUDENTS, BAZNAS = "perguruan-tinggi", "baznas"
WOMEN, GROUPS = "women-mataram", "groups-mataram"
OFFICER = an_officer(Role.OFFICER, Role.HEAD, office="dinsos-mataram")
FILE = dedent("""\
    id: women-mataram
    version: 1
    title: {id: Perempuan Mataram, en: Women of Mataram}
    budget_year: 2023
    region: ["52.71"]
    lead: dinsos
    sources: [{kind: article, file: kusiapp-mataram.txt, title: KUsiAPP}]
    service_levels: {source: assumption, grace: 5 working days}
    subject: {kind: person}
    stages:
      verification:
        title: {id: Verifikasi, en: Verification}
        agency: dinsos
        does: intake.verification
        within: 7 working days
        with: {check: registry}
        shares: [name, nik]
        ends: {not-eligible: refused, mend: refused, check-dukcapil: refused}
      course:
        title: {id: Pembukuan, en: Bookkeeping}
        agency: perguruan-tinggi
        does: training.course
        needs: [verification]
        within: 3 months
        with: {course: bookkeeping, sessions: 2}
        shares: [name, phone]
      support:
        title: {id: Dukungan Baznas, en: Support by Baznas}
        agency: baznas
        does: grants.goods-accountability
        needs: [verification]
        within: 30 working days
        shares: [name, village]
      graduation:
        title: {id: Kelulusan, en: Graduation}
        agency: dinsos
        does: monitoring.graduation
        needs: [course, support]
        within: 14 working days
        with: {signatures: 1}
    graduates: graduation.outcome == 'graduated'
    examples:
      - title: {id: Menolak Baznas, en: She refuses Baznas}
        given: {refuses: [baznas], reports: [{verification: eligible}, {course: attended}]}
        expect: {waits_for: graduation}
      - title: {id: Tidak layak, en: Not eligible}
        given: {reports: [{verification: not-eligible}]}
        expect: {ends: refused}
    """)


class Road(roads.Road):
    """Women and groups of Mataram on the way, and what they answer."""

    def __init__(self, database: Database) -> None:
        self.database = database
        by_groups = FILE.replace("id: women-mataram", f"id: {GROUPS}").replace(
            "{kind: person}", "{kind: group, size: {min: 2, max: 5}}"
        )
        with database.transaction() as session:
            for text in (FILE, by_groups):
                publishing.publish(session, read(text))

    def women(self, count: int = 1, **facts: Any) -> list[UUID]:
        with self.database.transaction() as session:
            return register(session, count, area=VILLAGE, **facts)

    def group(self, members: Iterable[UUID]) -> UUID:
        (group,) = self.groups(1, VILLAGE)
        with self.database.transaction() as session:
            for person in members:
                row = GroupMember(group_id=group, person_id=person, role=MemberRole.MEMBER, joined_on=clock.today())
                session.add(row)
        return group

    def open(self, subjects: Iterable[UUID], programme: str = WOMEN) -> Any:
        with self.database.transaction() as session:
            return roads.commands.open_journeys(session, OFFICER, programme, list(subjects))

    def woman_on_her_way(self) -> tuple[UUID, UUID]:
        """A woman who has just been verified, and her journey."""
        (woman,) = self.women()
        (journey,) = self.open([woman]).opened.values()
        self.complete("verification", "eligible", {}, journey)
        return woman, journey

    def answer(self, said: Said, recipient: str, *people: UUID, programme: str = WOMEN, **more: Any) -> set[UUID]:
        given = {"how": How.PAPER, "answered_on": clock.today()} | more
        with self.database.transaction() as session:
            return commands.record_consents(
                session, OFFICER, programme=programme, recipient=recipient, person_ids=people, answer=said, **given
            )

    def consent(self, recipient: str, *people: UUID, programme: str = WOMEN) -> set[UUID]:
        return self.answer(Said.GIVEN, recipient, *people, programme=programme)

    def take_back(self, recipient: str, person: UUID, programme: str = WOMEN, officer: Any = OFFICER) -> Any:
        given = {"how": How.PAPER, "answered_on": clock.today()}
        with self.database.transaction() as session:
            return commands.withdraw_consent(
                session, officer, programme=programme, recipient=recipient, person_id=person, **given
            )

    def stands(self, journey: UUID, stage: str) -> tuple[str, str | None]:
        state = self.journey(journey).state["stages"].get(stage, {})
        return state.get("standing", "waiting"), state.get("why")

    def answers(self, person: UUID) -> list[str]:
        with self.database.reading() as session:
            rows = select(Consent.said).where(Consent.person_id == person).order_by(Consent.recorded_at, Consent.id)
            return [each.value for each in session.scalars(rows)]

    def sealed_for(self, journey: UUID) -> dict[str, bool]:
        """For each stage offered, whether its particulars still lie in the log."""
        with self.database.reading() as session:
            rows = session.scalars(select(LoggedEvent).where(LoggedEvent.type == "intake.stage-offered.v1")).all()
        found = {}
        for row in rows:
            data = _data(row.body)
            if data["journey_id"] == str(journey):
                found[data["stage"]] = row.sealed is not None
        return found


def _data(body: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(body)["data"]
    return data
