"""A small programme that grows by itself, over intake's real handlers: what intake announces, intake hears."""

from textwrap import dedent
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from services.intake.groups import commands as groups
from services.intake.groups.models import BusinessGroup
from services.intake.groups.rules import Chosen, MemberRole
from services.intake.journeys import commands as journeys
from services.intake.journeys import publishing
from services.intake.journeys.models import Journey
from services.intake.worker import INTAKE
from shared.bus.models import LoggedEvent
from shared.events.intake import StageOffered
from shared.identity.rules import Role
from shared.kernel import clock
from shared.programmes.definition import Programme
from shared.programmes.load import read
from shared.storage import Database
from tests.announcements import announced
from tests.browsing import an_officer, bearer
from tests.intake.journeys.roads import heard as heard_plain
from tests.intake.people import register
from tests.shared.referrals import offers

GROWING = dedent("""\
    id: growing
    version: 1
    title: {id: Bertumbuh, en: Growing}
    budget_year: 2023
    region: ["52.71"]
    lead: dinsos
    sources: [{kind: article, file: sample.txt, title: Sample}]
    service_levels: {source: assumption, grace: 5 working days}
    subject: {kind: group, size: {min: 3, max: 3}}
    eligibility:
      - id: woman
        when: member.sex == 'female'
        text: {id: Perempuan, en: A woman}
        source: article
    stages:
      verification:
        title: {id: Verifikasi, en: Verification}
        agency: dinsos
        does: intake.verification
        within: 7 working days
        with: {check: registry}
        ends: {not-eligible: refused, check-dukcapil: refused, mend: refused}
      formation:
        title: {id: Pembentukan, en: Formation}
        agency: dinsos
        does: intake.group-formation
        needs: [verification]
        within: 7 working days
        ends: {short-of-members: refused}
      recruitment:
        title: {id: Perekrutan, en: Recruitment}
        agency: dinsos
        does: intake.recruitment
        needs: [formation]
        within: 30 working days
        with: {most: 2, group_size: 3}
        spawns: {on: [recruited], programme: growing, subjects: groups}
    graduates: formation.outcome == 'formed'
    examples:
      - title: {id: Tiga perempuan, en: Three women}
        given: {members: [{times: 3, sex: female, area: 52.71.01.1013}]}
        expect: {eligible: true}
    """)
AMPENAN, AMPENAN_TOO, CAKRANEGARA = "52.71.01.1013", "52.71.01.1004", "52.71.03.1003"
OFFICER = an_officer(Role.OFFICER, office="dinsos-mataram")
ROLES = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER)


def growing() -> Programme:
    return read(GROWING)


class Growth:
    """Intake's app and its own log, which it hears as the bus would let it."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database, self.heard = app, database, 0
        with database.transaction() as session:
            publishing.publish(session, growing())

    def women(self, count: int, area: str = AMPENAN, **facts: Any) -> list[UUID]:
        with self.database.transaction() as session:
            return register(session, count, area=area, **facts)

    def group(self, people: list[UUID] | None = None, area: str = AMPENAN) -> UUID:
        """A group of three, not yet on the way."""
        people = people or self.women(3, area)
        with self.database.transaction() as session:
            group = groups.create_group(
                session, OFFICER, name="KUsiAPP Ampenan", area=area, line_of_business="kerupuk ikan"
            )
            chosen = [Chosen(person, role) for person, role in zip(people, ROLES, strict=True)]
            groups.choose_members(
                session, group.id, chosen, least=3, most=3, berita_acara="BA-1", deliberated_on=clock.today()
            )
            return group.id

    def recruiting(self, group: UUID) -> UUID:
        """A recruitment by this group, taken on; the journey itself is left out."""
        offered = offers.offer(
            programme="growing", stage="recruitment", does="intake.recruitment", subject_kind="group",
            subject_id=group, office="dinsos-mataram", sender_office="dinsos-mataram", area=AMPENAN,
            settings={"most": 2, "group_size": 3}, earlier={},
        )  # fmt: skip
        for _twice in range(2):
            with self.database.transaction() as session:
                INTAKE.hears[StageOffered].run(session, [offers.heard(offered, {}, by="intake")])
        assert self.call("POST", f"{offered.referral_id}/accept", {}).status_code == 200
        return offered.referral_id

    def call(self, method: str, path: str, body: Any = None, officer: Any = OFFICER) -> Any:
        address = f"/intake/v1/dinsos/referrals/{path}"
        return self.app.test_client().open(address, method=method, json=body, headers=bearer(officer))

    def work(self, referral: UUID) -> Any:
        return self.call("GET", str(referral)).get_json()["work"]

    def set_out(self, group: UUID) -> UUID:
        with self.database.transaction() as session:
            (journey,) = journeys.open_journeys(session, OFFICER, "growing", [group]).opened.values()
        self.hear()
        return journey

    def hear(self, *, twice: bool = False) -> None:
        """Let intake hear whatever it has said until nothing is left; `twice`, every event once more."""
        while True:
            with self.database.reading() as session:
                rows = session.execute(
                    select(LoggedEvent.seq, LoggedEvent.type, LoggedEvent.body)
                    .where(LoggedEvent.seq > self.heard)
                    .order_by(LoggedEvent.seq)
                ).all()
            if not rows:
                return
            for event in announced(self.database)[-len(rows) :]:
                for _ in range(2 if twice else 1):
                    with self.database.transaction() as session:
                        if hearing := INTAKE.hears.get(type(event)):
                            hearing.run(session, [_as_heard(event)])
            self.heard = rows[-1].seq

    def do(self, journey: UUID, stage: str, done: Any) -> None:
        """Take a stage on, close it through the interface, and let everything be heard."""
        referral = self.journey(journey).state["stages"][stage]["referral"]
        assert self.call("POST", f"{referral}/accept", {}).status_code == 200
        answer = self.call("POST", f"{referral}/complete", {"because": "Begitu hasilnya.", **done})
        assert answer.status_code == 200, answer.text
        self.hear()

    def journey(self, journey_id: UUID) -> Journey:
        with self.database.reading() as session:
            return session.get_one(Journey, journey_id)

    def spawned_of(self, journey_id: UUID) -> list[Journey]:
        with self.database.reading() as session:
            return list(session.scalars(select(Journey).where(Journey.parent_id == journey_id)).all())

    def group_row(self, group_id: UUID) -> BusinessGroup:
        with self.database.reading() as session:
            return session.get_one(BusinessGroup, group_id)


def _as_heard(event: Any) -> Any:
    return offers.heard(event, {}, by="intake") if isinstance(event, StageOffered) else heard_plain(event, "intake")
