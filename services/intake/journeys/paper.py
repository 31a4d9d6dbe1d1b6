"""Journeys that began on paper: what was done of them before Kail is told to all, and kept with who entered it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.groups.models import BusinessGroup
from services.intake.journeys import particulars, rules
from services.intake.journeys.models import BroughtIn, Journey
from services.intake.journeys.moves import Subject, Telling
from shared.events.intake import StageBroughtIn, SubjectKind
from shared.identity import offices
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.programmes import half_way, kinds
from shared.programmes.definition import Programme
from shared.programmes.engine import Consents
from shared.programmes.half_way import Act, Done, TakenUp
from shared.storage.arrays import among
from shared.storage.rows import insert_rows

FORMATION = "intake.group-formation"


@dataclass(slots=True)
class Papers:
    """What was done on paper, by subject, and who enters it."""

    officer: Officer
    acts: Mapping[UUID, Sequence[Act]]
    taken: dict[UUID, TakenUp] = field(default_factory=dict)

    def take_up(self, programme: Programme, subject: UUID, members: Mapping[UUID, int], consents: Consents) -> TakenUp:
        """Where the papers have led somebody; raises what `half_way.take_up` raises, and MembersMissing."""
        taken = half_way.take_up(programme, self.acts[subject], clock.today(), consents=consents)
        if subject in members and members[subject] < programme.subject.least:
            formed = [each for each in taken.done if programme.stages[each.act.stage].does == FORMATION]
            if formed:
                raise rules.MembersMissing(members=members[subject], least=programme.subject.least)
        self.taken[subject] = taken
        return taken

    def tell(
        self, telling: Telling, programme: Programme, subject: Subject, taken: TakenUp, aided: Sequence[dict[str, Any]]
    ) -> None:
        """Announce what was done on paper, in its order."""
        for each in taken.done:
            telling.say(self._brought_in(programme, subject, each, aided), None)

    def keep(self, session: Session, programme: Programme, opened: Mapping[UUID, UUID], now: datetime) -> None:
        """Keep with each journey that was opened what was done of it on paper, and the minutes of groups formed so."""
        insert_rows(
            session,
            BroughtIn,
            [
                {
                    "referral_id": each.referral_id,
                    "journey_id": opened[subject],
                    "stage": each.act.stage,
                    "attempt": each.attempt,
                    "outcome": each.act.outcome,
                    "done_on": each.act.done_on,
                    "paper": each.act.number,
                    "entered_at": now,
                    "entered_by": self.officer.id,
                    "entered_as": self.officer.signs,
                }
                for subject, taken in self.taken.items()
                if subject in opened
                for each in taken.done
            ],
        )
        _form_groups(session, programme, {each: self.taken[each] for each in opened})

    def _brought_in(
        self, programme: Programme, subject: Subject, done: Done, aided: Sequence[dict[str, Any]]
    ) -> StageBroughtIn:
        stage = programme.stages[done.act.stage]
        gives = done.act.outcome in kinds.kind(stage.does).on_paper.gives
        return StageBroughtIn(
            journey_id=subject.journey_id,
            referral_id=done.referral_id,
            programme=programme.id,
            version=programme.version,
            stage=stage.name,
            attempt=done.attempt,
            does=stage.does,
            agency=stage.agency,
            office=offices.resolve(stage.agency, subject.area, programme.office_pins(stage.name)).id,
            sender_office=subject.lead_office,
            area=subject.area,
            subject_kind=subject.kind,
            subject_id=subject.id,
            settings=dict(stage.settings),
            outcome=done.act.outcome,
            facts=dict(done.act.facts),
            done_on=done.act.done_on,
            entered_on=clock.today(),
            entered_by=self.officer.id,
            paper=done.act.number,
            aid={**particulars.terms_of(programme), "beneficiaries": list(aided)} if gives else None,
        )


def beneficiaries(
    session: Session, programme: Programme, kind: SubjectKind, subjects: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """Who is behind each of these, by identifier with the household, where the programme gives aid."""
    if not any(kinds.kind(stage.does).on_paper.gives for stage in programme.stages.values()):
        return {}
    return particulars.people_behind(session, kind, subjects)


def brought_in_before(session: Session, programme: str, subjects: Sequence[UUID]) -> dict[UUID, datetime]:
    """Which of these had a journey in a programme brought in from paper already, and when."""
    rows = session.execute(
        select(Journey.subject_id, BroughtIn.entered_at)
        .join(BroughtIn, BroughtIn.journey_id == Journey.id)
        .where(Journey.programme == programme, among(Journey.subject_id, subjects))
        .distinct()
    )
    return {row.subject_id: row.entered_at for row in rows}


def _form_groups(session: Session, programme: Programme, taken: Mapping[UUID, TakenUp]) -> None:
    """Note on groups that were formed on paper by which minutes, and how few members they may have."""
    for subject, each in taken.items():
        formed = [one.act for one in each.done if programme.stages[one.act.stage].does == FORMATION]
        if not formed:
            continue
        group = session.get_one(BusinessGroup, subject)
        group.berita_acara = group.berita_acara or formed[-1].number
        group.deliberated_on = group.deliberated_on or formed[-1].done_on
        group.least_members = group.least_members or programme.subject.least
