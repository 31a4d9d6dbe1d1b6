"""The stage `intake.recruitment` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.intake.groups import queries as groups
from services.intake.groups.models import BusinessGroup
from services.intake.recruitment import commands, queries, schemas
from services.intake.recruitment.commands import Named
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.privacy.looks import log_looks
from shared.programmes import library
from shared.referrals.models import Referral
from shared.referrals.rules import ReferralState
from shared.referrals.work import Completion, StageWork
from shared.web import door


class RecruitmentWork(StageWork):
    """The members of a group name women who might follow them."""

    kind = "intake.recruitment"
    roles = (Role.OFFICER,)
    work_schema = schemas.RecruitsNamed
    completion_schema = schemas.RecruitmentDone
    template = "recruitment/recruitment.html"
    told_as: Mapping[str, str] = {"recruits": "groups"}

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """A place for everybody whom a member may still recruit, and women around who would qualify.

        Names are shown once the office has taken the stage on; the look at them is logged.
        """
        most = referral.settings["most"]
        shown: dict[str, Any] = {
            "most": most,
            "group_size": referral.settings["group_size"],
            "recruits": [],
            "possible": [],
        }
        if referral.state is not ReferralState.ACCEPTED:
            return shown
        (members,) = groups.members_of(session, [referral.subject_id]).values()
        named = queries.named_in(session, referral.id)
        used = queries.used_by(session, referral.programme, [each.person_id for each in members], but=referral.id)
        home = session.get_one(BusinessGroup, referral.subject_id).area
        programme = library.programme(referral.programme, referral.version)
        around = queries.possible_recruits(session, programme, home)
        people = queries.people(session, [*(each.person_id for each in named), *around])
        for member in members:
            own = [str(each.person_id) for each in named if each.recruiter_id == member.person_id]
            left = most - used.get(member.person_id, 0) - len(own)
            shown["recruits"] += [
                {"recruiter_id": str(member.person_id), "recruiter": member.name, "person_id": person}
                for person in [*own, *[None] * left]
            ]
        shown["possible"] = sorted(people.values(), key=lambda each: (each["area"], each["name"]))
        seen = [*people, *(each.person_id for each in members)]
        log_looks(session, door.current_officer(), "person", seen, "recruits wanted")
        return shown

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Write down who is named."""
        commands.name_recruits(session, officer, referral, [Named(**each) for each in work["recruits"]])

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Found the new groups, as far as there are recruits for them."""
        for referral, told in pairs:
            if told["recruits"] is not None:
                self.record(session, officer, referral, told)
        return commands.conclude(session, officer, [referral for referral, _ in pairs])

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Free whoever was named."""
        commands.let_go(session, referrals)
