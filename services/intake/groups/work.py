"""The stage `intake.group-formation` as the common worklist knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.intake.groups import commands, queries, rules, schemas
from services.intake.groups.models import BusinessGroup
from services.intake.groups.rules import Chosen, MemberRole
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.programmes import library
from shared.programmes.definition import Subject
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork


class GroupFormation(StageWork):
    """The members of a group are chosen by deliberation, and with them its chair, secretary and treasurer."""

    kind = "intake.group-formation"
    roles = (Role.OFFICER,)
    work_schema = schemas.MembersChosen
    completion_schema = schemas.FormationDone
    template = "groups/formation.html"
    not_told: Mapping[str, str] = {
        "members": "A stage is told of the members as they are then, where its programme shares them."
    }

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The group with its members so far, who else could join, and how many the programme asks for."""
        group = session.get_one(BusinessGroup, referral.subject_id)
        size = _size(referral)
        return {
            "group": schemas.Group(exclude=["members"]).dump(group),
            "members": schemas.Member(many=True).dump(queries.members_of(session, [group.id])[group.id]),
            "possible": schemas.PossibleMember(many=True).dump(queries.possible_members(session, group)),
            "berita_acara": group.berita_acara,
            "deliberated_on": group.deliberated_on.isoformat() if group.deliberated_on else None,
            "size": {"least": size.least, "most": size.most},
            "choices": {"role": [role.value for role in MemberRole]},
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Write down the deliberation's choice."""
        commands.choose_members(
            session,
            referral.subject_id,
            [Chosen(each["person_id"], each["role"]) for each in work["members"]],
            least=_size(referral).least,
            most=_size(referral).most,
            berita_acara=work["berita_acara"],
            deliberated_on=work["deliberated_on"],
        )

    def finish(
        self, session: Session, officer: Officer, pairs: Sequence[tuple[Referral, dict[str, Any]]]
    ) -> list[Completion]:
        """Close formations whose members were chosen, before or with this."""
        for referral, said in pairs:
            if said.get("members"):
                self.record(session, officer, referral, said)
        sizes = queries.sizes_of(session, [referral.subject_id for referral, _ in pairs])
        minutes = queries.minutes_of(session, list(sizes))
        done = []
        for referral, _ in pairs:
            (number, day), members = minutes[referral.subject_id], sizes[referral.subject_id]
            if number is None:
                raise rules.NotYetFormed
            outcome = rules.outcome_of(members, _size(referral).least)
            facts = {"members": members, "berita_acara": number, "deliberated_on": day.isoformat() if day else None}
            done.append(Completion(outcome.value, facts))
        return done


def _size(referral: Referral) -> Subject:
    return library.programme(referral.programme, referral.version).subject
